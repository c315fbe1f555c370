"""What comes out of an RTF file: fonts and styles on the way, blocks in the end."""

from dataclasses import dataclass, field, replace
from typing import Final

from parsers.documents import rtf_charsets
from parsers.documents.doc_pieces import whole_characters
from parsers.documents.looks import PLAIN, Look, kind_and_level, named_look
from parsers.documents.refusals import too_large
from parsers.documents.symbols import without_private_symbols
from parsers.facts import Block, BlockKind

MAX_BLOCKS: Final = 100_000
_HIGH_BYTES: Final = bytes(range(0x81, 0x100))
_CONTROLS: Final = dict.fromkeys(code for code in range(32) if chr(code) not in "\t\n")
_MAX_ASIDE: Final = 1_000
_MAX_TABLE: Final = 20_000
_MOST_AROUND: Final = 5_000
_PLACES: Final[dict[str, BlockKind]] = {
    "note": "note",
    "text box": "text_box",
    "word art": "text_box",
}
_TEXTS: Final = frozenset({"", *_PLACES})


class State:
    """Formatting of a group; an inner group starts with its parent's."""

    __slots__ = (
        "bold", "centred", "codec", "deleted", "destination", "drop_cap", "font", "font_name",
        "in_table", "outline", "style", "symbols", "unicode_skip",
    )  # fmt: skip

    def __init__(self) -> None:
        self.destination = ""
        self.unicode_skip = 1
        self.font = 0
        self.font_name = ""
        self.codec: str | None = None  # the font's; None: the document's
        self.symbols = False
        self.deleted = False
        self.bold = False
        self.reset_paragraph()

    def reset_paragraph(self) -> None:
        r"""What \pard does."""
        self.centred = False
        self.style = 0
        self.outline: int | None = None
        self.in_table = False
        self.drop_cap = False

    def fork(self) -> "State":
        """A copy for an inner group."""
        other = State.__new__(State)
        for name in State.__slots__:
            setattr(other, name, getattr(self, name))
        return other


@dataclass(slots=True)
class _Font:
    codec: str | None = None
    symbols: bool = False
    name: str = ""


@dataclass(slots=True)
class _Line:
    """A paragraph being put together, and the text boxes anchored in it."""

    parts: list[tuple[str, bool]] = field(default_factory=list)  # text, bold
    boxes: list[Block] = field(default_factory=list)


