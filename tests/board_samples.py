"""A board to look at: the shipped units, half a year of drafts, emergencies, hostile titles."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mailbot.config import Config
from mailbot.config_files import load
from mailbot.records.ledger import Ledger
from mailbot.records.scores import ScoredAct
from mailbot.reports.board import BoardWriter, Drawn
from mailbot.reports.board_facts import Facts, facts_of
from mailbot.resources import shipped
from mailbot.rules.obligations import all_obligations
from store.records import CommissionRecord, DraftRecord, EventRecord

NOW = datetime(2023, 6, 15, 1, 5, tzinfo=UTC)
START = datetime(2023, 4, 20, 1, 0, tzinfo=UTC)
CONFIG = load(shipped("config.toml"))
BODY = "正文内容不上看板，机密"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "</td></tr></table><h1>伪造</h1>",
    "{{ 7*191 }}{% raw %}",
    "javascript:alert(1)",
    "&lt;b&gt;&amp;&#39;",
    "</title><style>*{display:none}</style>",
    "</script><script>alert(2)</script>",
    "甲\r\n\r\n乙\u2028丙\u202e丁\x00戊\ud800",
    "<!-- 注释 -->",
    "长" * 3000,
)
PRIVATE = (
    "请联系0818-2345678",
    "手机13800138000",
    "邮箱a.b@dzcg.example",
    "身份证51300219800101123X",
    "直拨2345678转",
)
_TITLES = (
    "开展占道经营集中整治",
    "市政设施春季巡查养护",
    "推进垃圾分类进社区",
    "防汛应急演练圆满完成",
)


def draft(number: int, **more: object) -> DraftRecord:
    """A draft of the sample office."""
    unit = CONFIG.units[number % len(CONFIG.units)].name
    long = number % 6 == 0
    values: dict[str, object] = {
        "received_at": START + timedelta(hours=5 * number),
        "unit": unit,
        "title": f"{unit}{_TITLES[number % 4]}",
        "kind": "经验做法" if long else "动态简讯",
        "column": 2 if long else 1,
        "words": 1200 if long else 360,
        "words_total": 1300,
        "words_cjk": 1000,
        "text": BODY,
    }
    return DraftRecord(number, number, 1, **{**values, **more})  # type: ignore[arg-type]


def _drafts() -> tuple[DraftRecord, ...]:
    plain = [draft(number) for number in range(1, 200)]
    plain[3] = draft(4, needs_review=("单位待核",), unit="")
    plain[5] = draft(6, state="not_counted", same_item_as=1)
    plain[7] = draft(8, emergency="alert", late=True, punctuality="超时", minutes_to_report=52)
    plain[9] = draft(10, joint=("市政管理科", "市政工程处"))
    odd = [draft(200 + n, title=title) for n, title in enumerate((*HOSTILE, *PRIVATE))]
    odd.append(draft(300, kind="非稿件", title="节日问候"))
    return tuple(sorted((*plain, *odd), key=lambda one: one.received_at))


def _events() -> tuple[EventRecord, ...]:
    first = EventRecord(
        1, "市政管理科", "张家湾路口燃气管道被挖断", "燃气", "alert", "open", START, "mail",
        draft_ids=(8,),
    )  # fmt: skip
    second = EventRecord(
        2, "", HOSTILE[0], "道路", "review", "closed", START + timedelta(days=9), "cli",
        acknowledged_at=START + timedelta(days=9, minutes=5),
    )  # fmt: skip
    return (first, second)


LEDGER = Ledger(
    drafts=_drafts(),
    events=_events(),
    commissions=(
        CommissionRecord(1, "督查考核科", f"夏季攻坚 {PRIVATE[1]}", START, NOW - timedelta(days=2)),
    ),
)
ACTS = (
    ScoredAct(
        1, "adopted", ("市政管理科",), date(2023, 5, 4), "office@example.com", "市政工作",
        draft_id=1, item=1, column=1, level="市委办公室", publication="达州要情", form="item",
        evidence=PRIVATE[2],
    ),
)  # fmt: skip


def facts(
    config: Config = CONFIG,
    ledger: Ledger = LEDGER,
    now: datetime = NOW,
    acts: tuple[ScoredAct, ...] = ACTS,
) -> Facts:
    """What the sample board shows."""
    duties = all_obligations(config.notice, ledger, now, config.schedule)
    return facts_of(config, ledger, acts, duties, now)


def written(folder: Path, config: Config = CONFIG) -> Drawn:
    """The sample board in a folder."""
    return BoardWriter(shipped("templates")).write(folder, facts(config))
