"""`mailbot adopt`, `instruct`, `praise` and `criticise`: what became of drafts."""

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import print_json
from mailbot.clock import system_clock
from mailbot.config import Config
from mailbot.errors import Refused

if TYPE_CHECKING:
    from mailbot.stages.acts import Entry, Recorded
    from store.unit_of_work import UnitOfWork

_BY = "cli"
_MARKS = {"recorded": "✓", "known": "＝", "refused": "✗"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    adopt = commands.add_parser("adopt", help="登记采用（附件1）：adopt 12 达州要情 单条")
    adopt.add_argument("words", nargs="*", metavar="编号… 刊物 [专刊|单条|综合]")
    adopt.add_argument(
        "--file",
        type=Path,
        metavar="文件",
        help="从表格逐行登记采用、批示：.xlsx、.xls 或 .csv，列名 稿件编号、刊物，另可有 "
        "日期、形式、层级、批示领导、依据；台账的“采用批示”表可直接用",
    )
    given.json_flag(adopt)
    adopt.set_defaults(run=adopt_drafts)
    instruct = commands.add_parser(
        "instruct", help="登记领导批示（附件1）：instruct 12 市委主要领导"
    )
    instruct.add_argument("draft", metavar="编号")
    instruct.add_argument("leader", metavar="领导")
    instruct.add_argument("--publication", default="", metavar="刊物", help="刊发该稿的刊物")
    instruct.set_defaults(run=instruct_draft)
    for verb, said in (("praise", "通报表扬"), ("criticise", "通报批评")):
        emergency = "突发迅速首报加分" if verb == "praise" else "突发漏报等扣分"
        parser = commands.add_parser(verb, help=f"登记{said}（四（三））；E编号则为{emergency}")
        parser.add_argument("target", metavar="编号|单位|E编号")
        parser.add_argument("because", nargs="?", default="", metavar="事由")
        parser.set_defaults(run=commend, good=verb == "praise")
        if verb == "criticise":
            parser.add_argument("--fault", metavar="漏报|误报|瞒报|通报批评", default="")
        _shared(parser)
    _shared(adopt)
    _shared(instruct)


def _shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--date", metavar="日期", help="刊发、批示或通报的日期；不写为今天")
    parser.add_argument("--evidence", default="", metavar="依据", help="期号、文号等")
    parser.add_argument("--by", default=_BY, metavar="录入人")


def adopt_drafts(arguments: argparse.Namespace) -> int:
    """Drafts were adopted by a publication."""
    from mailbot.rules.publications import form_of  # noqa: PLC0415
    from mailbot.stages.acts import adopt  # noqa: PLC0415

    if arguments.file is not None:
        return _enter_table(arguments)
    words = list(arguments.words)
    numbers = []
    while words and words[0].lstrip("#＃").isdecimal():
        numbers.append(given.number(words.pop(0).replace("＃", "#")))
    form = words.pop() if len(words) > 1 and form_of(words[-1]) else ""
    publication = "".join(words)

    def act(uow: "UnitOfWork", config: Config, entry: "Entry") -> "list[Recorded]":
        return adopt(uow, config, entry, drafts=numbers, publication=publication, form=form)

    return _record(arguments, act)


def _enter_table(arguments: argparse.Namespace) -> int:
    """Rows of a table, each reported on; exit 1 when one could not be recorded."""
    from mailbot.stages.adoption_table import enter_adoptions  # noqa: PLC0415

    if arguments.words or arguments.date or arguments.evidence:
        raise Refused("--file 与编号、刊物、--date、--evidence 不能同时用，请写在表格里")
    config = config_of(arguments)
    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise Refused(f"无法读取 {arguments.file}（{error.strerror}）") from None
    with store_of(config) as store, store.work() as uow:
        rows = enter_adoptions(uow, config, data, by=arguments.by, now=system_clock())
        uow.commit()
    count = Counter(row.outcome for row in rows)
    if arguments.json:
        print_json({"rows": [asdict(row) for row in rows]})
    else:
        for row in rows:
            acts = "".join(f"（操作 {act}）" for act in row.acts)
            print(f"第{row.number}行 {_MARKS[row.outcome]} {row.said}{acts}")
        print(
            f"共{len(rows)}行：登记{count['recorded']}行，"
            f"原已登记{count['known']}行，没有登记{count['refused']}行"
        )
    return 1 if count["refused"] else 0


def instruct_draft(arguments: argparse.Namespace) -> int:
    """A leader wrote a 批示 on a draft."""
    from mailbot.stages.acts import instruct  # noqa: PLC0415

    draft_id = given.number(arguments.draft)

    def act(uow: "UnitOfWork", config: Config, entry: "Entry") -> "list[Recorded]":
        publication = arguments.publication
        done = instruct(
            uow, config, entry, draft_id=draft_id, leader=arguments.leader, publication=publication
        )
        return [done]

    return _record(arguments, act)


def commend(arguments: argparse.Namespace) -> int:
    """Praise or criticism of a draft or unit; an emergency's credit or blame."""
    from mailbot.stages import acts  # noqa: PLC0415

    target, because = arguments.target, arguments.because
    is_event = target.lstrip("#")[:1] in ("E", "e") and target.lstrip("#")[1:].isdecimal()

    def act(uow: "UnitOfWork", config: Config, entry: "acts.Entry") -> "list[Recorded]":
        if is_event:
            number = given.number(target, "E")
            if arguments.good:
                return [acts.credit_emergency(uow, config, entry, event_id=number, because=because)]
            fault = arguments.fault or because
            told = because if arguments.fault else ""
            return [
                acts.blame_emergency(uow, config, entry, event_id=number, fault=fault, because=told)
            ]
        named = f"#{target}" if target.isdecimal() else target
        return [
            acts.commend(uow, config, entry, good=arguments.good, target=named, because=because)
        ]

    return _record(arguments, act)


def _record(
    arguments: argparse.Namespace,
    act: "Callable[[UnitOfWork, Config, Entry], list[Recorded]]",
) -> int:
    from mailbot.stages.acts import Entry  # noqa: PLC0415

    config = config_of(arguments)
    on = given.day(arguments.date) if arguments.date else None
    entry = Entry(arguments.by, system_clock(), on, arguments.evidence)
    with store_of(config) as store, store.work() as uow:
        done = act(uow, config, entry)
        uow.commit()
    for one in done:
        print(f"已登记：{one.said}（操作 {one.act}）。如有误：mailbot drafts undo {one.act}")
    return 0
