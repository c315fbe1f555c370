"""A month with mail alone: every paper it leaves, against figures worked out by hand.

The sums (config of `open_month`: duties begin on 1 May 2023, quotas are confirmed):
until 31 May a unit of one ① a week owes 5 (weeks 18 to 22 have begun) and one ② for the
second quarter (61 of its 91 days, 0.67, rounded up to 1), in all 6; a unit of two a month
owes 3. Ten adoptions, two 批示 (30 and 15), praise +2, a quick first report +10, criticism -3.
"""

import json
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import office_story as story
import pytest
from docx import Document
from lxml import html as parser
from office_month import Letter, Month
from office_story import (
    ADDRESSES,
    CLEANING,
    DAZHU,
    KAIJIANG,
    OTHER_TEAM,
    QU,
    SECTION,
    TEAM,
    XUANHAN,
)
from offices import DUTY, OFFICE
from python_calamine import CalamineWorkbook
from servers.exim import Exim
from servers.mail_server import MailServer

pytestmark = pytest.mark.untraced

WANYUAN = "万源市住建局"
UNITS = 30

# unit: drafts of ① and ②, adoptions by level (中央 省级 市级 其他), drafts adopted, points, composite
FIGURES = {
    # 50×1/6 + 50×1/7 = 8.33 + 7.14, + 5 政务快讯
    DAZHU: (1, 0, (0, 0, 1, 0), 1, 5, 20.47),
    # 50×1/6 + 50×1/7, + 15 要情专报 + 30 批示
    XUANHAN: (0, 1, (0, 0, 1, 0), 1, 45, 60.47),
    # 50×1/3 + 50×1/5 = 16.67 + 10, + 5 达州信息专报 + 5 工作情况交流: one draft, two adoptions
    QU: (0, 1, (0, 0, 2, 0), 1, 10, 36.67),
    # 50×2/3, + 10 for the quick first report
    KAIJIANG: (2, 0, (0, 0, 0, 0), 0, 10, 43.33),
    WANYUAN: (0, 0, (0, 0, 0, 0), 0, -3, -3),
    # 50×1/6 + 50×1/9 = 8.33 + 5.56, + 5 每周住建资讯
    SECTION: (1, 0, (0, 1, 0, 0), 1, 5, 18.89),
    # 50×2/6 + 50×2/9 = 16.67 + 11.11, + 2 + 2 达州要情 + 15 批示
    TEAM: (2, 0, (0, 0, 2, 0), 2, 19, 46.78),
    # 50×2/6 + 50×2/9, + 2 达州要情 + 5 政务快讯; the one taken back counts nothing
    CLEANING: (2, 0, (0, 0, 2, 0), 2, 7, 34.78),
    # 50×1/6 + 50×1/9, + 1 达州要情 in a digest, + 2 praise
    OTHER_TEAM: (1, 0, (0, 0, 1, 0), 1, 3, 16.89),
}
NOTHING = (0, 0, (0, 0, 0, 0), 0, 0, 0)
RANKS = {XUANHAN: 1, KAIJIANG: 2, QU: 3, DAZHU: 4, WANYUAN: 16} | {
    TEAM: 1, CLEANING: 2, SECTION: 3, OTHER_TEAM: 4,
}  # fmt: skip
JOINT = "机关党委、机关纪委、工会、妇委会、火管办"  # alone in its group, and so its first

# What fell due in May and was not met. ② falls due in June, so does week 22.
OWED = {
    DAZHU: 3,  # weeks 18, 20, 21
    XUANHAN: 4,  # weeks 18 to 21: its draft was one of ②
    QU: 1,  # two of ① for May
    SECTION: 5,  # weeks 19, 20, 21; annex 3 no. 12 (5月下旬) and 16 (monthly)
    TEAM: 3,  # weeks 19, 20; pictures of annex 3 no. 26
    CLEANING: 4,  # weeks 18, 19, 21; annex 3 no. 12
    OTHER_TEAM: 4,  # weeks 18, 19, 21; pictures
}

