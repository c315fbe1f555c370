"""Logs: one line an event, greppable, without passwords, full addresses or words of drafts."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_office import LEAK, NEWS, UNIT_ADDRESS, configure, emergency_mail, news_mail
from hypothesis import given
from hypothesis import strategies as st

from mailbot import log
from mailbot.__main__ import main

SECRET = "canary-4711-passw0rd"
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{2,}@[A-Za-z0-9.-]+")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """What `set_up` changed is put back: other tests read logs too."""
    ours, other = logging.getLogger("mailbot"), logging.getLogger("apscheduler")
    kept = [(one, list(one.handlers), one.level, one.propagate) for one in (ours, other)]
    secrets = set(log._secrets)
    yield
    for one, handlers, level, propagate in kept:
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)
    log._secrets.clear()
    log._secrets.update(secrets)


def test_a_plain_line_is_greppable(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("plain", "info")
    log.event("filed", draft=12, kind="动态简讯", folder="INBOX", empty="", spaced="a b")
    line = capsys.readouterr().err
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 info filed draft=12 kind=动态简讯 "
        r'folder=INBOX empty="" spaced="a b"\n',
        line,
    )


def test_a_json_line_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("json", "info")
    log.warning("reader_died", mail=3, reason="内存\n不足")
    captured = capsys.readouterr()
    assert captured.out == "", "stdout is for what was asked"
    assert captured.err.count("\n") == 1
    entry = json.loads(captured.err)
    assert {**entry, "time": ""} == {
        "time": "", "level": "warning", "event": "reader_died", "mail": 3, "reason": "内存\n不足",
    }  # fmt: skip


@pytest.mark.parametrize("style", ["plain", "json"])
def test_a_fault_of_ours_keeps_its_traceback_on_the_one_line(
    capsys: pytest.CaptureFixture[str], style: str
) -> None:
    log.set_up(style, "info")  # type: ignore[arg-type]
    log.keep_out(SECRET)
    try:
        int(f"login with {SECRET} for zhangsan@163.com")
    except ValueError:
        log.failure("filing_failed", mail=1)
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "Traceback" in line
    assert "test_log.py" in line
    assert SECRET not in line
    assert "zhangsan" not in line


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        pytest.param("info", ["an_event", "a_warning", "an_alarm"], id="info"),
        pytest.param("warning", ["a_warning", "an_alarm"], id="warning"),
        pytest.param("error", ["an_alarm"], id="error"),
    ],
)
def test_the_level_decides_what_is_heard(
    capsys: pytest.CaptureFixture[str], level: str, heard: list[str]
) -> None:
    log.set_up("json", level)
    log.event("an_event")
    log.warning("a_warning")
    log.alarm("an_alarm")
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines] == heard


def test_setting_up_twice_repeats_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("plain", "info")
    log.set_up("plain", "info")
    log.event("once")
    assert capsys.readouterr().err.count("once") == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("zhangsan@163.com", "z***@163.com", id="address"),
        pytest.param("<a.b+c@x.y.cn>, d@e.cn", "<a***@x.y.cn>, d***@e.cn", id="two"),
        pytest.param("张三@163.com", "张三@163.com", id="nobodys-address"),
        pytest.param("no address", "no address", id="none"),
    ],
)
def test_addresses_are_shortened(text: str, shown: str) -> None:
    assert log.masked(text) == shown


@pytest.mark.parametrize("style", ["plain", "json"])
@given(secret=st.text(min_size=8, max_size=40))
def test_no_secret_survives_quoting(style: str, secret: str) -> None:
    """Whatever its characters: JSON and quotes write some of them otherwise."""
    log._secrets.clear()
    log.keep_out(secret)
    formatter = log._Line(style)  # type: ignore[arg-type]
    record = logging.LogRecord("mailbot", logging.INFO, "", 0, "refused", (), None)
    record.fields = {"reason": f"LOGIN u {secret} failed"}
    line = formatter.format(record)
    inside = json.loads(line)["reason"] if style == "json" else line
    assert "[secret]" in inside
    assert f"u {secret} failed" not in inside
    assert "\n" not in line


@pytest.mark.parametrize("style", ["plain", "json"])
def test_a_day_of_work_tells_no_secret_no_address_and_no_draft(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    style: str,
) -> None:
    """A tick against a dead server, with mail on record: every line of the log is looked at."""
    config = configure(tmp_path)
    text = config.read_text(encoding="utf-8")
    for old, new in (
        ('host = "imap.163.com"', 'host = "127.0.0.1"'),
        ('host = "smtp.163.com"', 'host = "127.0.0.1"'),
        ("port = 993", "port = 9"),
        ("port = 465", "port = 9"),
        ('tls = "tls"', 'tls = "none"'),
        ('format = "plain"', f'format = "{style}"'),
        ('level = "info"', 'level = "debug"'),
    ):
        text = text.replace(old, new)
    config.write_text(text, encoding="utf-8")
    for name in ("MAILBOT_IMAP_PASSWORD", "MAILBOT_SMTP_PASSWORD"):
        monkeypatch.setenv(name, SECRET)
    for name, raw in (("1.eml", news_mail()), ("2.eml", emergency_mail())):
        (tmp_path / name).write_bytes(raw)
    command = ["--config", str(config)]
    assert main([*command, "import", str(tmp_path / "1.eml"), str(tmp_path / "2.eml")]) == 0
    assert main([*command, "once"]) == 1, "the server is out of reach"

    lines = [line for line in capsys.readouterr().err.splitlines() if line]
    assert any("poll_interrupted" in line for line in lines)
    for line in lines:
        assert SECRET not in line
        assert UNIT_ADDRESS not in line
        assert not ADDRESS.search(line), line
        for title in (NEWS, LEAK):
            assert title not in line
        if style == "json":
            assert {"time", "level", "event"} <= json.loads(line).keys()
