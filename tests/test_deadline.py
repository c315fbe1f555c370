"""A deadline that cuts a connection however busily the other end dribbles."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from mailbot.adapters.deadline import Deadline


@pytest.fixture
def dripping() -> Iterator[socket.socket]:
    """Our end of a connection whose other end sends a byte now and then, for ever."""
    ours, theirs = socket.socketpair()
    stop = threading.Event()

    def drip() -> None:
        with suppress(OSError):
            while not stop.wait(0.05):
                theirs.send(b".")

    thread = threading.Thread(target=drip)
    thread.start()
    yield ours
    stop.set()
    thread.join()
    ours.close()
    theirs.close()


def read_to_end(connection: socket.socket) -> None:
    while connection.recv(100):
        pass


def test_reading_ends_at_the_deadline(dripping: socket.socket) -> None:
    deadline = Deadline()
    deadline.watch(dripping)
    with deadline.within(0.3):
        read_to_end(dripping)
    deadline.forget()

    assert deadline.passed


def test_an_outer_block_rules(dripping: socket.socket) -> None:
    deadline = Deadline()
    deadline.watch(dripping)
    with deadline.within(0.3), deadline.within(3600):
        read_to_end(dripping)
    deadline.forget()

    assert deadline.passed


def test_a_connection_opened_too_late_is_cut_at_once(dripping: socket.socket) -> None:
    deadline = Deadline()
    with deadline.within(0.05):
        while not deadline.passed:
            threading.Event().wait(0.01)
        deadline.watch(dripping)
        read_to_end(dripping)
    deadline.forget()


def test_a_block_that_ended_in_time_cuts_nothing_later(dripping: socket.socket) -> None:
    deadline = Deadline()
    deadline.watch(dripping)
    with deadline.within(0.2):
        pass
    threading.Event().wait(0.5)
    deadline.forget()

    assert not deadline.passed
    assert dripping.recv(1) == b"."


def test_a_block_starts_afresh_after_one_that_ran_out(dripping: socket.socket) -> None:
    deadline = Deadline()
    deadline.watch(dripping)
    with deadline.within(0.05):
        read_to_end(dripping)
    with deadline.within(60):
        again = deadline.passed
    deadline.forget()

    assert not again
