"""Progress of long work: a bar on a real terminal, nothing in a pipe or log file."""

import os
import pty
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pytest

from mailbot.cli import progress


def _counted(stream: TextIO) -> None:
    assert list(progress.each(["甲", "乙", "丙"], "导入", "封", stream=stream)) == [
        "甲",
        "乙",
        "丙",
    ]


def _stepped(stream: TextIO) -> None:
    with progress.steps("登记", "封", 3, stream=stream) as advance:
        advance(1)
        advance(2)


_WAYS = [pytest.param(_counted, "导入", id="each"), pytest.param(_stepped, "登记", id="steps")]


@pytest.mark.parametrize(("work", "word"), _WAYS)
def test_a_terminal_shows_how_far_it_is(work: Callable[[TextIO], None], word: str) -> None:
    terminal, stream = pty.openpty()
    with os.fdopen(stream, "w", encoding="utf-8") as file:
        work(file)
        file.write("\nend")
        file.flush()
        shown = b""
        while not shown.endswith(b"end"):
            shown += os.read(terminal, 10_000)
    os.close(terminal)
    assert word in shown.decode()
    assert "3/3" in shown.decode()


@pytest.mark.parametrize(("work", "word"), _WAYS)
def test_a_log_file_gets_nothing(tmp_path: Path, work: Callable[[TextIO], None], word: str) -> None:
    log = tmp_path / "log"
    with log.open("w", encoding="utf-8") as file:
        work(file)
    assert word not in log.read_text(encoding="utf-8")
    assert log.stat().st_size == 0
