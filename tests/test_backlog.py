"""An emergency overtakes everything: ten thousand unread mails, ten thousand queued letters.

MAILBOT_BACKLOG sets the size; the assertions count what left or was filed before the
alert, so that a slow machine fails nothing.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import offices
import pytest
from offices import DUTY, UNIT, open_office
from servers.daemon import give_away
from servers.dovecot import Dovecot
from servers.fault_smtp import FaultSmtp, Received
from servers.mail_server import MailServer

from mailbot.app import App
from mailbot.config_files import load
from mailbot.demo import texts
from mailbot.demo.mails import Attached, Sample, word_file, write
from mailbot.fact_names import LAST_POLL
from mailbot.stages.second_readings import SecondReadings
from mailbot.stages.watching import SEEN_UNTIL
from mailbot.wiring import Secrets, build
from parsers.facts import Reading
from parsers.sandbox import ReaderDied
from store.records import Lane, OutgoingMail

SIZE = int(os.environ.get("MAILBOT_BACKLOG", "1200"))
PAGE = Path(__file__).parent / "golden" / "documents" / "photographed-page.png"
GROUP = 20  # mails filed together


def tell(line: str) -> None:
    """A figure for docs/reliability.md; pytest -s shows it."""
    sys.stdout.write(f"\n{line}\n")


def ordinary(number: int, sender: str) -> bytes:
    at = offices.minutes_ago(SIZE - number % 600 + 5)
    text = f"现报上第{number}号情况，请查收。办公室近期工作正常。"
    return write(Sample("", at, sender, "宣传员", f"工作信息{number}", text))


def emergency(subject: str) -> bytes:
    happened = offices.in_words(offices.minutes_ago(20))
    body = texts.GAS_LEAK.replace("4月20日8时22分", happened)
    title = "关于张家湾路口燃气管道被挖断的首报"
    file = Attached(f"{title}.docx", word_file(title, body, "直属一大队"))
    return write(Sample("", offices.minutes_ago(1), UNIT, "直属一大队", subject, "见附件", (file,)))


def pile_up(server: Dovecot, account: MailServer, mails: list[bytes]) -> None:
    """Put mails into INBOX as a delivery agent does: ten thousand APPENDs would take minutes."""
    account.uids()  # makes the maildir
    folder = server.base / "mail" / account.user / "new"
    for number, raw in enumerate(mails):
        path = folder / f"{1_700_000_000 + number}.M{number}P1.test"
        path.write_bytes(raw)
        give_away(path)


@contextmanager
def office_of(folder: Path, account: MailServer, smtp: FaultSmtp) -> Iterator[App]:
    office = open_office(
        folder,
        account,
        smtp,
        use_idle="use_idle = false",
        per_15_minutes="per_15_minutes = 100000",
        per_day="per_day = 1000000",
    )
    config = load(office.config)
    app = build(config, secrets=Secrets(account.password, smtp.password))
    app.start()
    try:
        yield app
    finally:
        app.close()


def stop_at_the_alert(smtp: FaultSmtp) -> threading.Event:
    """Set once the server has accepted a letter to the duty officer."""
    stop = threading.Event()

    class Letters(list[Received]):
        def append(self, mail: Received) -> None:
            super().append(mail)
            if DUTY in mail.recipients:
                stop.set()

    smtp.mails = Letters()
    return stop


def filed(app: App) -> int:
    with app.store.look() as uow:
        return sum(count for (state, _), count in uow.messages.counts().items() if state == "filed")


@pytest.mark.parametrize(
    ("subject", "others"),
    [
        pytest.param("【紧急】燃气泄漏首报", "unit2@dzcg.example", id="its-subject-tells"),
        pytest.param("信息报送", "unit2@dzcg.example", id="plain-subject-in-a-flood-of-another"),
    ],
)
@pytest.mark.timeout(3600)
def test_the_newest_of_many_unread_mails_is_alerted_at_once(
    tmp_path: Path,
    dovecot_server: Dovecot,
    fault_smtp: FaultSmtp,
    subject: str,
    others: str,
) -> None:
    account = dovecot_server.account()
    mails = [ordinary(number, others) for number in range(SIZE)]
    pile_up(dovecot_server, account, [*mails, emergency(subject)])
    fault_smtp.user = offices.OURS
    stop = stop_at_the_alert(fault_smtp)
    with office_of(tmp_path, account, fault_smtp) as app:
        began = datetime.now(UTC)
        app.fetch_and_file(stop)
        seconds = (datetime.now(UTC) - began).total_seconds()
        before, fetched = filed(app), len(list(app.archive.digests()))

    tell(f"{SIZE} unread: alerted after {seconds:.1f} s, {fetched} fetched, {before} filed")
    assert stop.is_set()
    assert before <= 2 * GROUP


@pytest.mark.timeout(300)
def test_an_emergency_overtakes_a_scan_that_is_being_recognised(
    tmp_path: Path,
    dovecot_server: Dovecot,
    fault_smtp: FaultSmtp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The recogniser answers only once the alert has left: server and units are looked after."""
    monkeypatch.setattr("mailbot.app._ROUND_SECONDS", 2.0)
    account, recognised = dovecot_server.account(), Future[Reading]()
    photo = Attached("1.png", PAGE.read_bytes())
    scan = Sample("", offices.minutes_ago(1), UNIT, "直属一大队", "信息报送", "现报上。", (photo,))
    pile_up(dovecot_server, account, [write(scan)])
    fault_smtp.user = offices.OURS
    alerted, stop = stop_at_the_alert(fault_smtp), threading.Event()
    with office_of(tmp_path, account, fault_smtp) as app:
        app.filing = replace(app.filing, second=SecondReadings(lambda _mail: recognised))
        poll = threading.Thread(target=app.fetch_and_file, args=(stop,))
        poll.start()
        while not len(app.filing.second):
            time.sleep(0.1)
        account.deliver(emergency("信息报送"))
        assert alerted.wait(60)
        before = filed(app)
        while not fact(app, LAST_POLL):
            time.sleep(0.1)
        seen = datetime.fromisoformat(fact(app, SEEN_UNTIL))
        scan_came = app.filing.second.oldest
        recognised.set_exception(ReaderDied("memory"))
        poll.join(60)

        assert before == 1
        assert seen == scan_came, "what came since is not known in full yet"
        assert filed(app) == 2
        assert datetime.fromisoformat(fact(app, SEEN_UNTIL)) > seen


