"""One letter of every kind, as units and the office get them; `python -m tests.letter_samples`
accepts their present rendering as golden files (read the diff first).
"""

# ruff: noqa: FBT003  rows of a sample read like the letter

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from mailbot.adapters.letters import LetterWriter
from mailbot.records.letter_lines import (
    Action,
    Answered,
    BoardCell,
    BoardGroup,
    BoardRow,
    CloudFile,
    DigestDraft,
    DigestEvent,
    DigestNote,
    DigestOverdue,
    DigestTrouble,
    FolderCount,
    Forecast,
    NotRead,
    Owed,
    Progress,
    ReceiptDraft,
)
from mailbot.records.letters import (
    Answer,
    DailyDigest,
    EmergencyAlert,
    EmergencyChase,
    Letter,
    Memo,
    OfficeList,
    Overview,
    Receipt,
    Reminder,
)
from mailbot.records.requests import Request
from mailbot.records.verdicts import Hint
from mailbot.resources import shipped

FOLDER = Path(__file__).parent / "golden" / "letters"
WRITER = LetterWriter(shipped("templates"))
OFFICE, MAILBOX, TELEPHONE = "市城管执法局办公室", "dzscgzfj@163.com", "0000-0000000"
NOW = datetime(2023, 4, 20, 0, 40, tzinfo=UTC)
HAPPENED = datetime(2023, 4, 20, 0, 22, tzinfo=UTC)
WEEK_END = datetime(2023, 4, 23, 16, 0, tzinfo=UTC)
DAY = date(2023, 4, 20)
ELEMENTS = ("时间", "地点", "经过", "性质", "伤亡", "损失", "措施", "趋势", "联系人", "签发")

_COUNTED = ReceiptDraft(
    number="#12",
    title="直属一大队开展占道经营集中整治行动",
    unit="直属一大队",
    kind="动态简讯",
    column="第①栏",
    words=364,
    words_total=402,
    words_cjk=331,
    approximate=False,
    counted=True,
    counted_because="已登记，计入第①栏",
    task="附件3第4项“群众不满意事整治（违建）”",
    missing=("签发", "联系方式"),
    hints=(Hint("叠字", "的的", "请核对是否多字"),),
    reading=("PDF 第 2 页是图片，未读取文字，请另发该页的文字稿。",),
)
_LATE = ReceiptDraft(
    number="#13",
    title="关于张家湾路口燃气管道被挖断的首报",
    unit="直属一大队",
    kind="动态简讯",
    column="第①栏",
    words=96,
    words_total=120,
    words_cjk=88,
    approximate=True,
    counted=True,
    counted_because="已登记，计入第①栏",
    length_note="",
    punctuality="事发至收到38分钟，超时（须30分钟内报送，二·一）",
    elements_missing=("损失", "联系人"),
    review=("写明的时间在收到邮件之后，请核实",),
)
_OVERDUE = Owed(
    "每周①类信息1篇", "2023年第16周（4月17日至4月23日）", 1, 0, WEEK_END, "逾期", 3, "附件2"
)
_SOON = Owed(
    "附件3第14项：内涝治理三年行动", "6月上旬（6月1日至6月10日）", 1, 0,
    datetime(2023, 6, 10, 16, 0, tzinfo=UTC), "临期", 2, "附件3第14项",
    "围绕城市内涝治理三年行动阶段成果宣传",
)  # fmt: skip
_PICTURES = Owed(
    "附件3第26项：常态宣传体系/宣传图集类", "2023年4月", 2, 0,
    datetime(2023, 4, 25, 16, 0, tzinfo=UTC), "逾期", 1, "附件3第26项",
    "拍摄高质量的宣传图片（附简短文字说明）", "张",
    "自4月20日起计任务，本期25天中计6天，折算2.40张，计2张。",
)  # fmt: skip
_GUESSED = Owed("每季度②类信息1篇", "2023年第二季度", 1, 0, WEEK_END, "待确认", 40, "附件2")
_UPWARD = Owed(
    "每周向市委办公室报送1条", "2023年第17周（4月24日至4月30日）", 1, 0,
    datetime(2023, 4, 30, 16, 0, tzinfo=UTC), "未到期", 6, "附件1备注",
)  # fmt: skip
_EVENT = DigestEvent("E3", "直属一大队", "张家湾路口燃气管道被挖断", NOW, "18分钟，按时", "处置中")


def _alert(**more: object) -> EmergencyAlert:
    values: dict[str, object] = {
        "event": "E3",
        "level": "alert",
        "repeat": 0,
        "unit": "直属一大队",
        "title": "关于张家湾路口燃气管道被挖断的首报",
        "hazard": "燃气泄漏",
        "stage": "首报",
        "received_at": NOW,
        "happened": "4月20日08:22",
        "minutes": 18,
        "elapsed": 1,
        "punctuality": "按时",
        "present": ("时间", "地点", "经过", "措施"),
        "missing": ("损失", "联系人"),
        "because": ("“燃气管道”“挖断”：燃气泄漏（+6 分）",),
        "excerpt": "4月20日8时22分，张家湾路口一施工单位挖断燃气管道，造成泄漏。",
        "sender": "zhishu1@dzcg.example",
        "next_steps": ("核实情况后按程序报告局领导", "督促每4小时续报一次，直到终报"),
        "acknowledge": "收到 #E3 校验码0123456789",
        "mailbox": MAILBOX,
        "office": OFFICE,
    }
    return EmergencyAlert(**{**values, **more})  # type: ignore[arg-type]


