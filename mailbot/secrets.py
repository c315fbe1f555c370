"""Passwords and keys: environment, file or system keyring; never config.toml."""

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
    if not text and config.push.urls_file:
        text = _from_file(config.path(config.push.urls_file), "push.urls_file")
    lines = (line.strip() for line in text.splitlines())
    words = (word for line in lines if not line.startswith("#") for word in line.split())
    return tuple(dict.fromkeys(words))


def signing_key(folder: Path) -> bytes:
    """Key of our Message-IDs and command tokens; made once, beside the database."""
    path = folder / "signing.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(randomness.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
    return hashlib.sha256(path.read_bytes()).digest()


def _password(config: Config, variable: str, file_name: str, section: str) -> str:
    value = os.environ.get(variable, "")
    if value:
        return value
    if file_name:
        return _from_file(config.path(file_name), f"{section}.password_file")
    user = config.mailbox.user if section == "mailbox" else config.smtp.user
    found = _from_keyring(user)
    if found:
        return found
    problem = "没有找到授权码"
    remedy = f"请设置环境变量 {variable}，或填写 password_file，或存入系统钥匙串"
    raise ConfigError(f"{section}.password_file", problem, remedy)


def _from_file(path: Path, key: str) -> str:
    try:
        mode = path.stat().st_mode
        value = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(key, f"无法读取 {path}（{error.strerror}）", "请检查路径和权限") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(key, f"{path} 可被其他用户读取", f"请执行 chmod 600 {path}")
    if not value:
        raise ConfigError(key, f"{path} 是空文件", "请写入内容")
    return value


def _from_keyring(user: str) -> str:
    try:
        import keyring  # noqa: PLC0415  optional extra, slow to import
    except ImportError:
        return ""
    try:
        return keyring.get_password(_KEYRING_SERVICE, user) or ""
    except keyring.errors.KeyringError:
        return ""
