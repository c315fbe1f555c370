"""An office without servers for the tests of commands: two mails imported, commands run here."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from mailbot.__main__ import main
from mailbot.clock import SHANGHAI
from mailbot.demo import texts
from mailbot.demo.mails import Attached, Sample, word_file, write
from mailbot.resources import shipped

UNIT_ADDRESS = "zhishu1@dzcg.example"
NEWS = "直属一大队开展占道经营集中整治行动"
LEAK = "关于张家湾路口燃气管道被挖断的首报"
PASSWORD = "canary-4711-passw0rd"


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Result]


def news_mail() -> bytes:
    """A draft of 364 字 with its 落款, received on Wednesday 19 April 2023 at 9:05."""
    tail = "直属一大队\n2023年4月19日\n（撰稿：宣传员　审核：负责人　联系电话：0000-0000000）"
    file = Attached(f"{NEWS}.docx", word_file(NEWS, texts.SIDEWALK, tail))
    at = datetime(2023, 4, 19, 9, 5, tzinfo=SHANGHAI)
    words = "现报上稿件，请审阅。"
    return _received(Sample("", at, UNIT_ADDRESS, "直属一大队", "信息稿件", words, (file,)))


def emergency_mail() -> bytes:
    """A 首报 of 20 April 2023, 8:22, received at 8:40."""
    file = Attached(f"{LEAK}.docx", word_file(LEAK, texts.GAS_LEAK, "直属一大队"))
    at = datetime(2023, 4, 20, 8, 40, tzinfo=SHANGHAI)
    subject = f"【紧急】{LEAK}"
    return _received(Sample("", at, UNIT_ADDRESS, "直属一大队", subject, "详见附件。", (file,)))


def _received(mail: Sample) -> bytes:
    """With the line the provider puts on top: imported mail was received when it says."""
    stamp = format_datetime(mail.at)
    line = f"Received: from u.example (unknown [192.0.2.7]) by mx.163.com; {stamp}\r\n"
    return line.encode() + write(mail)


def configure(folder: Path) -> Path:
    """The shipped config.toml with one unit's address; returns its path."""
    text = shipped("config.toml").read_text(encoding="utf-8")
    head, mark, tail = text.partition('name = "直属一大队"')
    tail = tail.replace("addresses = []", f'addresses = ["{UNIT_ADDRESS}"]', 1)
    path = folder / "config.toml"
    path.write_text(head + mark + tail, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Result:
    """One command in this process."""
    capsys.readouterr()
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    printed = capsys.readouterr()
    return Result(code, printed.out, printed.err)


def copy_of(office: Path, folder: Path) -> Path:
    """The office in a folder of the test's own."""
    target = folder / "office"
    shutil.copytree(office, target)
    return target / "config.toml"
