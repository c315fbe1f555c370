"""Corrections of the office replayed: no change of rules repeats a mistake once mended.

Each file of golden/corrections is what `mailbot drafts corrections --json` prints (real ones
reduced and anonymised). The rules must now come to what the office decided.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mailbot.config_files import load
from mailbot.cue_files import load_rule_book
from mailbot.explaining import explain, with_sender
from mailbot.resources import shipped
from mailbot.stages.correction_cases import DECIDED
from parsers.reading import read_document

FILES = sorted((Path(__file__).parent / "golden" / "corrections").glob("*.json"))
CONFIG = load(shipped("config.toml"))
BOOK = load_rule_book(CONFIG.notice)
CASES = [
    pytest.param(case, id=f"{file.stem}-{case['act']}")
    for file in FILES
    for case in json.loads(file.read_text(encoding="utf-8"))["corrections"]
]


def judged(case: Mapping[str, Any]) -> dict[str, object]:
    """What the rules make of a case today, under the names of DECIDED."""
    name = f"{Path(case['attachment']).stem}.txt" if case["attachment"] else "来信.txt"
    reading = with_sender(read_document(name, case["text"].encode()), case["from"])
    assert reading.message is not None
    sent = case["sent_at"] or case["received_at"]
    message = replace(
        reading.message, subject=case["subject"], sent_at=datetime.fromisoformat(sent)
    )
    document, _ = explain(
        Path(name),
        replace(reading, message=message),
        received_at=datetime.fromisoformat(case["received_at"]),
        known={case["from"]: case["known_unit"]} if case["known_unit"] else {},
        book=BOOK,
    )
    drafts = document["drafts"]
    assert isinstance(drafts, list)
    (draft,) = drafts
    unit = draft["unit"]["name"] if draft["unit"] else ""
    times = {"event_earliest": draft["event_time"], "event_latest": draft["event_time_latest"]}
    plain = {name: draft[name] for name in ("kind", "column", "task", "emergency")}
    return {**plain, **times, "unit": unit}


@pytest.mark.parametrize("case", CASES)
def test_the_rules_agree_with_the_office(case: Mapping[str, Any]) -> None:
    assert case["after"], "a correction that decides nothing proves nothing"
    assert case["after"].keys() <= set(DECIDED)
    now = judged(case)
    assert {name: now[name] for name in case["after"]} == case["after"]


def test_there_are_corrections_to_replay() -> None:
    assert len(CASES) >= 5
    decided = {name for parameter in CASES for name in parameter.values[0]["after"]}  # type: ignore[union-attr]
    assert decided == set(DECIDED), "every value a rule decides is corrected in some case"
