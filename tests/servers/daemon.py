"""Start a real daemon as a plain user, with its output in a file, and end it for certain."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

NOBODY = 65534
START_SECONDS = 60.0  # a loaded machine of one core may take this long
STOP_SECONDS = 10.0
ATTEMPTS = 5


class ServerMissingError(AssertionError):
    """A server program the tests need is not installed: the run fails, it does not skip."""


def program(name: str, package: str) -> str:
    """Full path of a server program; it may live in /usr/sbin outside a user's PATH."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise ServerMissingError(f"{name} is missing: apt-get install {package}")
    return found


def free_port() -> int:
    """A loopback port nobody listens on just now; the caller retries if it is taken meanwhile."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_ids() -> tuple[int, int]:
    """User and group the servers run as: nobody where the tests run as root."""
    return (NOBODY, NOBODY) if os.getuid() == 0 else (os.getuid(), os.getgid())


def work_folder(name: str) -> Path:
    """A new folder that the server's user may write; sockets need its path short."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir="/tmp"))
    folder.chmod(0o755)
    give_away(folder)
    return folder


def give_away(path: Path) -> None:
    """Hand a path to the user the servers run as."""
    os.chown(path, *run_ids())


class Daemon:
    """One running server process and everything it forks."""

    def __init__(self, command: list[str], output: Path, *, as_ourselves: bool = False) -> None:
        self._output = output
        self.command = [*_prefix(as_ourselves=as_ourselves), *command]
        with output.open("ab") as sink:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """Terminate the whole process group, forcibly when it does not obey."""
        for signum in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, signum)
            except ProcessLookupError:
                break
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        self._process.wait(STOP_SECONDS)

    def log(self) -> str:
        return self._output.read_text(errors="replace")[-4000:]


def _prefix(*, as_ourselves: bool) -> list[str]:
    """Command that drops root, and makes the server die with the test process."""
    setpriv = program("setpriv", "util-linux")
    ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]
    drops = ids if os.getuid() == 0 and not as_ourselves else []
    return [setpriv, *drops, "--pdeathsig", "TERM"]


def start(launch: Callable[[], tuple[Daemon, int]], greeting: bytes) -> Daemon:
    """Launch until the server that greets on the port is really ours.

    Another process may take a free port between choosing and binding it, hence the attempts.
    """
    history = []
    for _ in range(ATTEMPTS):
        daemon, port = launch()
        if _greets(daemon, port, greeting):
            return daemon
        history.append(daemon.log())
        daemon.stop()
    raise AssertionError(f"server did not start: {history}")


def _greets(daemon: Daemon, port: int, greeting: bytes) -> bool:
    give_up = time.monotonic() + START_SECONDS
    while daemon.alive and time.monotonic() < give_up:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as connection:
                if greeting in connection.recv(512):
                    return True
        except OSError:
            pass
        time.sleep(0.05)
    return False


def remove(folder: Path) -> None:
    """Delete a work folder; a daemon's last child may still be writing there."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
