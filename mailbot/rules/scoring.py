"""The score sheet: quotas of annex 2, points of annex 1, praise and criticism (四（三）).

Points are never stored: they are computed from the acts under the rules of the
year, so that undoing an act or mending a rule needs no repair of figures.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailbot.config import ScheduleConfig
from mailbot.notice import Notice, Publication, Unit
from mailbot.records.ledger import Ledger
from mailbot.records.scores import ColumnScore, Move, ScoredAct, ScoreLine, ScoreSheet
from mailbot.rules.bodies import bodies_of
from mailbot.rules.calendar import DAY, chinese_day, midnight
from mailbot.rules.desk import open_desk
from mailbot.rules.publications import FORMS, Form, points_of
from mailbot.rules.quotas import is_unsure, quota_obligations

ANNEX_1, EMERGENCIES, ANNEX_2, CONDUCT = "附件1", "附件1（突发紧急事件）", "附件2", "四（三）"
DIRECT, UPWARD = "直接报送", "择优推荐上报"
_COLUMNS = (1, 2)
_RECORDERS = {"cli": "命令行"}
_SIGNS = "①②"


def rules_of(notice: Notice, year: int) -> Notice:
    """The notice with the scoring rules that were in force on the last day of a year."""
    last = date(year, 12, 31)
    older = [version for version in notice.scoring_versions if version.until >= last]
    if not older:
        return notice
    version = min(older, key=lambda one: one.until)
    parts = {name: getattr(notice, name) for name in Notice.model_fields}
    for name in ("publications", "assessment", "emergency", "units"):
        value = getattr(version, name)
        if value is not None:
            parts[name] = value
    return Notice.model_validate(parts)


def version_of(notice: Notice) -> str:
    """Short name of the scoring rules: eight hex digits over all that gives points."""
    emergency = notice.emergency
    parts = {
        "publications": [
            row.model_dump(mode="json", include={"level", "name", "points", "instruction"})
            for row in notice.publications
        ],
        "assessment": notice.assessment.model_dump(mode="json"),
        "emergency": [
            emergency.points_first_report,
            emergency.points_missed,
            emergency.points_criticised,
        ],
    }
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]


def score_sheets(
    notice: Notice,
    schedule: ScheduleConfig,
    ledger: Ledger,
    acts: Sequence[ScoredAct],
    *,
    year: int,
    until: date | None = None,
) -> tuple[ScoreSheet, ...]:
    """Every unit's sheet of a year, in the notice's order, ranked inside its group.

    `ledger` holds the drafts since the first week of the year, `acts` those in force of all
    years (只计首次 looks back). `until` is the last day to look at; quotas are then those of
    the periods begun by it.
    """
    rules = rules_of(notice, year)
    last = min(until or date(year, 12, 31), date(year, 12, 31))
    known = [act for act in acts if act.on <= last]
    tally = _submissions(rules, schedule, ledger, year, last)
    judged = _Judged(rules, version_of(rules), known, year)
    sheets = [_sheet(judged, unit, tally[unit.name]) for unit in rules.units]
    return tuple(_ranked(sheets))


def moves(before: Sequence[ScoreSheet], after: Sequence[ScoreSheet]) -> tuple[Move, ...]:
    """Who would move if the rules behind `after` replaced those behind `before`."""
    later = {sheet.unit: sheet for sheet in after}
    found = []
    for old in before:
        new = later.get(old.unit)
        if new is None:
            continue
        told = (old.points, old.composite, old.rank)
        if told != (new.points, new.composite, new.rank):
            found.append(
                Move(
                    old.unit,
                    old.group,
                    (old.points, new.points),
                    (old.composite, new.composite),
                    (old.rank, new.rank),
                )
            )
    return tuple(found)


# ---- submissions


@dataclass(slots=True)
class _Count:
    done: int = 0
    needed: int = 0


def _submissions(
    rules: Notice, schedule: ScheduleConfig, ledger: Ledger, year: int, last: date
) -> dict[str, dict[int, _Count]]:
    """Drafts and quotas of columns ① ② per unit; exempted periods ask nothing."""
    tally = {unit.name: {column: _Count() for column in _COLUMNS} for unit in rules.units}
    desk = open_desk(rules, schedule, ledger, midnight(last + DAY) - DAY, date(year, 1, 1))
    for duty in quota_obligations(desk):
        if duty.column in _COLUMNS and duty.period.startswith(f"{year}-"):
            count = tally[duty.unit][duty.column]
            count.done += duty.done
            count.needed += 0 if duty.state == "免除" else duty.needed
    return tally


# ---- acts


class _Judged:
    """The acts of a year under its rules, with what the policy makes of repeats."""

    def __init__(self, rules: Notice, version: str, acts: Sequence[ScoredAct], year: int) -> None:
        self.rules, self.version, self.year = rules, version, year
        self.rows = {(row.level, row.name): row for row in rules.publications}
        self.acts = sorted(acts, key=lambda act: (act.on, act.act))
        self._counting = self._policy()

    def of_unit(self, unit: str) -> list[ScoredAct]:
        """This year's acts that concern a unit."""
        return [act for act in self.acts if act.on.year == self.year and unit in act.units]

    def counts(self, act: ScoredAct) -> bool:
        """Whether an adoption earns its points under the policy for several publications."""
        return act.act in self._counting

    def worth(self, act: ScoredAct) -> float:
        """Points of annex 1 for an adoption, before policy and shares."""
        row = self.rows.get((act.level, act.publication))
        return points_of(row, _form(act)) if row is not None and act.form in FORMS else 0.0

    def row(self, act: ScoredAct) -> Publication | None:
        """The row of annex 1, None for channels without points."""
        return self.rows.get((act.level, act.publication))

    def share(self, act: ScoredAct) -> int:
        """How many ways the points are split: joint drafts by the office's setting."""
        return len(act.units) if self.rules.assessment.joint == "split" else 1

    def _policy(self) -> frozenset[int]:
        policy = self.rules.assessment.several_publications
        adopted = [act for act in self.acts if act.verb == "adopted"]
        if policy == "accumulate":
            return frozenset(act.act for act in adopted)
        best: dict[object, ScoredAct] = {}
        for act in adopted:
            item: object = act.item if act.item is not None else ("act", act.act)
            # 取最高 compares within a year: a closed year is not reopened by the next one.
            key = (item, act.on.year) if policy == "highest" else item
            known = best.get(key)
            better = policy == "highest" and known is not None
            if known is None or (better and self.worth(act) > self.worth(known)):
                best[key] = act
        return frozenset(act.act for act in best.values())


