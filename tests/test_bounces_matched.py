"""A bounce finds the letter that caused it, and counts against the address, once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from offices import OURS, UNIT, open_office
from servers.fault_smtp import FaultSmtp
from servers.mail_server import MailServer
from test_office_day import draft_mail

from mailbot.config_sending import BouncesConfig
from mailbot.stages.bounced import given_up, returned, told
from parsers.message import read_message
from store.opening import open_store
from store.records import OutboxRecord, OutgoingMail
from store.unit_of_work import Store

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OTHER = "b@unit.example"
LETTER = f"<mb.{'a' * 40}@163.com>"
CONFIG = BouncesConfig()


def status(address: str, action: str = "failed", code: str = "5.1.1") -> str:
    return (
        "Reporting-MTA: dns; mail.unit.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {code}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
    )


def report(delivery: str, original: str, kind: str = "message/rfc822", headers: str = "") -> bytes:
    """A DSN as RFC 3464 has it."""
    return (
        f"From: <Postmaster@unit.example>\r\nTo: <{OURS}>\r\nSubject: Undelivered\r\n{headers}"
        "Message-ID: <dsn@unit.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail was not delivered.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{delivery}\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{original}\r\n--b--\r\n"
    ).encode()


def original(message_id: str = LETTER) -> str:
    return (
        f"From: <{OURS}>\r\nTo: <{UNIT}>\r\nSubject: x\r\nMessage-ID: {message_id}\r\n\r\nbody\r\n"
    )


def prose(text: str) -> bytes:
    """A bounce that is mere words, as some older servers write it."""
    return (
        f"From: <mailer-daemon@unit.example>\r\nTo: <{OURS}>\r\nSubject: Mail delivery failed\r\n"
        f"Return-Path: <>\r\nMessage-ID: <p@unit.example>\r\n\r\n{text}\r\n"
    ).encode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store("sqlite:///test.db", tmp_path)
    yield opened
    opened.close()


def sent(store: Store, *to: str, message_id: str = LETTER, key: str = "receipt/1") -> int:
    with store.work() as uow:
        letter = OutgoingMail(key, "receipt", to, "【回执】", "文", "")
        mail_id = uow.outbox.add(letter, message_id, NOW)
        assert mail_id is not None
        uow.outbox.settle(mail_id, "sent", "250", sent_at=NOW, delivered_to=list(to))
        uow.commit()
    return mail_id


def come_back(store: Store, raw: bytes, at: datetime = NOW) -> str:
    message = read_message(raw, own_addresses=frozenset({OURS})).message
    assert message.delivery_status is not None
    with store.work() as uow:
        said = returned(uow, message.delivery_status, at)
        uow.commit()
    return said


def letter(store: Store, mail_id: int) -> OutboxRecord:
    with store.look() as uow:
        found = uow.outbox.get(mail_id)
    assert found is not None
    return found


def bounces(store: Store) -> dict[str, int]:
    with store.look() as uow:
        return dict(uow.contacts.bounces())


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(report(status(UNIT), original()), id="our-letter-attached"),
        pytest.param(
            report(status(UNIT), original(), "text/rfc822-headers"), id="its-headers-attached"
        ),
        pytest.param(
            report(status(UNIT), original(""), headers=f"X-CM-Original-Message-ID: {LETTER}\r\n"),
            id="named-by-Coremail",
        ),
        pytest.param(
            prose(f"<{UNIT}>: 550 5.1.1 User unknown\r\n\r\n> Message-ID: {LETTER}"),
            id="named-in-the-text-quoted",
        ),
        pytest.param(
            prose(f"<{UNIT}>: 550 User unknown\r\n\r\n--- headers ---\r\nMessage-ID: {LETTER}"),
            id="named-in-the-text",
        ),
        pytest.param(report(status(UNIT.upper()), original()), id="address-in-capitals"),
        pytest.param(report(status(""), original()), id="nobody-named-one-recipient"),
    ],
)
def test_a_bounce_finds_its_letter(store: Store, raw: bytes) -> None:
    mail_id = sent(store, UNIT)
    assert come_back(store, raw)

    assert letter(store, mail_id).state == "failed"
    assert UNIT in letter(store, mail_id).reason
    assert bounces(store) == {UNIT: 1}


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(report(status(UNIT), original("<mb.other@163.com>")), id="no-letter-of-ours"),
        pytest.param(report(status("c@else.example"), original()), id="an-address-not-written-to"),
        pytest.param(report(status(UNIT, "delayed", "4.4.1"), original()), id="a-mere-delay"),
    ],
)
def test_what_counts_against_no_address(store: Store, raw: bytes) -> None:
    """Anybody can write a bounce; it must not silence a unit."""
    sent(store, UNIT, OTHER)
    come_back(store, raw)

    assert bounces(store) == {}


def test_a_delay_leaves_the_letter_sent(store: Store) -> None:
    mail_id = sent(store, UNIT)
    come_back(store, report(status(UNIT, "delayed", "4.4.1"), original()))

    assert letter(store, mail_id).state == "sent"


def test_one_of_two_recipients_bounced_and_a_retry_goes_to_that_one(store: Store) -> None:
    mail_id = sent(store, UNIT, OTHER)
    come_back(store, report(status(OTHER), original()))

    assert bounces(store) == {OTHER: 1}
    assert letter(store, mail_id).delivered_to == (UNIT,)


def test_the_same_bounce_twice_counts_once(store: Store) -> None:
    sent(store, UNIT, OTHER)
    for _ in range(3):
        come_back(store, report(status(OTHER), original()))

    assert bounces(store) == {OTHER: 1}


def test_three_letters_bounced_and_the_address_is_given_up_and_told(store: Store) -> None:
    for number in range(3):
        name = f"<mb.{number:040d}@163.com>"
        sent(store, UNIT, message_id=name, key=f"receipt/{number}")
        come_back(store, report(status(UNIT), original(name)))
    with store.look() as uow:
        assert given_up(uow, CONFIG, NOW) == {UNIT: 3}
        assert UNIT in told(uow, CONFIG, NOW)[0]
        assert given_up(uow, CONFIG, NOW + timedelta(days=31)) == {}


def test_a_unit_s_dead_mailbox_at_the_office(
    tmp_path: Path, dovecot: MailServer, fault_smtp: FaultSmtp
) -> None:
    """From the receipt that bounces to what `status` says, and the operator's way back."""
    fault_smtp.user = OURS
    office = open_office(tmp_path, dovecot, fault_smtp, give_up_after="give_up_after = 1")
    dovecot.deliver(draft_mail())
    office.run("once")
    receipt = next(mail for mail in fault_smtp.sent() if mail["In-Reply-To"])
    dovecot.deliver(report(status(UNIT), original(receipt["Message-ID"])))
    office.run("once")
    failed = office.listing("outbox", "list", "--state", "failed")["mails"]

    assert [mail["to"] for mail in failed] == [[UNIT]]
    assert f"已停止向其发普通信件，请核对该单位邮箱：{UNIT}" in office.run("status").stdout
    before = len(fault_smtp.mails)
    assert office.run("outbox", "retry", str(failed[0]["id"])).returncode == 0
    office.run("once")
    assert len(fault_smtp.mails) == before + 1
