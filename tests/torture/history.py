"""What became of every mail: delivered against records, records against letters accepted."""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

_WAITING = "'queued', 'deferred', 'sending', 'unknown'"
_ANSWERS = "'urgent', 'answer', 'receipt'"


@dataclass
class Findings:
    """Violations by kind; all empty when the promises hold."""

    mails_lost: list[str] = field(default_factory=list)
    mails_doubled: list[str] = field(default_factory=list)
    drafts_lost: list[str] = field(default_factory=list)
    drafts_doubled: list[str] = field(default_factory=list)
    receipts_lost: list[str] = field(default_factory=list)
    receipts_doubled: list[str] = field(default_factory=list)
    alerts_lost: list[str] = field(default_factory=list)
    alerts_doubled: list[str] = field(default_factory=list)
    others_lost: list[str] = field(default_factory=list)
    others_doubled: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)

    @property
    def violations(self) -> dict[str, list[str]]:
        """The kinds that have any."""
        return {name: found for name, found in vars(self).items() if found}


def _rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(query).fetchall()


def settled(database: Path, digests: Sequence[str]) -> bool:
    """Whether every mail is on record and every answer has left."""
    filed = {row[0] for row in _rows(database, "SELECT sha256 FROM messages WHERE state='filed'")}
    if not set(digests) <= filed:
        return False
    waiting = f"SELECT count(*) FROM outbox WHERE state IN ({_WAITING}) AND lane IN ({_ANSWERS})"
    return _rows(database, waiting) == [(0,)]


def check(
    folder: Path, drafts: Sequence[str], emergencies: Sequence[str], accepted: Mapping[str, int]
) -> Findings:
    """Compare what was delivered with the store, and the store with what the server took."""
    found = Findings()
    database = folder / "data" / "mailbot.db"
    _check_records(found, database, [*drafts, *emergencies])
    _check_letters(found, database, drafts, emergencies, accepted)
    _check_storage(found, database, folder / "data" / "archive")
    return found


def _check_records(found: Findings, database: Path, digests: Sequence[str]) -> None:
    counted = _rows(
        database,
        "SELECT m.sha256, m.state, count(d.id) FROM messages m"
        " LEFT JOIN drafts d ON d.message_id = m.id GROUP BY m.id",
    )
    seen: dict[str, int] = {}
    for digest, state, drafts in counted:
        name = str(digest)
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            found.mails_doubled.append(name)
        if state != "filed" or drafts == 0:
            found.drafts_lost.append(f"{name} {state}")
        elif drafts != 1:
            found.drafts_doubled.append(f"{name} {drafts}")
    found.mails_lost = [digest for digest in digests if digest not in seen]


def _check_letters(
    found: Findings,
    database: Path,
    drafts: Sequence[str],
    emergencies: Sequence[str],
    accepted: Mapping[str, int],
) -> None:
    query = "SELECT key, lane, state, reason, message_id FROM outbox"
    letters = {str(row[0]): tuple(map(str, row[1:])) for row in _rows(database, query)}
    for digest in [*drafts, *emergencies]:
        if f"receipt/{digest}" not in letters:
            found.receipts_lost.append(f"receipt/{digest} was never queued")
    alerts = [
        key
        for key in letters
        if key.startswith("alert/E") and (key.endswith("/0") or "/draft-" in key)
    ]
    if len(alerts) < len(emergencies):
        found.alerts_lost.append(f"{len(emergencies)} emergencies, {len(alerts)} alerts queued")
    if len(alerts) > len(emergencies):
        found.alerts_doubled.append(f"{len(emergencies)} emergencies, {len(alerts)} alerts queued")
    for key, (lane, state, reason, message_id) in letters.items():
        times = accepted.get(message_id, 0)
        lost, doubled = _lists(found, key)
        if times > 1:
            doubled.append(f"{key} accepted {times} times")
        if times == 0 and lane in _ANSWERS and state != "cancelled":
            lost.append(f"{key} {state}: {reason}")
        if times == 0 and state == "sent":
            lost.append(f"{key} is on record as sent")
    known = {letter[3] for letter in letters.values()}
    strangers = [name for name in accepted if name not in known]
    found.others_doubled += [f"{name} is in no outbox" for name in strangers]


def _lists(found: Findings, key: str) -> tuple[list[str], list[str]]:
    if key.startswith("receipt/"):
        return found.receipts_lost, found.receipts_doubled
    if key.startswith("alert/"):
        return found.alerts_lost, found.alerts_doubled
    return found.others_lost, found.others_doubled


def _check_storage(found: Findings, database: Path, archive: Path) -> None:
    if _rows(database, "PRAGMA integrity_check") != [("ok",)]:
        found.damage.append("integrity_check")
    found.damage += [f"foreign key: {row}" for row in _rows(database, "PRAGMA foreign_key_check")]
    names = {row[0] for row in _rows(database, "SELECT sha256 FROM messages")}
    kept = {path.stem: path for path in archive.glob("??/**/*.eml")}
    found.damage += [f"not in the archive: {name}" for name in names - set(kept)]
    for name, path in kept.items():
        if hashlib.sha256(path.read_bytes()).hexdigest() != name:
            found.damage.append(f"archive: {name}")
