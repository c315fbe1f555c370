"""Parameters of Content-Type and Content-Disposition, in the forms senders really write.

The standard library's parser is exact and, for a header full of semicolons,
quadratic; Chinese senders write raw GBK, encoded words inside quotes, names
without quotes and half of RFC 2231. One pass, linear, never raises.
"""

import re
from dataclasses import dataclass

from parsers.charset import REPLACEMENT, decode_extended, decode_plain_name, wire_bytes

_LONGEST = 16_000
"""Characters of one header that are looked at."""

_MOST = 200
"""Parameters kept of one header; honest mail has at most a dozen."""

_START = re.compile(r"[\s;]*([^\s=;\"]{1,80})[ \t\r\n]*=[ \t\r\n]*")
# A raw GBK character may end in the byte of a backslash, which then escapes
# nothing. Windows paths use single backslashes, so only \" and \\ are escapes.
_QUOTED = re.compile(r'"((?:[\udc80-\udcff][\x40-\x7e]|\\["\\]|[^"])*+)(?:"|\Z)')
_UNESCAPE = re.compile(r'\\(["\\])')
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A structured header taken apart.

    Attributes:
        value: What stands before the first semicolon, lower case.
        raw: Lower-case parameter name → value as on the wire, first one wins.
        repeated: True where one name stands twice with different values.
    """

    value: str
    raw: dict[str, str]
    repeated: bool = False

    def plain(self, name: str) -> str:
        """A token such as a charset or a boundary; "" where absent."""
        if name in self.raw:
            return self.raw[name].strip()
        return wire_bytes(self.filename(name)).decode("ascii", "replace")

    def filename(self, name: str) -> str:
        """A decoded name (RFC 2231, RFC 2047 or raw bytes), "" where absent."""
        extended = _extended(self.raw, name)
        simple = decode_plain_name(self.raw[name]) if name in self.raw else ""
        if extended and (REPLACEMENT not in extended or not simple):
            return extended
        return simple


def _extended(raw: dict[str, str], name: str) -> str:
    """Join `name*0*`, `name*1`, … as bytes before decoding (RFC 2231, 3 and 4)."""
    sections: list[tuple[int, bool, str]] = []
    for key, value in raw.items():
        match = _SECTION.fullmatch(key)
        if match and match[1] == name and key != name:
            sections.append((int(match[2] or 0), bool(match[3]), value))
    if not sections:
        return ""
    sections.sort(key=lambda section: section[0])
    if not any(percent for _, percent, _ in sections):
        return decode_plain_name("".join(value for _, _, value in sections))
    data = b"".join(
        wire_bytes(value.strip()) if percent else wire_bytes(value).replace(b"%", b"%25")
        for _, percent, value in sections
    )
    text = decode_extended(data)
    # Some senders put encoded words into the extended form.
    return decode_plain_name(text) if "=?" in text and text.isascii() else text


def parse_parameters(header: str) -> Parameters:
    """Take `type/subtype; name=value; …` apart; any text is accepted."""
    value, _, rest = header[:_LONGEST].partition(";")
    raw: dict[str, str] = {}
    repeated = False
    position = 0
    open_name = ""  # unquoted value that a following segment without "=" belongs to
    while position < len(rest) and len(raw) < _MOST:
        match = _START.match(rest, position)
        if match is None:
            end = _until(rest, ";", position)
            if open_name and (more := rest[position:end].strip()):
                raw[open_name] += "; " + more
            position = end + 1
            continue
        name = match[1].lower()
        text, position, quoted = _value(rest, match.end())
        repeated = repeated or raw.setdefault(name, text) != text
        open_name = "" if quoted else name
    return Parameters(value.strip().lower(), raw, repeated)


def _until(text: str, stop: str, start: int) -> int:
    found = text.find(stop, start)
    return len(text) if found < 0 else found


def _value(text: str, start: int) -> tuple[str, int, bool]:
    """One value: its text, where the next parameter starts, whether it was quoted."""
    quoted = _QUOTED.match(text, start)
    if quoted is None:
        end = _until(text, ";", start)
        return text[start:end].strip(), end + 1, False
    end = _until(text, ";", quoted.end())
    inner = _UNESCAPE.sub(r"\1", quoted[1])
    # name="a"b.doc": quotes inside that were not escaped.
    stray = text[quoted.end() : end].strip().rstrip('"')
    return (f'{inner}"{stray}' if stray else inner), end + 1, True
