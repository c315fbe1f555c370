"""`mailbot drafts list`: drafts on record by unit, kind, time, state, task, length and words."""

import argparse
from datetime import datetime

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import iso, print_json, print_table, when
from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.rules.same_item_words import in_lists
from store.records import DraftRecord

STATES = {"counted": "计入", "not_counted": "不计", "withdrawn": "撤稿", "returned": "退回"}
_LEVELS = {"alert": "突发", "review": "疑似", "none": ""}


def filters(parser: argparse.ArgumentParser) -> None:
    """What the listing may be narrowed by."""
    parser.add_argument("--unit", metavar="单位")
    parser.add_argument("--kind", metavar="类型")
    parser.add_argument("--state", choices=list(STATES))
    parser.add_argument("--task", type=int, metavar="任务序号")
    parser.add_argument("--period", metavar="时段", help="收到的年、季、月、周、日，如 2023-04")
    parser.add_argument("--since", metavar="起", help="收到时间的起点，如 2023-04-19T09:05")
    parser.add_argument("--until", metavar="止", help="收到时间的终点，不含此刻")
    parser.add_argument("--min-words", type=int, metavar="字数", help="正文至少多少字")
    parser.add_argument("--max-words", type=int, metavar="字数", help="正文至多多少字")
    parser.add_argument(
        "--text", metavar="词语", help="标题或正文含有的词语；几个词用空格隔开，须全部含有"
    )
    parser.add_argument("--review", action="store_true", help="只列需要复核的")
    parser.add_argument("--emergency", action="store_true", help="只列突发和疑似突发")
    parser.add_argument("--limit", type=int, default=1000, metavar="篇数")
    given.json_flag(parser)


def list_drafts(arguments: argparse.Namespace) -> int:
    """Drafts, newest first."""
    from mailbot.stages.corrections import unit_or_refuse  # noqa: PLC0415
    from store.drafts import DraftFilter  # noqa: PLC0415  the database library is slow to import

    config = config_of(arguments)
    start, end = _span(arguments, config)
    wanted = DraftFilter(
        unit=unit_or_refuse(arguments.unit, config) if arguments.unit else None,
        kind=_kind(arguments.kind, config),
        state=arguments.state,
        task=arguments.task,
        start=start,
        end=end,
        text=_searchable(arguments.text),
        fewest=arguments.min_words,
        most=arguments.max_words,
        needs_review=arguments.review,
        emergency=arguments.emergency,
        limit=arguments.limit,
    )
    with store_of(config) as store, store.look() as uow:
        found = uow.drafts.listing(wanted)
    if arguments.json:
        print_json({"drafts": [summary(draft) for draft in found]})
        return 0
    headers = ("编号", "收到", "单位", "标题", "类型", "栏", "字数", "突发", "状态")
    print_table(headers, (_cells(draft) for draft in found))
    if len(found) == arguments.limit:
        print(f"只列出最新的{arguments.limit}篇；可缩小范围，或用 --limit 多列")
    return 0


def _span(arguments: argparse.Namespace, config: Config) -> tuple[datetime | None, datetime | None]:
    """What --period, --since and --until leave together."""
    start = given.instant(arguments.since) if arguments.since else None
    end = given.instant(arguments.until) if arguments.until else None
    if arguments.period:
        from mailbot.stages.periods import period  # noqa: PLC0415  the calendar is slow to import

        whole = period(arguments.period, config.open_questions.week_starts_on)
        start = max(start, whole.start) if start else whole.start
        end = min(end, whole.end) if end else whole.end
    return start, end


def _kind(name: str | None, config: Config) -> str | None:
    known = (*config.kinds, "待审", "非稿件")
    if name is not None and name not in known:
        raise Refused(f"没有“{name}”这个类型，可用：{'、'.join(known)}")
    return name


def _searchable(query: str | None) -> str | None:
    from store.search import MOST_LETTERS, MOST_WORDS, words_of  # noqa: PLC0415  slow to import

    try:
        words_of(query or "")
    except ValueError:
        most = f"至多{MOST_WORDS}个词，每个至多{MOST_LETTERS}字"
        raise Refused(f"--text 的词语太多或太长：{most}") from None
    return query


def summary(draft: DraftRecord) -> dict[str, object]:
    """The listing's keys of one draft."""
    return {
        "id": draft.id,
        "received_at": iso(draft.received_at),
        "unit": draft.unit or None,
        "title": draft.title,
        "kind": draft.kind,
        "column": draft.column,
        "words": draft.words,
        "words_total": draft.words_total,
        "words_cjk": draft.words_cjk,
        "approximate": draft.approximate,
        "emergency": draft.emergency,
        "event_time": iso(draft.event_earliest),
        "minutes_to_report": draft.minutes_to_report,
        "late": draft.late,
        "task": draft.task,
        "state": draft.state,
        "same_item_as": draft.same_item_as,
        "relation": draft.relation,
        "needs_review": list(draft.needs_review),
    }


def _cells(draft: DraftRecord) -> tuple[object, ...]:
    review = " 待核" if draft.needs_review else ""
    like = in_lists(draft.relation, draft.same_item_as)
    return (
        f"#{draft.id}",
        when(draft.received_at),
        draft.unit or "待核",
        draft.title,
        draft.kind,
        "①②③"[draft.column - 1] if draft.column else "",
        f"约{draft.words}" if draft.approximate else draft.words,
        _LEVELS[draft.emergency],
        "，".join(filter(None, (STATES[draft.state], like))) + review,
    )
