"""ImapMailbox against a real Dovecot, and against the manners and faults of 163."""

import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from servers.mail_server import MailServer
from servers.netease import NeteaseAccount

from mailbot.adapters.imap import ImapMailbox
from mailbot.config import MailboxConfig
from mailbot.errors import AuthenticationFailed, ConfigError, Temporary

Opener = Callable[..., ImapMailbox]

SMALL = b"Message-ID: <one@unit.example>\r\nSubject: one\r\n\r\nbody\r\n"
BIG = b"Subject: big\r\n\r\n" + b"".join(b"%062d\r\n" % n for n in range(40_000))


def config_of(account: MailServer, **changes: object) -> MailboxConfig:
    values: dict[str, object] = {
        "host": account.host,
        "port": account.port,
        "tls": "none",
        "user": account.user,
        "timeout_seconds": 30,
    }
    return MailboxConfig.model_validate({**values, **changes})


@pytest.fixture
def open_mailbox() -> Iterator[Opener]:
    opened: list[ImapMailbox] = []

    def opener(account: MailServer, password: str | None = None, **changes: object) -> ImapMailbox:
        given = account.password if password is None else password
        mailbox = ImapMailbox(config_of(account, **changes), given)
        opened.append(mailbox)
        return mailbox

    yield opener
    for mailbox in opened:
        mailbox.close()


# any server


