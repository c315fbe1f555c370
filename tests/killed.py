"""An operation killed by SIGKILL before each of its steps on the disk, one after the other.

Each attempt runs in a child forked from this process, which must have one thread only: tests
start it as a program of its own. Steps are what Python's audit hooks tell of: files opened,
made, renamed, linked, removed, databases connected.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

STEPS = frozenset(
    {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod",
     "sqlite3.connect", "os.truncate"}
)  # fmt: skip
_DONE, _FAILED = 0, 3


def killed_at_each_step(
    prepare: Callable[[], Any],
    operate: Callable[[Any], None],
    judge: Callable[[Any], str],
    *,
    every: int = 1,
) -> None:
    """Print the verdict of `judge` after each kill as JSON; the last one is of the whole run.

    `prepare` makes a fresh scene each time, `operate` is killed in it, `judge` looks at what is
    left and names the state.
    """
    verdicts = []
    step, done = 1, False
    while not done:
        scene = prepare()
        done = _attempt(operate, scene, step)
        verdicts.append(judge(scene))
        step += every
    sys.stdout.write(json.dumps(verdicts))


def _attempt(operate: Callable[[Any], None], scene: Any, step: int) -> bool:
    """True when it came to its end before step number `step`."""
    child = os.fork()
    if child == 0:
        try:
            _kill_before(step)
            operate(scene)
            os._exit(_DONE)
        except BaseException:  # noqa: BLE001  told, and judged by the parent
            traceback.print_exc()
            os._exit(_FAILED)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (_DONE, -signal.SIGKILL), f"step {step}: exit {code}"
    return code == _DONE


def _kill_before(step: int) -> None:
    count, me = 0, os.getpid()

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in STEPS or os.getpid() != me or _only_reads(event, arguments):
            return
        count += 1
        if count == step:
            os.kill(me, signal.SIGKILL)

    sys.addaudithook(watch)


def _only_reads(event: str, arguments: tuple[Any, ...]) -> bool:
    if event != "open":
        return False
    path, mode, flags = arguments
    if not isinstance(path, str | os.PathLike) or str(path).endswith((".py", ".pyc")):
        return True
    return not (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)) and mode != "w"
