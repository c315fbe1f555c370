"""Mails that could not be filed: blamed only for what they did, and told to the office at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from filing_samples import FilingDesk, draft_mail, filing_desk
from office_samples import DUTY, OFFICE, POST
from order_samples import NOON, office_config

from mailbot.stages.begun_readings import ALONE, WITH_CARE, BegunReadings
from mailbot.stages.filing import ATTEMPTS, Filing
from mailbot.stages.second_readings import SecondReadings
from mailbot.stages.unread import tell_unread
from parsers.facts import Reading
from store.records import MessageRecord, OutboxRecord

TEAM = "直属一大队"


class Killed(BaseException):
    """The process ends here, as by SIGKILL."""


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FilingDesk]:
    with filing_desk(tmp_path, office_config()) as opened:
        yield opened


def received(desk: FilingDesk, number: int = 1) -> int:
    """A draft fetched and not filed."""
    raw = draft_mail(TEAM, f"第{number}次整治", NOON)
    digest = desk.archive.keep(raw)
    with desk.store.work() as uow:
        mail = uow.messages.add(MessageRecord(0, digest, len(raw), NOON, NOON, "received"))
        uow.commit()
    assert mail is not None
    return mail


def state(desk: FilingDesk, mail: int) -> str:
    with desk.store.look() as uow:
        found = uow.messages.get(mail)
    assert found is not None
    return found.state


# ---- whom a death is blamed on


def test_a_process_killed_while_it_waits_for_the_reader_blames_no_mail(desk: FilingDesk) -> None:
    """The wait is long and the mail cannot kill us in it: any number of deaths, and it is filed."""
    mail = received(desk)

    def cut(_mail: MessageRecord) -> Future[Reading]:
        waiting: Future[Reading] = Future()
        waiting.set_exception(Killed())
        return waiting

    dying = replace(desk.filing, read=cut)
    for _ in range(3 * ATTEMPTS):
        with pytest.raises(Killed):
            dying.file_waiting(NOON)
    desk.filing.file_waiting(NOON)

    assert state(desk, mail) == "filed"


def started_anew(desk: FilingDesk, **reading: Callable[[MessageRecord], Future[Reading]]) -> Filing:
    """Filing as the next process does it: nothing in memory."""
    return replace(desk.filing, begun=BegunReadings(), second=SecondReadings(), **reading)


def test_a_reading_that_takes_the_process_with_it_ends_and_holds_up_no_other(
    desk: FilingDesk,
) -> None:
    """As when the kernel ends the service for the memory one reader ate: in the end, with care."""
    guilty, innocent = received(desk, 1), received(desk, 2)
    full, careful = desk.filing.read, desk.filing.read_bare

    def deadly(mail: MessageRecord) -> Future[Reading]:
        if mail.id != guilty:
            return full(mail)
        killed: Future[Reading] = Future()
        killed.set_exception(Killed())
        return killed

    for start in range(WITH_CARE + 1):
        with suppress(Killed):
            started_anew(desk, read=deadly).file_waiting(NOON)
        assert (state(desk, innocent) == "filed") == (start > ALONE), start
        assert state(desk, guilty) == "received"
    started_anew(desk, read=deadly, read_bare=careful).file_waiting(NOON)

    assert state(desk, guilty) == "filed"


def test_who_is_killed_at_random_is_read_in_full(desk: FilingDesk) -> None:
    """Nineteen kills in a row while the same mail is read: more than a clumsy hand makes."""
    mail = received(desk)

    def cut(_mail: MessageRecord) -> Future[Reading]:
        killed: Future[Reading] = Future()
        killed.set_exception(Killed())
        return killed

    for _ in range(WITH_CARE - 1):
        with pytest.raises(Killed):
            started_anew(desk, read=cut).file_waiting(NOON)
    started_anew(desk, read_bare=cut).file_waiting(NOON)

    assert state(desk, mail) == "filed"


def test_a_reading_that_ended_well_clears_its_mail(desk: FilingDesk) -> None:
    first = received(desk, 1)
    desk.filing.file_waiting(NOON)
    again = started_anew(desk)
    with desk.store.look() as uow:
        again.begun.load(uow)

    assert state(desk, first) == "filed"
    assert not again.begun.suspects


def test_a_mail_that_kills_the_process_again_and_again_is_set_aside(
    desk: FilingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In filing itself: after some tries the next mail goes on."""
    guilty = received(desk)

    def deadly(*_given: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("mailbot.stages.filing.keep_files", deadly)
        for _ in range(ATTEMPTS):
            with pytest.raises(Killed):
                desk.filing.file_waiting(NOON)
        desk.filing.file_waiting(NOON)
    assert state(desk, guilty) == "quarantined"


# ---- who is told


def set_aside(desk: FilingDesk, number: int, subject: str, **more: object) -> None:
    at = more.pop("received_at", NOON)
    record = MessageRecord(
        0, f"{number:064x}", 1, at, NOON, "quarantined", subject=subject, reason="打不开", **more  # type: ignore[arg-type]
    )  # fmt: skip
    with desk.store.work() as uow:
        uow.messages.add(record)
        uow.commit()


def told(desk: FilingDesk, now: object = NOON) -> list[OutboxRecord]:
    tell_unread(desk.store, POST, office_config(), desk.filing.book, now)  # type: ignore[arg-type]
    with desk.store.look() as uow:
        return list(reversed(uow.outbox.listing()))


@pytest.mark.parametrize(
    ("subject", "more", "lane", "to"),
    [
        pytest.param("工作简讯", {}, "answer", {OFFICE}, id="routine"),
        pytest.param("", {}, "answer", {OFFICE}, id="nothing-is-known"),
        pytest.param("【紧急】燃气泄漏首报", {}, "urgent", {OFFICE, DUTY}, id="its-subject-tells"),
        pytest.param("", {"rank": 0}, "urgent", {OFFICE, DUTY}, id="its-header-told"),
    ],
)
def test_the_office_is_told_once(
    desk: FilingDesk, subject: str, more: dict[str, object], lane: str, to: set[str]
) -> None:
    set_aside(desk, 1, subject, **more)
    (letter,) = told(desk)
    assert (letter.lane, set(letter.to)) == (lane, to)
    assert subject in letter.text
    assert "打不开" in letter.text
    assert told(desk, NOON + DAY) == [letter]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"received_at": NOON - 400 * DAY}, id="history"),
        pytest.param({"origin": "import"}, id="imported"),
    ],
)
def test_what_the_office_sees_anyway_or_long_since_saw_is_not_told(
    desk: FilingDesk, more: dict[str, object]
) -> None:
    set_aside(desk, 1, "【紧急】燃气泄漏", **more)
    assert told(desk) == []


def test_a_flood_is_one_letter_and_an_emergency_in_it_does_not_wait(desk: FilingDesk) -> None:
    for number in range(1, 200):
        set_aside(desk, number, f"简讯{number}")
    assert len(told(desk)) == 1
    for number in range(200, 400):
        set_aside(desk, number, f"简讯{number}")
    assert len(told(desk, NOON + MINUTE)) == 1, "the next letter waits half an hour"
    set_aside(desk, 400, "【紧急】燃气泄漏")
    _, second = told(desk, NOON + 2 * MINUTE)
    assert second.lane == "urgent"
    assert second.text.index("燃气泄漏") < second.text.index("简讯200"), "first in the list"
