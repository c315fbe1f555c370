"""`mailbot event`, `commission` and `exempt`: the office's hand."""

import argparse

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, now_of, store_of
from mailbot.cli.printing import iso, print_json, print_table, when
from mailbot.clock import system_clock
from mailbot.errors import Refused
from store.records import CommissionRecord, EventRecord

BY = "cli"
_STATES = {"open": "处置中", "closed": "已终报", "dismissed": "已排除"}
_LEVELS = {"alert": "突发", "review": "疑似"}
_COMMISSIONS = {"open": "待交", "done": "已交", "cancelled": "已取消"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    _add_events(commands)
    _add_commissions(commands)
    exempt = commands.add_parser("exempt", help="免除一项任务（编号见 due --json 的 key）")
    exempt.add_argument("key", metavar="任务编号")
    exempt.add_argument("because", metavar="原因")
    exempt.set_defaults(run=exempt_duty)


def _add_events(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("event", help="突发事件：登记、确认、续报、办结、列表")
    actions = parser.add_subparsers(dest="action", metavar="open|ack|followup|close|list")
    listing = actions.add_parser("list", help="列出突发事件")
    for target in (parser, listing):
        given.json_flag(target)
        target.set_defaults(run=list_events)
    opened = actions.add_parser("open", help="登记电话报来或从别处得知的突发事件")
    opened.add_argument("unit", metavar="单位")
    opened.add_argument("title", metavar="事由")
    opened.add_argument("--happened", metavar="时间", help="事发时间")
    opened.add_argument("--reported", metavar="时间", help="事发单位接报的时间")
    opened.add_argument("--phoned", metavar="时间", help="单位来电的时间；不写为现在")
    opened.add_argument("--heard", action="store_true", help="不是事发单位报来的（电话时限不停）")
    opened.set_defaults(run=open_event)
    for verb, said in (("ack", "确认收到，暂停重复预警"), ("followup", "登记邮件以外的续报")):
        action = actions.add_parser(verb, help=said)
        action.add_argument("event", metavar="E编号")
        if verb == "followup":
            on_paper = "是书面续报（传真、工作群等）；电话续报不写，书面首报仍须补报"
            action.add_argument("--written", action="store_true", help=on_paper)
        action.set_defaults(run=touch_event, verb=verb)
    close = actions.add_parser("close", help="办结（终报）")
    close.add_argument("event", metavar="E编号")
    close.add_argument("--false-alarm", action="store_true", help="不是突发事件，予以排除")
    close.set_defaults(run=close_event)


def _add_commissions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("commission", help="约稿：登记、列表、办结（四（一））")
    actions = parser.add_subparsers(dest="action", metavar="add|list|close|undo")
    listing = actions.add_parser("list", help="列出约稿")
    for target in (parser, listing):
        given.json_flag(target)
        target.set_defaults(run=list_commissions)
    adding = actions.add_parser("add", help="向单位约稿")
    adding.add_argument("unit", metavar="单位")
    adding.add_argument("due", metavar="截止时间", help="只写日期的，到当日下班时间为止")
    adding.add_argument("topic", metavar="主题")
    adding.set_defaults(run=add_commission)
    close = actions.add_parser("close", help="办结约稿：--draft 交稿编号；不写则取消")
    close.add_argument("commission", metavar="编号")
    close.add_argument("--draft", metavar="稿件编号")
    close.set_defaults(run=close_commission)
    undo = actions.add_parser("undo", help="撤销最近一步：重新待交，或取消约稿")
    undo.add_argument("commission", metavar="编号")
    undo.set_defaults(run=undo_commission)


def list_events(arguments: argparse.Namespace) -> int:
    """Events, oldest first."""
    with store_of(config_of(arguments)) as store, store.look() as uow:
        found = uow.events.all()
    if arguments.json:
        print_json({"events": [_event(event) for event in found]})
        return 0
    print_table(
        ("编号", "级别", "单位", "事由", "登记", "首报", "确认", "状态"),
        (
            (
                f"E{event.id}",
                _LEVELS.get(event.level, ""),
                event.unit or "待核",
                event.title,
                when(event.opened_at),
                when(event.written_at),
                when(event.acknowledged_at),
                _STATES[event.state],
            )
            for event in found
        ),
    )
    return 0


def _event(event: EventRecord) -> dict[str, object]:
    return {
        "id": f"E{event.id}",
        "level": event.level,
        "unit": event.unit or None,
        "title": event.title,
        "hazard": event.hazard,
        "state": event.state,
        "opened_at": iso(event.opened_at),
        "opened_by": event.opened_by,
        "happened_at": iso(event.happened_earliest),
        "reported_at": iso(event.reported_at),
        "phoned_at": iso(event.phoned_at),
        "written_at": iso(event.written_at),
        "last_report_at": iso(event.last_report_at),
        "acknowledged_at": iso(event.acknowledged_at),
        "closed_at": iso(event.closed_at),
        "drafts": list(event.draft_ids),
    }


def open_event(arguments: argparse.Namespace) -> int:
    """Log an emergency that was phoned in."""
    from mailbot.stages.corrections import unit_or_refuse  # noqa: PLC0415
    from mailbot.stages.emergencies_by_hand import open_event as opening  # noqa: PLC0415

    config = config_of(arguments)
    happened = given.instant(arguments.happened) if arguments.happened else None
    reported = given.instant(arguments.reported) if arguments.reported else None
    with store_of(config) as store, store.work() as uow:
        event_id = opening(
            uow,
            unit=unit_or_refuse(arguments.unit, config),
            title=arguments.title,
            happened=happened,
            reported=reported,
            by=BY,
            now=now_of(uow, config),
            phoned=not arguments.heard,
            phoned_at=given.instant(arguments.phoned) if arguments.phoned else None,
        )
        uow.commit()
    print(f"已登记突发事件 E{event_id}，开始计时；书面报告由系统催报")
    return 0


def touch_event(arguments: argparse.Namespace) -> int:
    """Acknowledge, or log a follow-up."""
    from mailbot.stages import emergencies_by_hand as hand  # noqa: PLC0415

    event_id, config = given.number(arguments.event, "E"), config_of(arguments)
    with store_of(config) as store, store.work() as uow:
        now = now_of(uow, config)
        if arguments.verb == "ack":
            hand.acknowledge(uow, event_id, BY, now)
            said = "确认"
        else:
            before = hand.follow_up(uow, event_id, BY, now, written=arguments.written)
            owed = before.written_at is None and not arguments.written
            said = "登记续报" + ("；书面首报仍未收到，继续催报" if owed else "")
        uow.commit()
    print(f"E{event_id} 已{said}")
    return 0


def close_event(arguments: argparse.Namespace) -> int:
    """Close an event."""
    from mailbot.stages import emergencies_by_hand as hand  # noqa: PLC0415

    event_id, config = given.number(arguments.event, "E"), config_of(arguments)
    with store_of(config) as store, store.work() as uow:
        hand.close(uow, event_id, BY, now_of(uow, config), dismissed=arguments.false_alarm)
        uow.commit()
    print(f"E{event_id} 已{'排除' if arguments.false_alarm else '办结'}")
    return 0


def list_commissions(arguments: argparse.Namespace) -> int:
    """Commissions, oldest first."""
    with store_of(config_of(arguments)) as store, store.look() as uow:
        found = uow.commissions.all()
    if arguments.json:
        print_json({"commissions": [_commission(item) for item in found]})
        return 0
    print_table(
        ("编号", "单位", "主题", "截止", "状态"),
        (
            (item.id, item.unit, item.topic, when(item.due), _COMMISSIONS[item.state])
            for item in found
        ),
    )
    return 0


def _commission(item: CommissionRecord) -> dict[str, object]:
    return {
        "id": item.id,
        "unit": item.unit,
        "topic": item.topic,
        "asked_at": iso(item.asked_at),
        "due": iso(item.due),
        "state": item.state,
        "draft": item.draft_id,
    }


def add_commission(arguments: argparse.Namespace) -> int:
    """Ask a unit for a draft."""
    from mailbot.cli.asking import said  # noqa: PLC0415
    from mailbot.stages.corrections import unit_or_refuse  # noqa: PLC0415
    from mailbot.stages.requests import commission  # noqa: PLC0415
    from mailbot.wiring import post_of  # noqa: PLC0415

    config, now = config_of(arguments), system_clock()
    due = given.deadline(arguments.due, config.schedule.working_hours[1])
    if due <= now:
        raise Refused(f"截止时间 {given.shown(due)} 已经过去")
    unit = unit_or_refuse(arguments.unit, config)
    item = CommissionRecord(0, unit, arguments.topic, now, due)
    with store_of(config) as store, store.work() as uow:
        number, told = commission(uow, config, post_of(config), item, BY)
        uow.commit()
    print(f"已登记约稿 {number}：{unit}，{given.shown(due)}前，{said(told=told)}")
    return 0


def close_commission(arguments: argparse.Namespace) -> int:
    """Mark a commission as delivered or cancelled."""
    from mailbot.stages.requests import settle  # noqa: PLC0415

    number, now = given.number(arguments.commission), system_clock()
    draft = given.number(arguments.draft) if arguments.draft else None
    with store_of(config_of(arguments)) as store, store.work() as uow:
        done = settle(uow, "commission", number, draft=draft, by=BY, now=now)
        uow.commit()
    print(f"约稿 {number} 已{done}")
    return 0


def undo_commission(arguments: argparse.Namespace) -> int:
    """Take back the last step of a commission: closing, or asking."""
    from mailbot.stages.undoing import undo_last  # noqa: PLC0415

    number = given.number(arguments.commission)
    with store_of(config_of(arguments)) as store, store.work() as uow:
        undone = undo_last(uow, f"commission:{number}", BY, system_clock())
        uow.commit()
    print(f"已撤销：{undone}")
    return 0


def exempt_duty(arguments: argparse.Namespace) -> int:
    """Release a unit from one obligation."""
    from mailbot.stages.exempting import exempt  # noqa: PLC0415

    config, now = config_of(arguments), system_clock()
    with store_of(config) as store, store.work() as uow:
        _, duty = exempt(uow, config, arguments.key, arguments.because, by=BY, now=now)
        uow.commit()
    print(f"已免除：{duty.unit} {duty.period_label}{duty.what}")
    return 0
