"""`mailbot` on the command line."""

import os
import sys
from collections.abc import Sequence

from mailbot.cli.parser import build_parser
from mailbot.errors import ConfigError, MailbotError

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
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    sys.exit(main())


if __name__ == "__main__":
    run()
