"""Resent, revised, nearly the same, same title, another unit's: an item counts once (annex 2)."""

import hashlib
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.duplicates import Fingerprint, compare, fingerprint, of_unit, revive, similarity
from store.records import DraftRecord

AT = datetime(2023, 4, 20, 2, 0, tzinfo=UTC)
TITLE = "渠县综合执法局开展校园周边环境整治"
BODY = (
    "为给学生营造安全、整洁的上学环境，渠县综合执法局组织渠江、天星两个中队，对城区17所中小学周边开展集中整治。"
    "执法人员采取定点值守与机动巡查相结合的方式，在上学、放学时段重点规范流动摊贩、店外经营和机动车占道停放。"
    "活动共出动执法人员126人次，劝离流动摊点58处，规范店外经营34家，发放告知书200余份。"
)
OTHER = (
    "受强对流天气影响，主城区出现八级阵风，十余株行道树倾斜。直属二大队组织队员分三组上路排查，配合园林部门锯断枝干、清运残枝，"
    "至次日凌晨各路段恢复正常通行，没有人员受伤，下一步将对行道树逐株体检并加装支撑。"
)


def draft(
    title: str = TITLE, body: str = BODY, unit: str = "渠县综合执法局", **named: str
) -> Fingerprint:
    return of_unit(fingerprint(title, body, **named), unit, AT)


EARLIER = replace(draft(), draft_id=7)


@pytest.mark.parametrize(
    ("new", "relation", "counts", "asks"),
    [
        pytest.param(draft(), "exact", False, False, id="resent"),
        pytest.param(
            draft(body=BODY.replace("，", " ,\n")), "exact", False, False, id="resent-reformatted"
        ),
        pytest.param(
            draft(body=BODY + "下一步，该局将建立联系群。"),
            "revision",
            False,
            False,
            id="same-title-grown",
        ),
        pytest.param(
            draft(title=TITLE + "（修改稿）", body=BODY.replace("58处", "85处")),
            "revision",
            False,
            False,
            id="marked-in-the-title",
        ),
        pytest.param(
            draft(title="整治校园周边", body=BODY[:100] + BODY[110:], file_name="定稿.docx"),
            "revision",
            False,
            False,
            id="marked-in-the-file-name",
        ),
        pytest.param(
            draft(title="渠县整治校园周边", body=BODY + "效果很好。"),
            "near",
            False,
            True,
            id="near-under-another-title",
        ),
        pytest.param(
            draft(title="渠县整治校园周边", body=BODY.replace("126", "131").replace("58", "61")),
            "near",
            True,
            True,
            id="weekly-report-with-new-figures-counts",
        ),
        pytest.param(draft(body=OTHER), "same_title", True, True, id="same-title-other-text"),
        pytest.param(draft(unit="渠县住建局"), "other_unit", False, True, id="another-unit"),
        pytest.param(draft(unit=""), "exact", False, False, id="unknown-unit-resent"),
        pytest.param(draft("渠县拆违", OTHER), None, True, False, id="another-draft"),
        pytest.param(draft("信息", "见附件"), None, True, False, id="too-short-to-tell"),
    ],
)
def test_relations(new: Fingerprint, relation: str | None, *, counts: bool, asks: bool) -> None:
    verdict = compare(new, [EARLIER])

    assert verdict.relation == relation
    assert verdict.counts == counts
    assert bool(verdict.needs_review) == asks
    assert verdict.draft_id == (7 if relation else None)


def test_short_covering_notes_are_no_repeats_of_each_other() -> None:
    assert compare(draft("", "见附件"), [replace(draft("", "见附件"), draft_id=1)]).relation is None


def test_two_units_are_asked_about_a_joint_draft() -> None:
    verdict = compare(draft(unit="渠县住建局"), [EARLIER])

    assert "联合报送" in verdict.needs_review[0]
    assert "渠县综合执法局" in verdict.needs_review[0]


def test_the_strongest_relation_is_told() -> None:
    near = replace(draft(title="别的标题说同一件事", body=BODY + "效果好。"), draft_id=3)

    verdict = compare(draft(), [near, EARLIER])

    assert (verdict.relation, verdict.draft_id) == ("exact", 7)


def test_a_follow_up_report_is_not_a_repeat_of_the_first() -> None:
    first = replace(draft("关于凤凰大道燃气泄漏的首报", OTHER), draft_id=1)
    follow_up = draft("关于凤凰大道燃气泄漏的续报", BODY)

    assert compare(follow_up, [first]).counts


