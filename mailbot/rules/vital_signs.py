"""May we say that all is well? Six signs, each judged by its limit; one bad sign is silence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known at one instant; None = never seen, unless said otherwise.

    Attributes:
        tick: Time since the last finished check of deadlines.
        poll: Time since the last complete poll.
        alert: How long the oldest emergency alert waits to leave; None = none waits.
        clock_held: The guarded clock noticed a jump.
        clock_off: How far our clock is from the watcher's; None = it told no time.
        disk_short: A disk of ours has too little room.
        backup: Time since the last backup.
        backup_wanted: This program makes the backups (not a database with tools of its own).
        backup_failed: The last backup, or its check, failed.
    """

    tick: timedelta | None
    poll: timedelta | None
    alert: timedelta | None
    clock_held: bool
    clock_off: timedelta | None
    disk_short: bool
    backup: timedelta | None
    backup_wanted: bool
    backup_failed: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How old each sign may be."""

    tick: timedelta
    poll: timedelta
    alert: timedelta
    clock: timedelta
    backup: timedelta


def ailments(signs: Signs, limits: Limits) -> tuple[str, ...]:
    """What keeps us from saying that all is well, as short Chinese words; () when all is well."""
    return tuple(_found(signs, limits))


def _found(signs: Signs, limits: Limits) -> Iterator[str]:
    if signs.tick is None or signs.tick > limits.tick:
        yield "检查期限"
    if signs.poll is None or signs.poll > limits.poll:
        yield "收信"
    if signs.alert is not None and signs.alert > limits.alert:
        yield "突发预警待发"
    if signs.clock_held or (signs.clock_off is not None and abs(signs.clock_off) > limits.clock):
        yield "时钟"
    if signs.disk_short:
        yield "磁盘空间"
    old = signs.backup is None or signs.backup > limits.backup
    if signs.backup_wanted and (signs.backup_failed or old):
        yield "备份"
