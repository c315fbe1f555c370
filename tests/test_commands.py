"""Every order of the office by mail: done, confirmed, refused with the right form, undone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from duty_samples import at
from office_samples import watching
from order_samples import (
    DUTY,
    OFFICE,
    SECTION,
    TEAM,
    UNIT_ADDRESS,
    Clerk,
    clerk_at_work,
    links,
    mail,
    office_config,
    said,
)

from mailbot.config import OfficeConfig
from mailbot.stages.beginnings import FIRST_STARTED

SECOND = "second@example.com"


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    with clerk_at_work(tmp_path) as working:
        yield working


def kinds(letters: list[object]) -> list[str]:
    return [str(getattr(letter, "key", "")).partition("/")[0] for letter in letters]


# ---- each word of the office


SCORING = [
    pytest.param("采用 #1 达州要情 单条", ["adopted"], "市委办公室《达州要情》单条采用，2分", id="adopt"),
    pytest.param("采用 #1、#2 政务快讯 单条", ["adopted", "adopted"], "《政务快讯》", id="adopt-two"),
    pytest.param("采用 #1 市政府办公室 要情专报 专刊 4月19日 第12期", ["adopted"], "15分", id="adopt-dated"),
    pytest.param("批示 #1 市委主要领导", ["instructed"], "30分", id="instruct"),
    pytest.param("表扬 #1 数据翔实", ["praised"], "通报表扬：数据翔实", id="praise"),
    pytest.param("批评 市政管理科 多次迟报", ["criticised"], "市政管理科 通报批评", id="criticise-a-unit"),
    pytest.param("加分 #E1", ["emergency-credit"], "+10分", id="credit"),
    pytest.param("扣分 #E1 漏报", ["emergency-blame"], "-20分", id="blame"),
    pytest.param("扣分 #E1 通报批评 市委督查通报", ["emergency-blame"], "-50分", id="blame-publicly"),
]  # fmt: skip
OTHERS = [
    pytest.param("退回 #1 数据有误", ["return"], "已告知单位", id="return"),
    pytest.param("更正 #1 类型=经验做法", ["correct"], "类型＝经验做法", id="correct"),
    pytest.param("更正 #1 单位=市政科 栏目=②", ["correct"], "单位＝市政科", id="correct-two"),
    pytest.param("约稿 市政管理科 4月25日17时 占道整治", ["commission"], "4月25日17:00前", id="commission"),
    pytest.param("约稿 4月25日17时前 市政管理科 占道整治", ["commission"], "市政管理科", id="due-first"),
    pytest.param("活动 市政管理科 4月21日 调研夜市", ["activity"], "4月21日“调研夜市”", id="activity"),
    pytest.param("突发 直属一大队 8时22分 燃气泄漏", ["event-open"], "4月20日08:22事发", id="emergency"),
    pytest.param("收到 #E1", ["event-ack"], "停止重复提醒", id="acknowledge"),
    pytest.param("免除 quota/1/直属一大队/2023-W16 抗洪", ["exempt"], "第16周", id="exempt"),
]  # fmt: skip


@pytest.mark.parametrize(("order", "verbs", "told"), SCORING)
def test_a_score_changes_in_two_steps(
    clerk: Clerk, order: str, verbs: list[str], told: str
) -> None:
    clerk.draft(), clerk.draft(title="汛前清淤"), clerk.event()
    asked = clerk.send(order)
    assert kinds(asked) == ["confirm"]
    assert asked[0].to == (OFFICE,)
    assert told in asked[0].text, "the clerk sees what will be written down"
    assert clerk.verbs() == [], "nothing is written down yet"

    done = clerk.reply(asked[0], "确认")
    assert clerk.verbs() == verbs
    assert kinds(done) == ["answer"]
    assert told in done[0].text
    assert {act.by for act in clerk.acts()} == {OFFICE}
    assert all(act.detail["order"] for act in clerk.acts()), "the mail that ordered it is evidence"


@pytest.mark.parametrize(("order", "verbs", "told"), OTHERS)
def test_a_bare_order_is_confirmed_first(
    clerk: Clerk, order: str, verbs: list[str], told: str
) -> None:
    clerk.draft(), clerk.event()
    asked = clerk.send("", order)
    assert (kinds(asked), clerk.verbs()) == (["confirm"], [])

    done = clerk.reply(asked[0], "确认")
    assert clerk.verbs() == verbs
    assert told in said(done)


@pytest.mark.parametrize(("order", "verbs", "told"), OTHERS)
def test_an_answer_to_our_letter_is_proof_where_no_score_changes(
    clerk: Clerk, order: str, verbs: list[str], told: str
) -> None:
    clerk.draft(), clerk.event()
    digest = clerk.digest()
    done = clerk.reply(digest, order)
    if order.startswith("收到"):  # only the letters of that emergency prove it
        done = clerk.reply(done[0], "确认")
    assert clerk.verbs() == verbs
    assert told in said(done)


@pytest.mark.parametrize(("order", "verbs", "told"), SCORING[:1])
def test_an_answer_to_our_letter_does_not_change_a_score(
    clerk: Clerk, order: str, verbs: list[str], told: str
) -> None:
    clerk.draft()
    asked = clerk.reply(clerk.digest(), order)
    assert (kinds(asked), clerk.verbs()) == (["confirm"], [])
    clerk.reply(asked[0], "确认")
    assert clerk.verbs() == verbs
    assert told


def test_the_evidence_and_the_day_of_an_adoption_are_kept(clerk: Clerk) -> None:
    clerk.draft()
    clerk.confirmed("采用 #1 市政府办公室 要情专报 专刊 4月19日 第12期")
    (act,) = clerk.acts()
    assert (act.detail["on"], act.detail["evidence"]) == ("2023-04-19", "第12期")
    assert (act.detail["level"], act.detail["publication"]) == ("市政府办公室", "要情专报")


def test_a_returned_draft_is_told_to_its_unit_and_untold(clerk: Clerk) -> None:
    clerk.draft()
    done = clerk.confirmed("退回 #1 数据有误")
    (told,) = [letter for letter in done if letter.key.startswith("returned/")]
    assert "数据有误" in told.text
    assert OFFICE not in told.to
    answer = next(letter for letter in done if letter.key.startswith("answer/"))
    clerk.reply(answer, "撤销")
    with clerk.store.look() as uow:
        assert uow.outbox.get(told.id).state == "cancelled"  # type: ignore[union-attr]
    assert clerk.drafts() == ["counted"]


def test_a_unit_that_was_told_hears_that_the_return_is_undone(clerk: Clerk) -> None:
    clerk.draft()
    done = clerk.confirmed("退回 #1 数据有误")
    told = next(letter for letter in done if letter.key.startswith("returned/"))
    with clerk.store.work() as uow:
        uow.outbox.settle(told.id, "sent", "")
        uow.commit()
    answer = next(letter for letter in done if letter.key.startswith("answer/"))
    assert any("不必重报" in letter.text for letter in clerk.reply(answer, "撤销"))


def test_an_emergency_of_the_clerk_counts_from_his_first_mail(clerk: Clerk) -> None:
    """The unit's call is not late because the clerk confirmed it later."""
    asked = clerk.send("突发 直属一大队 11时50分 燃气泄漏")
    clerk.now += timedelta(minutes=20)
    clerk.reply(asked[0], "确认")
    with clerk.store.look() as uow:
        (event,) = uow.events.all()
    assert event.phoned_at == event.opened_at == at("2023-04-20 12:00")


