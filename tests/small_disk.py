"""A real file system of a few megabytes, in a mount namespace of its own.

Root mounts it directly, anybody else in a user namespace; it goes with its holder. Programs
that shall see it are started with `inside` before their command.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_HOLD = "mount -t tmpfs -o size={size}m none '{folder}' && chmod 700 '{folder}' && echo up && cat"


@dataclass(frozen=True)
class SmallDisk:
    """A mounted tmpfs.

    Attributes:
        folder: Its path for programs inside.
        seen: The same folder for the test; SQLite would resolve it to the outside.
        inside: Words before a command that runs inside.
    """

    folder: Path
    seen: Path
    inside: tuple[str, ...]

    @property
    def free(self) -> int:
        """Free bytes."""
        state = os.statvfs(self.seen)
        return state.f_bavail * state.f_frsize

    def fill(self, leave: int = 0) -> Path:
        """Another program's file takes all the room but `leave` bytes."""
        path = self.seen / "other.bin"
        with path.open("ab", buffering=0) as file:
            while self.free > leave:
                file.write(bytes(min(65536, self.free - leave)))
        return path

    def remount(self, options: str) -> None:
        """As an operator would: remount,ro."""
        subprocess.run(
            [*self.inside, "mount", "-o", f"remount,{options}", str(self.folder)],
            check=True,
            timeout=30,
        )


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mounted on `folder`, which is made."""
    folder.mkdir()
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    holder = subprocess.Popen(
        ["unshare", *rights, "--mount", "sh", "-c", _HOLD.format(size=megabytes, folder=folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "up\n", "no file system can be mounted here"
        join = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        inside = ("nsenter", f"--target={holder.pid}", "--mount", *join, f"--wd={Path.cwd()}")
        seen = Path(f"/proc/{holder.pid}/root{folder}")
        yield SmallDisk(folder, seen, inside)
    finally:
        holder.stdin.close()
        holder.stdout.close()
        holder.kill()
        holder.wait()
