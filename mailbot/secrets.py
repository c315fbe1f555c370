"""Passwords and keys: environment, file, credential of systemd or keyring; never config.toml.

A credential is a file that systemd's LoadCredential puts into $CREDENTIALS_DIRECTORY for this
service alone: `imap`, `smtp`, `push` and `heartbeat` are found there without any setting.
"""

import hashlib
import os
import secrets as randomness
import stat
from pathlib import Path

from mailbot.config import Config
from mailbot.errors import ConfigError

_KEYRING_SERVICE = "mailbot"


def imap_password(config: Config) -> str:
    """Password (授权码) of the mailbox."""
    return _password(config, "MAILBOT_IMAP_PASSWORD", config.mailbox.password_file, "mailbox")


def smtp_password(config: Config) -> str:
    """Password (授权码) for sending."""
    return _password(config, "MAILBOT_SMTP_PASSWORD", config.smtp.password_file, "smtp")


def push_urls(config: Config) -> tuple[str, ...]:
    """Addresses of the second channel, one a line or divided by blanks; they hold tokens."""
    text = os.environ.get("MAILBOT_PUSH_URLS", "")
    text = text or _found_in_file(config, config.push.urls_file, "push.urls_file", "push")
    lines = (line.strip() for line in text.splitlines())
    words = (word for line in lines if not line.startswith("#") for word in line.split())
    return tuple(dict.fromkeys(words))


def heartbeat_url(config: Config) -> str:
    """The address to call when all is well; "" = none. Whoever knows it could feign our life."""
    url = os.environ.get("MAILBOT_HEARTBEAT_URL", "").strip()
    return url or _found_in_file(
        config, config.heartbeat.url_file, "heartbeat.url_file", "heartbeat"
    )


def signing_key(folder: Path) -> bytes:
    """Key of our Message-IDs and command tokens; made once, beside the database.

    Raises:
        ConfigError: Others may read it: whoever has it could forge our orders' tokens.
    """
    path = folder / "signing.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(randomness.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
    _refuse_open(path, "store.url")
    return hashlib.sha256(path.read_bytes()).digest()


def _password(config: Config, variable: str, file_name: str, section: str) -> str:
    value = os.environ.get(variable, "")
    if value:
        return value
    credential = "imap" if section == "mailbox" else "smtp"
    key = f"{section}.password_file"
    if value := _found_in_file(config, file_name, key, credential):
        return value
    user = config.mailbox.user if section == "mailbox" else config.smtp.user
    found = _from_keyring(user)
    if found:
        return found
    problem = "没有找到授权码"
    remedy = f"请设置环境变量 {variable}，或填写 password_file，或存入系统钥匙串"
    raise ConfigError(f"{section}.password_file", problem, remedy)


def _found_in_file(config: Config, file_name: str, key: str, credential: str) -> str:
    """From the file that is configured, else from the credential of that name; "" = neither."""
    if file_name:
        return _from_file(config.path(file_name), key)
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    path = Path(folder) / credential
    return _from_file(path, key) if folder and path.is_file() else ""


def _from_file(path: Path, key: str) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
        _refuse_open(path, key)
    except OSError as error:
        raise ConfigError(key, f"无法读取 {path}（{error.strerror}）", "请检查路径和权限") from None
    except UnicodeDecodeError:
        raise ConfigError(key, f"{path} 不是文本文件", "请只写入授权码或网址一行") from None
    if not value:
        raise ConfigError(key, f"{path} 是空文件", "请写入内容")
    return value


def _refuse_open(path: Path, key: str) -> None:
    """Refuse a secret that others than its owner may read, as far as the system can say.

    A credential of systemd bears an access list for the service's user, whose mask shows as
    the group's permission; its folder is closed to everybody else.
    """
    if os.name != "posix":
        return
    barred = stat.S_IRWXG | stat.S_IRWXO
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if folder and path.parent == Path(folder):
        barred = stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP
    if path.stat().st_mode & barred:
        raise ConfigError(key, f"{path} 可被其他用户读取", f"请执行 chmod 600 {path}")


def _from_keyring(user: str) -> str:
    try:
        import keyring  # noqa: PLC0415  optional extra, slow to import
    except ImportError:
        return ""
    try:
        return keyring.get_password(_KEYRING_SERVICE, user) or ""
    except keyring.errors.KeyringError:
        return ""
