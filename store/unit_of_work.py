"""One transaction over all repositories. Leaving the block without commit() undoes everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from store.contacts import Contacts, Facts
from store.drafts import Drafts
from store.engine import READ_ONLY
from store.messages import Cursors, Messages
from store.office import Acts, Commissions, Events
from store.outbox import Outbox
from store.retention import Retention
from store.tokens import Tokens

StoreUnavailable = OperationalError
"""The disk is full, the database locked or gone: nobody's mail is to blame."""


class UnitOfWork:
    """A transaction; forgetting to commit is safe.

    Nothing slow happens inside: no network, no parsing, so that the write lock
    is held for milliseconds.
    """

    messages: Messages
    cursors: Cursors
    drafts: Drafts
    outbox: Outbox
    events: Events
    commissions: Commissions
    acts: Acts
    contacts: Contacts
    facts: Facts
    tokens: Tokens
    retention: Retention

    def __init__(self, engine: Engine, *, read_only: bool = False) -> None:
        self._engine = engine
        self._read_only = read_only
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        connection = self._engine.connect()
        if self._read_only:
            connection = connection.execution_options(**{READ_ONLY: True})
        try:
            connection.begin()
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self.messages = Messages(connection)
        self.cursors = Cursors(connection)
        self.drafts = Drafts(connection)
        self.outbox = Outbox(connection)
        self.events = Events(connection)
        self.commissions = Commissions(connection)
        self.acts = Acts(connection)
        self.contacts = Contacts(connection)
        self.facts = Facts(connection)
        self.tokens = Tokens(connection)
        self.retention = Retention(connection)
        return self

    def commit(self) -> None:
        """Make everything done so far durable; the block ends its transaction with it."""
        assert self._connection is not None
        self._connection.commit()

    @contextmanager
    def part(self) -> Iterator[None]:
        """What is done inside happens as a whole, or not at all when an exception leaves it."""
        assert self._connection is not None
        with self._connection.begin_nested():
            yield

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What is done inside is undone at its end: to see whether it could be done."""
        assert self._connection is not None
        savepoint = self._connection.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()

    @contextmanager
    def step(self) -> Iterator[None]:
        """What is done inside is undone if it raises; what was done before stays."""
        assert self._connection is not None
        with self._connection.begin_nested():
            yield

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _exc: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        assert self._connection is not None
        self._connection.close()  # rolls back whatever was not committed
        self._connection = None


class Store:
    """Opens units of work on one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def work(self) -> UnitOfWork:
        """A writing transaction (BEGIN IMMEDIATE on SQLite)."""
        return UnitOfWork(self.engine)

    def look(self) -> UnitOfWork:
        """A reading transaction; it never waits for writers."""
        return UnitOfWork(self.engine, read_only=True)

    def close(self) -> None:
        """Release the database's connections."""
        self.engine.dispose()
