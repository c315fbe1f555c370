"""`make torture`: the long run; prints its figures and exits 1 on any violation.

Interrupted (Ctrl-C) it kills no more, lets the last life finish, and counts.
"""

import os
import secrets
import signal
import sys
import tempfile
from pathlib import Path

from servers.dovecot import start_dovecot

from torture.harness import Plan, Torture


def main() -> int:
    """KILLS, SEED, SETTLE, LAG and RESETS come from the environment."""
    given = os.environ.get
    seed = int(given("SEED") or secrets.randbelow(1_000_000))
    plan = Plan(
        kills=int(given("KILLS", "1000")),
        seed=seed,
        settle=float(given("SETTLE", "12")),
        lag=float(given("LAG", "0.5")),
        resets=int(given("RESETS", "9")),
    )
    folder = Path(given("FOLDER") or tempfile.mkdtemp(prefix="torture-"))
    _say(f"seed {seed}, folder {folder}, {plan}")
    dovecot = start_dovecot()
    try:
        torture = Torture(folder, dovecot, plan)
        signal.signal(signal.SIGINT, lambda *_: torture.enough.set())
        figures = torture.run()
    finally:
        dovecot.stop()
    _say(figures.table())
    violations = figures.findings.violations
    _say("VIOLATED" if violations else "every promise held")
    return 1 if violations else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
