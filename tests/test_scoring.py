"""The score sheet against a year worked out by hand, and the policies one by one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from duty_samples import NOTICE, SCHEDULE, at, changed, draft
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.notice import Notice, ScoringVersion
from mailbot.records.ledger import Ledger
from mailbot.records.scores import ScoredAct, ScoreSheet
from mailbot.rules.publications import (
    Unclear,
    find_form,
    find_leader,
    find_publication,
    full_name,
)
from mailbot.rules.scoring import moves, rules_of, score_sheets, version_of
from store.records import DraftRecord

TEAM, COUNTY, OTHER_COUNTY = "直属一大队", "达川区综合执法局", "大竹县综合执法局"
BODIES = "机关党委、机关纪委、工会、妇委会、火管办"
YEAR = 2024


def weekly(unit: str, count: int, *, first: int = 1, column: int = 1) -> list[DraftRecord]:
    """`count` drafts, one a week from the first Monday of 2024 on."""
    start = at("2024-01-01T10:00")
    return [draft(first + n, unit, start + timedelta(weeks=n), column=column) for n in range(count)]


def adopted(act: int, unit: str, publication: str, form: str, **more: object) -> ScoredAct:
    level, name = publication.split("/")
    values: dict[str, object] = {"on": date(YEAR, 6, 3), "item": act, "draft_id": act, "column": 1}
    values["units"] = (unit,)
    return ScoredAct(
        act=act,
        verb="adopted",
        by="office@example.com",
        what=f"第{act}篇",
        level=level,
        publication=name,
        form=form,
        evidence="第12期",
        **{**values, **more},  # type: ignore[arg-type]
    )


def act(number: int, verb: str, unit: str, **more: object) -> ScoredAct:
    values: dict[str, object] = {"on": date(YEAR, 7, 1), "what": "事由"}
    return ScoredAct(
        act=number,
        verb=verb,  # type: ignore[arg-type]
        units=(unit,),
        by="office@example.com",
        **{**values, **more},  # type: ignore[arg-type]
    )


def sheet(
    unit: str,
    drafts: list[DraftRecord] | None = None,
    acts: list[ScoredAct] | None = None,
    notice: Notice = NOTICE,
    *,
    year: int = YEAR,
    until: date | None = None,
) -> ScoreSheet:
    ledger = Ledger(drafts=tuple(drafts or ()))
    sheets = score_sheets(notice, SCHEDULE, ledger, acts or [], year=year, until=until)
    return next(one for one in sheets if one.unit == unit)


def assessing(**answers: object) -> Notice:
    return changed(NOTICE, assessment=NOTICE.assessment.model_copy(update=answers))


# ---- a year by hand, one unit of each group


def test_a_team_of_the_bureau() -> None:
    """52 weeks + 4 quarters asked, 53 sent; 9 adoptions asked, 3 drafts taken."""
    drafts = [*weekly(TEAM, 50), *(
        draft(100 + n, TEAM, f"2024-0{3 * n + 1}-20T09:00", column=2) for n in range(3)
    )]  # fmt: skip
    acts = [
        adopted(1, TEAM, "市委办公室/达州要情", "item"),  # 2
        adopted(2, TEAM, "市政府办公室/政务快讯", "item"),  # 5
        adopted(3, TEAM, "市政府办公室/要情专报", "issue", column=2),  # 15
        adopted(4, TEAM, "省政府办公厅/要情专报", "issue", column=2, item=3, draft_id=3),  # 50
        act(5, "instructed", TEAM, item=1, draft_id=1, leader="市委、市政府主要领导"),  # 30
        act(6, "emergency-credit", TEAM, event_id=2),  # 10
    ]

    got = sheet(TEAM, drafts, acts)

    assert (got.submitted, got.submit_quota) == (53, 56)
    assert (got.adopted, got.adopt_quota) == (3, 9)
    assert [line.points for line in got.lines] == [2, 5, 15, 50, 30, 10]
    assert got.points == 112
    # 50 × 53/56 = 47.32; 50 × 3/9 = 16.67
    assert [line.points for line in got.base] == [47.32, 16.67]
    assert got.composite == 175.99
    assert got.rank == 1
    assert not got.disqualified


def test_a_county() -> None:
    """More than asked counts as 100%; a joint draft is split; missed and criticised emergencies."""
    drafts = weekly(COUNTY, 52) + [
        draft(200 + n, COUNTY, f"2024-{n + 1:02d}-15T09:00", column=2) for n in range(12)
    ]
    acts = [
        adopted(
            1, COUNTY, "市委办公室/达州信息专报", "issue", units=(COUNTY, OTHER_COUNTY), column=2
        ),
        adopted(2, COUNTY, "市委办公室/达州要情", "mention"),
        act(3, "emergency-blame", COUNTY, fault="漏报", event_id=1),
        act(4, "emergency-blame", COUNTY, fault="通报批评", event_id=1),
        act(5, "criticised", COUNTY),
    ]

    got = sheet(COUNTY, drafts, acts)

    assert (got.submitted, got.submit_quota) == (64, 56)
    assert [line.points for line in got.lines] == [2.5, 1, -20, -50, 0]
    assert got.points == -66.5
    # 50 × 1; 50 × 2/7 = 14.29
    assert got.composite == pytest.approx(50 + 14.29 - 66.5)
    assert got.disqualified
    assert sheet(OTHER_COUNTY, [], acts).points == 2.5


def test_the_joint_row_of_five_bodies() -> None:
    """12 months + 4 quarters asked; 8 sent, nothing adopted."""
    drafts = [draft(n, BODIES, f"2024-{n:02d}-10T09:00") for n in range(1, 9)]
    got = sheet(BODIES, drafts, [act(1, "praised", BODIES)])

    assert (got.submitted, got.submit_quota, got.adopted, got.adopt_quota) == (8, 16, 0, 2)
    assert got.composite == 25
    assert got.praised == 1
    assert any("分值尚未设定" in note for note in got.notes)


def test_both_quotas_met_is_exactly_the_pivot() -> None:
    drafts = weekly(BODIES, 52) + [
        draft(300 + n, BODIES, f"2024-{n:02d}-03T09:00", column=2) for n in range(1, 13)
    ]
    acts = [
        adopted(1, BODIES, "新闻/无", "", column=1),
        adopted(2, BODIES, "新闻/无", "", column=2),
    ]
    assert sheet(BODIES, drafts, acts).composite == 100


# ---- policies


TWICE = [
    adopted(1, TEAM, "市委办公室/达州要情", "item", item=7, draft_id=7, on=date(YEAR, 3, 1)),
    adopted(2, TEAM, "市政府办公室/要情专报", "issue", item=7, draft_id=7, on=date(YEAR, 4, 1)),
    adopted(3, TEAM, "市政府办公室/政务快讯", "item", item=7, draft_id=8, on=date(YEAR, 5, 1)),
]


@pytest.mark.parametrize(
    ("policy", "points"),
    [
        pytest.param("accumulate", [2, 15, 5], id="each-publication-counts"),
        pytest.param("highest", [0, 15, 0], id="only-the-highest"),
        pytest.param("no_repeat", [2, 0, 0], id="only-the-first"),
    ],
)
def test_several_publications(policy: str, points: list[float]) -> None:
    got = sheet(TEAM, [], TWICE, assessing(several_publications=policy))
    assert [line.points for line in got.lines] == points
    assert got.adopted == 1
    assert all("不计" in line.because for line in got.lines if not line.points)


def test_no_repeat_looks_back_over_the_year() -> None:
    again = [TWICE[0], replace(TWICE[1], on=date(YEAR + 1, 1, 5))]
    notice = assessing(several_publications="no_repeat")
    assert sheet(TEAM, [], again, notice, year=YEAR + 1).points == 0
    assert (
        sheet(TEAM, [], again, assessing(several_publications="highest"), year=YEAR + 1).points
        == 15
    )


@pytest.mark.parametrize(
    ("joint", "points"), [pytest.param("split", 1, id="split"), pytest.param("full", 2, id="full")]
)
def test_joint(joint: str, points: float) -> None:
    both = [adopted(1, TEAM, "市委办公室/达州要情", "item", units=(TEAM, COUNTY))]
    assert sheet(TEAM, [], both, assessing(joint=joint)).points == points
    assert sheet(COUNTY, [], both, assessing(joint=joint)).points == points


def test_every_row_of_annex_1_earns_what_is_printed() -> None:
    """The whole table: each form of each publication, direct or recommended upward."""
    for row in NOTICE.publications:
        for form, points in row.points.model_dump(exclude_none=True).items():
            one = adopted(1, TEAM, f"{row.level}/{row.name}", form)
            (line,) = sheet(TEAM, [], [one]).lines
            assert line.points == points
            assert line.channel == ("直接报送" if row.direct else "择优推荐上报")
            assert line.clause == "附件1"
        for rule in row.instruction:
            given_ = act(
                1, "instructed", TEAM, leader=rule.by, level=row.level, publication=row.name
            )
            assert sheet(TEAM, [], [given_]).points == rule.points


def test_every_line_names_clause_rules_and_evidence() -> None:
    acts = [*TWICE, act(9, "praised", TEAM), act(10, "emergency-credit", TEAM, event_id=1)]
    got = sheet(TEAM, [], acts)
    for line in (*got.base, *got.lines):
        assert line.clause
        assert line.evidence
        assert line.rules == version_of(NOTICE)
    assert "第12期" in got.lines[0].evidence


def test_media_and_briefings_carry_no_points_and_no_adoption() -> None:
    got = sheet(TEAM, [], [adopted(1, TEAM, "新闻媒体/达州日报", "", column=None)])
    assert (got.points, got.adopted) == (0, 0)
    assert got.lines[0].clause == "三"


# ---- rules of their year


def test_a_past_year_is_judged_by_its_own_rules() -> None:
    """New points from 2025 on; 2024 keeps the old ones, and its version."""
    dearer = [
        row.model_copy(update={"points": row.points.model_copy(update={"item": 9.0})})
        if row.name == "达州要情" else row for row in NOTICE.publications
    ]  # fmt: skip
    old = ScoringVersion(until=date(2024, 12, 31), publications=NOTICE.publications)
    notice = changed(NOTICE, publications=tuple(dearer), scoring_versions=(old,))
    acts = [TWICE[0], replace(TWICE[0], act=2, item=9, on=date(2025, 2, 1))]

    assert sheet(TEAM, [], acts, notice, year=2024).points == 2
    assert sheet(TEAM, [], acts, notice, year=2025).points == 9
    assert version_of(rules_of(notice, 2024)) == version_of(NOTICE) != version_of(notice)


def test_a_change_shows_who_would_move() -> None:
    ledger = Ledger()
    before = score_sheets(NOTICE, SCHEDULE, ledger, TWICE, year=YEAR)
    proposed = assessing(several_publications="highest")
    after = score_sheets(proposed, SCHEDULE, ledger, TWICE, year=YEAR)
    (moved,) = moves(before, after)
    assert (moved.unit, moved.points) == (TEAM, (22, 15))


def test_until_a_day_asks_only_for_periods_begun() -> None:
    got = sheet(TEAM, weekly(TEAM, 52), TWICE, until=date(YEAR, 3, 31))
    assert got.submit_quota == 13 + 1
    assert [line.points for line in got.lines] == [2]


@pytest.mark.untraced
@settings(deadline=None)  # a busy machine is no failure
@given(
    sent=st.integers(0, 80),
    taken=st.integers(0, 12),
)
def test_the_base_never_exceeds_the_pivot(sent: int, taken: int) -> None:
    drafts = [draft(n, BODIES, at("2024-01-02T09:00") + timedelta(days=4 * n)) for n in range(sent)]
    acts = [adopted(n + 1, BODIES, "工作简报/城管动态", "") for n in range(taken)]
    got = sheet(BODIES, drafts, acts)
    assert 0 <= got.composite <= 100


# ---- names


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        pytest.param("达州要情", "市委办公室《达州要情》", id="plain"),
        pytest.param("《达州要情》", "市委办公室《达州要情》", id="quoted"),
        pytest.param("政务晨训", "省政府办公厅《政务晨迅》", id="alias-of-the-notice"),
        pytest.param("市政府办公室要情专报", "市政府办公室《要情专报》", id="level-first"),
        pytest.param("市政府《要情专报》", "市政府办公室《要情专报》", id="short-level"),
        pytest.param("要情专报（省政府办公厅）", "省政府办公厅《要情专报》", id="level-after"),
        pytest.param("省委办工作情况交流", "省委办公厅《工作情况交流》", id="office-shortened"),
        pytest.param("市委工作情况交流", "市委办公室《工作情况交流》", id="city-committee"),
    ],
)
def test_publication(words: str, meant: str) -> None:
    row = find_publication(words, NOTICE)
    assert not isinstance(row, Unclear | str)
    assert full_name(row) == meant


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param("要情专报", "市政府办公室要情专报", id="two-levels-share-it"),
        pytest.param("工作情况交流", "市委办公室", id="likewise"),
        pytest.param("达州要请", "达州要情", id="misspelt"),
        pytest.param("", "没有写刊物", id="nothing"),
        pytest.param("xyz", "可写", id="nothing-near"),
    ],
)
def test_unclear_publication(words: str, said: str) -> None:
    found = find_publication(words, NOTICE)
    assert isinstance(found, Unclear)
    assert said in found.because


def test_forms() -> None:
    rows = {row.name: row for row in NOTICE.publications if row.level != "省政府办公厅"}
    assert find_form("", rows["政务快讯"]) == "item"
    assert find_form("综合", rows["达州要情"]) == "mention"
    assert find_form("标题", rows["达州要情"]) == "mention"
    for word, name in (("", "达州要情"), ("专刊", "政务快讯"), ("头条", "达州要情")):
        assert isinstance(find_form(word, rows[name]), Unclear)


@pytest.mark.parametrize(
    ("words", "points"),
    [
        pytest.param("市委主要领导", 30, id="half-of-the-name"),
        pytest.param("市政府主要领导", 30, id="the-other-half"),
        pytest.param("市委、市政府主要领导", 30, id="as-printed"),
        pytest.param("其他市领导", 20, id="the-rest"),
        pytest.param("市政府领导", 15, id="of-the-government"),
        pytest.param("中央领导", 100, id="centre"),
        pytest.param("处室负责人", 5, id="division"),
    ],
)
def test_leader(words: str, points: float) -> None:
    found = find_leader(words, NOTICE)
    assert not isinstance(found, Unclear)
    assert found[1] == points


def test_unknown_leader_is_asked_about() -> None:
    found = find_leader("王处长", NOTICE)
    assert isinstance(found, Unclear)
    assert "可写" in found.because or "是否指" in found.because
