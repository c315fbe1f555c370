"""A new database from the raw archive: the same records, read and judged again.

What mails say is derived anew. What the office did (acts, corrections, confirmed addresses,
约稿, exemptions) and what left lives in no mail: it is carried over from the old database or a
backup, and corrections are applied in the order of time, since later mails were judged with
them. Nothing is sent: mails are filed as history, and letters of the source keep their state.
What was purged on purpose has no raw mail any more: its rows are carried over as they are.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from mailbot.fact_names import MARKED
from mailbot.stages import orphans
from mailbot.stages.filing import ATTEMPTS, GROUP
from mailbot.stages.secrecy import FILED_BEFORE, RELEASED, VERB_RELEASED, is_erased
from store import search
from store.archive import Archive
from store.backup import Advance
from store.drafts import DraftFilter
from store.records import ActRecord, DraftRecord, MessageRecord
from store.rows import to_row
from store.tables import cloud_links, contacts, draft_bands, drafts, files, messages, metadata
from store.unit_of_work import Store

DERIVED = frozenset({"messages", "drafts", "draft_bands", "files", "cloud_links"})
_ALL = DraftFilter(limit=1 << 40)
_AT_ONCE = 500  # a statement binds each of them
_INSTANTS = ("event_earliest", "event_latest")

FileWaiting = Callable[[datetime], Sequence[int]]
"""Files what waits; returns the ids of the mails dealt with."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the old database tells.

    Attributes:
        mails: Every mail on record by its digest.
        drafts: Drafts of each mail, by its id.
    """

    mails: Mapping[str, MessageRecord]
    drafts: Mapping[int, Sequence[DraftRecord]]
    acts: Sequence[ActRecord]

    @classmethod
    def of(cls, source: Store | None) -> "Known":
        """Everything at once; empty without a source."""
        if source is None:
            return cls({}, {}, ())
        with source.look() as uow:
            digests = list(uow.messages.all_digests())
            mails = [uow.messages.get(uow.messages.id_of(digest) or 0) for digest in digests]
            by_mail: dict[int, list[DraftRecord]] = {}
            for draft in reversed(uow.drafts.listing(_ALL)):
                by_mail.setdefault(draft.message_id, []).append(draft)
            acts = uow.acts.all()
        for found in by_mail.values():
            found.sort(key=lambda draft: draft.ordinal)
        return cls({mail.sha256: mail for mail in mails if mail}, by_mail, acts)


@dataclass(slots=True)
class Rebuilding:
    """One rebuild into an empty database.

    Attributes:
        moved: Numbers of drafts in the old database → in the new one.
    """

    fresh: Store
    archive: Archive
    source: Store | None
    file_waiting: FileWaiting
    advance: Advance
    known: Known = field(init=False)
    moved: dict[int, int] = field(default_factory=dict)

    def run(self, now: datetime) -> None:
        """Derive everything anew and carry over what no mail tells."""
        self.known = Known.of(self.source)
        self._carry_purged()
        group: list[MessageRecord] = []
        for step in self._in_order_of_time(now):
            if isinstance(step, MessageRecord):
                if group and not self._together(group[-1], step, len(group)):
                    self._file(group)
                    group = []
                group.append(step)
                continue
            self._file(group)
            group = []
            self._repeat(step)
        self._file(group)
        self._drop_placeholders()
        if self.source is not None:
            self._carry_over(self.source)

    # ---- the order in which it happened

    def _in_order_of_time(self, now: datetime) -> Iterator["MessageRecord | ActRecord | _Learnt"]:
        mails = self._mails(now)
        first = {mail.id: found[0].id for mail in mails if (found := self._old_drafts(mail))}
        with_drafts = sorted((m for m in mails if m.id in first), key=lambda m: first[m.id])
        others = sorted((m for m in mails if m.id not in first), key=lambda m: m.fetched_at)
        at, filed = None, []
        for mail in with_drafts:
            at = mail.fetched_at if at is None else max(at, mail.fetched_at)
            filed.append((at, 0, first[mail.id], mail))
        streams: list[list[tuple[datetime, int, int, Any]]] = [
            filed,
            [(mail.fetched_at, 1, number, mail) for number, mail in enumerate(others)],
            [(learnt.at, 2, number, learnt) for number, learnt in enumerate(self._learnt())],
            [(act.at, 3, act.id, act) for act in sorted(self.known.acts, key=_time_of)],
        ]
        for *_, step in heapq.merge(*streams):
            yield step

    def _mails(self, now: datetime) -> list[MessageRecord]:
        """As the old database knew them, else by their headers; new numbers follow the old."""
        gone = {mail.sha256 for mail in self._gone()}
        digests = [digest for digest in self.archive.digests() if digest not in gone]
        old = [self.known.mails[digest] for digest in digests if digest in self.known.mails]
        new = [
            orphans.record_from_file(self.archive, digest, now)
            for digest in digests
            if digest not in self.known.mails
        ]
        new.sort(key=lambda mail: (mail.received_at, mail.sha256))
        top = max((mail.id for mail in self.known.mails.values()), default=0)
        return [*old, *(replace(mail, id=top + n) for n, mail in enumerate(new, 1))]

    def _gone(self) -> list[MessageRecord]:
        """Mails without a raw file on purpose: purged, or erased because of their mark."""
        return [
            mail
            for mail in self.known.mails.values()
            if mail.purged_at is not None or is_erased(mail)
        ]

    def _learnt(self) -> "list[_Learnt]":
        if self.source is None:
            return []
        with self.source.engine.connect() as db:
            rows = db.execute(select(contacts).where(contacts.c.unit != "")).mappings().all()
        found = [_Learnt(row["confirmed_at"], row) for row in rows if row["confirmed_at"]]
        return sorted(found, key=lambda learnt: learnt.at)

    # ---- mails

    def _carry_purged(self) -> None:
        """Rows of mails that are gone on purpose, first of all: theirs are the lowest numbers."""
        gone = [mail.id for mail in self._gone()]
        if self.source is None or not gone:
            return
        with self.source.engine.connect() as old, self.fresh.engine.begin() as new:
            for table in (messages, drafts, draft_bands, files, cloud_links):
                for row in _rows_of(old, table, gone):
                    if table is drafts:
                        self.moved[row["id"]] = row["id"]
                        search.enter(new, row["id"], row["title"], "")
                        row["same_item_as"] = None  # the other may not be there yet
                    new.execute(insert(table), row)

    def _together(self, last: MessageRecord, mail: MessageRecord, size: int) -> bool:
        """Whether two mails may be filed in one go in this order, numbers without a gap."""
        ordered = (last.received_at, last.id) <= (mail.received_at, mail.id)
        before, after = self._old_drafts(last), self._old_drafts(mail)
        gap = bool(before and after) and after[0].id != before[-1].id + 1
        return size < GROUP and ordered and not gap

    def _old_drafts(self, mail: MessageRecord) -> Sequence[DraftRecord]:
        return self.known.drafts.get(mail.id, ()) if mail.sha256 in self.known.mails else ()

    def _file(self, group: Sequence[MessageRecord]) -> None:
        if not group:
            return
        first = next((found[0].id for mail in group if (found := self._old_drafts(mail))), None)
        with self.fresh.engine.begin() as db:
            for mail in group:
                db.execute(insert(messages).values(self._row(mail)))
            if first is not None:
                _leave_room(db, first, group[0].id)
        for _ in range(ATTEMPTS + 2):
            if not self.file_waiting(group[-1].fetched_at):
                break
        with self.fresh.look() as uow:
            for mail in group:
                new = {draft.ordinal: draft.id for draft in uow.drafts.of_message(mail.id)}
                for draft in self._old_drafts(mail):
                    if draft.ordinal in new:
                        self.moved[draft.id] = new[draft.ordinal]
        self._forget_vouching(group)
        self.advance(len(group))

    def _forget_vouching(self, group: Sequence[MessageRecord]) -> None:
        """That a mail is filed tells the next rebuild as much."""
        with self.fresh.work() as uow:
            for mail in group:
                now = uow.messages.get(mail.id)
                if now is None or now.summary.get(RELEASED) != FILED_BEFORE:
                    continue
                summary = {name: v for name, v in now.summary.items() if name != RELEASED}
                uow.messages.settle(mail.id, now.state, now.kind, now.reason, summary=summary)
            uow.commit()

    def _row(self, mail: MessageRecord) -> dict[str, Any]:
        """As received, to be filed; what cannot be read again keeps its verdict.

        An order of the office was carried out once; a stub holds headers alone.
        """
        row = to_row(mail, without=()) | {"attempts": 0}
        if (by := self._vouched(mail)) is not None:
            row["summary"] = {**mail.summary, RELEASED: by}
        path = self.archive.path(mail.sha256)
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 400))
            stub = orphans.is_stub(file.read())
        locked = mail.kind == MARKED and self._vouched(mail) is None
        if mail.kind == "command" or locked or (mail.state == "quarantined" and stub):
            return row
        return row | {"state": "received", "kind": "", "reason": ""}

    def _vouched(self, mail: MessageRecord) -> str | None:
        """Who said that a mail is no secret: the office, or the ledger it was filed in before.

        A mark that is read today locks new mails, and takes nothing back that was filed.
        """
        if mail.sha256 not in self.known.mails:
            return None
        if RELEASED in mail.summary:
            return str(mail.summary[RELEASED])
        released = [
            act.by
            for act in self.known.acts
            if act.verb == VERB_RELEASED and act.detail.get("sha256") == mail.sha256
        ]
        if released:
            return released[-1]
        return FILED_BEFORE if mail.state == "filed" and mail.kind != MARKED else None

    def _drop_placeholders(self) -> None:
        with self.fresh.engine.begin() as db:
            db.execute(drafts.delete().where(drafts.c.ordinal < 0))

    # ---- what the office did

    def _repeat(self, step: "ActRecord | _Learnt") -> None:
        if isinstance(step, _Learnt):
            with self.fresh.engine.begin() as db:
                db.execute(insert(contacts).values(dict(step.row)))
            return
        subject, values = step.subject, step.detail.get("after")
        if step.verb.startswith("undo-"):
            undone = next((a for a in self.known.acts if a.id == step.detail.get("undoes")), None)
            subject, values = (
                (undone.subject, undone.detail.get("before")) if undone else ("", None)
            )
        kind, _, number = subject.partition(":")
        if kind != "draft" or not isinstance(values, Mapping) or not number.isdecimal():
            return
        draft_id = self.moved.get(int(number))
        known = {name: value for name, value in values.items() if name in drafts.c}
        if draft_id is None or not known:
            return
        with self.fresh.work() as uow:
            uow.drafts.change(draft_id, **_revived(known))
            uow.commit()

    def _carry_over(self, source: Store) -> None:
        """Every table that no mail can tell, as it was; numbers of drafts follow the new ones."""
        tables = [table for table in metadata.sorted_tables if table.name not in DERIVED]
        with source.engine.connect() as old, self.fresh.engine.begin() as new:
            self._join_purged(old, new)
            if new.dialect.name == "sqlite":
                new.execute(text("PRAGMA defer_foreign_keys=ON"))
            mails = set(new.execute(select(messages.c.id)).scalars())
            for table in reversed(tables):
                new.execute(table.delete())
            for table in tables:
                rows = [dict(row) for row in old.execute(select(table)).mappings()]
                kept = [moved_row(table, row, self.moved) for row in rows if _has_mail(row, mails)]
                if kept:
                    new.execute(insert(table), kept)

    def _join_purged(self, old: Connection, new: Connection) -> None:
        """What purged drafts repeat, by the new numbers."""
        for row in _rows_of(old, drafts, [mail.id for mail in self._gone()]):
            other = self.moved.get(row["same_item_as"] or 0)
            change = drafts.update().where(drafts.c.id == row["id"])
            new.execute(change.values(same_item_as=other))


def _rows_of(db: Connection, table: Table, mails: Sequence[int]) -> list[dict[str, Any]]:
    """Rows that belong to these mails; numbers nothing refers to are left to the database."""
    groups = (mails[start : start + _AT_ONCE] for start in range(0, len(mails), _AT_ONCE))
    return [row for group in groups for row in _rows_of_group(db, table, group)]


def _rows_of_group(db: Connection, table: Table, mails: Sequence[int]) -> list[dict[str, Any]]:
    key = table.c.id if table is messages else table.c.get("message_id")
    if table is draft_bands:
        ids = select(drafts.c.id).where(drafts.c.message_id.in_(mails))
        query = select(table).where(table.c.draft_id.in_(ids))
    else:
        assert key is not None
        query = select(table).where(key.in_(mails))
    rows = [dict(row) for row in db.execute(query.order_by(*table.primary_key)).mappings()]
    if table in (files, cloud_links):
        for row in rows:
            del row["id"]
    return rows


@dataclass(frozen=True, slots=True)
class _Learnt:
    """An address the office confirmed, and when: earlier mails were judged without it."""

    at: datetime
    row: Mapping[Any, Any]


def _time_of(act: ActRecord) -> tuple[datetime, int]:
    return act.at, act.id


def _has_mail(row: Mapping[str, Any], mails: set[int]) -> bool:
    """Sightings of mails whose raw file is lost have nothing to point to."""
    return not isinstance(row.get("message_id"), int) or row["message_id"] in mails


def _leave_room(db: Connection, wanted: int, mail_id: int) -> None:
    """The next draft shall bear the number it had: units and the office know it by that."""
    top = db.execute(select(func.max(drafts.c.id))).scalar() or 0
    if wanted > top + 1:
        values = {"id": wanted - 1, "message_id": mail_id, "ordinal": -wanted, "kind": "待审"}
        values |= {"received_at": _EPOCH, "words": 0, "words_total": 0, "words_cjk": 0}
        db.execute(insert(drafts).values(values | {"state": "withdrawn"}))


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def moved_row(table: Table, row: dict[str, Any], moved: Mapping[int, int]) -> dict[str, Any]:
    """A row carried over, with the new numbers of drafts in it."""
    if isinstance(row.get("draft_id"), int):
        row["draft_id"] = moved.get(row["draft_id"])
    if row.get("draft_ids"):
        row["draft_ids"] = [moved[number] for number in row["draft_ids"] if number in moved]
    if table.name == "acts":
        row["subject"] = _moved_name(row["subject"], moved)
    if table.name == "outbox":
        row["concerns"] = [_moved_name(name, moved) for name in row["concerns"]]
    return row


def _moved_name(name: str, moved: Mapping[int, int]) -> str:
    kind, _, number = name.partition(":")
    if kind == "draft" and number.isdecimal() and int(number) in moved:
        return f"draft:{moved[int(number)]}"
    return name


def _revived(values: Mapping[str, Any]) -> dict[str, Any]:
    """Column values of an act's detail; instants were kept as text."""
    return {
        name: datetime.fromisoformat(value) if name in _INSTANTS and value else value
        for name, value in values.items()
    }
