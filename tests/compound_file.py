"""Writes the OLE containers ([MS-CFB]) that tests need; olefile only reads them."""

import struct
from dataclasses import dataclass, field

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF

Tree = dict[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    child: int = _NONE
    right: int = _NONE
    start: int = _END
    size: int = 0
    children: list[int] = field(default_factory=list)


def compound_file(tree: Tree) -> bytes:
    """A container with the given streams (bytes) and storages (dicts)."""
    entries = [_Entry("Root Entry", 5)]
    _collect(tree, 0, entries)
    mini, mini_fat = _mini_stream(entries)
    entries[0].data = mini
    sectors: list[bytes] = []
    fat: list[int] = []
    for entry in entries:
        if entry.kind == 5 or (entry.kind == 2 and len(entry.data) >= _CUTOFF):
            entry.start, entry.size = _store(entry.data, sectors, fat), len(entry.data)
    mini_start = _store(struct.pack(f"<{len(mini_fat)}I", *mini_fat), sectors, fat, b"\xff")
    directory = b"".join(_packed(entry) for entry in entries)
    directory_start = _store(directory, sectors, fat)
    fat_sectors = 1
    while (len(fat) + fat_sectors) * 4 > fat_sectors * _SECTOR:
        fat_sectors += 1
    first_fat = len(sectors)
    fat += [_FAT] * fat_sectors
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * _SECTOR, b"\xff")
    mini_sectors = -(-len(mini_fat) * 4 // _SECTOR)
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, directory_start, 0, _CUTOFF),
        *(mini_start, mini_sectors, _END, 0),
    )
    difat = [first_fat + number for number in range(fat_sectors)]
    header += struct.pack("<109I", *(difat + [_FREE] * (109 - fat_sectors)))
    return header + b"".join(sectors) + table


def _collect(tree: Tree, parent: int, entries: list[_Entry]) -> None:
    previous = -1
    for name, value in tree.items():
        number = len(entries)
        entries.append(_Entry(name, 2 if isinstance(value, bytes) else 1))
        if previous < 0:
            entries[parent].child = number
        else:
            entries[previous].right = number
        previous = number
        if isinstance(value, bytes):
            entries[number].data = value
        else:
            _collect(value, number, entries)


def _mini_stream(entries: list[_Entry]) -> tuple[bytes, list[int]]:
    stream, fat = b"", []
    for entry in entries:
        if entry.kind == 2 and 0 < len(entry.data) < _CUTOFF:
            entry.start, entry.size = len(fat), len(entry.data)
            count = -(-len(entry.data) // _MINI)
            fat += [*range(len(fat) + 1, len(fat) + count), _END]
            stream += entry.data.ljust(count * _MINI, b"\x00")
    return stream, fat


def _store(data: bytes, sectors: list[bytes], fat: list[int], fill: bytes = b"\x00") -> int:
    if not data:
        return _END
    start = len(sectors)
    for at in range(0, len(data), _SECTOR):
        sectors.append(data[at : at + _SECTOR].ljust(_SECTOR, fill))
        fat.append(len(sectors))
    fat[-1] = _END
    return start


def _packed(entry: _Entry) -> bytes:
    name = (entry.name + "\x00").encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xIQQIQ",
        name,
        *(len(name), entry.kind, 1, _NONE, entry.right, entry.child, 0, 0, 0),
        *(entry.start, entry.size),
    )
