"""`mailbot import`: mail from disk, by the same path as fetched mail."""

import argparse
from pathlib import Path

from mailbot import log
from mailbot.cli.opening import config_of
from mailbot.cli.progress import each, steps
from mailbot.clock import system_clock


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("import", help="导入磁盘上的邮件：.eml、mbox、Maildir")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--receipts", action="store_true", help="给发件单位发回执（默认不发）")
    parser.set_defaults(run=import_mails)


def import_mails(arguments: argparse.Namespace) -> int:
    """Archive, record and file; mail already on record is passed over."""
    from mailbot.instance import only_instance  # noqa: PLC0415
    from mailbot.stages.importing import mails_in, take_in  # noqa: PLC0415
    from mailbot.wiring import build_offline, state_folder  # noqa: PLC0415

    config = config_of(arguments)
    log.set_up(config.log.format, "warning")
    new = known = filed = 0
    with only_instance(state_folder(config)), build_offline(config) as desk:
        now = system_clock()
        for path in arguments.paths:
            for raw in each(mails_in(path), f"导入 {path.name}", "封"):
                if take_in(desk.store, desk.archive, raw, now):
                    new += 1
                else:
                    known += 1
        with steps("登记", "封", new) as advance:
            while dealt_with := desk.filing.file_waiting(now, receipts=arguments.receipts):
                filed += len(dealt_with)
                advance(len(dealt_with))
    print(f"导入 {new} 封新邮件，登记 {filed} 封；{known} 封早已在册，未重复导入")
    return 0
