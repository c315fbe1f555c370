"""Characters on a PDF page, put into printed lines with the blanks that were typed."""

import ctypes
import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from parsers.documents.page_lines import Line, PageLines, is_blank, is_wide
from parsers.documents.pdf_char import Char
from parsers.documents.pdf_fields import Typed
from parsers.documents.pdf_typed import among, lines_apart, written_in

_MAX_CHARS_PER_PAGE = 60_000
_STEP = 5  # degrees
_QUARTER_TURN = 90 // _STEP
_FULL_TURN = 360 // _STEP
_HYPHENS = {0x02: "\u00ad", 0xFFFE: "\u00ad", 0xFFFF: ""}


def printed_page(page: pypdfium2.PdfPage, typed: Sequence[Typed] = ()) -> PageLines:
    """The lines of a page in the order they were drawn; slanting watermarks left out.

    Args:
        page: As pdfium loaded it.
        typed: Values of its form fields and the like, read where they stand.
    """
    textpage = page.get_textpage()
    try:
        printed = list(_chars(textpage.raw))
    finally:
        textpage.close()
    left, bottom, right, top = page.get_bbox()
    main = _main_angle(printed)
    chars, apart = written_in(printed, typed, turned=bool(main))
    # Landscape pages are often drawn sideways: the text tells which way is up.
    sheet = _Sheet(left, bottom, right, top, turned=-main % _FULL_TURN)
    lines: list[Line] = []
    run: list[Char] = []
    for char in chars:
        if char.text == "\n":
            _end_lines(run, lines, sheet.height)
        elif char.angle == main or not char.text.strip():
            sheet.stand(char)
            run.append(char)
    _end_lines(run, lines, sheet.height)
    if sheet.turned:  # pdfium sorts by the page as it lies, not as it is read
        lines.sort(key=lambda line: line.y)
    for text in apart:
        among(lines, lines_apart(text, top, left))
    return PageLines(tuple(lines), sheet.width, sheet.height)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The visible box of a page, and how far it must be turned for its text to stand."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int  # clockwise, in steps of `_STEP` degrees

    @property
    def _sideways(self) -> bool:
        return self.turned in (_QUARTER_TURN, 3 * _QUARTER_TURN)

    @property
    def width(self) -> float:
        return abs(self.top - self.bottom if self._sideways else self.right - self.left)

    @property
    def height(self) -> float:
        return abs(self.right - self.left if self._sideways else self.top - self.bottom)

    def stand(self, char: Char) -> None:
        """Put the character on the turned sheet, measured from its lower left corner."""
        x0, x1 = char.left - self.left, char.right - self.left
        y0, y1 = char.bottom - self.bottom, char.top - self.bottom
        if self.turned == _QUARTER_TURN:
            x0, x1, y0, y1 = y0, y1, self.height - x1, self.height - x0
        elif self.turned == 2 * _QUARTER_TURN:
            x0, x1, y0, y1 = self.width - x1, self.width - x0, self.height - y1, self.height - y0
        elif self.turned == 3 * _QUARTER_TURN:
            x0, x1, y0, y1 = self.width - y1, self.width - y0, x0, x1
        char.left, char.right, char.bottom, char.top = x0, x1, y0, y1
        if self.turned % _QUARTER_TURN == 0:
            char.angle = 0


def _main_angle(chars: list[Char]) -> int:
    """The direction most text runs in: text across it is a watermark or a stamp."""
    angles = Counter(char.angle for char in chars if char.text.strip())
    return angles.most_common(1)[0][0] if angles else 0


def _is_full(char: Char) -> bool:
    return "\u2e80" <= char.text <= "\uffef"


def _type_size(char: Char) -> float:
    """Size as it appears: the nominal one says nothing, producers scale the page.

    A Chinese character is as wide as its type is high.
    """
    if _is_full(char) and not char.angle:
        return char.right - char.left
    return 0.85 * (char.top - char.bottom)


def _end_lines(run: list[Char], lines: list[Line], height: float) -> None:
    for row in _rows(run):
        _end_line(row, lines, height)
    run.clear()