def _chase(kind: str, what: str, *, overdue: bool, to_office: bool = False) -> EmergencyChase:
    return EmergencyChase(
        event="E3",
        kind=kind,
        unit="直属一大队",
        title="张家湾路口燃气管道被挖断",
        what=what,
        opened_at=NOW,
        due=datetime(2023, 4, 20, 1, 10, tzinfo=UTC),
        overdue=overdue,
        elements=ELEMENTS,
        to_office=to_office,
        mailbox=MAILBOX,
        office=OFFICE,
        telephone=TELEPHONE,
    )


def _receipt(**more: object) -> Receipt:
    values: dict[str, object] = {
        "unit": "直属一大队",
        "subject": "信息稿件",
        "received_at": NOW,
        "drafts": (_COUNTED, _LATE),
        "unreadable": (NotRead("加密稿件.doc", "文件设有打开密码", "请取消密码后重新发送。"),),
        "cloud": (CloudFile("现场照片.zip", "1.2G", WEEK_END),),
        "images": 5,
        "progress": (Progress("本周第①栏", 2, 1), Progress("本季度第②栏", 0, 1)),
        "office": OFFICE,
        "telephone": TELEPHONE,
    }
    return Receipt(**{**values, **more})  # type: ignore[arg-type]


def _daily(**more: object) -> DailyDigest:
    line = DigestDraft("#12", NOW, "直属一大队", "占道经营整治", "动态简讯", 364, False, "")
    doubt = DigestDraft(
        "#14", NOW, "", "工作情况", "待审", 820, True, "", ("单位拿不准：正文提到两个单位",)
    )
    trouble = DigestTrouble("稿件.doc", "a@b.example", NOW, "文件设有打开密码")
    values: dict[str, object] = {
        "day": DAY,
        "start": datetime(2023, 4, 19, 0, 30, tzinfo=UTC),
        "end": datetime(2023, 4, 20, 0, 30, tzinfo=UTC),
        "late": False,
        "drafts": (line,),
        "review": (doubt,),
        "events": (_EVENT,),
        "overdue": (DigestOverdue("扬尘办", ("每周①类信息1篇，逾期3天",), 2, False),),
        "trouble": (trouble,),
        "expiring": (CloudFile("现场照片.zip", "1.2G", WEEK_END),),
        "folders": (FolderCount("INBOX", 10, 7, 2, 1, True), FolderCount("垃圾邮件", 3, 1, 1, 0, False)),
        "received": 5,
        "ignored": 2,
        "letters_sent": 4,
        "letters_waiting": 1,
        "notes": ("磁盘只剩300MB，请清理",),
        "office": OFFICE,
        "said": (DigestNote("环卫处", "回复：【回执】环卫处工作（#2）", NOW),),
    }  # fmt: skip
    return DailyDigest(**{**values, **more})  # type: ignore[arg-type]


