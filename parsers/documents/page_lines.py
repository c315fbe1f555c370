"""Lines on pages put back into paragraphs: what PDF and OFD have lost.

A fixed-layout page only knows where characters stand. A paragraph of Chinese
goes on as long as its lines reach the right margin and the next one starts at
the left margin; a first line is indented by two characters.
"""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from parsers.facts import Block


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; lengths in points or millimetres, y growing downwards."""

    text: str
    left: float
    right: float
    y: float
    size: float  # of the type
    whole: bool = False  # goes on nowhere, as what was typed into a field


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of one page in reading order; a photograph of a page may lack its margins."""

    lines: tuple[Line, ...]
    width: float
    height: float
    has_margins: bool = True


Margins = tuple[float, float]

_PAGE_NUMBER = re.compile(
    r"[-—–―－·•~\s]{0,9}(?:第\s?)?[0-9０-９]{1,4}(?:\s?页)?"
    r"(?:\s?[/／,，、]?\s?(?:共\s?)?[0-9]{1,4}\s?页?)?[-—–―－·•~\s]{0,9}"
)
_DIGITS = re.compile(r"[0-9]+")
_EDGE_LINES = 2
_RUNNING_WIDTH = 0.45  # share of the page that a line of running text fills at least
_COLUMN_WIDTH = 0.2
_COLUMN_LINES = 4
_HEIGHT_CLASSES = 140  # a header stands at the same 140th of every page
_MARGINS = (0.075, 0.93)  # shares of the height: text hardly ever stands outside
_SMALL_TYPE = 0.92  # of the size of the text
_SET_OFF = 1.5  # times the size of the text
_TITLE_TYPE = 1.15  # of the size of the text: running headers are as small or smaller
_TITLE_HAN = re.compile("[\u3400-\u9fff]")
_SHORTEST_TITLE = 8  # Chinese characters; "内部资料" is none
_BREAK_AFTER = "。！？：；!?:;”」』）"
_SENTENCE_END = "。！？"
_FIRST_WORD = re.compile(r"[!-~]{1,60}")
_LOOSER = 1.25  # of the usual step from line to line: then there is space before a paragraph
_STEPS_THAT_TELL = 4
_NEW_ITEM = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十0-9]{1,3}[)）]|[0-9]{1,2}[.、．](?![0-9])"
    r"|第[一二三四五六七八九十百0-9]{1,4}[章节条]|附件[0-9]?[：:]"
    r"|(?:供稿|撰稿|审核|审稿|签发|编辑|报送|主送|抄送|联系)[^：:，。]{0,4}[：:])"
)
# A sentence, or who wrote and signed: nobody prints these as a header.
_SAYS = re.compile(
    "。|(?:供稿|撰稿|撰写|作者|审核|审稿|签发|编辑|校对|报送|主送|抄送|联系|电话)[^：:，。]{0,4}[：:]"
)
_BULLET = re.compile("[■●◆★▪•·➢✓☑□]\\s?\\S")

# Radicals that fonts give for the characters they look like; NFKC knows only the others.
_RADICALS = str.maketrans(
    "⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰",
    "民虎西见角贝车長长门雨青韦页风飞食首马骨鬼鱼鸟卤麦黄黾齐齿龙",
)


def mend_characters(text: str) -> str:
    """Radicals and compatibility ideographs as the characters that were typed."""
    if not any("\u2e80" <= c <= "\u2fdf" or "\uf900" <= c <= "\ufaff" for c in text):
        return text
    text = text.translate(_RADICALS)
    return "".join(
        unicodedata.normalize("NFKC", c)
        if "\u2e80" <= c <= "\u2fdf" or "\uf900" <= c <= "\ufaff"
        else c
        for c in text
    )


def is_wide(char: str) -> bool:
    """Whether a character takes the room of a Chinese one; quotation marks do here."""
    return char in "“”‘’—…·×" or unicodedata.east_asian_width(char) in {"W", "F"}


def is_blank(before: str, after: str, gap: float, size: float) -> bool:
    """Whether the gap between two pieces of a line stands for a typed blank.

    Between Chinese and Latin Word leaves a quarter of a character by itself.
    """
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return False
    wide = is_wide(before[-1]) + is_wide(after[0])
    return gap > (0.22, 0.8, 0.6)[wide] * size


def _close_up(text: str) -> str:
    """Letter-spaced Chinese ("城 市 管 理") without the blanks; other blanks stay."""
    tokens = text.split(" ")
    singles = sum(len(token) == 1 and is_wide(token) for token in tokens)
    if singles < 4 or singles < 0.6 * len(tokens):
        return text
    parts = [tokens[0]]
    for before, after in itertools.pairwise(tokens):
        near = len(before) == 1 == len(after) and is_wide(before) and is_wide(after)
        parts.append(after if near else " " + after)
    return "".join(parts)


def _edges(page: PageLines) -> list[int]:
    """Positions of the topmost and the bottommost lines: where headers stand."""
    by_height = sorted(range(len(page.lines)), key=lambda n: page.lines[n].y)
    chosen = {*by_height[:_EDGE_LINES], *by_height[-_EDGE_LINES:]}
    margin = 0.16 * page.height
    return [n for n in chosen if not margin < page.lines[n].y < page.height - margin]


