"""Every awkward mail ever met is a file; beside it stands what it must say.

On a mismatch the result is left as NN-name.got.json (ignored by git) for a diff;
`make golden` accepts all results after that diff was read.
"""

from pathlib import Path

import pytest
from golden_accept import as_json, golden_mails


@pytest.mark.parametrize("mail", [pytest.param(path, id=path.stem) for path in golden_mails()])
def test_golden_mail(mail: Path) -> None:
    expected = mail.with_suffix(".json").read_text(encoding="utf-8")

    result = as_json(mail)

    if result != expected:
        mail.with_suffix(".got.json").write_text(result, encoding="utf-8")
    assert result == expected
    mail.with_suffix(".got.json").unlink(missing_ok=True)


def test_no_expectation_without_its_mail() -> None:
    mails = {path.stem for path in golden_mails()}
    expectations = {path.stem for path in golden_mails()[0].parent.glob("*.json")}

    assert {name for name in expectations if not name.endswith(".got")} == mails
