"""What happens in May 2023: who mails what, and what the clerk makes of it."""

from pathlib import Path

from office_month import Letter, Month, only
from offices import DUTY, OFFICE, open_office
from servers.exim import Exim
from servers.mail_server import MailServer

from mailbot.demo import texts
from mailbot.demo.mails import Attached, archive, word_file

ADDRESSES = {
    "渠县住建局": "qxzjj@qx.example",
    "宣汉县综合执法局": "xhzfj@xh.example",
    "大竹县综合执法局": "dzxzfj@dz.example",
    "开江县住建局": "kjzjj@kj.example",
    "市政管理科": "shizheng@dzcg.example",
    "直属一大队": "zhishu1@dzcg.example",
    "环卫处（含京环）": "huanwei@dzcg.example",
    "直属二大队": "zhishu2@dzcg.example",
}
TEAM, OTHER_TEAM, SECTION, CLEANING = "直属一大队", "直属二大队", "市政管理科", "环卫处（含京环）"
QU, XUANHAN, DAZHU, KAIJIANG = "渠县住建局", "宣汉县综合执法局", "大竹县综合执法局", "开江县住建局"
NOTE = "办公室：\n现报上信息稿件，请审阅。"
SIGNED = "（撰稿：宣传员　审核：分管负责人　签发：主要负责人　联系电话：0000-0000000）"
SIDEWALK = "直属一大队开展占道经营集中整治行动"
SEWER = "市政管理科督导汛前清淤"
HOUSEKEEPER = "渠县住建局“三单”模式推进老旧小区改造"
WASTE = "关于我县生活垃圾分类工作存在问题及对策建议的调研报告"
TOILET = "大竹县综合执法局开展公厕管护专项检查"
ROADS, CONTEST = "环卫处开展道路深度清洗", "环卫处举办环卫工人技能比武"
NOISE = "直属二大队开展夜间施工噪声专项巡查"
WALL, WALL_END = "关于新宁镇在建工地围墙坍塌的情况报告", "关于新宁镇在建工地围墙坍塌的终报"
GAS = "直属一大队开展餐饮门店燃气安全专项检查"
GAS_TEXT = """5月20日至22日，直属一大队联合燃气公司、街道社区，对朝阳路、荷叶街片区餐饮门店开展燃气安全专项检查，筑牢安全防线。
检查组逐店查看燃气管道、软管、阀门和泄漏报警装置，现场演示处置步骤，向从业人员发放安全用气手册260份。针对软管老化、气瓶间堆放杂物等问题，执法人员逐项登记，当场整改17处，对2家拒不整改的门店下达责令改正通知书，并抄告燃气公司。
截至目前，共检查餐饮门店86家，发现隐患31处，完成整改29处，其余2处明确专人盯办，限期3日内整改到位。商户普遍表示，检查既找问题又教方法，用气更加放心。
下一步，直属一大队将建立餐饮门店燃气安全台账，实行每月巡查、销号管理，并把检查情况通报街道和燃气公司，形成常态长效的监管机制，切实守护群众生命财产安全。"""
WALL_END_TEXT = """5月18日发生在开江县新宁镇一处在建工地的围墙坍塌事件，现已处置完毕，终报如下。
经进一步核查，未造成人员伤亡，财产损失约8万元，坍塌原因为雨水浸泡导致基础松软。现场已清理完毕，施工单位已停工整改，受损车辆的赔偿由施工单位与车主协商完成。
联系人：办公室，联系电话：0000-0000000"""


def open_month(folder: Path, imap: MailServer, smtp: Exim) -> Month:
    """The shipped configuration from 1 May on: eight units have an address, quotas are confirmed.

    The office has decided what praise (+2) and criticism (-3) are worth.
    """
    office = open_office(
        folder,
        imap,
        smtp,
        effective="effective = 2023-05-01",
        praise_points="praise_points = 2",
        criticism_points="criticism_points = -3",
    )
    lines, name = [], ""
    for line in office.config.read_text(encoding="utf-8").split("\n"):
        mended = line
        if line.startswith("name = "):
            name = line.split('"')[1]
        if line.startswith(("short = ", "long = ")):
            mended = line.replace('"guess" }', '"guess", confirmed = true }')
        if line.startswith("addresses = []") and name in ADDRESSES:
            mended = line.replace("[]", f'["{ADDRESSES[name]}"]', 1)
        lines.append(mended)
    office.config.write_text("\n".join(lines), encoding="utf-8")
    return Month(office, imap, smtp)


