"""Whatever arrives, the daemon's own memory stays small: big mails go to disk in pieces."""

import base64
import os
import sqlite3
import sys
from contextlib import closing
from email.header import decode_header, make_header
from pathlib import Path

import offices
import pytest
from offices import OFFICE, UNIT, Office, open_office, stop, wait_until
from servers.daemon import give_away
from servers.dovecot import Dovecot
from servers.fault_smtp import FaultSmtp
from servers.mail_server import MailServer

from mailbot.demo import texts
from mailbot.demo.mails import Attached, Sample, word_file, write

LIMIT_MB = 200
MANY = int(os.environ.get("MAILBOT_MANY_MAILS", "150"))
TITLE = "直属一大队开展占道经营集中整治行动"


def ordinary(number: int) -> bytes:
    file = Attached(f"{TITLE}{number}.docx", word_file(f"{TITLE}{number}", texts.SIDEWALK))
    at = offices.minutes_ago(number % 500 + 3)
    return write(Sample("", at, UNIT, "直属一大队", f"稿件{number}", "现报上稿件。", (file,)))


def big_mail(path: Path, megabytes: int) -> None:
    """A mail of about so many MB on the wire, written without holding it in memory."""
    line = base64.encodebytes(os.urandom(57))
    head = (
        f"From: <{UNIT}>\r\nTo: <{offices.OURS}>\r\nSubject: big {megabytes}\r\n"
        f"Message-ID: <big{megabytes}@dzcg.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        'Content-Type: video/mp4; name="film.mp4"\r\nContent-Transfer-Encoding: base64\r\n'
        'Content-Disposition: attachment; filename="film.mp4"\r\n\r\n'
    )
    block = line.replace(b"\n", b"\r\n") * 10_000
    with path.open("wb") as file:
        file.write(head.encode())
        for _ in range(megabytes * 1_000_000 // len(block) + 1):
            file.write(block)
        file.write(b"--b--\r\n")


def put(server: Dovecot, account: MailServer, megabytes: int) -> None:
    account.uids()
    path = server.base / "mail" / account.user / "new" / f"1700000000.M{megabytes}P1.test"
    big_mail(path, megabytes)
    give_away(path)


def peak_mb(pid: int) -> int:
    """The most resident memory the process ever had (VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def settled(office: Office) -> dict[str, str]:
    """Subject → state of the mails that wait no more."""
    database = office.folder / "data" / "mailbot.db"
    if not database.exists():
        return {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            query = "SELECT subject, state FROM messages WHERE state != 'received'"
            return dict(connection.execute(query))
        except sqlite3.OperationalError:  # the tables are being made
            return {}


def tell(line: str) -> None:
    """A figure for docs/reliability.md; pytest -s shows it."""
    sys.stdout.write(f"\n{line}\n")


def subjects_to(smtp: FaultSmtp, address: str) -> list[str]:
    """Of the letters the server took for an address."""
    letters = [mail.message["Subject"] for mail in smtp.mails if address in mail.recipients]
    return [str(make_header(decode_header(subject))) for subject in letters]


def office_of(folder: Path, account: MailServer, smtp: FaultSmtp) -> Office:
    smtp.user = offices.OURS
    return open_office(folder, account, smtp, tick_seconds="tick_seconds = 1")


@pytest.mark.parametrize(
    ("megabytes", "state"),
    [
        pytest.param(60, "filed", id="60-MB-is-fetched-and-filed"),
        pytest.param(100, "quarantined", id="100-MB-is-recorded-as-too-large"),
    ],
)
@pytest.mark.timeout(600)
def test_a_huge_mail_costs_no_memory(
    tmp_path: Path, dovecot_server: Dovecot, fault_smtp: FaultSmtp, megabytes: int, state: str
) -> None:
    account = dovecot_server.account()
    put(dovecot_server, account, megabytes)
    account.deliver(ordinary(1))
    office = office_of(tmp_path, account, fault_smtp)
    daemon = office.start("run")
    try:
        wait_until(lambda: daemon.poll() is not None or len(settled(office)) == 2, 300)
        assert daemon.poll() is None, office.log
        if state == "quarantined":
            wait_until(lambda: any("未能登记" in one for one in subjects_to(fault_smtp, OFFICE)))
        peak = peak_mb(daemon.pid)
    finally:
        assert stop(daemon) == 0
    mails = settled(office)

    tell(f"a mail of {megabytes} MB: {mails[f'big {megabytes}']}, peak {peak} MB")
    assert mails == {f"big {megabytes}": state, "稿件1": "filed"}
    assert peak < LIMIT_MB
    assert ("封来信未能读取" in office.run("status").stdout) == (state == "quarantined")


@pytest.mark.timeout(3600)
def test_many_mails_cost_no_memory(
    tmp_path: Path, dovecot_server: Dovecot, fault_smtp: FaultSmtp
) -> None:
    account = dovecot_server.account()
    account.deliver_many([ordinary(number) for number in range(MANY)])
    office = office_of(tmp_path, account, fault_smtp)
    daemon = office.start("run")
    try:
        wait_until(lambda: daemon.poll() is not None or len(settled(office)) == MANY, 600)
        assert daemon.poll() is None, office.log
        peak = peak_mb(daemon.pid)
    finally:
        assert stop(daemon) == 0

    tell(f"{MANY} mails: peak {peak} MB")
    assert peak < LIMIT_MB
