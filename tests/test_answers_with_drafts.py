"""Which answers to a letter of ours get a receipt: each that brings something, a robot's but one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from filing_samples import FilingDesk, draft_mail, filing_desk
from order_samples import NOON, TEAM, UNIT_ADDRESS, office_config

from store.records import OutboxRecord

PAGE = Path(__file__).parent / "golden" / "documents" / "photographed-page.png"
LATER = NOON + timedelta(hours=1)
CLOUD = (
    "<b>从网易163邮箱发来的超大附件</b>"
    "<div><a href='https://mail.163.com/large-attachment-download/index.html?file=a'>稿件.rar</a>"
    "<span> (80.96M, 2026年8月17日 0:49 到期)</span></div>"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FilingDesk]:
    """A unit's draft got its receipt, to which the unit answers."""
    with filing_desk(tmp_path, office_config()) as found:
        raw = draft_mail(TEAM, "占道经营整治", NOON)
        found.fetch(raw.replace(b"5@u.example", UNIT_ADDRESS.encode()), NOON, NOON)
        assert receipts(found)
        yield found


def letters(desk: FilingDesk) -> list[OutboxRecord]:
    with desk.store.look() as uow:
        return list(reversed(uow.outbox.listing(limit=1000)))


def receipts(desk: FilingDesk) -> int:
    return sum(letter.lane == "receipt" for letter in letters(desk))


def answer(
    desk: FilingDesk, when: datetime, body: str = "图片补上。", number: int = 1
) -> EmailMessage:
    ours = letters(desk)[0]
    message = EmailMessage()
    message["From"], message["Subject"] = UNIT_ADDRESS, f"Re: {ours.subject}"
    message["Date"], message["In-Reply-To"] = format_datetime(when), ours.message_id
    message["Message-ID"] = f"<{when.timestamp()}@u.example>"
    message.set_content(body)
    return message


def with_photo(desk: FilingDesk, photo: int, when: datetime) -> bytes:
    message = answer(desk, when)
    data = PAGE.read_bytes() + bytes([photo])
    message.add_attachment(data, maintype="image", subtype="png", filename=f"{photo}.png")
    return message.as_bytes()


def test_every_new_photo_is_answered(desk: FilingDesk) -> None:
    before = receipts(desk)
    desk.fetch(with_photo(desk, 1, LATER), LATER, LATER)
    desk.fetch(with_photo(desk, 2, LATER + timedelta(minutes=1)), LATER, LATER)

    assert receipts(desk) == before + 2


def test_the_same_picture_under_every_answer_is_a_robots_signature(desk: FilingDesk) -> None:
    before = receipts(desk)
    for minutes in range(5):
        when = LATER + timedelta(minutes=minutes)
        desk.fetch(with_photo(desk, 1, when), when, when)

    assert receipts(desk) == before + 2, "the new picture's, and the one of a day"


def test_a_draft_in_an_attached_mail_is_answered(desk: FilingDesk) -> None:
    before, message = receipts(desk), answer(desk, LATER)
    inner = message_from_bytes(draft_mail(TEAM, "夜市整治", NOON), policy=policy.default)
    message.add_attachment(inner)
    desk.fetch(message.as_bytes(), LATER, LATER)

    assert receipts(desk) == before + 1


def test_a_link_of_a_big_attachment_is_answered(desk: FilingDesk) -> None:
    before, message = receipts(desk), answer(desk, LATER)
    message.add_alternative(CLOUD, subtype="html")
    desk.fetch(message.as_bytes(), LATER, LATER)

    assert receipts(desk) == before + 1


def test_our_own_letter_attached_to_every_answer_is_no_news(desk: FilingDesk) -> None:
    """As a robot returns a letter with its files: the one receipt of a day, and no more."""
    before, ours = receipts(desk), letters(desk)[0]
    for minutes in range(3):
        when = LATER + timedelta(minutes=minutes)
        message = answer(desk, when, "您的来信已收到。")
        inner = message_from_bytes(draft_mail(TEAM, "夜市整治", NOON), policy=policy.default)
        del inner["Message-ID"]
        inner["Message-ID"] = ours.message_id
        message.add_attachment(inner)
        desk.fetch(message.as_bytes(), when, when)

    assert receipts(desk) == before + 1