_NOTHING: dict[str, object] = dict.fromkeys(
    ("drafts", "review", "events", "overdue", "trouble", "expiring", "notes"), ()
)
_ROWS = (
    BoardRow("通川区住建局", BoardCell(1, 1), BoardCell(0, 1, unsure=True)),
    BoardRow("扬尘办", BoardCell(0, 0, exempt=True), BoardCell(0, 0)),
)
SAMPLES: dict[str, Letter] = {
    "receipt": _receipt(),
    "receipt-one-draft": _receipt(drafts=(_COUNTED,), unreadable=(), cloud=(), images=0, progress=()),
    "receipt-nothing-read": _receipt(unit="", drafts=(), cloud=(), images=0, progress=(), telephone=""),
    "emergency": _alert(),
    "emergency-suspected-third-reminder": _alert(
        level="review", repeat=3, happened="待核", minutes=None, punctuality="时间待核", elapsed=31,
    ),
    "emergency-acknowledged-and-still-open": _alert(
        repeat=1, elapsed=4855, because=(), acknowledged=datetime(2023, 4, 20, 0, 50, tzinfo=UTC)
    ),
    "emergency-phoned-in": _alert(
        happened="待核", minutes=None, punctuality="不适用", present=(), missing=(), because=(),
        excerpt="", sender="", stage="",
    ),
    "reminder": Reminder(
        "直属一大队", ("王某",), (_OVERDUE,), (_SOON,), (_GUESSED,), 3, True, DAY, MAILBOX, OFFICE,
        TELEPHONE, copied=True,
    ),
    "reminder-of-pictures": Reminder(
        "直属二大队", (), (_PICTURES,), (), (), 2, False, DAY, MAILBOX, OFFICE, "", pictures=True,
    ),
    "reminder-without-second-address": Reminder(
        "扬尘办", (), (_OVERDUE,), (), (), 3, True, DAY, MAILBOX, OFFICE, "",
    ),
    "reminder-before-the-date": Reminder(
        "直属一大队", (), (), (_SOON,), (), 0, False, DAY, MAILBOX, OFFICE, "",
    ),
    "chase": _chase("emergency_reminder", "登记已15分钟，书面报告尚未收到。", overdue=False),
    "chase-follow-up": _chase("followup", "上次报告已过4小时，请续报。", overdue=True),
    "chase-to-the-office": _chase("followup", "上次报告已过4小时。", overdue=True, to_office=True),
    "chase-written-overdue": _chase("written_overdue", "电话报告后书面首报逾期。", overdue=True),
    "chase-missed": _chase("missed_candidate", "书面报告至今没有收到。", overdue=True),
    "office-list": OfficeList(DAY, "以下单位没有登记邮箱。", (("扬尘办", _OVERDUE),), OFFICE),
    "daily": _daily(),
    "daily-nothing-new": _daily(**_NOTHING, received=0, ignored=0, late=True),
    "daily-all-is-well": _daily(notes=(), folders=(FolderCount("INBOX", 10, 7, 2, 1, True),)),
    "overview-weekly": Overview(
        "weekly", "2023年第16周（4月17日至4月23日）", False, 12, (("动态简讯", 10), ("经验做法", 2)),
        (BoardGroup("县（市、区）信息源", _ROWS),),
        (Forecast("扬尘办", "4月第①栏", 2, WEEK_END),), (_SOON,), (_EVENT,), ("扬尘办",),
        ("节假日安排尚未公布，暂按周末推算",), OFFICE, (_UPWARD,), True,
    ),
    "overview-monthly-empty": Overview(
        "monthly", "2023年4月", True, 0, (), (), (), (), (), (), (), OFFICE,
    ),
    "answer": Answer(
        (Answered("收到 #E3", True, "已确认"), Answered("撤稿 #99", False, "没有这篇稿件")), OFFICE,
    ),
}  # fmt: skip
_UNDO = Action("撤销", "撤销 操作5 凭证9-0123456789abcdef0123", MAILBOX)
SAMPLES["answer-that-can-be-undone"] = Answer(
    (Answered("采用 #12 达州要情 单条", True, "已登记（操作 5）"),), OFFICE, (_UNDO,), undoable=True
)
_ADOPT = Action("采用·达州要情", "采用 #12 达州要情 单条 凭证7-0123456789abcdef0123", MAILBOX)
SAMPLES["daily-with-links"] = _daily(
    drafts=(
        DigestDraft(
            "#12", NOW, "直属一大队", "占道经营整治", "动态简讯", 364, False, "", actions=(_ADOPT,)
        ),
    ),
    events=(
        replace(
            _EVENT, actions=(Action("确认收到", "收到 #E3 凭证8-0123456789abcdef0123", MAILBOX),)
        ),
    ),
    ordering=True,
)
SAMPLES["chase-missed-with-links"] = replace(
    _chase("missed_candidate", "书面报告至今没有收到。", overdue=True),
    actions=(Action("按漏报扣分", "扣分 #E3 漏报 凭证9-0123456789abcdef0123", MAILBOX),),
)
SAMPLES["memo"] = Memo(
    "【请确认】采用 #12 达州要情 单条",
    "请在09:10前确认以下1项：",
    ("#12《占道经营整治》被《达州要情》单条采用，2分",),
    (Action("确认办理", "确认 凭证7-0123456789abcdef0123", MAILBOX),),
    "直接回复本邮件，写“确认”即可。",
    OFFICE,
    "凭证7-0123456789abcdef0123",
)
SAMPLES["memo-to-a-unit"] = Memo(
    "【退回】《占道经营整治》",
    "贵单位4月19日报送的稿件已退回：",
    ("原因：数据有误",),
    (),
    "",
    OFFICE,
)
_ASKED = {
    "unit": "扬尘办", "topic": "扬尘治理经验", "due": WEEK_END, "mailbox": MAILBOX,
    "office": OFFICE, "telephone": TELEPHONE,
}  # fmt: skip
SAMPLES["request"] = Request(kind="约稿", held_on=None, **_ASKED)  # type: ignore[arg-type]
SAMPLES["request-activity"] = Request(kind="活动信息", held_on=DAY, **_ASKED)  # type: ignore[arg-type]


def rendered(name: str) -> dict[str, str]:
    """Golden file name → contents of one sample."""
    letter = WRITER.render(SAMPLES[name])
    return {f"{name}.txt": f"{letter.subject}\n\n{letter.text}", f"{name}.html": letter.html}


def accept() -> None:
    """Write the present rendering as the expected one; files of no sample go."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = {file: text for name in SAMPLES for file, text in rendered(name).items()}
    for path in FOLDER.iterdir():
        if path.name not in wanted:
            path.unlink()
    for file, text in wanted.items():
        (FOLDER / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    accept()
