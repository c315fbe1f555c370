"""What follows when a job in the sandbox died: another, humbler one."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def otherwise(first: "Future[T]", again: Callable[[], "Future[T]"]) -> "Future[T]":
    """The answer of `first`; where that died, the outcome of a second job, good or bad."""
    answer: Future[T] = Future()

    def on_first(done: "Future[T]") -> None:
        if failure(done) is None:
            answer.set_result(done.result())
            return
        try:
            again().add_done_callback(on_second)
        except RuntimeError as error:  # shutting down
            answer.set_exception(error)

    def on_second(done: "Future[T]") -> None:
        error = failure(done)
        if error is None:
            answer.set_result(done.result())
        else:
            answer.set_exception(error)

    first.add_done_callback(on_first)
    return answer


def failure(done: "Future[T]") -> BaseException | None:
    """Why there is no answer; None where there is one."""
    return RuntimeError("cancelled") if done.cancelled() else done.exception()
