"""Names of units as the notice writes them, resolved to rows of annex 2, exactly.

Annex 3 speaks of 执法一大队, 指挥中心 or 局属各单位 where annex 2 has 直属一大队,
投诉指挥中心 and five rows. Nothing is guessed: a name that fits no row, or more
than one, resolves to nothing.
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from mailbot.notice import Notice

Resolver = Callable[[str], tuple[str, ...]]
_MOST_NAMES = 1024


def plain(name: str) -> str:
    """A name without the differences of width, brackets and blanks that mean nothing."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def resolver(notice: Notice) -> Resolver:
    """A resolver of unit names for this notice; build it once and ask it often."""
    rows = _rows_by_name(notice)
    order = [unit.name for unit in notice.units]
    collective = _collective_names(notice, rows)

    @lru_cache(maxsize=_MOST_NAMES)  # every draft asks for the names of every task
    def resolve(name: str) -> tuple[str, ...]:
        wanted = plain(name)
        found = rows.get(wanted) or collective.get(wanted) or frozenset()
        if wanted not in collective and len(found) > 1:
            return ()
        return tuple(row for row in order if row in found)

    return resolve


def canonical(name: str, notice: Notice) -> tuple[str, ...]:
    """Rows of annex 2 that `name` means, in the notice's order; () when none or unclear.

    局属各单位 and its like stand for the units of the persons named beside them (annex 3).
    """
    return resolver(notice)(name)


def _rows_by_name(notice: Notice) -> dict[str, frozenset[str]]:
    firm: dict[str, set[str]] = {}
    loose: dict[str, set[str]] = {}
    for unit in notice.units:
        for alias in (unit.name, *unit.aliases):
            firm.setdefault(plain(alias), set()).add(unit.name)
        for alias in unit.aliases_in_context:
            loose.setdefault(plain(alias), set()).add(unit.name)
    return {name: frozenset(rows) for name, rows in (loose | firm).items()}


def _collective_names(notice: Notice, rows: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Names of several rows at once, read off the persons in charge (责任人) of other tasks."""
    at_home: dict[str, set[str]] = {}
    for task in notice.tasks:
        if len(task.units) == len(task.owners):
            for unit, owner in zip(task.units, task.owners, strict=True):
                at_home.setdefault(plain(owner), set()).update(rows.get(plain(unit), ()))
    found: dict[str, frozenset[str]] = {}
    for task in notice.tasks:
        for unit in task.units:
            # one person makes no collective: then the name is misspelt
            if plain(unit) not in rows and len(task.units) == 1 < len(task.owners):
                members = {row for owner in task.owners for row in at_home.get(plain(owner), ())}
                found[plain(unit)] = found.get(plain(unit), frozenset()) | members
    return found
