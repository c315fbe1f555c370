"""Power cuts at random instants: nothing corrupt, no acknowledged commit, mail or backup lost.

`make powercuts` does a thousand; MAILBOT_CUTS sets another number.
"""

import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from kept_records import Records
from power_cuts import Call, Disk, record

from store.archive import digest_of

CUTS = int(os.environ.get("MAILBOT_CUTS", "50"))

WORK = """
import os, random, sys
from datetime import timedelta
from pathlib import Path
from sqlalchemy import event
from kept_records import NOW, Records
from store.records import MessageRecord
from store.opening import open_store

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

folder, commits, safe = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "safe"
office = Records(folder)
office.place.state.mkdir(parents=True, exist_ok=True)
archive, chance = office.archive, random.Random(11)
store = open_store(f"sqlite:///{office.place.database}", folder)

@event.listens_for(store.engine, "connect")
def often(connection, _record):
    connection.execute("PRAGMA wal_autocheckpoint=40")
    if not safe:
        connection.execute("PRAGMA synchronous=OFF")
store.engine.dispose()

for number in range(commits):
    raw = b"Subject: %d\\r\\n\\r\\n" % number + chance.randbytes(chance.randint(10, 9000))
    digest = archive.keep(raw)
    with store.work() as uow:
        uow.messages.add(MessageRecord(0, digest, len(raw), NOW, NOW, "received"))
        uow.facts.put("counter", number, NOW)
        uow.acts.add(NOW, "cli", "test", f"draft:{number}", {"text": "x" * chance.randint(1, 6000)})
        uow.commit()
    say("commit", number, digest)
    if number % 15 == 14:
        say("backup", office.back_up(timedelta(hours=number)).name)
store.close()
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Call]]:
    """What a run of commits and backups asked of the disk."""
    root = tmp_path_factory.mktemp("power") / "office"
    root.mkdir()
    return root, record(WORK, root, str(45 if CUTS <= 50 else 200), "safe")


def cuts(calls: list[Call], root: Path, target: Path, seed: int, number: int) -> "list[Cut]":
    """Images of the disk after cuts at random instants, each judged before the next."""
    chance = random.Random(seed)
    first = next(at for at, call in enumerate(calls) if call.name == "write" and call.result)
    instants = sorted(chance.randrange(first, len(calls)) for _ in range(number))
    disk, at, found = Disk(root), 0, []
    for instant in instants:
        while at < instant:
            disk.feed(calls[at])
            at += 1
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        disk.after_cut(target, chance)
        found.append(Cut(target, b"".join(disk.said).decode().splitlines()))
    return found


class Cut:
    """What was acknowledged before a cut, and what is wrong after it."""

    def __init__(self, folder: Path, said: list[str]) -> None:
        words = [line.split() for line in said]
        self.commits = [line[2] for line in words if line[0] == "commit"]
        self.backups = [line[1] for line in words if line[0] == "backup"]
        self.faults = [*self._archive(folder), *self._database(folder), *self._backups(folder)]

    def _archive(self, folder: Path) -> list[str]:
        archive = Records(folder).archive
        bad = [d for d in archive.digests() if digest_of(archive.path(d)) != d]
        lost = [digest for digest in self.commits if not archive.has(digest)]
        return [f"raw file spoilt {d}" for d in bad] + [f"raw file lost {d}" for d in lost]

    def _database(self, folder: Path) -> list[str]:
        path = Records(folder).place.database
        if not path.exists():
            return ["database lost"] if self.commits else []
        try:
            with closing(sqlite3.connect(path)) as database:
                (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
                if verdict != "ok":
                    return [f"corrupt: {verdict}"]
            with Records(folder).store() as store, store.look() as uow:
                known = list(uow.messages.all_digests())
                counter = uow.facts.get("counter")
        except sqlite3.DatabaseError as error:
            return [f"corrupt: {error}"]
        except Exception as error:  # noqa: BLE001  whatever our own opening raises is a fault
            return [f"cannot be opened: {error}"]
        lost = set(self.commits) - set(known)
        whole = counter == len(known) - 1 if known else counter is None
        faults = [f"commit lost {digest}" for digest in lost]
        return faults if whole else [*faults, f"half a commit: {counter} of {len(known)}"]

    def _backups(self, folder: Path) -> list[str]:
        office, faults = Records(folder), []
        found = office.backups.snapshots()
        for snapshot in found:
            try:
                office.check(snapshot)
            except Exception as error:  # noqa: BLE001  any is a fault
                faults.append(f"backup spoilt: {error}")
        lost = set(self.backups) - {snapshot.name for snapshot in found}
        return [*faults, *(f"backup lost {name}" for name in lost)]


@pytest.mark.timeout(7200)
def test_after_a_power_cut_all_that_was_acknowledged_is_there(
    recorded: tuple[Path, list[Call]], tmp_path: Path
) -> None:
    root, calls = recorded
    found = cuts(calls, root, tmp_path / "after", seed=CUTS, number=CUTS)
    assert [cut.faults for cut in found if cut.faults] == []
    assert max(len(cut.commits) for cut in found) > 30
    assert any(cut.backups for cut in found)


def test_without_syncs_the_same_cuts_do_harm(tmp_path: Path) -> None:
    """The simulation can tell: with synchronous=OFF commits are lost or the file corrupt."""
    root = tmp_path / "office"
    root.mkdir()
    calls = record(WORK, root, "40", "unsafe")
    found = cuts(calls, root, tmp_path / "after", seed=3, number=25)
    assert any("commit lost" in fault for cut in found for fault in cut.faults)


def test_a_name_before_its_bytes_would_be_noticed(
    recorded: tuple[Path, list[Call]], tmp_path: Path
) -> None:
    """The same run without the archive's fsync of the data: files with a false name appear."""
    root, calls = recorded
    handles: dict[str, bool] = {}
    without: list[Call] = []
    for call in calls:
        if call.name == "openat":
            handles[str(call.result)] = b"archive/incoming/" in call.texts[0]
        if call.name == "fsync" and handles.get(call.words[0]):
            continue
        without.append(call)
    assert len(without) < len(calls)
    found = cuts(without, root, tmp_path / "after", seed=5, number=25)
    assert any("raw file spoilt" in fault for cut in found for fault in cut.faults)