def _form(act: ScoredAct) -> Form:
    return "issue" if act.form == "issue" else "item" if act.form == "item" else "mention"


def _sheet(judged: _Judged, unit: Unit, tally: Mapping[int, _Count]) -> ScoreSheet:
    acts = judged.of_unit(unit.name)
    lines = tuple(_line(judged, act) for act in acts)
    adopted = _adopted(acts)
    quotas = {1: unit.short, 2: unit.long}
    bodies = bodies_of(unit, judged.rules.open_questions)
    columns = tuple(
        ColumnScore(
            column=column,
            submitted=tally[column].done,
            submit_quota=tally[column].needed,
            adopted=len(adopted[column]),
            adopt_quota=quotas[column].adopt_per_year * bodies,
            unconfirmed=is_unsure(quotas[column]),
        )
        for column in _COLUMNS
    )
    submitted = sum(column.submitted for column in columns)
    asked = sum(column.submit_quota for column in columns)
    taken = sum(column.adopted for column in columns)
    to_take = sum(column.adopt_quota for column in columns)
    base = _base(judged, (submitted, asked), (taken, to_take))
    points = round(sum(line.points for line in lines), 2)
    criticised = sum(act.verb == "criticised" for act in acts)
    return ScoreSheet(
        unit=unit.name,
        group=unit.group,
        year=judged.year,
        submitted=submitted,
        submit_quota=asked,
        adopted=taken,
        adopt_quota=to_take,
        columns=columns,
        base=base,
        lines=lines,
        points=points,
        composite=round(sum(line.points for line in base) + points, 2),
        disqualified=bool(criticised),
        praised=sum(act.verb == "praised" for act in acts),
        criticised=criticised,
        notes=_notes(judged.rules, columns),
    )


def _adopted(acts: Iterable[ScoredAct]) -> dict[int, set[object]]:
    """Adopted drafts per column: a draft that several publications took is one 篇."""
    found: dict[int, set[object]] = {column: set() for column in _COLUMNS}
    seen: set[object] = set()
    for act in acts:
        item: object = act.item if act.item is not None else ("act", act.act)
        if act.verb == "adopted" and act.column in _COLUMNS and item not in seen:
            seen.add(item)
            found[act.column].add(item)
    return found


def _base(
    judged: _Judged, submitted: tuple[int, int], adopted: tuple[int, int]
) -> tuple[ScoreLine, ScoreLine]:
    """Both rates (done, asked), each capped at 1, with the weights of the configuration."""
    rules = judged.rules.assessment

    def line(name: str, count: tuple[int, int], weight: float) -> ScoreLine:
        done, needed = count
        rate = min(1.0, done / needed) if needed else 1.0
        points = round(rules.pivot * weight * rate, 2)
        capped = "，超过按100%计" if needed and done > needed else ""
        because = f"{name}{done}/{needed}篇，完成率{rate:.1%}{capped}，权重{weight:g}"
        return ScoreLine(points, because, ANNEX_2, f"{judged.year}年台账", judged.version)

    return (
        line("报送", submitted, rules.submission_weight),
        line("采用", adopted, rules.adoption_weight),
    )


