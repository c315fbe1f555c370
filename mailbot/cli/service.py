"""`mailbot run` and `mailbot once`: the daemon, and one tick of it."""

import argparse

from mailbot import log
from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    run = commands.add_parser("run", help="在前台持续运行；收到停止信号后做完手头一步再退出")
    run.set_defaults(run=run_daemon)
    once = commands.add_parser("once", help="完整执行一轮：收信、登记、检查期限、发信")
    once.add_argument("--at", metavar="时间", help="假定现在是这个时间（用于演练）")
    once.set_defaults(run=run_once)


def run_daemon(arguments: argparse.Namespace) -> int:
    """The daemon in the foreground."""
    from mailbot.daemon import Daemon  # noqa: PLC0415  slow to import
    from mailbot.instance import only_instance  # noqa: PLC0415
    from mailbot.storage_troubles import refuse_damaged, told  # noqa: PLC0415
    from mailbot.wiring import build, state_folder  # noqa: PLC0415

    config = config_of(arguments)
    log.set_up(config.log.format, config.log.level)
    with told(config), only_instance(state_folder(config)):
        refuse_damaged(config)
        return Daemon(build(config)).run()


def run_once(arguments: argparse.Namespace) -> int:
    """One full tick."""
    from mailbot.clock import system_clock  # noqa: PLC0415
    from mailbot.instance import only_instance  # noqa: PLC0415
    from mailbot.storage_troubles import refuse_damaged, told  # noqa: PLC0415
    from mailbot.wiring import build, state_folder  # noqa: PLC0415  slow to import

    config = config_of(arguments)
    log.set_up(config.log.format, config.log.level)
    moment = given.instant(arguments.at) if arguments.at else None
    clock = (lambda: moment) if moment else system_clock
    with told(config), only_instance(state_folder(config)):
        refuse_damaged(config)
        app = build(config, clock=clock, injected=moment is not None)
        try:
            app.start()
            healthy = app.once()
        finally:
            app.close()
    return 0 if healthy else 1
