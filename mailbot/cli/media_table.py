"""`mailbot media import`: a table of column ③ items."""

import argparse
from pathlib import Path

from mailbot.cli.opening import config_of, store_of
from mailbot.clock import system_clock
from mailbot.errors import Refused


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the action."""
    actions.metavar = f"{actions.metavar}|import"
    parser = actions.add_parser("import", help="从表格录入：列名 单位、日期，另可有 数量、标题")
    parser.add_argument("file", type=Path, metavar="文件", help=".xlsx、.xls 或 .csv")
    parser.set_defaults(run=import_table)


def import_table(arguments: argparse.Namespace) -> int:
    """Enter every row, or none."""
    from mailbot.stages.media_table import enter_table  # noqa: PLC0415

    config = config_of(arguments)
    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise Refused(f"无法读取 {arguments.file}（{error.strerror}）") from None
    with store_of(config) as store, store.work() as uow:
        items = enter_table(uow, config, data, by="cli", now=system_clock())
        uow.commit()
    total = sum(item.count for item in items)
    print(f"已录入{len(items)}行，第③类共{total}篇。可用 mailbot media list 查看、media undo 撤销")
    return 0
