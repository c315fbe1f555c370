"""Reports show how far they are on a real terminal, and write nothing into a log file."""

import os
import pty
import subprocess
import sys
import termios
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cli_office import configure, news_mail

from mailbot.__main__ import main

END = b"(end)"
REPORTS = [
    pytest.param(("ledger", "--period", "2023-04"), "写台账", id="ledger"),
    pytest.param(("bulletin", "--period", "2023-04"), "写通报", id="bulletin"),
    pytest.param(("board",), "写看板", id="board"),
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    config = configure(folder)
    (folder / "1.eml").write_bytes(news_mail())
    assert main(["--config", str(config), "import", str(folder / "1.eml")]) == 0
    return config


def read_all(terminal: int) -> str:
    """What a terminal shows until the test says it is over."""
    shown = b""
    while not shown.endswith(END):
        shown += os.read(terminal, 10_000)
    return shown.decode()


def report(config: Path, asked: tuple[str, ...], out: Path, stderr: int) -> None:
    command = [sys.executable, "-m", "mailbot", "--config", str(config), "report", *asked]
    done = subprocess.run(
        [*command, "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=stderr,
        check=True,
        timeout=110,
    )
    assert "已写到" in done.stdout.decode()


@pytest.mark.parametrize(("asked", "words"), REPORTS)
def test_a_terminal_shows_how_far_a_report_is(
    office: Path, tmp_path: Path, asked: tuple[str, ...], words: str
) -> None:
    terminal, stream = pty.openpty()
    termios.tcsetwinsize(stream, (24, 80))
    with ThreadPoolExecutor() as reader:  # a terminal that nobody reads stops its writer
        shown = reader.submit(read_all, terminal)
        report(office, asked, tmp_path, stream)
        os.write(stream, END)
        told = shown.result(timeout=60)
    os.close(stream)
    os.close(terminal)
    assert words in told
    assert "页" in told or "100%" in told


@pytest.mark.parametrize(("asked", "words"), REPORTS)
def test_a_log_file_gets_no_bar(
    office: Path, tmp_path: Path, asked: tuple[str, ...], words: str
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        report(office, asked, tmp_path, file.fileno())
    assert words not in log.read_text(encoding="utf-8")
