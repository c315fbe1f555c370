"""The test servers do what the tests rely on: they are real, and their faults strike."""

import smtplib

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from servers.exim import Exim
from servers.fault_smtp import FaultSmtp
from servers.mail_server import MailServer
from servers.netease import NeteaseAccount

MAIL = b"Subject: one\r\n\r\nbody\r\n"


def login(account: MailServer) -> IMAPClient:
    client = IMAPClient(account.host, account.port, ssl=False, timeout=30)
    client.login(account.user, account.password)
    return client


def test_dovecot_keeps_what_is_delivered(dovecot: MailServer) -> None:
    dovecot.deliver(MAIL)
    dovecot.deliver(MAIL, "垃圾邮件")

    assert dovecot.uids() == [1]
    assert dovecot.uids("垃圾邮件") == [1]
    assert dovecot.flags() == {1: ()}


def test_exim_relays_to_the_sink_even_when_it_first_refuses(exim: Exim) -> None:
    exim.sink.answer("rcpt", "451 later")
    with smtplib.SMTP(exim.host, exim.port, timeout=60) as client:
        client.login(exim.user, exim.password)
        client.sendmail(exim.user, ["a@unit.example"], MAIL)

    assert exim.wait_for(1)[0].recipients == ("a@unit.example",)


def test_stand_in_refuses_select_until_id(netease: NeteaseAccount) -> None:
    client = login(netease)

    with pytest.raises(IMAPClientError, match="Unsafe Login"):
        client.select_folder("INBOX")
    client.id_({"name": "test"})
    chosen = client.select_folder("INBOX")
    client.shutdown()

    assert b"UIDNEXT" not in chosen


def test_stand_in_shows_the_capabilities_of_163(netease: NeteaseAccount) -> None:
    client = login(netease)
    offered = client.capabilities()
    client.shutdown()

    assert b"ID" in offered
    assert not {b"IDLE", b"MOVE"} & set(offered)


def test_stand_in_says_what_163_says_to_a_wrong_code(netease: NeteaseAccount) -> None:
    client = IMAPClient(netease.host, netease.port, ssl=False, timeout=30)
    with pytest.raises(LoginError, match="Login error or password error"):
        client.login(netease.user, "wrong")
    client.shutdown()


def test_stand_in_echoes_the_last_old_mail(netease: NeteaseAccount) -> None:
    netease.deliver_many([MAIL, MAIL])
    client = login(netease)
    client.id_({"name": "test"})
    client.select_folder("INBOX")
    found = client.search(["UID", "3:*"])
    client.shutdown()

    assert found == [2]


def test_stand_in_cuts_inside_a_literal_once(netease: NeteaseAccount) -> None:
    netease.deliver(MAIL)
    netease.faults.cut_literal_after = 3
    for fails in (True, False):
        client = login(netease)
        client.id_({"name": "test"})
        client.select_folder("INBOX")
        if fails:
            with pytest.raises(IMAPClientAbortError):
                client.fetch([1], ["BODY.PEEK[]"])
        else:
            assert client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"] == MAIL
        client.shutdown()


def test_fault_smtp_drops_after_taking_the_mail(fault_smtp: FaultSmtp) -> None:
    fault_smtp.drop("body", accepted=True)
    client = smtplib.SMTP(fault_smtp.host, fault_smtp.port, timeout=30)
    client.login(fault_smtp.user, fault_smtp.password)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.sendmail(fault_smtp.user, ["a@unit.example"], MAIL)

    assert [mail.raw for mail in fault_smtp.mails] == [MAIL]
