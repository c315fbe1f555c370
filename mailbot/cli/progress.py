"""Long work shows how far it is: a bar on a terminal, nothing in logs and pipes."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeVar

Advance = Callable[[int], None]
"""Tells the bar that so many more are done."""


_T = TypeVar("_T")


def each(
    items: Iterable[_T],
    what: str,
    unit: str,
    *,
    total: int | None = None,
    stream: TextIO | None = None,
) -> Iterator[_T]:
    """`items` one after another, counted by a bar that says `what` ("导入 box", "封").

    `total` where it is known and `items` has no length. `stream` is stderr unless told.
    """
    from tqdm import tqdm  # noqa: PLC0415  slow to import

    stream = stream or sys.stderr
    yield from tqdm(
        items, desc=what, unit=unit, total=total, file=stream, disable=not stream.isatty()
    )


@contextmanager
def steps(what: str, unit: str, total: int, *, stream: TextIO | None = None) -> Iterator[Advance]:
    """A bar for work that tells itself how many are done: `advance(3)`."""
    from tqdm import tqdm  # noqa: PLC0415  slow to import

    stream = stream or sys.stderr
    with tqdm(desc=what, unit=unit, total=total, file=stream, disable=not stream.isatty()) as bar:

        def advance(more: int) -> None:
            bar.update(more)

        yield advance