def test_tomorrow_is_the_day_after_the_order_not_after_its_confirmation(clerk: Clerk) -> None:
    clerk.now = at("2023-04-20 23:50")
    asked = clerk.send("约稿 市政管理科 明天17时 主题甲")
    clerk.now = at("2023-04-21 00:10")
    clerk.reply(asked[0], "确认")
    with clerk.store.look() as uow:
        assert uow.commissions.all()[0].due == at("2023-04-21 17:00")


# ---- links


def test_links_of_a_digest_prefill_orders(clerk: Clerk) -> None:
    clerk.draft(), clerk.event()
    digest = clerk.digest()
    assert {"采用·达州要情", "采用·政务快讯", "采用·其他", "批示", "退回", "确认收到"} <= set(
        links(digest)
    )
    assert "凭证" not in digest.text, "the plain text stays readable"

    asked = clerk.click(digest, "采用·达州要情")
    clerk.reply(asked[0], "确认")
    asked = clerk.click(digest, "批示", fill="市委主要领导")
    clerk.click(asked[0], "确认办理")
    clerk.click(digest, "确认收到")
    done = clerk.click(digest, "退回", fill="数据有误")
    assert clerk.verbs() == ["adopted", "instructed", "event-ack", "return"]
    assert kinds(done) == ["returned", "answer"]


