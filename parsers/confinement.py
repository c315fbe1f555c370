"""What a reader's process may not do: enter once, never leave.

Strangers' files meet native libraries here, so we assume that one day a file
takes a worker over. What it finds then is a process without secrets, without
network, short of memory and about to be killed.

| system  | memory, CPU, file size | network                    | writing            |
|---------|------------------------|----------------------------|--------------------|
| Linux   | rlimits                | empty network namespace,   | own folder only    |
|         |                        | Landlock, or inside Python | (Landlock)         |
|         |                        | only: what the kernel has  |                    |
| macOS   | CPU and file size      | refused inside Python only | free               |
| Windows | none                   | refused inside Python only | free               |

The wall-clock limit and the kill are the parent's and hold everywhere.
"""

import ctypes
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from parsers import landlock

if sys.platform != "win32":
    import resource

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38

_REFUSED_EVENTS = frozenset(
    {
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.sendmsg",
        "socket.sendto",
    }
)

NetworkBar = Literal["namespace", "landlock", "audit hook"]


@dataclass(frozen=True, slots=True)
class Budget:
    """What one job may use.

    Attributes:
        memory_bytes: Address space above what the idle worker has mapped.
        cpu_seconds: Processor time of one job.
        wall_seconds: Time from handing over a job until its worker is killed.
        file_bytes: Largest file a job may write.
        answer_bytes: Largest answer the parent accepts.
        jobs_per_worker: Jobs after which a worker is replaced.
        growth_bytes: Growth of the idle worker after which it is replaced.
    """

    memory_bytes: int = 512_000_000
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    file_bytes: int = 64_000_000
    answer_bytes: int = 32_000_000
    jobs_per_worker: int = 500
    growth_bytes: int = 64_000_000


@dataclass(frozen=True, slots=True)
class Confinement:
    """Which bars a worker could put up on this machine, for `mailbot doctor`.

    Attributes:
        memory: Address space is capped.
        cpu: Processor time is capped.
        network: What keeps it from the network.
        writes: It can write into its own folder only.
    """

    memory: bool
    cpu: bool
    network: NetworkBar
    writes: bool = False


def mapped_bytes() -> int:
    """Address space of this process; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _refuse_network(event: str, _args: object) -> None:
    if event in _REFUSED_EVENTS:
        raise PermissionError(f"{event} is refused inside a reader")


def withdraw(folder: str) -> tuple[NetworkBar, bool]:
    """Give up the network, and writing outside `folder`; tell how far that went.

    Goes before anything is loaded: the kernel refuses namespaces to a process with
    threads.
    """
    sys.addaudithook(_refuse_network)
    if sys.platform != "linux":
        return "audit hook", False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # A new user namespace first: it also sheds every privilege of root.
    alone = any(
        libc.unshare(flags) == 0 for flags in (_CLONE_NEWUSER | _CLONE_NEWNET, _CLONE_NEWNET)
    )
    barred = landlock.restrict((folder, os.devnull))
    if alone:
        return "namespace", barred
    return ("landlock" if barred and landlock.bars_tcp() else "audit hook"), barred


def hide_from_peers() -> None:
    """Keep this process' memory and environment from others of the same user (Linux).

    For the daemon: a worker that was taken over runs under the same user and
    could otherwise read the passwords in /proc.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def limit(budget: Budget, network: NetworkBar, writes: bool) -> Confinement:
    """Cap memory above what is mapped now, and files; tell all bars that stand."""
    if sys.platform == "win32":
        return Confinement(memory=False, cpu=False, network=network, writes=writes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (budget.file_bytes, budget.file_bytes))
    baseline = mapped_bytes()
    if baseline:
        ceiling = baseline + budget.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    return Confinement(memory=bool(baseline), cpu=True, network=network, writes=writes)


def begin_job(budget: Budget) -> None:
    """Grant one job its processor time, and a last resort should the parent be gone.

    The limit counts from the start of the process, so it is moved on before each
    job. SIGXCPU and SIGALRM end the process; Python installs no handler for them.
    """
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + budget.cpu_seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    signal.setitimer(signal.ITIMER_REAL, budget.wall_seconds + 5)


def end_job() -> None:
    """Take the last resort back while the worker waits for work."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, 0)
