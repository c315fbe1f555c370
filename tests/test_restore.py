"""Restore: verified first, the old state or the new, and no letter twice afterwards."""

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from cli_office import configure, news_mail, run
from duty_samples import SHIPPED
from kept_records import NOW, Records, nobody_looks, records
from offices import DUTY, UNIT, open_office, stop, wait_until
from servers.exim import Exim
from servers.mail_server import MailServer
from test_backup import verdicts
from test_office_day import draft_mail, emergency_mail, letters_to, subject_of

from mailbot.errors import Refused
from mailbot.fact_names import LAST_POLL
from mailbot.instance import only_instance
from mailbot.ports import SentLetter
from mailbot.stages import send_hold
from mailbot.stages.restoring import choose, restore
from mailbot.stages.send_hold import Gate, SendHold
from mailbot.storage_health import SEND_HOLD
from store.integrity import digests_on_record
from store.records import OutboxRecord
from store.unit_of_work import Store

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SMTP = SHIPPED.smtp


def bring_back(office: Records, name: str = "") -> None:
    snapshot = choose(office.backups, name)
    restore(office.place, office.backups, snapshot, NOW + 9 * HOUR, nobody_looks)


# ---- what comes back


def test_all_that_was_backed_up_comes_back(tmp_path: Path) -> None:
    office = records(tmp_path, "one", "two")
    office.queue("receipt/one")
    office.back_up()
    before = office.digests
    shutil.rmtree(tmp_path / "data")

    bring_back(office)

    assert office.digests == before == set(office.archive.digests())
    assert (tmp_path / "data" / "signing.key").read_bytes() == b"k" * 32
    with office.store() as store, store.look() as uow:
        assert [letter.key for letter in uow.outbox.in_state("queued")] == ["receipt/one"]
        assert [act.verb for act in uow.acts.all()] == ["restore"]


def test_mails_that_came_after_the_backup_are_taken_from_the_surviving_archive(
    tmp_path: Path,
) -> None:
    """They may be deleted from the server by now: their raw file is all there is."""
    office = records(tmp_path, "one")
    office.back_up()
    (later,) = office.receive("later")
    office.place.database.unlink()

    bring_back(office)

    with office.store() as store, store.look() as uow:
        (waiting,) = uow.messages.waiting()
    assert waiting.sha256 == later


