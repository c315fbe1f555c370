"""One-time tokens of orders by mail: issued once, taken once, never deleted."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select, update

from store.records import TokenRecord
from store.rows import new_id, to_record
from store.tables import tokens


class Tokens:
    """Repository of tokens within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def issue(
        self,
        address: str,
        action: str,
        thing: str,
        expires: datetime,
        digest_of: Callable[[int], str],
    ) -> int:
        """A new token; `digest_of` gives the digest of its secret once the number is known."""
        values = {
            "mac": "",
            "address": address,
            "action": action,
            "object": thing,
            "expires": expires,
        }
        number = new_id(self._db, tokens, values)
        change = update(tokens).where(tokens.c.id == number)
        self._db.execute(change.values(mac=digest_of(number)))
        return number

    def get(self, number: int) -> TokenRecord | None:
        """One token by its number."""
        row = self._db.execute(select(tokens).where(tokens.c.id == number)).mappings()
        found = row.one_or_none()
        return None if found is None else to_record(TokenRecord, found)

    def take(self, token: TokenRecord, now: datetime) -> bool:
        """Use a token up; False when it was used or has expired. One statement decides."""
        change = update(tokens).where(
            tokens.c.id == token.id,
            tokens.c.mac == token.mac,
            tokens.c.used_at.is_(None),
            tokens.c.expires > now,
        )
        return self._db.execute(change.values(used_at=now)).rowcount == 1
