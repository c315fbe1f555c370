"""`mailbot score`: the score sheet; every point names clause, rule version and evidence."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import print_json, print_table
from mailbot.clock import shanghai, system_clock
from mailbot.config_files import load
from mailbot.records.scores import Move, ScoreLine, ScoreSheet


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    score = commands.add_parser("score", help="年度得分表（附件1、附件2、四（三））")
    score.add_argument("--year", type=int, metavar="年份", help="不写为今年")
    score.add_argument(
        "--until", metavar="日期", help="截至哪一天，如 2023-05-31；不写为今天，往年为年底"
    )
    score.add_argument("--unit", metavar="单位", help="只看一个单位，列出每一分的依据")
    score.add_argument(
        "--compare",
        type=Path,
        metavar="文件",
        help="与另一份设置文件的计分规则比较：列出启用后谁的得分、名次会变，不作任何改动",
    )
    given.json_flag(score)
    score.set_defaults(run=show_scores)


def show_scores(arguments: argparse.Namespace) -> int:
    """Sheets of a year."""
    from mailbot.stages.corrections import unit_or_refuse  # noqa: PLC0415
    from mailbot.stages.scores import moved_by, sheets_of  # noqa: PLC0415

    config = config_of(arguments)
    today = shanghai(system_clock()).date()
    until = given.day(arguments.until) if arguments.until else today
    year = arguments.year or until.year
    unit = unit_or_refuse(arguments.unit, config) if arguments.unit else None
    with store_of(config) as store, store.look() as uow:
        if arguments.compare:
            found = moved_by(uow, config, load(arguments.compare), year, until)
            return _show_moves(found, year, as_json=arguments.json)
        sheets = [
            sheet
            for sheet in sheets_of(uow, config, year, until)
            if unit is None or sheet.unit == unit
        ]
    if arguments.json:
        print_json({"year": year, "units": [document(sheet) for sheet in sheets]})
        return 0
    print_table(
        ("单位", "组别", "报送/任务", "采用/任务", "加减分", "综合得分", "组内名次"),
        (_cells(sheet) for sheet in sheets),
    )
    if unit is not None:
        for sheet in sheets:
            _print_lines(sheet)
    return 0


def document(sheet: ScoreSheet) -> dict[str, object]:
    """A sheet with the keys of the contract, and more."""
    return {
        "unit": sheet.unit,
        "group": sheet.group,
        "submitted": sheet.submitted,
        "submit_quota": sheet.submit_quota,
        "adopted": sheet.adopted,
        "adopt_quota": sheet.adopt_quota,
        "points": sheet.points,
        "composite": sheet.composite,
        "rank": sheet.rank,
        "disqualified": sheet.disqualified,
        "columns": [
            {
                "column": column.column,
                "submitted": column.submitted,
                "submit_quota": column.submit_quota,
                "adopted": column.adopted,
                "adopt_quota": column.adopt_quota,
                "unconfirmed": column.unconfirmed,
            }
            for column in sheet.columns
        ],
        "base": [_line(line) for line in sheet.base],
        "lines": [_line(line) for line in sheet.lines],
        "notes": list(sheet.notes),
    }


def _line(line: ScoreLine) -> dict[str, object]:
    return {
        "points": line.points,
        "because": line.because,
        "clause": line.clause,
        "evidence": line.evidence,
        "rules": line.rules,
        "channel": line.channel,
        "act": line.act,
    }


def _cells(sheet: ScoreSheet) -> tuple[object, ...]:
    return (
        sheet.unit,
        sheet.group,
        f"{sheet.submitted}/{sheet.submit_quota}",
        f"{sheet.adopted}/{sheet.adopt_quota}",
        f"{sheet.points:+g}",
        f"{sheet.composite:.2f}",
        sheet.rank,
    )


def _print_lines(sheet: ScoreSheet) -> None:
    print()
    for line in (*sheet.base, *sheet.lines):
        print(f"  {line.points:+8.2f}  {line.because}")
        print(f"            依据：{line.clause}；{line.evidence}；计分规则 {line.rules}")
    for note in sheet.notes:
        print(f"  注：{note}")


def _show_moves(found: Sequence[Move], year: int, *, as_json: bool) -> int:
    if as_json:
        print_json(
            {
                "year": year,
                "moves": [
                    {
                        "unit": move.unit,
                        "group": move.group,
                        "points": list(move.points),
                        "composite": list(move.composite),
                        "rank": list(move.rank),
                    }
                    for move in found
                ],
            }
        )
        return 0
    print_table(
        ("单位", "加减分", "综合得分", "组内名次"),
        (
            (
                move.unit,
                f"{move.points[0]:g} → {move.points[1]:g}",
                f"{move.composite[0]:.2f} → {move.composite[1]:.2f}",
                f"{move.rank[0]} → {move.rank[1]}",
            )
            for move in found
        ),
    )
    return 0
