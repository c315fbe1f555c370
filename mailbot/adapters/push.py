"""The second channel over Apprise: 企业微信, 钉钉, 飞书, SMS gateways, another SMTP.

An optional extra (`mailbot[push]`), imported only where addresses are configured. Their
URLs hold tokens: they are never logged, and are known outside by a short digest.
"""

import hashlib
import logging
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from mailbot.errors import ConfigError

_CONNECT_SECONDS, _READ_SECONDS = 10.0, 20.0
_KEY = "push.urls_file"


def installed() -> bool:
    """Whether the optional library is there."""
    return find_spec("apprise") is not None


class ApprisePush:
    """Pushes short texts to each configured address.

    Raises:
        ConfigError: The library is missing, or an address is not understood.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        if not installed():
            raise ConfigError(
                _KEY,
                "没有安装第二通道所需的组件",
                "请在程序文件夹执行 .venv/bin/pip install '.[push]'",
            )
        self._plugins = {_digest(url): _plugin(url, at) for at, url in enumerate(urls, 1)}

    @property
    def channels(self) -> tuple[str, ...]:
        """A short name of each address, which tells nothing of its token."""
        return tuple(self._plugins)

    @property
    def services(self) -> tuple[str, ...]:
        """What the addresses are, for the doctor: "DingTalk"."""
        return tuple(str(plugin.service_name) for plugin in self._plugins.values())

    def push(self, channel: str, title: str, body: str) -> bool:
        """Whether the service took the text; never raises, and takes half a minute at most."""
        try:
            return bool(
                self._plugins[channel].notify(body=body, title=title, notify_type="warning")
            )
        except Exception:  # noqa: BLE001  a hundred services, and mail must go on whatever they do
            return False


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def _plugin(url: str, number: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the library's own imports
        import apprise  # noqa: PLC0415  optional, and slow to import

        _silence()
        plugin = apprise.Apprise.instantiate(url)
    if plugin is None:
        remedy = "请对照 Apprise 的写法，如 wecombot://…、dingtalk://…、feishu://…"
        raise ConfigError(_KEY, f"第{number}个推送地址看不懂", remedy)
    plugin.socket_connect_timeout = _CONNECT_SECONDS
    plugin.socket_read_timeout = _READ_SECONDS
    return plugin


def _silence() -> None:
    """Their lines quote addresses; ours say what is needed."""
    for name in ("apprise", "urllib3"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
