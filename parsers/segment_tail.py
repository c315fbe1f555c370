"""The tail of a draft: 落款, 供稿, 附件, 版记 and what else stands below the body."""

import re

from parsers import segment_lines as recognise
from parsers.segment_credits import (
    Credits,
    credits_of,
    inner_of_bracket,
    labelled,
    telling_credits_of,
)
from parsers.segment_names import is_unit, may_be_unit, people, unit_and_people
from parsers.segment_parts import Line, Parts

_LIST_LINES = 20
_INLINE_CHARS = 130
_MOST_BRACKETS = 4
_LAST_BRACKET = re.compile(
    r"[。！？”；）)]\s*([（(\[【][^（）()\[\]【】]{2,60}[）)\]】])\s*[。.]?$"
)
_LAST_SIGNATURE = re.compile(
    r"[。！？”；）)](?:[ \t\u3000\u00a0]*|[（(])([^。！？；（(]{4,60}?)[）)]?$"
)
_FINAL_BRACKET = re.compile(r"([（(][^（）()]{2,60}[）)])\s*[。.]?$")
_LAST_LABEL = re.compile(
    r"[。！？”]\s*((?:供稿|撰稿|审核|签发|作者|联系人|编辑|责任编辑|通讯员)\S?[人者]?\s*[：:].{1,80})$"
)
_NO_LIST = -1
_CAPTION = "图片说明"


class Tail:
    """Takes lines from the bottom for as long as they are not body."""

    def __init__(self, lines: list[Line], parts: Parts) -> None:
        self._lines, self._parts = lines, parts
        self._units: list[str] = []
        self._dates: list[str] = []
        self._credits: list[Credits] = []
        self._lists: list[list[str]] = []

    def read(self) -> list[Line]:
        """The lines above the tail: the body. The first line is never taken."""
        end = self._end_before_attached_pages()
        while end > 1:
            line = self._lines[end - 1]
            start = self._list_start(end)
            if start != _NO_LIST:
                self._lists.append([item.text for item in self._lines[start:end]])
                end = start
            elif self._take(line):
                end -= 1
            else:
                break
        body = self._lines[:end]
        if body:
            body[-1] = self._without_inline_credits(body[-1])
        self._settle()
        return body

    def _end_before_attached_pages(self) -> int:
        """Where "附件1" after the 落款 begins pages of their own."""
        for at in range(2, len(self._lines)):
            if recognise.is_attachment_head(self._lines[at].text):
                above = self._lines[at - 1].text
                if recognise.date_of(above) or is_unit(above) or credits_of(above):
                    self._lists.append([line.text for line in self._lines[at:]])
                    return at
        return len(self._lines)

    def _list_start(self, end: int) -> int:
        """Where a list of attachments begins that ends just above `end`; -1 if none does."""
        for at in range(end - 1, max(0, end - _LIST_LINES), -1):
            text = self._lines[at].text
            if recognise.is_attachment(text):
                return at
            if not recognise.is_item(text) or self._lines[at].in_table:
                break
        return _NO_LIST

    def _take(self, line: Line) -> bool:
        text = line.text
        if recognise.is_footer(text):
            self._credits.append((("版记", text),))
        elif line.in_table:
            found = labelled(text)
            self._credits.append(found)
            return bool(found)
        elif not self._take_signature(text):
            found = credits_of(text) or self._courtesy(text)
            self._credits.append(found)
            return bool(found)
        return True

    def _take_signature(self, text: str) -> bool:
        date = recognise.date_of(text)
        if date:
            self._dates.append(date)
            return True
        both = recognise.unit_and_date(text)
        if both:
            self._units.append(both[0])
            self._dates.append(both[1])
            return True
        if is_unit(text):
            self._units.append(text)
            return True
        if self._dates and not self._units and may_be_unit(text):
            self._units.append(text)  # 落款 without 局 or 科, told by the date below it
            return True
        mixed = unit_and_people(text)
        if mixed:
            self._units.append(mixed[0])
            self._credits.append((("署名", mixed[1]),))
        return mixed is not None

    def _courtesy(self, text: str) -> Credits:
        if recognise.is_closing(text) or recognise.is_cover(text):
            return (("附言", text),)
        if len(text) <= 16 and len(people(text)) > 1:
            return (("署名", text),)
        return ()

    def _without_inline_credits(self, line: Line) -> Line:
        """A 供稿 at the very end of the last paragraph: "……成效。（张三 李四）"."""
        for _ in range(0 if line.in_table else _MOST_BRACKETS):
            base = max(0, len(line.text) - _INLINE_CHARS)
            found, start = self._inline(line.text[base:])
            rest = line.cut(0, base + start) if found else None
            if rest is None:
                break
            self._credits.append(found)
            line = rest
        return line

    def _inline(self, text: str) -> tuple[Credits, int]:
        """Credits at the end of a text and where they begin."""
        match = _LAST_BRACKET.search(text) or _LAST_LABEL.search(text)
        if match:
            if recognise.is_caption(inner_of_bracket(match[1])):
                return ((_CAPTION, match[1]),), match.start(1)
            found = credits_of(match[1])
            if found:
                return found, match.start(1)
        match = _LAST_SIGNATURE.search(text)
        if match and (both := recognise.unit_and_date(match[1].strip())):
            return (("署名", both[0]), ("日期", both[1])), match.start(1)
        match = _FINAL_BRACKET.search(text)
        return (telling_credits_of(match[1]), match.start(1)) if match else ((), 0)

    def _settle(self) -> None:
        """Hand over in reading order what was collected from the bottom."""
        parts = self._parts
        if self._units:  # a 落款 outranks what stood above the body
            parts.head_credits.extend(("单位", unit) for unit in parts.units)
            parts.units = self._units[::-1]
        parts.dates = self._dates[::-1] + parts.dates
        for found in reversed(self._credits):
            for label, value in found:
                if label == _CAPTION:
                    parts.captions.append(value)
                else:
                    parts.tail_credits.append((label, value))
        for listed in reversed(self._lists):
            parts.attachments.extend(listed)