def test_a_mail_comes_back_byte_for_byte_and_stays_unread(
    dovecot: MailServer, open_mailbox: Opener
) -> None:
    dovecot.deliver(SMALL)
    mailbox = open_mailbox(dovecot)
    state = mailbox.select("INBOX")

    assert (state.name, state.count) == ("INBOX", 1)
    assert list(mailbox.fetch_many(mailbox.uids())) == [(1, SMALL)]
    assert dovecot.flags() == {1: ()}


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(datetime(2026, 3, 2, 17, 30, tzinfo=timezone(timedelta(hours=8))), id="+0800"),
        pytest.param(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), id="utc"),
        pytest.param(
            datetime(2026, 3, 1, 23, 30, tzinfo=timezone(-timedelta(hours=10))), id="-1000"
        ),
    ],
)
def test_receipt_time_is_utc_whatever_the_zones_of_server_and_machine(
    dovecot: MailServer, open_mailbox: Opener, monkeypatch: pytest.MonkeyPatch, sent: datetime
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    dovecot.deliver(SMALL, internal_date=sent)
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")
    (envelope,) = mailbox.envelopes([1])

    assert envelope.internal_date == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert envelope.internal_date is not None
    assert envelope.internal_date.tzinfo is UTC
    assert envelope.size == len(SMALL)


def test_only_uids_above_the_cursor_are_given(dovecot: MailServer, open_mailbox: Opener) -> None:
    dovecot.deliver_many([SMALL] * 3)
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")

    assert [mailbox.uids(after) for after in (0, 1, 3, 99)] == [[1, 2, 3], [2, 3], [], []]


def test_a_big_mail_is_streamed_to_its_file(
    dovecot: MailServer, open_mailbox: Opener, tmp_path: Path
) -> None:
    dovecot.deliver(BIG)
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")

    assert mailbox.fetch_to(1, tmp_path / "mail", len(BIG))
    assert (tmp_path / "mail").read_bytes() == BIG


def test_a_big_mail_never_lies_in_memory_as_a_whole(
    dovecot: MailServer, open_mailbox: Opener, tmp_path: Path
) -> None:
    raw = BIG * 8
    dovecot.deliver(raw)
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")
    tracemalloc.start()
    mailbox.fetch_to(1, tmp_path / "mail", len(raw))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (tmp_path / "mail").stat().st_size == len(raw) > 20_000_000
    assert peak < 6_000_000


@pytest.mark.parametrize(
    "told", [pytest.param(0, id="too-small"), pytest.param(10**8, id="too-large")]
)
def test_a_wrong_size_told_by_the_server_neither_cuts_nor_loses_the_mail(
    dovecot: MailServer, open_mailbox: Opener, tmp_path: Path, told: int
) -> None:
    dovecot.deliver(BIG)
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")

    assert mailbox.fetch_to(1, tmp_path / "mail", told)
    assert (tmp_path / "mail").read_bytes() == BIG


def test_a_server_that_gives_less_than_asked_is_asked_again(
    netease: NeteaseAccount, open_mailbox: Opener, tmp_path: Path
) -> None:
    netease.deliver(BIG)
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")
    netease.faults.inject = (b"FETCH", b'* 1 FETCH (UID 1 BODY[]<0> "Subje")')

    assert mailbox.fetch_to(1, tmp_path / "mail", len(BIG))
    assert (tmp_path / "mail").read_bytes() == BIG


def test_a_vanished_mail_leaves_no_file(
    dovecot: MailServer, open_mailbox: Opener, tmp_path: Path
) -> None:
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")

    assert not mailbox.fetch_to(7, tmp_path / "mail", 100)
    assert list(tmp_path.iterdir()) == []
    assert list(mailbox.envelopes([7])) == []
    assert list(mailbox.fetch_many([7])) == []


def test_a_mail_larger_than_allowed_is_given_up(
    dovecot: MailServer, open_mailbox: Opener, tmp_path: Path
) -> None:
    dovecot.deliver(BIG)
    mailbox = open_mailbox(dovecot, max_mail_bytes=1_000_000)
    mailbox.select("INBOX")
    with pytest.raises(Temporary):
        mailbox.fetch_to(1, tmp_path / "mail", 10)

    assert list(tmp_path.iterdir()) == []
    assert mailbox.head(1, 16) == BIG[:16]


def test_folders_are_discovered_inbox_first_then_all_kinds_of_junk(
    dovecot: MailServer, open_mailbox: Opener
) -> None:
    mailbox = open_mailbox(dovecot)

    assert mailbox.folders() == [
        "INBOX",
        *sorted(("垃圾邮件", "病毒文件夹", "广告邮件", "订阅邮件")),
    ]
    assert mailbox.sent_folder() == "已发送"


def test_a_configured_folder_that_is_missing_is_told(
    dovecot: MailServer, open_mailbox: Opener
) -> None:
    mailbox = open_mailbox(dovecot, folders=("垃圾邮件", "稿件", "inbox"))

    assert mailbox.folders() == ["INBOX", "垃圾邮件"]
    assert mailbox.missing_folders() == ("稿件",)


def test_a_folder_may_be_configured_in_its_encoded_form(
    dovecot: MailServer, open_mailbox: Opener
) -> None:
    assert open_mailbox(dovecot, folders=("&V4NXPpCuTvY-",)).folders() == ["垃圾邮件"]


def test_wrong_password_is_told_from_a_broken_line(
    dovecot: MailServer, open_mailbox: Opener
) -> None:
    with pytest.raises(AuthenticationFailed, match="授权码") as caught:
        open_mailbox(dovecot, password="hunter2secret").folders()

    assert "hunter2secret" not in str(caught.value)


def test_a_refused_password_is_not_tried_again_at_once(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    mailbox = open_mailbox(netease, password="wrong")
    for _ in range(5):
        with pytest.raises(AuthenticationFailed):
            mailbox.folders()

    assert netease.faults.verbs().count("LOGIN") == 1


def test_full_width_password_is_the_operators_mistake(
    dovecot: MailServer, open_mailbox: Opener
) -> None:
    with pytest.raises(AuthenticationFailed, match="全角"):
        open_mailbox(dovecot, password="ＡＢＣ").folders()


def test_nobody_listening_is_temporary(dovecot: MailServer, open_mailbox: Opener) -> None:
    with pytest.raises(Temporary):
        open_mailbox(dovecot, port=1).folders()


def test_another_server_than_dovecot_serves_as_well(
    pymap: MailServer, open_mailbox: Opener, tmp_path: Path
) -> None:
    received = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    pymap.deliver_many([SMALL, BIG], internal_date=received)
    pymap.deliver(SMALL, "Junk")
    mailbox = open_mailbox(pymap, after_filing="move", move_to="已归档")
    assert mailbox.folders() == ["INBOX", "Junk"]

    mailbox.select("INBOX")
    uids = list(mailbox.uids())
    found = list(mailbox.envelopes(uids))
    assert [envelope.internal_date for envelope in found] == [received, received]
    assert list(mailbox.fetch_many(uids[:1])) == [(uids[0], SMALL)]
    assert mailbox.fetch_to(uids[1], tmp_path / "mail", found[1].size)
    assert (tmp_path / "mail").read_bytes() == BIG
    assert mailbox.find_message_id("INBOX", ["<one@unit.example>", "<x@unit.example>"]) == {
        "<one@unit.example>"
    }

    mailbox.after_filing(uids[0])
    assert (len(pymap.uids()), len(pymap.uids("已归档"))) == (1, 1)

    mailbox.select("INBOX")
    mailbox.uids()
    threading.Timer(0.3, pymap.deliver, (SMALL,)).start()
    assert mailbox.wait(60)


def test_probe_tells_what_the_server_offers(netease: NeteaseAccount, open_mailbox: Opener) -> None:
    netease.deliver_many([SMALL, SMALL])
    netease.faults.hidden_uids = {1}
    words = "\n".join(open_mailbox(netease).probe())

    assert "没有，每 60 秒查收一次" in words
    assert "共 2 封，可列出 1 封，不一致" in words
    assert not {"STORE", "APPEND", "SELECT"} & set(netease.faults.verbs())


# encryption


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_encrypted_login_checks_the_certificate(
    dovecot: MailServer, open_mailbox: Opener, tls: str
) -> None:
    port = dovecot.tls_port if tls == "tls" else dovecot.port
    trusting = open_mailbox(dovecot, port=port, tls=tls, ca_file=str(dovecot.ca_file))
    assert "INBOX" in trusting.folders()

    with pytest.raises(Temporary, match="证书"):
        open_mailbox(dovecot, port=port, tls=tls).folders()


def test_unreadable_ca_file_is_a_configuration_error(
    dovecot: MailServer, open_mailbox: Opener, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="ca_file"):
        open_mailbox(dovecot, tls="tls", ca_file=str(tmp_path / "none.pem")).folders()


def test_stripped_starttls_is_refused(netease: NeteaseAccount, open_mailbox: Opener) -> None:
    netease.faults.capability = b"IMAP4rev1 ID"
    with pytest.raises(ConfigError, match="STARTTLS"):
        open_mailbox(netease, tls="starttls").folders()

    assert "LOGIN" not in netease.faults.verbs()


# filed mails


def test_nothing_is_changed_on_the_server_by_default(
    dovecot: MailServer, open_mailbox: Opener
) -> None:
    dovecot.deliver(SMALL)
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")
    mailbox.after_filing(1)

    assert dovecot.flags() == {1: ()}


def test_filed_mails_are_marked_where_configured(dovecot: MailServer, open_mailbox: Opener) -> None:
    dovecot.deliver(SMALL)
    mailbox = open_mailbox(dovecot, after_filing="mark_read")
    mailbox.select("INBOX")
    mailbox.after_filing(1)

    assert dovecot.flags() == {1: (rb"\Seen",)}


@pytest.mark.parametrize("server", ["dovecot", "netease"])
def test_filed_mails_are_moved_with_and_without_move(
    request: pytest.FixtureRequest, open_mailbox: Opener, server: str
) -> None:
    account: MailServer = request.getfixturevalue(server)
    account.deliver_many([SMALL, SMALL])
    with account.client() as client:  # another person's mark must survive
        client.select_folder("INBOX")
        client.delete_messages([2])
    mailbox = open_mailbox(account, after_filing="move", move_to="已归档")
    mailbox.select("INBOX")
    mailbox.after_filing(1)

    assert account.uids() == [2]
    assert account.uids("已归档") == [1]


# witnesses


def test_message_ids_are_found_by_looking_not_by_searching(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    folded = b"Subject: x\r\nMessage-ID:\r\n <two@unit.example>\r\n\r\n"
    netease.deliver_many([SMALL, folded, b"Subject: none\r\n\r\n"], "已发送")
    wanted = ["<one@unit.example>", "<two@unit.example>", "<three@unit.example>"]
    found = open_mailbox(netease).find_message_id("已发送", wanted)

    assert found == set(wanted[:2])
    assert not any("HEADER" in line and "SEARCH" in line for line in netease.faults.commands)


def test_absence_is_not_claimed_when_the_server_hid_a_mail(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.deliver_many([SMALL, SMALL], "已发送")
    netease.faults.empty_fetch = {2}
    with pytest.raises(Temporary):
        open_mailbox(netease).find_message_id("已发送", ["<other@unit.example>"])


# 163's manners


def test_id_is_sent_after_every_login_and_before_select(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    for _ in range(2):
        mailbox = open_mailbox(netease)
        mailbox.select("INBOX")
        mailbox.close()
    order = [verb for verb in netease.faults.verbs() if verb in ("LOGIN", "ID", "EXAMINE")]

    assert order == ["LOGIN", "ID", "EXAMINE"] * 2


def test_id_is_tried_when_select_is_refused_though_not_advertised(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.faults.capability = b"IMAP4rev1"

    assert open_mailbox(netease).select("INBOX").name == "INBOX"


def test_unsafe_login_without_id_is_temporary_and_says_so(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    with pytest.raises(Temporary, match="Unsafe Login"):
        open_mailbox(netease, send_id=False).select("INBOX")


def test_wrong_code_at_163(netease: NeteaseAccount, open_mailbox: Opener) -> None:
    with pytest.raises(AuthenticationFailed, match="Login error or password error"):
        open_mailbox(netease, password="wrong").folders()


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(b"NO [UNAVAILABLE] backend down", id="rfc-5530-unavailable"),
        pytest.param(b"NO [LIMIT] too many", id="rfc-5530-limit"),
    ],
)
def test_a_server_in_trouble_does_not_count_against_the_password(
    netease: NeteaseAccount, open_mailbox: Opener, reply: bytes
) -> None:
    netease.faults.login_reply = reply
    with pytest.raises(Temporary):
        open_mailbox(netease).folders()


def test_a_line_cut_at_login_does_not_count_against_the_password(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.faults.bye_on = b"LOGIN"
    with pytest.raises(Temporary):
        open_mailbox(netease).folders()


def test_echo_of_the_last_mail_and_missing_uidnext_do_no_harm(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.deliver_many([SMALL, SMALL])
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")

    assert mailbox.uids(2) == []


def test_only_harmless_commands_are_sent(
    netease: NeteaseAccount, open_mailbox: Opener, tmp_path: Path
) -> None:
    netease.deliver(BIG)
    mailbox = open_mailbox(netease)
    for folder in mailbox.folders():
        mailbox.select(folder)
        for envelope in mailbox.envelopes(mailbox.uids()):
            mailbox.fetch_to(envelope.uid, tmp_path / "mail", envelope.size)
        mailbox.uids(1)
    searches = {line for line in netease.faults.commands if line.startswith("SEARCH")}
    items = " ".join(line for line in netease.faults.commands if line.startswith("FETCH"))

    assert searches == {"SEARCH ALL", "SEARCH UID 2:*"}
    assert not any(word in items for word in ("STRUCTURE", "ENVELOPE", "BODY[", "RFC822)"))
    assert "STATUS" not in netease.faults.verbs()


def test_an_empty_fetch_leaves_the_mail_out(netease: NeteaseAccount, open_mailbox: Opener) -> None:
    netease.deliver_many([SMALL, SMALL])
    netease.faults.empty_fetch = {1}
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")

    assert [envelope.uid for envelope in mailbox.envelopes([1, 2])] == [2]
    assert [uid for uid, _raw in mailbox.fetch_many([1, 2])] == [2]


def test_no_search_line_means_no_mail_not_a_crash(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.faults.no_search_line = True
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")

    assert mailbox.uids() == []


# faults


def test_a_cut_inside_a_literal_is_temporary_and_the_next_call_goes_on(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.deliver(SMALL)
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")
    netease.faults.cut_literal_after = 5
    with pytest.raises(Temporary):
        mailbox.fetch_many([1])

    assert list(mailbox.fetch_many([1])) == [(1, SMALL)]


def test_a_cut_inside_a_big_mail_leaves_no_file(
    netease: NeteaseAccount, open_mailbox: Opener, tmp_path: Path
) -> None:
    netease.deliver(BIG)
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")
    netease.faults.cut_literal_after = 1000
    with pytest.raises(Temporary):
        mailbox.fetch_to(1, tmp_path / "mail", len(BIG))

    assert list(tmp_path.iterdir()) == []
    assert mailbox.fetch_to(1, tmp_path / "mail", len(BIG))
    assert (tmp_path / "mail").read_bytes() == BIG


def test_a_connection_that_died_between_polls_is_replaced_silently(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    mailbox = open_mailbox(netease)
    mailbox.folders()
    netease.faults.hang_up_all()

    assert mailbox.folders()[0] == "INBOX"
    assert netease.faults.connections == 2


def test_after_a_break_another_uid_validity_is_not_taken_for_the_same_folder(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.deliver(SMALL)
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")
    netease.faults.cut_literal_after = 5
    with pytest.raises(Temporary):
        mailbox.fetch_many([1])
    netease.faults.uid_validity_shift = 1
    with pytest.raises(Temporary, match="INBOX"):
        mailbox.fetch_many([1])


def test_a_stalled_server_is_given_up_after_the_time_out(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.deliver(SMALL)
    mailbox = open_mailbox(netease, timeout_seconds=5)
    mailbox.select("INBOX")
    netease.faults.stall_on = b"FETCH"
    with pytest.raises(Temporary):
        mailbox.fetch_many([1])


def test_a_dripping_server_does_not_defeat_the_deadline(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.deliver(SMALL)
    mailbox = open_mailbox(netease)
    netease.faults.drip_on = b"FETCH"
    with mailbox.deadline(2):
        mailbox.select("INBOX")
        with pytest.raises(Temporary, match="秒"):
            mailbox.fetch_many([1])

    netease.faults.drip_on = b""
    mailbox.select("INBOX")
    assert list(mailbox.fetch_many([1])) == [(1, SMALL)]


def test_a_giant_literal_is_refused_before_it_is_read(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    netease.deliver(SMALL)
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")
    netease.faults.giant_literal = 3_000_000_000
    with pytest.raises(Temporary, match="too large"):
        mailbox.fetch_many([1])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"* 1 FETCH (UID 1 RFC822.SIZE", id="open-bracket"),
        pytest.param(b"* 1 FETCH " + b"(" * 5000, id="deep-nesting"),
        pytest.param(b"* 1 FETCH (UID x RFC822.SIZE 3)", id="uid-not-a-number"),
        pytest.param(b"* 1 FETCH (UID)", id="odd-number-of-items"),
        pytest.param(b"* 1 FETCH (UID 1 INTERNALDATE 7 RFC822.SIZE 3)", id="date-is-a-number"),
        pytest.param(b"\xff\xfe\x00", id="not-imap-at-all"),
    ],
)
def test_nonsense_is_temporary(
    netease: NeteaseAccount, open_mailbox: Opener, answer: bytes
) -> None:
    netease.deliver(SMALL)
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")
    netease.faults.inject = (b"FETCH", answer)
    with pytest.raises(Temporary):
        mailbox.envelopes([1])


@pytest.mark.parametrize(
    "date",
    [
        pytest.param(b'"31-Feb-2026 10:00:00 +0800"', id="no-such-day"),
        pytest.param(b'"02-Mar-2026 10:00:00"', id="no-zone"),
        pytest.param(b'"02-Mar-2026 10:00:00 +9999"', id="impossible-zone"),
        pytest.param(b"NIL", id="nil"),
    ],
)
def test_an_impossible_receipt_time_is_none(
    netease: NeteaseAccount, open_mailbox: Opener, date: bytes
) -> None:
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")
    line = b"* 9 FETCH (UID 9 FLAGS () INTERNALDATE " + date + b" RFC822.SIZE 3)"
    netease.faults.inject = (b"FETCH", line)
    (envelope,) = mailbox.envelopes([9])

    assert envelope.internal_date is None


def test_a_hundred_thousand_uids_in_one_line_are_read(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    mailbox = open_mailbox(netease)
    mailbox.select("INBOX")
    numbers = range(1_392_611_444, 1_392_711_444)
    netease.faults.inject = (b"SEARCH", b"* SEARCH " + b" ".join(b"%d" % n for n in numbers))

    assert mailbox.uids() == list(numbers)


# IDLE


def test_idle_tells_of_new_mail(dovecot: MailServer, open_mailbox: Opener) -> None:
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")
    mailbox.uids()
    assert not mailbox.wait(0.1)

    threading.Timer(0.3, dovecot.deliver, (SMALL,)).start()
    assert mailbox.wait(60)
    mailbox.select("INBOX")
    assert mailbox.uids() == [1]
    assert not mailbox.wait(0.1)


def test_mail_that_came_between_poll_and_idle_is_not_missed(
    dovecot: MailServer, open_mailbox: Opener
) -> None:
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")
    mailbox.uids()
    dovecot.deliver(SMALL)

    assert mailbox.wait(60)


def test_idle_survives_remarks_that_are_no_news(dovecot: MailServer, open_mailbox: Opener) -> None:
    dovecot.deliver_many([SMALL, SMALL])
    mailbox = open_mailbox(dovecot)
    mailbox.select("INBOX")
    mailbox.uids()
    assert not mailbox.wait(0.1)

    with dovecot.client() as client:
        client.select_folder("INBOX")
        client.add_flags([1], [rb"\Seen"])
    threading.Timer(1.5, dovecot.deliver, (SMALL,)).start()
    assert mailbox.wait(60)
    mailbox.select("INBOX")
    assert mailbox.uids(2) == [3]


@pytest.mark.parametrize(
    "burst",
    [
        pytest.param(b"+ idling\r\n* 1 EXISTS\r\n", id="right-behind-the-answer"),
        pytest.param(b"* 1 EXISTS\r\n+ idling\r\n", id="right-before-the-answer"),
        pytest.param(b"+ idling\r\n* OK Still here\r\n* 1 EXISTS\r\n", id="behind-a-remark"),
    ],
)
def test_news_in_one_piece_with_the_answer_to_idle_is_not_overlooked(
    netease: NeteaseAccount, open_mailbox: Opener, burst: bytes
) -> None:
    netease.faults.capability = b"IMAP4rev1 ID IDLE"
    netease.faults.idle_burst = burst
    mailbox = open_mailbox(netease)

    assert mailbox.wait(5)
    assert mailbox.folders()[0] == "INBOX"


def test_idle_over_tls(dovecot: MailServer, open_mailbox: Opener) -> None:
    ca = str(dovecot.ca_file)
    mailbox = open_mailbox(dovecot, port=dovecot.tls_port, tls="tls", ca_file=ca)
    mailbox.select("INBOX")
    mailbox.uids()
    assert not mailbox.wait(0.1)

    threading.Timer(0.3, dovecot.deliver, (SMALL,)).start()
    assert mailbox.wait(60)


def test_without_idle_the_caller_is_told_at_once(
    netease: NeteaseAccount, open_mailbox: Opener
) -> None:
    assert not open_mailbox(netease).wait(3600)
    assert "IDLE" not in netease.faults.verbs()


def test_idle_can_be_switched_off(dovecot: MailServer, open_mailbox: Opener) -> None:
    assert not open_mailbox(dovecot, use_idle=False).wait(3600)


def test_a_server_that_hangs_up_during_idle_is_temporary(
    dovecot: MailServer, open_mailbox: Opener, netease: NeteaseAccount
) -> None:
    netease.faults.capability = b"IMAP4rev1 ID IDLE"
    netease.faults.hidden_commands = ()
    mailbox = open_mailbox(netease)
    assert not mailbox.wait(0.1)
    netease.faults.hang_up_all()
    with pytest.raises(Temporary):
        mailbox.wait(60)

    assert mailbox.folders()[0] == "INBOX"


# the end


def test_close_never_raises(netease: NeteaseAccount, open_mailbox: Opener) -> None:
    mailbox = open_mailbox(netease)
    mailbox.folders()
    netease.faults.hang_up_all()
    mailbox.close()
    mailbox.close()

    assert mailbox.folders()[0] == "INBOX"
