"""Compressed RTF of Outlook files ([MS-OXRTFCP])."""

import struct

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW = 4_096


def from_compressed_rtf(packed: bytes, most: int) -> bytes:
    """The RTF inside; what can be read of a damaged stream, at most `most` bytes.

    "" where the header is not one of the two the format knows.
    """
    if len(packed) < 16:
        return b""
    _, size, magic, _ = struct.unpack_from("<IIII", packed)
    if magic == _PLAIN:
        return packed[16 : 16 + min(size, most)]
    if magic != _COMPRESSED:
        return b""
    return _expand(packed, min(size, most))


def _expand(packed: bytes, most: int) -> bytes:
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\x00"))
    at = len(_DICTIONARY)
    out = bytearray()
    position = 16
    while position < len(packed) and len(out) < most:
        control = packed[position]
        position += 1
        for bit in range(8):
            if position >= len(packed):
                break
            if control >> bit & 1:
                token = int.from_bytes(packed[position : position + 2].ljust(2, b"\x00"), "big")
                position += 2
                offset, length = token >> 4, (token & 15) + 2
                if offset == at:  # the end mark: a reference to the place being written
                    return bytes(out[:most])
            else:
                offset, length = -1, 1
            for step in range(length):
                byte = packed[position] if offset < 0 else window[(offset + step) % _WINDOW]
                position += offset < 0
                window[at] = byte
                at = (at + 1) % _WINDOW
                out.append(byte)
    return bytes(out[:most])
