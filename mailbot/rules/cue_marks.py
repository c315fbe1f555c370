"""What tells without a search that a pattern matches nowhere, or where a match may begin.

Most cues speak of what a text does not touch at all. Any match of 挖断|泄漏 holds one of the
pairs 挖断 and 泄漏: a text without both needs no search. And a match can begin only with the
characters that some branch begins with: elsewhere nothing need be tried.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from mailbot.rules.cue_patterns import GROUP_HEAD, class_end, repeats

# Ways of writing that `fault_of` may let through and this module does not read.
_BEYOND = re.compile(r"\\[xuUN\d]|\(\?(?!:|=|!|<[=!]|P<\w)|[?}]\+")
_CLASS_ITEM = re.compile(r"\\?.-\\?.|\\.|.", re.DOTALL)
_EDGES = "bBAZ"  # \b and its like take no character
_MOST_PAIRS = 400
_CODES = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
_RARER = 10  # a text of 1,000 characters holds a given one about ten times as often as a given pair


def signs_of(text: str) -> set[int]:
    """The characters of a text and the pairs they stand in, as numbers."""
    codes = memoryview(text.encode(_CODES, "surrogatepass"))
    pairs = codes[: len(text) // 2 * 8].cast("Q")
    between = codes[4 : 4 + (len(text) - 1) // 2 * 8].cast("Q")
    return {*codes.cast("I"), *pairs, *between}


def _number(sign: str) -> int:
    """A character or a pair as `signs_of` tells it."""
    return int.from_bytes(sign.encode(_CODES, "surrogatepass"), sys.byteorder)


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern, compiled, and what every match of it shows.

    Attributes:
        held: Characters and pairs of them; a match holds at least one. Empty: nobody can say.
        opening: Finds where a match may begin, such as [挖泄](?=[断漏]); None where nobody can
            say, or where `re` goes from one such place to the next by itself.
        signs: `held`, as `signs_of` tells it.
    """

    pattern: re.Pattern[str]
    held: frozenset[str] = frozenset()
    opening: re.Pattern[str] | None = None
    signs: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "signs", frozenset(map(_number, self.held)))

    def may_be_in(self, signs: set[int]) -> bool:
        """False where a text of these `signs_of` cannot hold a match."""
        return not self.signs or not self.signs.isdisjoint(signs)

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """What `finditer` finds, without trying where no match begins."""
        if self.opening is None:
            yield from self.pattern.finditer(text)
            return
        match, end = self.pattern.match, 0
        for place in self.opening.finditer(text):
            start = place.start()
            if start >= end and (found := match(text, start)):
                yield found
                end = found.end()


@dataclass(frozen=True, slots=True)
class _Part:
    r"""A stretch of a pattern.

    Attributes:
        first: Items of a class it begins with: characters, or such as \d; None: anything.
        second: Likewise for what follows that, as far as the stretch itself goes on.
        last: Likewise for its end.
        empty: It may match no character at all.
        short: It may match a single character.
        held: As in `Wording`; None: nobody can say.
        plain: It begins with a character as it stands: no group, no class, no assertion.
    """

    first: frozenset[str] | None = frozenset()
    second: frozenset[str] | None = frozenset()
    last: frozenset[str] | None = frozenset()
    empty: bool = True
    short: bool = False
    held: frozenset[str] | None = None
    plain: bool | None = None


_NOTHING = _Part()
_EDGE = _Part(plain=False)
_ANYTHING = _Part(None, frozenset(), None, empty=False, short=True, plain=False)


def wording(pattern: str) -> Wording:
    """A pattern that `fault_of` has nothing against, ready to be looked for."""
    compiled = re.compile(pattern)
    if _BEYOND.search(pattern):
        return Wording(compiled)
    whole, _ = _branches(pattern, 0)
    return Wording(compiled, whole.held or frozenset(), _opening(whole))


def _opening(whole: _Part) -> re.Pattern[str] | None:
    if not whole.first or whole.empty or whole.plain or _is_wide(whole.first):
        return None
    first = _as_class(whole.first)
    if not whole.second or whole.short or _is_wide(whole.second):
        return re.compile(first)
    return re.compile(f"{first}(?={_as_class(whole.second)})")


