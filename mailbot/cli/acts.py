"""`mailbot adopt`, `instruct`, `praise` and `criticise`: what became of drafts."""

import argparse
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.clock import system_clock
from mailbot.config import Config
from mailbot.errors import Refused

if TYPE_CHECKING:
    from mailbot.stages.acts import Entry, Recorded
    from store.unit_of_work import UnitOfWork

_BY = "cli"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    adopt = commands.add_parser("adopt", help="登记采用（附件1）：adopt 12 达州要情 单条")
    adopt.add_argument("words", nargs="+", metavar="编号… 刊物 [专刊|单条|综合]")
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

    words = list(arguments.words)
    numbers = []
    while words and words[0].lstrip("#＃").isdecimal():
        numbers.append(given.number(words.pop(0).replace("＃", "#")))
    form = words.pop() if len(words) > 1 and form_of(words[-1]) else ""
    publication = "".join(words)

    def act(uow: "UnitOfWork", config: Config, entry: "Entry") -> "list[Recorded]":
        return adopt(uow, config, entry, drafts=numbers, publication=publication, form=form)

    return _record(arguments, act)


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
    on = _day(arguments.date) if arguments.date else None
    entry = Entry(arguments.by, system_clock(), on, arguments.evidence)
    with store_of(config) as store, store.work() as uow:
        done = act(uow, config, entry)
        uow.commit()
    for one in done:
        print(f"已登记：{one.said}（操作 {one.act}）。如有误：mailbot drafts undo {one.act}")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise Refused(f"日期 {text!r} 看不懂，请写成 2023-04-19 的形式") from None