def _rows(run: list[Char]) -> list[list[Char]]:
    """The visual lines of what pdfium takes for one, in order of their first character."""
    rows: list[list[Char]] = []
    current: list[Char] = []
    for char in run:
        if char.generated or char.angle or not char.text.strip():
            if not rows:
                rows.append(current)
            current.append(char)
            continue
        if not _level(current, char):
            current = next((row for row in rows if _level(row, char)), [])
            if not any(row is current for row in rows):
                rows.append(current)
        current.append(char)
    return rows


def _level(row: list[Char], char: Char) -> bool:
    """Whether a character stands on this row; raised and lowered figures still do."""
    for last in reversed(row):
        if last.text.strip() and not last.generated:
            break
    else:
        return False
    shared = min(last.top, char.top) - max(last.bottom, char.bottom)
    return shared >= 0.4 * min(last.top - last.bottom, char.top - char.bottom)


def _end_line(run: list[Char], lines: list[Line], height: float) -> None:
    drawn = [char for char in run if char.right > char.left and char.text.strip()]
    text = _ordered_text(run).strip()
    if not drawn or not text:
        return
    sizes = sorted(map(_type_size, [c for c in drawn if _is_full(c)] or drawn))
    lines.append(
        Line(
            text=text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
            left=min(char.left for char in drawn),
            right=max(char.right for char in drawn),
            y=height - sorted(char.bottom for char in drawn)[len(drawn) // 2],
            size=sizes[len(sizes) // 2],
            whole=max(drawn, key=lambda char: char.right).typed,
        )
    )


def _ordered_text(run: list[Char]) -> str:
    """The characters of a line from left to right, with the blanks that were typed.

    Producers draw a line font by font, so that quotation marks come after the Chinese
    they enclose. Gaps between Chinese and Latin are Word's spacing, not blanks.
    """
    typed = [char for char in run if not char.generated]
    gaps = {id(typed[n]) for n in _before_generated(run)}
    if any(char.angle for char in typed) or _runs_leftwards(typed):
        ordered = typed
    else:
        # Blanks have boxes too; anything without one stays behind its neighbour.
        ordered = sorted(typed, key=lambda char: char.left)
    parts: list[str] = []
    for before, char in itertools.pairwise([None, *ordered]):
        if before is not None and char is not None and _gap(before, char, seen=id(before) in gaps):
            parts.append(" ")
        parts.append(char.text if char else "")
    return "".join(parts)


def _runs_leftwards(typed: list[Char]) -> bool:
    """Whether a line holds Hebrew or Arabic, which pdfium has put in reading order already."""
    return any("\u0590" <= c.text <= "\u08ff" or "\ufb1d" <= c.text <= "\ufefc" for c in typed)


def _before_generated(run: list[Char]) -> Iterator[int]:
    """Positions, among the typed characters, after which pdfium saw a gap."""
    position = -1
    for char in run:
        if not char.generated:
            position += 1
        elif position >= 0:
            yield position


def _gap(before: Char, char: Char, *, seen: bool) -> bool:
    gap = char.left - before.right
    korean = _is_hangul(before) or _is_hangul(char)  # as wide as Chinese, but spaced like Latin
    if not korean and (is_wide(before.text) or is_wide(char.text)):
        return is_blank(before.text, char.text, gap, max(_type_size(char), _type_size(before)))
    return seen and not before.text.isspace() and not char.text.isspace()


def _is_hangul(char: Char) -> bool:
    return "\uac00" <= char.text <= "\ud7a3"


def _chars(textpage: Any) -> Iterator[Char]:
    box = pdfium.FS_RECTF()
    count = min(pdfium.FPDFText_CountChars(textpage), _MAX_CHARS_PER_PAGE)
    for n in range(count):
        code = pdfium.FPDFText_GetUnicode(textpage, n)
        if code in (0x0A, 0x0D):
            yield Char("\n", 0, 0, 0, 0, 0)
            continue
        # The loose box is what the type takes up; the tight one is the ink alone.
        if not pdfium.FPDFText_GetLooseCharBox(textpage, n, ctypes.byref(box)):
            box = pdfium.FS_RECTF()
        angle = round(math.degrees(pdfium.FPDFText_GetCharAngle(textpage, n)) / _STEP) % _FULL_TURN
        text = _HYPHENS.get(code) or ("\ufffd" if code == 0 else chr(min(code, 0x10FFFF)))
        generated = pdfium.FPDFText_IsGenerated(textpage, n) == 1
        yield Char(text, box.left, box.right, box.bottom, box.top, angle, generated)
