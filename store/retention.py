"""What is kept no longer than needed: personal fields are emptied, rows and numbers stay.

A row that says why a letter left, what a draft counted or who decided what is never
removed: scores and the audit trail rest on it, and a key that vanished would be sent again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    func,
    not_,
    or_,
    select,
    text,
    update,
)

from store import search
from store.integrity import ERASED
from store.tables import (
    cloud_links,
    contacts,
    drafts,
    events,
    files,
    messages,
    outbox,
    tokens,
)

_FINAL = ("sent", "failed", "cancelled")
Shorten = Callable[[str], str]


class Retention:
    """Repository of what may go, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # ---- mails

    def expired_mails(self, before: datetime) -> Sequence[tuple[int, str, int]]:
        """Id, digest and size of mails we got before `before`; those of open events stay."""
        busy = {
            number
            for row in self._db.execute(select(events.c.draft_ids).where(events.c.state == "open"))
            for number in row[0]
        }
        held = select(drafts.c.message_id).where(drafts.c.id.in_(busy))
        query = select(messages.c.id, messages.c.sha256, messages.c.size).where(
            messages.c.fetched_at < before,
            messages.c.state != "received",
            messages.c.purged_at.is_(None),
            messages.c.id.not_in(held),
        )
        return [tuple(row) for row in self._db.execute(query.order_by(messages.c.id))]

    def purge_mails(self, ids: Sequence[int], at: datetime, shorten: Shorten) -> None:
        """Empty the personal fields of these mails; once committed, their raw files may go.

        Verdicts keep their reasons, each without what `shorten` takes out of it.
        """
        self._clear_freed_pages()
        self._remember_senders(ids)
        for draft_id, title, body in self._db.execute(
            select(drafts.c.id, drafts.c.title, drafts.c.text).where(drafts.c.message_id.in_(ids))
        ).all():
            search.forget(self._db, draft_id, title, body)
            search.enter(self._db, draft_id, title, "")
        of_mails = update(messages).where(messages.c.id.in_(ids))
        self._db.execute(
            of_mails.values(sender="", sender_name="", subject="", message_id="", purged_at=at)
        )
        of_drafts = update(drafts).where(drafts.c.message_id.in_(ids))
        self._db.execute(of_drafts.values(text="", source=""))
        self._shorten(messages, messages.c.id, ("reason",), ids, shorten)
        self._shorten(
            drafts, drafts.c.message_id, ("reasons", "needs_review", "warnings"), ids, shorten
        )
        of_files = update(files).where(files.c.message_id.in_(ids))
        self._db.execute(of_files.values(name="", container=""))
        of_links = update(cloud_links).where(cloud_links.c.message_id.in_(ids))
        self._db.execute(of_links.values(name="", url=""))

    def _remember_senders(self, ids: Sequence[int]) -> None:
        """When each known address was last heard of, before its mails forget whose they were."""
        last = select(messages.c.sender, func.max(messages.c.received_at))
        of_contacts = last.where(
            messages.c.id.in_(ids), messages.c.sender.in_(select(contacts.c.address))
        )
        for address, heard_at in self._db.execute(of_contacts.group_by(messages.c.sender)).all():
            older = or_(contacts.c.heard_at.is_(None), contacts.c.heard_at < heard_at)
            change = update(contacts).where(contacts.c.address == address, older)
            self._db.execute(change.values(heard_at=heard_at))

    def _shorten(
        self,
        table: Table,
        key: ColumnElement[Any],
        names: Sequence[str],
        ids: Sequence[int],
        shorten: Shorten,
    ) -> None:
        columns = [table.c[name] for name in names]
        for row in self._db.execute(select(table.c.id, *columns).where(key.in_(ids))).all():
            values = {
                name: _shortened(value, shorten) for name, value in zip(names, row[1:], strict=True)
            }
            self._db.execute(update(table).where(table.c.id == row[0]).values(**values))

    def gone_digests(self, among: Sequence[str] | None = None) -> frozenset[str]:
        """Digests of mails whose raw file was purged or erased, or is about to be."""
        gone = or_(
            messages.c.purged_at.is_not(None),
            and_(messages.c.kind == "secret", messages.c.reason.endswith(ERASED)),
        )
        query = select(messages.c.sha256).where(gone)
        if among is not None:
            query = query.where(messages.c.sha256.in_(among))
        return frozenset(self._db.execute(query).scalars())

    # ---- letters

    def count_letters(self, before: datetime, keep: str) -> int:
        """How many letters `purge_letters` would empty."""
        query = select(func.count()).where(_old_letter(before, keep))
        return self._db.execute(query).scalar_one()

    def purge_letters(self, before: datetime, keep: str) -> int:
        """Empty texts and addresses of letters settled before; how many.

        Letters whose key starts with `keep` are official papers and stay whole. Attachments
        stay: they are papers of ours.
        """
        self._clear_freed_pages()
        number = self.count_letters(before, keep)
        change = update(outbox).where(_old_letter(before, keep))
        self._db.execute(change.values(text="", html="", reason="", to=[], delivered_to=[]))
        self._db.execute(update(tokens).where(tokens.c.expires < before).values(address=""))
        return number

    # ---- addresses

    def idle_contacts(self, before: datetime) -> Sequence[str]:
        """Addresses the office confirmed or that bounced, of which nothing was heard since."""
        wrote = (
            select(messages.c.sender)
            .where(messages.c.sender == contacts.c.address, messages.c.received_at >= before)
            .exists()
        )
        query = select(contacts.c.address).where(
            or_(contacts.c.confirmed_at.is_(None), contacts.c.confirmed_at < before),
            or_(contacts.c.last_bounce_at.is_(None), contacts.c.last_bounce_at < before),
            or_(contacts.c.heard_at.is_(None), contacts.c.heard_at < before),
            not_(wrote),
        )
        return self._db.execute(query.order_by(contacts.c.address)).scalars().all()

    def drop_contacts(self, addresses: Sequence[str]) -> None:
        """Forget addresses."""
        self._clear_freed_pages()
        self._db.execute(contacts.delete().where(contacts.c.address.in_(addresses)))

    # ---- what a file still shows after its row was emptied

    def _clear_freed_pages(self) -> None:
        if self._db.dialect.name == "sqlite":
            self._db.execute(text("PRAGMA secure_delete=ON"))

    def merge_words(self) -> None:
        """Rewrite the index of words: what was taken out of it is really gone then."""
        if self._db.dialect.name == "sqlite":
            self._clear_freed_pages()
            merge = f"INSERT INTO {search.INDEX} ({search.INDEX}) VALUES ('optimize')"  # noqa: S608
            self._db.execute(text(merge))


def _shortened(value: Any, shorten: Shorten) -> Any:
    """Every text inside a value of JSON, shortened."""
    if isinstance(value, str):
        return shorten(value)
    if isinstance(value, list):
        return [_shortened(item, shorten) for item in value]
    if isinstance(value, dict):
        return {name: _shortened(item, shorten) for name, item in value.items()}
    return value


def _old_letter(before: datetime, keep: str) -> ColumnElement[bool]:
    return and_(
        outbox.c.created_at < before,
        outbox.c.state.in_(_FINAL),
        outbox.c.key.not_like(f"{keep}%"),
        or_(outbox.c.text != "", outbox.c.html != ""),
    )
