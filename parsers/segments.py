"""A draft taken apart as a clerk would select it.

The notice counts 字数 of the draft (二·一 to 二·三), and a clerk selects the body
alone: not the title, 主送, 落款, 供稿 lines, captions and lists of attachments.
Section headings and tables stay. Whatever is left out is listed in some field of
`Segments`, so that a reader can see that nothing was lost.
"""

from collections.abc import Iterable

from parsers import segment_lines as recognise
from parsers.facts import Block, Segments
from parsers.segment_forms import form_parts
from parsers.segment_head import Head
from parsers.segment_parts import Line, Parts, lines_of
from parsers.segment_tail import Tail
from parsers.segment_titles import hint_cores, hint_from_name

PAGE_NUMBER = "页码"  # the field that page numbers are listed under


def segment(
    blocks: Iterable[Block], *, file_name: str = "", subject: str = ""
) -> tuple[Segments, tuple[Block, ...]]:
    """Parts of a draft, and the blocks of its body with Word's hints kept for counting.

    `file_name` and `subject` help to find the title and stand in for a missing one.
    The body is empty only where the text is: if nothing else is left, it is
    everything but the title.
    """
    given = tuple(blocks)
    full = "\n".join(block.text for block in given)
    parts = Parts()
    end = len(given)
    while end and given[end - 1].kind == "note":
        end -= 1
    whole = lines_of(given[:end])
    lines = _without_strays(whole, parts)
    named = hint_from_name(file_name)
    subject_hint = hint_from_name(subject)
    form = form_parts(lines, parts)
    if form is not None:
        lines = form
        body = Tail(form, parts).read()
    else:
        body = _body(lines, parts, hint_cores(named, subject_hint))
    if not body:
        parts, body = _everything_but_title(lines, parts) if lines else (Parts(), whole)
    # Notes stand behind the 落款, but are part of the body (Word counts them).
    body = body + lines_of(given[end:])
    if not parts.title:
        parts.title = [named or subject_hint] if named or subject_hint else []
    parts.kind = parts.kind or recognise.kind_in(file_name) or recognise.kind_in(subject)
    return parts.finish(body, full), tuple(line.block for line in body)


def _body(lines: list[Line], parts: Parts, hints: tuple[str, ...]) -> list[Line]:
    below = Head(lines, parts, hints).read()
    return Tail(below, parts).read()


def _without_strays(lines: list[Line], parts: Parts) -> list[Line]:
    """Captions and page numbers may stand anywhere."""
    kept: list[Line] = []
    for line in lines:
        in_table, text = line.in_table, line.text
        styled = line.block.kind == "caption" and not recognise.is_table_caption(text)
        if styled or (not in_table and recognise.is_caption(text)):
            parts.captions.append(text)
        elif not in_table and recognise.is_page_furniture(text):
            parts.tail_credits.append((PAGE_NUMBER, text))
        else:
            kept.append(line)
    return kept


def _everything_but_title(lines: list[Line], parts: Parts) -> tuple[Parts, list[Line]]:
    """Nothing was recognised as body: better too much than nothing."""
    numbers = [credit for credit in parts.tail_credits if credit[0] == PAGE_NUMBER]
    found = Parts(captions=parts.captions, tail_credits=numbers)
    if len(lines) > 1:
        found.title = [lines[0].text]
        return found, lines[1:]
    return found, lines
