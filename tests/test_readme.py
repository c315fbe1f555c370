"""The two READMEs name every command there is, and every command they name is one."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from mailbot.cli.parser import build_parser

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")


def commands() -> set[str]:
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return set(action.choices)
    raise AssertionError


def code_in_tables(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    cells = [line for line in lines if line.startswith("|")]
    return [found for line in cells for found in re.findall(r"`([^`]+)`", line)]


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_told(name: str) -> None:
    told = {word for code in code_in_tables(name) for word in re.findall(r"[a-z]+", code)}
    assert commands() - told <= ({"demo", "init", "run"} if "zh" in name else set())
    text = (ROOT / name).read_text(encoding="utf-8")
    assert all(word in text for word in ("demo", "init", "mailbot --config"))


def test_every_command_of_the_office_s_table_is_written_right() -> None:
    """As argparse reads it: names, options and how many values."""
    parser, seen = build_parser(), 0
    for code in code_in_tables("README.zh-CN.md"):
        words = shlex.split(code)
        if words[0] in commands():
            seen += 1
            assert callable(parser.parse_args(words).run), code
    assert seen >= 50


@pytest.mark.parametrize("name", [*READMES, "docs/privacy.md", "docs/privacy.zh-CN.md"])
def test_every_file_that_is_linked_is_there(name: str) -> None:
    path = ROOT / name
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("command", sorted(commands()))
def test_help_speaks_chinese(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([command, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith("用法：mailbot")
    for word in ("usage", "positional", "options", "show this", "optional arguments"):
        assert word not in told
