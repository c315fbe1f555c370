"""docs/reliability.md tells the truth: every row names tests, and every named test exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "reliability.md").read_text(encoding="utf-8")
MAKEFILE = (TESTS.parent / "Makefile").read_text(encoding="utf-8")
_NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)(?:\[([^\]]+)\])?`")
ROWS = {"Promises": 13, "Threats": 46, "Bombs": 18, "Mail as it really comes": 35}


@cache
def source(name: str) -> str:
    return (TESTS / name).read_text(encoding="utf-8")


@cache
def functions(name: str) -> frozenset[str]:
    tree = ast.parse(source(name))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> dict[int, str]:
    """Number → row of a table."""
    found = re.findall(r"^\| (\d+) \|(.*)\|$", section(title), re.MULTILINE)
    assert len(found) == len({number for number, _ in found}), "a number stands twice"
    return {int(number): row for number, row in found}


@pytest.mark.parametrize("title", ROWS)
def test_every_row_is_there_and_names_a_test(title: str) -> None:
    table = rows(title)
    assert sorted(table) == list(range(1, ROWS[title] + 1))
    assert [number for number, row in table.items() if not _NAMED.search(row)] == []


def test_every_named_test_exists() -> None:
    named = _NAMED.findall(PAGE)
    assert len(named) > 200
    golden = {path.stem for path in (TESTS / "golden").rglob("*")}
    missing = [
        f"{file}::{name}[{case}]"
        for file, name, case in named
        if not (TESTS / file).exists()
        or name not in functions(file)
        or (case and case not in golden and not re.search(rf"\b{re.escape(case)}\b", source(file)))
    ]
    assert missing == []


def test_every_promise_is_measured_and_can_be_repeated() -> None:
    for number, row in rows("Promises").items():
        *_, measured, command = row.split("|")
        assert measured.strip(), number
        assert re.search(r"`(make|(MAILBOT_\w+=\d+ )?\.venv/bin/pytest) ", command), number
    assert not re.search(r"\b[A-Z]{4,}-\w\b", PAGE), "a figure is still to come"


def test_every_make_target_of_the_page_exists() -> None:
    targets = set(re.findall(r"`make (\w+)", PAGE))
    assert len(targets) >= 4
    assert {target for target in targets if f"\n{target}:" not in MAKEFILE} == set()
