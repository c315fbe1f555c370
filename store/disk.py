"""Writing that survives a power cut: data first, then the name, then the folder."""

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

CHUNK = 1 << 20


def sync(path: Path) -> None:
    """Fsync a file or folder; folders cannot be opened on Windows, which needs none."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_file(source: Path, target: Path, *, mode: int = 0o600) -> str:
    """Copy a file's bytes durably; returns their sha256. The target is not yet named in safety."""
    found = hashlib.sha256()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with source.open("rb") as reader, os.fdopen(handle, "wb") as writer:
        while piece := reader.read(CHUNK):
            found.update(piece)
            writer.write(piece)
        writer.flush()
        os.fsync(writer.fileno())
    return found.hexdigest()


def write_file(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a small file durably under its final name, all of it or nothing."""
    partial = path.with_name(f"{path.name}.partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as writer:
        writer.write(data)
        writer.flush()
        os.fsync(writer.fileno())
    partial.replace(path)
    sync(path.parent)


def make_folder(path: Path) -> None:
    """Create a folder and those above it durably."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    with suppress(PermissionError):  # a folder above ours may not be ours to read
        sync(path.parent)


def remove_folder(path: Path, *, doomed: Callable[[Path], Path]) -> None:
    """Remove a folder so that it is whole or gone: renamed first, then emptied."""
    condemned = doomed(path)
    path.replace(condemned)
    sync(path.parent)
    shutil.rmtree(condemned, ignore_errors=True)
