"""A worker's answer, checked before the daemon believes or even unpacks it.

A worker that a file has taken over may write anything of the size allowed. Thirty
megabytes of "[],[],[]" become seven gigabytes when they are parsed, and millions of
wrong items as many errors, so both are bounded here.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any, TypeVar

from pydantic_core import SchemaValidator, ValidationError

from parsers.sandbox_worker import answer_type

T = TypeVar("T")

MOST_CONTAINERS = 200_000
"""Arrays and objects of one answer; each costs about a kilobyte while it is parsed.
A draft has some hundreds."""

MOST_VALUES = 3_000_000
"""Commas of one answer, those inside texts among them."""

_COLLECTIONS = frozenset({"tuple", "list", "set", "frozenset", "dict"})


class BadAnswer(Exception):
    """The answer is not what the job returns; the message names no text of a mail."""


def checked(job: Callable[..., T], answer: bytes) -> T:
    """The job's answer as its return type.

    Raises:
        BadAnswer: It is of another type, or made to exhaust us.
    """
    if answer.count(b"[") + answer.count(b"{") > MOST_CONTAINERS:
        raise BadAnswer("too many parts")
    if answer.count(b",") > MOST_VALUES:
        raise BadAnswer("too many values")
    try:
        value: T = _validator(job).validate_json(answer, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise BadAnswer(f"{first['type']} at {first['loc']}"[:200]) from None
    return value


@lru_cache(maxsize=64)
def _validator(job: Callable[..., Any]) -> SchemaValidator:
    """Checks the job's return type and gives up at the first wrong item of a collection."""
    schema = deepcopy(answer_type(job).core_schema)
    _fail_fast(schema)
    return SchemaValidator(schema)


def _fail_fast(schema: Any) -> None:
    if isinstance(schema, dict):
        if schema.get("type") in _COLLECTIONS:
            schema["fail_fast"] = True
        for part in schema.values():
            _fail_fast(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            _fail_fast(part)
