"""`mailbot drafts`: the ledger of drafts, and its corrections."""

import argparse
from collections.abc import Mapping
from datetime import datetime

from mailbot.cli import arguments as given
from mailbot.cli.draft_listing import STATES, filters, list_drafts, summary
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import iso, print_json, print_table, when
from mailbot.clock import system_clock
from mailbot.errors import Refused
from store.records import DraftRecord

BY = "cli"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    parser = commands.add_parser("drafts", help="稿件台账：查看、更正、撤稿")
    actions = parser.add_subparsers(
        dest="action", metavar="list|show|correct|withdraw|return|undo|corrections"
    )
    listing = actions.add_parser("list", help="列出稿件")
    filters(listing)
    for target in (parser, listing):
        target.set_defaults(run=list_drafts)
    filters(parser)
    show = actions.add_parser("show", help="一篇稿件的全部情况")
    show.add_argument("draft", metavar="编号")
    given.json_flag(show)
    show.set_defaults(run=show_draft)
    correct = actions.add_parser(
        "correct", help="更正：单位=… 类型=… 栏目=… 任务=… 突发=… 事发=… 计数=…"
    )
    correct.add_argument("draft", metavar="编号")
    correct.add_argument(
        "changes",
        nargs="+",
        metavar="项目=取值",
        help="单位、类型、栏目、任务、突发（是、疑似、否）、事发、计数，"
        "如 类型=经验做法，突发=是 事发=4月19日8时40分",
    )
    correct.set_defaults(run=correct_draft)
    withdraw = actions.add_parser("withdraw", help="撤稿：保留记录，不再计数")
    withdraw.add_argument("draft", metavar="编号")
    withdraw.add_argument("because", metavar="原因")
    withdraw.set_defaults(run=withdraw_draft)
    back = actions.add_parser("return", help="退回：保留记录，不再计数，请单位修改后重报")
    back.add_argument("draft", metavar="编号")
    back.add_argument("because", metavar="原因")
    back.set_defaults(run=return_draft)
    undo = actions.add_parser("undo", help="撤销一次操作（更正、撤稿、退回、采用、批示等）")
    undo.add_argument("act", metavar="操作号")
    undo.set_defaults(run=undo_act)
    made = actions.add_parser("corrections", help="列出更正过的判断，可用来检验规则的改动")
    given.json_flag(made)
    made.set_defaults(run=list_corrections)


_NAMES = {
    "unit": "单位",
    "kind": "类型",
    "column": "栏目",
    "task": "任务",
    "emergency": "突发",
    "event_earliest": "事发起",
    "event_latest": "事发止",
}
_WORDS = {"alert": "是", "review": "疑似", "none": "否"}


def show_draft(arguments: argparse.Namespace) -> int:
    """One draft: verdicts with reasons, files, history."""
    from mailbot.stages.corrections import draft_or_refuse  # noqa: PLC0415
    from mailbot.stages.same_item import chain  # noqa: PLC0415

    config = config_of(arguments)
    with store_of(config) as store, store.look() as uow:
        draft = draft_or_refuse(uow, given.number(arguments.draft))
        files = uow.messages.files_of(draft.message_id)
        acts = uow.acts.of(f"draft:{draft.id}")
        item = [_link(one, said) for one, said in chain(uow, draft)]
        mail = uow.messages.get(draft.message_id)
    history = [
        {"act": act.id, "at": iso(act.at), "by": act.by, "verb": act.verb, "detail": act.detail}
        for act in acts
    ]
    listed = [
        {"name": file.name, "format": file.format, "size": file.size, "reason": file.reason}
        for file in files
    ]
    document = {
        **summary(draft),
        "joint": list(draft.joint),
        "source": draft.source,
        "subject": mail.subject if mail else "",
        "reasons": list(draft.reasons),
        "missing": list(draft.missing),
        "elements_missing": list(draft.elements_missing),
        "warnings": list(draft.warnings),
        "images": len(draft.distinct_images),
        "chain": item,
        "files": listed,
        "history": history,
        "rules_version": draft.rules_version,
    }
    if arguments.json:
        print_json(document)
        return 0
    _print_draft(draft, document)
    return 0


def _link(draft: DraftRecord, relation: str) -> dict[str, object]:
    return {
        "id": draft.id,
        "received_at": iso(draft.received_at),
        "unit": draft.unit or None,
        "relation": relation,
        "state": draft.state,
    }


def _chain_said(document: Mapping[str, object]) -> str:
    """The mails of one item in a line, oldest first; "" for a draft alone."""
    links = document["chain"]
    assert isinstance(links, list)
    return " → ".join(
        f"#{link['id']}{link['relation']}（{str(link['received_at'])[:10]}，"
        f"{STATES[link['state']]}）"
        for link in links
    )


def _print_draft(draft: DraftRecord, document: dict[str, object]) -> None:
    print(f"#{draft.id} {draft.title}")
    print(f"  收到 {when(draft.received_at)}  单位 {draft.unit or '待核'}  类型 {draft.kind}")
    print(f"  正文 {draft.words} 字，全文 {draft.words_total} 字，汉字 {draft.words_cjk} 个")
    for reason in draft.reasons:
        clause = f"（{reason['clause']}）" if reason.get("clause") else ""
        print(f"  - {reason['verdict']}：{reason['because']}{clause}")
    if said := _chain_said(document):
        print(f"  前后各稿：{said}")
    for name, label in (("needs_review", "待核"), ("missing", "缺少"), ("warnings", "注意")):
        values = document[name]
        if isinstance(values, list) and values:
            print(f"  {label}：{'；'.join(values)}")
    history = document["history"]
    assert isinstance(history, list)
    for entry in history:
        print(f"  操作{entry['act']} {entry['at']} {entry['by']} {entry['verb']} {_told(entry)}")


