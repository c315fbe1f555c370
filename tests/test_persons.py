"""责任人 of annex 3 by unit, from the shipped configuration."""

import pytest

from mailbot.config_files import load
from mailbot.resources import shipped
from mailbot.rules.persons import persons_of


@pytest.mark.parametrize(
    ("unit", "persons"),
    [
        pytest.param("直属二大队", {"曹海"}, id="one-of-the-five"),
        pytest.param("市政管理科", {"李清国"}, id="a-section"),
        pytest.param("人事科（党建办）", {"司衡", "熊文昱", "张世建"}, id="a-row-of-two-names"),
        pytest.param("扬尘办", set(), id="not-in-annex-3"),
    ],
)
def test_persons_of(unit: str, persons: set[str]) -> None:
    notice = load(shipped("config.toml")).notice
    assert persons_of(unit, notice) == persons
