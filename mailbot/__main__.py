"""`mailbot` on the command line."""

import gc
import os
import sys
from collections.abc import Sequence

from mailbot.cli.parser import build_parser
from mailbot.errors import ConfigError, MailbotError

_COLLECT_EVERY = 50_000
"""Allocations between collections; at the default, a third of a short command's time goes there."""
BAD_CONFIGURATION = getattr(os, "EX_CONFIG", 78)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; operator errors are one line, our own bugs keep their traceback."""
    arguments = build_parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except ConfigError as error:
        print(f"mailbot：{error}", file=sys.stderr)
        return BAD_CONFIGURATION
    except MailbotError as error:
        print(f"mailbot：{error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def run() -> None:
    """Entry point of the installed script."""
    os.umask(0o077)  # drafts are internal papers: what we write is for its owner alone
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    gc.set_threshold(_COLLECT_EVERY)
    code = main()
    gc.freeze()  # nothing is left to collect that the end of the process does not free
    sys.exit(code)


if __name__ == "__main__":
    run()
