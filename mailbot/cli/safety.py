"""`mailbot backup`, `restore`, `verify`, `rebuild`: the safety of the records."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot import log
from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import iso, print_json, print_table, when
from mailbot.cli.progress import Advance, steps
from mailbot.clock import system_clock
from mailbot.config import Config
from mailbot.errors import Refused

if TYPE_CHECKING:
    from mailbot.stages.restoring import Place
    from mailbot.stages.verifying import Finding
    from store.backup import BackupFolder

_SHOWN = 20


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    backup = commands.add_parser("backup", help="立即备份到一个文件夹（程序运行时也可以）")
    backup.add_argument(
        "folder", nargs="?", type=Path, metavar="文件夹", help="默认用设置中的文件夹"
    )
    backup.set_defaults(run=make_backup)
    restore = commands.add_parser("restore", help="从备份恢复；先停止 mailbot run")
    restore.add_argument("folder", type=Path, metavar="文件夹")
    restore.add_argument("--at", default="", metavar="名称", help="用哪一份备份，默认最新的一份")
    restore.add_argument("--list", action="store_true", help="只列出有哪些备份")
    restore.add_argument("--replace", action="store_true", help="代替现有记录（原数据库改名保留）")
    given.json_flag(restore)
    restore.set_defaults(run=restore_backup)
    verify = commands.add_parser(
        "verify", help="检验数据库、邮件原件和最新备份；有问题时退出码为 1"
    )
    verify.add_argument("--repair", action="store_true", help="缺失或改变的原件从备份补回")
    given.json_flag(verify)
    verify.set_defaults(run=verify_store)
    rebuild = commands.add_parser("rebuild", help="从邮件原件重建数据库；先停止 mailbot run")
    rebuild.add_argument(
        "--from", dest="source", type=Path, metavar="文件夹",
        help="办公室的操作记录取自这个备份文件夹；默认取自现有数据库",
    )  # fmt: skip
    rebuild.add_argument("--accept", action="store_true", help="与原记录有出入时也采用重建结果")
    given.json_flag(rebuild)
    rebuild.set_defaults(run=rebuild_store)


def _place(config: Config) -> "Place":
    from mailbot.stages.restoring import Place  # noqa: PLC0415  slow to import
    from mailbot.storage_troubles import sqlite_file  # noqa: PLC0415
    from store.archive import Archive  # noqa: PLC0415
    from store.engine import database_path, open_engine  # noqa: PLC0415

    engine = open_engine(config.store.url, config.folder)
    path = sqlite_file(database_path(engine))
    engine.dispose()
    return Place(path, Archive(config.path(config.store.archive)), path.parent)


def _backups(config: Config) -> "BackupFolder | None":
    from store.backup import BackupFolder  # noqa: PLC0415

    return BackupFolder(config.path(config.backup.folder)) if config.backup.folder else None


def make_backup(arguments: argparse.Namespace) -> int:
    """One backup now."""
    from mailbot.stages.backups import Backups, explained  # noqa: PLC0415  slow to import
    from mailbot.storage_troubles import told  # noqa: PLC0415
    from store.backup import BackupFolder, Busy  # noqa: PLC0415
    from store.integrity import Damaged  # noqa: PLC0415

    config = config_of(arguments)
    log.set_up(config.log.format, "warning")
    folder = BackupFolder(arguments.folder) if arguments.folder else _backups(config)
    if folder is None:
        raise Refused("没有设置备份文件夹，请写明：mailbot backup 文件夹")
    with told(config):
        place = _place(config)
        if not place.database.exists():
            raise Refused("还没有数据库，没有可备份的内容")
        with store_of(config) as store, steps("备份邮件原件", "封", 0) as advance:
            backups = Backups(store, place.archive, config, place.state)
            try:
                made = backups.make(folder, system_clock(), advance=advance)
            except (Damaged, Busy, OSError) as trouble:
                raise Refused(explained(trouble, folder.root)) from None
    print(f"备份完成：{made.path}，{made.mails}封邮件，已检验")
    return 0


def restore_backup(arguments: argparse.Namespace) -> int:
    """From a backup back to work, or the list of backups."""
    from mailbot.instance import only_instance  # noqa: PLC0415  slow to import
    from mailbot.stages.restoring import choose, refuse_if_occupied, restore  # noqa: PLC0415
    from mailbot.storage_troubles import told  # noqa: PLC0415
    from store.backup import BackupFolder  # noqa: PLC0415

    folder = BackupFolder(arguments.folder)
    if arguments.list:
        return _list(folder, as_json=arguments.json)
    config = config_of(arguments)
    log.set_up(config.log.format, "warning")
    snapshot = choose(folder, arguments.at)
    with told(config):
        place = _place(config)
        with only_instance(place.state):
            if not arguments.replace:
                refuse_if_occupied(place)
            with steps("检验并恢复", "封", 2 * snapshot.mails) as advance:
                done = restore(place, folder, snapshot, system_clock(), advance)
    if arguments.json:
        print_json({"snapshot": snapshot.name, "mails": snapshot.mails, "later_mails": done.later})
        return 0
    print(f"已恢复到 {when(snapshot.made_at)} 的备份：{snapshot.mails}封邮件")
    if done.later:
        print(f"存档中另有{done.later}封备份之后的邮件，已补登，启动后自动登记")
    if done.aside:
        print(f"原来的数据库保留在 {done.aside}")
    print(
        "下一步：启动 mailbot run。程序先核对“已发送”和收件箱，已发过的信不再发，核对完自动恢复发送"
    )
    return 0


def _list(folder: "BackupFolder", *, as_json: bool) -> int:
    found = folder.snapshots()
    if as_json:
        print_json(
            {
                "backups": [
                    {"name": one.name, "made_at": iso(one.made_at), "mails": one.mails}
                    for one in found
                ]
            }
        )
        return 0
    print_table(
        ("名称", "时间", "邮件"), ((one.name, when(one.made_at), one.mails) for one in found)
    )
    return 0


def verify_store(arguments: argparse.Namespace) -> int:
    """Everything read in full; each line ✓ or ✗ with the remedy."""
    from mailbot.stages.verifying import compare, repair, verify  # noqa: PLC0415  slow to import
    from mailbot.storage_troubles import told  # noqa: PLC0415

    config = config_of(arguments)
    with told(config):
        place, backups = _place(config), _backups(config)
        if not place.database.exists():
            raise Refused("还没有数据库，没有可检验的内容；要从备份恢复请用 mailbot restore")
        with steps("检验", "份", 0) as advance:
            if arguments.repair and backups is not None and backups.exists():
                mails = compare(place, readable=True, advance=advance)
                brought = repair(place, backups, mails)
                if not arguments.json:
                    print(f"从备份补回{len(brought)}份原件")
            findings = list(verify(place, backups, advance))
    return _print_findings(findings, as_json=arguments.json)


def _print_findings(findings: "list[Finding]", *, as_json: bool) -> int:
    good = all(finding.good for finding in findings)
    if as_json:
        keys = ("what", "good", "found", "remedy")
        checks = [{key: getattr(finding, key) for key in keys} for finding in findings]
        print_json({"healthy": good, "checks": checks})
        return 0 if good else 1
    for finding in findings:
        print(f"{'✓' if finding.good else '✗'} {finding.what}：{finding.found}")
        if finding.remedy:
            print(f"    {finding.remedy}")
    return 0 if good else 1


def rebuild_store(arguments: argparse.Namespace) -> int:
    """A new database from the raw mails, compared with the old one."""
    from mailbot.instance import only_instance  # noqa: PLC0415  slow to import
    from mailbot.rebuild import Sources, rebuild  # noqa: PLC0415
    from mailbot.storage_troubles import told  # noqa: PLC0415
    from store.backup import BackupFolder  # noqa: PLC0415

    config = config_of(arguments)
    log.set_up(config.log.format, "warning")
    named = BackupFolder(arguments.source) if arguments.source else None
    with told(config):
        place = _place(config)
        with only_instance(place.state), _bar(place) as advance:
            sources = Sources(place, named, _backups(config))
            report = rebuild(
                config, sources, system_clock(), accept=arguments.accept, advance=advance
            )
    if arguments.json:
        print_json(report.plain())
    else:
        for line in report.lines(_SHOWN):
            print(line)
    return 0 if report.taken else 1


@contextmanager
def _bar(place: "Place") -> Iterator[Advance]:
    with steps("重建", "封", sum(1 for _ in place.archive.digests())) as advance:
        yield advance