@given(st.text(max_size=300), st.text(max_size=40))
def test_what_is_stored_comes_back(body: str, title: str) -> None:
    new = fingerprint(title, body)
    record = DraftRecord(
        id=5,
        message_id=1,
        ordinal=1,
        received_at=AT,
        unit="",
        title=title,
        kind="动态简讯",
        column=1,
        words=1,
        words_total=1,
        words_cjk=1,
        fingerprint=new.stored,
    )

    assert revive(record) == replace(new, draft_id=5, received_at=AT)
    assert len(new.stored) < 400


def test_what_was_stored_once_is_found_again() -> None:
    """The ledger keeps fingerprints for years: of the same draft it must come out the same."""
    body = (
        "城管队员查处占道经营12起，劝离流动摊贩3.5万人次，清运建筑垃圾20吨（其中渣土8吨），"
        "APP受理投诉100件，满意率98.5%，é与𠀀各一处，值班电话公布，群众纷纷点赞。"
    )

    assert fingerprint("关于5月10日夜间巡查的简讯", body).stored == (
        "2:6f05e705b48ec5354c3b7ace816e3b738b3ca4067427008a6af445ed5cfbad89:"
        "34ec96b5f7efc40a9d939d82ff4b6114c2dd2e65902ea9e90bb2e1f5437f319e"
        "016647c79f2c00f562bea74e6a0dbb4697b9f982e082cb52fe1a89758c9ef3b8"
        "5581b74a1913f38e5557b72095f5f7be2c02945ff66326f7dd48240a85d3e79c"
        "adec0fb5c79e082269eb93c073fcb4ef562d2085acaa0e73922dc253f7e6d323:"
        "8f39d884:88:010000000000000002000800020004000000800200000000:"
    )


