"""Jobs for test_sandbox: what a file that takes a reader over might try."""

import contextlib
import ctypes
import os
import signal
import socket
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from parsers.facts import (
    Address,
    Block,
    CloudLink,
    DeliveryStatus,
    DocumentText,
    DraftText,
    ImageFact,
    Message,
    MessageKind,
    ReadFile,
    Reading,
    Segments,
    Unreadable,
    WordCount,
)


def double(number: int) -> int:
    return 2 * number


def text_of(size: int) -> str:
    return "字" * size


def own_pid() -> int:
    return os.getpid()


def length(data: bytes) -> int:
    return len(data)


def spin(seconds: float) -> int:
    start = time.process_time()
    while time.process_time() < start + seconds:
        pass
    return os.getpid()


def start_sleeper() -> int:
    """A process that outlives its reader, were it not killed."""
    child = os.fork()
    if child == 0:
        time.sleep(600)
        os._exit(0)
    return child


def sample_reading() -> Reading:
    """One of every kind of fact."""
    picture = ImageFact("ab" * 32, 12, "png", "现场.png", 640, 480, "0" * 16)
    document = DocumentText(
        "docx",
        (Block("关于“清洁”的报告", "title", 0, ((2, 3),), centred=True, bold=True), Block("正文")),
        (picture,),
        {"author": "某某"},
        ("含有宏",),
    )
    files = (
        ReadFile("稿件.docx", "cd" * 32, 3456, document, "稿件.zip"),
        ReadFile("现场.png", "ab" * 32, 12, picture),
        ReadFile("加密.doc", "ef" * 32, 1, Unreadable("加密.doc", "已加密", "请去掉密码。")),
    )
    segments = Segments("题", "正文", "题\n正文", credits=(("供稿", "某某"),), captions=("图为",))
    draft = DraftText("稿件.docx", "cd" * 32, segments, WordCount(2, 3, 2), "docx")
    when = datetime(2023, 4, 19, 1, 10, tzinfo=UTC)
    message = Message(
        MessageKind.DRAFT, "有附件", "报送", (Address("某", "a@b.cn"),), (), (), (), "<1@b>", "",
        ("<0@b>",), when, None, "请查收", forwarded_from=Address("", "c@b.cn"),
        cloud_links=(CloudLink("163", "报告.zip", "https://x", "1M", when),),
        delivery_status=DeliveryStatus(("d@b.cn",), "5.1.1", "no such user", "", permanent=True),
        headers={"x-mailer": "Foxmail"},
    )  # fmt: skip
    inner = Reading("12" * 32, 5, None, (draft,))
    return Reading("34" * 32, 99, message, (draft,), files, (picture,), ("审签单.jpg",), (inner,))


def broken_text() -> str:
    return "城管\udc80"


def eat_memory() -> int:
    return len(bytearray(2_000_000_000))


def eat_memory_in_pieces() -> int:
    pieces = []
    while True:
        pieces.append("x" * 10_000_000 + str(len(pieces)))


def keep_memory(size: int) -> int:
    sys.modules[__name__].__dict__.setdefault("_kept", []).append(bytearray(size))
    return os.getpid()


def loop_forever() -> None:
    while True:
        pass


def sleep_forever() -> None:
    while True:
        time.sleep(60)


def kill_self(name: str) -> None:
    os.kill(os.getpid(), getattr(signal, name))


def exit_now(code: int) -> None:
    os._exit(code)


def crash() -> int:
    return ctypes.string_at(0)[0]


def raise_error() -> None:
    raise ValueError("broken reader")


def print_noise() -> int:
    os.write(1, b"noise on standard output")
    print("more noise", file=sys.stderr)  # noqa: T201
    return 7


def write_file(size: int) -> str:
    with tempfile.TemporaryFile() as file:
        try:
            file.write(bytes(size))
        except OSError as error:
            return type(error).__name__
    return "written"


def write_to(path: str) -> str:
    """What an attempt to change a file of the daemon's meets."""
    try:
        Path(path).write_text("changed")
    except OSError as error:
        return type(error).__name__
    return "written"


def remove(path: str) -> str:
    try:
        Path(path).unlink()
    except OSError as error:
        return type(error).__name__
    return "removed"


def signal_to(pid: int) -> str:
    """What an attempt to end the daemon meets."""
    try:
        os.kill(pid, 0)
    except OSError as error:
        return type(error).__name__
    return "sent"


def connect(host: str, port: int) -> str:
    """What a connection attempt meets, below Python's own sockets if need be."""
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError as error:
        return type(error).__name__
    return "connected"


def connect_natively(port: int) -> int:
    """The same through the C library, where no audit hook looks; 0 is success."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = (
        socket.AF_INET.to_bytes(2, sys.byteorder)
        + port.to_bytes(2, "big")
        + socket.inet_aton("127.0.0.1")
        + bytes(8)
    )
    return int(libc.connect(descriptor, address, len(address)))


def environment() -> list[str]:
    return [*os.environ, *os.environ.values()]


def parent_environment() -> str:
    """The daemon's environment as a worker of the same user may see it."""
    try:
        return Path(f"/proc/{os.getppid()}/environ").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def lie_about_type() -> int:
    return "not a number"  # type: ignore[return-value]


def untyped():
    return 1


def incomplete_reading() -> Reading:
    return {"sha256": "", "size": 1}  # type: ignore[return-value]


def forge_frame(serial: int) -> int:
    """Answer for a job that was never given, past the reader's own code."""
    frame = b"A" + serial.to_bytes(8, "big") + (1).to_bytes(8, "big") + b"1"
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, frame)
        except OSError:
            continue
    return 2


def _write_everywhere(data: bytes) -> None:
    for descriptor in range(3, 20):
        with contextlib.suppress(OSError):
            os.write(descriptor, data)


def answer_with(kind: bytes, answer: bytes) -> Reading:
    """A first answer that the reader's own code never made; the job is a worker's first."""
    _write_everywhere(kind + (1).to_bytes(8, "big") + len(answer).to_bytes(8, "big") + answer)
    time.sleep(600)
    raise AssertionError


def repeated(kind: bytes, head: bytes, item: bytes, times: int) -> Reading:
    return answer_with(kind, head + item * times)


def drip() -> int:
    """An answer that never ends, a byte at a time."""
    while True:
        _write_everywhere(b"A")
        time.sleep(0.05)


def stop_self() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def leave_a_stranger() -> None:
    """A process in a session of its own keeps our pipes open after our death."""
    if os.fork() == 0:
        os.setsid()
        time.sleep(20)
    os._exit(0)
