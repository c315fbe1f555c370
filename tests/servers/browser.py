"""A real Chromium, driven through its own protocol over a pipe: no driver, no port, no library."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from servers.daemon import ServerMissingError

PACKAGE = "chromium-headless-shell"
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_PATIENCE = 60.0
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


class BrowserError(AssertionError):
    """The browser refused a command, or a script in the page failed."""


@dataclass
class Browser:
    """One page of a running browser; `events` since the page was opened."""

    process: "subprocess.Popen[bytes]"
    reading: int
    writing: int
    session: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    _number: int = 0
    _waiting: bytes = b""

    def open(self, page: Path, *, width: int = 1280, height: int = 900) -> None:
        """Show a file, and wait until it is there."""
        self.events.clear()
        self.resize(width, height)
        found = self.call("Page.navigate", url=page.as_uri())
        if "errorText" in found:
            raise BrowserError(found["errorText"])
        self._wait("Page.loadEventFired")

    def resize(self, width: int, height: int = 900) -> None:
        """The size of the window, in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 500,
        )  # fmt: skip

    def media(self, kind: str = "", scheme: str = "light") -> None:
        """Show as on "print" or "screen", in a "light" or "dark" scheme."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=kind, features=features)

    def scripts(self, *, allowed: bool) -> None:
        """Whether pages may run scripts of their own."""
        self.call("Emulation.setScriptExecutionDisabled", value=not allowed)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        found = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in found:
            raise BrowserError(json.dumps(found["exceptionDetails"], ensure_ascii=False)[:800])
        return found["result"].get("value")

    def press(self, key: str, *, code: int, text: str = "") -> None:
        """A key of the keyboard, down and up."""
        values = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        down = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **values, **down)
        self.call("Input.dispatchKeyEvent", type="keyUp", **values)

    def tab(self) -> str:
        """Go on with the tabulator; what has the focus now, in few words."""
        self.press("Tab", code=9)
        found = self.ask(
            "(e => e.tagName + '.' + e.className + ':' + (e.name || e.getAttribute('href') ||"
            " e.textContent).trim().slice(0, 12))(document.activeElement)"
        )
        return str(found)

    def type(self, words: str) -> None:
        """Words as if typed, by an input method where the keyboard has no key for them."""
        self.call("Input.insertText", text=words)

    def picture(self, path: Path) -> None:
        """The whole page as an image."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self) -> bytes:
        """The page as printed."""
        printed = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return base64.b64decode(printed["data"])

    @property
    def complaints(self) -> list[str]:
        """Errors and warnings of the console since the page was opened, the policy's included."""
        self.call("Runtime.evaluate", expression="0")  # what is under way has arrived then
        found = []
        for event in self.events:
            values = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                found.append(values["exceptionDetails"]["text"])
            if event["method"] == "Runtime.consoleAPICalled":
                found.append(json.dumps(values["args"]))
            if event["method"] == "Log.entryAdded":
                found.append(values["entry"]["text"])
        return found

    @property
    def requests(self) -> list[str]:
        """Every address the page asked for."""
        self.call("Runtime.evaluate", expression="0")
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def call(self, method: str, **values: Any) -> dict[str, Any]:
        """A command of the protocol and its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": values}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        for found in self._messages():
            if found.get("id") == self._number:
                if "error" in found:
                    raise BrowserError(f"{method}: {found['error']}")
                answer: dict[str, Any] = found["result"]
                return answer
        raise BrowserError(f"{method}: no answer")

    def _wait(self, method: str) -> None:
        if any(event["method"] == method for event in self.events):
            return
        for found in self._messages():
            if found.get("method") == method:
                return

    def _messages(self) -> Iterator[dict[str, Any]]:
        end = time.monotonic() + _PATIENCE
        while True:
            while b"\0" in self._waiting:
                raw, _, self._waiting = self._waiting.partition(b"\0")
                found = json.loads(raw)
                if "method" in found:
                    self.events.append(found)
                yield found
            ready, _, _ = select.select([self.reading], [], [], max(0.0, end - time.monotonic()))
            more = os.read(self.reading, 1 << 20) if ready else b""
            if not more:
                raise BrowserError(f"the browser fell silent, exit code {self.process.poll()}")
            self._waiting += more


def _program() -> str:
    for name in _NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    raise ServerMissingError(f"no Chromium found: apt-get install {PACKAGE}")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser with one empty page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        commands, answers = os.pipe(), os.pipe()
        # The browser reads from 3 and writes to 4: ours are moved out of their way.
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (commands[0], answers[1])]
        for end in (commands[0], answers[1]):
            os.close(end)
        line = f'exec "$0" "$@" 3<&{theirs[0]} 4>&{theirs[1]} 2>/dev/null'
        arguments = [_program(), *_FLAGS, f"--user-data-dir={profile}"]
        process = subprocess.Popen(["bash", "-c", line, *arguments], pass_fds=theirs)
        for end in theirs:
            os.close(end)
        browser = Browser(process, answers[0], commands[1])
        try:
            _attach(browser)
            yield browser
        finally:
            process.terminate()
            process.wait(_PATIENCE)
            os.close(answers[0])
            os.close(commands[1])


def _attach(browser: Browser) -> None:
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    attached = browser.call("Target.attachToTarget", targetId=target, flatten=True)
    browser.session = attached["sessionId"]
    for domain in ("Page", "Runtime", "Network", "Log"):
        browser.call(f"{domain}.enable")
