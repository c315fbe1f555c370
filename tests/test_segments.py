"""A draft taken apart as a clerk would select it.

One draft a pair of files in golden/segments: the text, and what a clerk finds in
it. A line may start with what the format says of it: <title>, <centred>, <bold>, <h1>,
<cell>, <caption>, <note>. What the JSON does not name must be empty.
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parsers.facts import Block, Segments
from parsers.segments import segment
from parsers.wordcount import count, count_text

GOLDEN = Path(__file__).parent / "golden" / "segments"
CASES = sorted(path.stem for path in GOLDEN.glob("*.txt"))
MARKS: dict[str, dict[str, Any]] = {
    "<title>": {"kind": "title"},
    "<centred>": {"centred": True},
    "<bold>": {"bold": True},
    "<h1>": {"kind": "heading", "level": 1},
    "<cell>": {"kind": "cell"},
    "<caption>": {"kind": "caption"},
    "<note>": {"kind": "note"},
}


def blocks_of(text: str) -> list[Block]:
    blocks = []
    for line in text.splitlines():
        mark = next((mark for mark in MARKS if line.startswith(mark)), "")
        blocks.append(Block(line.removeprefix(mark), **MARKS.get(mark, {})))
    return blocks


def everything(found: Segments) -> str:
    """All text of all fields but `full`."""
    labelled = " ".join(part for pair in found.credits for part in pair)
    lists = " ".join((*found.captions, *found.attachments_list))
    return (
        f"{found.title} {found.addressee} {found.body} {found.signature_unit}"
        f" {found.signature_date} {labelled} {lists} 标题"
    )


@pytest.mark.parametrize("name", CASES)
def test_golden_draft(name: str) -> None:
    case = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    blocks = blocks_of((GOLDEN / f"{name}.txt").read_text("utf-8"))
    found, body = segment(
        blocks, file_name=case.get("file_name", ""), subject=case.get("subject", "")
    )

    expected = case["expected"]
    lines = found.body.split("\n")
    seen = {
        "title": found.title,
        "body_first_line": lines[0],
        "body_last_line": lines[-1],
        "addressee": found.addressee,
        "signature_unit": found.signature_unit,
        "signature_date": found.signature_date,
        "credits": [list(pair) for pair in found.credits],
        "captions": list(found.captions),
        "attachments_list": list(found.attachments_list),
        "declared_kind": found.declared_kind,
    }
    if "body_lines" in expected:
        seen["body_lines"] = len(lines)
    blank = {key: type(value)() for key, value in seen.items()}
    assert seen == blank | expected
    assert [block.text.strip() for block in body] == lines
    assert count(body)[0] == count_text(found.body)


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_lost(name: str) -> None:
    """Every character of the draft is in some field."""
    blocks = blocks_of((GOLDEN / f"{name}.txt").read_text("utf-8"))
    found, _ = segment(blocks)
    had = Counter(re.findall(r"\w", found.full))
    assert not had - Counter(re.findall(r"\w", everything(found)))


LINES = [
    line for name in CASES for line in (GOLDEN / f"{name}.txt").read_text("utf-8").splitlines()
]


@example(["联系人：张某", "- 1 -"], "")
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=12), st.sampled_from(["", "x.doc"]))
def test_any_heap_of_lines_is_taken_apart_without_loss(heap: list[str], file_name: str) -> None:
    """Whatever the order: no error, no empty body, nothing lost, the body in its order."""
    blocks = blocks_of("\n".join(heap))
    found, body = segment(blocks, file_name=file_name)
    assert found.body
    had = Counter(re.findall(r"\w", found.full))
    assert not had - Counter(re.findall(r"\w", everything(found)))
    rest = iter("\n".join(block.text for block in blocks))
    assert all(char in rest for char in "".join(block.text for block in body))


@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_is_taken_apart(texts: list[str]) -> None:
    found, body = segment([Block(text) for text in texts], subject="".join(texts))
    assert count(body)[0] <= count(Block(text) for text in texts)[0]
    assert bool(found.body) == any(text.strip(" \t\u3000\u00a0\u200b\ufeff\r\n") for text in texts)


def test_hints_of_word_follow_the_body() -> None:
    """Offsets of the eastAsia hint stay right when a greeting and names are cut off."""
    text = "您好！他说◇好。近日◇开展检查。（张三 李四）"
    spans = tuple((at, at + 1) for at, char in enumerate(text) if char == "◇")
    _, body = segment([Block("某区开展检查工作", centred=True), Block(text, east_asian=spans)])
    (block,) = body
    assert block.text == "他说◇好。近日◇开展检查。"
    assert block.east_asian is not None
    assert [block.text[start:end] for start, end in block.east_asian] == ["◇", "◇"]


def test_line_breaks_inside_a_paragraph_are_lines() -> None:
    found, _ = segment(
        [Block("某区开展检查工作\n近日，某区开展检查。\n某区综合执法局\n2023年4月1日")]
    )
    assert (found.title, found.body) == ("某区开展检查工作", "近日，某区开展检查。")
    assert (found.signature_unit, found.signature_date) == ("某区综合执法局", "2023年4月1日")


CONTENT = "近日，通川区综合行政执法局开展占道经营集中整治，劝离流动摊贩三十一户，规范店外经营五十六处，市容秩序明显好转。"
FORM = ["信息标题", "通川区整治占道经营", "报送单位", "通川区综合行政执法局", "内 容", CONTENT, "审核人", "张三", "领导意见", "同意"]  # fmt: skip


def cells(*texts: str) -> list[Block]:
    return [Block(text, "cell") for text in texts]


def test_of_a_form_the_content_is_the_body() -> None:
    found, body = segment([Block("信息报送表", centred=True), *cells(*FORM)])

    assert (found.title, found.body) == ("通川区整治占道经营", CONTENT)
    assert [block.text for block in body] == [CONTENT]
    assert ("报送单位", "通川区综合行政执法局") in found.credits


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param(cells("事发时间", "11月8日14时", "地点", "南门路", "内容", CONTENT), id="emergency-form"),
        pytest.param([Block("关于整治的报告"), Block(CONTENT), Block(CONTENT), *cells("内容", CONTENT)], id="table-below-prose"),
        pytest.param(cells("序号", "内容", "责任单位", "1", CONTENT, "市容科"), id="table-with-a-heading-row"),
        pytest.param(cells("标题", "甲", "内容", "乙"), id="hardly-a-word"),
    ],
)  # fmt: skip
def test_other_tables_are_no_forms(blocks: list[Block]) -> None:
    found, _ = segment(blocks)

    told = {block.text for block in blocks} - set(found.body.split("\n"))
    assert told <= {found.title}