RECEIPTS = [
    # to whom, number and title, words, column, progress as the receipt tells it
    (TEAM, "#1", story.SIDEWALK, 364, "①", "第18周（5月1日至5月7日）第①栏：应报1篇，已报1篇"),
    (SECTION, "#2", story.SEWER, 324, "①", "第18周（5月1日至5月7日）第①栏：应报1篇，已报1篇"),
    (QU, "#3", story.HOUSEKEEPER, 893, "②", "第二季度第②栏：应报1篇，已报1篇"),
    (XUANHAN, "#4", story.WASTE, 1325, "②", "第二季度第②栏：应报1篇，已报1篇"),
    (DAZHU, "#5", story.TOILET, 263, "①", "第19周（5月8日至5月14日）第①栏：应报1篇，已报1篇"),
    (CLEANING, "#6", story.ROADS, 250, "①", "第20周（5月15日至5月21日）第①栏：应报1篇，已报2篇"),
    (CLEANING, "#7", story.CONTEST, 221, "①", "第20周（5月15日至5月21日）第①栏：应报1篇，已报2篇"),
    (OTHER_TEAM, "#8", story.NOISE, 220, "①", "第20周（5月15日至5月21日）第①栏：应报1篇，已报1篇"),
    (KAIJIANG, "#9", story.WALL, 169, "①", "2023年5月第①栏：应报2篇，已报1篇"),
    (KAIJIANG, "#10", story.WALL_END, 117, "①", "2023年5月第①栏：应报2篇，已报2篇"),
    (TEAM, "#11", story.GAS, 320, "①", "第21周（5月22日至5月28日）第①栏：应报1篇，已报1篇"),
]

# Mornings on which something came since the last one, and how many; all others told of none.
CAME = {"05-05": 1, "05-06": 1, "05-09": 1, "05-11": 1, "05-12": 1, "05-16": 2, "05-18": 2,
        "05-19": 1, "05-23": 1}  # fmt: skip

# Every answer the office got, in order: when, done or not, and the words that matter.
ANSWERS = [
    ("05-05 09:15", "✓", "市委办公室《达州要情》单条采用，2分（操作1）"),
    ("05-06 09:15", "✓", "省住建厅办公室《每周住建资讯》单条采用，5分"),
    ("05-09 09:10", "✗", "“工作情况交流”有2个层级（省委办公厅、市委办公室），请写明是哪一级"),
    ("05-09 09:15", "✓", "市委办公室《达州信息专报》单条采用，5分"),
    ("05-09 09:20", "✓", "市委办公室《工作情况交流》专刊采用，5分"),
    ("05-11 09:15", "✓", "获市委、市政府主要领导批示，30分"),
    ("05-11 09:15", "✓", "市政府办公室《要情专报》专刊采用，15分"),
    ("05-12 09:15", "✓", "市政府办公室《政务快讯》单条采用，5分"),
    ("05-16 09:15", "✓", "#6《环卫处开展道路深度清洗》（环卫处（含京环））被市委办公室《达州要情》单条采用，2分"),
    ("05-16 09:15", "✓", "#6《环卫处开展道路深度清洗》（环卫处（含京环））被市政府办公室《政务快讯》单条采用"),
    ("05-16 09:25", "✓", "已撤销：采用"),
    ("05-16 09:25", "✓", "#7《环卫处举办环卫工人技能比武》（环卫处（含京环））被市政府办公室《政务快讯》单条采用，5分"),
    ("05-16 09:30", "✓", "已登记约稿1：直属一大队，5月22日17:00前，“餐饮门店燃气安全检查”，已通知该单位"),
    ("05-18 06:36", "✓", "已确认开江县住建局“关于新宁镇在建工地围墙坍塌的情况报告”，停止重复提醒"),
    ("05-18 09:15", "✓", "市委办公室《达州要情》综合或标题采用，1分"),
    ("05-18 09:15", "✓", "通报表扬：数据翔实，2分"),
    ("05-19 09:15", "✓", "迅速首报，+10分"),
    ("05-23 09:15", "✓", "市委办公室《达州要情》单条采用，2分"),
    ("05-23 09:15", "✓", "获市政府领导批示，15分"),
    ("05-23 09:20", "✓", "万源市住建局 通报批评（取消宣传工作评优评先资格）：连续三周未报送，-3分"),
    ("05-31 17:00", "✓", "2023年5月台账已发到您的邮箱（稿件11篇）"),
    ("06-01 09:15", "✓", "通报-2023-05已放行，发给8个单位；没有登记邮箱的单位请另行送达："),
]  # fmt: skip


