"""Checks an operator runs before going live; each says what was found and what to do."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime

from mailbot.clock import shanghai
from mailbot.config import Config
from mailbot.doctor_servers import Check, expected_by, imap, smtp, watched
from mailbot.errors import MailbotError
from mailbot.resources import shipped
from mailbot.rules.calendar import is_provisional, local_day
from mailbot.secrets import push_urls
from mailbot.storage_health import NO_BACKUP, free_bytes, no_room, on_one_disk, store_folders
from mailbot.storage_troubles import explained, refuse_damaged
from mailbot.storing import open_store
from mailbot.timekeeping import JUMP
from mailbot.wiring import Secrets, rule_book, sandbox_of
from parsers.documents import ocr
from store.backup import BackupFolder


def examine_all(config: Config, now: datetime, *, offline: bool = False) -> Iterator[Check]:
    """All checks in the order of the path; nothing is sent, nothing on the server changes."""
    yield Check(
        "设置文件", good=True, found=f"{len(config.units)}个单位、{len(config.tasks)}项任务"
    )
    yield from _recipients(config)
    yield _store(config)
    yield _disk(config)
    yield _backup(config, now)
    yield _templates(config)
    yield _board(config)
    yield _rules(config)
    yield _worker(config)
    yield _ocr()
    yield _calendar(now)
    yield _clock(config, now)
    yield _second_channel(config)
    watcher, check = expected_by(config)
    yield check
    try:
        secrets = Secrets.of(config)
    except MailbotError as error:
        yield Check("授权码", good=False, found=str(error), remedy="授权码不写在 config.toml 里")
        return
    yield Check("授权码", good=True, found="已找到")
    if not offline:
        yield from imap(config, secrets, now)
        yield smtp(config, secrets)
        if watcher is not None:
            yield watched(config, watcher)
    yield from _open_questions(config)


def _recipients(config: Config) -> Iterator[Check]:
    example = [a for a in config.office.addresses if a.endswith(("example.com", "example.org"))]
    remedy = "请在 [office] addresses 填写真实邮箱，否则预警和日报无人收到" if example else ""
    yield Check("办公室邮箱", not example, "、".join(config.office.addresses), remedy)
    without = [unit.name for unit in config.units if not unit.addresses]
    found = f"{len(config.units) - len(without)}个单位有邮箱"
    remedy = f"没有邮箱的单位收不到回执和催报：{'、'.join(without)}" if without else ""
    yield Check("单位邮箱", not without, found, remedy)


def _store(config: Config) -> Check:
    try:
        refuse_damaged(config)
        store = open_store(config)
    except MailbotError as error:
        return Check("数据库", good=False, found=str(error))
    except Exception as error:  # noqa: BLE001  drivers raise what they like
        if told := explained(error, config):
            return Check("数据库", good=False, found=str(told))
        remedy = "请检查 [store] url 和文件夹权限；数据库损坏时用备份恢复"
        return Check("数据库", good=False, found=str(error)[:120], remedy=remedy)
    store.close()
    return Check("数据库", good=True, found=config.store.url.partition("@")[2] or config.store.url)


def _disk(config: Config) -> Check:
    folder = config.path(config.store.archive)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        told = explained(error, config)
        found = str(told) if told else f"{folder} 不可写（{error.strerror}）"
        return Check("存档文件夹", good=False, found=found)
    free = min(free_bytes(place) for place in store_folders(config))
    remedy = "" if free >= config.disk.stop_below else no_room(free)
    return Check("磁盘", not remedy, f"剩余 {free // 1_000_000} MB", remedy)


def _backup(config: Config, now: datetime) -> Check:
    """Whether copies are made, how old the newest is, and that they lie elsewhere."""
    what = "备份"
    if not config.store.url.startswith("sqlite"):
        return Check(what, good=True, found="数据库不是 SQLite，请用它自带的工具备份")
    if not config.backup.folder:
        return Check(what, good=False, found="没有设置", remedy=NO_BACKUP)
    folder = config.path(config.backup.folder)
    try:
        made = BackupFolder(folder).snapshots()
        together = on_one_disk(config)
    except OSError as error:
        remedy = "请检查这个文件夹所在的磁盘是否接好"
        return Check(what, good=False, found=f"{folder} 读不出（{error.strerror}）", remedy=remedy)
    remedy = "与数据库在同一块磁盘上，磁盘损坏时会一同丢失；请改到另一块磁盘" if together else ""
    if not made:
        return Check(what, good=True, found=f"{folder} 中还没有备份，运行后自动进行", remedy=remedy)
    hours = int((now - made[0].made_at).total_seconds() // 3600)
    fresh = hours < config.backup.warn_after_hours
    found = f"{len(made)}份，最新一份在{hours}小时前，{made[0].mails}封邮件"
    late = "" if fresh else "最新备份太旧：请确认 mailbot run 在运行、备份磁盘已接好"
    return Check(what, fresh, found, late or remedy)


def _templates(config: Config) -> Check:
    from mailbot.adapters.letters import LetterWriter  # noqa: PLC0415  only here

    del config
    try:
        count = LetterWriter(shipped("templates")).check()
    except Exception as error:  # noqa: BLE001  template errors are of many kinds
        return Check("信函模板", good=False, found=str(error)[:120], remedy="请恢复原来的模板文件")
    return Check("信函模板", good=True, found=f"{count}个模板")


def _board(config: Config) -> Check:
    """Whether the board's templates are whole and its folder can be written."""
    from mailbot.reports.board import BoardWriter  # noqa: PLC0415  only here

    if not config.board.folder:
        return Check("看板", good=True, found="没有启用", remedy="要启用请填写 [board] folder")
    folder = config.path(config.board.folder)
    try:
        BoardWriter(shipped("templates")).check()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        remedy = "请检查 [board] folder 的文件夹是否可写、磁盘是否已满"
        found = f"{folder} 不可写（{error.strerror}）"
        return Check("看板", good=False, found=found, remedy=remedy)
    except Exception as error:  # noqa: BLE001  template errors are of many kinds
        return Check("看板", good=False, found=str(error)[:120], remedy="请恢复原来的模板文件")
    return Check("看板", good=True, found=f"{folder / 'index.html'}")