def word(unit: str, day: int, title: str, body: str) -> Attached:
    """A signed draft as .docx."""
    tail = f"{unit}\n2023年5月{day}日\n{SIGNED}"
    return Attached(f"{title}.docx", word_file(title, body, tail))


def mornings(month: Month, first: int, last: int) -> Letter:
    """The office's letters of some mornings; the daily digest of the last one."""
    for day in range(first, last + 1):
        letters = month.at(day, "09:00")
    return only(letters, "【日报】")


def play(month: Month) -> None:
    """1 May to 1 June, with mail alone."""
    month.at(30, "18:00", 4)
    first_week(month)
    second_week(month)
    third_week(month)
    an_emergency(month)
    last_days(month)


def first_week(month: Month) -> None:
    """Two drafts, each adopted by a click in the morning's digest."""
    mornings(month, 1, 4)
    body = texts.SIDEWALK.replace("4月17日", "5月3日")
    month.send(ADDRESSES[TEAM], "直属一大队信息稿件", NOTE, word(TEAM, 4, SIDEWALK, body))
    month.at(4, "10:20")
    digest = mornings(month, 5, 5)
    month.click(digest, "采用·达州要情", row=SIDEWALK)
    month.confirm(month.at(5, "09:10"))
    body = texts.SEWER.replace("4月18日", "5月4日").replace("4月25日", "5月9日")
    body = body.replace("5月10日前", "5月20日前")
    month.send(ADDRESSES[SECTION], f"【信息】{SEWER}", NOTE, word(SECTION, 5, SEWER, body))
    month.at(5, "09:15")
    digest = mornings(month, 6, 6)
    month.click(digest, "采用·每周住建资讯", row=SEWER)
    month.confirm(month.at(6, "09:10"))
    month.at(6, "09:15")


def second_week(month: Month) -> None:
    """Longer drafts: several publications, a name two levels share, a 批示."""
    mornings(month, 7, 8)
    file = word(QU, 8, HOUSEKEEPER, texts.HOUSEKEEPER)
    month.send(ADDRESSES[QU], f"渠县住建局：{HOUSEKEEPER}", NOTE, file)
    month.at(8, "15:30")
    digest = mornings(month, 9, 9)
    month.click(digest, "采用·达州信息专报", row=HOUSEKEEPER)
    month.click(digest, "采用·其他", row=HOUSEKEEPER, fill="工作情况交流 专刊")
    month.confirm(month.at(9, "09:10"))
    month.send(OFFICE, "采用 #3 市委办公室工作情况交流 专刊", "")
    month.confirm(month.at(9, "09:15"))
    month.at(9, "09:20")
    mornings(month, 10, 10)
    file = word(XUANHAN, 10, WASTE, texts.WASTE)
    month.send(ADDRESSES[XUANHAN], "报送调研信息", NOTE, file)
    month.at(10, "11:15")
    digest = mornings(month, 11, 11)
    month.click(digest, "批示", row=WASTE, fill="市委主要领导")
    month.click(digest, "采用·要情专报", row=WASTE)
    month.confirm(month.at(11, "09:10"), 2)
    month.at(11, "09:15")
    body = texts.TOILET.replace("4月26日", "5月11日")
    month.send(ADDRESSES[DAZHU], f"Fw:{TOILET}", NOTE, word(DAZHU, 11, TOILET, body))
    month.at(11, "17:05")
    digest = mornings(month, 12, 12)
    month.click(digest, "采用·政务快讯", row=TOILET)
    month.confirm(month.at(12, "09:10"))
    month.at(12, "09:15")


