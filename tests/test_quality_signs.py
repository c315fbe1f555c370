"""Signs, doubled words, blanks and names (四（二）): what is wrong is quoted, what is right is not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config_files import load
from mailbot.rules.likeness import one_edit
from mailbot.rules.quality import hints
from mailbot.rules.quality_doubled_words import HEADS, TAILS

NOTICE = load(Path(__file__).parents[1] / "config.toml").notice


@pytest.mark.parametrize(
    ("text", "about", "quote"),
    [
        pytest.param("把所学知知识用到工作中。", "叠字", "知知识", id="first-sign-twice"),
        pytest.param("先修路，把把坑槽填平。", "叠字", "把把", id="small-word-twice"),
        pytest.param("队伍整队，并并逐户登记。", "叠字", "并并", id="and-twice"),
        pytest.param("拆除雨棚12处处。", "叠字", "处处", id="counter-twice"),
        pytest.param("3月8日2 日，暂停作业。", "多余字符", "8日2 日", id="day-twice"),
        pytest.param("3月108日开会。", "日期", "3月108日", id="day-of-three-figures"),
        pytest.param("3月8日26时断电。", "时间", "3月8日26时", id="hour-of-a-day"),
        pytest.param("5月12日植树节当天栽树。", "日期", "5月12日植树节", id="festival-of-a-month"),
        pytest.param("6月8日是世界环境日。", "日期", "6月8日是世界环境日", id="festival-of-a-day"),
        pytest.param("刊于《达州要情月刊》。", "刊名", "《达州要情月刊》", id="issue-that-is-none"),
        pytest.param("保护环境境，人人有责。", "叠字", "环境境", id="last-sign-twice"),
        pytest.param("代表对结果表示满意满意。", "叠字", "满意满意", id="word-twice"),
        pytest.param("本周将开展检查开展检查。", "叠字", "开展检查开展检查", id="phrase-twice"),
        pytest.param(
            "队员逐户宣传讲解有关管理规定的内容。队员逐户宣传讲解有关管理规定的内容。",
            "重复",
            "队员逐户宣传讲解有关管理规定的内容",
            id="sentence-twice",
        ),
        pytest.param(
            "环境焕然一新\n。", "多余字符", "环境焕然一新", id="stop-on-a-line-of-its-own"
        ),
        pytest.param("耐心等待救援 。", "多余字符", "等待救援 。", id="blank-before-a-stop"),
        pytest.param("清理a乱堆乱放。", "多余字符", "清理a乱堆", id="lone-letter"),
        pytest.param("街面干净😀。", "多余字符", "😀", id="emoji"),
        pytest.param("检查<br>工地。", "多余字符", "<br>", id="markup"),
        pytest.param("清运2O吨。", "多余字符", "2O吨", id="letter-for-a-digit"),
        pytest.param("清运12..5吨。", "多余字符", "12..5", id="two-points"),
        pytest.param("接报后，队员到场处理、", "标点", "到场处理、", id="ends-in-the-middle"),
        pytest.param("20XX年开展检查。", "缺内容", "20XX年", id="year-left-out"),
        pytest.param("X月5日开展检查。", "缺内容", "X月", id="month-left-out"),
        pytest.param("检查商户N家。", "缺内容", "N家", id="number-left-out"),
        pytest.param("出动人员【待补】。", "缺内容", "【待补】", id="to-be-supplied"),
        pytest.param(
            "整改（此处填写数据）处。", "缺内容", "（此处填写数据）", id="to-be-filled-in"
        ),
        pytest.param("于2023年 月 日召开。", "缺内容", "年 月 日", id="day-left-out"),
        pytest.param("印发《》。", "缺内容", "《》", id="empty-title"),
        pytest.param("高新区应急管理厅开展检查。", "单位名", "高新区应急管理厅", id="no-such-厅"),
        pytest.param("渠县综合执法居开展检查。", "单位名", "渠县综合执法居", id="agency-misspelt"),
        pytest.param("直属三大队开展整治。", "单位名", "直属三大队", id="no-third-team"),
        pytest.param("市容环为科开展督查。", "单位名", "市容环为科", id="office-misspelt"),
        pytest.param("结果在达川晚报公布。", "刊名", "达川晚报", id="newspaper"),
        pytest.param("刊于《达州要请》。", "刊名", "《达州要请》", id="publication"),
        pytest.param("取的了明显成效。", "错字", "取的了", id="wrong-particle"),
        pytest.param("发放倡仪书。", "错字", "倡仪", id="wrong-sign"),
    ],
)
def test_a_slip_is_quoted(text: str, about: str, quote: str) -> None:
    found = hints("", text, NOTICE, "经验做法")

    assert [hint.about for hint in found] == [about]
    assert quote in found[0].quote


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("举办通知知识竞赛。", id="a-word-ends-where-another-begins"),
        pytest.param("院子干干净净，道路清清楚楚，渐渐整洁。", id="reduplication"),
        pytest.param("北城中队中队长说，大家商量商量。", id="bodies-and-their-heads"),
        pytest.param("雨水哗啦哗啦地流，“咚咚咚咚”响。", id="sounds"),
        pytest.param("墙塌了塌了，快来人。", id="cries"),
        pytest.param("一个一个查，两个两个走。", id="one-by-one"),
        pytest.param("路面碧绿碧绿，声音很远很远，花开大片大片。", id="vivid-words"),
        pytest.param("“先看现场，再定方案。\n“后天开工。”他说。", id="speech-of-two-paragraphs"),
        pytest.param("“请坐请坐，喝茶。”大爷说。", id="speech"),
        pytest.param(
            "取得了了不起的成绩，推动发展和和平进步，屋里暖暖和和。", id="signs-that-meet"
        ),
        pytest.param("上将将出席，一对对老人，尽管管理严，巩固根据根据地。", id="words-that-meet"),
        pytest.param("商户自己经营，带领部队圆满完成，庄严历史。", id="wrong-words-across-two"),
        pytest.param("二○○三年，《福州晚报》报道。", id="noughts-and-papers-elsewhere"),
        pytest.param("上午整治。\n***\n下午复查。", id="stars-between-paragraphs"),
        pytest.param("C级桥梁2座，DN160管道，5G公厕，e路通，PM2.5。", id="letters-that-belong"),
        pytest.param("推行“线上+线下”，车牌川S×××××，电话139****1234。", id="signs-that-belong"),
        pytest.param("当事人张××、司机王XX到场。", id="people-without-their-names"),
        pytest.param("每个摊位长2×3米，人员力量有待补充。", id="times-and-有待补充"),
        pytest.param("当年月日均收运300吨，王某某同志到场。", id="年月日-within-words"),
        pytest.param("扬州日报、《四川日报》、达州日报报道。", id="newspapers-elsewhere"),
        pytest.param("大邑县综合执法局、平昌县住建局来访。", id="counties-elsewhere"),
        pytest.param("达川区综合行政执法局、通川区住房城乡建设局。", id="names-of-the-notice"),
        pytest.param("县执法三大队、市执法监察科到场。", id="teams-of-others"),
        pytest.param(
            "大家手拉手拉起警戒带，面对面对账，公司兼并并购，工会，向向阳路走，把把关人请来。",
            id="words-there-and-back",
        ),
        pytest.param(
            "6月3日世界环境日活动启动，6月5日是世界环境日，3月10日，植树节前两天，备好树苗。",
            id="days-beside-a-festival",
        ),
        pytest.param("市政工程出现破损，调整该路段，有3处处于闲置。", id="words-that-only-meet"),
        pytest.param("6月1日2日连续降雨，5月15日16日两天检查。", id="two-days-without-a-stop"),
        pytest.param("搭车的的哥、的姐都说亮。", id="drivers"),
        pytest.param("节日前夕，物业业委会换届，拆违违建清零。", id="offices-own-words"),
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert hints("", text, NOTICE, "经验做法") == ()


@pytest.mark.parametrize("table", [HEADS, TAILS], ids=["heads", "tails"])
def test_no_sign_is_called_a_slip_and_right_at_once(
    table: dict[str, tuple[frozenset[str], frozenset[str]]],
) -> None:
    for sign, (words, _) in table.items():
        assert words
        assert sign not in words


@given(st.text("直属一大队", min_size=1, max_size=6), st.integers(0, 6), st.sampled_from("二科"))
def test_one_edit_sees_what_was_put_in_taken_out_or_replaced(
    word: str, place: int, sign: str
) -> None:
    at = min(place, len(word))
    added = word[:at] + sign + word[at:]

    assert one_edit(word, added)
    assert one_edit(added, word)
    assert not one_edit(word, word)
    assert not one_edit(word, added + "甲乙")