def _rules(config: Config) -> Check:
    try:
        version = rule_book(config).version
    except MailbotError as error:
        return Check("判别规则", good=False, found=str(error))
    return Check("判别规则", good=True, found=f"版本 {version}")


def _worker(config: Config) -> Check:
    with sandbox_of(config) as sandbox:
        found = sandbox.confinement()
    bars = [
        ("内存", found.memory),
        ("计算时间", found.cpu),
        ("断网", found.network != "audit hook"),
        ("禁写", found.writes),
    ]
    missing = "、".join(name for name, there in bars if not there)
    remedy = f"本机不能完全限制：{missing}；读取附件仍在单独进程中，超时会终止" if missing else ""
    return Check(
        "附件读取进程", good=True, found="限制齐全" if not missing else "部分限制", remedy=remedy
    )


def _ocr() -> Check:
    """Scans and pictures can do without; their units are asked for a text instead."""
    if ocr.available():
        return Check("文字识别", good=True, found="已安装，扫描件的字数标“约”")
    found = "没有安装，扫描件读不出字，会请单位改发可复制文字的稿件"
    remedy = "要识别扫描件，请在程序文件夹执行 .venv/bin/pip install '.[ocr]'"
    return Check("文字识别", good=True, found=found, remedy=remedy)


def _calendar(now: datetime) -> Check:
    years = [
        year for year in (local_day(now).year, local_day(now).year + 1) if is_provisional(year)
    ]
    if not years:
        return Check("节假日安排", good=True, found="今明两年均已公布")
    words = "、".join(str(year) for year in years)
    remedy = "公布后请升级程序；此前按周末推算，标为暂定"
    return Check("节假日安排", local_day(now).year not in years, f"{words}年尚未公布", remedy)


def _clock(config: Config, now: datetime) -> Check:
    """The clock as the clerk can compare it, and whether the program noticed a jump."""
    what, local = "时钟", shanghai(now)
    found = f"北京时间{local.year}年{local.month}月{local.day}日{local:%H:%M:%S}"
    if local.date() < config.notice_head.issued:
        remedy = "电脑时间早于通知的印发日期，请校准"
        return Check(what, good=False, found=found, remedy=remedy)
    with suppress(Exception):  # what is wrong with the store has a line of its own
        store = open_store(config)
        with closing(store), store.look() as uow:
            if jump := str(uow.facts.get(JUMP) or ""):
                return Check(what, good=False, found=found, remedy=jump)
    return Check(what, good=True, found=found)


def _second_channel(config: Config) -> Check:
    """Whether emergencies have a way beside mail; nothing is pushed."""
    from mailbot.adapters.push import ApprisePush, installed  # noqa: PLC0415  only here

    what, remedy = (
        "第二通道",
        "可选：在程序文件夹执行 .venv/bin/pip install '.[push]'，再填 push.urls_file",
    )
    try:
        urls = push_urls(config)
        if not urls:
            found = "已安装，没有设置推送地址" if installed() else "没有安装"
            return Check(what, good=True, found=found, remedy=remedy)
        return Check(what, good=True, found="、".join(ApprisePush(urls).services))
    except MailbotError as error:
        return Check(what, good=False, found=str(error))


def _open_questions(config: Config) -> Iterator[Check]:
    """What the notice leaves open stays listed until the office confirms it."""
    questions = config.open_questions
    names = [name for name in type(questions).model_fields if name != "confirmed"]
    waiting = [name for name in names if name not in questions.confirmed]
    if waiting:
        remedy = "确认后把名称写进 open_questions.confirmed"
        yield Check("待办公室确认的约定", good=True, found="、".join(waiting), remedy=remedy)
    guesses = [u.name for u in config.units if _guessed(u.short) or _guessed(u.long)]
    if guesses:
        remedy = "读表无把握的任务数，确认后在该项加 confirmed = true；确认前不作批评依据"
        found = f"{len(guesses)}个单位"
        yield Check("待确认的任务数", good=True, found=found, remedy=remedy)


def _guessed(quota: object) -> bool:
    return getattr(quota, "confidence", "") == "guess" and not getattr(quota, "confirmed", False)
