"""A second opinion from LibreOffice for Word files that our readers refuse. Off by default.

LibreOffice reports success when it fails, turns unknown bytes into thousands of
characters and hangs on some real forms; hence: only files that are Word by their
bytes, a private profile, a wall clock, the whole process group killed, and its
output read again by our own reader.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from parsers.limits import Limits

WALL_SECONDS: Final = 60.0
"""Longest conversion; ordinary ones take 2 s."""

CONVERTIBLE: Final = frozenset({"doc", "docx"})

_PROGRAMS: Final = ("soffice", "libreoffice")


def convert_to_docx(
    data: bytes, kind: str, limits: Limits, wall_seconds: float | None = None
) -> bytes | None:
    """The document as .docx; None where there is no program or no usable result.

    Args:
        data: The file.
        kind: Its sniffed format, one of `CONVERTIBLE`; anything else gives None.
        limits: `file_bytes` caps the output.
        wall_seconds: After this (default `WALL_SECONDS`) everything the program started is killed.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None or kind not in CONVERTIBLE:
        return None
    with tempfile.TemporaryDirectory(prefix="convert-", ignore_cleanup_errors=True) as folder:
        source = Path(folder) / f"in.{kind}"
        source.write_bytes(data)
        output = Path(folder) / "out" / "in.docx"
        _run(_command(program, source, output.parent), folder, wall_seconds or WALL_SECONDS)
        if not output.is_file() or not 0 < output.stat().st_size <= limits.file_bytes:
            return None
        return output.read_bytes()


def _command(program: str, source: Path, folder: Path) -> list[str]:
    profile = (source.parent / "profile").as_uri()
    return [
        program,
        f"-env:UserInstallation={profile}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder),
        str(source),
    ]


def _run(command: list[str], folder: str, wall_seconds: float) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "LANG": "C.UTF-8"}
    process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(wall_seconds)
    except subprocess.TimeoutExpired:
        pass
    finally:
        # The launcher starts a child that outlives it: end the group, not the process.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
