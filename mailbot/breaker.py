"""A breaker for refused passwords: a loop of wrong logins would lock the office out.

163 answers repeated failures with a lock-out of hours, so after a refusal nothing is
tried until a pause has passed, across restarts too: the state is a value that the
caller stores. A new 授权码 closes the breaker at once, for the state remembers a
fragment of a digest of the one that was refused (32 bits: enough to notice a change,
useless for finding it).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

MOST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Breaker:
    """State of the logins to one server.

    Attributes:
        refusals: Refusals in a row; 0 = closed.
        until: No login before this instant (UTC).
        credential: Fragment of the digest of what was refused.
    """

    refusals: int = 0
    until: datetime | None = None
    credential: str = ""

    def allows(self, now: datetime, credential: str) -> bool:
        """Whether a login may be tried: the pause has passed, or the password is another."""
        return self.until is None or now >= self.until or credential != self.credential

    def refused(self, now: datetime, credential: str, pause: timedelta) -> Self:
        """After a refusal: wait `pause`, doubled with every further one, at most a day."""
        again = self.refusals + 1 if credential == self.credential else 1
        wait = min(pause * (1 << min(again - 1, 10)), MOST)
        return type(self)(again, now + wait, credential)

    def succeeded(self) -> Self:
        """After a login: closed."""
        return type(self)()

    def as_fact(self) -> dict[str, object]:
        """For storing as JSON."""
        until = self.until.isoformat() if self.until else None
        return {"refusals": self.refusals, "until": until, "credential": self.credential}

    @classmethod
    def from_fact(cls, fact: Mapping[str, object] | None) -> Self:
        """From what `as_fact` gave; closed for None."""
        if not fact:
            return cls()
        until = fact.get("until")
        return cls(
            int(str(fact.get("refusals", 0))),
            datetime.fromisoformat(str(until)) if until else None,
            str(fact.get("credential", "")),
        )


def fragment(user: str, password: str) -> str:
    """What `Breaker.credential` remembers of a user and password."""
    return hashlib.sha256(f"{user}\0{password}".encode()).hexdigest()[:8]