def test_a_draft_of_the_second_column_is_offered_its_publications(clerk: Clerk) -> None:
    clerk.draft(kind="经验做法", column=2)
    digest = clerk.digest()
    assert {"采用·达州信息专报", "采用·要情专报"} <= set(links(digest))
    asked = clerk.click(digest, "采用·要情专报")
    assert "市政府办公室《要情专报》专刊" in said(asked), (
        "of two levels the one written to directly"
    )


def test_a_link_left_unfilled_is_explained(clerk: Clerk) -> None:
    clerk.draft()
    answer = clerk.click(clerk.digest(), "批示")
    assert "括号里的内容还没有填写" in said(answer)
    assert clerk.verbs() == []


def test_the_missed_report_is_blamed_by_a_link(clerk: Clerk) -> None:
    """漏报候选 lays the decision before the office; the link makes it, confirmed."""
    config = office_config()
    config = config.model_copy(update={"office": OfficeConfig(addresses=(OFFICE,))})
    clerk.config = config
    event = clerk.event()
    with clerk.store.work() as uow:
        uow.events.change(event, opened_by="cli", phoned_at=None, written_at=None)
        uow.commit()
    clerk.now += timedelta(hours=2)
    watching(clerk.store, config).watch(clerk.now)
    letter = next(one for one in clerk.fresh() if one.key.startswith("missed/"))
    asked = clerk.click(letter, "按漏报扣分")
    clerk.reply(asked[0], "确认")
    assert clerk.verbs() == ["emergency-blame"]


def test_received_is_enough_in_answer_to_an_alert(clerk: Clerk) -> None:
    clerk.event()
    watching(clerk.store, clerk.config).watch(clerk.now)
    alert = next(one for one in clerk.fresh() if one.key.startswith("alert/"))
    assert "停止重复提醒" in said(clerk.reply(alert, "收到，马上处理", sender=DUTY))
    assert clerk.verbs() == ["event-ack"]


# ---- undoing


def test_a_mistake_is_undone_by_answering(clerk: Clerk) -> None:
    clerk.draft()
    (done,) = clerk.confirmed("更正 #1 类型=经验做法")
    assert "已撤销：更正" in said(clerk.reply(done, "撤销"))
    assert clerk.verbs() == ["undo-correct"]


def test_undoing_a_score_takes_its_second_step(clerk: Clerk) -> None:
    clerk.draft()
    (done,) = clerk.confirmed("采用 #1 达州要情 单条")
    (asked,) = clerk.click(done, "撤销")
    assert (kinds([asked]), clerk.verbs()) == (["confirm"], ["adopted"])
    clerk.reply(asked, "确认")
    assert clerk.verbs() == ["undo-adopted"]


def test_a_mail_of_three_orders_is_undone_whole(clerk: Clerk) -> None:
    for title in ("甲", "乙", "丙"):
        clerk.draft(title=title)
    (done,) = clerk.confirmed("", "更正 #1 栏目=②\n更正 #2 栏目=②\n更正 #3 栏目=②")
    assert clerk.verbs() == ["correct"] * 3
    clerk.reply(done, "撤销")
    assert clerk.verbs() == ["undo-correct"] * 3


def test_undo_by_number_and_what_cannot_be_undone(clerk: Clerk) -> None:
    clerk.draft()
    clerk.confirmed("更正 #1 栏目=②")
    assert "已撤销" in said(clerk.confirmed("撤销 1"))
    assert "已经撤销过" in said(clerk.send("撤销 1"))
    assert "没有操作99" in said(clerk.send("撤销 99"))
    assert "没有找到要撤销的操作" in said(clerk.send("撤销"))


# ---- several lines, mistakes, contradictions


