"""Damaged copies of good files: a reader may refuse them, never raise.

A long run: MAILBOT_MUTANTS=20000 pytest -k mutants
"""

import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence

from parsers.facts import DocumentText, Unreadable
from parsers.limits import Limits

SHORT_RUN = 300

Reader = Callable[[str, bytes, Limits], DocumentText | Unreadable]


def mutants(
    seeds: Sequence[bytes], label: str, wrap: Callable[[bytes], bytes] = bytes
) -> Iterator[bytes]:
    """As many mutants as MAILBOT_MUTANTS says, the same in every run.

    `wrap` puts what was damaged into a sound container, whose checks would
    otherwise stop most mutants at the door.
    """
    count = int(os.environ.get("MAILBOT_MUTANTS", SHORT_RUN))
    chance = random.Random(label)
    for _ in range(count):
        yield wrap(_mutate(bytearray(chance.choice(seeds)), chance))


def _mutate(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at, size = chance.randrange(len(data)), chance.choice((1, 1, 2, 4, 8, 64))
        kind = chance.randrange(6)
        if kind == 0:
            data[at : at + size] = chance.randbytes(size)
        elif kind == 1:
            data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif kind == 2:
            data[at : at + 4] = chance.choice((b"\xff" * 4, b"\0\0\0\0", b"\xff\xff\xff\x7f"))
        elif kind == 3 and len(data) > 2 * size:
            del data[at : at + size]
        elif kind == 4:
            data[at:at] = data[max(at - size, 0) : at]
        elif kind == 5 and chance.random() < 0.2 and at > 16:
            del data[at:]
    return bytes(data)


def survivors(damaged: Iterable[bytes], read: Reader) -> list[tuple[int, str]]:
    """What went wrong: (number of the mutant, what happened); empty when nothing did."""
    wrong = []
    for number, data in enumerate(damaged):
        try:
            content = read("损坏", data, Limits())
        except Exception as exc:  # noqa: BLE001 - exactly what must not happen
            wrong.append((number, repr(exc)))
            continue
        if not isinstance(content, DocumentText | Unreadable):
            wrong.append((number, repr(content)))
        elif isinstance(content, DocumentText):
            content.text.encode("utf-8")  # valid Unicode, no lone surrogates
    return wrong
