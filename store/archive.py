"""The raw archive: every mail's bytes in a file named by their sha256, never changed.

Order of a write: temporary file, fsync, rename, fsync of the folder. A file that
bears a digest's name therefore holds those bytes, whatever instant the power failed.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from store.disk import copy_file, make_folder, sync

_CHUNK = 1 << 20


def digest_of(path: Path) -> str:
    """sha256 of a file's bytes, read in chunks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class ArchiveBatch:
    """Several mails made durable together: files are named only by `sync`.

    Leaving the block without `sync` leaves nothing behind.
    """

    def __init__(self, archive: "Archive") -> None:
        self._archive = archive
        self._pending: dict[str, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _exc: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        for path in self._pending.values():
            path.unlink(missing_ok=True)
        self._pending.clear()

    def keep(self, data: bytes) -> str:
        """Take `data` into the batch; returns its sha256."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self._pending and not self._archive.holds(digest, len(data)):
            path = self._archive.incoming_path()
            path.write_bytes(data)
            self._pending[digest] = path
        return digest

    def keep_file(self, path: Path) -> str:
        """Take a file of `incoming_path` into the batch, moving it; returns its sha256."""
        digest = digest_of(path)
        if digest in self._pending or self._archive.holds(digest, path.stat().st_size):
            path.unlink()
        else:
            self._pending[digest] = path
        return digest

    def leave_out(self, digest: str) -> None:
        """Take a file out of the batch again."""
        if (path := self._pending.pop(digest, None)) is not None:
            path.unlink(missing_ok=True)

    def copy_in(self, source: Path, digest: str) -> bool:
        """Take in a copy of another archive's file; False when it is not what its name says."""
        if digest in self._pending:
            return True
        path = self._archive.incoming_path()
        try:
            found = copy_file(source, path)
        except FileNotFoundError:
            return False
        if found != digest:
            path.unlink(missing_ok=True)
            return False
        self._pending[digest] = path
        return True

    def sync(self) -> None:
        """Make all of the batch durable; only now do the files bear their names."""
        for path in self._pending.values():
            sync(path)
        folders = set()
        for digest, path in self._pending.items():
            target = self._archive.path(digest)
            make_folder(target.parent)
            folders.add(target.parent)
            path.replace(target)
        for folder in folders:
            sync(folder)
        self._pending.clear()


class Archive:
    """Raw mails by digest below `root`; only ever added to."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        make_folder(self._incoming)

    @property
    def root(self) -> Path:
        """Folder of the archive."""
        return self._root

    def path(self, digest: str) -> Path:
        """Where the mail with this digest lies or would lie."""
        return self._root / digest[:2] / f"{digest}.eml"

    def has(self, digest: str) -> bool:
        """Whether this mail is archived."""
        return self.path(digest).exists()

    def holds(self, digest: str, size: int) -> bool:
        """Whether this mail is archived in its full length; a torn file is not."""
        path = self.path(digest)
        return path.exists() and path.stat().st_size == size

    def read(self, digest: str) -> bytes:
        """The raw mail; FileNotFoundError when it was never archived."""
        return self.path(digest).read_bytes()

    def batch(self) -> ArchiveBatch:
        """Start a batch; its `sync` pays for durability once."""
        return ArchiveBatch(self)

    def keep(self, data: bytes) -> str:
        """Archive one mail durably and return its sha256."""
        with self.batch() as batch:
            digest = batch.keep(data)
            batch.sync()
        return digest

    def incoming_path(self) -> Path:
        """A fresh temporary path on the archive's own disk, for streaming into."""
        return self._incoming / uuid4().hex

    def sweep(self) -> int:
        """Remove what interrupted fetches left behind; returns how many files."""
        leftovers = [path for path in self._incoming.iterdir() if path.is_file()]
        for path in leftovers:
            path.unlink(missing_ok=True)
        return len(leftovers)

    def digests(self) -> Iterator[str]:
        """Digests of all archived mails, in order."""
        for folder in sorted(self._root.iterdir()):
            if len(folder.name) == 2:  # the two-digit fan-out of `path`
                yield from sorted(file.stem for file in folder.glob("*.eml"))
