"""Opening configuration and store for a command, as late as it needs them."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from mailbot.clock import system_clock
from mailbot.config import Config
from mailbot.config_files import load

if TYPE_CHECKING:
    from store.unit_of_work import Store, UnitOfWork


def config_of(arguments: argparse.Namespace) -> Config:
    """The configuration named on the command line."""
    return load(arguments.config)


def now_of(uow: "UnitOfWork", config: Config) -> datetime:
    """The time the daemon goes by: not that of a wall clock which is doubted just now."""
    from mailbot.timekeeping import believed_now  # noqa: PLC0415  the store is slow to import

    return believed_now(uow, config.schedule.hold_after_clock_jump_seconds, system_clock())


@contextmanager
def store_of(config: Config) -> "Iterator[Store]":
    """The store, brought to the newest revision, closed afterwards."""
    from mailbot.storage_troubles import told  # noqa: PLC0415
    from mailbot.storing import open_store  # noqa: PLC0415  the database library is slow to import

    with told(config):
        store = open_store(config)
        try:
            yield store
        finally:
            store.close()
