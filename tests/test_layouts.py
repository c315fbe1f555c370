"""Forty drafts as units lay them out: the body is what a clerk would select.

`golden/layouts/drafts.txt` marks every line. Each draft is read twice, as Word tells it
(centred, bold, cells) and as a mail or text file does (lines alone).
"""

import re
from pathlib import Path

import pytest

from parsers.facts import Block
from parsers.segments import segment
from parsers.wordcount import count

FILE = Path(__file__).parent / "golden" / "layouts" / "drafts.txt"
_MARKS = re.compile(r"^(?:标题：|【[^】]*】)")
Line = tuple[str, str, str]  # role, flags, text


def drafts() -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for piece in FILE.read_text(encoding="utf-8").split("\n== ")[1:]:
        name, *lines = piece.strip("\n").split("\n")
        parted = (line.partition(":") for line in lines)
        found[name] = [(tag[0], tag[1:], text) for tag, _, text in parted]
    return found


def blocks(line: Line, *, formatted: bool) -> list[Block]:
    _, flags, text = line
    if "t" in flags:
        cells = text.split("|")
        return [Block(cell, "cell") for cell in cells] if formatted else [Block("\t".join(cells))]
    return [Block(text, centred=formatted and "c" in flags, bold=formatted and "b" in flags)]


def squeezed(text: str) -> str:
    return "".join(text.split())


DRAFTS = drafts()


@pytest.mark.parametrize("formatted", [True, False], ids=["document", "plain-text"])
@pytest.mark.parametrize("name", DRAFTS)
def test_body_and_title(name: str, *, formatted: bool) -> None:
    lines = DRAFTS[name]
    wanted = [b for line in lines if line[0] == "B" for b in blocks(line, formatted=formatted)]
    title = "".join(_MARKS.sub("", text) for role, _, text in lines if role == "T")

    found, body = segment(b for line in lines for b in blocks(line, formatted=formatted))

    assert found.body.split("\n") == [block.text.strip() for block in wanted]
    assert count(body) == count(wanted)
    if formatted:
        assert squeezed(found.title) == squeezed(title)
