"""What the base install brings along, and under which licences."""

import re
from pathlib import Path

import pytest

from bench.licences import closure, is_forbidden, licence, main


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        pytest.param("GPL-3.0-or-later", True, id="gpl"),
        pytest.param("GNU Affero General Public License v3", True, id="agpl-in-words"),
        pytest.param("AGPL-3.0", True, id="agpl"),
        pytest.param("GNU General Public License (GPL)", True, id="gpl-in-words"),
        pytest.param("MIT AND GPL-2.0-only", True, id="gpl-beside-another"),
        pytest.param("LGPL-2.1-or-later", False, id="lgpl"),
        pytest.param("GNU Lesser General Public License v3 (LGPLv3)", False, id="lgpl-in-words"),
        pytest.param("MIT", False, id="mit"),
    ],
)
def test_forbidden_licences(text: str, *, forbidden: bool) -> None:
    assert is_forbidden(text) == forbidden


def test_every_package_of_the_base_install_tells_an_allowed_licence() -> None:
    assert main() == 0
    assert all(licence(package) for package in closure())
    assert {"lxml", "mailbot", "SQLAlchemy"} <= {package.name for package in closure()}


# ---- pinned versions

ROOT = Path(__file__).parents[1]


def pinned(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE)
    return {re.sub(r"[._-]+", "-", package).lower(): version for package, version in found}


def test_everything_the_base_install_needs_is_pinned() -> None:
    needed = {re.sub(r"[._-]+", "-", package.name).lower() for package in closure()} - {"mailbot"}
    assert needed <= pinned("constraints.txt").keys()
    assert needed <= pinned("deploy/requirements.lock").keys()


def test_the_lock_agrees_with_the_constraints_and_every_file_has_a_hash() -> None:
    """`make lock` writes it anew."""
    constraints, lock = pinned("constraints.txt"), pinned("deploy/requirements.lock")
    assert {n: v for n, v in lock.items() if n in constraints and constraints[n] != v} == {}
    text = (ROOT / "deploy" / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) == len(lock)
    assert all("--hash=sha256:" in entry for entry in entries)
