"""The parser of the command line, assembled from the command groups."""

import argparse
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from mailbot.cli.usage_errors import in_chinese

GROUPS = (
    "demo",
    "setup",
    "service",
    "intake",
    "reading",
    "drafts",
    "office",
    "asking",
    "acts",
    "scores",
    "reports",
    "duties",
    "clock",
    "outbox",
    "health",
    "safety",
    "secrecy",
    "retention",
)


class _Words(argparse.HelpFormatter):
    """The library's help with Chinese headings."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """The line on how the command is written."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """Bad usage exits with 1 and one Chinese line (the contract's "refused or bad input")."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Words, **options, "add_help": False})
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> "None":  # type: ignore[override]
        said = in_chinese(message)
        self.exit(1, f"mailbot：命令写法有误（{said}）。可运行 {self.prog} --help 查看用法。\n")


def build_parser() -> argparse.ArgumentParser:
    """`mailbot [--config FILE] COMMAND`."""
    parser = _Parser(prog="mailbot", description="信息稿件邮箱值守程序")
    parser.add_argument(
        "--config", type=Path, default=Path("config.toml"), metavar="文件", help="设置文件"
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="命令", parser_class=_Parser
    )
    for group in GROUPS:
        import_module(f"mailbot.cli.{group}").add(commands)
    return parser
