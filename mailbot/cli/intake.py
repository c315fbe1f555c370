"""`mailbot import`: mail from disk, by the same path as fetched mail."""

import argparse
from pathlib import Path

from mailbot import log
from mailbot.cli.opening import config_of
from mailbot.cli.progress import each, steps
from mailbot.clock import system_clock
from mailbot.errors import Refused


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("import", help="导入磁盘上的邮件：.eml、mbox、Maildir")
    parser.add_argument("paths", nargs="+", type=Path, metavar="文件或文件夹")
    parser.add_argument("--receipts", action="store_true", help="给发件单位发回执（默认不发）")
    parser.set_defaults(run=import_mails)


def import_mails(arguments: argparse.Namespace) -> int:
    """Archive, record and file; mail already on record is passed over."""
    from mailbot.instance import only_instance  # noqa: PLC0415
    from mailbot.stages.disk_room import DiskRoom  # noqa: PLC0415
    from mailbot.stages.importing import not_mails, slices_in, take_in_all  # noqa: PLC0415
    from mailbot.stages.secrecy import locked  # noqa: PLC0415
    from mailbot.storage_health import store_folders  # noqa: PLC0415
    from mailbot.wiring import build_offline, state_folder  # noqa: PLC0415

    config = config_of(arguments)
    log.set_up(config.log.format, "warning")
    new = known = filed = 0
    strangers: list[Path] = []
    with only_instance(state_folder(config)), build_offline(config) as desk:
        now, folders = system_clock(), store_folders(config)
        if refusal := DiskRoom(desk.store, config.disk, folders[0], folders).refusal():
            raise Refused(refusal)
        for path in arguments.paths:
            mails = each(slices_in(path, strangers.append), f"导入 {path.name}", "封")
            for fresh, old in take_in_all(desk.store, desk.archive, mails, now):
                new, known = new + fresh, known + old
        with steps("登记", "封", new) as advance:
            while dealt_with := desk.filing.file_waiting(now, receipts=arguments.receipts):
                filed += len(dealt_with)
                advance(len(dealt_with))
        with desk.store.look() as uow:
            marked = sum(mail.fetched_at == now for mail in locked(uow))
    if strangers and not new + known:
        raise Refused(not_mails(strangers))
    print(f"导入 {new} 封新邮件，登记 {filed - marked} 封；{known} 封早已在册，未重复导入")
    if marked:
        print(
            f"另有 {marked} 封标有密级，没有登记：请报告保密工作机构，用 mailbot secrecy list 查看"
        )
    if strangers:
        raise Refused(not_mails(strangers))
    return 0
