r"""Rich Text Format, from Word, WPS, WordPad, LibreOffice and old Chinese programs.

One pass over the tokens, one state a group; groups that are no text are jumped
over by counting braces. Time grows with the size of the file, never faster.
"""

import re
from collections.abc import Callable
from typing import Final

from parsers.documents import rtf_charsets
from parsers.documents.docx import COMMENTED, EMBEDDED, HIDDEN, TRACKED
from parsers.documents.equation_fields import shown
from parsers.documents.outcome import around
from parsers.documents.pictures import picture_fact
from parsers.documents.refusals import RESEND_AS_DOCX, Refused, too_large, unreadable
from parsers.documents.rtf_formatting import FORMATTING
from parsers.documents.rtf_output import Output, State
from parsers.documents.rtf_words import (
    LEFT_OUT,
    PROPERTIES,
    SKIPPED,
    SPECIAL,
    TEXT_IN_STAR,
    TOKEN,
)
from parsers.documents.symbols import symbol
from parsers.facts import DocumentText, ImageFact, Unreadable
from parsers.limits import Limits

CUT_OFF: Final = "文件末尾不完整，内容可能有缺失，请检查后重新发送。"

_MAX_DEPTH: Final = 5_000
_MAX_TOKENS: Final = 6_000_000
_MAX_PICTURES: Final = 1_000
_HIGH: Final = 0x81
_LINE_ENDS: Final = b"\r\n\x00"
_AROUND: Final = "around"
_HEADERS: Final = (
    *(b"header", b"headerf", b"headerl", b"headerr"),
    *(b"footer", b"footerf", b"footerl", b"footerr"),
)
_WORD_ART: Final = re.compile(rb"\s*\{\s*\\sn\s+gtextUNICODE\s*\}\s*\{\s*\\sv\s+")
_SYMBOL_FIELD: Final = re.compile(r'\s*SYMBOL\s+(\d{1,5})\b(?:[^"]{0,99}"([^"]{1,60})")?')


