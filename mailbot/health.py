"""Is all well? Derived from the store, the clock and the disk; `status` and the digest share it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.breaker import Breaker
from mailbot.clock import shanghai
from mailbot.config import Config
from mailbot.fact_names import BOARD_FAILURE, BREAKER, LAST_POLL, LAST_TICK, MARKED, POLL_FAILURE
from mailbot.records.letter_lines import FolderCount
from mailbot.reports.overviews import folder_counts
from mailbot.stages.bounced import told
from mailbot.stages.delivery import PAUSE, ROUTINE_PAUSE
from mailbot.stages.heartbeat import HEARTBEAT, HEARTBEAT_FAILURE
from mailbot.stages.pushing import PUSH_FAILURE
from mailbot.storage_health import DISK_LOW, last_backup, last_check, storage_problems
from mailbot.timekeeping import JUMP
from store.unit_of_work import UnitOfWork

_TICK_STALE = timedelta(minutes=5)
_POLL_STALE = timedelta(minutes=10)
_URGENT_STALE = timedelta(minutes=5)
_TOLD_FOR = timedelta(days=7)  # an unread mail is told so long; the daily digest told it too
_LOGIN_REFUSED = "邮箱授权码被拒绝，已暂停登录以免账号被锁。请核对授权码是否过期"


@dataclass(frozen=True, slots=True)
class Health:
    """What `status` tells."""

    problems: tuple[str, ...]
    last_poll: datetime | None
    last_tick: datetime | None
    folders: tuple[FolderCount, ...]
    outbox: dict[str, int]
    waiting_mails: int
    last_backup: datetime | None = None
    backup_checked: datetime | None = None
    last_heartbeat: datetime | None = None
    heartbeat_withheld: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether nothing needs attention."""
        return not self.problems


def examine(uow: UnitOfWork, config: Config, now: datetime, *, running: bool = True) -> Health:
    """The state of everything at `now`.

    `running`: a daemon is expected to be at work, so that a silent one is a problem.
    """
    last_poll = _instant(uow.facts.get(LAST_POLL))
    last_tick = _instant(uow.facts.get(LAST_TICK))
    folders = tuple(folder_counts(uow))
    problems = [*_standing(uow, now), *_outbox(uow, now), *_unfetched(folders)]
    problems += told(uow, config.bounces, now)
    problems += storage_problems(uow, config, now)
    if running:
        problems += _silence(last_poll, last_tick, now)
    beat = uow.facts.get(HEARTBEAT) or {}
    return Health(
        problems=tuple(problems),
        last_poll=last_poll,
        last_tick=last_tick,
        folders=folders,
        outbox=dict(uow.outbox.counts()),
        waiting_mails=uow.messages.count_waiting(),
        last_backup=last_backup(uow),
        backup_checked=last_check(uow),
        last_heartbeat=_instant(beat.get("last")),
        heartbeat_withheld=tuple(beat.get("withheld", ())),
    )


def mail_troubles(uow: UnitOfWork, now: datetime) -> dict[str, str]:
    """What keeps mail from its readers now, by name: told by the second channel."""
    found = {}
    breaker = Breaker.from_fact(uow.facts.get(BREAKER))
    if breaker.until is not None and now < breaker.until:
        found["login"] = _LOGIN_REFUSED
    paused = _instant(uow.facts.get(PAUSE))
    if paused is not None and now < paused:
        found["sending"] = f"发信服务器拒绝登录或要求暂停，信件到{_clock(paused)}再发"
    if unsent := _urgent_unsent(uow, now):
        found["unsent"] = unsent
    if low := uow.facts.get(DISK_LOW):
        found["disk"] = str(low)
    return found


def _urgent_unsent(uow: UnitOfWork, now: datetime) -> str:
    waiting = uow.outbox.in_state("queued", "deferred", "sending", "unknown")
    urgent = [m for m in waiting if m.lane == "urgent" and now - m.created_at > _URGENT_STALE]
    if not urgent:
        return ""
    return f"有{len(urgent)}封突发预警超过5分钟没有发出，请立即电话通知值班人员"


@dataclass(frozen=True, slots=True)
class Notes:
    """The system's own health, said to the office in the digest."""

    config: Config

    def __call__(self, uow: UnitOfWork, now: datetime) -> Sequence[str]:
        """Problems at `now`; () when all is well."""
        return examine(uow, self.config, now, running=False).problems


def _standing(uow: UnitOfWork, now: datetime) -> list[str]:
    problems = []
    breaker = Breaker.from_fact(uow.facts.get(BREAKER))
    if breaker.until is not None and now < breaker.until:
        problems.append(_LOGIN_REFUSED)
    elif failure := uow.facts.get(POLL_FAILURE):
        problems.append(f"最近一次收信没有完成：{failure}")
    for name, words in ((PAUSE, "全部信件"), (ROUTINE_PAUSE, "普通信件")):
        until = _instant(uow.facts.get(name))
        if until is not None and now < until:
            problems.append(f"发信服务器要求暂停，{words}到{_clock(until)}再发")
    if jump := uow.facts.get(JUMP):
        problems.append(str(jump))
    names = (PUSH_FAILURE, BOARD_FAILURE, HEARTBEAT_FAILURE)
    failures = (uow.facts.get(name) for name in names)
    return [*problems, *(str(failure) for failure in failures if failure)]


def _outbox(uow: UnitOfWork, now: datetime) -> list[str]:
    problems = []
    if unsent := _urgent_unsent(uow, now):
        problems.append(unsent)
    failed = uow.outbox.counts().get("failed", 0)
    if failed:
        remedy = "用 mailbot outbox list --state failed 查看，再 outbox retry 重发或 cancel 取消"
        problems.append(f"有{failed}封信发送失败：{remedy}")
    since = now - _TOLD_FOR
    aside = uow.messages.quarantined(since)
    marked = [mail for mail in aside if mail.kind == MARKED]
    if unread := len(aside) - len(marked):
        problems.append(f"近{_TOLD_FOR.days}天有{unread}封来信未能读取，请在邮箱中人工查看")
    if marked:
        problems.append(
            f"近{_TOLD_FOR.days}天有{len(marked)}封来信标有密级，没有登记：请报告保密工作机构，"
            "用 mailbot secrecy list 查看"
        )
    return problems


def _unfetched(folders: Sequence[FolderCount]) -> list[str]:
    """Mail on the server that is in no ledger: fetched soon, or something is wrong."""
    return [
        f"文件夹“{folder.folder}”还有{more}封没有取下登记"
        for folder in folders
        if (more := folder.server - folder.recorded - folder.ignored - folder.quarantined) > 0
    ]


def _silence(last_poll: datetime | None, last_tick: datetime | None, now: datetime) -> list[str]:
    problems = []
    if last_tick is None or now - last_tick > _TICK_STALE:
        problems.append("程序没有在运行，或已停止检查期限，请启动 mailbot run")
    if last_poll is None or now - last_poll > _POLL_STALE:
        problems.append("超过10分钟没有成功收信")
    return problems


def _clock(instant: datetime) -> str:
    local = shanghai(instant)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None
