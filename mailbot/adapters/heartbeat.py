"""The watcher elsewhere, over HTTP (Healthchecks or alike): a call means that we are well."""

import ssl
import urllib.request
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from mailbot.errors import ConfigError

_SECONDS = 10
_KEY = "heartbeat.url_file"


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Only the address the operator gave is called."""

    def redirect_request(self, *_answer: Any, **_named: Any) -> None:
        """No redirect is followed: it is an answer like any other."""


class HttpWatcher:
    """Calls the address; the only module that knows HTTP.

    Raises:
        ConfigError: The address or the certificates cannot be used.
    """

    def __init__(self, url: str, ca_file: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(
                _KEY, "监测网址看不懂", "请写完整的网址，如 https://…，文件中只写一行"
            )
        self._url, self._root = url, f"{parts.scheme}://{parts.netloc}/"
        self.host = parts.hostname
        try:
            context = ssl.create_default_context(cafile=ca_file or None)
        except (OSError, ssl.SSLError):
            remedy = "请填写 PEM 格式证书文件的路径，或留空使用系统证书"
            raise ConfigError("heartbeat.ca_file", "证书文件无法读取", remedy) from None
        secured = urllib.request.HTTPSHandler(context=context)
        self._opener = urllib.request.build_opener(secured, _StayHere)

    def time(self) -> datetime | None:
        """The watcher's clock, by the Date of its front page; None when it tells none.

        The front page is asked, not our address: that would already be a sign of life.
        """
        request = urllib.request.Request(self._root, method="HEAD")  # noqa: S310  scheme checked
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return _date(answer.headers)
        except HTTPError as answer:  # any status has a Date
            with answer:
                return _date(answer.headers)
        except (OSError, HTTPException, ValueError):
            return None

    def call(self) -> str:
        """Say that all is well; "" when it was heard, else why not, without the address."""
        request = urllib.request.Request(self._url)  # noqa: S310  scheme checked
        try:
            with self._opener.open(request, timeout=_SECONDS):
                return ""
        except HTTPError as answer:
            with answer:
                return f"对方答复 {answer.code}"
        except TimeoutError:
            return "连接超时"
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            return f"连不上（{reason.__class__.__name__}）"


def _date(headers: Message) -> datetime | None:
    try:
        told = parsedate_to_datetime(str(headers["Date"]))
    except (TypeError, ValueError):
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