@pytest.mark.timeout(1800)
def test_a_month_with_mail_alone(
    tmp_path: Path, dovecot: MailServer, exim: Exim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Digests, clicks, answers, an emergency, a commission, the ledger, the notice released."""
    monkeypatch.setenv("MAILBOT_IMAP_PASSWORD", dovecot.password)
    monkeypatch.setenv("MAILBOT_SMTP_PASSWORD", exim.password)
    month = story.open_month(tmp_path, dovecot, exim)

    story.play(month)

    letters = month.letters
    receipts_are_right(letters)
    digests_are_right(letters)
    overviews_are_right(letters)
    answers_are_right(letters)
    emergency_was_told(letters)
    requests_and_questions_are_right(letters)
    the_score_sheet_is_right(month)
    the_notice_is_right(letters)
    the_units_got_the_notice(letters)
    the_ledger_is_right(letters)
    the_board_is_right(month)
    nothing_else_was_sent(letters)


def called(letters: Sequence[Letter], prefix: str) -> list[Letter]:
    return [letter for letter in letters if letter.subject.startswith(prefix)]


def when(letter: Letter) -> str:
    return f"{letter.at:%m-%d %H:%M}"


def receipts_are_right(letters: Sequence[Letter]) -> None:
    receipts = called(letters, "【回执】")
    assert len(receipts) == 10, "one a mail: the zip brought two"
    for unit, number, title, words, column, progress in RECEIPTS:
        (receipt,) = (one for one in receipts if f"{number} 《{title}》" in one.text)
        assert receipt.to == ADDRESSES[unit]
        item = receipt.text.partition(f"{number} 《{title}》")[2].partition("\n\n")[0]
        assert f"单位：{unit}\n" in item
        assert f"字数：正文{words}字" in item
        assert f"结果：已登记，计入第{column}栏" in item
        assert progress in receipt.text
    assert "“餐饮门店燃气安全检查”相符，登记为已交" in receipts[-1].text


def digests_are_right(letters: Sequence[Letter]) -> None:
    digests = called(letters, "【日报】")
    mornings = [f"05-{day:02} 09:00" for day in range(1, 32)] + ["06-01 09:00"]
    assert [when(one) for one in digests] == mornings
    assert {one.to for one in digests} == {OFFICE}
    for one in digests:
        day = when(one)[:5]
        assert f"收稿{CAME.get(day, 0)}篇" in one.subject, day
        assert "← 不一致" not in one.text
    by_day = {when(one)[:5]: one for one in digests}
    # 17 units owe one a week; two had sent in week 18.
    assert "逾期15个单位" in by_day["05-08"].subject
    # All but the one whose two drafts of May came.
    assert "逾期29个单位" in by_day["06-01"].subject
    assert "突发1件" in by_day["05-18"].subject
    assert "处置中" in by_day["05-18"].text
    assert "已终报" in by_day["05-19"].text, "its end is told too"
    assert "突发" not in by_day["05-20"].subject


def overviews_are_right(letters: Sequence[Letter]) -> None:
    weekly = [(when(one), one.subject) for one in called(letters, "【周报】")]
    assert weekly == [
        ("05-08 09:00", "【周报】5月1日至5月7日：收稿2篇，28个单位应报未报"),
        ("05-15 09:00", "【周报】5月8日至5月14日：收稿3篇，27个单位应报未报"),
        ("05-22 09:00", "【周报】5月15日至5月21日：收稿5篇，27个单位应报未报"),
        ("05-29 09:00", "【周报】5月22日至5月28日：收稿1篇，29个单位应报未报"),
    ]
    (monthly,) = called(letters, "【月报】")
    assert monthly.subject == "【月报】2023年5月：收稿11篇，22个单位应报未报"
    assert "动态简讯9篇、经验做法1篇、问题反映1篇" in monthly.text
    # 市委办: 2+2+1+2 达州要情, 5 达州信息专报, 5 工作情况交流
    assert "年度市委办公室采用得分50分：已17/50" in monthly.text
    # 市政府办: 15 要情专报, 5+5 政务快讯
    assert "年度市政府办公室采用得分40分：已25/40" in monthly.text


def answers_are_right(letters: Sequence[Letter]) -> None:
    found = []
    for letter in called(letters, "【答复】"):
        assert OFFICE in letter.to
        lines = [line for line in letter.text.splitlines() if line[:1] in ("✓", "✗")]
        found += [(when(letter), line[0], line) for line in lines]
    assert len(found) == len(ANSWERS)
    for (at, mark, line), (due, sign, words) in zip(found, ANSWERS, strict=True):
        assert (at, mark) == (due, sign), line
        assert words in line
    asked = called(letters, "【请确认】")
    assert {letter.to for letter in asked} == {OFFICE}
    # Ten adoptions, the wrong one and its undoing, two 批示, credit, criticism, 约稿, 放行;
    # the ninth adoption and the praise were asked about in one letter.
    assert len(asked) == 18


def emergency_was_told(letters: Sequence[Letter]) -> None:
    first, end = called(letters, "【紧急】")
    assert (when(first), when(end)) == ("05-18 06:32", "05-18 09:40")
    assert first.to == end.to == DUTY
    assert "按时，事发至收到22分钟" in first.text
    assert "事发时间：5月18日06:10" in first.text
    assert "终报" in end.subject
    assert "收到突发事件终报，请核对后报告。" in end.text
    assert "续报一次，直到终报" in first.text
    assert "续报一次，直到终报" not in end.text, "there is nothing more to come"


def requests_and_questions_are_right(letters: Sequence[Letter]) -> None:
    (request,) = called(letters, "【约稿】")
    assert (when(request), request.to) == ("05-16 09:30", ADDRESSES[TEAM])
    assert "餐饮门店燃气安全检查" in request.subject
    assert "5月22日 17:00前" in request.text
    (told,) = called(letters, "【查询】")
    assert (when(told), told.to) == ("05-23 09:20", ADDRESSES[TEAM])
    # Until 23 May: weeks 18 to 21 and the quarter; 50×2/5 + 50×2/9 + 19.
    assert "第①栏报送2篇（应报4），采用2篇（应采用8）" in told.text
    assert "综合得分50.11分" in told.text
    assert OTHER_TEAM not in told.text


def the_score_sheet_is_right(month: Month) -> None:
    done = month.office.run("score", "--year", "2023", "--until", "2023-05-31", "--json")
    assert done.returncode == 0, done.stderr
    sheets = {sheet["unit"]: sheet for sheet in json.loads(done.stdout)["units"]}
    assert len(sheets) == UNITS
    for unit, sheet in sheets.items():
        short, long, _, adopted, points, composite = FIGURES.get(unit, NOTHING)
        told = (sheet["submitted"], sheet["adopted"], sheet["points"], sheet["composite"])
        assert told == (short + long, adopted, points, composite), unit
        assert sheet["rank"] == (1 if unit == JOINT else RANKS.get(unit, 5)), unit
        assert all(line["clause"] and line["evidence"] for line in sheet["lines"])
    assert sheets[WANYUAN]["disqualified"]
    team = [(line["points"], line["clause"]) for line in sheets[TEAM]["lines"]]
    assert team == [(2, "附件1"), (2, "附件1"), (15, "附件1")]


def paper_of(letters: Sequence[Letter]) -> bytes:
    (held,) = called(letters, "【通报待审】")
    assert (when(held), held.to) == ("06-01 09:00", OFFICE)
    ((name, paper),) = held.files
    assert name == "关于2023年5月信息宣传工作情况的通报.docx"
    return paper


def the_notice_is_right(letters: Sequence[Letter]) -> None:
    document = Document(BytesIO(paper_of(letters)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for said in (
        "各单位共报送稿件11篇，其中动态简讯9篇、经验做法1篇、问题反映1篇。",
        "采用10篇次，其中省级1篇次、市级9篇次；获领导批示2件。",
        "共报告突发事件1起，其中按时首报1起、超时0起。",
        "1.直属二大队：《直属二大队开展夜间施工噪声专项巡查》数据翔实。",
        "1.万源市住建局：连续三周未报送。",
        "有报送任务而未报送稿件的单位22个：",
        "有到期任务未完成的单位7个：",
        "市城管执法局办公室",
        "2023年6月1日",
    ):
        assert said in text
    for unit, count in OWED.items():
        assert f"{unit}（{count}项）" in text
    rows = [row for table in document.tables for row in table.rows[2:]]
    tables = [[cell.text for cell in row.cells] for row in rows]
    for cells in tables:
        if cells[1] != "合计":
            assert cells[1:] == row_of(cells[1])
    sums = [cells[2:11] for cells in tables if cells[1] == "合计"]
    assert sums == [
        ["3", "2", "3", "2", "0", "0", "4", "0", "3"],
        ["6", "0", "6", "0", "0", "1", "5", "0", "6"],
        ["0"] * 9,
    ]
    assert len(tables) == UNITS + len(sums)


def row_of(unit: str) -> list[str]:
    """A unit's row as the table must show it; since May is its first month, both counts agree."""
    short, long, levels, adopted, points, composite = FIGURES.get(unit, NOTHING)
    counts = [short, long, short, long, *levels, adopted]
    rank = 1 if unit == JOINT else RANKS.get(unit, 5)
    told = f"{points:+d}" if points else "0"
    return [unit, *map(str, counts), told, f"{composite:g}", str(rank)]


def the_units_got_the_notice(letters: Sequence[Letter]) -> None:
    released = called(letters, "【通报】")
    assert sorted(one.to for one in released) == sorted(ADDRESSES.values())
    assert {when(one) for one in released} == {"06-01 09:15"}
    paper = paper_of(letters)
    by_address = {address: unit for unit, address in ADDRESSES.items()}
    for letter in released:
        unit = by_address[letter.to]
        short, long, _, adopted, _, composite = FIGURES[unit]
        assert letter.files == (("关于2023年5月信息宣传工作情况的通报.docx", paper),)
        assert f"本期报送：①类{short}篇，②类{long}篇" in letter.text
        assert f"年初以来：①类{short}篇，②类{long}篇，采用{adopted}篇" in letter.text
        assert f"年度综合得分{composite:g}分，组内第{RANKS[unit]}名" in letter.text
        assert letter.text.count("到期未完成：") == OWED.get(unit, 0)
        others = set(ADDRESSES) - {unit}
        assert not any(other in letter.text for other in others), "its own figures alone"


def the_ledger_is_right(letters: Sequence[Letter]) -> None:
    (mailed,) = called(letters, "【台账】")
    assert (mailed.to, mailed.subject) == (OFFICE, "【台账】2023年5月：稿件11篇")
    ((name, data),) = mailed.files
    assert name == "台账 2023-05.xlsx"
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    drafts, acts, events, sums = (
        book.get_sheet_by_name(name).to_python()[2:]
        for name in ("稿件", "采用批示", "突发事件", "单位汇总")
    )
    assert [(f"#{row[0]:g}", row[2], row[3], row[6]) for row in drafts] == [
        (number, unit, title, words) for unit, number, title, words, *_ in RECEIPTS
    ]
    assert Counter(row[2] for row in acts) == {
        "采用": 10, "批示": 2, "通报表扬": 1, "通报批评": 1, "突发首报加分": 1,
    }  # fmt: skip
    assert [(row[1], row[9]) for row in events] == [(KAIJIANG, "已终报")]
    instructed = {XUANHAN: 1, TEAM: 1}
    for unit, _, *counts in sums:
        short, long, levels, *_ = FIGURES.get(unit, NOTHING)
        asked = [short, long, short + long, sum(levels), instructed.get(unit, 0)]
        assert counts == [*asked, int(unit == KAIJIANG)], unit
    assert len(sums) == UNITS


def the_board_is_right(month: Month) -> None:
    """On 1 June: quotas of June have begun for units that owe by the month."""
    folder = month.office.folder / "data" / "board"
    ranking = parser.fromstring((folder / "ranking.html").read_bytes())
    rows = {}
    for row in ranking.xpath("//table/tbody/tr"):
        cells = [cell.text_content().strip() for cell in row]
        rows[cells[1]] = cells
    assert len(rows) == UNITS
    assert rows[XUANHAN][:6] == ["1", XUANHAN, "1/6", "1/7", "45", "60.5"]
    assert rows[QU][:6] == ["2", QU, "1/5", "1/5", "10", "30.0"]
    assert rows[KAIJIANG][:6] == ["2", KAIJIANG, "2/5", "0/5", "10", "30.0"]
    assert rows[TEAM][:6] == ["1", TEAM, "2/6", "2/9", "19", "46.8"]
    assert rows[WANYUAN][5:] == ["-3.0", "通报批评，不得评优评先；批评1次"]
    index = (folder / "index.html").read_text(encoding="utf-8")
    cards = parser.fromstring(index.encode()).xpath('//*[@class="card"]')
    told = ["".join(card.text_content().split()) for card in cards]
    assert {"本年收稿11", "本年采用9", "处置中突发0"} <= set(told), "nine drafts, ten adoptions"
    events = (folder / "events.html").read_text(encoding="utf-8")
    assert "按时（22分钟）" in events
    assert story.GAS in (folder / "drafts-2023-05.html").read_text(encoding="utf-8")


def nothing_else_was_sent(letters: Sequence[Letter]) -> None:
    kinds = Counter(letter.subject.partition("】")[0] + "】" for letter in letters)
    assert kinds.pop("【提醒】"), "before it is due"
    assert kinds.pop("【催报】"), "after it was due"
    assert kinds == {
        "【回执】": 10, "【日报】": 32, "【周报】": 4, "【月报】": 1, "【请确认】": 18, "【答复】": 21,
        "【紧急】": 2, "【约稿】": 1, "【查询】": 1, "【台账】": 1, "【通报待审】": 1, "【通报】": 8,
    }  # fmt: skip
    holidays = {f"05-{day:02}" for day in (1, 2, 3, 7, 13, 14, 20, 21, 27, 28)}
    told = {
        when(letter)[:5] for letter in letters if letter.subject[:4] in ("【催报】", "【提醒】")
    }
    assert not told & holidays, "units are reminded on working days alone"
