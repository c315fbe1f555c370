"""Canary secrets: a whole run on real servers, then every byte it left is searched for them."""

import base64
from collections.abc import Iterator
from pathlib import Path

import offices
import pytest
from offices import DUTY, OFFICE, UNIT, Office, open_office, stop, wait_until
from servers import dovecot as imap_module
from servers import exim as smtp_module
from servers.dovecot import start_dovecot
from servers.exim import Exim, start_exim
from servers.mail_server import MailServer
from test_heartbeat import Watcher, served
from test_office_day import TITLE, draft_mail, emergency_mail
from test_pushing import Receiver, receiver

from mailbot.demo import texts

__all__ = ["receiver"]

IMAP, SMTP, WRONG = "canary-imap-q7w3x", "canary-smtp-k2v9z", "canary-wrong-m4n8b"
PUSH, BEAT = "secret-token", "secret-a1b2"  # in the addresses of the two receivers
TELEPHONE = "0000-0000000"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[MailServer, Exim]]:
    """A Dovecot and an Exim of our own, whose passwords occur nowhere else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imap_module, "PASSWORD", IMAP)
        patch.setattr(smtp_module, "PASSWORD", SMTP)
        imap, smtp = start_dovecot(), start_exim()
        smtp.password = SMTP
        try:
            yield imap.account(), smtp
        finally:
            smtp.stop()
            imap.stop()


def worked(folder: Path, servers: tuple[MailServer, Exim], style: str, **places: str) -> Office:
    """A day: draft, emergency, push, heartbeat, backup; then a password that is refused."""
    imap, smtp = servers
    smtp.sink.clear()
    changes = {"format": f'format = "{style}"', "level": 'level = "debug"'}
    office = open_office(folder, imap, smtp, tick_seconds="tick_seconds = 1", **changes)
    head, mark, rest = office.config.read_text(encoding="utf-8").partition("[heartbeat]")
    rest = rest.replace("every_seconds = 60 ", "every_seconds = 1 ", 1)
    office.config.write_text(head + mark + rest, encoding="utf-8")
    office.passwords |= places
    process = office.start("run")
    wait_until(lambda: "started" in office.log)
    imap.deliver(draft_mail())
    imap.deliver(emergency_mail())
    smtp.wait_for(3)  # two receipts and an alert
    wait_until(lambda: office.run("backup").returncode == 0)
    wait_until(lambda: bool(office.listing("status")["last_heartbeat"]))
    assert stop(process) == 0
    right = dict(office.passwords)
    office.passwords |= {"MAILBOT_IMAP_PASSWORD": WRONG, "MAILBOT_SMTP_PASSWORD": WRONG}
    refused = office.start("once")
    assert refused.wait(100) == 1
    office.passwords = right
    return office


def forms(secret: str | bytes) -> list[bytes]:
    """A secret as it may have been written."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    return [raw, base64.b64encode(raw), raw.hex().encode(), raw[::-1]]


def found(folder: Path, secrets: list[bytes], *, without: str = "") -> list[tuple[str, bytes]]:
    """Which files hold which secret."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != without)
    return [
        (str(path.relative_to(folder)), secret)
        for path in paths
        for secret in secrets
        if secret in path.read_bytes()
    ]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("style", ["plain", "json"])
def test_no_secret_is_left_anywhere_and_no_word_of_a_draft_in_the_log(
    tmp_path: Path, servers: tuple[MailServer, Exim], receiver: Receiver, style: str
) -> None:
    with served(Watcher()) as watcher:
        places = {"MAILBOT_PUSH_URLS": receiver.url, "MAILBOT_HEARTBEAT_URL": watcher.url}
        office = worked(tmp_path, servers, style, **places)
        assert receiver.got, "the push went out, so its address was used"
        assert watcher.beats, "and so did the sign of life"

    assert "login_refused" in office.log, "the wrong password was tried"
    key = (tmp_path / "data" / "signing.key").read_bytes()
    secrets = [form for secret in (IMAP, SMTP, WRONG, PUSH, BEAT) for form in forms(secret)]
    assert found(tmp_path, secrets) == []
    assert found(tmp_path, forms(key), without="signing.key") == []

    log = office.log
    sentence = texts.SIDEWALK[40:52]
    words = [TITLE, sentence, texts.GAS_LEAK[60:72], TELEPHONE, UNIT, OFFICE, DUTY]
    assert sentence in "".join(texts.SIDEWALK.split())
    assert [word for word in words if word in log] == []
    assert log.count("\n") > 10
    status = office.run("status", "--json")
    assert not any(secret in status.stdout for secret in (IMAP, SMTP, WRONG, PUSH, BEAT))
    assert offices.OURS not in log
