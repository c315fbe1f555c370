"""Opening configuration and store for a command, as late as it needs them."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailbot.config import Config
from mailbot.config_files import load

if TYPE_CHECKING:
    from store.unit_of_work import Store


def config_of(arguments: argparse.Namespace) -> Config:
    """The configuration named on the command line."""
    return load(arguments.config)


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
