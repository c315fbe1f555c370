"""One-time tokens: bound to address, word and object, never guessed, used once, gone in time."""

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from duty_samples import at
from office_samples import opened

from mailbot.adapters.composing import message_id
from mailbot.rules.orders import Order, Token
from mailbot.stages.tokens import TTL, bound_to, code, group, issue, redeem, words
from store.unit_of_work import UnitOfWork

NOW = at("2023-04-20 12:00")
STAMP = partial(message_id, signing_key=b"k" * 32, domain="163.com")
CLERK, SECOND, OTHER = "clerk@dzcg.example", "second@dzcg.example", "other@dzcg.example"
OFFICE = (CLERK, SECOND)
GUESSES, FORGERIES = 200_000, 100_000


@contextmanager
def work(folder: Path) -> Iterator[UnitOfWork]:
    with opened(folder) as store, store.work() as uow:
        yield uow


def made(uow: UnitOfWork, verb: str = "采用", thing: str = "#12") -> Token:
    return issue(uow, STAMP, OFFICE, verb, thing, expires=NOW + TTL)


def taken(uow: UnitOfWork, token: Token, **more: object) -> bool:
    """Whether an order with this token is accepted at `now`."""
    values = {"verb": "采用", "drafts": (12,), "sender": CLERK, "now": NOW, **more}
    sender, now = values.pop("sender"), values.pop("now")
    order = Order(text="", token=token, **values)  # type: ignore[arg-type]
    found = redeem(uow, STAMP, order, sender=str(sender), groups=[OFFICE], now=now)  # type: ignore[arg-type]
    return found is not None and found.expires > now  # type: ignore[operator]


def test_a_genuine_token_is_accepted_once(tmp_path: Path) -> None:
    with work(tmp_path) as uow:
        token = made(uow)
        assert taken(uow, token)
        assert not taken(uow, token)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"verb": "退回"}, id="another-word"),
        pytest.param({"drafts": (13,)}, id="another-draft"),
        pytest.param({"drafts": (12, 13)}, id="one-draft-more"),
        pytest.param({"drafts": ()}, id="no-draft"),
        pytest.param({"sender": OTHER}, id="another-address"),
        pytest.param({"sender": f"{CLERK},{SECOND}"}, id="the-group-as-an-address"),
        pytest.param({"now": NOW + TTL}, id="expired"),
        pytest.param({"now": NOW + timedelta(days=400)}, id="long-expired"),
    ],
)
def test_a_token_is_of_one_address_word_and_object(tmp_path: Path, more: dict[str, object]) -> None:
    with work(tmp_path) as uow:
        token = made(uow)
        assert not taken(uow, token, **more)
        assert taken(uow, token), "a refused attempt uses nothing up"


def test_the_secret_is_not_kept(tmp_path: Path) -> None:
    with work(tmp_path) as uow:
        token = made(uow)
        row = uow.tokens.get(token.number)
        assert row is not None
        assert token.secret not in repr(row)
        assert len(token.secret) * 4 == 80


def test_words_carry_the_token() -> None:
    assert words("采用 #12", Token(7, "ab" * 10)) == f"采用 #12 {code(Token(7, 'ab' * 10))}"
    assert group(["B@x", "a@x", "b@x"]) == "a@x,b@x"


def test_threat_6_two_hundred_thousand_guesses_and_none_is_right(tmp_path: Path) -> None:
    """Against the very function that verifies; a guess never reaches the database."""
    draw = random.Random(6)
    with work(tmp_path) as uow:
        token = made(uow)
        right = sum(
            bound_to(
                STAMP, Token(token.number, f"{draw.getrandbits(80):020x}"), "采用", CLERK, [OFFICE]
            )
            is not None
            for _ in range(GUESSES)
        )
        assert right == 0
        assert taken(uow, token)


def test_a_hundred_thousand_forgeries_and_all_the_genuine(tmp_path: Path) -> None:
    """Forged numbers, secrets, words and keys: 0 accepted; 200 genuine: 200 accepted."""
    draw = random.Random(10)
    other_key = partial(message_id, signing_key=b"x" * 32, domain="163.com")
    with work(tmp_path) as uow:
        genuine = [made(uow, thing=f"#{number}") for number in range(1, 201)]
        accepted = 0
        for at_ in range(FORGERIES):
            real = genuine[at_ % len(genuine)]
            forged = _forged(draw, real, other_key, at_ % 4)
            accepted += bound_to(STAMP, forged, "采用", CLERK, [OFFICE]) is not None
        assert accepted == 0
        assert all(taken(uow, token, drafts=(number,)) for number, token in enumerate(genuine, 1))


def _forged(draw: random.Random, real: Token, other_key: object, how: int) -> Token:
    if how == 0:
        return Token(real.number, f"{draw.getrandbits(80):020x}")
    if how == 1:  # somebody else's secret under this number
        return Token(real.number + draw.randrange(1, 9_999), real.secret)
    if how == 2:  # one digit wrong
        spot = draw.randrange(20)
        wrong = f"{(int(real.secret[spot], 16) + draw.randrange(1, 16)) % 16:x}"
        return Token(real.number, real.secret[:spot] + wrong + real.secret[spot + 1 :])
    assert callable(other_key)  # our recipe with another key
    stamped = other_key(f"token/{real.number}/{group(OFFICE)}/采用")
    return Token(real.number, hashlib.sha256(stamped.encode()).hexdigest()[:20])
