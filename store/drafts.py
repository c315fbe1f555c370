"""Drafts (信息稿件) as filed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Text, cast, func, or_, select, update

from store.records import DraftRecord
from store.rows import new_id, to_record, to_records, to_row
from store.search import containing, enter, forget
from store.tables import draft_bands, drafts


@dataclass(frozen=True, slots=True)
class DraftFilter:
    """What `drafts list` may ask for; None means anything.

    Attributes:
        text: Words that title or text must all contain; see `store.search`.
        fewest, most: Bounds of 正文字数, both inclusive.
    """

    unit: str | None = None
    kind: str | None = None
    state: str | None = None
    task: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    text: str | None = None
    fewest: int | None = None
    most: int | None = None
    needs_review: bool = False
    emergency: bool = False
    limit: int = 1000


_LISTED = tuple(column for column in drafts.c if column.name not in ("text", "reasons"))
_COMPARED = tuple(
    drafts.c[name]
    for name in (
        "id", "message_id", "ordinal", "received_at", "unit", "title", "kind", "column", "words",
        "words_total", "words_cjk", "state", "same_item_as", "relation", "fingerprint",
    )
)  # fmt: skip
_FOR_READERS = frozenset(
    {"fingerprint", "text_sha256", "source", "rules_version", "warnings", "missing"}
)
_COUNTED = tuple(column for column in _LISTED if column.name not in _FOR_READERS)

_FOR_DUTIES = tuple(
    drafts.c[name]
    for name in (
        "id", "message_id", "ordinal", "received_at", "unit", "title", "kind", "column", "words",
        "words_total", "words_cjk", "state", "joint", "emergency", "task", "same_item_as",
        "elements_missing", "distinct_images",
    )
)  # fmt: skip


class Drafts:
    """Repository of drafts within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, record: DraftRecord, bands: Iterable[str] = ()) -> int:
        """File a draft, its words for searching, and the bands by which repeats are found."""
        draft_id = new_id(self._db, drafts, to_row(record))
        enter(self._db, draft_id, record.title, record.text)
        rows = [{"draft_id": draft_id, "band": band} for band in set(bands)]
        if rows:
            self._db.execute(draft_bands.insert(), rows)
        return draft_id

    def get(self, draft_id: int) -> DraftRecord | None:
        """One draft by id."""
        row = self._db.execute(select(drafts).where(drafts.c.id == draft_id)).mappings()
        found = row.one_or_none()
        return None if found is None else to_record(DraftRecord, found)

    def of_message(self, message_id: int) -> Sequence[DraftRecord]:
        """Drafts of one mail in order."""
        query = select(drafts).where(drafts.c.message_id == message_id)
        return self._records(query.order_by(drafts.c.ordinal))

    def change(self, draft_id: int, **values: Any) -> None:
        """Set columns of a draft; the caller records the act beside it."""
        before = self.get(draft_id) if {"title", "text"} & values.keys() else None
        self._db.execute(update(drafts).where(drafts.c.id == draft_id).values(**values))
        if before is not None:
            forget(self._db, draft_id, before.title, before.text)
            title, body = values.get("title", before.title), values.get("text", before.text)
            enter(self._db, draft_id, title, body)

    def sharing_band(self, bands: Iterable[str], since: datetime) -> Sequence[DraftRecord]:
        """Earlier drafts that share a band key: those worth comparing, at most 200.

        Only what a comparison needs is read: neither texts nor reasons.
        """
        by_band = select(draft_bands.c.draft_id).where(draft_bands.c.band.in_(list(bands)))
        query = select(*_COMPARED).where(drafts.c.id.in_(by_band), drafts.c.received_at >= since)
        newest = query.order_by(drafts.c.received_at.desc(), drafts.c.id.desc()).limit(200)
        return self._records(newest)[::-1]

    def repeating(self, draft_id: int) -> Sequence[DraftRecord]:
        """Later drafts that were found to be like this one, oldest first, without their texts."""
        mine = select(draft_bands.c.band).where(draft_bands.c.draft_id == draft_id)
        alike = select(draft_bands.c.draft_id).where(draft_bands.c.band.in_(mine))
        query = select(*_LISTED).where(drafts.c.id.in_(alike), drafts.c.same_item_as == draft_id)
        return self._records(query.order_by(drafts.c.id))

    def listing(self, wanted: DraftFilter) -> Sequence[DraftRecord]:
        """Drafts that match, newest first, without their texts.

        Raises:
            ValueError: `text` has too many or too long words.
        """
        query = select(drafts.c.id)
        for column, value in (
            (drafts.c.unit, wanted.unit),
            (drafts.c.kind, wanted.kind),
            (drafts.c.state, wanted.state),
            (drafts.c.task, wanted.task),
        ):
            if value is not None:
                query = query.where(column == value)
        if wanted.start is not None:
            query = query.where(drafts.c.received_at >= wanted.start)
        if wanted.end is not None:
            query = query.where(drafts.c.received_at < wanted.end)
        if wanted.fewest is not None:
            query = query.where(drafts.c.words >= wanted.fewest)
        if wanted.most is not None:
            query = query.where(drafts.c.words <= wanted.most)
        if wanted.text:
            query = query.where(*containing(self._db, wanted.text))
        if wanted.emergency:
            query = query.where(drafts.c.emergency != "none")
        if wanted.needs_review:
            query = query.where(func.json_array_length(drafts.c.needs_review) > 0)
        newest = (drafts.c.received_at.desc(), drafts.c.id.desc())
        # Ids are sorted, then rows fetched: sorting whole rows costs ten times as much.
        chosen = query.order_by(*newest).limit(wanted.limit)
        whole = select(*_LISTED).where(drafts.c.id.in_(chosen)).order_by(*newest)
        return self._records(whole)

    def between(self, start: datetime, end: datetime) -> Sequence[DraftRecord]:
        """Drafts received in [start, end), oldest first."""
        query = select(drafts).where(drafts.c.received_at >= start, drafts.c.received_at < end)
        return self._records(query.order_by(drafts.c.received_at, drafts.c.id))

    def since(self, start: datetime, unit: str | None = None) -> Sequence[DraftRecord]:
        """Drafts received since `start`, as far as duties and scores go by them.

        Texts, and what else only people read, are left out.

        With `unit`: its own and all joint ones.
        """
        query = select(*_COUNTED).where(drafts.c.received_at >= start)
        if unit is not None:
            joint = cast(drafts.c.joint, Text) != "[]"
            query = query.where((drafts.c.unit == unit) | joint)
        return self._records(query.order_by(drafts.c.received_at, drafts.c.id))

    def for_duties(self, start: datetime, all_since: datetime) -> Sequence[DraftRecord]:
        """Drafts received since `start` with no more than what duties go by.

        Asked at every tick: what else is on record of them is left at its default. Those before
        `all_since` come only where a task, pictures or an emergency make them matter still.
        """
        matters = or_(
            drafts.c.received_at >= all_since,
            drafts.c.task.is_not(None),
            drafts.c.emergency != "none",
            cast(drafts.c.distinct_images, Text) != "[]",
        )
        query = select(*_FOR_DUTIES).where(drafts.c.received_at >= start, matters)
        return self._records(query.order_by(drafts.c.received_at, drafts.c.id))

    def _records(self, query: Select[Any]) -> Sequence[DraftRecord]:
        return to_records(DraftRecord, self._db.execute(query))
