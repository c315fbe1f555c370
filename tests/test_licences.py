"""What the base install brings along, and under which licences."""

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
