"""What is shipped for running mailbot as a service."""

import re
import subprocess
from pathlib import Path

from servers.daemon import program

UNIT = Path(__file__).parents[1] / "deploy" / "mailbot.service"
MOST_EXPOSURE = 2.0


def analyzed(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [program("systemd-analyze", "systemd"), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_service_is_exposed_as_little_as_promised() -> None:
    result = analyzed("security", "--offline=true", "--no-pager", str(UNIT))
    found = re.search(r"Overall exposure level for mailbot\.service: ([\d.]+)", result.stdout)
    assert found, result.stderr
    assert float(found[1]) <= MOST_EXPOSURE


def test_systemd_understands_every_line_of_the_service() -> None:
    """Except that the program is not installed where the unit expects it."""
    result = analyzed("verify", str(UNIT))
    lines = [line for line in result.stderr.splitlines() if UNIT.name in line]
    assert [line for line in lines if "is not executable" not in line] == []


def test_a_wrong_configuration_is_not_tried_again_and_again() -> None:
    assert "RestartPreventExitStatus=78" in UNIT.read_text(encoding="utf-8")
