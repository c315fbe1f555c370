"""The head of a draft: 报头, 标题, 主送 and what else stands above the body."""

from parsers import segment_lines as recognise
from parsers.segment_credits import credits_of, labelled
from parsers.segment_names import is_plainly_unit, is_unit, people
from parsers.segment_parts import Line, Parts
from parsers.segment_titles import (
    continues_title,
    is_hinted,
    is_numbered,
    is_subtitle,
    is_title,
)

_HEAD_LINES = 30
_HINT_LINES = 10
_HINT_CHARS = 70
_PARAGRAPH = 30  # longer lines are no title
_SHORT_NAME = 3  # four characters may be the end of a title
_TITLE_LINE = 8
_FORM_FIELDS = ("时间", "地点", "事件", "接报", "事发", "发生", "人员", "原因", "经过", "现状")
_HEAD_LABELS_OF_FORMS = frozenset({"来源", "信息来源", "单位", "日期", "部门", "科室"})


class Head:
    """Reads lines from the top until the body begins."""

    def __init__(self, lines: list[Line], parts: Parts, hints: tuple[str, ...]) -> None:
        self._lines, self._parts, self._hints = lines, parts, hints
        self._title_at = self._hinted_title()
        self._last_title: Line | None = None

    def read(self) -> list[Line]:
        """The lines below the head."""
        at = 0
        while at < min(len(self._lines), _HEAD_LINES):
            line = self._lines[at]
            if recognise.mark_length(line.text):
                return self._after_mark(at)
            if self._take_letter_opening(at):
                at += 0 if self._lines[at] is not line else 1
            elif self._take_label(line, at) or self._take_title(line, at):
                at += 1
            else:
                break
        return self._lines[at:]

    def _hinted_title(self) -> int:
        """Where the file name, the subject or the format says the title is; -1 unknown.

        Only lines of a 报头 may stand above it, never a sentence.
        """
        near: list[Line] = []
        for line in self._lines[:_HINT_LINES]:
            near.append(line)
            if "。" in line.text or len(line.text) > _HINT_CHARS:
                break
        titles = [at for at, line in enumerate(near) if is_title(line, self._next(at))]
        hinted = [at for at in titles if is_hinted(near[at].text, self._hints)]
        styled = [at for at in titles if near[at].block.kind == "title"]
        return min(hinted or styled, default=-1)

    def _next(self, at: int) -> Line | None:
        return self._lines[at + 1] if at + 1 < len(self._lines) else None

    def _after_mark(self, at: int) -> list[Line]:
        line = self._lines[at]
        length = recognise.mark_length(line.text)
        self._parts.head_credits.append(("标记", line.text[:length].strip()))
        rest = line.cut(length, len(line.text))
        return ([rest] if rest else []) + self._lines[at + 1 :]

    def _take_letter_opening(self, at: int) -> bool:
        """Greeting, 主送 and the sentence that hands the draft over."""
        line = self._lines[at]
        length = 0 if line.in_table else recognise.greeting(line.text)
        if length:
            self._parts.addressee.append(line.text[:length].strip())
            rest = line.cut(length, len(line.text))
            if rest:
                self._lines[at] = rest
            return True
        if recognise.is_addressee(line.text) and not line.in_table and self._next(at):
            self._parts.addressee.append(line.text)
            return True
        if recognise.is_cover(line.text) and self._next(at) and not line.formatted_as_title:
            self._parts.head_credits.append(("附言", line.text))
            return True
        return False

    def _take_label(self, line: Line, at: int) -> bool:
        """Whatever says of itself what it is."""
        text, parts = line.text, self._parts
        kind = recognise.kind_line(text)
        if kind:
            parts.kind = parts.kind or kind
            parts.head_credits.append(("类别", text))
            return True
        masthead = recognise.masthead_label(text)
        if masthead and self._next(at):
            parts.head_credits.append((masthead, text))
            return True
        found = credits_of(text) if self._last_title else labelled(text)
        if self._last_title and recognise.is_published_line(text):
            found = (("日期", text),)
        elif not found and self._is_byline(line, at):
            found = (("署名", text),)
        if found and not self._is_form(found, at):
            parts.head_credits.extend(found)
            return True
        return not line.in_table and self._take_unit_or_date(line, at)

    def _is_byline(self, line: Line, at: int) -> bool:
        """Nothing but names between the title and the first paragraph."""
        following = self._next(at)
        if self._last_title is None or line.in_table or following is None:
            return False
        names = people(line.text)
        short = all(len(name) <= _SHORT_NAME or "·" in name for name in names)
        return bool(names) and short and len(following.text) > _PARAGRAPH

    def _is_form(self, found: tuple[tuple[str, str], ...], at: int) -> bool:
        """Fields of an emergency report are its text, not its credits."""
        if any(label not in _HEAD_LABELS_OF_FORMS for label, _ in found):
            return False
        around = self._lines[max(at - 1, 0) : at] + self._lines[at + 1 : at + 3]
        return any(
            field in line.text[:8] and ("：" in line.text[:12] or ":" in line.text[:12])
            for line in around
            for field in _FORM_FIELDS
        )

    def _take_unit_or_date(self, line: Line, at: int) -> bool:
        text, parts, following = line.text, self._parts, self._next(at)
        if following is None:
            return False
        both = recognise.unit_and_date(text)
        if both:
            parts.head_credits.append(("报头", text))
            parts.units.append(both[0])
            parts.dates.append(both[1])
            return True
        date = recognise.date_of(text)
        if date:
            parts.dates.append(date)
            return True
        known = is_unit if self._last_title else is_plainly_unit
        if not known(text) or self._belongs_to_title(line, at, following):
            return False
        parts.units.append(text)
        return True

    def _belongs_to_title(self, line: Line, at: int, following: Line) -> bool:
        """A unit alone on its line may be the first line of the title."""
        if self._last_title is not None:
            return False
        if self._title_at > at and not is_hinted(line.text, self._hints):
            return False
        after = self._lines[at + 2] if at + 2 < len(self._lines) else None
        return is_title(following, after) and continues_title(line, following, self._hints)

    def _take_title(self, line: Line, at: int) -> bool:
        text, parts = line.text, self._parts
        length = recognise.title_mark_length(text)
        if length and not parts.title:
            self._set_title(Line(text[length:].strip() or text, line.block))
            return True
        if self._last_title is not None:
            return self._take_more_title(line, at)
        if at < self._title_at:
            parts.head_credits.append(("报头", text))
            return True
        if recognise.is_publication(text) and self._publication_above_title(at):
            parts.head_credits.append(("报头", text))
            return True
        if at == self._title_at or is_title(line, self._next(at)):
            self._set_title(line)
            return True
        return False

    def _publication_above_title(self, at: int) -> bool:
        """The name of the paper, such as "城管信息", is not the title below it."""
        following = self._next(at)
        if following is None or at == self._title_at:
            return False
        after = self._lines[at + 2] if at + 2 < len(self._lines) else None
        return (
            bool(recognise.masthead_label(following.text))
            or recognise.unit_and_date(following.text) is not None
            or (is_title(following, after) and len(self._lines[at].text) <= 10)
        )

    def _set_title(self, line: Line) -> None:
        kind, rest = recognise.kind_mark(line.text)
        if kind and rest:
            self._parts.kind = self._parts.kind or kind
            self._parts.head_credits.append(("类别", kind))
        self._parts.title.append(rest or line.text)
        self._last_title = line

    def _take_more_title(self, line: Line, at: int) -> bool:
        title, parts = self._last_title, self._parts
        assert title is not None
        if line.in_table or is_numbered(line.text) or self._next(at) is None:
            return False
        if is_subtitle(line.text):
            parts.subtitle.append(line.text)
            return True
        if parts.subtitle or parts.addressee or parts.units or parts.dates:
            return False
        if not is_title(line, self._next(at)):
            return False
        if continues_title(title, line, self._hints) or self._is_third_line(line, at):
            parts.title.append(line.text)
            self._last_title = line
            return True
        return False

    def _is_third_line(self, line: Line, at: int) -> bool:
        """A title set in three lines opens with the unit; a heading is shorter than its last."""
        following, lines = self._next(at), self._parts.title
        return (
            len(lines) == 2
            and is_unit(lines[0])
            and len(line.text) >= _TITLE_LINE
            and following is not None
            and len(following.text) > _PARAGRAPH
        )
