"""What a golden mail parses to, as JSON for people to read and compare.

`make golden` accepts the present results (read the diff first).
"""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from parsers.facts import Attachment
from parsers.message import NestedMail, ParsedMail, read_message

FOLDER = Path(__file__).parent / "golden" / "mail"
OWN_ADDRESSES = frozenset({"xinxi@163.com"})
_LEFT_OUT = frozenset({"headers"})


def golden_mails() -> list[Path]:
    """Every golden mail, in the order of its number."""
    return sorted(FOLDER.glob("*.eml"))


def as_json(path: Path) -> str:
    """The parsed mail as JSON text; empty fields are left out."""
    mail = read_message(path.read_bytes(), own_addresses=OWN_ADDRESSES)
    return json.dumps(_plain(mail), ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Attachment):
        shown = {key: getattr(value, key) for key in ("name", "declared_type", "sha256", "inline")}
        return {key: item for key, item in shown.items() if item} | {"size": len(value.data)}
    if isinstance(value, NestedMail):
        inner: ParsedMail = read_message(value.raw)
        return {"name": value.name, "size": len(value.raw), "mail": _plain(inner)}
    if is_dataclass(value):
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: _plain(item) for name, item in pairs if item and name not in _LEFT_OUT}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def accept() -> None:
    """Write the present results as the expected ones."""
    for path in golden_mails():
        path.with_suffix(".json").write_text(as_json(path), encoding="utf-8")
        path.with_suffix(".got.json").unlink(missing_ok=True)


if __name__ == "__main__":
    accept()
