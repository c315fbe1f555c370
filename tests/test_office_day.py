"""The installed command against a real Dovecot and a real Exim, as an office would run it."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any

import offices
import pytest
from offices import DUTY, UNIT, open_office, stop, wait_until
from servers.exim import Exim
from servers.mail_server import MailServer
from servers.netease import NeteaseAccount

from mailbot.demo import texts
from mailbot.demo.mails import Attached, Sample, word_file, write

TITLE = "直属一大队开展占道经营集中整治行动"


def draft_mail(subject: str = "直属一大队信息稿件", minutes: int = 3) -> bytes:
    at = offices.minutes_ago(minutes)
    tail = "直属一大队\n2026年11月20日\n（撰稿：宣传员　审核：负责人　联系电话：0000-0000000）"
    file = Attached(f"{TITLE}.docx", word_file(TITLE, texts.SIDEWALK, tail))
    return write(Sample("", at, UNIT, "直属一大队", subject, "现报上稿件，请审阅。", (file,)))


def emergency_mail() -> bytes:
    happened = offices.in_words(offices.minutes_ago(20))
    body = texts.GAS_LEAK.replace("4月20日8时22分", happened)
    title = "关于张家湾路口燃气管道被挖断的首报"
    file = Attached(f"{title}.docx", word_file(title, body, "直属一大队"))
    at = offices.minutes_ago(1)
    return write(Sample("", at, UNIT, "直属一大队", f"【紧急】{title}", "详见附件。", (file,)))


def subject_of(letter: Message) -> str:
    return str(make_header(decode_header(letter["Subject"])))


def text_of(letter: Message) -> str:
    part = next(p for p in letter.walk() if p.get_content_type() == "text/plain")
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data.decode("utf-8")


def letters_to(exim: Exim, address: str, prefix: str = "") -> list[Message]:
    found = [letter for letter in exim.sent() if address in str(letter["To"])]
    return [letter for letter in found if subject_of(letter).startswith(prefix)]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_day_at_the_office(
    tmp_path: Path,
    dovecot: MailServer,
    exim: Exim,
    request: pytest.FixtureRequest,
    database: str,
) -> None:
    """Receipt, alert, acknowledgement by reply, clean end; nothing on the server is touched."""
    changes = {"tick_seconds": "tick_seconds = 1"}
    if database == "postgresql":
        changes["url"] = f'url = "{request.getfixturevalue("postgres_server").store()}"'
    office = open_office(tmp_path, dovecot, exim, **changes)
    daemon = office.start("run")
    wait_until(lambda: "started" in office.log)
    raw = draft_mail()
    dovecot.deliver(raw)
    wait_until(lambda: bool(letters_to(exim, UNIT, "【回执】")))

    receipt = letters_to(exim, UNIT, "【回执】")[0]
    original = message_from_bytes(raw)
    assert TITLE in subject_of(receipt)
    assert receipt["In-Reply-To"] == original["Message-ID"]
    assert original["Message-ID"] in receipt["References"]
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert re.fullmatch(r"<mb\.[0-9a-f]{40}@163\.com>", receipt["Message-ID"])
    assert "正文364字" in text_of(receipt)

    dovecot.deliver(emergency_mail())
    wait_until(lambda: bool(letters_to(exim, DUTY, "【紧急】")))
    alert = letters_to(exim, DUTY, "【紧急】")[0]
    assert "燃气泄漏" in subject_of(alert)
    assert "按时" in text_of(alert)

    reply = write(
        Sample("", offices.minutes_ago(0), DUTY, "值班", "Re: 预警", "收到 #E1",
               headers=(("In-Reply-To", alert["Message-ID"]),))
    )  # fmt: skip
    dovecot.deliver(reply)
    wait_until(lambda: bool(letters_to(exim, DUTY, "【答复】")))
    assert office.listing("event", "list")["events"][0]["acknowledged_at"]

    second = office.run("once")
    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1
    assert stop(daemon) == 0
    assert not office.listing("outbox", "list", "--state", "sending")["mails"]
    assert all(rb"\Seen" not in flags for flags in dovecot.flags().values())
    _no_secrets(office.log, dovecot)


def _no_secrets(log: str, dovecot: MailServer) -> None:
    for word in (dovecot.password, UNIT, DUTY, TITLE, "占道经营"):
        assert word not in log


def test_a_stranger_cannot_acknowledge(tmp_path: Path, dovecot: MailServer, exim: Exim) -> None:
    """A forged From without our Message-ID or code changes nothing."""
    office = open_office(tmp_path, dovecot, exim)
    dovecot.deliver(emergency_mail())
    assert office.run("once").returncode == 0
    forged = write(Sample("", offices.minutes_ago(0), DUTY, "值班", "收到 #E1", "收到 #E1"))
    dovecot.deliver(forged)
    assert office.run("once").returncode == 0

    assert office.listing("event", "list")["events"][0]["acknowledged_at"] is None


def test_163_manners_lose_and_double_nothing(
    tmp_path: Path, netease: NeteaseAccount, exim: Exim
) -> None:
    """ID before SELECT, no IDLE, no UIDNEXT, an echoing search, a connection cut mid-literal."""
    office = open_office(tmp_path, netease, exim)
    for number in range(3):
        netease.deliver(draft_mail(f"第{number}次报送", minutes=number + 1))
    netease.faults.cut_literal_after = 2_000
    office.run("once")
    office.run("once")
    office.run("once")

    drafts: list[dict[str, Any]] = office.listing("drafts", "list")["drafts"]
    assert len(drafts) == 3
    assert sorted(draft["state"] for draft in drafts) == ["counted", "not_counted", "not_counted"]
    assert len(letters_to(exim, UNIT, "【回执】")) == 3


def test_a_refused_password_opens_the_breaker(
    tmp_path: Path, dovecot: MailServer, exim: Exim
) -> None:
    """No login storm: 163 would lock the account; `status` says what is wrong."""
    office = open_office(tmp_path, dovecot, exim)
    office.passwords["MAILBOT_IMAP_PASSWORD"] = "no-such-password"
    assert office.run("once").returncode == 1
    second = office.run("once")
    status = office.run("status", "--json")

    assert second.returncode == 1
    assert "login_refused" not in second.stderr
    assert status.returncode == 1
    assert "授权码" in status.stdout