def _line(judged: _Judged, act: ScoredAct) -> ScoreLine:
    if act.verb == "adopted":
        return _adoption(judged, act)
    assessment, emergency = judged.rules.assessment, judged.rules.emergency
    if act.verb == "instructed":
        return _other(judged, act, _instruction(judged, act), f"{act.leader}批示", ANNEX_1)
    if act.verb == "emergency-credit":
        points = emergency.points_first_report
        return _other(judged, act, points, "突发事件迅速首报", EMERGENCIES)
    if act.verb == "emergency-blame":
        severe = act.fault == "通报批评"
        points = emergency.points_criticised if severe else emergency.points_missed
        told = "被市委、市政府通报批评" if severe else act.fault
        return _other(judged, act, points, f"突发事件信息{told}", EMERGENCIES)
    if act.verb == "praised":
        return _other(judged, act, assessment.praise_points, "通报表扬", CONDUCT)
    return _other(judged, act, assessment.criticism_points, "通报批评，取消评优评先资格", CONDUCT)


def _adoption(judged: _Judged, act: ScoredAct) -> ScoreLine:
    row, worth, ways = judged.row(act), judged.worth(act), judged.share(act)
    name = f"{act.level}《{act.publication}》"
    said = f"{_about(act)}被{name}{FORMS[_form(act)] if act.form else ''}采用"
    channel = ""
    if row is None:
        said += "，附件1没有分值"
        clause = "三"
    else:
        channel = DIRECT if row.direct else UPWARD
        clause = ANNEX_1
        said += f"，{channel}，{worth:g}分"
    if row is not None and not judged.counts(act):
        policy = judged.rules.assessment.several_publications
        said += "；一稿多刊" + ("取最高，本次不计" if policy == "highest" else "只计首次，本次不计")
        worth = 0.0
    elif ways > 1 and worth:
        said += f"；{ways}个单位联合报送，平分"
    points = round(worth / ways, 2)
    return ScoreLine(points, said, clause, _evidence(act), judged.version, channel, act.act)


def _instruction(judged: _Judged, act: ScoredAct) -> float:
    """Points of one 批示; of leaders whom several rows name, those of the row that carried it."""
    rows = [row for row in (judged.row(act),) if row is not None] or judged.rules.publications
    for row in (*rows, *judged.rules.publications):
        for rule in row.instruction:
            if rule.by == act.leader:
                return float(rule.points)
    return 0.0


def _other(judged: _Judged, act: ScoredAct, points: float, name: str, clause: str) -> ScoreLine:
    ways = judged.share(act)
    said = f"{name}：{_about(act)}" if _about(act) else name
    if ways > 1 and points:
        said += f"（{points:g}分，{ways}个单位平分）"
    return ScoreLine(
        round(points / ways, 2), said, clause, _evidence(act), judged.version, "", act.act
    )


def _about(act: ScoredAct) -> str:
    if act.draft_id is not None:
        return f"#{act.draft_id}《{act.what}》"
    return f"E{act.event_id} {act.what}".rstrip() if act.event_id is not None else act.what


def _evidence(act: ScoredAct) -> str:
    day = f"{act.on.year}年{chinese_day(act.on)}"
    told = f"，{act.evidence}" if act.evidence else ""
    return f"操作{act.act}，{day}{told}（{_RECORDERS.get(act.by, act.by)}录入）"


def _notes(rules: Notice, columns: Sequence[ColumnScore]) -> tuple[str, ...]:
    notes = ["③类报工作群，不计入报送率（附件2备注）"]
    unsure = "".join(_SIGNS[column.column - 1] for column in columns if column.unconfirmed)
    if unsure:
        notes.append(f"{unsure}类任务数口径待办公室确认，得分仅供参考")
    assessment = rules.assessment
    if not assessment.praise_points and not assessment.criticism_points:
        notes.append("表扬、批评的分值尚未设定（四（三）未写明），暂计0分")
    return tuple(notes)


def _ranked(sheets: Sequence[ScoreSheet]) -> Iterable[ScoreSheet]:
    for sheet in sheets:
        better = [
            one for one in sheets if one.group == sheet.group and one.composite > sheet.composite
        ]
        yield replace(sheet, rank=len(better) + 1)
