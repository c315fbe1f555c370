"""Addresses learnt from the office, bounces counted against them, and small facts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from store.rows import insert_once
from store.tables import contacts, facts


class Contacts:
    """Repository of sender addresses beyond config.toml."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def units_by_address(self) -> Mapping[str, str]:
        """Address → canonical unit, as the office confirmed."""
        query = select(contacts.c.address, contacts.c.unit).where(contacts.c.unit != "")
        return {row[0]: row[1] for row in self._db.execute(query)}

    def learn(self, address: str, unit: str, at: datetime, by: str) -> None:
        """The office confirmed that this address writes for this unit."""
        values = {"unit": unit, "confirmed_at": at, "confirmed_by": by}
        self._upsert(address, values)

    def bounced(self, address: str, at: datetime, diagnostic: str) -> None:
        """Count a bounce against an address."""
        self._upsert(address, {"last_bounce_at": at, "last_bounce": diagnostic})
        change = update(contacts).where(contacts.c.address == address)
        self._db.execute(change.values(bounces=contacts.c.bounces + 1))

    def forgive(self, addresses: Sequence[str]) -> None:
        """The office says that these addresses work: their bounces count no more."""
        change = update(contacts).where(contacts.c.address.in_(addresses))
        self._db.execute(change.values(bounces=0))

    def bounces(self) -> Mapping[str, int]:
        """Addresses with bounces and how many."""
        query = select(contacts.c.address, contacts.c.bounces).where(contacts.c.bounces > 0)
        return {row[0]: row[1] for row in self._db.execute(query)}

    def bounced_since(self, since: datetime, at_least: int) -> Mapping[str, int]:
        """Addresses with so many bounces or more, the last of them since `since`."""
        query = select(contacts.c.address, contacts.c.bounces).where(
            contacts.c.bounces >= at_least, contacts.c.last_bounce_at >= since
        )
        return {row[0]: row[1] for row in self._db.execute(query)}

    def _upsert(self, address: str, values: Mapping[str, Any]) -> None:
        defaults = {"unit": "", "confirmed_by": "", "last_bounce": "", "bounces": 0}
        if not insert_once(self._db, contacts, {"address": address, **defaults, **values}):
            change = update(contacts).where(contacts.c.address == address)
            self._db.execute(change.values(**values))


class Facts:
    """Small named values: last tick, clock guard, breakers, provider budget."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, name: str) -> Any:
        """The value, None when never set."""
        query = select(facts.c.value).where(facts.c.name == name)
        return self._db.execute(query).scalar_one_or_none()

    def put(self, name: str, value: Any, at: datetime) -> None:
        """Set a value."""
        if not insert_once(self._db, facts, {"name": name, "value": value, "at": at}):
            change = update(facts).where(facts.c.name == name)
            self._db.execute(change.values(value=value, at=at))

    def at(self, name: str) -> datetime | None:
        """When the value was last set."""
        query = select(facts.c.at).where(facts.c.name == name)
        return self._db.execute(query).scalar_one_or_none()

    def names(self, prefix: str) -> Sequence[str]:
        """Names that start with `prefix`."""
        query = select(facts.c.name).where(facts.c.name.startswith(prefix, autoescape=True))
        return self._db.execute(query).scalars().all()

    def drop(self, name: str) -> None:
        """Forget a value."""
        self._db.execute(delete(facts).where(facts.c.name == name))

    def drop_old(self, prefix: str, before: datetime) -> None:
        """Forget values set before `before` whose names start with `prefix`."""
        named = facts.c.name.startswith(prefix, autoescape=True)
        self._db.execute(delete(facts).where(named, facts.c.at < before))
