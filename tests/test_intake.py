"""Intake against a real Dovecot, in 163's manners, with every fault in between."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from servers.mail_server import MailServer
from servers.netease import NeteaseAccount

from mailbot.adapters.imap import ImapMailbox
from mailbot.config import MailboxConfig
from mailbot.errors import AuthenticationFailed, Refused, Temporary
from mailbot.fact_names import MARKED
from mailbot.rules.retention import without_personal
from mailbot.stages.intake import MISSING, Intake
from mailbot.stages.intake_folder import GROUP_MAILS, STREAM_FROM
from mailbot.stages.secrecy import erase, release
from mailbot.stages.setbacks import TRIES_BEFORE_QUARANTINE
from store.archive import Archive, ArchiveBatch
from store.engine import open_engine
from store.migrate import upgrade
from store.records import MessageRecord
from store.unit_of_work import Store, UnitOfWork

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
RECEIVED = datetime(2026, 3, 2, 0, 45, tzinfo=UTC)
HOUR = timedelta(hours=1)
MARK = b"=?utf-8?B?44CQ5py65a+G44CR?= "  # 【机密】


def mail(number: int, size: int = 0) -> bytes:
    head = (
        b"Message-ID: <%d@unit.example>\r\nFrom: =?gb2312?B?1tzI/Q==?= <z@unit.example>\r\n"
        b"Subject: =?gb2312?B?udjT2tbs6Ua7+c2s1r6xqLjm?=\r\n\r\n"
    ) % number
    return head + b"".join(b"%062d\r\n" % line for line in range(size // 64))


class Office:
    """A store, an archive and a mailbox, as one poll after the other sees them."""

    def __init__(self, folder: Path, account: MailServer, **changes: object) -> None:
        self.archive = Archive(folder / "archive")
        engine = open_engine(f"sqlite:///{folder}/mailbot.db")
        upgrade(engine)
        self.store = Store(engine)
        values: dict[str, object] = {
            "host": account.host,
            "port": account.port,
            "tls": "none",
            "user": account.user,
            "timeout_seconds": 30,
            **changes,
        }
        self.config = MailboxConfig.model_validate(values)
        self.account = account
        self.mailbox = ImapMailbox(self.config, account.password)

    @property
    def intake(self) -> Intake:
        return Intake(self.mailbox, self.archive, self.store, self.config)

    def restart(self) -> None:
        """A new process: nothing is known but what is stored."""
        self.mailbox.close()
        self.mailbox = ImapMailbox(self.config, self.account.password)
        self.archive.sweep()

    def mails(self) -> list[MessageRecord]:
        with self.store.look() as uow:
            return [
                found
                for digest in sorted(uow.messages.all_digests())
                if (found := uow.messages.get(uow.messages.id_of(digest) or 0)) is not None
            ]

    def received(self) -> set[str]:
        return {record.sha256 for record in self.mails() if record.state == "received"}

    def cursor(self, folder: str = "INBOX") -> int:
        with self.store.look() as uow:
            return next(c.last_uid for c in uow.cursors.latest() if c.folder == folder)

    def close(self) -> None:
        self.mailbox.close()
        self.store.close()


Opener = Callable[..., Office]


@pytest.fixture
def open_office(tmp_path: Path) -> Iterator[Opener]:
    opened: list[Office] = []

    def opener(account: MailServer, **changes: object) -> Office:
        opened.append(Office(tmp_path, account, **changes))
        return opened[-1]

    yield opener
    for office in opened:
        office.close()


def digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


# the usual way


def test_mail_is_archived_byte_for_byte_with_the_provider_s_time(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver(mail(1), internal_date=RECEIVED)
    office = open_office(netease)
    report = office.intake.run(NOW)
    (record,) = office.mails()

    assert (report.new, report.complete) == (1, True)
    assert office.archive.read(record.sha256) == mail(1)
    assert (record.state, record.received_at, record.fetched_at) == ("received", RECEIVED, NOW)
    assert record.size == len(mail(1))


def test_a_second_poll_brings_nothing(netease: NeteaseAccount, open_office: Opener) -> None:
    netease.deliver_many([mail(1), mail(2)])
    office = open_office(netease)
    office.intake.run(NOW)
    report = office.intake.run(NOW + HOUR)

    assert (report.new, report.known) == (0, 0)
    assert office.cursor() == 2
    assert netease.flags() == {1: (), 2: ()}


def test_only_new_uids_are_asked_for(netease: NeteaseAccount, open_office: Opener) -> None:
    netease.deliver_many([mail(1), mail(2)])
    office = open_office(netease, folders=("INBOX",))
    office.intake.run(NOW)
    netease.deliver(mail(3))
    netease.faults.commands.clear()
    office.intake.run(NOW + HOUR)

    assert "SEARCH UID 3:*" in netease.faults.commands
    assert [line for line in netease.faults.commands if "BODY" in line] == ["FETCH 3 (BODY.PEEK[])"]


def test_every_folder_is_read(netease: NeteaseAccount, open_office: Opener) -> None:
    netease.deliver(mail(1))
    netease.deliver(mail(2), "垃圾邮件")
    netease.deliver(mail(3), "订阅邮件")
    netease.deliver(mail(4), "已发送")
    office = open_office(netease)
    office.intake.run(NOW)

    assert office.received() == {digest(mail(number)) for number in (1, 2, 3)}


def test_the_same_mail_in_two_folders_is_one_mail_seen_twice(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver(mail(1))
    netease.deliver(mail(1), "垃圾邮件")
    office = open_office(netease)
    report = office.intake.run(NOW)
    (record,) = office.mails()
    with office.store.look() as uow:
        places = {seen.folder for seen in uow.cursors.sightings_of(record.id)}

    assert (report.new, report.known) == (1, 1)
    assert places == {"INBOX", "垃圾邮件"}


def test_more_mails_than_a_group_and_big_ones_among_them(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    raws = [mail(number) for number in range(GROUP_MAILS + 5)]
    raws.insert(3, mail(1000, STREAM_FROM + 500_000))
    netease.deliver_many(raws)
    office = open_office(netease)
    report = office.intake.run(NOW)

    assert report.new == len(raws)
    assert office.received() == {digest(raw) for raw in raws}
    assert list((office.archive.root / "incoming").iterdir()) == []


def test_without_receipt_time_the_provider_s_received_header_counts(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    received = b"Received: by mx12 (Coremail); Mon, 02 Mar 2026 08:45:00 +0800\r\n"
    forged = b"Received: from x; Sun, 01 Mar 2026 00:00:00 +0800\r\n"
    raw = received + forged + b"Date: Sun, 01 Mar 2026 00:00:00 +0800\r\n" + mail(1)
    netease.deliver(raw)
    netease.faults.inject = (
        b"INTERNALDATE",
        b"* 1 FETCH (UID 1 FLAGS () INTERNALDATE NIL RFC822.SIZE %d)" % len(raw),
    )
    office = open_office(netease)
    office.intake.run(NOW)

    assert office.mails()[0].received_at == RECEIVED


def test_read_or_unread_does_not_matter(netease: NeteaseAccount, open_office: Opener) -> None:
    netease.deliver(mail(1))
    with netease.client() as client:
        client.select_folder("INBOX")
        client.add_flags([1], [rb"\Seen"])
    office = open_office(netease)

    assert office.intake.run(NOW).new == 1


def test_a_missing_folder_is_told_and_stops_nothing(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver(mail(1))
    office = open_office(netease, folders=("INBOX", "稿件"))
    report = office.intake.run(NOW)
    with office.store.look() as uow:
        noted = uow.facts.get(MISSING)

    assert (report.new, report.missing, noted) == (1, ("稿件",), ["稿件"])


def test_polling_can_be_stopped_between_groups_and_goes_on_later(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    raws = [mail(number) for number in range(GROUP_MAILS + 1)]
    netease.deliver_many(raws)
    office = open_office(netease)
    first = office.intake.run(NOW, between=lambda: False)
    second = office.intake.run(NOW)

    assert (first.new, first.complete) == (GROUP_MAILS, False)
    assert (second.new, second.complete) == (1, True)


# the server's identity of mails


def test_another_uid_validity_repeats_nothing(netease: NeteaseAccount, open_office: Opener) -> None:
    netease.deliver_many([mail(1), mail(2)])
    office = open_office(netease)
    office.intake.run(NOW)
    for shift in range(1, 11):
        netease.faults.uid_validity_shift = shift
        report = office.intake.run(NOW + HOUR)
        assert (report.new, report.known) == (0, 2)

    netease.deliver(mail(3))
    assert office.intake.run(NOW + HOUR).new == 1
    assert len(office.mails()) == 3


def test_a_folder_made_anew_is_read_from_its_start(
    dovecot: MailServer, open_office: Opener
) -> None:
    dovecot.deliver_many([mail(1), mail(2), mail(3)], "稿件")
    office = open_office(dovecot, folders=("INBOX", "稿件"))
    office.intake.run(NOW)
    dovecot.recreate("稿件")
    dovecot.deliver(mail(4), "稿件")

    assert office.intake.run(NOW + HOUR).new == 1


def test_a_mail_that_left_the_30_day_window_is_not_deleted(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver_many([mail(1), mail(2)])
    office = open_office(netease)
    office.intake.run(NOW)
    netease.faults.hidden_uids = {1}
    report = office.intake.run(NOW + timedelta(days=31))

    assert report.complete
    assert office.received() == {digest(mail(1)), digest(mail(2))}


def test_a_mail_that_vanished_before_it_was_fetched_holds_nothing_up(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver_many([mail(1), mail(2)])
    office = open_office(netease)
    netease.faults.inject = (b"SEARCH ALL", b"* SEARCH 1 2 7")
    report = office.intake.run(NOW)

    assert (report.new, report.stuck) == (2, 0)


def test_a_rescan_finds_what_the_cursor_passed_over(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    """A 30-day setting switched to 全部邮件 shows old mails with low UIDs."""
    netease.deliver_many([mail(1), mail(2), mail(3)])
    netease.faults.hidden_uids = {1, 2}
    office = open_office(netease, rescan_hours=24)
    office.intake.run(NOW)
    netease.faults.hidden_uids = set()
    before = office.intake.run(NOW + 23 * HOUR)
    after = office.intake.run(NOW + 24 * HOUR)

    assert (before.new, after.new) == (0, 2)
    assert office.intake.run(NOW + 25 * HOUR).new == 0


# the line


@pytest.mark.parametrize("cut", [0, 1, 100])
def test_a_line_cut_inside_a_mail_loses_nothing(
    netease: NeteaseAccount, open_office: Opener, cut: int
) -> None:
    raws = [mail(number, 2000) for number in range(5)]
    netease.deliver_many(raws)
    netease.faults.cut_literal_after = cut
    office = open_office(netease)
    report = office.intake.run(NOW)

    assert (report.new, report.complete) == (5, True)
    assert office.received() == {digest(raw) for raw in raws}


def test_a_line_cut_inside_a_big_mail_loses_nothing(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    big = mail(1, 3 * STREAM_FROM)
    netease.deliver(big)
    netease.faults.cut_literal_after = 500_000
    office = open_office(netease)
    report = office.intake.run(NOW)

    assert report.complete
    assert office.received() == {digest(big)}
    assert list((office.archive.root / "incoming").iterdir()) == []


def test_a_server_out_of_reach_is_temporary_and_the_next_poll_goes_on(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver(mail(1))
    office = open_office(netease)
    netease.faults.bye_on = b"EXAMINE"
    with pytest.raises(Temporary):
        office.intake.run(NOW)

    netease.faults.bye_on = b""
    assert office.intake.run(NOW).new == 1


def test_a_refused_password_is_no_mere_disturbance(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    office = open_office(netease)
    office.mailbox = ImapMailbox(office.config, "wrong")
    with pytest.raises(AuthenticationFailed):
        office.intake.run(NOW)


def test_a_dripping_server_ends_the_poll_and_keeps_what_was_fetched(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver(mail(1))
    office = open_office(netease)
    office.intake.run(NOW)
    netease.deliver(mail(2))
    netease.faults.drip_on = b"BODY"
    with office.mailbox.deadline(2), pytest.raises(Temporary):
        office.intake.run(NOW)

    netease.faults.drip_on = b""
    assert office.intake.run(NOW).new == 1


def test_one_folder_that_will_not_open_does_not_hide_the_others(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver(mail(1))
    netease.deliver(mail(2), "订阅邮件")
    netease.faults.refused_folders = {"垃圾邮件"}
    office = open_office(netease)
    with pytest.raises(Temporary, match="垃圾邮件"):
        office.intake.run(NOW)

    assert office.received() == {digest(mail(1)), digest(mail(2))}


# crashes


class _Crash(BaseException):
    """The process ends here."""


class _Fuse:
    """Burns at the n-th step; a step is what lies before or after something durable."""

    def __init__(self, burn_at: int) -> None:
        self.steps, self.burn_at = 0, burn_at

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.burn_at:
            raise _Crash

    def around(self, patch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        """A step before and a step after every call of a method."""
        real = getattr(owner, name)

        def fused(*arguments: Any, **named: Any) -> Any:
            self.step()
            result = real(*arguments, **named)
            self.step()
            return result

        patch.setattr(owner, name, fused)


DURABLE = [
    (UnitOfWork, "commit"),
    (ArchiveBatch, "sync"),
    (ArchiveBatch, "keep"),
    (ArchiveBatch, "keep_file"),
    (ImapMailbox, "select"),
    (ImapMailbox, "fetch_many"),
    (ImapMailbox, "fetch_to"),
]


def crash_at(office: Office, number: int) -> bool:
    """Run one poll that dies at its n-th step; False when it came through."""
    fuse = _Fuse(number)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in DURABLE:
            fuse.around(patch, owner, name)
        try:
            office.intake.run(NOW)
        except _Crash:
            return True
    return False


def test_a_crash_at_any_step_loses_nothing_and_records_nothing_twice(
    dovecot: MailServer, tmp_path: Path
) -> None:
    raws = [mail(1), mail(2, STREAM_FROM + 1000), mail(3)]
    dovecot.deliver_many(raws)
    dovecot.deliver(raws[0], "垃圾邮件")
    number, crashed = 0, True
    while crashed:
        number += 1
        (tmp_path / str(number)).mkdir()
        office = Office(tmp_path / str(number), dovecot, folders=("INBOX", "垃圾邮件"))
        crashed = crash_at(office, number)
        for record in office.mails():  # a row never stands without its bytes
            assert digest(office.archive.read(record.sha256)) == record.sha256
        office.restart()
        report = office.intake.run(NOW)
        office.close()
        assert report.complete
        assert [record.sha256 for record in office.mails()] == sorted(map(digest, raws))
        assert (office.cursor(), office.cursor("垃圾邮件")) == (3, 1)
        assert list((office.archive.root / "incoming").iterdir()) == []

    assert number > 20


# poisonous mails


def poll(office: Office, times: int) -> None:
    for number in range(times):
        office.intake.run(NOW + number * HOUR)


def test_a_mail_that_kills_the_connection_stops_no_other(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver_many([mail(number) for number in range(5)])
    netease.faults.cut_on_uid = 2
    office = open_office(netease)
    report = office.intake.run(NOW)

    assert (report.new, report.stuck, report.complete) == (4, 1, False)
    assert office.cursor() == 1


def test_it_is_quarantined_after_some_tries_also_across_restarts(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver_many([mail(number) for number in range(5)])
    netease.faults.cut_on_uid = 2
    office = open_office(netease)
    for number in range(TRIES_BEFORE_QUARANTINE):
        office.intake.run(NOW + number * HOUR)
        office.restart()
    (stub,) = [record for record in office.mails() if record.state == "quarantined"]

    assert "网页邮箱" in stub.reason
    assert office.cursor() == 5
    assert office.archive.has(stub.sha256)


def test_it_is_not_tried_at_every_poll(netease: NeteaseAccount, open_office: Opener) -> None:
    netease.deliver_many([mail(1), mail(2)])
    netease.faults.cut_on_uid = 2
    office = open_office(netease, folders=("INBOX",))
    office.intake.run(NOW)
    connections = netease.faults.connections
    for second in range(5):
        office.intake.run(NOW + timedelta(seconds=second))

    assert netease.faults.connections == connections


def test_a_quarantined_mail_is_filed_after_all_once_the_server_gives_it(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver_many([mail(1), mail(2)])
    netease.faults.cut_on_uid = 2
    office = open_office(netease)
    poll(office, TRIES_BEFORE_QUARANTINE)
    netease.faults.cut_on_uid = None
    report = office.intake.run(NOW + timedelta(days=2))

    assert report.new == 1
    assert office.received() == {digest(mail(1)), digest(mail(2))}
    assert [record.state for record in office.mails()].count("quarantined") == 0


def test_a_mail_owed_below_the_cursor_is_not_forgotten_until_the_next_rescan(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver_many([mail(1), mail(2), mail(3)])
    netease.faults.hidden_uids = {1}
    office = open_office(netease, rescan_hours=24)
    office.intake.run(NOW)
    netease.faults.hidden_uids = set()
    netease.faults.empty_fetch = {1}
    rescan = office.intake.run(NOW + 24 * HOUR)
    netease.faults.empty_fetch = set()
    after = office.intake.run(NOW + 25 * HOUR)

    assert (rescan.stuck, after.new, after.stuck) == (1, 1, 0)


def test_big_and_doubtful_mails_keep_no_other_waiting(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver_many([mail(1, STREAM_FROM + 1000), mail(2)])
    netease.faults.drip_on = b"<0.1048576>"
    office = open_office(netease)
    with office.mailbox.deadline(3), pytest.raises(Temporary):
        office.intake.run(NOW)

    assert office.received() == {digest(mail(2))}


def test_an_empty_answer_is_not_taken_for_deletion(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver_many([mail(1), mail(2), mail(3)])
    netease.faults.empty_fetch = {2}
    office = open_office(netease)
    first = office.intake.run(NOW)
    netease.faults.empty_fetch = set()
    second = office.intake.run(NOW + HOUR)

    assert (first.new, first.stuck) == (2, 1)
    assert (second.new, second.complete) == (1, True)


def test_an_answer_beyond_understanding_costs_only_its_own_mail(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    netease.deliver_many([mail(1), mail(2), mail(3)])
    netease.faults.inject = (b"INTERNALDATE", b"* 1 FETCH (UID 1 RFC822.SIZE")
    office = open_office(netease)

    assert office.intake.run(NOW).new == 3


def test_hostile_headers_do_not_stop_the_poll(netease: NeteaseAccount, open_office: Opener) -> None:
    raws = [
        b"Message-ID: <[a]@x>\r\nReceived: ;;;;\r\n\r\n",
        b"\xff\xfe\x00\r\n",
        b"Received: x; Mon, 99 Foo 99999 99:99:99 +9999\r\n\r\n",
        b"Subject: " + b"=?gb2312?B?udjT2g==?= " * 3000 + b"\r\n\r\n",
    ]
    netease.deliver_many([raw for raw in raws if b"\0" not in raw])
    office = open_office(netease)
    report = office.intake.run(NOW)

    assert (report.new, report.complete) == (3, True)


# size


def test_a_mail_over_the_limit_is_recorded_by_its_headers(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    big = mail(1, 1_200_000)
    netease.deliver_many([big, mail(2)], internal_date=RECEIVED)
    office = open_office(netease, max_mail_bytes=1_000_000)
    report = office.intake.run(NOW)
    (stub,) = [record for record in office.mails() if record.state == "quarantined"]

    assert (report.new, report.quarantined, report.complete) == (1, 1, True)
    assert (stub.subject, stub.sender) == ("关于朱镕基同志报告", "z@unit.example")
    assert (stub.size, stub.received_at) == (len(big), RECEIVED)
    assert "1.2MB" in stub.reason
    assert office.archive.read(stub.sha256).startswith(b"Message-ID: <1@unit.example>")
    assert not any("BODY.PEEK[]<0.1048576>" in line for line in netease.faults.commands)


def test_a_marked_subject_of_a_mail_over_the_limit_is_not_recorded(
    netease: NeteaseAccount, open_office: Opener
) -> None:
    secret = mail(1, 1_200_000).replace(b"Subject: ", b"Subject: " + MARK, 1)
    netease.deliver(secret)
    office = open_office(netease, max_mail_bytes=1_000_000)
    office.intake.run(NOW)
    (stub,) = office.mails()
    assert (stub.kind, stub.subject, stub.sender_name) == (MARKED, "", "")
    assert stub.sender == "z@unit.example"
    assert "标有“机密”" in stub.reason
    with office.store.work() as uow, pytest.raises(Refused, match="邮件头"):
        release(uow, stub.id, "王某", NOW)


@pytest.mark.parametrize(
    "size", [pytest.param(0, id="small"), pytest.param(2 * STREAM_FROM, id="streamed")]
)
def test_what_was_erased_or_purged_is_not_archived_again(
    netease: NeteaseAccount, open_office: Opener, size: int
) -> None:
    """The provider hands out every mail anew; two of the three were deleted on purpose."""
    netease.deliver_many([mail(1, size), mail(2, size), mail(3, size)])
    office = open_office(netease)
    office.intake.run(NOW)
    erased, purged, kept = office.mails()
    with office.store.work() as uow:
        uow.messages.settle(erased.id, "quarantined", MARKED, "标有“机密”")
        erase(uow, office.archive, None, erased.id, by="王某", now=NOW)
        uow.retention.purge_mails([purged.id], NOW, without_personal)
        uow.commit()
    office.archive.path(purged.sha256).unlink()
    netease.faults.uid_validity_shift = 1

    report = office.intake.run(NOW + HOUR)

    assert (report.new, report.known, report.complete) == (0, 3, True)
    assert list(office.archive.digests()) == [kept.sha256]


# the disk


@pytest.mark.parametrize(
    "size", [pytest.param(0, id="small"), pytest.param(2 * STREAM_FROM, id="streamed")]
)
def test_a_full_disk_blames_no_mail(
    netease: NeteaseAccount,
    open_office: Opener,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    size: int,
) -> None:
    netease.deliver(mail(1, size))
    office = open_office(netease)
    full = tmp_path / "full"

    def incoming(_archive: Archive) -> Path:
        """A fresh link each time: what is removed afterwards must not be the device."""
        full.unlink(missing_ok=True)
        full.symlink_to("/dev/full")
        return full

    monkeypatch.setattr(Archive, "incoming_path", incoming)
    for number in range(TRIES_BEFORE_QUARANTINE + 1):
        with pytest.raises(Temporary, match="磁盘"):
            office.intake.run(NOW + number * HOUR)
    monkeypatch.undo()

    assert office.mails() == []
    assert office.intake.run(NOW).new == 1
