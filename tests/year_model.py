"""2023 lived through by the real stages: a store, drafts as they are filed, watching, delivery.

Only the wires are not real: mail comes as filed drafts, letters end in a list.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from duty_samples import NOTICE, at, changed
from office_samples import CONFIG, mail_of, opened, watching
from sqlalchemy import event

from mailbot.config import Config
from mailbot.ports import Outcome, Submission
from mailbot.stages.beginnings import FIRST_STARTED
from mailbot.stages.delivery import Delivery
from mailbot.stages.fulfilling import deliver
from mailbot.stages.watching import SEEN_UNTIL, Watching
from store.records import DraftRecord, OutboxRecord
from store.unit_of_work import Store

START, END = date(2023, 4, 20), date(2023, 12, 31)
MORNING, CLOSED = "09:01", "17:31"


@dataclass(frozen=True)
class Left:
    """A letter that left."""

    at: datetime
    key: str
    lane: str
    to: tuple[str, ...]
    subject: str
    text: str
    concerns: tuple[str, ...]

    @property
    def day(self) -> str:
        """05-11, in Shanghai."""
        return f"{self.at + timedelta(hours=8):%m-%d}"


class Postbox:
    """Takes every letter."""

    def submit(self, sender: str, recipients: Sequence[str], raw: bytes) -> Submission:
        """Accepted."""
        assert sender
        assert recipients
        assert raw
        return Submission(Outcome.SENT, "250 ok")

    def close(self) -> None:
        """Nothing to close."""


def by(units: Iterable[str] | None = None) -> Config:
    """The office's configuration, for some units alone."""
    notice = NOTICE
    if units is not None:
        rows = tuple(NOTICE.unit(name) for name in units)
        notice = changed(NOTICE, units=rows)
    smtp = CONFIG.smtp.model_copy(update={"per_15_minutes": 1000, "per_day": 10_000})
    return CONFIG.model_copy(update={"notice": notice, "units": notice.units, "smtp": smtp})


@dataclass
class Year:
    """The office from its first day on; `left` holds all letters in their order."""

    store: Store
    config: Config
    coming: list[DraftRecord]
    left: list[Left] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.coming.sort(key=lambda draft: draft.received_at)
        self.watching: Watching = watching(self.store, self.config)
        self.delivery = Delivery(
            store=self.store,
            transport=Postbox(),
            config=self.config.smtp,
            compose=lambda letter, _files: letter.text.encode(),
            witness=lambda _ids: frozenset(),
            still_due=self.watching.still_due,
            working=self.watching.working,
        )
        start = at(f"{START} 00:00")
        with self.store.work() as uow:
            uow.facts.put(FIRST_STARTED, start.isoformat(), start)
            uow.commit()

    def live(
        self, last: date = END, acts: dict[date, Callable[["Year", datetime], None]] | None = None
    ) -> None:
        """Day by day until `last`; `acts` is what the office does at 08:00 of a day."""
        for day in days(START, last):
            if acts and day in acts:
                acts[day](self, at(f"{day} 08:00"))
            self.tick(at(f"{day} {MORNING}"))
            if day.day % 5 == 0:  # nothing may leave then; once in a while is enough to see it
                self.tick(at(f"{day} {CLOSED}"))

    def tick(self, now: datetime) -> None:
        """Mail, duties, letters: one tick of the daemon."""
        while self.coming and self.coming[0].received_at <= now:
            came_in(self.store, self.coming.pop(0))
        with self.store.work() as uow:
            uow.facts.put(SEEN_UNTIL, now.isoformat(), now)
            uow.commit()
        self.watching.watch(now)
        self.delivery.deliver(now)
        self._note(now)

    def _note(self, now: datetime) -> None:
        with self.store.look() as uow:
            fresh = uow.outbox.sent_between(now, now + timedelta(minutes=20))
        self.left += [left(letter, now) for letter in fresh]

    def letters_to(self, unit: str) -> list[Left]:
        """Routine letters to one unit."""
        return [one for one in self.left if one.key.startswith(f"reminder/{unit}/")]


def came_in(store: Store, draft: DraftRecord) -> int:
    """A draft is filed; its id on record."""
    with store.work() as uow:
        mail = mail_of(uow, draft.received_at, f"{draft.unit}{draft.id}")
        number = uow.drafts.add(replace(draft, id=0, message_id=mail))
        stored = uow.drafts.get(number)
        assert stored is not None
        deliver(uow, stored, draft.received_at)
        uow.commit()
    return number


def left(letter: OutboxRecord, now: datetime) -> Left:
    """A letter of the outbox as it left."""
    return Left(
        now, letter.key, letter.lane, letter.to, letter.subject, letter.text, letter.concerns
    )


def days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`."""
    for count in range((last - first).days + 1):
        yield first + timedelta(days=count)


def lived(
    folder: Path, units: Iterable[str] | None, coming: Iterable[DraftRecord], last: date = END
) -> Year:
    """An office that lived until `last`; its store is closed."""
    with opened(folder) as store:
        hasten(store)
        year = Year(store, by(units), list(coming))
        year.live(last)
    return year


def hasten(store: Store) -> None:
    """No waiting for the disk: what survives a power cut is tested elsewhere."""
    store.engine.dispose()
    event.listen(store.engine, "connect", _carelessly)


def _carelessly(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