def _masked(line: Line) -> str:
    return _DIGITS.sub("0", line.text.replace(" ", ""))


def _is_page_number(line: Line, page: PageLines) -> bool:
    outside = not 0.1 * page.height < line.y < 0.86 * page.height
    return outside and _PAGE_NUMBER.fullmatch(line.text.strip()) is not None


def drop_running_lines(pages: Sequence[PageLines]) -> list[PageLines]:
    """Pages without page numbers, headers and footers: what repeats, what stands in a margin.

    The first page keeps what repeats later on where it is the title there.
    """
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        marks = {(_masked(page.lines[n]), _height_class(page.lines[n], page)) for n in _edges(page)}
        seen.update(marks)
    needed = max(2, len(pages) // 2)
    kept: list[PageLines] = []
    for page in pages:
        repeated = {
            n
            for n in _edges(page)
            if seen[_masked(page.lines[n]), _height_class(page.lines[n], page)] >= needed
        } | _in_margins(page)
        if not kept:
            repeated -= _titles(page, repeated)
        numbers = {n for n in _edges(page) if _is_page_number(page.lines[n], page)}
        dropped = {n for n in repeated | numbers if not page.lines[n].whole}
        lines = tuple(line for n, line in enumerate(page.lines) if n not in dropped)
        kept.append(replace(page, lines=lines))
    return kept


def _text_size(lines: Sequence[Line]) -> float:
    """The size of type that most characters have."""
    sizes = sorted(line.size for line in lines for _ in line.text)
    return sizes[len(sizes) // 2] if sizes else 0.0


def _in_margins(page: PageLines) -> set[int]:
    """Small lines in the upper or lower margin, well away from the text.

    A page by itself repeats nothing, and most drafts have but one.
    """
    if not page.has_margins:
        return set()
    lines, size = page.lines, _text_size(page.lines)
    by_height = sorted(range(len(lines)), key=lambda n: lines[n].y)
    found: set[int] = set()
    for order, step in ((by_height, 1), (by_height[::-1], -1)):
        outside: list[int] = []
        for n in order:
            upper, lower = (share * page.height for share in _MARGINS)
            y = lines[n].y
            beyond = y < upper if step > 0 else y > lower
            if not beyond or lines[n].size > _SMALL_TYPE * size or _SAYS.search(lines[n].text):
                if outside and abs(y - lines[outside[-1]].y) > _SET_OFF * size:
                    found.update(outside)
                break
            outside.append(n)
    return found


def running_lines(pages: Sequence[PageLines]) -> list[str]:
    """What `drop_running_lines` leaves out, page by page."""
    kept = drop_running_lines(pages)
    return [
        line.text
        for page, rest in zip(pages, kept, strict=True)
        if len(rest.lines) < len(page.lines)
        for line in set(page.lines) - set(rest.lines)
    ]


def _titles(page: PageLines, repeated: set[int]) -> set[int]:
    """Of the lines that repeat, those that a clerk would take for this page's title.

    They stand above the text in larger type, or no other title stands there.
    """
    lines = page.lines
    above = {n for n in repeated if lines[n].y < page.height / 2}
    below = [n for n in range(len(lines)) if n not in repeated]
    if not below:
        return repeated  # nothing else stands here
    text_size = _text_size([lines[n] for n in below])
    large = {n for n in above if lines[n].size >= _TITLE_TYPE * text_size}
    first = lines[min(below, key=lambda n: lines[n].y)]
    if large or first.size >= _TITLE_TYPE * text_size or _stands_alone(first, page):
        return large
    return {n for n in above if len(_TITLE_HAN.findall(lines[n].text)) >= _SHORTEST_TITLE}


def _stands_alone(line: Line, page: PageLines) -> bool:
    """Whether the first line of the text is a title, no sentence and no 主送."""
    right = max(other.right for other in page.lines)
    return line.right < right - 2 * line.size and line.text.rstrip()[-1:] not in _BREAK_AFTER


def _height_class(line: Line, page: PageLines) -> int:
    return round(line.y / max(page.height, 1.0) * _HEIGHT_CLASSES)


def _own_margins(page: PageLines, share: float) -> Margins | None:
    """Left and right edge of the running text: those of the longer half of the lines.

    None where no line fills `share` of the page, as on the last page of a letter.
    """
    lines = page.lines
    longest = sorted(lines, key=lambda line: line.left - line.right)[: max(1, len(lines) // 2)]
    left = min((line.left for line in longest), default=0.0)
    right = max((line.right for line in longest), default=0.0)
    return (left, right) if right - left >= share * page.width else None


def _columns(page: PageLines) -> list[PageLines]:
    """The page cut where reading jumps back up, as at the head of a second column."""
    cuts = [
        n
        for n, (line, following) in enumerate(itertools.pairwise(page.lines), 1)
        if following.y < line.y - 3 * max(line.size, following.size)
    ]
    pieces = [page.lines[a:b] for a, b in itertools.pairwise([0, *cuts, len(page.lines)])]
    return [replace(page, lines=piece) for piece in pieces]


def _margins(pages: Sequence[PageLines]) -> list[tuple[PageLines, Margins]]:
    """Columns with their margins; what does not tell has those of its like."""
    found: list[tuple[PageLines, Margins | None]] = []
    for page in pages:
        of_page = _own_margins(page, _RUNNING_WIDTH)
        columns = _columns(page)
        for column in columns:
            tells = len(columns) > 1 and len(column.lines) >= _COLUMN_LINES
            margins = _own_margins(column, _COLUMN_WIDTH) if tells else None
            found.append((column, margins or of_page))
    known = [margins for _, margins in found if margins]
    return [(column, margins or _nearest(column, known)) for column, margins in found]


def _nearest(page: PageLines, known: list[Margins]) -> Margins:
    """Of the margins found elsewhere, those that the lines of this page fit best."""
    left = min((line.left for line in page.lines), default=0.0)
    right = max((line.right for line in page.lines), default=0.0)
    fitting = [m for m in known if right <= m[1] + 1.0] or known
    return min(fitting, key=lambda m: abs(m[0] - left) + abs(m[1] - right), default=(0.0, inf))


def _continues(line: Line, following: Line, margins: Margins) -> bool:
    """Whether `following` goes on with the sentence that `line` broke off at the margin."""
    left, right = margins
    size = max(line.size, following.size, 1.0)
    if line.whole or following.whole or abs(line.size - following.size) > 0.15 * size:
        return False
    if _BULLET.match(following.text):
        return False
    if _NEW_ITEM.match(following.text) and line.text.rstrip()[-1:] in _BREAK_AFTER:
        return False
    # A Latin word too long for the rest of the line leaves more room than a character.
    room = 2.2 * size if is_wide(line.text[-1:] or "一") else 8 * size
    is_full = line.right >= right - room
    is_flush = following.left <= left + 0.9 * size
    return is_full and is_flush and not _had_room(line, following, right)


def _is_set_off(line: Line, margins: Margins) -> bool:
    """On the right-hand side, as a 落款."""
    left, right = margins
    return right < inf and line.left > left + 0.3 * (right - left)


def _had_room(line: Line, following: Line, right: float) -> bool:
    """A finished sentence with room left for the next word was not broken by the margin."""
    if line.text.rstrip()[-1:] not in _SENTENCE_END:
        return False
    word = _FIRST_WORD.match(following.text.lstrip())
    needed = (0.55 * len(word[0]) if word else 1.0) * line.size
    closing = following.text.lstrip()[:1] in _BREAK_AFTER
    return not closing and right - line.right > max(needed, 0.95 * line.size)


def _joined(before: str, after: str) -> str:
    before, after = before.rstrip(), after.lstrip()
    if before.endswith("\u00ad"):
        return before[:-1] + after
    if not before or not after or is_wide(before[-1]) or is_wide(after[0]):
        return before + after
    return before + " " + after


def _same_flow(line: Line, following: Line, most: float) -> bool:
    step = following.y - line.y
    return 0 < step <= min(2.8 * max(line.size, following.size, 1.0), most)


def _largest_step(page: PageLines, margins: Margins) -> float:
    """From line to line of one paragraph: where paragraphs stand apart, less than to the next."""
    steps = sorted(
        after.y - before.y
        for before, after in itertools.pairwise(page.lines)
        if after.y > before.y and _continues(before, after, margins)
    )
    return _LOOSER * steps[len(steps) // 2] if len(steps) >= _STEPS_THAT_TELL else inf


def _is_centred(line: Line, page: PageLines, margins: Margins) -> bool:
    middle = (line.left + line.right) / 2
    off = abs(middle - page.width / 2)
    return off <= 0.03 * page.width and line.left > margins[0] + 2.5 * line.size


def paragraphs_of(pages: Sequence[PageLines]) -> list[Block]:
    """Blocks in reading order, wrapped lines joined, also across pages."""
    blocks: list[Block] = []
    last: tuple[Line, Margins] | None = None
    for page, margins in _margins(drop_running_lines(pages)):
        on_this_page, most = False, _largest_step(page, margins)
        for line in page.lines:
            flows = last is not None and (not on_this_page or _same_flow(last[0], line, most))
            if flows and last is not None and _continues_from(last, line, margins):
                text = _joined(blocks[-1].text, line.text)
                blocks[-1] = Block(text, centred=_is_centred(line, page, margins))
            else:
                blocks.append(Block(line.text.strip(), centred=_is_centred(line, page, margins)))
            last, on_this_page = (line, margins), True
    texts = ((block, _close_up(mend_characters(block.text))) for block in blocks)
    return [replace(block, text=text) for block, text in texts if text.strip()]


def _continues_from(last: tuple[Line, Margins], line: Line, margins: Margins) -> bool:
    # The end is measured by its own page, the start by this one: odd and even pages differ.
    before, its_margins = last
    return not _is_set_off(before, its_margins) and _continues(
        before, line, (margins[0], its_margins[1])
    )
