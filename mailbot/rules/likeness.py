"""How alike two short names or titles are: the longest common subsequence, by bits.

Titles, publications and sections are at most a few hundred characters, so the whole
comparison is one pass of integer arithmetic a character; no compiled library is needed.
"""

from collections.abc import Iterable


def ratio(one: str, other: str) -> float:
    """Likeness from 0 to 100: twice the common subsequence over both lengths together."""
    together = len(one) + len(other)
    return 100.0 * 2 * common(one, other) / together if together else 100.0


def common(one: str, other: str) -> int:
    """Length of the longest common subsequence (Hyyrö's bit-parallel form)."""
    places: dict[str, int] = {}
    for at, sign in enumerate(one):
        places[sign] = places.get(sign, 0) | 1 << at
    everything = (1 << len(one)) - 1
    unmatched = everything
    for sign in other:
        here = unmatched & places.get(sign, 0)
        unmatched = (unmatched + here | unmatched - here) & everything
    return len(one) - unmatched.bit_count()


def nearest(wanted: str, names: Iterable[str], *, least: float, most: int) -> list[str]:
    """The names at least `least` alike, best first, no more than `most`."""
    rated = [(ratio(wanted, name), name) for name in names]
    close = sorted((pair for pair in rated if pair[0] >= least), key=lambda pair: -pair[0])
    return [name for _, name in close[:most]]


def one_sign_differs(one: str, other: str) -> bool:
    """Whether two words of one length differ in exactly one character."""
    if len(one) != len(other):
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def one_edit(one: str, other: str) -> bool:
    """Whether two words are one replaced, one missing or one added character apart."""
    if len(one) == len(other):
        return one_sign_differs(one, other)
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1:
        return False
    at = next((i for i, sign in enumerate(short) if sign != long[i]), len(short))
    return short[at:] == long[at + 1 :]
