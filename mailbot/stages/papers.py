"""The office's papers: the notice (通报) held until it is released, the ledger (台账) by mail.

A notice goes to the office first, with the paper attached. Released, that very paper goes
to every unit with a cover letter of its own, once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from mailbot import log
from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.ports import Papers
from mailbot.records.letter_lines import Action
from mailbot.records.letters import Memo
from mailbot.records.notices import NoticeFigures, NoticeRow
from mailbot.rules.calendar import Window, local_day
from mailbot.rules.notices import notice_figures, span_of
from mailbot.rules.obligations import all_obligations
from mailbot.stages.acts import recorded
from mailbot.stages.beginnings import FIRST_STARTED
from mailbot.stages.ledger_book import ledger_book
from mailbot.stages.ledgers import gather
from mailbot.stages.orders_letters import Links
from mailbot.stages.periods import period_said
from mailbot.stages.post import Post
from mailbot.stages.scores import sheets_of
from store.unit_of_work import UnitOfWork

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PREFIX = "bulletin/"
_NUMBER_FORM = "通报-2023-04（月）或 通报-2023-Q2（季）"
_MOST_CHANGES = 6


def figures_of(uow: UnitOfWork, config: Config, window: Window, now: datetime) -> NoticeFigures:
    """The figures of a notice as the records stand.

    Raises:
        Refused: The period is no month or quarter, or has not ended.
    """
    if span_of(window) is None:
        raise Refused(f"通报按月或按季编写，请写成 {_NUMBER_FORM}")
    if window.end > now:
        raise Refused(f"{window.label}还没有结束，不能编写通报")
    notice = config.notice
    duties = all_obligations(notice, gather(uow, now), now, config.schedule, window.first)
    # What fell due before this system looked may have been delivered unseen: no reproach.
    started = uow.facts.get(FIRST_STARTED)
    since = datetime.fromisoformat(str(started)) if started else window.start
    duties = tuple(duty for duty in duties if duty.due is None or duty.due >= since)
    events = [event for event in uow.events.all() if window.start <= event.opened_at < window.end]
    first = {event.id: event.draft_ids[0] for event in events if event.draft_ids}
    known = {event: uow.drafts.get(draft) for event, draft in first.items()}
    judged = {event: draft.punctuality for event, draft in known.items() if draft is not None}
    called = {event.id for event in events if event.phoned_at is not None}
    return notice_figures(
        notice,
        window,
        drafts=uow.drafts.between(window.start, window.end),
        acts=recorded(uow),
        sheets=sheets_of(uow, config, window.last.year, window.last),
        duties=duties,
        events=events,
        late=frozenset(event for event, said in judged.items() if said == "超时"),
        unsure=frozenset(event for event, said in judged.items() if said == "时间待核") - called,
        office=config.office.name,
        written_on=local_day(now),
    )


# ---- the notice


def queue_bulletin(
    uow: UnitOfWork,
    config: Config,
    post: Post,
    papers: Papers,
    window: Window,
    *,
    now: datetime,
    again: bool = False,
) -> str:
    """Write the notice of a period and send it to the office for reading; its number.

    A second call does nothing; with `again` the paper is written anew from today's records,
    and that version is the one a release sends.

    Raises:
        Refused: See `figures_of`; released before; or the paper does not agree with its figures.
    """
    number = f"通报-{window.code}"
    known = uow.facts.get(_fact(window.code))
    if known is not None and not again:
        return number
    if known is not None and known["released"]:
        raise Refused(f"{number}已经放行，不能重写")
    figures = figures_of(uow, config, window, now)
    paper = papers.bulletin(figures)
    faults = papers.differences(paper, figures)
    if faults:
        log.alarm("bulletin_disagrees", number=window.code)
        raise Refused(f"{number}核对不通过：{'；'.join(faults[:3])}")
    version = 1 if known is None else int(known["version"]) + 1
    fact = {"version": version, "figures": _plain(figures), "released": ""}
    uow.facts.put(_fact(window.code), fact, now)
    post.queue(
        uow,
        _for_reading(
            config, figures, number, version, _release_link(uow, config, post, number, now)
        ),
        key=f"{PREFIX}{window.code}/v{version}",
        lane="report",
        to=config.office.addresses,
        now=now,
        attachments=((f"{figures.title}.docx", DOCX, paper),),
    )
    return number


def _release_link(
    uow: UnitOfWork, config: Config, post: Post, number: str, now: datetime
) -> tuple[Action, ...]:
    links = Links(uow, config, post.stamp, config.office.addresses, now)
    return (links.link("放行", f"放行 {number}", number),)


def _for_reading(
    config: Config,
    figures: NoticeFigures,
    number: str,
    version: int,
    actions: tuple[Action, ...],
) -> Memo:
    anew = "（重写）" if version > 1 else ""
    unsure = len(figures.unconfirmed)
    lines = [
        f"共报送稿件{figures.drafts}篇，采用{sum(figures.adopted)}篇次，批示{figures.instructed}件",
        f"表扬{len(figures.praised)}项，批评{len(figures.criticised)}项",
        f"零报送单位：{'、'.join(figures.zero_units) or '无'}",
    ]
    if unsure:
        lines.append(f"任务数口径未确认的{unsure}个单位不列综合得分和名次，也不点名")
    return Memo(
        title=f"【通报待审】{figures.title}{anew}（{number}）",
        intro="通报已按台账写好，见附件，文号请自行填写。审阅无误后放行，才会发给各单位。",
        lines=tuple(lines),
        actions=actions,
        closing=f"过期的，直接回复本邮件写“放行 {number}”，一样有效；放行前系统会再请您确认一次。"
        "数字有误的，请先更正稿件或采用登记，系统放行前会再核对一遍。",
        office=config.office.name,
    )


def release_bulletin(
    uow: UnitOfWork,
    config: Config,
    post: Post,
    papers: Papers,
    number: str,
    *,
    by: str,
    now: datetime,
    anyway: bool = False,
) -> str:
    """Send the notice the office read to every unit; what was done, in Chinese.

    `number`: 通报-2023-04; a trailing 仍放行 is `anyway`: records have changed since it was
    written and it goes out as it was read.

    Raises:
        Refused: No such notice, released before, records changed since, or the paper no longer
            agrees with its figures.
    """
    code, forced = _code(number, now)
    known = uow.facts.get(_fact(code))
    if known is None:
        raise Refused(f"没有待放行的通报-{code}。{_waiting(uow)}")
    if known["released"]:
        raise Refused(f"通报-{code}已于{known['released'][:10]}放行，没有重复发送")
    letter = uow.outbox.by_key(f"{PREFIX}{code}/v{known['version']}")
    if letter is None:
        raise Refused(f"通报-{code}的文件不在了，请重写：mailbot report bulletin --period {code}")
    name, kind, paper = uow.outbox.attachments(letter.id)[0]
    figures = figures_of(uow, config, period_said(code, now), now)
    changes = _changes(known["figures"], _plain(figures))
    if changes and not (forced or anyway):
        told = "；".join(changes[:_MOST_CHANGES])
        again = f"重写请用 mailbot report bulletin --period {code} --again"
        forcing = f"按原文发出请写“放行 通报-{code} 仍放行”"
        raise Refused(f"写好之后台账有变动（{told}），没有放行。{again}；{forcing}")
    if not changes and (faults := papers.differences(paper, _dated(figures, known))):
        raise Refused(f"通报-{code}核对不通过：{'；'.join(faults[:3])}")
    sent, missing = _to_units(uow, config, post, figures, (name, kind, paper), code=code, now=now)
    stamped = {**known, "released": now.isoformat()}
    uow.facts.put(_fact(code), stamped, now)
    detail: dict[str, object] = {"version": known["version"], "units": sent, "changed": changes}
    uow.acts.add(now, by, "bulletin-release", f"bulletin:{code}", detail)
    absent = f"；没有登记邮箱的单位请另行送达：{'、'.join(missing)}" if missing else ""
    return f"通报-{code}已放行，发给{sent}个单位{absent}"


def _to_units(
    uow: UnitOfWork,
    config: Config,
    post: Post,
    figures: NoticeFigures,
    paper: tuple[str, str, bytes],
    *,
    code: str,
    now: datetime,
) -> tuple[int, list[str]]:
    sent, missing = 0, []
    sizes = {group.name: len(group.rows) for group in figures.groups}
    for group in figures.groups:
        for row in group.rows:
            queued = post.queue(
                uow,
                _cover(config, figures, row, sizes[group.name]),
                key=f"{PREFIX}{code}/unit/{row.unit}",
                lane="report",
                to=config.notice.unit(row.unit).reminder_addresses,
                now=now,
                attachments=(paper,),
            )
            sent += queued is not None
            if queued is None:
                missing.append(row.unit)
    return sent, missing


def _cover(config: Config, figures: NoticeFigures, row: NoticeRow, of: int) -> Memo:
    """The unit's own figures alone: those of others stand in the notice."""
    lines = [
        f"本期报送：①类{row.short}篇，②类{row.long}篇",
        f"年初以来：①类{row.short_year}篇，②类{row.long_year}篇，采用{row.adopted_year}篇",
    ]
    if row.composite is not None:
        lines.append(f"年度综合得分{row.composite:g}分，组内第{row.rank}名（共{of}个单位）")
    lines.extend(f"到期未完成：{what}" for what in row.owed)
    return Memo(
        title=f"【通报】{figures.title}",
        intro=f"{row.unit}：现将{figures.label}信息宣传工作情况通报（见附件）发给你们。贵单位情况：",
        lines=tuple(lines),
        actions=(),
        closing="数字如有出入，请直接回复本邮件或与办公室联系。",
        office=config.office.name,
    )