def third_week(month: Month) -> None:
    """A zip of two, a mistake taken back, a commission, orders written into an answer."""
    mornings(month, 13, 15)
    files = (
        word(CLEANING, 15, ROADS, texts.SANITATION_A.replace("4月27日", "5月12日")),
        word(CLEANING, 15, CONTEST, texts.SANITATION_B.replace("4月26日", "5月13日")),
    )
    packed = Attached("环卫处信息.zip", archive(files), "application/zip")
    month.send(ADDRESSES[CLEANING], "环卫处本周信息两篇", NOTE, packed)
    month.at(15, "09:20")
    digest = mornings(month, 16, 16)
    month.click(digest, "采用·达州要情", row=ROADS)
    month.click(digest, "采用·政务快讯", row=ROADS)  # meant for the other one
    month.confirm(month.at(16, "09:10"), 2)
    answers = month.at(16, "09:15")
    wrong = next(letter for letter in answers if "政务快讯" in letter.text)
    month.reply(wrong, "撤销")
    month.click(digest, "采用·政务快讯", row=CONTEST)
    month.confirm(month.at(16, "09:20"), 2)
    month.send(OFFICE, "约稿 直属一大队 5月22日17时 餐饮门店燃气安全检查", "")
    month.confirm(month.at(16, "09:25"))
    month.at(16, "09:30")
    mornings(month, 17, 17)
    body = texts.COMPLAINTS.replace("4月28日", "5月16日")
    written = f"办公室：您好！\n\n{NOISE}\n{body}\n\n直属二大队\n2023年5月17日\n{SIGNED}"
    month.send(ADDRESSES[OTHER_TEAM], NOISE, written)
    month.at(17, "16:20")


def an_emergency(month: Month) -> None:
    """Reported in time, acknowledged by the officer on duty in one word, ended, credited."""
    body = texts.WALL.replace("4月25日6时10分", "5月18日6时10分")
    file = word(KAIJIANG, 18, WALL, body)
    month.send(ADDRESSES[KAIJIANG], WALL, "现将有关情况报告如下，详见附件。", file)
    alert = only(month.at(18, "06:32"), "【紧急】")
    month.reply(alert, "收到", DUTY)
    month.at(18, "06:36")
    digest = mornings(month, 18, 18)
    month.reply(digest, "采用 #8 达州要情 综合\n表扬 #8 数据翔实")
    month.confirm(month.at(18, "09:10"))
    month.at(18, "09:15")
    file = word(KAIJIANG, 18, WALL_END, WALL_END_TEXT)
    month.send(ADDRESSES[KAIJIANG], WALL_END, "终报见附件。", file)
    month.at(18, "09:40")
    digest = mornings(month, 19, 19)
    month.click(digest, "迅速首报加分", row=WALL)
    month.confirm(month.at(19, "09:10"))
    month.at(19, "09:15")


def last_days(month: Month) -> None:
    """The commissioned draft, criticism, a unit's question, the ledger, the notice."""
    mornings(month, 20, 22)
    month.send(ADDRESSES[TEAM], f"约稿：{GAS}", NOTE, word(TEAM, 22, GAS, GAS_TEXT))
    month.at(22, "14:00")
    digest = mornings(month, 23, 23)
    month.click(digest, "采用·达州要情", row=GAS)
    month.click(digest, "批示", row=GAS, fill="市政府领导")
    month.confirm(month.at(23, "09:10"), 2)
    month.send(OFFICE, "批评 万源市住建局 连续三周未报送", "")
    month.confirm(month.at(23, "09:15"))
    month.send(ADDRESSES[TEAM], "查询", "")
    month.at(23, "09:20")
    mornings(month, 24, 31)
    month.send(OFFICE, "台账 5月", "")
    month.at(31, "17:00")
    letters = month.at(1, "09:00", 6)
    month.click(only(letters, "【通报待审】"), "放行")
    month.confirm(month.at(1, "09:10", 6))
    month.at(1, "09:15", 6)
    month.at(1, "09:20", 6)  # a slow machine draws what is left of the board
