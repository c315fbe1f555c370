"""What every match of a pattern shows: some of what it holds and where, and how it begins.

Any match of 燃气(?:管道)?泄漏 begins with one of two words, 燃气管 and 燃气泄: a text without
them need not be searched, and a match need be tried nowhere else.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from mailbot.rules.cue_patterns import GROUP_HEAD, class_end, repeats

# Ways of writing that `fault_of` may let through and this module does not read.
_BEYOND = re.compile(r"\\[xuUN\d]|\(\?(?!:|=|!|<[=!]|P<\w)|[?}]\+")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_CLASS_ITEM = re.compile(r"\\?.-\\?.|\\.|.", re.DOTALL)
_STRUCTURE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)
_AS_THEY_STAND = re.compile(r"[^\\\[\](){}|^$.?*+]+")
_EDGES = "bBAZ"  # \b and its like take no character
_MOST_WORDS = 64  # that one stretch of a pattern is written out as
_LONGEST = 3  # characters of a word: more tell hardly more, and those of all cues must be few
_OFTEN = {1: 100, 2: 3}  # a text has words of so many characters so often, longer ones once
_THERE, _AROUND = 3, 5  # what it costs to try a match at one place, and around one

Held = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Branch:
    r"""A branch of a pattern, as written, and how its matches begin.

    Attributes:
        first: Items of a class that it begins with: characters, or such as \d; None: anything.
        second: Likewise for what follows; empty where nobody can say.
    """

    words: str
    first: frozenset[str] | None
    second: frozenset[str]


@dataclass(frozen=True, slots=True)
class Marks:
    r"""What every match of a pattern shows; nothing where nobody can say.

    Attributes:
        held: Words, and where at the least and at the most they stand after the beginning
            of a match; a match holds at least one of them there.
        first: Items of a class that it begins with: characters, or such as \d.
        second: Likewise for what follows that.
        plain: Every branch begins with a character as it stands: no group, no class.
        branches: The pattern's branches, in order.
    """

    held: Held = field(default_factory=dict)
    first: frozenset[str] = frozenset()
    second: frozenset[str] = frozenset()
    plain: bool = False
    branches: tuple[Branch, ...] = ()


class _Part(NamedTuple):
    r"""A stretch of a pattern.

    Attributes:
        first: Items of a class it begins with: characters, or such as \d; None: anything.
        second: Likewise for what follows that, as far as the stretch itself goes on.
        empty: It may match no character at all.
        short: It may match a single character.
        plain: It begins with a character as it stands: no group, no class, no assertion.
        shortest: Fewest characters it matches.
        longest: Most characters it matches.
        words: All it can match, where that is a few words.
        held: As in `Marks`, besides what `run` tells; None: nobody can say.
        run: The words its end can be written out as.
        run_at: Where that end begins, at the least and at the most.
    """

    first: frozenset[str] | None = frozenset()
    second: frozenset[str] | None = frozenset()
    empty: bool = True
    short: bool = False
    plain: bool | None = None
    shortest: int = 0
    longest: int = 0
    words: frozenset[str] | None = frozenset([""])
    held: Held | None = None
    run: frozenset[str] | None = frozenset([""])
    run_at: tuple[int, int] = (0, 0)


_NOTHING = _Part()
_EDGE = _Part(plain=False)
_ANYTHING = _Part(
    None, empty=False, short=True, plain=False, shortest=1, longest=1, words=None, run=None
)


def marks_of(pattern: str) -> Marks:
    """The marks of a pattern that `fault_of` has nothing against."""
    pattern = _ESCAPED.sub(_as_it_stands, pattern)
    if _BEYOND.search(pattern):
        return Marks()
    written, _ = _split(pattern, 0)
    branches = [(words, _branch(words)) for words in written]
    whole = _together([part for _, part in branches])
    begins = not whole.empty and whole.first is not None
    return Marks(
        held=_known(whole) or {},
        first=(whole.first if begins else None) or frozenset(),
        second=_second(whole) if begins else frozenset(),
        plain=bool(whole.plain),
        branches=tuple(
            Branch(words, None if part.empty else part.first, _second(part))
            for words, part in branches
        ),
    )


def _as_it_stands(found: re.Match[str]) -> str:
    r"""The character that \u4e00 means; any other escape unchanged."""
    return re.escape(chr(int(found[1], 16))) if found[1] else found[0]


def _second(part: _Part) -> frozenset[str]:
    return frozenset() if part.short or part.second is None else part.second


def _split(pattern: str, at: int) -> tuple[list[str], int]:
    """The branches from `at` to the closing bracket, as written, and where that is."""
    found: list[str] = []
    begin, depth = at, 0
    for sign in _STRUCTURE.finditer(pattern, at):
        if sign[0] == "(":
            depth += 1
        elif sign[0] == ")" and depth:
            depth -= 1
        elif sign[0] == ")":
            return [*found, pattern[begin : sign.start()]], sign.start()
        elif sign[0] == "|" and not depth:
            found.append(pattern[begin : sign.start()])
            begin = sign.end()
    return [*found, pattern[begin:]], len(pattern)


@lru_cache(maxsize=4096)  # many cues share their words
def _branch(words: str) -> _Part:
    """A branch as it is read."""
    whole, at = _NOTHING, 0
    while at < len(words):
        part, at = _part(words, at)
        least, most, at = repeats(words, at)
        whole = _after(whole, _repeated(part, least, most))
    return whole


def _together(parts: Sequence[_Part]) -> _Part:
    """What any of these branches shows."""
    words = _few(_united(one.words for one in parts))
    return _Part(
        first=_united(one.first for one in parts),
        second=_united(one.second for one in parts),
        empty=any(one.empty for one in parts),
        short=any(one.short for one in parts),
        plain=all(one.plain for one in parts),
        shortest=min(one.shortest for one in parts),
        longest=max(one.longest for one in parts),
        words=words,
        held=_any_of([_known(one) for one in parts]) if words is None else None,
        run=words,
    )


def _repeated(part: _Part, least: int, most: int) -> _Part:
    if (least, most) == (1, 1):
        return part
    if most > 1 and part.short:
        short = part.empty or least < 2
        part = part._replace(second=_united((part.first, part.second)), short=short)
    words = _few(part.words and _times(part.words, least, most))
    return part._replace(
        empty=part.empty or not least,
        plain=part.plain if least else False,
        shortest=part.shortest * least,
        longest=part.longest * most,
        words=words,
        held=_known(part) if least and words is None else None,
        run=words,
        run_at=(0, 0),
    )


def _times(words: frozenset[str], least: int, most: int) -> frozenset[str] | None:
    """All that several of these words, one after the other, can be."""
    found: frozenset[str] = frozenset()
    so_far: frozenset[str] | None = frozenset([""])
    for times in range(most + 1):
        if so_far is None or len(found) > _MOST_WORDS:
            return None
        if times >= least:
            found |= so_far
        so_far = _joined(so_far, words)
    return found


def _joined(left: frozenset[str], right: frozenset[str]) -> frozenset[str] | None:
    if len(left) * len(right) > _MOST_WORDS:
        return None
    return frozenset(one + other for one in left for other in right)


def _few(words: frozenset[str] | None) -> frozenset[str] | None:
    return words if words is not None and len(words) <= _MOST_WORDS else None


def _after(before: _Part, part: _Part) -> _Part:
    """Two stretches, one after the other."""
    run = _joined(before.run, part.words) if before.run and part.words else None
    goes_on, held, run_at = run is not None, before.held, before.run_at
    if not goes_on:
        held = _rarer(_known(before), _moved(part, before))
        run, run_at = part.words, (before.shortest, before.longest)
    seconds = [before.second]
    seconds += [part.first] if before.short else []
    seconds += [part.second] if before.empty else []
    return _Part(
        first=_united((before.first, part.first)) if before.empty else before.first,
        second=_united(seconds),
        empty=before.empty and part.empty,
        short=(before.short and part.empty) or (before.empty and part.short),
        plain=part.plain if before.plain is None else before.plain,
        shortest=before.shortest + part.shortest,
        longest=before.longest + part.longest,
        words=run if goes_on and before.words is not None else None,
        held=held,
        run=run,
        run_at=run_at,
    )


def _known(part: _Part) -> Held | None:
    """All that a stretch is known to hold."""
    if not part.run or "" in part.run:
        return part.held
    heads = frozenset(word[:_LONGEST] for word in part.run)
    needed = {word for word in heads if not _begins_so(word, heads)}
    return _rarer(part.held, dict.fromkeys(sorted(needed), part.run_at))


def _begins_so(word: str, words: frozenset[str]) -> bool:
    """Whether a shorter one of these words is found wherever this one is."""
    return any(word[:length] in words for length in range(1, len(word)))


def _moved(part: _Part, before: _Part) -> Held | None:
    """What a stretch holds that is not written out, seen from the one before it."""
    if part.empty or not part.held:
        return None
    least, most = before.shortest, before.longest
    return {sign: (low + least, high + most) for sign, (low, high) in part.held.items()}


def _rarer(one: Held | None, other: Held | None) -> Held | None:
    """The one that costs less to look for: fewer texts hold it by chance, at fewer places."""
    if not one or not other:
        return one or other
    return min(one, other, key=_cost)


def _cost(held: Held) -> int:
    return sum(
        _OFTEN.get(len(sign), 1) * (_AROUND if low < high else _THERE)
        for sign, (low, high) in held.items()
    )


def _any_of(all_: Sequence[Held | None]) -> Held | None:
    """What any of several branches holds, wherever one of them has it."""
    found: dict[str, tuple[int, int]] = {}
    for held in all_:
        if held is None:
            return None
        for sign, (low, high) in held.items():
            least, most = found.get(sign, (low, high))
            found[sign] = min(least, low), max(most, high)
    return found


def _united(all_: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    known = list(all_)
    told = [one for one in known if one is not None]
    return frozenset().union(*told) if len(told) == len(known) else None


def _part(pattern: str, at: int) -> tuple[_Part, int]:
    """One character or several, a class, a group or an assertion, and where it ends."""
    char = pattern[at]
    if char in "^$":
        return _EDGE, at + 1
    if char == ".":
        return _ANYTHING, at + 1
    if char == "\\":
        return _escaped(pattern[at : at + 2]), at + 2
    if char == "[":
        end = class_end(pattern, at)
        return _class(pattern[at + 1 : end - 1]), end
    if char == "(":
        return _group(pattern, at)
    word = _word_at(pattern, at)
    return _word(word), at + len(word)


def _group(pattern: str, at: int) -> tuple[_Part, int]:
    head = GROUP_HEAD.match(pattern, at)
    assert head is not None
    branches, end = _split(pattern, head.end())
    if head[0].endswith(("=", "!")):
        return _EDGE, end + 1
    return _together([_branch(words) for words in branches])._replace(plain=False), end + 1


def _escaped(pair: str) -> _Part:
    if pair[1] in _EDGES:
        return _EDGE
    return _one_of(frozenset([pair if pair[1].isalnum() else pair[1]]))


def _word_at(pattern: str, at: int) -> str:
    """Characters as they stand; what is repeated stands alone."""
    found = _AS_THEY_STAND.match(pattern, at)
    if found is None:
        return pattern[at]
    repeated = pattern[found.end() : found.end() + 1] in ("?", "{")
    return found[0][:-1] if repeated and len(found[0]) > 1 else found[0]


@lru_cache(maxsize=2048)
def _word(word: str) -> _Part:
    words = frozenset([word])
    return _Part(
        first=frozenset(word[0]),
        second=frozenset(word[1:2]),
        empty=False,
        short=len(word) == 1,
        plain=True,
        shortest=len(word),
        longest=len(word),
        words=words,
        run=words,
    )


@lru_cache(maxsize=512)
def _class(inside: str) -> _Part:
    if inside.startswith("^"):
        return _ANYTHING
    items = (found[0] for found in _CLASS_ITEM.finditer(inside))
    return _one_of(frozenset(i[1:] if _is_escaped_sign(i) else i for i in items))


def _is_escaped_sign(item: str) -> bool:
    return len(item) == 2 and item[0] == "\\" and not item[1].isalnum()


def _one_of(items: frozenset[str]) -> _Part:
    words = _few(items) if all(len(item) == 1 for item in items) else None
    return _ANYTHING._replace(first=items, second=frozenset(), words=words, run=words)
