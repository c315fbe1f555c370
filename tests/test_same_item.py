"""One item in several mails (附件2), filed, answered, told to the office and undone by it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cli_office import run
from development_pairs import Pair
from development_sets import mail_of, rows_of
from order_samples import OFFICE, TEAM, UNIT_ADDRESS, Clerk, at, clerk_at_work, said

from mailbot.errors import Refused
from mailbot.resources import shipped
from mailbot.rules.calendar import local_day
from mailbot.stages import corrections
from mailbot.stages.acts import AlreadyRecorded, Entry, adopt, recorded
from mailbot.stages.same_item import chain, item_of
from mailbot.stages.undoing import undo
from store.records import DraftRecord, OutboxRecord

OTHER_UNIT, OTHER_ADDRESS = "市政工程处", "shizheng@dzcg.example"
MONDAY = at("2023-04-17 10:00")
TITLE = "直属一大队夜查餐饮用气"
BODY = (
    "4月14日晚，直属一大队对主城区餐饮场所用气情况开展夜间抽查，逐店查看气瓶存放、软管老化、报警装置三项内容。"
    "当晚检查餐饮店38家，发现软管老化9处、报警器未通电15处，当场更换软管19根，下发整改通知书12份。"
    "店主们表示将按要求在三日内整改到位，大队将逐家复查并公示结果。"
)
MENDED = BODY.replace("38家", "41家")


@dataclass
class Desk:
    """Units mail drafts; the office reads what is told."""

    clerk: Clerk

    def mails(
        self,
        title: str = TITLE,
        body: str = BODY,
        *,
        when: datetime = MONDAY,
        sender: str = UNIT_ADDRESS,
        subject: str = "",
    ) -> DraftRecord:
        """A draft arrives; its record."""
        self.clerk.now = max(self.clerk.now, when)
        text = {
            "title": title,
            "body": body,
            "received": when.isoformat(),
            "subject": subject or title,
        }
        raw = mail_of(text).replace(b"nobody@example.com", sender.encode(), 1)
        found = self.clerk.desk.fetch(raw, when, when)
        assert len(found) == 1
        return found[0]

    def draft(self, number: int) -> DraftRecord:
        with self.clerk.store.look() as uow:
            found = uow.drafts.get(number)
        assert found is not None
        return found

    def states(self) -> list[str]:
        with self.clerk.store.look() as uow:
            return [one.state for one in uow.drafts.since(at("2023-01-01 00:00"))]

    def orders(self, words: str) -> str:
        """The office orders by mail and confirms; what it is told."""
        self.clerk.fresh()
        return said(self.clerk.confirmed(words))

    def receipt(self) -> OutboxRecord:
        """The newest receipt."""
        return next(one for one in self.clerk.letters() if one.lane == "receipt")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with clerk_at_work(tmp_path) as clerk:
        clerk.now = MONDAY
        with clerk.store.work() as uow:
            uow.contacts.learn(OTHER_ADDRESS, OTHER_UNIT, MONDAY, "test")
            uow.commit()
        yield Desk(clerk)


def later(**more: float) -> datetime:
    return MONDAY + timedelta(**more)


def test_a_resend_counts_once_and_the_receipt_says_so(desk: Desk) -> None:
    first, again = desk.mails(), desk.mails(when=later(hours=3), subject="再发一遍")

    assert (again.relation, again.same_item_as) == ("exact", first.id)
    assert desk.states() == ["counted", "not_counted"]
    assert "内容相同，不重复计数" in desk.receipt().text


def test_a_resend_after_the_months_end_counts_in_neither_month_again(desk: Desk) -> None:
    desk.mails(when=at("2023-04-28 16:00"))
    again = desk.mails(when=at("2023-05-04 09:00"), subject="4月稿件重报")

    assert again.state == "not_counted"


def test_a_revision_counts_once_and_stands_in_the_chain(desk: Desk) -> None:
    first = desk.mails()
    second = desk.mails(f"{TITLE}（修改稿）", MENDED, when=later(hours=2))
    third = desk.mails(f"{TITLE}（定稿）", MENDED + "目前已复查12家。", when=later(hours=5))

    with desk.clerk.store.look() as uow:
        told = [(one.id, how) for one, how in chain(uow, second)]
    assert told == [(first.id, ""), (second.id, "修改稿"), (third.id, "修改稿")]
    assert desk.states() == ["counted", "not_counted", "not_counted"]
    assert f"为已登记的 #{third.same_item_as} 的修改稿，按一篇计" in desk.receipt().text


def test_the_chain_is_shown_where_drafts_are_listed(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = desk.mails()
    second = desk.mails(f"{TITLE}（修改稿）", MENDED, when=later(hours=2))
    settings = shipped("config.toml").read_text(encoding="utf-8")
    settings = settings.replace("sqlite:///data/mailbot.db", "sqlite:///mailbot.db")
    (tmp_path / "config.toml").write_text(settings, encoding="utf-8")
    listed = run(capsys, "--config", tmp_path / "config.toml", "drafts", "list")
    shown = run(capsys, "--config", tmp_path / "config.toml", "drafts", "show", f"{first.id}")
    keys = run(capsys, "--config", tmp_path / "config.toml", "drafts", "show", "2", "--json").json

    assert f"不计，#{first.id}的修改稿" in listed.out
    assert f"前后各稿：#{first.id}（2023-04-17，计入） → #{second.id}修改稿（" in shown.out
    assert keys["relation"] == "revision"
    assert [link["id"] for link in keys["chain"]] == [first.id, second.id]


def test_a_draft_sent_back_and_mended_counts(desk: Desk) -> None:
    """The letter of 退回 asks for it: 请修改后重报."""
    first = desk.mails()
    desk.orders(f"退回 #{first.id} 数据有误，请核实后重报")
    mended = desk.mails(f"{TITLE}（修改稿）", MENDED, when=later(days=1))

    assert desk.states() == ["returned", "counted"]
    assert (mended.relation, mended.same_item_as) == ("revision", first.id)
    assert not [doubt for doubt in mended.needs_review if "相同" in doubt]
    assert f"为 #{first.id} 的修改稿，该稿已不计数，本稿计一篇" in desk.receipt().text


def test_a_second_revision_of_a_draft_sent_back_counts_no_second_time(desk: Desk) -> None:
    first = desk.mails()
    sent_back(desk, first.id)
    second = desk.mails(f"{TITLE}（修改稿）", MENDED, when=later(days=1))
    third = desk.mails(f"{TITLE}（定稿）", MENDED + "目前已复查12家。", when=later(days=2))

    assert desk.states() == ["returned", "counted", "not_counted"]
    assert third.same_item_as == second.id


def test_the_same_text_again_after_it_was_sent_back_is_shown_to_the_office(desk: Desk) -> None:
    first = desk.mails()
    sent_back(desk, first.id)
    again = desk.mails(when=later(days=1))

    assert again.state == "counted"
    assert any("未见修改" in doubt for doubt in again.needs_review)


def test_a_notice_sent_twice_counts_neither_time(desk: Desk) -> None:
    first = desk.mails()
    correct(desk, first.id, 类型="非稿件")
    again = desk.mails(when=later(hours=2))

    assert again.state == "not_counted"
    assert "判为非稿件" in str(again.reasons)


def test_taking_the_first_back_leaves_its_revision_to_count(desk: Desk) -> None:
    first = desk.mails()
    desk.mails(f"{TITLE}（修改稿）", MENDED, when=later(hours=2))
    act = withdrawn(desk, first.id)

    assert desk.states() == ["withdrawn", "counted"]

    undone(desk, act)

    assert desk.states() == ["counted", "not_counted"]


def test_the_clerk_is_told_which_draft_counts_instead(desk: Desk) -> None:
    first = desk.mails()
    second = desk.mails(f"{TITLE}（修改稿）", MENDED, when=later(hours=2))
    told = desk.orders(f"退回 #{first.id} 以修改稿为准")

    assert f"#{first.id} 已退回，改由 #{second.id} 计数" in told


def test_the_same_text_sent_twice_does_not_stand_in_for_one_sent_back(desk: Desk) -> None:
    first = desk.mails()
    desk.mails(when=later(hours=2))
    sent_back(desk, first.id)

    assert desk.states() == ["returned", "not_counted"]


def test_the_same_text_of_two_units_is_asked_about_and_counts_once_meanwhile(desk: Desk) -> None:
    first = desk.mails()
    second = desk.mails(when=later(hours=1), sender=OTHER_ADDRESS)

    assert (second.unit, second.relation) == (OTHER_UNIT, "other_unit")
    assert desk.states() == ["counted", "not_counted"]
    doubt = next(doubt for doubt in second.needs_review if "联合报送" in doubt)
    assert TEAM in doubt
    assert f"第{first.id}号" in doubt
    text = desk.receipt().text
    assert f"与其他单位报送的 #{first.id} 内容相同" in text
    assert "请说明是否联合报送" in text


def test_the_office_makes_it_a_joint_draft_with_one_order(desk: Desk) -> None:
    first = desk.mails()
    desk.mails(when=later(hours=1), sender=OTHER_ADDRESS)
    assert asked_jointly(desk, 2)
    act = correct(desk, first.id, 单位=f"{TEAM}、{OTHER_UNIT}")

    assert desk.draft(first.id).joint == (TEAM, OTHER_UNIT)
    assert desk.states() == ["counted", "not_counted"]
    assert not asked_jointly(desk, 2)

    undone(desk, act)

    assert desk.draft(first.id).joint == ()
    assert asked_jointly(desk, 2)


def test_the_order_a_doubt_names_can_be_mailed(desk: Desk) -> None:
    first = desk.mails()
    second = desk.mails(when=later(hours=1), sender=OTHER_ADDRESS)
    doubt = next(doubt for doubt in second.needs_review if "联合报送" in doubt)
    order = doubt.partition("联合报送请")[2].partition("，")[0]
    desk.orders(order)

    assert order == f"更正 #{first.id} 单位={TEAM}、{OTHER_UNIT}"
    assert desk.draft(first.id).joint == (TEAM, OTHER_UNIT)


def test_a_text_sent_again_is_what_the_office_made_of_it(desk: Desk) -> None:
    first = desk.mails()
    correct(desk, first.id, 类型="经验做法", 任务="23")
    again = desk.mails(when=later(days=1))

    assert (again.kind, again.column, again.task) == ("经验做法", 2, 23)
    assert (again.state, again.needs_review) == ("not_counted", ())


def test_the_office_counts_both_where_each_wrote_its_own(desk: Desk) -> None:
    desk.mails()
    second = desk.mails(when=later(hours=1), sender=OTHER_ADDRESS)
    correct(desk, second.id, 计数="是")

    assert desk.states() == ["counted", "counted"]
    assert not [doubt for doubt in desk.draft(second.id).needs_review if "联合报送" in doubt]


def test_a_name_of_no_unit_makes_no_joint_draft(desk: Desk) -> None:
    first = desk.mails()

    with pytest.raises(Refused, match="城东大队"):
        correct(desk, first.id, 单位=f"{TEAM}、城东大队")


@pytest.mark.parametrize(
    "style",
    [
        pytest.param("weekly report, same title, other week", id="weekly"),
        pytest.param("monthly report, same title", id="monthly"),
        pytest.param("daily flood report, same title", id="daily"),
    ],
)
def test_a_report_of_the_same_template_counts_each_time_and_nobody_is_asked(
    desk: Desk, style: str
) -> None:
    pair = pair_of(style)
    drafts = [desk.mails(**_told(pair[side])) for side in ("first", "second")]

    assert [one.state for one in drafts] == ["counted", "counted"]
    assert drafts[1].relation == "same_title"
    assert not [doubt for doubt in drafts[1].needs_review if "相同" in doubt]


def test_near_the_same_text_is_counted_once_and_asked_about(desk: Desk) -> None:
    pair = pair_of("told shorter, every figure the same")
    drafts = [desk.mails(**_told(pair[side])) for side in ("first", "second")]

    assert [one.state for one in drafts] == ["counted", "not_counted"]
    assert any("请核对" in doubt for doubt in drafts[1].needs_review)
    assert "基本相同，不重复计数" in desk.receipt().text


def test_near_the_same_text_with_other_figures_is_said_to_count(desk: Desk) -> None:
    desk.mails()
    changed = BODY.replace("38家", "52家").replace("15处", "11处")
    second = desk.mails("大队再查餐饮用气", changed, when=later(hours=9))

    assert (second.relation, second.state) == ("near", "counted")
    assert "暂计一篇" in desk.receipt().text
    assert "不重复计数" not in desk.receipt().text


def test_a_follow_up_that_repeats_the_first_report_is_a_report_of_its_own(desk: Desk) -> None:
    pair = pair_of("续报 that repeats the first report word for word and adds")
    drafts = [desk.mails(**_told(pair[side])) for side in ("first", "second")]

    assert [one.state for one in drafts] == ["counted", "counted"]
    with desk.clerk.store.look() as uow:
        assert [event.draft_ids for event in uow.events.all()] == [tuple(one.id for one in drafts)]


def test_a_second_emergency_under_the_same_title_opens_an_event_of_its_own(desk: Desk) -> None:
    title = "直属一大队关于燃气管道被挖断的首报"
    first = "4月17日8时22分，朝阳中路施工挖断燃气管道，现场泄漏，已疏散商户12户，无人员伤亡。"
    other = "4月27日14时5分，西外镇金龙大道绿化施工挖断燃气管道，泄漏明显，正疏散居民40人。"
    when = later(days=10, hours=4, minutes=20)
    drafts = [desk.mails(title, first), desk.mails(title, other, when=when)]

    assert [one.emergency for one in drafts] == ["alert", "alert"]
    assert drafts[1].relation == "same_title"
    with desk.clerk.store.look() as uow:
        assert [event.draft_ids for event in uow.events.all()] == [(one.id,) for one in drafts]


def test_a_first_report_sent_twice_or_mended_stays_one_event(desk: Desk) -> None:
    title = "直属一大队关于燃气管道被挖断的首报"
    text = (
        "4月17日8时22分，朝阳中路施工挖断燃气管道，现场泄漏，已疏散商户12户，无人员伤亡，"
        "燃气公司正在关闭阀门，交警在路口分流，联系人李某。"
    )
    first = desk.mails(title, text)
    again = desk.mails(title, text, when=later(minutes=5))
    mended = desk.mails(f"{title}（更正）", text.replace("12户", "21户"), when=later(minutes=9))

    assert (again.relation, mended.relation) == ("exact", "revision")
    with desk.clerk.store.look() as uow:
        (event,) = uow.events.all()
    assert event.draft_ids == (first.id, mended.id)


def test_an_item_adopted_in_any_of_its_mails_is_adopted_once(desk: Desk) -> None:
    first = desk.mails()
    second = desk.mails(f"{TITLE}（修改稿）", MENDED, when=later(hours=2))
    third = desk.mails(f"{TITLE}（定稿）", MENDED + "目前已复查12家。", when=later(hours=5))
    adopted(desk, first.id)

    with desk.clerk.store.look() as uow:
        assert {item_of(uow, draft) for draft in (first, second, third)} == {first.id}
    with pytest.raises(AlreadyRecorded):
        adopted(desk, third.id)


def test_a_draft_that_counts_beside_the_one_it_resembles_is_adopted_for_itself(desk: Desk) -> None:
    first = desk.mails()
    changed = BODY.replace("38家", "52家").replace("15处", "11处")
    second = desk.mails("大队再查餐饮用气", changed, when=later(hours=9))
    adopted(desk, first.id)
    adopted(desk, second.id)

    with desk.clerk.store.look() as uow:
        assert {act.item for act in recorded(uow)} == {first.id, second.id}


def test_a_text_adopted_inside_and_sent_for_the_public_is_marked(desk: Desk) -> None:
    first = desk.mails()
    adopted(desk, first.id)
    text = BODY.replace("逐店查看", "队员们逐店查看").replace("表示将按要求", "表示，将")
    again = desk.mails("一座城的夜间守护", text, when=later(days=9), subject="公众号稿件")

    assert any("不外宣不外传" in doubt for doubt in again.needs_review)
    assert "不外宣" not in desk.receipt().text


def test_the_digest_names_what_is_the_same(desk: Desk) -> None:
    first = desk.mails()
    desk.mails(f"{TITLE}（修改稿）", MENDED, when=later(hours=2))
    desk.mails(when=later(hours=3), sender=OTHER_ADDRESS)
    desk.clerk.now = at("2023-04-18 08:31")
    text = desk.clerk.digest().text

    assert f"#{first.id}的修改稿" in text
    assert f"与他单位#{first.id}相同" in text
    assert "联合报送" in text


# ---- what the office does


def correct(desk: Desk, number: int, **wanted: str) -> int:
    hand = corrections.Hand(desk.clerk.config, desk.clerk.desk.filing.post, OFFICE, desk.clerk.now)
    with desk.clerk.store.work() as uow:
        act = corrections.correct(uow, number, wanted, hand)
        uow.commit()
    return act


def asked_jointly(desk: Desk, number: int) -> bool:
    return any("是否联合报送" in doubt for doubt in desk.draft(number).needs_review)


def sent_back(desk: Desk, number: int) -> int:
    with desk.clerk.store.work() as uow:
        act = corrections.send_back(uow, number, "数据有误", OFFICE, desk.clerk.now)
        uow.commit()
    return act


def withdrawn(desk: Desk, number: int) -> int:
    with desk.clerk.store.work() as uow:
        act = corrections.withdraw(uow, number, "以修改稿为准", OFFICE, desk.clerk.now)
        uow.commit()
    return act


def undone(desk: Desk, act: int) -> None:
    with desk.clerk.store.work() as uow:
        undo(uow, act, OFFICE, desk.clerk.now)
        uow.commit()


def adopted(desk: Desk, number: int) -> None:
    entry = Entry(OFFICE, desk.clerk.now, local_day(desk.clerk.now))
    with desk.clerk.store.work() as uow:
        adopt(uow, desk.clerk.config, entry, drafts=(number,), publication="达州要情", form="单条")
        uow.commit()


def pair_of(style: str) -> Pair:
    return next(pair for pair in rows_of("pairs/tuned") if pair["style"] == style)


def _told(text: dict[str, str]) -> dict[str, object]:
    when = datetime.fromisoformat(f"{text['received']}+08:00")
    return {"title": text["title"], "body": text["body"], "when": when}
