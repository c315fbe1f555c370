"""`mailbot report`: the digest, the notice (通报), the ledger (台账) and the board as files."""

import argparse
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import print_json
from mailbot.cli.progress import each, steps
from mailbot.clock import system_clock
from mailbot.config import Config
from mailbot.errors import Refused

if TYPE_CHECKING:
    from mailbot.rules.calendar import Window
    from store.unit_of_work import Store

BY = "cli"
_DAY = timedelta(days=1)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    report = commands.add_parser("report", help="写报表：日报、通报、台账、看板")
    kinds = report.add_subparsers(
        dest="kind", required=True, metavar="digest|bulletin|ledger|board"
    )
    digest = kinds.add_parser("digest", help="日报（网页），--period 写哪一天，不写为今天")
    digest.set_defaults(run=write_digest)
    bulletin = kinds.add_parser("bulletin", help="通报（.docx），--period 写哪一月或季")
    bulletin.add_argument(
        "--send", action="store_true", help="写好并发给办公室审阅，等待放行；不发给单位"
    )
    bulletin.add_argument("--again", action="store_true", help="按现在的台账重写并再送审")
    bulletin.add_argument("--release", action="store_true", help="放行：发给各单位（需先送审）")
    bulletin.add_argument("--anyway", action="store_true", help="台账有变动也按原文放行")
    bulletin.set_defaults(run=write_bulletin)
    ledger = kinds.add_parser("ledger", help="台账（.xlsx），--period 写年、季、月、周或日")
    ledger.set_defaults(run=write_ledger)
    board = kinds.add_parser("board", help="看板（网页），写的是现在的情况")
    board.set_defaults(run=write_board)
    for parser in (digest, bulletin, ledger, board):
        parser.add_argument("--period", default="", metavar="时段", help="如 2023-04、2023-Q2")
        parser.add_argument("--out", type=Path, metavar="文件夹", help="写到哪个文件夹")
        given.json_flag(parser)


def write_digest(arguments: argparse.Namespace) -> int:
    """The daily digest of a day, as the office gets it, without its links."""
    from mailbot.adapters.letters import LetterWriter  # noqa: PLC0415
    from mailbot.health import Notes  # noqa: PLC0415
    from mailbot.reports.overviews import Span, daily  # noqa: PLC0415
    from mailbot.resources import shipped  # noqa: PLC0415
    from mailbot.rules.calendar import at_clock, local_day  # noqa: PLC0415
    from mailbot.rules.obligations import all_obligations  # noqa: PLC0415
    from mailbot.stages.ledgers import gather  # noqa: PLC0415

    config, now = config_of(arguments), system_clock()
    day = _window(arguments, config, now).last if arguments.period else local_day(now)
    end = min(at_clock(day, config.schedule.daily_digest_at), now)
    with store_of(config) as store, store.look() as uow:
        ledger = gather(uow, now)
        duties = all_obligations(config.notice, ledger, now, config.schedule)
        span = Span(end - _DAY, end, f"{day}")
        notes = Notes(config)(uow, now)
        letter = daily(uow, config, duties, ledger, span=span, now=now, notes=notes)
    rendered = LetterWriter(shipped("templates")).render(letter)
    return _written(arguments, f"日报 {day}.html", rendered.html.encode())


def write_bulletin(arguments: argparse.Namespace) -> int:
    """The notice as a file; sent for reading or released when asked."""
    from mailbot.reports.papers import OfficePapers  # noqa: PLC0415
    from mailbot.stages import papers as stage  # noqa: PLC0415

    config, now = config_of(arguments), system_clock()
    window = _window(arguments, config, now)
    if arguments.release or arguments.send or arguments.again:
        with store_of(config) as store:
            print(_dispatch(arguments, config, store, window, now))
        return 0
    papers = OfficePapers()
    with steps("写通报", "步", 3) as advance:
        with store_of(config) as store, store.look() as uow:
            figures = stage.figures_of(uow, config, window, now)
        advance(1)
        paper = papers.bulletin(figures)
        advance(1)
        faults = papers.differences(paper, figures)
        advance(1)
    if faults:
        raise Refused(f"通报核对不通过：{'；'.join(faults[:3])}")
    return _written(arguments, f"{figures.title}.docx", paper)


def _dispatch(
    arguments: argparse.Namespace, config: Config, store: "Store", window: "Window", now: datetime
) -> str:
    from mailbot.reports.papers import OfficePapers  # noqa: PLC0415
    from mailbot.stages import papers as stage  # noqa: PLC0415
    from mailbot.wiring import post_of  # noqa: PLC0415

    post, papers = post_of(config), OfficePapers()
    with store.work() as uow:
        if arguments.release:
            said = stage.release_bulletin(
                uow, config, post, papers, f"通报-{window.code}",
                by=BY, now=now, anyway=arguments.anyway,
            )  # fmt: skip
        else:
            number = stage.queue_bulletin(
                uow, config, post, papers, window, now=now, again=arguments.again
            )
            how = f"report bulletin --period {window.code} --release"
            said = f"{number}已写好并送办公室审阅；放行：{how}"
        uow.commit()
    return said


def write_ledger(arguments: argparse.Namespace) -> int:
    """The ledger of a period."""
    from mailbot.reports.papers import OfficePapers  # noqa: PLC0415
    from mailbot.stages.ledger_book import ledger_book  # noqa: PLC0415

    config, now = config_of(arguments), system_clock()
    window = _window(arguments, config, now)
    with store_of(config) as store, store.look() as uow:
        book = ledger_book(uow, config, window)
    with steps("写台账", "行", sum(len(sheet.rows) for sheet in book.sheets)) as advance:
        paper = OfficePapers().ledger(book, advance)
    return _written(arguments, f"台账 {window.code}.xlsx", paper)


def write_board(arguments: argparse.Namespace) -> int:
    """The board as it stands now."""
    from mailbot.stages.board import write_board as write  # noqa: PLC0415

    config = config_of(arguments)
    folder = _folder(arguments)
    with store_of(config) as store:
        write(folder, store, config, system_clock(), lambda pages: each(pages, "写看板", "页"))
    return _told(arguments, folder / "index.html")


def _window(arguments: argparse.Namespace, config: Config, now: datetime) -> "Window":
    from mailbot.stages.periods import period_said  # noqa: PLC0415

    if not arguments.period:
        raise Refused("请用 --period 写明时段，例如 --period 2023-04")
    return period_said(arguments.period, now, config.open_questions.week_starts_on)


def _folder(arguments: argparse.Namespace) -> Path:
    if arguments.out is None:
        raise Refused("请用 --out 写明放到哪个文件夹，例如 --out reports")
    folder: Path = arguments.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"建不了文件夹 {folder}：{error.strerror}") from None
    return folder


def _written(arguments: argparse.Namespace, name: str, data: bytes) -> int:
    path = _folder(arguments) / name
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Refused(f"写不了 {path}：{error.strerror}，请检查是否正被打开") from None
    return _told(arguments, path)


def _told(arguments: argparse.Namespace, path: Path) -> int:
    if arguments.json:
        print_json({"written": [str(path)]})
    else:
        print(f"已写到 {path}")
    return 0
