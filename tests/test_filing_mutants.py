"""Damaged mails along the whole path: each is filed or set aside, none makes filing fail.

MAILBOT_MUTANTS sets how many (a hundredth of it; 60 unless told).
"""

import os
import random
from pathlib import Path

import pytest
from filing_samples import filing_desk
from office_samples import POST
from order_samples import NOON, office_config
from test_message import GOLDEN, mutant

from mailbot import log
from mailbot.stages.unread import tell_unread

pytestmark = pytest.mark.untraced

COUNT = int(os.environ.get("MAILBOT_MUTANTS", "6000")) // 100


@pytest.mark.timeout(7200)
def test_mutants_of_golden_mails_are_filed_or_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[str] = []
    monkeypatch.setattr(log, "failure", lambda event, **_fields: failures.append(event))
    mails = dict.fromkeys(mutant(random.Random(f"filing {seed}")) for seed in range(COUNT))
    with filing_desk(tmp_path, office_config()) as desk:
        for raw in mails:
            desk.fetch(raw, NOON, NOON)
            tell_unread(desk.store, POST, office_config(), desk.filing.book, NOON)
        with desk.store.look() as uow:
            states = {state for state, _ in uow.messages.counts()}
            known = sum(uow.messages.counts().values())

    assert len(GOLDEN) > 40
    assert failures == []
    assert states <= {"filed", "quarantined"}
    assert known == len(mails) > COUNT * 0.9, "few mutants are alike"
