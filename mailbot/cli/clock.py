"""`mailbot clock`: how the clock stands, and the operator's word that it is right."""

import argparse

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import iso, print_json
from mailbot.clock import system_clock


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("clock", help="时钟：查看；跳变后确认电脑时间无误")
    actions = parser.add_subparsers(dest="action", metavar="show|trust")
    shown = actions.add_parser("show", help="电脑时间与程序所用的时间")
    for target in (parser, shown):
        given.json_flag(target)
        target.set_defaults(run=show_clock)
    trust = actions.add_parser("trust", help="电脑时间无误，立即恢复普通邮件")
    trust.set_defaults(run=trust_clock)


def show_clock(arguments: argparse.Namespace) -> int:
    """The wall clock, and whether routine mail is held because of it; exit 1 when it is."""
    from mailbot.timekeeping import GUARD, JUMP  # noqa: PLC0415  slow to import

    wall = system_clock()
    with store_of(config_of(arguments)) as store, store.look() as uow:
        jump = str(uow.facts.get(JUMP) or "")
        kept = uow.facts.get(GUARD)
    guarded = given.instant(str(kept["guarded"])) if kept else None
    if arguments.json:
        print_json({"wall": iso(wall), "last_used": iso(guarded), "problem": jump})
    else:
        print(f"电脑时间 {given.shown(wall)}")
        print(f"程序最近所用 {given.shown(guarded)}" if guarded else "程序还没有运行过")
        print(jump or "时钟正常")
    return 1 if jump else 0


def trust_clock(arguments: argparse.Namespace) -> int:
    """Believe the wall clock from now on."""
    from mailbot.timekeeping import trust_wall_clock  # noqa: PLC0415  slow to import

    wall = system_clock()
    with store_of(config_of(arguments)) as store:
        trust_wall_clock(store, wall)
    print(f"已按电脑时间 {given.shown(wall)} 恢复，普通邮件照常发送")
    return 0
