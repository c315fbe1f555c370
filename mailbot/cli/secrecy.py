"""`mailbot secrecy`: mails that bear a mark of state secrets, and what the office decides."""

import argparse

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import iso, print_json, print_table, when
from mailbot.clock import system_clock


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    parser = commands.add_parser("secrecy", help="疑似涉密来信：查看、解除、清除原件")
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|release|erase")
    listing = actions.add_parser("list", help="列出标有密级的来信")
    given.json_flag(listing)
    listing.set_defaults(run=list_locked)
    release = actions.add_parser("release", help="核实并非涉密：恢复登记")
    erase = actions.add_parser("erase", help="确属涉密：清除本系统和备份中的原件")
    for one, run in ((release, release_mail), (erase, erase_mail)):
        one.add_argument("number", type=int, metavar="编号")
        one.add_argument("--by", required=True, metavar="经办人")
        one.set_defaults(run=run)


def list_locked(arguments: argparse.Namespace) -> int:
    """Number, receipt, sender, reason; never a subject."""
    from mailbot.stages.secrecy import locked  # noqa: PLC0415  slow to import

    with store_of(config_of(arguments)) as store, store.look() as uow:
        mails = locked(uow)
    if arguments.json:
        keys = ("id", "received_at", "sender", "reason")
        rows = [(one.id, iso(one.received_at), one.sender, one.reason) for one in mails]
        print_json({"mails": [dict(zip(keys, row, strict=True)) for row in rows]})
        return 0
    rows = [(one.id, when(one.received_at), one.sender, one.reason) for one in mails]
    print_table(("编号", "收到", "发件人", "情况"), rows)
    return 0


def release_mail(arguments: argparse.Namespace) -> int:
    """Marked by mistake."""
    from mailbot.stages.secrecy import release  # noqa: PLC0415  slow to import

    with store_of(config_of(arguments)) as store, store.work() as uow:
        release(uow, arguments.number, arguments.by, system_clock())
        uow.commit()
    print("已解除，程序下次收信时登记这封来信")
    return 0


def erase_mail(arguments: argparse.Namespace) -> int:
    """Really a secret: our copies go."""
    from mailbot.stages.secrecy import erase  # noqa: PLC0415  slow to import
    from store.archive import Archive  # noqa: PLC0415
    from store.backup import BackupFolder  # noqa: PLC0415

    config = config_of(arguments)
    archive, folder = Archive(config.path(config.store.archive)), config.backup.folder
    backups = BackupFolder(config.path(folder)) if folder else None
    with store_of(config) as store, store.work() as uow:
        erase(uow, archive, backups, arguments.number, by=arguments.by, now=system_clock())
        uow.commit()
    print("已清除本系统和备份文件夹中的原件。邮箱中的原信、其他备份介质，请按保密规定另行处理")
    return 0
