"""One-time tokens (凭证) of orders by mail: bound to address, word and object, never guessable.

The secret is keyed like our Message-IDs and is not stored. A guess is refused by
arithmetic alone; only a genuine secret reaches the database, where one
conditional update uses it up.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from mailbot.rules.orders import Order, Token
from mailbot.stages.post import Stamper
from store.records import TokenRecord
from store.unit_of_work import UnitOfWork

TTL_SCORING = timedelta(minutes=30)
TTL = timedelta(hours=24)
_LENGTH = 20  # hex digits: 80 bits


def group(addresses: Sequence[str]) -> str:
    """The addresses a letter went to, as a token is bound to them."""
    return ",".join(sorted({address.lower() for address in addresses}))


def issue(
    uow: UnitOfWork,
    stamp: Stamper,
    addresses: Sequence[str],
    action: str,
    thing: str,
    *,
    expires: datetime,
) -> Token:
    """A new token for a letter to `addresses`."""
    bound = group(addresses)

    def digest(number: int) -> str:
        return _digest(_secret(stamp, number, bound, action))

    number = uow.tokens.issue(bound, action, thing, expires, digest)
    return Token(number, _secret(stamp, number, bound, action))


def words(order: str, token: Token) -> str:
    """The order with its token, as a link writes it."""
    return f"{order} {code(token)}"


def code(token: Token) -> str:
    """凭证7-0123456789abcdef0123."""
    return f"凭证{token.number}-{token.secret}"


def redeem(
    uow: UnitOfWork,
    stamp: Stamper,
    order: Order,
    *,
    sender: str,
    groups: Sequence[Sequence[str]],
    now: datetime,
) -> TokenRecord | None:
    """Use up the order's token; None when it is not genuine, not this order's, or used.

    One that has expired is not used up: its record tells by `expires`.
    """
    token = order.token
    if token is None:
        return None
    bound = bound_to(stamp, token, order.verb, sender, groups)
    if bound is None:
        return None
    row = uow.tokens.get(token.number)
    if row is None or row.used_at is not None or not _is_of(row, bound, order, token):
        return None
    expired = row.expires <= now
    return row if expired or uow.tokens.take(row, now) else None


def _is_of(row: TokenRecord, bound: str, order: Order, token: Token) -> bool:
    """Whether the token was made for this sender, this word and this object."""
    if (row.address, row.action) != (bound, order.verb):
        return False
    genuine = hmac.compare_digest(row.mac, _digest(token.secret))
    return genuine and row.object in ("", order.subject)


def bound_to(
    stamp: Stamper, token: Token, action: str, sender: str, groups: Sequence[Sequence[str]]
) -> str | None:
    """Whom the secret was made for, as far as the sender is one of them."""
    for bound in dict.fromkeys(group(addresses) for addresses in groups):
        if sender in bound.split(",") and hmac.compare_digest(
            token.secret, _secret(stamp, token.number, bound, action)
        ):
            return bound
    return None


def _secret(stamp: Stamper, number: int, bound: str, action: str) -> str:
    return _digest(stamp(f"token/{number}/{bound}/{action}"))[:_LENGTH]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
