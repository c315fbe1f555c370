r"""Power cuts, simulated from what a program really asked of the disk.

strace records every write, sync and rename of a run. A cut at any instant leaves what was
synced, and of the rest what chance decides: writes lost, kept out of order, or torn between
sectors; names made, changed or not. Names become certain only when their folder is synced,
in the order in which they were changed (as journalling file systems do).
"""

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_CALLS = (
    "openat,open,creat,write,pwrite64,writev,pwritev,ftruncate,fsync,fdatasync,rename,renameat,"
    "renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,close,dup,dup2,lseek,"
    "copy_file_range,sendfile,fallocate"
)
_LINE = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_NOT_MODELLED = ("copy_file_range", "sendfile", "fallocate", "writev", "pwritev", "linkat", "link")


@dataclass(frozen=True)
class Call:
    """One system call as recorded."""

    name: str
    words: tuple[str, ...]
    texts: tuple[bytes, ...]
    result: int


def record(script: str, folder: Path, *arguments: str) -> list[Call]:
    """Run a script under strace; its calls in order. `folder` is its first argument."""
    trace = folder.parent / f"{folder.name}.trace"
    command = ["strace", "-qq", "-xx", "-s", "4000000", "-e", f"trace={_CALLS}", "-o", str(trace)]
    ended = subprocess.run(
        [*command, sys.executable, "-c", script, str(folder), *arguments],
        cwd=Path(__file__).parents[1],
        env={"PYTHONPATH": "tests:.", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    with trace.open(encoding="ascii") as lines:
        return list(_calls(lines))


def _calls(lines: Iterable[str]) -> Iterator[Call]:
    for line in lines:
        found = _LINE.match(line)
        if found is None or int(found[3]) < 0:
            continue
        texts = tuple(bytes.fromhex(t.replace("\\x", "")) for t in _TEXT.findall(found[2]))
        words = tuple(word.strip() for word in _TEXT.sub('""', found[2]).split(","))
        yield Call(found[1], words, texts, int(found[3]))


@dataclass
class _File:
    """What the disk surely holds of a file, and what it was asked to hold."""

    durable: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        self.durable = _applied(self.durable, self.pending)
        self.pending = []


def _applied(content: bytes, changes: Iterable[tuple[int, bytes | None]]) -> bytes:
    """Writes (place, bytes) and truncations (size, None), one after the other."""
    data = bytearray(content)
    for place, piece in changes:
        if len(data) < place:
            data.extend(bytes(place - len(data)))
        if piece is None:
            del data[place:]
        else:
            data[place : place + len(piece)] = piece
    return bytes(data)


@dataclass
class _Naming:
    """A name made, changed or removed. `file` None = a folder."""

    kind: str
    old: str
    new: str
    file: _File | None
    certain: bool = False

    @property
    def folders(self) -> set[str]:
        return {os.path.dirname(name) for name in (self.old, self.new) if name}  # noqa: PTH120


@dataclass
class _Open:
    file: _File | None
    path: str
    place: int = 0
    append: bool = False


class Disk:
    """The state of everything below a folder, call by call."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._names: dict[str, _File | None] = {self._root: None}
        self._namings: list[_Naming] = []
        self._open: dict[int, _Open] = {}
        self.said: list[bytes] = []

    def feed(self, call: Call) -> None:
        """One call later. What was written to standard output is kept in `said`."""
        handler = getattr(self, f"_on_{call.name}", None)
        if handler is not None:
            handler(call)
        assert call.name not in _NOT_MODELLED or not self._concerns(call), call

    def _concerns(self, call: Call) -> bool:
        return any(path.decode("utf-8", "replace").startswith(self._root) for path in call.texts)

    def _path(self, text: bytes) -> str:
        return os.path.normpath(text.decode())

    def _ours(self, path: str) -> bool:
        return path.startswith(self._root)

    def _on_openat(self, call: Call) -> None:
        path, flags = self._path(call.texts[0]), call.words[2]
        if not self._ours(path):
            return
        if path not in self._names:
            assert "O_CREAT" in flags, f"{path} is not known"
            file = _File()
            self._name("make", "", path, file)
        file = self._names[path]  # type: ignore[assignment]
        if file is not None and "O_TRUNC" in flags:
            file.pending.append((0, None))
        self._open[call.result] = _Open(file, path, append="O_APPEND" in flags)

    def _on_close(self, call: Call) -> None:
        self._open.pop(int(call.words[0]), None)

    def _on_lseek(self, call: Call) -> None:
        if opened := self._open.get(int(call.words[0])):
            opened.place = call.result

    def _on_write(self, call: Call) -> None:
        handle = int(call.words[0])
        if handle == 1:
            self.said.append(call.texts[0])
        opened = self._open.get(handle)
        if opened is None or opened.file is None:
            return
        place = len(_applied(opened.file.durable, opened.file.pending)) if opened.append else 0
        place = place if opened.append else opened.place
        opened.file.pending.append((place, call.texts[0][: call.result]))
        opened.place = place + call.result

    def _on_pwrite64(self, call: Call) -> None:
        opened = self._open.get(int(call.words[0]))
        if opened is not None and opened.file is not None:
            opened.file.pending.append((int(call.words[3]), call.texts[0][: call.result]))

    def _on_ftruncate(self, call: Call) -> None:
        opened = self._open.get(int(call.words[0]))
        if opened is not None and opened.file is not None:
            opened.file.pending.append((int(call.words[1]), None))

    def _on_fsync(self, call: Call) -> None:
        opened = self._open.get(int(call.words[0]))
        if opened is None:
            return
        if opened.file is not None:
            opened.file.sync()
            return
        for naming in self._namings:
            if opened.path in naming.folders:
                naming.certain = True

    _on_fdatasync = _on_fsync

    def _on_mkdir(self, call: Call) -> None:
        path = self._path(call.texts[0])
        if self._ours(path) and path != self._root:
            self._name("make", "", path, None)

    def _on_rename(self, call: Call) -> None:
        old, new = (self._path(text) for text in call.texts)
        if self._ours(old):
            self._name("rename", old, new, self._names[old])

    def _on_unlink(self, call: Call) -> None:
        path = self._path(call.texts[0])
        if self._ours(path):
            self._name("remove", path, "", self._names[path])

    def _on_unlinkat(self, call: Call) -> None:
        folder = self._open.get(int(call.words[0])) if call.words[0].isdecimal() else None
        name = call.texts[0].decode()
        path = os.path.normpath(f"{folder.path}/{name}") if folder else self._path(call.texts[0])
        if self._ours(path):
            self._name("remove", path, "", self._names[path])

    def _on_rmdir(self, call: Call) -> None:
        self._on_unlink(call)

    def _name(self, kind: str, old: str, new: str, file: _File | None) -> None:
        naming = _Naming(kind, old, new, file)
        self._namings.append(naming)
        _apply(self._names, naming)

    def after_cut(self, target: Path, chance: random.Random) -> None:
        """Write what is left when the power fails now to an empty folder."""
        doubtful = [naming for naming in self._namings if not naming.certain]
        happened = chance.choice((0, len(doubtful), chance.randint(0, len(doubtful))))
        kept = {id(naming) for naming in doubtful[:happened]}
        names: dict[str, _File | None] = {self._root: None}
        for naming in self._namings:
            if naming.certain or id(naming) in kept:
                _apply(names, naming)
        fate = chance.choice(("lost", "kept", "some", "torn"))
        for path in sorted(names):
            file, place = names[path], target / os.path.relpath(path, self._root)
            if file is None:
                place.mkdir(parents=True, exist_ok=True)
            else:
                changes = _survivors(file.pending, fate, chance)
                place.write_bytes(_applied(file.durable, changes))


def _apply(names: dict[str, _File | None], naming: _Naming) -> None:
    """Change the names; what lacks its folder or its old name cannot have happened."""
    if naming.new and os.path.dirname(naming.new) not in names:  # noqa: PTH120
        return
    if naming.kind == "make":
        names[naming.new] = naming.file
        return
    if naming.kind == "rename" and naming.file is not None:
        names.pop(naming.old, None)  # the old name may never have reached the disk
        names[naming.new] = naming.file
        return
    below = [path for path in names if path == naming.old or path.startswith(f"{naming.old}/")]
    for path in below:
        file = names.pop(path)
        if naming.kind == "rename":
            names[naming.new + path[len(naming.old) :]] = file


def _survivors(
    pending: list[tuple[int, bytes | None]], fate: str, chance: random.Random
) -> list[tuple[int, bytes | None]]:
    """What the disk did of what it was not made to do."""
    if fate == "lost":
        return []
    if fate == "kept":
        return pending
    kept = [change for change in pending if chance.random() < 0.5]
    chance.shuffle(kept)
    if fate == "some":
        return kept
    return [_torn(change, chance) for change in kept]


def _torn(change: tuple[int, bytes | None], chance: random.Random) -> tuple[int, bytes | None]:
    """Only some sectors of a write, from its front or its back."""
    place, piece = change
    if piece is None:
        return change
    cut = min(chance.randint(0, len(piece) // SECTOR + 1) * SECTOR, len(piece))
    if chance.random() < 0.5:
        return place, piece[:cut]
    return place + cut, piece[cut:]