def test_lines_are_answered_one_by_one(clerk: Clerk) -> None:
    clerk.draft()
    body = "您好：\n采用 #1 达州要情 单条\n采用 #9 达州要情 单条\n批示 #1\n谢谢！"
    letters = clerk.send("本周登记", body)
    assert sorted(kinds(letters)) == ["confirm", "refused"]
    refused = next(one for one in letters if one.key.startswith("refused"))
    assert "没有#9这篇稿件" in refused.text
    assert "请写成：批示 #123 市委主要领导" in refused.text
    clerk.reply(next(one for one in letters if one.key.startswith("confirm")), "确认")
    assert clerk.verbs() == ["adopted"]


@pytest.mark.parametrize(
    ("order", "told"),
    [
        pytest.param("采用 #9 达州要情 单条", "最近的稿件：#1《占道经营整治》", id="unknown-draft"),
        pytest.param("采用 #1 达州要请 单条", "是否指：达州要情", id="unknown-publication"),
        pytest.param("采用 #1 要情专报 专刊", "请写明是哪一级", id="two-levels"),
        pytest.param("采用 #1 工作情况交流 专刊", "请写明是哪一级", id="two-levels-again"),
        pytest.param("采用 #1 达州要情", "单条、综合或标题", id="no-form"),
        pytest.param("采用 #1 达州要情 专刊", "没有“专刊”的分值", id="a-form-it-has-not"),
        pytest.param("采用 #1 达州要情 单条 4/5", "两种读法", id="ambiguous-date"),
        pytest.param("采用 #1 达州要情 单条 4月21日", "哪一年", id="a-day-to-come"),
        pytest.param("批示 #1 省委书记大人", "附件1没有", id="unknown-leader"),
        pytest.param("更正 #1 单位=市正管理科", "是否指：市政管理科", id="unknown-unit"),
        pytest.param("更正 #1 颜色=红", "可以更正：单位", id="unknown-item"),
        pytest.param("约稿 市正管理科 4月25日17时 主题", "是否指：市政管理科", id="unit-misspelt"),
        pytest.param("约稿 市政管理科 主题", "没有写时间", id="no-time"),
        pytest.param("约稿 市政管理科 4月25日17时", "没有写主题", id="no-topic"),
        pytest.param("突发 直属一大队 4月20日 燃气泄漏", "没有写事发的时刻", id="no-hour"),
        pytest.param("突发 直属一大队 13时5分 燃气泄漏", "还没有到", id="an-hour-to-come"),
        pytest.param("收到 #E9", "没有E9", id="unknown-event"),
        pytest.param("扣分 #E1 不好", "漏报、误报、瞒报、通报批评", id="unknown-fault"),
        pytest.param("免除 扬尘治办公室 抗洪", "没有", id="exempt-nobody"),
        pytest.param("查询 市正管理科", "是否指：市政管理科", id="asked-about-nobody"),
    ],
)
def test_a_mistake_is_explained_and_changes_nothing(clerk: Clerk, order: str, told: str) -> None:
    clerk.draft(), clerk.event()
    letters = clerk.send(order)
    assert (kinds(letters), clerk.acts()) == (["refused"], [])
    assert told in letters[0].text
    assert "mailbot" not in letters[0].text, "a clerk with mail alone has no command line"


def test_contradictory_orders_of_one_mail_change_nothing(clerk: Clerk) -> None:
    clerk.draft()
    letters = clerk.send("", "采用 #1 达州要情 单条\n退回 #1 数据有误")
    assert kinds(letters) == ["refused"]
    assert letters[0].text.count("矛盾") == 2


def test_the_same_adoption_twice_is_refused(clerk: Clerk) -> None:
    clerk.draft()
    clerk.confirmed("采用 #1 达州要情 单条")
    assert "已登记过" in said(clerk.send("采用 #1 达州要情 单条"))
    assert clerk.verbs() == ["adopted"]


# ---- asking


def test_the_office_asks(clerk: Clerk) -> None:
    clerk.draft(), clerk.event()
    assert "综合得分" in said(clerk.send("查询 直属一大队"))
    assert "正文400字" in said(clerk.send("查询 #1"))
    assert "尚无人确认" in said(clerk.send("查询 #E1"))
    assert "采用 #123 达州要情 单条" in said(clerk.send("查询"))
    assert clerk.acts() == []


