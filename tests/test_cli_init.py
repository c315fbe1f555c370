"""An office's first minutes: init, doctor; and the same from a wheel, outside the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cli_office import PASSWORD, run

from mailbot.config_files import load
from mailbot.resources import shipped

CHECKOUT = Path(__file__).parents[1]
SECRETS = {"MAILBOT_IMAP_PASSWORD": PASSWORD, "MAILBOT_SMTP_PASSWORD": PASSWORD}


def test_init_writes_a_configuration_that_loads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "office"
    result = run(capsys, "init", folder)
    assert result.code == 0
    assert load(folder / "config.toml").folder == folder
    assert (folder / "config.toml").read_bytes() == shipped("config.toml").read_bytes()
    for words in ("MAILBOT_IMAP_PASSWORD", "[[units]]", "doctor", str(folder)):
        assert words in result.out


def test_init_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text("# mine\n", encoding="utf-8")
    result = run(capsys, "init", tmp_path)
    assert (result.code, result.out) == (1, "")
    assert "已经存在" in result.err
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "# mine\n"


def test_init_where_nothing_can_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    result = run(capsys, "init", tmp_path / "file" / "office")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "无法写入" in result.err


def test_after_init_the_doctor_names_what_is_still_to_fill_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    run(capsys, "init", tmp_path)
    result = run(capsys, "--config", tmp_path / "config.toml", "doctor", "--offline", "--json")
    bad = {check["what"] for check in result.json["checks"] if not check["good"]}
    assert result.code == 1
    assert bad >= {"办公室邮箱", "单位邮箱"}
    assert bad <= {"办公室邮箱", "单位邮箱", "读取进程", "节假日安排"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's contents as pip would lay them out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True, timeout=100)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def outside(site: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command of the installed program, in a folder that is no checkout."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "mailbot", *arguments],
        cwd=folder,
        env={**os.environ, **SECRETS, "PYTHONPATH": str(site), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_wheel_holds_all_that_the_checkout_has(installed: Path) -> None:
    for name in ("mailbot", "parsers", "store"):
        kept = {
            path.relative_to(CHECKOUT)
            for path in (CHECKOUT / name).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert all((installed / path).is_file() for path in kept)
    letters = {path.name for path in (CHECKOUT / "templates" / "mail").iterdir()}
    there = {p.name for p in (installed / "mailbot" / "shipped" / "templates" / "mail").iterdir()}
    assert there == letters


def test_the_wheel_works_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    """init, doctor, status: configuration, letters, rules and migrations are found inside it."""
    code = "import mailbot; print(mailbot.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    where = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(installed))

    assert outside(installed, tmp_path, "init", ".").returncode == 0
    doctor = outside(installed, tmp_path, "doctor", "--offline", "--json")
    assert doctor.stderr == ""
    good = {check["what"] for check in json.loads(doctor.stdout)["checks"] if check["good"]}
    assert good >= {"设置文件", "数据库", "信函模板", "判别规则", "授权码"}
    status = outside(installed, tmp_path, "status", "--json")
    assert json.loads(status.stdout)["last_tick"] is None


def test_short_commands_load_neither_the_daemon_nor_the_adapters(tmp_path: Path) -> None:
    """`status` is asked by monitors every minute, on old office machines too."""
    code = (
        "import sys; from mailbot.__main__ import main\n"
        "main(['init', 'x']); main(['--config', 'x/config.toml', 'status'])\n"
        "heavy = ['mailbot.app', 'mailbot.daemon', 'mailbot.wiring', 'imapclient', 'jinja2',"
        " 'lxml', 'mailparser', 'apscheduler', 'docx']\n"
        "print(*[name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    # A new database is migrated at the first status: that alone may load Alembic.
    assert done.stderr.split() == []
