"""Control words of RTF that say how text is set: its font, paragraph and place in a table."""

from collections.abc import Callable
from typing import Final

from parsers.documents import rtf_charsets
from parsers.documents.rtf_output import Output, State

Word = Callable[[Output, State, int | None], None]


def _paragraph(out: Output, state: State, _: int | None) -> None:
    out.end_paragraph(state)


def _cell(out: Output, state: State, _: int | None) -> None:
    out.end_paragraph(state, cell=True)


def _font(out: Output, state: State, number: int | None) -> None:
    out.choose_font(number or 0, state)


def _font_charset(out: Output, state: State, number: int | None) -> None:
    out.font_charset(number or 0, state)


def _font_page(out: Output, state: State, number: int | None) -> None:
    out.font_page(number or 0, state)


def _default_font(out: Output, _: State, number: int | None) -> None:
    out.default_font = number or 0


def _code_page(out: Output, _: State, number: int | None) -> None:
    out.codec = rtf_charsets.by_page(number or 0) or out.codec


def _language(out: Output, _: State, number: int | None) -> None:
    if out.codec == rtf_charsets.WESTERN:
        out.codec = rtf_charsets.by_language(number or 0) or out.codec


def _macintosh(out: Output, _: State, __: int | None) -> None:
    out.codec = "mac_roman"


def _plain(out: Output, state: State, _: int | None) -> None:
    state.bold = state.deleted = False
    out.choose_font(out.default_font, state)


def _paragraph_defaults(_: Output, state: State, __: int | None) -> None:
    state.reset_paragraph()


def _unicode_skip(_: Output, state: State, number: int | None) -> None:
    state.unicode_skip = min(max(1 if number is None else number, 0), 100)


def _bold(out: Output, state: State, number: int | None) -> None:
    out.flush()
    state.bold = number != 0


def _centred(_: Output, state: State, __: int | None) -> None:
    state.centred = True


def _not_centred(_: Output, state: State, __: int | None) -> None:
    state.centred = False


def _style(_: Output, state: State, number: int | None) -> None:
    state.style = number or 0


def _outline(_: Output, state: State, number: int | None) -> None:
    state.outline = number if number is not None and 0 <= number <= 9 else None


def _in_table(_: Output, state: State, __: int | None) -> None:
    state.in_table = True


def _drop_cap(_: Output, state: State, number: int | None) -> None:
    state.drop_cap = number in (1, 2)


FORMATTING: Final[dict[bytes, Word]] = {
    b"par": _paragraph,
    b"sect": _paragraph,
    b"cell": _cell,
    b"nestcell": _cell,
    b"f": _font,
    b"fcharset": _font_charset,
    b"cpg": _font_page,
    b"deff": _default_font,
    b"ansicpg": _code_page,
    b"deflang": _language,
    b"deflangfe": _language,
    b"mac": _macintosh,
    b"plain": _plain,
    b"pard": _paragraph_defaults,
    b"uc": _unicode_skip,
    b"b": _bold,
    b"ab": _bold,  # LibreOffice: bold of East Asian text
    b"qc": _centred,
    b"ql": _not_centred,
    b"qr": _not_centred,
    b"qj": _not_centred,
    b"qd": _not_centred,
    b"s": _style,
    b"outlinelevel": _outline,
    b"intbl": _in_table,
    b"dropcapt": _drop_cap,
}