def test_what_fell_due_before_the_first_start_is_no_debt_in_an_answer(clerk: Clerk) -> None:
    clerk.now = at("2023-05-15 10:00")
    with clerk.store.work() as uow:
        uow.facts.put(FIRST_STARTED, at("2023-05-10 09:00").isoformat(), clerk.now)
        uow.commit()
    told = said(clerk.send(f"查询 {TEAM}"))

    assert "逾期：2023年第19周（5月8日至5月14日）每周①类信息1篇" in told
    assert "第18周" not in told


def test_a_repeat_is_named_beside_its_state(clerk: Clerk) -> None:
    clerk.draft()
    clerk.draft(title="整治占道经营", state="not_counted", relation="revision", same_item_as=1)
    assert "不计数（#1的修改稿）" in said(clerk.send(f"查询 {TEAM}"))


def test_a_unit_asks_about_itself_and_hears_at_its_registered_address(clerk: Clerk) -> None:
    clerk.draft()
    reply_elsewhere = ("Reply-To", "evil@elsewhere.example")
    (letter,) = clerk.send("查询", "", reply_elsewhere, sender=UNIT_ADDRESS)
    assert letter.to == (UNIT_ADDRESS,)
    assert "占道经营整治" in letter.text


@pytest.mark.parametrize("words", [f"查询 {SECTION}", "查询 #1", "查询 #E1"])
def test_a_unit_hears_nothing_of_others(clerk: Clerk, words: str) -> None:
    clerk.draft(unit=SECTION, title="机密的标题")
    clerk.event(unit=SECTION, title="机密的标题")
    letters = clerk.send(words, sender=UNIT_ADDRESS)
    assert "本单位" in said(letters)
    assert "机密" not in said(letters)


def test_a_unit_is_answered_five_times_a_day(clerk: Clerk) -> None:
    assert sum(len(clerk.send("查询", str(n), sender=UNIT_ADDRESS)) for n in range(9)) == 5


def test_an_unknown_address_hears_nothing(clerk: Clerk) -> None:
    assert clerk.send("查询", TEAM, sender="learnt@elsewhere.example") == []


# ---- who may order


def test_the_duty_may_act_on_emergencies_alone(clerk: Clerk) -> None:
    clerk.draft(), clerk.event()
    assert "值班邮箱只能办理突发事件" in said(clerk.send("采用 #1 达州要情 单条", sender=DUTY))
    asked = clerk.send("收到 #E1", sender=DUTY)
    clerk.reply(asked[0], "确认", sender=DUTY)
    assert clerk.verbs() == ["event-ack"]


def test_all_of_the_office_hears_of_what_was_done(tmp_path: Path) -> None:
    """A stolen mailbox cannot record an adoption unseen (threat 11)."""
    config = office_config().model_copy(update={"office": OfficeConfig(addresses=(OFFICE, SECOND))})
    with clerk_at_work(tmp_path, config) as clerk:
        clerk.draft()
        asked = clerk.send("采用 #1 达州要情 单条")
        assert asked[0].to == (OFFICE,), "the code goes to the address that ordered alone"
        (done,) = clerk.reply(asked[0], "确认")
        assert done.to == (OFFICE, SECOND)
        (asked,) = clerk.reply(done, "撤销", sender=SECOND)
        clerk.reply(asked, "确认", sender=SECOND)
        assert clerk.verbs() == ["undo-adopted"]


def test_an_order_from_a_file_is_not_carried_out(clerk: Clerk) -> None:
    clerk.draft()
    clerk.desk.import_(mail(OFFICE, "更正 #1 栏目=②"), clerk.now)
    assert (clerk.acts(), clerk.fresh()) == ([], [])


def test_orders_nobody_confirmed_are_forgotten(clerk: Clerk) -> None:
    clerk.draft()
    clerk.send("采用 #1 达州要情 单条")
    clerk.now += timedelta(days=3)
    clerk.send("批示 #1 市委主要领导")
    with clerk.store.look() as uow:
        assert len(uow.facts.names("orders/pending/")) == 1


def test_a_letter_that_answers_keeps_the_thread(clerk: Clerk) -> None:
    clerk.draft()
    (asked,) = clerk.send("采用 #1 达州要情 单条")
    assert asked.headers["In-Reply-To"].endswith("@u.example>")
    assert asked.headers["Auto-Submitted"] == "auto-replied"
    assert replace(asked, id=0).lane == "answer"
