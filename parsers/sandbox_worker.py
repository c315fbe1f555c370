"""The worker's side of the sandbox: one job after another until the pipe closes.

Frames on both pipes: a header (`HEADER`: kind, serial, length), then that many
bytes. Jobs come pickled from the parent, whom we trust. Answers go back as JSON
of the job's declared return type, because the parent must not trust us: it
checks them against that type and nothing in them can name code.
"""

import contextlib
import gc
import importlib
import io
import json
import os
import pickle
import struct
import sys
import traceback
import typing
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from parsers.confinement import Budget, begin_job, end_job, limit, mapped_bytes, withdraw

HEADER = struct.Struct(">cQQ")
READY, ANSWER, LAST_ANSWER, FAILED, OUT_OF_MEMORY = b"+", b"A", b"L", b"E", b"M"

_DETAIL_CHARS = 4_000


@lru_cache(maxsize=64)
def answer_type(job: Callable[..., Any]) -> TypeAdapter[Any]:
    """How answers of this job are written and checked: by its return annotation.

    Raises:
        KeyError: The job does not say what it returns.
    """
    return TypeAdapter(typing.get_type_hints(job)["return"])


def read_exactly(read: Callable[[int], bytes], size: int) -> bytes:
    """That many bytes, however they come; EOFError where `read` gives none before."""
    pieces: list[bytes] = []
    missing = size
    while missing:
        piece = read(min(missing, 1 << 20))
        if not piece:
            raise EOFError
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def write_frame(pipe: IO[bytes], kind: bytes, serial: int, payload: bytes) -> None:
    """Write one frame and flush it."""
    pipe.write(HEADER.pack(kind, serial, len(payload)))
    pipe.write(payload)
    pipe.flush()


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Our two pipes, out of the way of libraries that print or read the keyboard."""
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b", buffering=0) as nowhere:  # noqa: PTH123  descriptors, not files
        for descriptor in (0, 1, 2):
            os.dup2(nowhere.fileno(), descriptor)
    sys.stdin = io.StringIO()
    return jobs, answers


def _dump(job: Callable[..., Any], value: Any) -> bytes:
    adapter = answer_type(job)
    try:
        return adapter.dump_json(value)
    except PydanticSerializationError:
        # Lone surrogates, most likely: a slip of a reader must not cost the whole mail.
        plain = adapter.dump_python(value)
        text = json.dumps(plain, ensure_ascii=False, default=str)
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _run(payload: bytes) -> tuple[bytes, bytes]:
    """Kind and bytes of the answer to one job."""
    try:
        job, args, kwargs = pickle.loads(payload)  # noqa: S301  written by our own parent
        value = job(*args, **kwargs)
        return ANSWER, _dump(job, value)
    except MemoryError:
        return OUT_OF_MEMORY, b""
    except Exception:  # noqa: BLE001  a defect of ours: the parent reports it and carries on
        return FAILED, traceback.format_exc()[-_DETAIL_CHARS:].encode("utf-8", "replace")


def _has_grown(baseline: int, budget: Budget) -> bool:
    """Whether memory stays lost; a big mail leaves cycles that only a collection frees."""
    if mapped_bytes() > baseline + budget.growth_bytes // 4:
        gc.collect()
    return mapped_bytes() > baseline + budget.growth_bytes


def serve(budget: Budget, preload: tuple[str, ...]) -> None:
    """Confine this process, then work until the parent closes the pipe."""
    jobs, answers = _take_pipes()
    network, writes = withdraw(str(Path.cwd()))
    for module in preload:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # what is loaded now stays: later collections need not look at it
    confinement = limit(budget, network, writes)
    write_frame(answers, READY, 0, json.dumps(asdict(confinement)).encode())
    baseline = mapped_bytes()
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            _, serial, size = HEADER.unpack(read_exactly(jobs.read, HEADER.size))
            begin_job(budget)
            kind, answer = _run(read_exactly(jobs.read, size))
            end_job()
            if kind == ANSWER and _has_grown(baseline, budget):
                kind = LAST_ANSWER
            write_frame(answers, kind, serial, answer)
            del answer


def main(settings: str) -> None:
    """Entry point of the child; `settings` is JSON written by the parent."""
    given = json.loads(settings)
    serve(Budget(**given["budget"]), tuple(given["preload"]))
    os._exit(0)  # nothing to save, and no stranger's finaliser runs
