"""Mails whose reading has begun: which of them were being read when the process died.

A death while the reader works sets no mail aside: somebody may have pulled the plug. But what
a mail eats in its reader can take the daemon with it, each time anew. So what is being read
is noted before the wait, and counted where the process died meanwhile: after some deaths a
mail is read alone, behind all others, which settles the blame and asks for no recognition;
after many more it is read with care.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from store.unit_of_work import UnitOfWork

BEGUN = "reading.begun"
ALONE = 5  # deaths after which a mail is read alone
WITH_CARE = 20  # and without what native libraries read: no chance, nor any operator's restarts


@dataclass(slots=True)
class BegunReadings:
    """How many deaths each waiting mail's reading has seen; kept in the database."""

    _deaths: dict[int, int] = field(default_factory=dict)
    _loaded: bool = False

    def load(self, uow: UnitOfWork) -> None:
        """Once per process: what the last one was reading when it ended has seen one more death."""
        if self._loaded:
            return
        kept = uow.facts.get(BEGUN) or {}
        deaths = {int(mail): int(seen) for mail, seen in kept.get("deaths", {}).items()}
        for mail in kept.get("reading", ()):
            deaths[mail] = deaths.get(mail, 0) + 1
        found = {mail: uow.messages.get(mail) for mail in deaths}
        waiting = {mail for mail, record in found.items() if record and record.state == "received"}
        self._deaths = {mail: seen for mail, seen in deaths.items() if mail in waiting}
        self._loaded = True

    def begin(self, uow: UnitOfWork, mails: Collection[int], now: datetime) -> None:
        """Note, in the caller's transaction, that these are being read from now on."""
        deaths = {str(mail): seen for mail, seen in self._deaths.items()}
        uow.facts.put(BEGUN, {"reading": sorted(mails), "deaths": deaths}, now)

    def returned(self, mail: int) -> None:
        """Its reading came to an end: it is not what kills us."""
        self._deaths.pop(mail, None)

    @property
    def suspects(self) -> frozenset[int]:
        """Mails to be read alone."""
        return frozenset(mail for mail, seen in self._deaths.items() if seen >= ALONE)

    def deaths(self, mail: int) -> int:
        """How often the process died while this mail was being read."""
        return self._deaths.get(mail, 0)

    def wants_care(self, mail: int) -> bool:
        """Whether this mail killed even when it was alone, again and again."""
        return self.deaths(mail) >= WITH_CARE
