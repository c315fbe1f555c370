"""What the headers of a RAR archive say before anything is unpacked.

libarchive calls an encrypted RAR 5 damaged and takes one volume of several for the
whole, with the file cut at its end; the sender would be told the wrong thing.
"""

from dataclasses import dataclass
from typing import Final

_RAR_4: Final = b"Rar!\x1a\x07\x00"
_RAR_5: Final = b"Rar!\x1a\x07\x01\x00"
_MAX_BLOCKS: Final = 5_000

_MAIN, _FILE, _LOCK, _END = 1, 2, 4, 5
_HAS_EXTRA, _HAS_DATA = 1, 2
_VOLUME: Final = 1
_ENCRYPTION: Final = 1
_OLD_LOCK: Final = 0x80


@dataclass(frozen=True, slots=True)
class RarHead:
    """Attributes: volume: one part of several; locked: a password is needed."""

    volume: bool = False
    locked: bool = False


def rar_head(data: bytes) -> RarHead:
    """The archive's flags; all False where the headers cannot be followed."""
    if data.startswith(_RAR_4):
        flags = int.from_bytes(data[10:12], "little")
        return RarHead(bool(flags & _VOLUME), bool(flags & _OLD_LOCK))
    return _rar_5(data) if data.startswith(_RAR_5) else RarHead()


def _rar_5(data: bytes) -> RarHead:
    at, volume = len(_RAR_5), False
    for _ in range(_MAX_BLOCKS):
        size, start = _number(data, at + 4)
        kind, place = _number(data, start)
        flags, place = _number(data, place)
        extra, place = _number(data, place) if flags & _HAS_EXTRA else (0, place)
        packed, place = _number(data, place) if flags & _HAS_DATA else (0, place)
        end = start + size
        if kind == _LOCK or (kind == _FILE and _is_locked(data[max(end - extra, start) : end])):
            return RarHead(volume, locked=True)
        if kind == _MAIN:
            volume = bool(_number(data, place)[0] & _VOLUME)
        if kind == _END or not size or end + packed >= len(data):
            break
        at = end + packed
    return RarHead(volume)


def _is_locked(extra: bytes) -> bool:
    at = 0
    while at < len(extra):
        size, start = _number(extra, at)
        if _number(extra, start)[0] == _ENCRYPTION:
            return True
        at = start + max(size, 1)
    return False


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends; 0 beyond the end."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at] if at < len(data) else 0
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, at
