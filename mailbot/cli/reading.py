"""`mailbot read`: parse and explain a mail or document without storing anything."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailbot.cli import arguments as given
from mailbot.cli.printing import print_json
from mailbot.clock import system_clock
from mailbot.config import Config
from mailbot.config_files import load
from mailbot.records.verdicts import Judgement, TaskVerdict
from mailbot.resources import shipped
from parsers.facts import DocumentText, DraftText, Reading

if TYPE_CHECKING:
    from parsers.sandbox import Sandbox

_SNIFFED = 65_536
_LEVELS = {"alert": "突发事件", "review": "疑似突发，请核", "none": "不是"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    read = commands.add_parser("read", help="读一封邮件或一个文件，说明判断和理由；不保存")
    read.add_argument("files", nargs="+", type=Path, metavar="文件")
    read.add_argument("--received", metavar="时间", help="假定这时收到")
    read.add_argument("--from", dest="sender", metavar="邮箱", help="假定由这个邮箱发来")
    read.add_argument(
        "--explain", action="store_true", help="列出每条理由和分值，以及什么会改变判断"
    )
    given.json_flag(read)
    read.set_defaults(run=read_files)


def read_files(arguments: argparse.Namespace) -> int:
    """Explain every file; exit 1 when one could not be opened."""
    from mailbot.explaining import explain, with_sender  # noqa: PLC0415  slow to import
    from mailbot.wiring import recogniser_of, rule_book, sandbox_of  # noqa: PLC0415
    from parsers.sandbox import ReaderDied  # noqa: PLC0415

    config = _config(arguments)
    book = rule_book(config)
    known = {a.lower(): unit.name for unit in config.units for a in unit.addresses}
    documents, failed = [], 0
    with sandbox_of(config) as sandbox, recogniser_of(config) or nullcontext() as slow:
        for path in arguments.files:
            if not path.is_file():
                print(f"mailbot：{_no_file(path)}", file=sys.stderr)
                failed += 1
                continue
            try:
                reading = _reading(sandbox, slow, path, config)
            except ReaderDied as death:
                print(f"mailbot：{path} 无法读取（{death.explanation}）", file=sys.stderr)
                failed += 1
                continue
            if arguments.sender:
                reading = with_sender(reading, arguments.sender)
            received = _received(arguments, reading)
            document, judged = explain(
                path,
                reading,
                received_at=received,
                known=known,
                book=book,
                what_if=arguments.explain,
            )
            documents.append(document)
            if not arguments.json:
                _print(path, reading, judged, document, explained=arguments.explain)
    if arguments.json:
        print_json(documents)
    return 1 if failed else 0


def _no_file(path: Path) -> str:
    """Why a path cannot be read, and what to give instead."""
    if path.is_dir():
        return (
            f"{path} 是一个文件夹。要逐个读其中的文件，请写 {path}/* ；"
            f"要把其中的邮件收进系统，请用 mailbot import {path}"
        )
    return f"没有 {path} 这个文件，请检查文件名和路径"


def _reading(sandbox: "Sandbox", slow: "Sandbox | None", path: Path, config: Config) -> Reading:
    """A mail as a mail, anything else as a document; either way in the disposable worker."""
    from parsers import sandbox as jobs  # noqa: PLC0415
    from parsers.documents.sniff import sniff  # noqa: PLC0415
    from parsers.recognition import recognised  # noqa: PLC0415

    with path.open("rb") as file:
        start = file.read(_SNIFFED)
    full = str(path.resolve())
    if path.suffix.lower() == ".eml" or sniff(start, path.name) == "eml":
        own = tuple(sorted(config.own_addresses))
        first = sandbox.submit(jobs.read_archived, full, own)
        again = partial(slow.submit, jobs.recognise_archived, full, own) if slow else None
        return (recognised(first, again) if again else first).result()
    first = sandbox.submit(jobs.read_file, full, path.name)
    again = partial(slow.submit, jobs.recognise_file, full, path.name) if slow else None
    reading = (recognised(first, again) if again else first).result()
    alone = reading.message is None and not reading.drafts and len(reading.nested) == 1
    return reading.nested[0] if alone else reading  # an Outlook .msg is a mail too


def _config(arguments: argparse.Namespace) -> Config:
    """The configuration if there is one; the shipped notice otherwise."""
    if arguments.config.exists() or arguments.config != Path("config.toml"):
        return load(arguments.config)
    return load(shipped("config.toml"))


def _received(arguments: argparse.Namespace, reading: Reading) -> datetime:
    if arguments.received:
        return given.instant(arguments.received)
    message = reading.message
    if message is not None and (message.received_at or message.sent_at):
        found = message.received_at or message.sent_at
        assert found is not None
        return found
    return system_clock()


def _print(
    path: Path,
    reading: Reading,
    judged: list[tuple[DraftText, Judgement]],
    document: dict[str, Any],
    *,
    explained: bool,
) -> None:
    print(f"== {path}")
    message = reading.message
    if message is not None and message.sender.address:
        print(f"来信：{message.sender.address}  主题：{message.subject}  {message.kind_because}")
    for (draft, judgement), shown in zip(judged, document["drafts"], strict=True):
        _print_draft(draft, judgement, explained=explained)
        _print_turns(shown.get("would_change", ()))
    for name, warning in _beside(reading):
        print(f"{name}：{warning}")
    for item in reading.unreadable:
        print(f"未能读取：{item.name}（{item.reason}）{item.remedy}")
    for link in message.cloud_links if message else ():
        print(f"云附件未收到：{link.name} {link.size}")
    if not judged and not reading.unreadable:
        print("没有发现文稿。")


def _beside(reading: Reading) -> Iterator[tuple[str, str]]:
    """What is to be said of files that hold no draft, such as one of nothing but pictures."""
    drafts = {draft.source for draft in reading.all_drafts}
    for file in reading.files:
        if isinstance(file.content, DocumentText) and file.name not in drafts:
            yield from ((file.name, warning) for warning in file.content.warnings)


def _print_draft(draft: DraftText, judgement: Judgement, *, explained: bool) -> None:
    parts, count, emergency = draft.segments, draft.count, judgement.emergency
    about = "约" if count.approximate else ""
    print(f"\n《{parts.title or draft.source or '（无标题）'}》")
    body, total = f"{about}{count.words}", f"{about}{count.words_total}"
    print(f"  正文 {body} 字，全文 {total} 字，汉字 {count.words_cjk} 个")
    print(f"  正文自“{parts.body_first}”起，至“{parts.body_last}”止")
    unit = judgement.unit
    named = "、".join(unit.joint) or unit.name or "待核"
    print(f"  单位：{named}" + ("（只是推测，待核）" if unit.proposed else ""))
    column = judgement.kind.column
    print(f"  类型：{judgement.kind.kind}" + (f"，计入第{'①②③'[column - 1]}栏" if column else ""))
    print(f"  突发：{_LEVELS[emergency.level]}" + _lateness(judgement))
    _print_task(judgement.task)
    _print_list("缺少", (*judgement.completeness.missing, *emergency.missing))
    _print_list("请复核", judgement.needs_review)
    for warning in dict.fromkeys((*draft.warnings, *judgement.warnings)):
        print(f"  读取说明：{warning}")
    for hint in judgement.hints:
        print(f"  提示：{hint.about}“{hint.quote}” {hint.advice}")
    for reason in judgement.reasons:
        clause = f"（{reason.clause}）" if reason.clause else ""
        points = f" {reason.points:+g}分" if explained and reason.points else ""
        print(f"  - {reason.verdict}：{reason.because}{clause}{points}")


def _print_task(task: TaskVerdict) -> None:
    """The task served, or why one that the draft resembles is not; a proposal is under 请复核."""
    note = f"（{task.note}）" if task.note else ""
    if task.no:
        print(f"  任务：附件3第{task.no}项{note}")
    elif note and not task.maybe:
        print(f"  任务：无{note}")


def _print_turns(turns: Sequence[dict[str, str]]) -> None:
    if turns:
        print("  什么会改变判断：")
    for turn in turns:
        clause = f"（{turn['clause']}）" if turn["clause"] else ""
        print(f"  · {turn['verdict']}：{turn['because']}{clause}")


def _lateness(judgement: Judgement) -> str:
    lateness = judgement.emergency.lateness
    if lateness.verdict == "不适用":
        return ""
    least, most = lateness.minutes_least, lateness.minutes_most
    if least is not None and most is not None and least != most:
        took = f"{least}～{most}分钟"
    else:
        took = f"{lateness.minutes}分钟" if lateness.minutes is not None else "时间不明"
    return f"，{lateness.verdict}（{took}）"


def _print_list(label: str, values: tuple[str, ...]) -> None:
    if values:
        print(f"  {label}：{'；'.join(values)}")
