"""`mailbot activity`, `media` and `upward`: what the mailbox cannot see, entered by the office."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from mailbot.cli import arguments as given
from mailbot.cli import media_table
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import iso, listing, until
from mailbot.clock import shanghai, system_clock
from mailbot.config import Config
from mailbot.errors import Refused
from store.records import ActivityRecord, ActRecord

if TYPE_CHECKING:
    from mailbot.stages.entries import Counted, Verb

_BY = "cli"
_STATES = {"open": "待交", "done": "已交", "cancelled": "已取消"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    _add_activities(commands)
    media = commands.add_parser(
        "media", help="第③类（新闻媒体）信息：录入、列表、撤销（附件2备注）"
    )
    media_table.add(_add_entries(media, "单位", enter_media, list_media, undo_media))
    upward = commands.add_parser("upward", help="本局向上报送：录入、列表、撤销（附件1备注）")
    _add_entries(upward, "对象", enter_upward, list_upward, undo_upward)


def _add_activities(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "activity", help="重要会议、行程、活动：登记、列表、办结（附件2备注，次日前报送）"
    )
    actions = parser.add_subparsers(dest="action", metavar="add|list|close|undo")
    table = actions.add_parser("list", help="列出活动")
    for target in (parser, table):
        given.json_flag(target)
        target.set_defaults(run=list_activities)
    adding = actions.add_parser("add", help="登记活动，通知承办单位次日前报送")
    adding.add_argument("unit", metavar="承办单位")
    adding.add_argument("day", metavar="日期")
    adding.add_argument("topic", metavar="事由")
    adding.set_defaults(run=add_activity)
    close = actions.add_parser("close", help="办结：--draft 来稿编号；不写则取消")
    close.add_argument("number", metavar="编号")
    close.add_argument("--draft", metavar="稿件编号")
    close.set_defaults(run=close_activity)
    undo = actions.add_parser("undo", help="撤销最近一步：重新待交，或取消登记")
    undo.add_argument("number", metavar="编号")
    undo.set_defaults(run=undo_activity)


def _add_entries(
    parser: argparse.ArgumentParser,
    whose: str,
    enter: Callable[[argparse.Namespace], int],
    show: Callable[[argparse.Namespace], int],
    undo: Callable[[argparse.Namespace], int],
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    actions = parser.add_subparsers(dest="action", metavar="add|list|undo")
    table = actions.add_parser("list", help="列出录入")
    for target in (parser, table):
        given.json_flag(target)
        target.set_defaults(run=show)
    adding = actions.add_parser("add", help="录入数量")
    adding.add_argument("whose", metavar=whose)
    adding.add_argument("count", metavar="数量", nargs="?", default="1")
    adding.add_argument("--date", metavar="日期", help="刊发或报送的日期；不写为今天")
    adding.add_argument("--evidence", default="", metavar="依据", help="标题、文号等")
    adding.set_defaults(run=enter)
    back = actions.add_parser("undo", help="撤销一次录入")
    back.add_argument("act", metavar="录入号")
    back.set_defaults(run=undo)
    return actions


# ---- activities


def list_activities(arguments: argparse.Namespace) -> int:
    """Activities, oldest first."""
    from mailbot.rules.deadlines import activity_due  # noqa: PLC0415  slow to import

    config = config_of(arguments)
    with store_of(config) as store, store.look() as uow:
        found = uow.commissions.activities()
    rule = config.open_questions.next_day_until
    return listing(
        found,
        as_json=arguments.json,
        document=lambda: {"activities": [_activity(item, rule) for item in found]},
        headers=("编号", "承办单位", "日期", "事由", "截止", "状态", "来稿"),
        cells=lambda item: (
            item.id,
            item.unit,
            item.held_on,
            item.topic,
            until(activity_due(item, rule)),
            _STATES[item.state],
            f"#{item.draft_id}" if item.draft_id else "",
        ),
    )


def _activity(item: ActivityRecord, rule: str) -> dict[str, object]:
    from mailbot.rules.deadlines import activity_due  # noqa: PLC0415  slow to import

    return {
        "id": item.id,
        "unit": item.unit,
        "topic": item.topic,
        "held_on": item.held_on.isoformat(),
        "due": iso(activity_due(item, rule)),
        "state": item.state,
        "draft": item.draft_id,
    }


def add_activity(arguments: argparse.Namespace) -> int:
    """Register an activity and tell its section."""
    from mailbot.stages.corrections import unit_or_refuse  # noqa: PLC0415
    from mailbot.stages.request_rows import find  # noqa: PLC0415
    from mailbot.stages.requests import activity  # noqa: PLC0415
    from mailbot.wiring import post_of  # noqa: PLC0415

    config, now = config_of(arguments), system_clock()
    unit, day = unit_or_refuse(arguments.unit, config), given.day(arguments.day)
    item = ActivityRecord(0, unit, arguments.topic, day)
    with store_of(config) as store, store.work() as uow:
        number, told = activity(uow, config, post_of(config), item, by=_BY, now=now)
        met = find(uow, "activity", number).draft_id
        uow.commit()
    then = f"该单位已报来 #{met}，已办结" if met else said(told=told)
    print(f"已登记活动 {number}：{unit}，{day}“{item.topic}”，{then}")
    return 0


def said(*, told: bool) -> str:
    """Whether the unit is told by mail."""
    return "已通知该单位" if told else "该单位没有登记邮箱，请另行通知"


def close_activity(arguments: argparse.Namespace) -> int:
    """Mark an activity as delivered or cancelled."""
    from mailbot.stages.requests import settle  # noqa: PLC0415

    number = given.number(arguments.number)
    draft = given.number(arguments.draft) if arguments.draft else None
    with store_of(config_of(arguments)) as store, store.work() as uow:
        done = settle(uow, "activity", number, draft=draft, by=_BY, now=system_clock())
        uow.commit()
    print(f"活动 {number} 已{done}")
    return 0


def undo_activity(arguments: argparse.Namespace) -> int:
    """Take back the last step of an activity."""
    from mailbot.stages.undoing import undo_last  # noqa: PLC0415

    number = given.number(arguments.number)
    with store_of(config_of(arguments)) as store, store.work() as uow:
        undone = undo_last(uow, f"activity:{number}", _BY, system_clock())
        uow.commit()
    print(f"已撤销：{undone}")
    return 0


# ---- entries


def enter_media(arguments: argparse.Namespace) -> int:
    """Items of column ③."""
    from mailbot.stages.corrections import unit_or_refuse  # noqa: PLC0415
    from mailbot.stages.entries import enter_media as enter  # noqa: PLC0415
    from mailbot.stages.outward import of_headline  # noqa: PLC0415

    config, now = config_of(arguments), system_clock()
    whose = unit_or_refuse(arguments.whose, config)
    item = _counted(arguments, whose)
    with store_of(config) as store, store.work() as uow:
        act = enter(uow, item, by=_BY, now=now)
        warnings = of_headline(uow, item.evidence)
        uow.commit()
    print(f"已录入 {act}：{whose} {item.on} 第③类{item.count}篇。如有误：mailbot media undo {act}")
    for warning in warnings:
        print(f"注意：{warning}")
    return 0


def enter_upward(arguments: argparse.Namespace) -> int:
    """Drafts sent upward."""
    from mailbot.stages.entries import enter_upward as enter  # noqa: PLC0415

    config, now = config_of(arguments), system_clock()
    item = _counted(arguments, _target(arguments.whose, config))
    with store_of(config) as store, store.work() as uow:
        act = enter(uow, config, item, by=_BY, now=now)
        uow.commit()
    said_of = f"{item.on} 向{item.whose}报送{item.count}条"
    print(f"已录入 {act}：{said_of}。如有误：mailbot upward undo {act}")
    return 0


def _target(words: str, config: Config) -> str:
    """市委办 means 市委办公室, as people write it."""
    near = [name for name in config.office_targets if name.startswith(words)]
    return near[0] if len(near) == 1 else words


def _counted(arguments: argparse.Namespace, whose: str) -> "Counted":
    from mailbot.stages.entries import Counted  # noqa: PLC0415

    if not arguments.count.isdecimal():
        raise Refused(f"数量 {arguments.count!r} 看不懂，请写数字")
    on = given.day(arguments.date) if arguments.date else shanghai(system_clock()).date()
    return Counted(whose, on, int(arguments.count), arguments.evidence)


def list_media(arguments: argparse.Namespace) -> int:
    """Entries of column ③."""
    return _list(arguments, "media", "unit", "单位")


def list_upward(arguments: argparse.Namespace) -> int:
    """Entries of drafts sent upward."""
    return _list(arguments, "upward", "target", "对象")


def _list(arguments: argparse.Namespace, verb: "Verb", whose: str, heading: str) -> int:
    from mailbot.stages.entries import entered  # noqa: PLC0415

    with store_of(config_of(arguments)) as store, store.look() as uow:
        found = entered(uow, verb)
    return listing(
        found,
        as_json=arguments.json,
        document=lambda: {"entries": [_entry(act, whose) for act in found]},
        headers=("录入号", heading, "日期", "数量", "依据", "状态"),
        cells=lambda act: (
            act.id,
            act.detail[whose],
            act.detail["on"],
            act.detail["count"],
            act.detail.get("evidence", ""),
            "有效" if act.undone_by is None else "已撤销",
        ),
    )


def _entry(act: ActRecord, whose: str) -> dict[str, object]:
    return {
        "act": act.id,
        whose: act.detail[whose],
        "on": act.detail["on"],
        "count": act.detail["count"],
        "evidence": act.detail.get("evidence", ""),
        "by": act.by,
        "entered_at": iso(act.at),
        "undone": act.undone_by is not None,
    }


def undo_media(arguments: argparse.Namespace) -> int:
    """Take an entry of column ③ back."""
    return _undo(arguments, "media")


def undo_upward(arguments: argparse.Namespace) -> int:
    """Take an entry of drafts sent upward back."""
    return _undo(arguments, "upward")


def _undo(arguments: argparse.Namespace, verb: "Verb") -> int:
    from mailbot.stages.entries import NAMES, take_back  # noqa: PLC0415

    act = given.number(arguments.act)
    with store_of(config_of(arguments)) as store, store.work() as uow:
        take_back(uow, verb, act, by=_BY, now=system_clock())
        uow.commit()
    print(f"已撤销：{NAMES[verb]} {act}")
    return 0