def _is_wide(items: frozenset[str]) -> bool:
    """Whether a range such as 一-龥 is among them: nearly every character would do."""
    return any(len(item) == len("a-z") for item in items)


def _as_class(items: frozenset[str]) -> str:
    return f"[{''.join(sorted(map(_in_class, items)))}]"


def _in_class(item: str) -> str:
    return re.escape(item) if len(item) == 1 else item


def _branches(pattern: str, at: int) -> tuple[_Part, int]:
    """All branches from `at` to the closing bracket together, and where they end."""
    found = [_NOTHING]
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found.append(_NOTHING)
            at += 1
            continue
        part, at = _part(pattern, at)
        least, most, at = repeats(pattern, at)
        found[-1] = _after(found[-1], _repeated(part, least, most))
    together = _Part(
        first=_united(one.first for one in found),
        second=_united(one.second for one in found),
        last=_united(one.last for one in found),
        empty=any(one.empty for one in found),
        short=any(one.short for one in found),
        held=_united(one.held for one in found),
        plain=all(one.plain for one in found),
    )
    return together, at


def _repeated(part: _Part, least: int, most: int) -> _Part:
    if most > 1 and part.short:
        short = part.empty or least < 2
        part = replace(part, second=_united((part.first, part.second)), short=short)
    return part if least else replace(part, empty=True, held=None, plain=False)


def _after(before: _Part, part: _Part) -> _Part:
    """Two stretches, one after the other."""
    held = before.held
    if not part.empty:
        held = _rarer(_rarer(held, part.held), _pairs(before, part))
    seconds = [before.second]
    seconds += [part.first] if before.short else []
    seconds += [part.second] if before.empty else []
    return _Part(
        first=_united((before.first, part.first)) if before.empty else before.first,
        second=_united(seconds),
        last=_united((before.last, part.last)) if part.empty else part.last,
        empty=before.empty and part.empty,
        short=(before.short and part.empty) or (before.empty and part.short),
        held=held,
        plain=part.plain if before.plain is None else before.plain,
    )


def _pairs(before: _Part, part: _Part) -> frozenset[str] | None:
    """Characters that meet where one stretch ends and the next begins."""
    if before.empty or before.last is None or part.first is None:
        return None
    if len(before.last) * len(part.first) > _MOST_PAIRS:
        return None
    pairs = frozenset(left + right for left in before.last for right in part.first)
    return pairs if all(len(pair) == 2 for pair in pairs) else None


def _rarer(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The one that fewer texts hold by chance."""
    if not one or not other:
        return one or other
    return min(one, other, key=lambda signs: sum(_RARER if len(s) == 1 else 1 for s in signs))


def _united(all_: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    known = list(all_)
    told = [one for one in known if one is not None]
    return frozenset().union(*told) if len(told) == len(known) else None


def _part(pattern: str, at: int) -> tuple[_Part, int]:
    """One character, class, group or assertion, and where it ends."""
    char = pattern[at]
    if char == "\\":
        after = pattern[at + 1]
        if after in _EDGES:
            return _EDGE, at + 2
        return _one_of(frozenset([pattern[at : at + 2] if after.isalnum() else after])), at + 2
    if char == "[":
        end = class_end(pattern, at)
        return _class(pattern[at + 1 : end - 1]), end
    if char == "(":
        head = GROUP_HEAD.match(pattern, at)
        assert head is not None
        group, end = _branches(pattern, head.end())
        looks_around = head[0].endswith(("=", "!"))
        return (_EDGE if looks_around else replace(group, plain=False)), end + 1
    if char in "^$":
        return _EDGE, at + 1
    return (_ANYTHING if char == "." else replace(_one_of(frozenset(char)), plain=True)), at + 1


def _class(inside: str) -> _Part:
    if inside.startswith("^"):
        return _ANYTHING
    items = (found[0] for found in _CLASS_ITEM.finditer(inside))
    return _one_of(frozenset(i[1:] if _is_escaped_sign(i) else i for i in items))


def _is_escaped_sign(item: str) -> bool:
    return len(item) == 2 and item[0] == "\\" and not item[1].isalnum()


def _one_of(items: frozenset[str]) -> _Part:
    known = all(len(item) == 1 for item in items)
    held = items if known else None
    return _Part(items, frozenset(), items, empty=False, short=True, held=held, plain=False)
