"""A store, the shipped configuration with addresses, and the stages on them: no server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from duty_samples import NOTICE, SHIPPED

from mailbot.adapters.letters import LetterWriter
from mailbot.config import Config, OfficeConfig
from mailbot.resources import shipped
from mailbot.stages.post import Post
from mailbot.stages.watching import Watching
from store.opening import open_store
from store.records import DraftRecord, EventRecord, MessageRecord
from store.unit_of_work import Store, UnitOfWork

OFFICE, DUTY = "office@example.com", "duty@example.com"
CONFIG: Config = SHIPPED.model_copy(
    update={
        "units": NOTICE.units,
        "notice": NOTICE,  # a copy would keep what was computed of the shipped one
        "office": OfficeConfig(addresses=(OFFICE,), duty=(DUTY,)),
    }
)


def stamp(key: str) -> str:
    """A Message-ID of a key."""
    return f"<{sha256(key.encode()).hexdigest()[:20]}@example.com>"


POST = Post(LetterWriter(shipped("templates")), stamp)


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """A new store."""
    store = open_store("sqlite:///mailbot.db", folder)
    try:
        yield store
    finally:
        store.close()


def watching(store: Store, config: Config = CONFIG) -> Watching:
    """The stage under test, without notes on its health."""
    return Watching(store, config, POST, notes=lambda _uow, _now: ())


def mail_of(uow: UnitOfWork, received_at: datetime, sender: str = "") -> int:
    """A filed mail; returns its id."""
    name = (
        f"{received_at.isoformat()}/{sender}/{len(uow.messages.between(received_at, received_at))}"
    )
    digest = sha256(f"{name}/{uow.messages.count_waiting()}".encode()).hexdigest()
    found = uow.messages.id_of(digest)
    if found is not None:
        return found
    record = MessageRecord(
        0, digest, 1000, received_at, received_at, "filed", kind="draft", sender=sender
    )
    added = uow.messages.add(record)
    assert added is not None
    return added


def deliver(store: Store, record: DraftRecord) -> int:
    """File a draft with its mail; returns its id."""
    with store.work() as uow:
        mail = mail_of(uow, record.received_at, record.unit + record.title)
        draft_id = uow.drafts.add(replace(record, id=0, message_id=mail), ())
        uow.commit()
    return draft_id


def emergency(store: Store, record: EventRecord) -> int:
    """Open an event; returns its id."""
    with store.work() as uow:
        event_id = uow.events.add(record)
        uow.commit()
    return event_id


def keys(store: Store) -> list[str]:
    """Keys of all letters, oldest first."""
    with store.look() as uow:
        return [letter.key for letter in reversed(uow.outbox.listing(limit=100_000))]
