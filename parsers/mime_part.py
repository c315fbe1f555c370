"""Where one MIME part lies in the raw mail, and what its headers say of it."""

import re
from dataclasses import dataclass

from parsers.charset import REPLACEMENT, decode_header
from parsers.filenames import display_name
from parsers.headers import HeaderBlock
from parsers.parameters import Parameters, parse_parameters

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{2,5}\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: raw[block.body_start:end] is its body.

    Attributes:
        depth: 1 for the mail itself.
        group: Number of the multipart/alternative around it, 0 outside of any.
    """

    raw: bytes
    block: HeaderBlock
    end: int
    depth: int
    group: int
    content: Parameters
    disposition: Parameters

    @classmethod
    def of(cls, raw: bytes, block: HeaderBlock, end: int, depth: int, group: int) -> "Part":
        """The part whose headers are `block`, those of its content taken apart once."""
        content = parse_parameters(block.first("content-type"))
        disposition = parse_parameters(block.first("content-disposition"))
        return cls(raw, block, end, depth, group, content, disposition)

    @property
    def encoding(self) -> str:
        """Content-Transfer-Encoding, lower case, without the comments some add."""
        value = self.block.first("content-transfer-encoding").partition(";")[0]
        return value.partition("(")[0].strip(" \t\r\n\"'").lower()

    @property
    def name(self) -> str:
        """The disposition's name, else the type's; the undamaged one of the two."""
        named = [part.filename(key) for part, key in self._sources()]
        shown = [name for name in map(display_name, named) if name]
        if not shown:
            # Outlook at times gives the name as a description only.
            described = display_name(decode_header(self.block.first("content-description")))
            shown = [described] if _SUFFIX.search(described) else []
        return next((name for name in shown if REPLACEMENT not in name), (shown or [""])[0])

    def _sources(self) -> tuple[tuple[Parameters, str], ...]:
        one, two = self.disposition, self.content
        return ((one, "filename"), (one, "name"), (two, "name"), (two, "filename"))
