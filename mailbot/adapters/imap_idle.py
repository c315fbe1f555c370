"""IDLE (RFC 2177) that misses nothing: not what came just before it, nor what is buffered.

The library's own `idle_check` looks at the socket alone and overlooks lines its reader
has already taken in; it also breaks on a line that arrives in two pieces.
"""

import imaplib
import selectors
import time

from mailbot.adapters.imap_connection import GuardedClient

RENEW_SECONDS = 20 * 60  # servers may hang up after 29 minutes


def enter(client: GuardedClient) -> bool:
    """Start IDLE; True when new mail was announced while it started.

    Raises:
        imaplib.IMAP4.error: The server refused.
    """
    wire = client.wire
    wire.untagged_responses.pop("EXISTS", None)
    tag = wire._command("IDLE")  # noqa: SLF001  the library has no public way
    while wire._get_response() is not None:  # noqa: SLF001
        if wire.tagged_commands.get(tag):
            status, words = wire.tagged_commands.pop(tag)
            raise imaplib.IMAP4.error(f"IDLE: {status} {words}")
    client.idle_tag, client.idle_since = tag, time.monotonic()
    return "EXISTS" in wire.untagged_responses


def ready(client: GuardedClient, seconds: float) -> bool:
    """Whether something can be read within `seconds`."""
    if _buffered(client):
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(client.socket(), selectors.EVENT_READ)
        return bool(selector.select(seconds))


def announced(client: GuardedClient) -> bool:
    """Read all that has come; True when new mail is among it."""
    news = False
    client.allow()
    while True:
        line = client.wire._get_line()  # noqa: SLF001
        if line.upper().startswith(b"* BYE"):
            raise imaplib.IMAP4.abort(line.decode("ascii", "replace"))
        news = news or line.upper().endswith(b" EXISTS")
        if not _buffered(client):
            return news


def stale(client: GuardedClient) -> bool:
    """Whether IDLE has gone on so long that it should be started anew."""
    return time.monotonic() - client.idle_since > RENEW_SECONDS


def leave(client: GuardedClient) -> None:
    """End IDLE if it is on."""
    if client.idle_tag is None:
        return
    tag, client.idle_tag = client.idle_tag, None
    client.allow()
    client.wire.send(b"DONE\r\n")
    while not client.wire.tagged_commands[tag]:
        client.wire._get_response()  # noqa: SLF001
    client.wire.tagged_commands.pop(tag)


def _buffered(client: GuardedClient) -> bool:
    """Whether the reader holds bytes already, or the socket has some to take."""
    connection = client.socket()
    before = connection.gettimeout()
    connection.settimeout(0)
    try:
        return bool(client.wire.file.peek(1))
    except OSError:  # TLS says so when nothing has come
        return False
    finally:
        connection.settimeout(before)