def test_the_older_copy_can_be_chosen(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    older = office.back_up()
    office.receive("two")
    office.back_up(HOUR)
    shutil.rmtree(tmp_path / "data")
    bring_back(office, older.name)
    assert len(office.digests) == 1
    with pytest.raises(Refused, match="--list"):
        bring_back(office, "20000101T000000Z")


def test_another_key_is_kept_aside(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    office.back_up()
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "signing.key").write_bytes(b"another key")
    bring_back(office)
    (aside,) = (tmp_path / "data").glob("signing.key.before-*")
    assert aside.read_bytes() == b"another key"


def test_a_letter_caught_while_leaving_is_looked_for(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    number = office.queue("receipt/one")
    with office.store() as store, store.work() as uow:
        uow.outbox.start(number, NOW)
        uow.commit()
    office.back_up()
    shutil.rmtree(tmp_path / "data")
    bring_back(office)
    with office.store() as store, store.look() as uow:
        assert [letter.id for letter in uow.outbox.in_state("unknown")] == [number]


# ---- what is refused


def test_a_damaged_backup_changes_nothing(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    older = office.back_up()
    office.receive("two")
    office.back_up(HOUR)
    archive = office.backups.archive
    (newest,) = office.digests - set(_mails_of(office, older.name))
    archive.path(newest).write_bytes(b"spoilt")
    before = office.place.database.read_bytes()

    with pytest.raises(Refused, match=f"已损坏.*--at {older.name}"):
        bring_back(office)

    assert office.place.database.read_bytes() == before


def _mails_of(office: Records, name: str) -> list[str]:
    return digests_on_record(choose(office.backups, name).database)


def test_no_backup_is_said(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    with pytest.raises(Refused, match="没有完整的备份"):
        bring_back(office)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """An office with a mail and a backup, by the commands."""
    config = configure(tmp_path)
    (tmp_path / "mail.eml").write_bytes(news_mail())
    assert run(capsys, "--config", config, "import", tmp_path / "mail.eml").code == 0
    assert run(capsys, "--config", config, "backup").code == 0
    return config


def test_records_are_replaced_only_when_told(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = run(capsys, "--config", desk, "restore", desk.parent / "backup")
    assert refused.code == 1
    assert "已有记录（1封邮件）" in refused.err
    assert "--replace" in refused.err

    done = run(capsys, "--config", desk, "restore", desk.parent / "backup", "--replace")
    assert done.code == 0, done.err
    (aside,) = (desk.parent / "data").glob("mailbot.db.before-*")
    assert str(aside) in done.out


def test_a_running_program_is_not_robbed_of_its_database(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_instance(desk.parent / "data"):
        for command in (("restore", desk.parent / "backup", "--replace"), ("rebuild",)):
            refused = run(capsys, "--config", desk, *command)
            assert refused.code == 1
            assert "另一个 mailbot 正在使用" in refused.err


def test_a_damaged_database_gives_way(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.parent / "data" / "mailbot.db"
    path.write_bytes(b"no database" * 1000)
    refused = run(capsys, "--config", desk, "restore", desk.parent / "backup")
    assert "已损坏或打不开" in refused.err
    assert run(capsys, "--config", desk, "restore", desk.parent / "backup", "--replace").code == 0
    drafts = run(capsys, "--config", desk, "drafts", "list", "--json").json["drafts"]
    assert len(drafts) == 1


def test_status_and_the_outbox_tell_of_the_hold(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "--config", desk, "restore", desk.parent / "backup", "--replace")
    told = run(capsys, "--config", desk, "status")
    assert "信件暂不发出：正在核对“已发送”和收件箱" in told.out
    released = run(capsys, "--config", desk, "outbox", "release", "all")
    assert released.code == 0
    assert "恢复发送" in released.out
    assert "暂不发出" not in run(capsys, "--config", desk, "status").out
    again = run(capsys, "--config", desk, "outbox", "release", "all")
    assert again.code == 1
    assert "没有因恢复备份而暂停" in again.err


# ---- the hold


class Sent:
    """The sent folder as the hold reads it; None while it cannot be read."""

    def __init__(self, *letters: SentLetter) -> None:
        self.letters: list[SentLetter] | None = list(letters)
        self.asked: list[datetime] = []

    def __call__(self, moment: datetime) -> Sequence[SentLetter] | None:
        self.asked.append(moment)
        return self.letters


def held(office: Records, store: Store, sent: Sent, *, sent_copy: bool = True) -> SendHold:
    with store.work() as uow:
        send_hold.begin(uow, NOW, NOW + HOUR)
        uow.commit()
    del office
    return SendHold(store, SMTP.model_copy(update={"sent_copy": sent_copy}), sent)


def polled(store: Store, at: datetime) -> None:
    with store.work() as uow:
        uow.facts.put(LAST_POLL, at.isoformat(), at)
        uow.commit()


def letter_of(store: Store, number: int) -> OutboxRecord:
    with store.look() as uow:
        found = uow.outbox.get(number)
    assert found is not None
    return found


def test_routine_letters_wait_for_both_witnesses(tmp_path: Path) -> None:
    office = records(tmp_path)
    sent = Sent()
    sent.letters = None
    with office.store() as store:
        hold = held(office, store, sent)
        polled(store, NOW)  # before the restore: says nothing
        at = NOW + HOUR
        assert hold.gate(at) is Gate.CLOSED
        sent.letters = []
        assert hold.gate(at + 2 * MINUTE) is Gate.URGENT
        polled(store, at + 3 * MINUTE)
        assert hold.gate(at + 4 * MINUTE) is Gate.OPEN
        assert hold.gate(at + 5 * MINUTE) is Gate.OPEN
    assert len(sent.asked) == 3, "read first, again before the end, then no more"
    assert min(sent.asked) < NOW, "letters shortly before the backup may still have been queued"


def test_mail_not_yet_filed_keeps_it_up(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    with office.store() as store:
        hold = held(office, store, Sent())
        with store.work() as uow:
            uow.messages.settle(1, "received", "", "")
            uow.commit()
        polled(store, NOW + 2 * HOUR)
        assert hold.gate(NOW + 2 * HOUR) is Gate.URGENT


def test_an_emergency_does_not_wait_for_a_mailbox_that_is_silent(tmp_path: Path) -> None:
    office = records(tmp_path)
    sent = Sent()
    sent.letters = None
    with office.store() as store:
        hold = held(office, store, sent)
        at = NOW + HOUR
        assert hold.gate(at) is Gate.CLOSED
        assert hold.gate(at + MINUTE) is Gate.CLOSED
        assert hold.gate(at + SMTP.settle_minutes_urgent * MINUTE) is Gate.URGENT


def test_without_copies_of_sent_mail_the_operator_decides(tmp_path: Path) -> None:
    office = records(tmp_path)
    with office.store() as store:
        hold = held(office, store, Sent(), sent_copy=False)
        polled(store, NOW + 2 * HOUR)
        assert hold.gate(NOW + 2 * HOUR) is Gate.URGENT
        with store.work() as uow:
            assert send_hold.release(uow, "cli", NOW + 3 * HOUR)
            uow.commit()
        assert hold.gate(NOW + 3 * HOUR) is Gate.OPEN


FOUND = SentLetter("<receipt/one@office>", "回执", NOW + 5 * MINUTE)
ALERT = SentLetter("<alert/E3@office>", "【紧急】E3 直属一大队：燃气泄漏", NOW + 5 * MINUTE)


@pytest.mark.parametrize(
    ("key", "subject", "sent", "left_before"),
    [
        pytest.param("receipt/one", "回执", FOUND, True, id="found"),
        pytest.param("receipt/one", "回执（#8）", FOUND, True, id="found-its-number-differs"),
        pytest.param("receipt/two", "回执", FOUND, False, id="not-found"),
        pytest.param("alert/E3", ALERT.subject, ALERT, True, id="alert-found"),
        pytest.param(
            "alert/E3",
            "【紧急】E3 直属二大队：坍塌",
            ALERT,
            False,
            id="another-event-of-that-number",
        ),
    ],
)
def test_what_left_before_is_known_by_its_message_id(
    tmp_path: Path, key: str, subject: str, sent: SentLetter, left_before: bool
) -> None:
    office = records(tmp_path)
    number = office.queue(key, subject=subject)
    with office.store() as store:
        hold = held(office, store, Sent(sent))
        polled(store, NOW + 2 * HOUR)
        assert hold.gate(NOW + 2 * HOUR) is Gate.OPEN
        letter = letter_of(store, number)
        with store.work() as uow:
            assert hold.settled(uow, letter) is left_before
            uow.commit()
        settled = letter_of(store, number)
    assert settled.state == ("sent" if left_before else "queued")
    assert settled.sent_at == (sent.at if left_before else None)


def test_the_inbox_is_a_witness_too(tmp_path: Path) -> None:
    """Where the provider keeps no sent mail, a copy to ourselves tells."""
    office = records(tmp_path, "copy")
    number = office.queue("receipt/one")
    with office.store() as store:
        hold = held(office, store, Sent(), sent_copy=False)
        with store.work() as uow:
            uow.messages.settle(1, "filed", "other", "", message_id="<receipt/one@office>")
            uow.commit()
        with store.work() as uow:
            assert hold.settled(uow, letter_of(store, number))


def test_letters_that_come_later_are_compared_as_well(tmp_path: Path) -> None:
    """A mail that could only be filed days after the restore had its receipt long ago."""
    office = records(tmp_path)
    with office.store() as store:
        hold = held(office, store, Sent(FOUND))
        polled(store, NOW + 2 * HOUR)
        hold.gate(NOW + 2 * HOUR)
        office.queue("receipt/one")
        with store.work() as uow:
            (letter,) = uow.outbox.ready(NOW + 99 * HOUR)
            assert hold.settled(uow, letter)


def test_without_a_restore_nothing_is_held_or_asked(tmp_path: Path) -> None:
    office = records(tmp_path)
    number = office.queue("receipt/one")
    sent = Sent(FOUND)
    with office.store() as store:
        hold = SendHold(store, SMTP, sent)
        assert hold.gate(NOW) is Gate.OPEN
        with store.work() as uow:
            assert not hold.settled(uow, letter_of(store, number))
            assert uow.facts.get(SEND_HOLD) is None
    assert sent.asked == []


# ---- killed at every step

RESTORE = """
import shutil, sys
from datetime import timedelta
from pathlib import Path
from kept_records import NOW, Records, nobody_looks, records
from killed import killed_at_each_step
from mailbot.stages.restoring import restore
from store.integrity import full_check

base = Path(sys.argv[1])
office = records(base / "scene", "one", "two")
office.back_up()
office.archive.path(sorted(office.digests)[0]).unlink()
office.receive("three")

def prepare():
    shutil.rmtree(base / "now", ignore_errors=True)
    shutil.copytree(base / "scene", base / "now")
    return Records(base / "now")

def operate(office):
    snapshot = office.backups.snapshots()[0]
    restore(office.place, office.backups, snapshot, NOW + timedelta(hours=9), nobody_looks)

def judge(office):
    full_check(office.place.database)
    with office.store() as store, store.look() as uow:
        acts = [act.verb for act in uow.acts.all()]
        mails = len(list(uow.messages.all_digests()))
        held = bool(uow.facts.get("restore.hold"))
    assert mails == 3, mails
    assert acts == (["restore"] if held else []), (acts, held)
    operate(office)
    full_check(office.place.database)
    with office.store() as store, store.look() as uow:
        assert [act.verb for act in uow.acts.all()] == ["restore"]
        assert uow.facts.get("restore.hold")
        assert set(uow.messages.all_digests()) == set(office.archive.digests())
    return "new" if held else "old"

killed_at_each_step(prepare, operate, judge)
"""


def test_killed_at_any_step_the_old_database_is_there_or_the_new(tmp_path: Path) -> None:
    """And the same restore, repeated, comes to its end."""
    found = verdicts(RESTORE, tmp_path)
    assert found[-1] == "new"
    assert Counter(found)["old"] >= 10
    assert found == sorted(found, reverse=True), "once there, it stays"


# ---- the drill, on real servers


@pytest.mark.parametrize("archive_survives", [False, True], ids=["all-lost", "archive-survives"])
def test_after_a_disaster_no_mail_is_lost_and_no_letter_leaves_twice(
    tmp_path: Path, dovecot: MailServer, exim: Exim, archive_survives: bool
) -> None:
    office = open_office(tmp_path, dovecot, exim, tick_seconds="tick_seconds = 1")
    daemon = office.start("run")
    for number in range(2):
        dovecot.deliver(draft_mail(f"备份前{number}", minutes=9 - number))
    wait_until(lambda: len(letters_to(exim, UNIT, "【回执】")) == 2)
    assert office.run("backup", str(tmp_path / "usb")).returncode == 0

    for number in range(3):
        dovecot.deliver(draft_mail(f"备份后{number}", minutes=6 - number))
    dovecot.deliver(emergency_mail())
    wait_until(lambda: len(letters_to(exim, UNIT, "【回执】")) == 6)
    wait_until(lambda: len(letters_to(exim, DUTY, "【紧急】")) == 1)
    daemon.kill()
    daemon.wait()
    left = [mail.raw for mail in exim.sink.mails]
    dovecot.deliver_many(left, "已发送")  # as the provider files what it sent
    dovecot.deliver(draft_mail("故障期间", minutes=1))
    if archive_survives:
        (tmp_path / "data" / "mailbot.db").unlink()
        for side in (tmp_path / "data").glob("mailbot.db-*"):
            side.unlink()
        dovecot.remove(dovecot.uids()[3])  # somebody deletes a mail the server had
    else:
        shutil.rmtree(tmp_path / "data")

    restored = office.run("restore", str(tmp_path / "usb"))
    assert restored.returncode == 0, restored.stderr
    daemon = office.start("run")
    try:
        wait_until(lambda: len(letters_to(exim, UNIT, "【回执】")) == 7)
        wait_until(lambda: "hold_released" in office.log)
        assert stop(daemon) == 0
    finally:
        daemon.kill()

    assert len(office.listing("drafts", "list")["drafts"]) == 7
    ids = [message_from_bytes(mail.raw)["Message-ID"] for mail in exim.sink.mails]
    assert len(ids) == len(set(ids)), "a letter left twice"
    assert len(letters_to(exim, DUTY, "【紧急】")) == 1
    answered = Counter(letter["In-Reply-To"] for letter in letters_to(exim, UNIT, "【回执】"))
    assert set(answered.values()) == {1}
    assert subject_of(letters_to(exim, UNIT, "【回执】")[-1])
    assert not office.listing("outbox", "list", "--state", "queued")["mails"]
