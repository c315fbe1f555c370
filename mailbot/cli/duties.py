"""`mailbot due`: what is due, late, overdue, with reasons; sends nothing."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, now_of, store_of
from mailbot.cli.printing import iso, print_json, print_table, until
from mailbot.records.obligations import Obligation

if TYPE_CHECKING:
    from mailbot.stages.foresight import Expected

_KINDS = {
    "reminder": "催报（期前）",
    "overdue": "催报（逾期）",
    "escalation": "催报（加发）",
    "office_list": "无邮箱单位名单",
    "alert": "突发预警",
    "emergency_reminder": "催突发书面报告",
    "followup": "催续报",
    "missed_candidate": "漏报候选",
    "daily": "日报",
    "weekly": "周报",
    "monthly": "月报",
    "quarterly": "季报",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    due = commands.add_parser("due", help="各单位应报、临期、逾期事项及理由；不发任何邮件")
    due.add_argument("--at", metavar="时间", help="看这一时刻的情况，过去将来都可以")
    due.add_argument("--unit", metavar="单位")
    due.add_argument("--open", action="store_true", help="只列临期和逾期的")
    given.json_flag(due)
    due.set_defaults(run=show_due)


def show_due(arguments: argparse.Namespace) -> int:
    """Obligations and the letters that would go out at an instant."""
    from mailbot.rules.obligations import all_obligations, pressing  # noqa: PLC0415  slow to import
    from mailbot.stages.beginnings import since_start  # noqa: PLC0415
    from mailbot.stages.foresight import known_at, ledger_at, letters_at  # noqa: PLC0415

    config = config_of(arguments)
    with store_of(config) as store, store.look() as uow:
        now = given.instant(arguments.at) if arguments.at else now_of(uow, config)
        ledger, known = ledger_at(uow, now), known_at(uow, now)
    owed = all_obligations(config.notice, ledger, now, config.schedule)
    duties: Sequence[Obligation] = sorted(since_start(owed, known.started), key=pressing)
    letters = letters_at(config, ledger, duties, now, known)
    if arguments.unit:
        from mailbot.stages.corrections import unit_or_refuse  # noqa: PLC0415

        unit = unit_or_refuse(arguments.unit, config)
        duties = [duty for duty in duties if duty.unit == unit]
        letters = [letter for letter in letters if letter.unit == unit]
    if arguments.open:
        duties = [duty for duty in duties if duty.open]
    if arguments.json:
        print_json(_document(duties, letters, now))
        return 0
    print(f"截至 {given.shown(now)}")
    print_table(
        ("单位", "事项", "周期", "截止", "应", "已", "状态", "依据", "说明"),
        (_cells(duty) for duty in duties),
    )
    print("\n此刻会发出的信：")
    print_table(
        ("类别", "单位", "发往", "原因"),
        (
            (_KINDS[letter.kind], letter.unit, "、".join(letter.to), letter.reason)
            for letter in letters
        ),
    )
    return 0


def _cells(duty: Obligation) -> tuple[object, ...]:
    return (
        duty.unit,
        duty.what,
        duty.period_label,
        until(duty.due),
        f"{duty.needed:g}",
        f"{duty.done:g}",
        duty.state,
        duty.clause,
        duty.explanation or ("、".join(f"#{number}" for number in duty.fulfilled_by)),
    )


def _document(
    duties: Sequence[Obligation], letters: "Sequence[Expected]", now: datetime
) -> dict[str, object]:
    return {
        "at": iso(now),
        "obligations": [
            {
                "key": duty.key,
                "unit": duty.unit,
                "what": duty.what,
                "column": duty.column,
                "period": duty.period,
                "period_label": duty.period_label,
                "due": iso(duty.due),
                "needed": duty.needed,
                "done": duty.done,
                "measure": duty.measure,
                "state": duty.state,
                "clause": duty.clause,
                "confidence": duty.confidence,
                "fulfilled_by": list(duty.fulfilled_by),
                "explanation": duty.explanation,
            }
            for duty in duties
        ],
        "letters": [
            {
                "kind": letter.kind,
                "to": list(letter.to),
                "unit": letter.unit,
                "reason": letter.reason,
                "key": letter.key,
            }
            for letter in letters
        ],
    }
