"""config.toml: the shipped file holds the whole notice, and every mistake is one clear line."""

import os
import re
from pathlib import Path

import pytest

from mailbot.__main__ import main
from mailbot.config import Config
from mailbot.config_files import load, parse
from mailbot.errors import ConfigError
from mailbot.notice import OpenQuestions
from mailbot.resources import shipped
from mailbot.secrets import imap_password

SHIPPED = shipped("config.toml").read_text(encoding="utf-8")
BAD = sorted((Path(__file__).parent / "bad_configs").glob("*.txt"))


def broken(case: Path) -> tuple[str, str]:
    """The shipped text with one line changed ("- old", "+ new"), and the expected error ("= …")."""
    lines = dict(line.split(" ", 1) for line in case.read_text(encoding="utf-8").splitlines())
    assert SHIPPED.count(lines["-"]) >= 1, "the shipped file changed: renew this case"
    new = lines["+"].replace("\\n", "\n") if case.stem == "key-twice" else lines["+"]
    return SHIPPED.replace(lines["-"], new, 1), lines["="]


@pytest.mark.parametrize("case", BAD, ids=[case.stem for case in BAD])
def test_a_wrong_value_stops_the_start_with_one_line(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Key, problem, remedy; exit 78; nothing is created."""
    text, expected = broken(case)
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")

    assert main(["--config", str(path), "status"]) == 78
    assert capsys.readouterr().err == f"mailbot：{expected}\n"
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]


def test_enough_mistakes_are_known() -> None:
    assert len(BAD) >= 60


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="mailbot init"):
        load(tmp_path / "config.toml")


def test_a_file_in_gbk_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(SHIPPED.replace("·", "").encode("gbk", "ignore"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Windows' editor writes one."""
    path = tmp_path / "config.toml"
    path.write_text(SHIPPED, encoding="utf-8-sig")
    assert len(load(path).units) == 30


@pytest.fixture
def config() -> Config:
    return parse(SHIPPED, Path("config.toml"))


def test_the_whole_notice_is_there(config: Config) -> None:
    assert len(config.units) == 30
    assert len(config.publications) == 16
    assert len(config.tasks) == 26
    assert set(config.kinds) == {"动态简讯", "经验做法", "问题反映"}
    assert config.emergency.report_within_minutes == 30


def test_every_open_question_is_a_line_of_the_file() -> None:
    section = SHIPPED.partition("[open_questions]")[2].partition("\n[")[0]
    missing = [name for name in OpenQuestions.model_fields if f"\n{name} = " not in section]
    assert not missing


def test_every_line_is_commented_in_chinese() -> None:
    bare = [
        line
        for line in SHIPPED.splitlines()
        if " = " in line
        and not line.startswith("#")
        and not re.search(r"#[^#]*[\u4e00-\u9fff]", line)
    ]
    assert not bare


SCORING = {
    "pivot", "submission_weight", "adoption_weight", "several_publications", "joint",
    "praise_points", "criticism_points", "points_first_report", "points_missed",
    "points_criticised", "instruction", "direct", "level", "points", "item", "issue", "mention",
}  # fmt: skip
"""Annex 1: kept as data for the scores; nothing computes with it yet."""

TOLD = {
    "number",
    "dated",
    "issued",
    "raw",
    "note",
    "unclear",
    "by",
    "requirement",
}
"""Facts of the notice that are shown or documented, not computed with."""


def test_no_setting_is_dead() -> None:
    """Every key is read somewhere, or is listed above with its reason."""
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in shipped("config.toml").parent.glob("mailbot/**/*.py")
        if path.name not in ("notice.py", "config.py")
    )
    keys = {
        match[1] for line in SHIPPED.splitlines() if (match := re.match(r"([a-z_0-9]+) = ", line))
    }
    dead = sorted(
        key for key in keys - SCORING - TOLD if not re.search(rf"\.{key}_?\b|\"{key}\"", source)
    )
    assert not dead


def test_a_password_comes_from_environment_or_a_private_file(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAILBOT_IMAP_PASSWORD", raising=False)
    secret = tmp_path / "code"
    secret.write_text("canary\n", encoding="utf-8")
    secret.chmod(0o600)
    mailbox = config.mailbox.model_copy(update={"password_file": str(secret)})
    named = config.model_copy(update={"mailbox": mailbox})
    assert imap_password(named) == "canary"

    secret.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        imap_password(named)
    secret.chmod(0o600)
    secret.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="空文件"):
        imap_password(named)
    monkeypatch.setenv("MAILBOT_IMAP_PASSWORD", "from-environment")
    assert imap_password(named) == "from-environment"


def test_no_password_anywhere_names_the_remedies(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAILBOT_IMAP_PASSWORD", raising=False)
    monkeypatch.setitem(os.environ, "PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with pytest.raises(ConfigError, match="MAILBOT_IMAP_PASSWORD"):
        imap_password(config)