def fact(app: App, name: str) -> str:
    with app.store.look() as uow:
        return str(uow.facts.get(name) or "")


def queue(app: App, count: int, *, urgent: bool = False) -> None:
    """Letters that wait since yesterday, or an alert of just now."""
    now = datetime.now(UTC)
    lane: Lane = "urgent" if urgent else "answer"
    to = DUTY if urgent else "a@unit.example"
    with app.store.work() as uow:
        for number in range(count):
            letter = OutgoingMail(f"{lane}/{number}", lane, (to,), "信", "文", "")
            name = f"<mb.{number + 10**9 * urgent:040d}@163.com>"
            uow.outbox.add(letter, name, now if urgent else now - timedelta(days=1))
        uow.commit()


@pytest.mark.timeout(3600)
def test_an_alert_overtakes_many_queued_letters(
    tmp_path: Path, dovecot: MailServer, fault_smtp: FaultSmtp
) -> None:
    """The sender is at work on the backlog when the alert is queued: it goes next."""
    fault_smtp.user = offices.OURS
    stop = stop_at_the_alert(fault_smtp)
    with office_of(tmp_path, dovecot, fault_smtp) as app:
        queue(app, SIZE)
        sender = threading.Thread(target=lambda: app.tick(stop))
        sender.start()
        offices.wait_until(lambda: len(fault_smtp.mails) >= 3)
        began, before = datetime.now(UTC), len(fault_smtp.mails)
        queue(app, 1, urgent=True)
        app.send(datetime.now(UTC), only_urgent=True)
        offices.wait_until(stop.is_set)
        seconds = (datetime.now(UTC) - began).total_seconds()
        sender.join(100)
    at = next(n for n, mail in enumerate(fault_smtp.mails) if DUTY in mail.recipients)

    tell(f"{SIZE} letters queued: alerted after {seconds:.1f} s, {at - before} left first")
    assert len(fault_smtp.mails) < SIZE
    assert at - before <= 3