class Output:
    """Takes text with its state, gives blocks."""

    def __init__(self, max_chars: int) -> None:
        self.codec = rtf_charsets.WESTERN
        self.default_font = 0
        self.pending = bytearray()  # bytes of one font, not yet decoded
        self.half_pair = False  # the last byte waits for its second half
        self.properties: dict[str, str] = {}
        self._pending_state = State()
        self._left = max_chars
        self._fonts: dict[int, _Font] = {}
        self._styles: dict[int, Look] = {}
        self._lines: list[_Line] = [_Line()]
        self._places: list[BlockKind] = ["paragraph"]
        self._blocks: list[Block] = []
        self._notes: list[Block] = []
        self._aside: list[str] = []  # text of tables and codes
        self._aside_size = 0
        self._count = 0
        self._around: list[str] = []  # headers and footers

    # Text

    def bytes(self, raw: bytes, state: State) -> None:
        """Bytes in the code page of the state's font."""
        if self.pending and self._pending_state.codec != state.codec:
            self.flush()
        if not self.pending:
            self._pending_state = state
        self.pending += raw
        high = len(raw) - len(raw.rstrip(_HIGH_BYTES))
        self.half_pair = (high + (self.half_pair and high == len(raw))) % 2 == 1

    def flush(self) -> None:
        """Decode what waits."""
        if self.pending:
            raw = bytes(self.pending)
            self.pending.clear()
            self.half_pair = False
            codec = self._pending_state.codec or self.codec
            self._put(rtf_charsets.decode(raw, codec, self.codec), self._pending_state)

    def text(self, text: str, state: State) -> None:
        """Characters that need no decoding."""
        if self.pending:
            self.flush()
        self._put(text, state)

    def _put(self, text: str, state: State) -> None:
        if state.destination in _TEXTS:
            if not state.deleted:
                self._left -= len(text)
                if self._left < 0:
                    raise too_large()
                self._lines[-1].parts.append((text, state.bold))
        elif state.destination == "around":
            if len(self._around) < _MOST_AROUND:
                self._around.append(text)
        elif self._aside_size < _MAX_ASIDE:
            self._aside.append(text)
            self._aside_size += len(text)
            if state.destination == "fonts" and ";" in text:
                self._name_font(state)

    def take_aside(self) -> str:
        """Text that was no content, since the last call."""
        text = "".join(self._aside)
        self._aside.clear()
        self._aside_size = 0
        return text

    def around(self) -> list[str]:
        """Lines of headers and footers."""
        return whole_characters("".join(self._around)).split("\n")

    # Destinations

    def enter(self, destination: str, state: State) -> None:
        """The state's group turns out to be something of its own."""
        self.flush()
        state.destination = destination
        self.take_aside()
        if destination in _PLACES:
            self._lines.append(_Line())
            self._places.append(_PLACES[destination])
            state.bold = state.deleted = False
            state.reset_paragraph()

    def leave(self, closed: State) -> None:
        """The group of a destination has ended."""
        if closed.destination in _PLACES and len(self._lines) > 1:
            if self._lines[-1].parts:
                self.end_paragraph(closed)
            boxes = self._lines.pop().boxes
            place = self._places.pop()
            if place == "note":
                self._notes.extend(boxes)
            else:
                self._lines[-1].boxes.extend(boxes)
        elif closed.destination == "around":
            self._around.append("\n")
        elif closed.destination.startswith("info:"):
            text = whole_characters(self.take_aside()).strip()
            if text:
                self.properties[closed.destination.removeprefix("info:")] = text[:200]
        else:
            self.take_aside()

    # Fonts and styles

    def choose_font(self, number: int, state: State) -> None:
        r"""\f in text selects a font, in the font table it begins one."""
        self.flush()
        state.font = number
        if state.destination == "fonts":
            self.take_aside()
            if len(self._fonts) < _MAX_TABLE:
                self._fonts[number] = _Font()
            state.codec = None
            return
        font = self._fonts.get(number) or _Font()
        state.codec, state.symbols, state.font_name = font.codec, font.symbols, font.name

    def font_charset(self, charset: int, state: State) -> None:
        r"""\fcharset of the font being defined."""
        font = self._fonts.get(state.font)
        if font is not None and state.destination == "fonts":
            font.codec = rtf_charsets.by_charset(charset)
            font.symbols = charset == rtf_charsets.SYMBOLS
            state.codec = None if font.symbols else font.codec

    def font_page(self, page: int, state: State) -> None:
        r"""\cpg of the font being defined."""
        font = self._fonts.get(state.font)
        if font is not None and state.destination == "fonts":
            font.codec = rtf_charsets.by_page(page) or font.codec

    def _name_font(self, state: State) -> None:
        name = self.take_aside().partition(";")[0].strip()
        if state.font in self._fonts:
            self._fonts[state.font].name = name

    def end_style(self, closed: State) -> None:
        """A group inside the style sheet has ended: one style."""
        name = whole_characters(self.take_aside()).partition(";")[0].strip()
        if name and len(self._styles) < _MAX_TABLE:
            own = Look(None, closed.outline, closed.centred or None)
            self._styles.setdefault(closed.style, own.over(named_look(name)))

    # Paragraphs

    def end_paragraph(self, state: State, *, cell: bool = False) -> None:
        r"""\par, \cell and the like."""
        self.flush()
        if state.destination == "around":
            self._around.append("\n")
        if state.destination not in _TEXTS or state.deleted:
            return  # a deleted paragraph mark joins two paragraphs
        if state.drop_cap and not cell:
            return  # the first character of the next paragraph, set large
        line, self._lines[-1] = self._lines[-1], _Line()
        self._count += 1
        if self._count > MAX_BLOCKS:
            raise too_large()
        block = self._block(line, state, cell=cell)
        if state.destination == "word art":
            block = replace(block, counted=False)
        if len(self._lines) == 1:
            self._blocks += [block, *line.boxes]
        else:
            self._lines[-1].boxes += [block, *line.boxes]

    def _block(self, line: _Line, state: State, *, cell: bool) -> Block:
        text = without_private_symbols(
            whole_characters("".join([part for part, _ in line.parts])).translate(_CONTROLS)
        )
        place = self._places[-1]
        if place == "paragraph" and (cell or state.in_table):
            place = "cell"
        style = self._styles.get(state.style, PLAIN)
        kind, level = kind_and_level(Look(None, state.outline).over(style), place)
        return Block(
            text=text,
            kind=kind,
            level=level,
            centred=state.centred,
            bold=bool(text.strip()) and all(bold for part, bold in line.parts if part.strip()),
        )

    def finish(self, state: State) -> tuple[Block, ...]:
        """All blocks: the text, then its notes."""
        self.flush()
        while len(self._lines) > 1:  # the file ended inside a note or text box
            unfinished = State()
            unfinished.destination = "note" if self._places[-1] == "note" else "text box"
            self.leave(unfinished)
        state.destination, state.deleted = "", False
        if self._lines[0].parts or self._lines[0].boxes:
            self.end_paragraph(state)
        return (*self._blocks, *self._notes)