def read_rtf(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """Text of an RTF file: deletions, codes, headers and comments left out."""
    try:
        return _Reader(data, limits).document()
    except Refused as why:
        return unreadable(name, data, why)


class _Reader:
    """One RTF file while it is being read."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._at = data.find(b"{\\rtf")
        if self._at < 0:
            raise Refused("不是 RTF 文件", RESEND_AS_DOCX)
        self._state = State()
        self._stack: list[State] = []
        self._out = Output(limits.text_chars)
        self._skip = 0  # characters that stand in for the last \u
        self._star = False
        self._images: dict[str, ImageFact] = {}
        self._picture: list[bytes] = []
        self._flags: set[str] = set()

    def document(self) -> DocumentText:
        complete = self._read()
        warnings = [text for text in (TRACKED, HIDDEN, EMBEDDED, COMMENTED) if text in self._flags]
        return DocumentText(
            format="rtf",
            blocks=self._out.finish(self._state),
            images=tuple(self._images.values()),
            properties=self._out.properties,
            warnings=tuple(warnings if complete else [*warnings, CUT_OFF]),
            around=around(self._out.around()),
        )

    def _read(self) -> bool:
        """Go through all tokens; False where the file ends before its last brace."""
        data = self._data
        for _ in range(_MAX_TOKENS):
            found = TOKEN.match(data, self._at)
            if found is None:  # the end, or a backslash before it
                return False
            self._at = found.end()
            word, number, byte, char, brace, text = found.groups()
            if word:
                self._word(word, number)
            elif text:
                self._text(text)
            elif byte:
                self._byte(byte)
            elif brace == b"{":
                self._open()
            elif brace:
                self._close()
                if not self._stack:
                    return True
            else:
                self._symbol(char)
        raise too_large()

    # Groups

    def _open(self) -> None:
        if len(self._stack) >= _MAX_DEPTH:
            raise too_large()
        self._skip = 0
        self._stack.append(self._state)
        self._state = self._state.fork()

    def _close(self) -> None:
        self._skip = 0
        self._out.flush()
        closed = self._state
        if self._stack:
            self._state = self._stack.pop()
        if closed.destination != self._state.destination:
            if closed.destination == "picture":
                self._end_picture()
            elif closed.destination == "field code":
                self._end_field_code()
            else:
                self._out.leave(closed)
        elif closed.destination == "styles":
            self._out.end_style(closed)

    def _leave_out(self) -> None:
        """Jump to the brace that ends this group."""
        depth = 1
        at = self._at
        while depth:
            found = SKIPPED.search(self._data, at)
            if found is None:
                at = len(self._data)
                break
            at = found.end()
            mark = found[0]
            if mark == b"{":
                depth += 1
            elif mark == b"}":
                depth -= 1
            elif found[1]:
                at += int(found[1])
        self._at = max(at - 1, self._at) if not depth else at

    # Tokens

    def _word(self, word: bytes, number: bytes | None) -> None:
        value = None if number is None else int(number)
        star, self._star = self._star, False
        if word == b"bin":
            self._binary(value or 0)
        elif word == b"u":
            self._unicode(value or 0)
        elif self._skip:
            self._skip -= 1
        elif word in FORMATTING:
            FORMATTING[word](self._out, self._state, value)
        elif word in _WORDS:
            _WORDS[word](self, value)
        elif word in SPECIAL:
            self._out.text(SPECIAL[word], self._state)
        elif word in PROPERTIES and self._state.destination == "info":
            self._enter(f"info:{PROPERTIES[word]}")
        elif word in LEFT_OUT or (star and word not in TEXT_IN_STAR):
            self._leave_out()

    def _binary(self, size: int) -> None:
        if self._state.destination == "picture" and size > 0:
            self._picture.append(self._data[self._at : self._at + size].hex().encode())
        self._at += max(size, 0)

    def _unicode(self, code: int) -> None:
        self._skip = self._state.unicode_skip
        if code < 0:
            code += 0x10000
        if self._symbol_font() and 0xF000 <= code <= 0xF0FF:
            self._out.text(symbol(self._state.font_name, code), self._state)
        elif 0 < code < 0x110000:
            self._out.text(chr(code), self._state)

    def _text(self, text: bytes) -> None:
        text = text.translate(None, _LINE_ENDS)
        if self._state.destination == "picture":
            self._picture.append(text)
            return
        if self._skip:
            skipped = min(self._skip, len(text))
            self._skip -= skipped
            text = text[skipped:]
        if not text:
            return
        self._bytes(text)
        if text[-1] >= _HIGH and rtf_charsets.takes_pairs(self._state.codec or self._out.codec):
            self._raw_trail_byte()

    def _raw_trail_byte(self) -> None:
        r"""The second byte of a pair may look like \, { or } in files that do not escape."""
        if self._out.half_pair and self._data[self._at : self._at + 1] in {b"\\", b"{", b"}"}:
            following = self._data[self._at + 1 : self._at + 2]
            if following != b"'":  # \'xx is the honest way to write the second byte
                self._bytes(self._data[self._at : self._at + 1])
                self._at += 1

    def _byte(self, digits: bytes) -> None:
        if self._skip:
            self._skip -= 1
        elif self._state.destination != "picture":
            self._bytes(bytes([int(digits, 16)]))

    def _bytes(self, raw: bytes) -> None:
        if self._symbol_font() and self._state.destination == "":
            for code in raw:
                shown = chr(code) if code == 0x20 else symbol(self._state.font_name, code)
                self._out.text(shown, self._state)
            return
        self._out.bytes(raw, self._state)

    def _symbol_font(self) -> bool:
        return self._state.symbols

    def _symbol(self, char: bytes) -> None:
        if char == b"*":
            self._star = True
        elif self._skip:
            self._skip -= 1
        elif char in {b"\\", b"{", b"}"}:
            self._bytes(char)
        elif char == b"~":
            self._out.text("\u00a0", self._state)
        elif char == b"_":
            self._out.text("-", self._state)
        elif char in {b"\n", b"\r"}:
            self._out.end_paragraph(self._state)
        elif char == b"\t":
            self._out.text("\t", self._state)

    # Control words with an effect of their own

    def _enter(self, destination: str) -> None:
        if self._state.destination == _AROUND:  # pictures and boxes of a letterhead
            self._leave_out()
        else:
            self._out.enter(destination, self._state)

    def hidden(self, number: int | None) -> None:
        if number != 0 and not self._state.destination:
            self._flags.add(HIDDEN)

    def deleted(self, number: int | None) -> None:
        self._out.flush()
        self._state.deleted = number != 0
        self._flags.add(TRACKED)

    def revised(self, _: int | None) -> None:
        self._flags.add(TRACKED)

    def comment(self, _: int | None) -> None:
        self._flags.add(COMMENTED)
        self._leave_out()

    def embedded_object(self, _: int | None) -> None:
        r"""\object: what it shows is read, the file inside is not."""
        if self._state.destination != _AROUND:
            self._flags.add(EMBEDDED)

    def alternatives(self, _: int | None) -> None:
        r"""\upr: an ANSI form, then the same in Unicode under \*\ud; the second is read."""
        found = re.compile(rb"\s*\{").match(self._data, self._at)
        if found:
            self._at = found.end()
            self._leave_out()
            self._at += 1

    def unicode_alternative(self, _: int | None) -> None:
        self._star = False

    def shape_property(self, _: int | None) -> None:
        r"""\sp: of a shape only the words of WordArt are read; Word does not count them."""
        found = _WORD_ART.match(self._data, self._at)
        if found is None or self._state.destination == _AROUND:
            self._leave_out()
            return
        self._at = found.end()
        self._open()
        self._enter("word art")

    def picture(self, _: int | None) -> None:
        self._enter("picture")
        self._picture = []

    def _end_picture(self) -> None:
        digits = b"".join(b"".join(self._picture).split())
        self._picture = []
        if len(self._images) >= _MAX_PICTURES:
            return
        try:
            fact = picture_fact(bytes.fromhex(digits.decode("ascii")))
        except ValueError:
            return
        if fact is not None:
            self._images.setdefault(fact.sha256, fact)

    def _end_field_code(self) -> None:
        """SYMBOL and EQ fields have their characters in the code, not in the result."""
        code = self._out.take_aside()
        found = _SYMBOL_FIELD.match(code)
        if found:
            self._out.text(symbol(found[2] or "", int(found[1])), self._state)
        elif equation := shown(code):
            self._out.text(equation, self._state)


def _entering(destination: str) -> Callable[[_Reader, int | None], None]:
    def enter(reader: _Reader, _: int | None) -> None:
        reader._enter(destination)  # noqa: SLF001 - a method made from a table

    return enter


_WORDS: Final[dict[bytes, Callable[[_Reader, int | None], None]]] = {
    b"v": _Reader.hidden,
    b"deleted": _Reader.deleted,
    b"revised": _Reader.revised,
    b"annotation": _Reader.comment,
    b"object": _Reader.embedded_object,
    b"upr": _Reader.alternatives,
    b"ud": _Reader.unicode_alternative,
    b"pict": _Reader.picture,
    b"fonttbl": _entering("fonts"),
    b"stylesheet": _entering("styles"),
    b"info": _entering("info"),
    b"fldinst": _entering("field code"),
    b"footnote": _entering("note"),
    b"shptxt": _entering("text box"),
    b"dptxbxtext": _entering("text box"),
    b"sp": _Reader.shape_property,
    **dict.fromkeys(_HEADERS, _entering(_AROUND)),
}
