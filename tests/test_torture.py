"""The short form of `make torture`: nothing lost, nothing doubled, and the checker sees.

MAILBOT_KILLS and MAILBOT_SEED change it; the long form is told in docs/reliability.md.
"""

import hashlib
import os
import sys

import pytest
from servers.dovecot import Dovecot
from torture.harness import Figures, Plan, Torture
from torture.history import check

from store.archive import Archive

PLAN = Plan(
    kills=int(os.environ.get("MAILBOT_KILLS", "22")),
    seed=int(os.environ.get("MAILBOT_SEED", "20231120")),
    settle=6.0,
    lag=0.3,
    resets=1,
    mails=2.0,
)


@pytest.fixture(scope="module")
def tortured(
    tmp_path_factory: pytest.TempPathFactory, dovecot_server: Dovecot
) -> tuple[Torture, Figures]:
    torture = Torture(tmp_path_factory.mktemp("torture"), dovecot_server, PLAN)
    figures = torture.run()
    sys.stdout.write(f"\n{figures.table()}\n")
    return torture, figures


pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.untraced,
]


def test_nothing_is_lost_and_nothing_doubled(tortured: tuple[Torture, Figures]) -> None:
    _, figures = tortured
    assert figures.findings.violations == {}


def test_the_run_was_worth_the_name(tortured: tuple[Torture, Figures]) -> None:
    _, figures = tortured
    assert figures.step_kills + figures.random_kills == PLAN.kills
    assert figures.mails >= PLAN.kills
    assert figures.letters >= figures.mails
    assert {"SQL", "SMTP"} <= set(figures.struck)
    assert figures.resets == PLAN.resets
    assert figures.cut_lines


def test_the_checker_sees_what_is_missing(tortured: tuple[Torture, Figures]) -> None:
    """A mail nobody recorded, a letter the server never took, one it took twice."""
    torture, _ = tortured
    accepted = torture.post.accepted()
    first, second = list(accepted)[:2]
    drafts = [*torture.feeder.drafts, "0" * 64]
    found = check(
        torture.folder,
        drafts,
        torture.feeder.emergencies,
        {name: 2 if name == second else 1 for name in accepted if name != first},
    )

    assert found.mails_lost == ["0" * 64]
    assert len(found.receipts_lost) + len(found.alerts_lost) >= 2
    assert len(found.receipts_doubled) + len(found.alerts_doubled) == 1


def test_the_checker_sees_a_damaged_original(tortured: tuple[Torture, Figures]) -> None:
    torture, _ = tortured
    archive = Archive(torture.folder / "data" / "archive")
    digest = torture.feeder.drafts[0]
    path = archive.path(digest)
    kept = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(kept + b"!")
    try:
        found = check(torture.folder, torture.feeder.drafts, torture.feeder.emergencies, {})
    finally:
        path.write_bytes(kept)

    assert f"archive: {digest}" in found.damage
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
