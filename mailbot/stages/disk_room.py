"""Room on the disk: fetching stops in time, and a ballast file is given up when all is full.

On a full disk not even a row can be deleted (measured), so the last room is kept by a file
that only takes it up. What is freed serves the letters that must still go out.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot import log
from mailbot.config_safety import DiskConfig
from mailbot.storage_health import DISK_LOW, free_bytes, no_room
from store.disk import sync
from store.unit_of_work import Store

BALLAST = "ballast.bin"
_PIECE = 1_000_000


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """Looks after free space.

    Attributes:
        state: Folder of the database: the ballast lies on its disk.
        folders: Every folder that must have room.
    """

    store: Store
    config: DiskConfig
    state: Path
    folders: Sequence[Path]
    free: Callable[[Path], int] = free_bytes

    @property
    def ballast(self) -> Path:
        """The file that only takes up room."""
        return self.state / BALLAST

    def refusal(self) -> str:
        """Why no mail may be taken in now; "" when there is room."""
        free = min(self.free(folder) for folder in self.folders)
        return no_room(free) if free < self.config.stop_below else ""

    def tell(self, now: datetime) -> None:
        """At every tick: give up the ballast when all is full, and put shortage on record."""
        self.give_up_ballast()
        refusal = self.refusal()
        with self.store.look() as uow:
            known = uow.facts.get(DISK_LOW)
        if bool(known) == bool(refusal):
            return
        if refusal:
            log.alarm("disk_low", free_mb=min(map(self.free, self.folders)) // _PIECE)
        with self.store.work() as uow:
            if refusal:
                uow.facts.put(DISK_LOW, refusal, now)
            else:
                uow.facts.drop(DISK_LOW)
            uow.commit()

    def give_up_ballast(self) -> bool:
        """Free the ballast if the disk is all but full; True when it was."""
        if not self.ballast.exists() or self.free(self.state) >= self.config.free_ballast_below:
            return False
        self.ballast.unlink(missing_ok=True)
        log.alarm("ballast_freed", mb=self.config.ballast_mb)
        return True

    def keep_ballast(self) -> bool:
        """Make the ballast, or make it anew, where there is room to spare; True when it was."""
        wanted = self.config.ballast_bytes
        if not wanted or (self.ballast.exists() and self.ballast.stat().st_size == wanted):
            return False
        if self.free(self.state) < wanted + self.config.stop_below:
            return False
        partial = self.ballast.with_suffix(".partial")
        try:
            with partial.open("wb") as file:
                for _ in range(0, wanted, _PIECE):
                    file.write(os.urandom(_PIECE))  # zeros would take no room on some disks
            sync(partial)
            partial.replace(self.ballast)
        except OSError as error:
            partial.unlink(missing_ok=True)
            log.warning("no_ballast", reason=str(error.strerror))
            return False
        return True
