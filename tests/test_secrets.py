"""Where passwords may come from, and which files are refused."""

import os
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest
from office_samples import CONFIG
from servers.daemon import program

from mailbot.config import Config
from mailbot.errors import ConfigError
from mailbot.secrets import heartbeat_url, imap_password, push_urls, signing_key, smtp_password

SECRET = "canary-4711-passw0rd"


@pytest.fixture(autouse=True)
def _no_other_source(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IMAP_PASSWORD", "SMTP_PASSWORD", "PUSH_URLS", "HEARTBEAT_URL"):
        monkeypatch.delenv(f"MAILBOT_{name}", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def config(folder: Path, **files: str) -> Config:
    """Named files for mailbox, smtp, push and heartbeat."""
    names = {"mailbox": "password_file", "push": "urls_file", "heartbeat": "url_file"}
    update: dict[str, object] = {"folder": folder}
    for section, name in files.items():
        key = names.get(section, "password_file")
        update[section] = getattr(CONFIG, section).model_copy(update={key: name})
    return CONFIG.model_copy(update=update)


def secret(path: Path, mode: int = 0o600, text: str = f"{SECRET}\n") -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_IMAP_PASSWORD", SECRET)
    monkeypatch.setenv("MAILBOT_HEARTBEAT_URL", "https://watch.example/1")
    assert imap_password(config(tmp_path)) == SECRET
    assert heartbeat_url(config(tmp_path)) == "https://watch.example/1"


def test_from_a_file_of_its_owner(tmp_path: Path) -> None:
    secret(tmp_path / "code")
    assert imap_password(config(tmp_path, mailbox="code")) == SECRET
    assert smtp_password(config(tmp_path, smtp="code")) == SECRET
    assert heartbeat_url(config(tmp_path, heartbeat="code")) == SECRET
    assert push_urls(config(tmp_path, push="code")) == (SECRET,)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o666, 0o610])
@pytest.mark.parametrize("section", ["mailbox", "smtp", "push", "heartbeat"])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, section: str, mode: int) -> None:
    path = secret(tmp_path / "code", mode)
    read = {
        "mailbox": imap_password, "smtp": smtp_password,
        "push": push_urls, "heartbeat": heartbeat_url,
    }[section]  # fmt: skip
    with pytest.raises(ConfigError, match=f"可被其他用户读取。请执行 chmod 600 {path}"):
        read(config(tmp_path, **{section: "code"}))


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    assert signing_key(tmp_path) == key
    (tmp_path / "signing.key").chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        signing_key(tmp_path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"\n", "是空文件", id="empty"),
        pytest.param(b"\xff\xfe\x00", "不是文本文件", id="no-text"),
    ],
)
def test_a_file_without_a_secret_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "code").write_bytes(data)
    (tmp_path / "code").chmod(0o600)
    with pytest.raises(ConfigError, match=said):
        imap_password(config(tmp_path, mailbox="code"))


def test_from_credentials_of_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As systemd 252 leaves them: owned by root, 0400, with an access list for the service.

    The list's mask shows as the permission of the group; nothing need be set in config.toml.
    """
    folder = tmp_path / "credentials"
    folder.mkdir(mode=0o700)
    for name in ("imap", "smtp", "push", "heartbeat"):
        path = secret(folder / name, 0o400, f"{SECRET}-{name}\n")
        subprocess.run([program("setfacl", "acl"), "-m", f"u:{os.getuid()}:r", path], check=True)
        assert path.stat().st_mode & 0o777 == 0o440
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    office = config(tmp_path)
    assert imap_password(office) == f"{SECRET}-imap"
    assert smtp_password(office) == f"{SECRET}-smtp"
    assert push_urls(office) == (f"{SECRET}-push",)
    assert heartbeat_url(office) == f"{SECRET}-heartbeat"
    named = config(tmp_path, mailbox=str(folder / "smtp"))
    assert imap_password(named) == f"{SECRET}-smtp", "what config.toml names goes first"


@pytest.mark.parametrize("mode", [0o444, 0o460])
def test_a_credential_the_world_may_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    secret(tmp_path / "imap", mode)
    with pytest.raises(ConfigError, match="可被其他用户读取"):
        imap_password(config(tmp_path))


def test_from_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real backend of the library, kept in memory by a plain class."""
    import keyring
    from keyring.backend import KeyringBackend

    class InMemory(KeyringBackend):
        priority = 1  # type: ignore[assignment]
        kept: ClassVar = {("mailbot", CONFIG.mailbox.user): SECRET}

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    try:
        assert imap_password(config(tmp_path)) == SECRET
    finally:
        keyring.set_keyring(before)


def test_what_is_written_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Drafts are internal papers; a machine may have several users."""
    command = [sys.executable, "-m", "mailbot"]
    before = os.umask(0o022)
    try:
        subprocess.run([*command, "init", tmp_path / "office"], check=True, capture_output=True)
        config = tmp_path / "office" / "config.toml"
        subprocess.run([*command, "--config", config, "status"], check=False, capture_output=True)
    finally:
        os.umask(before)
    made = [path for path in (tmp_path / "office").rglob("*") if path.name != "office"]
    assert {path.name for path in made} >= {"config.toml", "data", "mailbot.db"}
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_without_any_the_remedy_names_all_ways(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"MAILBOT_IMAP_PASSWORD.*password_file.*钥匙串"):
        imap_password(config(tmp_path))
