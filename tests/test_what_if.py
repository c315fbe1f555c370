"""What would change a verdict: every sentence is held against what the rules then decide."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_office import LEAK, emergency_mail, run
from test_judgement import AT, BOOK, KNOWN, NEWS, draft, mail
from test_judgement import LEAK as GAS

from mailbot.records.verdicts import Judgement, Reason
from mailbot.rules.judgement import judge_draft
from mailbot.rules.what_if import what_would_change
from parsers.facts import DraftText, Reading

DOUBTFUL = "近年来，直属一大队围绕停车管理开展整治，建立机制，存在力量不足等问题。"
SMOKE = "5月12日9时40分，西外镇一处仓库冒烟。"


def turned(
    one: DraftText, reading: Reading, at: datetime = AT
) -> tuple[Judgement, dict[str, list[str]]]:
    """The judgement, and the sentences on what would change it, by verdict."""
    judged = judge_draft(one, reading, received_at=at, known_addresses=KNOWN, earlier=(), book=BOOK)
    turns: dict[str, list[str]] = {}
    for turn in what_would_change(
        one, reading, judged, received_at=at, known_addresses=KNOWN, book=BOOK
    ):
        assert isinstance(turn, Reason)
        turns.setdefault(turn.verdict, []).append(turn.because)
    return judged, turns


def again(one: DraftText, at: datetime = AT, **mailed: str) -> Judgement:
    return turned(one, mail(one, **mailed), at)[0]


def test_a_missing_signature_names_the_unit_it_would_confirm() -> None:
    one = draft("直属一大队整治夜市", NEWS.replace("市政管理科", "执法人员"))
    unknown = mail(one, sender="nobody@163.com")
    judged, turns = turned(one, unknown)

    assert judged.unit.confidence != "certain"
    (said,) = turns["单位"]
    assert "补上落款“直属一大队”" in said
    assert "nobody@163.com 登记到直属一大队" in said

    signed = replace(one, segments=replace(one.segments, signature_unit="直属一大队"))
    assert turned(signed, mail(signed, sender="nobody@163.com"))[0].unit.confidence == "certain"


def test_a_certain_unit_needs_nothing() -> None:
    one = draft("", NEWS)

    assert "单位" not in turned(one, mail(one))[1]


def test_a_named_kind_in_the_subject_does_what_is_said() -> None:
    one = draft("", DOUBTFUL)
    judged, turns = turned(one, mail(one, subject="信息"))
    offered = [
        found[1]
        for said in turns["类型"]
        if (found := re.search(r"主题注明【(动态简讯|经验做法|问题反映)】", said))
    ]

    assert offered, turns["类型"]
    for kind in offered:
        assert again(one, subject=f"【{kind}】信息").kind.kind == kind != judged.kind.kind


def test_points_and_margin_are_the_rules_own() -> None:
    one = draft("", NEWS)
    judged, turns = turned(one, mail(one))
    (best, top), (second, less) = judged.kind.candidates

    assert turns["类型"][0].startswith(f"{best} {top:g} 分，次选{second} {less:g} 分")


def test_a_first_report_in_the_title_lifts_a_doubt_to_an_alert() -> None:
    one = draft("", SMOKE)
    judged, turns = turned(one, mail(one))

    assert judged.emergency.level == "review"
    assert any("标题写明首报、险情" in said and "升为紧急" in said for said in turns["突发事件"])
    assert again(draft("仓库冒烟首报", SMOKE)).emergency.level == "alert"


def test_the_reason_that_alone_carries_a_doubt_is_named() -> None:
    one = draft("", SMOKE)
    judged, turns = turned(one, mail(one))
    carrying = [said for said in turns["突发事件"] if "则为“不是突发”" in said]

    heaviest = max(reason.points for reason in judged.emergency.reasons)
    if judged.emergency.score - heaviest < BOOK.emergency_cues.settings["review"]:
        assert carrying
    else:
        assert not carrying


def test_an_ordinary_draft_tells_its_distance() -> None:
    one = draft("", NEWS)
    judged, turns = turned(one, mail(one))
    review = BOOK.emergency_cues.settings["review"]

    assert judged.emergency.level == "none"
    assert f"差 {review - judged.emergency.score:g} 分" in turns["突发事件"][0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(GAS.replace("5月12日9时40分", "今天"), "写到几时几分", id="a-day-only"),
        pytest.param(GAS.replace("5月12日9时40分，", ""), "写明事发钟点", id="no-time"),
    ],
)
def test_the_minute_that_would_settle_a_doubt_about_lateness(body: str, words: str) -> None:
    one = draft("燃气泄漏首报", body)
    judged, turns = turned(one, mail(one))

    assert judged.emergency.lateness.verdict == "时间待核"
    (said,) = turns["报送时限"]
    assert words in said
    found = re.search(r"不早于 (\d+月\d+日)(\d\d):(\d\d) 为按时", said)
    assert found is not None
    told = datetime(2023, 5, 12, int(found[2]) - 8, int(found[3]), tzinfo=UTC)
    for minutes, verdict in ((0, "按时"), (-1, "超时")):
        at = told + timedelta(minutes=minutes, hours=8)
        timed = GAS.replace("9时40分", f"{at.hour}时{at.minute}分")
        assert again(draft("燃气泄漏首报", timed)).emergency.lateness.verdict == verdict


def test_of_two_readings_the_right_one_would_settle_it() -> None:
    """五点半 in a mail of the late afternoon: which of the two, the unit has to say."""
    one = draft("燃气泄漏首报", GAS.replace("5月12日9时40分", "五点半"))
    late = AT.replace(hour=9, minute=44)  # UTC

    sent = mail(one)

    judged, turns = turned(one, replace(sent, message=replace(sent.message, sent_at=late)), late)

    assert judged.emergency.lateness.verdict == "时间待核"
    assert "写明是两个钟点中的哪一个" in turns["报送时限"][0]


def test_missing_elements_are_what_the_verdict_misses() -> None:
    one = draft("燃气泄漏首报", GAS)
    judged, turns = turned(one, mail(one))

    assert turns["突发要素"] == [f"补报{'、'.join(judged.emergency.missing)}，要素即齐全"]


@pytest.mark.parametrize(
    ("at", "title", "because"),
    [
        pytest.param(datetime(2023, 9, 1, tzinfo=UTC), "内涝治理三年行动见成效", "晚于", id="late"),
        pytest.param(AT, "整治占道经营与公厕保洁", "", id="another-topic"),
    ],
)
def test_the_nearest_task_and_what_keeps_it_off(at: datetime, title: str, because: str) -> None:
    one = draft(title, "近日，市政管理科对主城区排水管网进行清淤，内涝治理三年行动取得阶段成果。")
    judged, turns = turned(one, mail(one), at)

    if judged.task.no is None:
        assert because in "".join(turns["宣传任务"])
    else:
        assert "宣传任务" not in turns


def test_read_explains_and_the_json_holds_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "首报.eml"
    path.write_bytes(emergency_mail())

    told = run(capsys, "read", "--explain", path)
    (entry,) = run(capsys, "read", "--explain", "--json", path).json
    (plain,) = run(capsys, "read", "--json", path).json

    assert LEAK in told.out
    assert "什么会改变判断" in told.out
    turns = entry["drafts"][0]["would_change"]
    assert {turn["verdict"] for turn in turns} >= {"突发事件", "报送时限", "类型"}
    assert all(turn["because"] in told.out for turn in turns)
    assert "would_change" not in plain["drafts"][0]


def test_a_folder_is_said_to_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, "read", tmp_path)

    assert result.code == 1
    assert "是一个文件夹" in result.err
    assert "mailbot import" in result.err