def _code(number: str, now: datetime) -> tuple[str, bool]:
    words = number.split()
    forced = words[-1:] == ["仍放行"]
    plain = "".join(words[:-1] if forced else words)
    named = plain.removeprefix("通报").lstrip("-－—:： ")
    if not named:
        raise Refused(f"没有写哪一期通报，请写成 放行 {_NUMBER_FORM}")
    window = period_said(named, now)
    if span_of(window) is None:
        raise Refused(f"通报按月或按季编写，请写成 放行 {_NUMBER_FORM}")
    return window.code, forced


def _waiting(uow: UnitOfWork) -> str:
    names = [name for name in uow.facts.names(PREFIX) if not uow.facts.get(name)["released"]]
    codes = "、".join(f"通报-{name.removeprefix(PREFIX)}" for name in names)
    return f"待放行的有：{codes}" if codes else "目前没有待放行的通报"


def _fact(code: str) -> str:
    return f"{PREFIX}{code}"


def _plain(figures: NoticeFigures) -> Mapping[str, Any]:
    """Figures as they are kept: what JSON holds, without the day they were written down."""
    told = json.loads(json.dumps(asdict(figures), default=str))
    assert isinstance(told, dict)
    return told


def _dated(figures: NoticeFigures, known: Mapping[str, Any]) -> NoticeFigures:
    """Today's figures under the day the paper bears."""
    return replace(figures, written_on=date.fromisoformat(known["figures"]["written_on"]))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What a reader would find changed, in Chinese."""
    found = []
    names = {"drafts": "稿件", "instructed": "批示", "adopted": "采用", "emergencies": "突发事件"}
    names |= {"praised": "表扬", "criticised": "批评", "zero_units": "零报送单位"}
    for name, told in names.items():
        if before[name] != after[name]:
            found.append(f"{told}由{_shown(before[name])}变为{_shown(after[name])}")
    rows = {row["unit"]: row for group in before["groups"] for row in group["rows"]}
    now = {row["unit"]: row for group in after["groups"] for row in group["rows"]}
    found.extend(f"{unit}的数字" for unit, row in now.items() if rows.get(unit) != row)
    return found


def _shown(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        numbers = all(isinstance(one, int) for one in value)
        return str(sum(value)) if numbers else f"{len(value)}个"
    return str(value)


# ---- the ledger


def mail_ledger(
    uow: UnitOfWork,
    config: Config,
    post: Post,
    papers: Papers,
    words: str,
    *,
    to: str,
    key: str,
    now: datetime,
) -> str:
    """Mail the ledger of a period (4月, 2023年第二季度…) to one address of the office.

    Raises:
        Refused: The words are no period.
    """
    window = period_said(words or "本月", now, config.open_questions.week_starts_on)
    book = ledger_book(uow, config, window)
    count = len(book.sheets[0].rows)
    letter = Memo(
        title=f"【台账】{window.label}：稿件{count}篇",
        intro=f"{window.label}台账见附件。",
        lines=tuple(f"{sheet.name}：{len(sheet.rows)}行" for sheet in book.sheets),
        actions=(),
        closing="",
        office=config.office.name,
    )
    name = f"台账 {window.code}.xlsx"
    attached = ((name, XLSX, papers.ledger(book)),)
    post.queue(uow, letter, key=key, lane="answer", to=[to], now=now, attachments=attached)
    return f"{window.label}台账已发到您的邮箱（稿件{count}篇）"
