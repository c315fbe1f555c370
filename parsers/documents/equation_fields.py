r"""What a reader sees of EQ fields: their characters stand in the code, there is no result.

Word sets 拼音指南, 带圈字符 and 合并字符 so: `EQ \* jc2 \o\ad(\s\up 10(pīn),拼)`,
`eq \o\ac(○,1)`, `eq \o(\s\up 8(合并),\s\do 3(字符))`; old documents also their
fractions and roots. Word's own page on field codes names the switches (Field codes: Eq).
"""

import re
from dataclasses import dataclass
from typing import Final

_EQUATION: Final = re.compile(r"\s*eq(?![a-z0-9])", re.IGNORECASE)
# `\* jc2`, `\* "Font:宋体"`, `\* hps10`: how it is set, no part of it
_FORMATTING: Final = re.compile(r'\\\*\s*(?:["“][^"”]{0,100}["”]|[^\s\\]{1,100})')
_SWITCH: Final = re.compile(r"\\([a-z]{1,4})\s?(-?\d{0,5})[ \t]?", re.IGNORECASE)
_BRACKET: Final = re.compile(r"\\([lrb])c\\(.)\s?", re.IGNORECASE)
_SYMBOL: Final = re.compile(r"\\[fv]c\\(.)\s?", re.IGNORECASE)
_LONGEST: Final = 2_000
_DEEPEST: Final = 20
_SHAPES: Final = frozenset("○〇◯●□■☐◻△▲◇◆◎☆★")
_CIRCLES: Final = frozenset("○〇◯")
_SQUARES: Final = frozenset("□☐◻")
_TICKED: Final = {"√": "☑", "✓": "☑", "✔": "☑", "×": "☒", "✗": "☒", "✘": "☒"}
_RAISED: Final = "s"


@dataclass(slots=True)
class _Piece:
    """One argument: what it shows, and whether all of it is raised or lowered."""

    text: str = ""
    raised: bool = False
    plain: bool = False

    def add(self, text: str, *, raised: bool) -> None:
        if not text.strip():
            self.text += text
            return
        self.plain |= not raised
        self.raised = not self.plain
        self.text += text


def shown(code: str) -> str:
    """The characters that the field's code draws, "" for any other field.

    A ring round a figure or letter gives the ringed character itself (①, Ⓐ), so that
    neighbours stay apart and each counts once; round a Chinese character it is left out.
    """
    found = _EQUATION.match(code)
    if found is None or len(code) > _LONGEST:
        return ""
    return _Equation(_FORMATTING.sub("", code[found.end() :])).read().strip()


class _Equation:
    """The code of one field while it is being read."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._at = 0

    def read(self) -> str:
        """All of it; what is no function is shown as it stands."""
        pieces = []
        while self._at < len(self._code):
            pieces.append(self._piece(0).text)
            self._at += 1  # over a stray comma or bracket
        return "".join(pieces)

    def _piece(self, depth: int) -> _Piece:
        """Up to the comma, semicolon or bracket that ends this argument."""
        piece = _Piece()
        while self._at < len(self._code):
            char = self._code[self._at]
            if char in ",;)":
                break
            if char == "\\" and _SWITCH.match(self._code, self._at):
                text, raised = self._function(depth)
                piece.add(text, raised=raised)
            elif char == "(" and depth < _DEEPEST:
                piece.add(f"({','.join(a.text for a in self._arguments(depth))})", raised=False)
            else:
                self._at += char == "\\"  # \, \( and \\ stand for themselves
                piece.add(self._code[self._at : self._at + 1], raised=False)
                self._at += 1
        return piece

    def _function(self, depth: int) -> tuple[str, bool]:
        r"""`\o\ac(…)`: a function, its options, its arguments."""
        name, options = "", list[str]()
        brackets = dict[str, str]()
        sign = ""
        while self._at < len(self._code):
            if found := _BRACKET.match(self._code, self._at):
                brackets[found[1].lower()] = found[2]
            elif found := _SYMBOL.match(self._code, self._at):
                sign = found[1]
            elif found := _SWITCH.match(self._code, self._at):
                options.append(found[1].lower())
                name = name or found[1].lower()
            else:
                break
            self._at = found.end()
        if self._code[self._at : self._at + 1] != "(" or depth >= _DEEPEST:
            return "", False
        arguments = self._arguments(depth)
        if name == "b":
            return _bracketed(arguments, brackets), False
        if name == "i":
            sign = sign or ("Σ" if "su" in options else "Π" if "pr" in options else "∫")
        return _drawn(name, arguments, sign), name == _RAISED

    def _arguments(self, depth: int) -> list[_Piece]:
        """What stands between the brackets, which need not be closed."""
        self._at += 1
        found = [self._piece(depth + 1)]
        while self._code[self._at : self._at + 1] in {",", ";"}:
            self._at += 1
            found.append(self._piece(depth + 1))
        self._at += 1
        return found


def _drawn(name: str, arguments: list[_Piece], sign: str) -> str:
    texts = [argument.text.strip() for argument in arguments]
    if name == "f":
        return "/".join(texts)
    if name == "r":
        return "".join([*texts[:-1], "√", texts[-1]])
    if name == "o":
        return _overstruck([a for a in arguments if a.text.strip()])
    if name == "i":
        return sign + "".join(texts)
    if name in ("a", "l"):  # one below the other; a list
        return (" " if name == "a" else ",").join(filter(None, texts))
    return "" if name == "d" else "".join(texts)


def _bracketed(arguments: list[_Piece], brackets: dict[str, str]) -> str:
    inner = ",".join(argument.text.strip() for argument in arguments)
    pairs = {"{": "}", "[": "]", "(": ")", "<": ">"}
    both = brackets.get("b", "")
    left = brackets.get("l", both) if brackets else "("
    right = brackets.get("r", pairs.get(both, both)) if brackets else ")"
    return f"{left}{inner}{right}"


def _overstruck(arguments: list[_Piece]) -> str:
    """Printed over one another: a ring, readings above and parts of one sign are told apart."""
    texts = [argument.text.strip() for argument in arguments]
    if all(argument.raised for argument in arguments):
        return "".join(texts)  # 合并字符: the upper half, then the lower
    base = [text for text, a in zip(texts, arguments, strict=True) if not a.raised]
    inner = [text for text in base if text not in _SHAPES]
    if not inner:
        return base[-1]
    ring = next((text for text in base if text in _SHAPES), "")
    return _ringed(ring, "".join(inner))


def _ringed(ring: str, text: str) -> str:
    if ring in _SQUARES and text in _TICKED:
        return _TICKED[text]
    if ring not in _CIRCLES:
        return text
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 50:
        return chr(
            int(text) + (0x245F if int(text) <= 20 else 0x323C if int(text) <= 35 else 0x328D)
        )
    if len(text) == 1 and text.isascii() and text.isalpha():
        return chr((0x24B6 if text.isupper() else 0x24D0) + (ord(text.lower()) - ord("a")))
    return text