@given(st.text("一丁七1a é\u07ff\uffee𠀀", min_size=44, max_size=200))
def test_each_bin_keeps_its_least_piece(body: str) -> None:
    """Whatever bytes a character takes, every four in a row are a piece."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKC", body).lower() if sign.isalnum())
    least: dict[int, int] = {}
    for at in range(len(bare) - 3):
        mixed = crc32(bare[at : at + 4].encode()) * 2654435761 & 0xFFFFFFFF
        least[mixed >> 26] = min(mixed, least.get(mixed >> 26, mixed))

    values = fingerprint("", body).values

    assert not values or all(values[at] == kept & 0xFFFF for at, kept in least.items())


def test_a_fingerprint_without_figures_is_compared_by_its_words() -> None:
    """Drafts filed before days and figures were kept."""
    new = draft()
    version, *parts = new.stored.split(":")
    record = DraftRecord(
        id=5,
        message_id=1,
        ordinal=1,
        received_at=AT,
        unit="渠县综合执法局",
        title=TITLE,
        kind="动态简讯",
        column=1,
        words=1,
        words_total=1,
        words_cjk=1,
        fingerprint=":".join(("1", *parts[:4], parts[5])),
    )
    old = revive(record)

    assert version == "2"
    assert old is not None
    assert old.told.stored == ""
    assert compare(draft(body=BODY + "下一步，该局将建立联系群。"), [old]).relation == "revision"


@pytest.mark.parametrize(
    ("state", "kind", "gone"),
    [
        pytest.param("counted", "动态简讯", "", id="stands"),
        pytest.param("not_counted", "动态简讯", "", id="a-repeat-stands-for-its-item"),
        pytest.param("returned", "动态简讯", "退回", id="sent-back"),
        pytest.param("withdrawn", "动态简讯", "撤稿", id="withdrawn"),
        pytest.param("not_counted", "非稿件", "非稿件", id="no-draft"),
    ],
)
def test_whether_the_earlier_draft_stands(state: str, kind: str, gone: str) -> None:
    record = DraftRecord(
        id=5,
        message_id=1,
        ordinal=1,
        received_at=AT,
        unit="",
        title="",
        kind=kind,
        column=None,
        words=0,
        words_total=0,
        words_cjk=0,
        state=state,  # type: ignore[arg-type]
        fingerprint=draft().stored,
    )

    found = revive(record)
    assert found is not None
    assert found.gone == gone


@pytest.mark.parametrize(
    ("gone", "new", "counts", "asks"),
    [
        pytest.param("退回", draft(), True, True, id="the-same-text-again-is-asked-about"),
        pytest.param(
            "退回", draft(title=TITLE + "（修改稿）", body=BODY + "完。"), True, False, id="mended"
        ),
        pytest.param("撤稿", draft(unit="渠县住建局"), True, False, id="another-units-text"),
        pytest.param("非稿件", draft(), False, False, id="a-notice-sent-twice"),
    ],
)
def test_what_repeats_a_draft_taken_back(
    gone: str, new: Fingerprint, *, counts: bool, asks: bool
) -> None:
    verdict = compare(new, [replace(EARLIER, gone=gone)])

    assert verdict.counts == counts
    assert bool(verdict.needs_review) == asks
    assert verdict.draft_id == 7


def test_a_draft_that_stands_is_preferred_to_one_taken_back() -> None:
    taken_back = replace(draft(), draft_id=3, gone="退回")
    stands = replace(draft(body=BODY + "下一步，该局将建立联系群。"), draft_id=9)

    verdict = compare(draft(), [taken_back, stands])

    assert (verdict.draft_id, verdict.counts) == (9, False)


def test_an_issue_number_in_chinese_makes_another_title() -> None:
    one = "渠县综合执法局市容整治周报第十五期"
    earlier = replace(draft(title=one), draft_id=7)
    new = draft(title=one.replace("十五", "十六"), body=BODY[:90] + "本周未发生投诉。")

    assert compare(new, [earlier]).relation is None


def test_a_fingerprint_of_another_version_is_not_compared() -> None:
    record = DraftRecord(
        id=5,
        message_id=1,
        ordinal=1,
        received_at=AT,
        unit="",
        title="",
        kind="",
        column=None,
        words=0,
        words_total=0,
        words_cjk=0,
        fingerprint="0:old",
    )

    assert revive(record) is None


@given(st.integers(0, len(BODY) - 12))
def test_a_small_change_anywhere_still_shares_a_band(at: int) -> None:
    """The ledger finds candidates by these keys alone."""
    changed = draft(title="另一个标题", body=BODY[:at] + "改动" + BODY[at + 2 :])

    assert set(changed.bands) & set(EARLIER.bands)
    assert similarity(changed, EARLIER) > 0.8


def test_different_drafts_share_no_band() -> None:
    assert not set(draft("别的标题", OTHER).bands) & set(EARLIER.bands)


def test_a_long_text_is_fingerprinted_in_bounded_size() -> None:
    assert len(fingerprint("", BODY * 2_000).stored) < 400


@given(st.text("城管ab１①㎡éfi ，。“”（）-_e\u0301\u1100\u1161ΑΣ\u3099か\ufeff", max_size=30))
def test_a_text_is_bared_as_nfkc_does_it(text: str) -> None:
    """The quick way for ordinary texts gives the digests that the ledger already holds."""
    for title in ("", "Σe"):
        whole = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", title + text)).lower()
        found = fingerprint(title, text)
        assert found.length == len(whole)
        assert found.text_sha256 == hashlib.sha256(whole.encode()).hexdigest()


SHORT = (
    "6月起，渠县综合执法局在三个农贸市场推行“摊位长”，由商户轮流值日，劝收占道货物，打扫门前卫生，"
    "调解邻里口角。市场里骂架的少了，通道也宽了。"
)
LONG = (
    "6月起，渠县综合执法局在三个农贸市场推行“摊位长”，由商户轮流值日，劝收占道货物，打扫门前卫生，"
    "调解邻里口角。一是定人，每二十个摊位推一名，挂牌上岗；二是定账，谁家占了几次、扫了几次，写在墙上；"
    "三是定奖，月底评出前十，免三天摊位费。到月底，占道由每天的四十多起减到九起，商户自己掏钱刷了墙。"
)
SHELF = "一枚硬币落在地上，队员追了半条街还给卖菜的婆婆，旁边的人都笑了起来，说这个小伙子跑得真快。"
BENCH = "律师到队里讲了两个钟头课，三份笔录摆在桌上请大家挑毛病，挑出二十三处，两份出自本队，大家不再说话。"


def test_a_short_report_that_comes_again_told_at_length_is_revised() -> None:
    """Most of the shorter stands in the longer, under one title of its own."""
    first = replace(draft("渠县推行“摊位长”轮值", SHORT), draft_id=3)
    longer = draft("渠县推行“摊位长”轮值", LONG)

    assert compare(longer, [first]).relation == "revision"
    assert not compare(longer, [first]).counts
    assert compare(draft("工作动态信息", LONG), [first]).relation != "revision"


def test_a_title_that_stands_over_many_is_told_and_nobody_is_asked() -> None:
    first = replace(draft("城管故事", SHELF), draft_id=4)
    told = compare(draft("城管故事", BENCH), [first])

    assert (told.relation, told.counts, told.needs_review) == ("same_title", True, ())
    assert compare(draft("城管故事", BENCH, "直属一大队"), [first]).relation is None