def _told(entry: Mapping[str, object]) -> str:
    """What an act changed, from what to what; the reasons stay in --json."""
    detail = entry["detail"]
    if not isinstance(detail, Mapping):
        return str(detail)
    before, after = (_decided(detail.get(name)) for name in ("before", "after"))
    if not after and (states := _states(detail)):
        return "：".join(filter(None, (states, str(detail.get("because") or ""))))
    return f"{_in_words(before)} → {_in_words(after)}" if after else str(dict(detail))


def _states(detail: Mapping[str, object]) -> str:
    """计入 → 撤稿: what a 撤稿, 退回 or 计数=… did; "" for other acts."""
    values = (detail.get(name) for name in ("before", "after"))
    told = [STATES.get(str(one.get("state")), "") for one in values if isinstance(one, Mapping)]
    return " → ".join(told) if len(told) == 2 and all(told) else ""


def _decided(values: object) -> Mapping[str, object]:
    known = values if isinstance(values, Mapping) else {}
    return {name: value for name, value in known.items() if name in _NAMES}


def correct_draft(arguments: argparse.Namespace) -> int:
    """Change unit, kind, column, task, emergency, event time or counting; audited."""
    from mailbot.stages.corrected_events import Hand  # noqa: PLC0415
    from mailbot.stages.corrections import correct  # noqa: PLC0415
    from mailbot.wiring import post_of  # noqa: PLC0415

    config = config_of(arguments)
    pairs = [change.replace("＝", "=").partition("=") for change in arguments.changes]
    if any(not middle for _, middle, _ in pairs):
        raise Refused("请写成 项目=取值 的形式，例如 单位=市政管理科")
    wanted = {name.strip(): value for name, _, value in pairs}
    draft_id = given.number(arguments.draft)
    hand = Hand(config, post_of(config), BY, system_clock())
    with store_of(config) as store, store.work() as uow:
        act = correct(uow, draft_id, wanted, hand)
        event = uow.events.of_draft(draft_id)
        uow.commit()
    print(f"已更正 #{draft_id}（操作 {act}）。如有误：mailbot drafts undo {act}")
    if event is not None and "突发" in wanted:
        said = "不再提醒" if event.state == "dismissed" else "预警发往值班邮箱"
        print(f"突发事件 E{event.id}：{said}")
    return 0


def withdraw_draft(arguments: argparse.Namespace) -> int:
    """Take a draft back."""
    from mailbot.stages.corrections import withdraw  # noqa: PLC0415
    from mailbot.stages.same_item import heir_said  # noqa: PLC0415

    draft_id = given.number(arguments.draft)
    with store_of(config_of(arguments)) as store, store.work() as uow:
        act = withdraw(uow, draft_id, arguments.because, BY, system_clock())
        heir = heir_said(uow, act)
        uow.commit()
    print(f"已撤稿 #{draft_id}（操作 {act}）{heir}。如有误：mailbot drafts undo {act}")
    return 0


def return_draft(arguments: argparse.Namespace) -> int:
    """Send a draft back."""
    from mailbot.stages.corrections import send_back  # noqa: PLC0415
    from mailbot.stages.same_item import heir_said  # noqa: PLC0415

    draft_id = given.number(arguments.draft)
    with store_of(config_of(arguments)) as store, store.work() as uow:
        act = send_back(uow, draft_id, arguments.because, BY, system_clock())
        heir = heir_said(uow, act)
        uow.commit()
    print(f"已退回 #{draft_id}（操作 {act}），请告知单位{heir}。如有误：mailbot drafts undo {act}")
    return 0


def undo_act(arguments: argparse.Namespace) -> int:
    """Undo an act of the office."""
    from mailbot.stages.undoing import undo  # noqa: PLC0415

    with store_of(config_of(arguments)) as store, store.work() as uow:
        undone = undo(uow, given.number(arguments.act), BY, system_clock())
        uow.commit()
    print(f"已撤销：{undone}")
    return 0


def list_corrections(arguments: argparse.Namespace) -> int:
    """Corrections in force, each with what the rules need to judge the draft again."""
    from mailbot.stages.correction_cases import cases  # noqa: PLC0415

    config = config_of(arguments)
    with store_of(config) as store, store.look() as uow:
        found = cases(uow, config)
    if arguments.json:
        print_json({"corrections": found})
        return 0
    headers = ("操作", "稿件", "主题", "原判", "更正为")
    print_table(headers, (_correction_cells(case) for case in found))
    return 0


def _correction_cells(case: Mapping[str, object]) -> tuple[object, ...]:
    before, after = (_in_words(case[name]) for name in ("before", "after"))
    return case["act"], f"#{case['draft']}", case["subject"], before, after


def _in_words(values: object) -> str:
    assert isinstance(values, Mapping)
    return "，".join(f"{_NAMES[name]}{_shown(name, value)}" for name, value in values.items())


def _shown(name: str, value: object) -> str:
    if value and name.startswith("event_"):
        return when(datetime.fromisoformat(str(value)))
    return "无" if value in (None, "") else _WORDS.get(str(value), str(value))
