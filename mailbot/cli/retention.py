"""`mailbot purge`: personal data that is past its time."""

import argparse
from typing import TYPE_CHECKING

from mailbot import log
from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import print_json
from mailbot.cli.progress import steps
from mailbot.clock import system_clock
from mailbot.config import Config
from mailbot.errors import Refused

if TYPE_CHECKING:
    from mailbot.stages.purging import Purged

_FORM = "邮件{0.mails}封（原件{1:.1f}MB），发出的信{0.letters}封，核定过的邮箱{0.contacts}个"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser(
        "purge", help="删除超过保存期限的邮件原件和个人信息（[retention]）；先停止 mailbot run"
    )
    parser.add_argument("--dry-run", action="store_true", help="只看会删什么，不删除")
    given.json_flag(parser)
    parser.set_defaults(run=purge)


def purge(arguments: argparse.Namespace) -> int:
    """What is past its time goes; scores and the record of acts stay."""
    from mailbot.instance import only_instance  # noqa: PLC0415  slow to import
    from mailbot.stages.purging import Purging  # noqa: PLC0415
    from mailbot.storage_troubles import told  # noqa: PLC0415
    from mailbot.wiring import state_folder  # noqa: PLC0415
    from store.archive import Archive  # noqa: PLC0415
    from store.backup import BackupFolder, Busy  # noqa: PLC0415

    config = config_of(arguments)
    log.set_up(config.log.format, "warning")
    backups = BackupFolder(config.path(config.backup.folder)) if config.backup.folder else None
    with told(config), store_of(config) as store:
        archive = Archive(config.path(config.store.archive))
        purging = Purging(store, archive, config.retention, backups)
        if arguments.dry_run:
            return _tell(purging.plan(system_clock()), config, arguments, done=False)
        with only_instance(state_folder(config)), steps("清理", "封", 0) as advance:
            try:
                done = purging.run(system_clock(), "cli", advance)
            except Busy:
                remedy = "原件和记录已清理，备份中的原件尚未清理，请稍后再执行一次 mailbot purge"
                raise Refused(f"另一个程序正在备份。{remedy}") from None
    return _tell(done, config, arguments, done=True)


def _set_aside(config: Config) -> list[str]:
    """Databases that a restore or a rebuild left beside ours: they hold all that was purged."""
    from mailbot.wiring import state_folder  # noqa: PLC0415  slow to import

    return sorted(str(path) for path in state_folder(config).glob("*.before-*"))


def _tell(found: "Purged", config: Config, arguments: argparse.Namespace, *, done: bool) -> int:
    if arguments.json:
        names = ("mails", "size", "leftovers", "letters", "contacts", "in_backups")
        print_json({"done": done, **{name: getattr(found, name) for name in names}})
        return 0
    print("已删除：" if done else "会删除（现在没有删除）：")
    print("  " + _FORM.format(found, found.size / 1_000_000))
    if found.leftovers:
        print(f"  上次没有删完或重新收到的原件{found.leftovers}份")
    print("稿件的标题、字数、计分和操作记录保留。")
    if found.in_backups:
        months = config.backup.keep_monthly
        print(
            f"备份中还有{found.in_backups}份已到期的原件：较早的备份用得到，"
            f"随备份更替（最长{months}个月）逐步清理；以后再执行 purge 时一并删除"
        )
    if aside := _set_aside(config):
        print(f"恢复、重建前的旧数据库也含个人信息，确认无用后请手工删除：{'、'.join(aside)}")
    return 0
