"""One instance on one store: a lock file held for the life of the process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailbot.errors import Refused

TAKEN = "另一个 mailbot 正在使用同一个数据库，本次没有启动。请先停止它（锁文件 {}）"


@contextmanager
def only_instance(folder: Path) -> Iterator[None]:
    """Hold the store's lock; Refused when another process holds it.

    The lock is the operating system's, so it goes with the process, however that ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mailbot.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _take(handle):
            raise Refused(TAKEN.format(path))
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415  Windows only

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl  # noqa: PLC0415  POSIX only

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
