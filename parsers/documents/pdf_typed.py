"""Where texts typed into a PDF are read: behind their labels, or as paragraphs of their own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from parsers.documents.page_lines import Line, is_wide
from parsers.documents.pdf_char import Char
from parsers.documents.pdf_fields import Typed

_MOST_LOOKS: Final = 3_000_000  # at characters, per page: a made-up page must not take minutes
_BAND: Final = 8.0  # points
_TALLEST: Final = 3.0  # of the type: a field higher than that stands apart
_FILLERS: Final = frozenset("_＿ \u3000\xa0")
_LEADING: Final = 1.3


@dataclass(slots=True)
class _Page:
    """The characters of a page by height, and what is to be put among them."""

    chars: Sequence[Char]
    bands: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    before: dict[int, list[Char]] = field(default_factory=lambda: defaultdict(list))
    after: dict[int, list[Char]] = field(default_factory=lambda: defaultdict(list))
    covered: set[int] = field(default_factory=set)
    looks: int = 0


def written_in(
    chars: Sequence[Char], typed: Sequence[Typed], *, turned: bool
) -> tuple[list[Char], list[Typed]]:
    """The characters with what was typed beside them, and what stands apart from them."""
    if not typed:
        return list(chars), []
    page = _Page(chars)
    for n, char in enumerate(chars):
        if char.text != "\n" and not char.generated:
            page.bands[int((char.bottom + char.top) / 2 // _BAND)].append(n)
    apart = [t for t in typed if turned or t.several_lines or not _placed(page, t)]
    out: list[Char] = []
    for n, char in enumerate(chars):
        out += page.before.get(n, ())
        if n not in page.covered:
            out.append(char)
        out += page.after.get(n, ())
    return out, apart


def _placed(page: _Page, typed: Typed) -> bool:
    """Whether the text could be put behind or before a character of its own line."""
    if typed.top - typed.bottom > _TALLEST * typed.size:
        return False
    behind = ahead = -1
    for n in _level(page, typed):
        char = page.chars[n]
        middle = (char.left + char.right) / 2
        if typed.left < middle < typed.right and char.text in _FILLERS:
            page.covered.add(n)  # the line of a form under what was written on it
        elif middle < typed.left + typed.size / 2:
            if behind < 0 or char.right > page.chars[behind].right:
                behind = n
        elif middle > typed.right and (ahead < 0 or char.left < page.chars[ahead].left):
            ahead = n
    if behind >= 0:
        label = page.chars[behind]
        page.after[behind] += [*_blank(label, typed.text[0]), *_spread(typed, label)]
    elif ahead >= 0:
        label = page.chars[ahead]
        page.before[ahead] += [*_spread(typed, label), *_blank(label, typed.text[-1])]
    return behind >= 0 or ahead >= 0


def _level(page: _Page, typed: Typed) -> list[int]:
    found: list[int] = []
    first, last = int(typed.bottom // _BAND) - 1, int(typed.top // _BAND) + 1
    for band in range(first, last + 1):
        for n in page.bands.get(band, ()):
            page.looks += 1
            if page.looks > _MOST_LOOKS:
                return []
            char = page.chars[n]
            shared = min(char.top, typed.top) - max(char.bottom, typed.bottom)
            if not char.angle and shared >= 0.5 * (char.top - char.bottom):
                found.append(n)
    return found


def _blank(label: Char, value: str) -> list[Char]:
    """What keeps a Latin value apart from a Latin label."""
    if is_wide(label.text) or is_wide(value) or label.text.isspace():
        return []
    return [replace(label, text=" ", left=label.right, typed=True)]


def _spread(typed: Typed, neighbour: Char) -> list[Char]:
    """The characters of a value side by side in its box, level with their neighbour."""
    widths = [typed.size * (1.0 if is_wide(char) else 0.5) for char in typed.text]
    scale = min(1.0, (typed.right - typed.left) / sum(widths))
    out, at = [], typed.left
    for char, width in zip(typed.text, widths, strict=True):
        out.append(
            Char(char, at, at + scale * width, neighbour.bottom, neighbour.top, 0, typed=True)
        )
        at += scale * width
    return out


def lines_apart(typed: Typed, page_top: float, page_left: float) -> list[Line]:
    """One line for each paragraph typed, measured from the upper left corner of the page."""
    lines: list[Line] = []
    for text in filter(str.strip, typed.text.split("\n")):
        y = page_top - typed.top + typed.size * (1 + _LEADING * len(lines))
        left = typed.left - page_left
        right = min(left + typed.size * len(text), typed.right - page_left)
        lines.append(Line(text.strip(), left, right, y, typed.size, whole=True))
    return lines


def among(lines: list[Line], new: Sequence[Line]) -> None:
    """Put the lines where they stand on the page, behind the last one above them."""
    for line in new:
        at = len(lines)
        while at and lines[at - 1].y > line.y:
            at -= 1
        lines.insert(at, line)
