"""The notice (通报): figures worked out by hand, an official paper, held until it is released once."""

import subprocess
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from duty_samples import at, draft
from office_samples import CONFIG, OFFICE, POST, deliver, emergency, opened, watching
from servers.daemon import program

from mailbot.errors import Refused
from mailbot.records.notices import NoticeFigures
from mailbot.reports.papers import OfficePapers
from mailbot.rules.calendar import period_of
from mailbot.rules.notices import level_of
from mailbot.stages.acts import Entry, adopt, commend, instruct
from mailbot.stages.papers import DOCX, figures_of, queue_bulletin, release_bulletin
from mailbot.stages.undoing import undo
from store.records import EventRecord, OutboxRecord
from store.unit_of_work import Store

APRIL = period_of("month", date(2023, 4, 1))
WRITTEN = at("2023-05-04 08:30")
PAPERS = OfficePapers()
TEAM, COUNTY = "直属一大队", "渠县住建局"


@pytest.fixture
def store(tmp_path: Path):
    """April 2023: seven drafts, three adoptions, one 批示, praise, criticism, a late emergency."""
    with opened(tmp_path) as store:
        for number, (unit, received, more) in enumerate(
            (
                (TEAM, "2023-04-20 09:00", {}),
                (TEAM, "2023-04-26 09:00", {}),
                (TEAM, "2023-04-27 09:00", {"kind": "经验做法", "column": 2}),
                (COUNTY, "2023-04-21 09:00", {"kind": "问题反映", "column": 2}),
                ("", "2023-04-22 09:00", {"joint": (TEAM, COUNTY)}),
                (TEAM, "2023-04-28 09:00", {"state": "withdrawn"}),
                (TEAM, "2023-05-01 00:00", {}),  # May begins
            ),
            1,
        ):
            unit_of = more.get("joint", (unit,))[0]  # type: ignore[index]
            deliver(store, draft(number, unit or unit_of, received, **more))
        late = draft(8, TEAM, "2023-04-25 10:00", emergency="alert", punctuality="超时")
        reported = deliver(store, late)
        emergency(store, EventRecord(
            0, TEAM, "围墙坍塌", "坍塌", "alert", "closed", at("2023-04-25 10:00"), "mail",
            written_at=at("2023-04-25 10:00"), draft_ids=(reported,),
        ))  # fmt: skip
        with store.work() as uow:
            entry = Entry("clerk", at("2023-04-28 10:00"), date(2023, 4, 28))
            adopt(uow, CONFIG, entry, drafts=[1], publication="达州要情", form="单条")
            adopt(uow, CONFIG, entry, drafts=[1], publication="达州日报")
            adopt(uow, CONFIG, entry, drafts=[5], publication="政务晨训")
            instruct(uow, CONFIG, entry, draft_id=4, leader="市委主要领导")
            commend(uow, CONFIG, entry, good=True, target="#4", because="数据翔实")
            commend(uow, CONFIG, entry, good=False, target=TEAM, because="错字较多")
            uow.commit()
        yield store


def figures(store: Store) -> NoticeFigures:
    with store.look() as uow:
        return figures_of(uow, CONFIG, APRIL, WRITTEN)


def queued(store: Store, number: str = "", **more: bool) -> str:
    with store.work() as uow:
        said = (
            release_bulletin(uow, CONFIG, POST, PAPERS, number, by=OFFICE, now=WRITTEN, **more)
            if number
            else queue_bulletin(uow, CONFIG, POST, PAPERS, APRIL, now=WRITTEN, **more)
        )
        uow.commit()
    return said


def letters(store: Store, prefix: str = "bulletin/") -> list[OutboxRecord]:
    with store.look() as uow:
        found = reversed(uow.outbox.listing(limit=1000))
        return [one for one in found if one.key.startswith(prefix)]


def attached(store: Store, letter: OutboxRecord) -> tuple[str, str, bytes]:
    with store.look() as uow:
        (found,) = uow.outbox.attachments(letter.id)
    return found


# --- figures


@pytest.mark.parametrize(
    ("phoned", "counts", "said"),
    [
        pytest.param(None, (2, 0, 1), "按时首报0起、超时1起、待核1起。", id="nobody-can-tell"),
        pytest.param("2023-04-26 09:50", (2, 1, 1), "按时首报1起、超时1起。", id="phoned-in"),
    ],
)
def test_an_emergency_whose_time_is_unknown_is_never_in_time(
    store: Store, phoned: str | None, counts: tuple[int, int, int], said: str
) -> None:
    came = at("2023-04-26 10:00")
    vague = draft(9, TEAM, "2023-04-26 10:00", emergency="alert", punctuality="时间待核")
    told = (deliver(store, vague),)
    by_phone = at(phoned) if phoned else None
    emergency(store, EventRecord(
        0, TEAM, "燃气泄漏", "燃气泄漏", "alert", "open", came, "mail",
        written_at=came, phoned_at=by_phone, draft_ids=told,
    ))  # fmt: skip
    found = figures(store)

    assert found.emergencies == counts
    text = "\n".join(p.text for p in Document(BytesIO(PAPERS.bulletin(found))).paragraphs)
    assert said in text


def test_the_figures_of_a_month(store: Store) -> None:
    found = figures(store)

    assert found.drafts == 6, "five and the emergency; withdrawn and May left out"
    assert found.shares == 7, "the joint one stands with both units"
    assert found.by_kind == (("动态简讯", 4), ("经验做法", 1), ("问题反映", 1))
    assert found.adopted == (0, 2, 1, 1), "政务晨训 twice for a joint draft, 达州要情, 达州日报"
    assert found.instructed == 1
    assert found.emergencies == (1, 0, 1)
    assert [(one.unit, one.because) for one in found.praised] == [(COUNTY, "《第4篇》数据翔实")]
    assert [(one.unit, one.because) for one in found.criticised] == [(TEAM, "错字较多")]


def test_the_row_of_a_unit(store: Store) -> None:
    (row,) = [row for row in figures(store).rows if row.unit == TEAM]

    assert (row.short, row.long, row.total) == (4, 1, 5), "three news, the joint one; one long"
    assert row.adopted == (0, 1, 1, 1)
    assert row.adopted_year == 2, "drafts 1 and 5, however many publications took them"
    assert row.composite is None, "its quota of ② is only guessed"
    assert row.rank is None


def test_a_guess_is_no_reproach(store: Store) -> None:
    found = figures(store)
    told = {what for row in found.rows for what in row.owed}

    assert TEAM in found.unconfirmed
    assert told, "weekly drafts of ① that did not come are named"
    assert not any("②" in what for what in told), "quotas of ② are guessed or not due"
    assert TEAM not in found.zero_units
    assert COUNTY not in found.zero_units
    assert "市容环卫科" in found.zero_units


def test_a_confirmed_guess_is_one_no_more(store: Store) -> None:
    """扬尘办's quota is guessed from a damaged table; the office may have confirmed it."""
    units = tuple(
        unit.model_copy(update={"short": unit.short.model_copy(update={"confirmed": True})})
        if unit.name == "扬尘办"
        else unit
        for unit in CONFIG.units
    )
    changed = CONFIG.model_copy(update={"units": units})
    changed.__dict__.pop("notice", None)
    with store.look() as uow:
        silent = figures_of(uow, changed, APRIL, WRITTEN).zero_units
    assert "扬尘办" in silent
    assert "扬尘办" not in figures(store).zero_units


def test_what_fell_due_before_the_system_looked_is_nobodys_fault(store: Store) -> None:
    with store.work() as uow:
        uow.facts.put("first_started", at("2023-05-02 08:00").isoformat(), WRITTEN)
        uow.commit()
    found = figures(store)
    assert found.zero_units == ()
    assert not any(row.owed for row in found.rows)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        pytest.param("国务院办公厅", 0, id="state-council"),
        pytest.param("中办", 0, id="central-office"),
        pytest.param("省政府办公厅", 1, id="province"),
        pytest.param("省住建厅办公室", 1, id="department-of-the-province"),
        pytest.param("市委办公室", 2, id="city"),
        pytest.param("工作简报", 3, id="briefing"),
        pytest.param("新闻媒体", 3, id="media"),
    ],
)
def test_levels(name: str, level: int) -> None:
    assert level_of(name) == level


@pytest.mark.parametrize(
    ("window", "because"),
    [
        pytest.param(period_of("week", date(2023, 4, 24)), "按月或按季", id="a-week"),
        pytest.param(period_of("month", date(2023, 5, 1)), "还没有结束", id="not-over"),
    ],
)
def test_no_notice_of_other_periods(store: Store, window: object, because: str) -> None:
    with store.look() as uow, pytest.raises(Refused, match=because):
        figures_of(uow, CONFIG, window, WRITTEN)  # type: ignore[arg-type]


# --- the paper


def test_the_paper_has_the_layout_of_official_documents(store: Store) -> None:
    paper = Document(BytesIO(PAPERS.bulletin(figures(store))))

    first = paper.sections[0]
    lengths = (
        first.page_width, first.page_height,
        first.top_margin, first.bottom_margin, first.left_margin, first.right_margin,
    )  # fmt: skip
    whole = [round(length / Mm(1)) for length in lengths if length is not None]
    assert whole == [210, 297, 37, 35, 28, 26], "Word rounds to a twentieth of a point"
    assert paper.settings.odd_and_even_pages_header_footer
    text = [paragraph.text for paragraph in paper.paragraphs]
    assert text[0] == "关于2023年4月信息宣传工作情况的通报"
    assert text[1] == "达市城管发〔2023〕　　号", "the number is left to the office"
    assert (
        "2023年4月，各单位共报送稿件6篇，其中动态简讯4篇、经验做法1篇、问题反映1篇（联合报送稿件按单位分别统计，合计7篇次）。"
        in text
    )
    assert "市城管执法局办公室" in text
    assert "2023年5月4日" in text
    fonts = {run.font.name for paragraph in paper.paragraphs for run in paragraph.runs}
    assert fonts == {"方正小标宋简体", "仿宋_GB2312", "黑体"}
    table = paper.tables[0]
    head, under = (row._tr.trPr.findall(qn("w:tblHeader")) for row in table.rows[:2])
    assert head
    assert under
    assert all(row._tr.trPr.findall(qn("w:cantSplit")) for row in table.rows)
    assert "PAGE" in first.footer._element.xml


@pytest.mark.parametrize(
    ("office", "indents"),
    [
        # The date is "2023年5月4日": 6 signs wide, 4 signs from the right.
        pytest.param("市城管执法局办公室", (2.5, 4), id="centred-above-the-date"),
        pytest.param("达州市城市管理行政执法局办公室", (0, 4.5), id="too-long-to-be-centred"),
    ],
)
def test_the_signature_stands_over_the_date(
    store: Store, office: str, indents: tuple[float, float]
) -> None:
    paper = Document(BytesIO(PAPERS.bulletin(replace(figures(store), office=office))))
    (at,) = (n for n, paragraph in enumerate(paper.paragraphs) if paragraph.text == office)
    signed = paper.paragraphs[at : at + 2]
    found = [one.paragraph_format.right_indent for one in signed]
    assert [length.pt / 16 for length in found if length is not None] == list(indents)


def test_a_long_title_is_broken_by_its_sense(store: Store) -> None:
    quarter = replace(figures(store), label="2023年第二季度")
    paper = PAPERS.bulletin(quarter)
    text = Document(BytesIO(paper)).paragraphs[0].text
    assert text == "关于2023年第二季度\n信息宣传工作情况的通报"
    assert PAPERS.differences(paper, quarter) == ()


def test_its_text_reads_like_an_official_paper(store: Store) -> None:
    paper = Document(BytesIO(PAPERS.bulletin(figures(store))))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "按照达市城管发〔2023〕75号文件关于定期通报的要求" in text
    assert "采用4篇次，其中省级2篇次、市级1篇次、其他1篇次" in text, "no level without any"
    assert "（四（" not in text, "clauses are for the office, not for a paper"
    assert "情况表（重点信息源·县市区）" in text, "no brackets inside brackets"


def test_a_written_paper_agrees_with_its_figures(store: Store) -> None:
    found = figures(store)
    assert PAPERS.differences(PAPERS.bulletin(found), found) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("稿件6篇", "稿件8篇", id="a-total-in-the-text"),
        pytest.param("采用4篇次", "采用5篇次", id="adoptions-in-the-text"),
        pytest.param("超时1起", "超时0起", id="emergencies"),
        pytest.param("错字较多", "错字很多", id="a-reason"),
    ],
)
def test_a_paper_that_was_tampered_with_is_found(store: Store, old: str, new: str) -> None:
    found = figures(store)
    paper = Document(BytesIO(PAPERS.bulletin(found)))
    for paragraph in paper.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace(old, new)
    sink = BytesIO()
    paper.save(sink)
    assert PAPERS.differences(sink.getvalue(), found)


def test_a_changed_cell_is_found_by_its_row_and_by_the_sums(store: Store) -> None:
    found = figures(store)
    paper = Document(BytesIO(PAPERS.bulletin(found)))
    row = next(r for t in paper.tables for r in t.rows if r.cells[1].text == TEAM)
    row.cells[2].paragraphs[0].runs[0].text = "9"
    sink = BytesIO()
    paper.save(sink)
    told = "；".join(PAPERS.differences(sink.getvalue(), found))
    assert TEAM in told
    assert "合计" in told


def test_the_paper_opens_in_an_office_program(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "notice.docx"
    path.write_bytes(PAPERS.bulletin(figures(store)))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [program("soffice", "libreoffice-writer-nogui"), profile, "--headless"]
    subprocess.run(
        [*command, "--convert-to", "txt:Text (encoded):UTF8", "--outdir", tmp_path, path],
        check=True, capture_output=True, timeout=110,
    )  # fmt: skip
    text = (tmp_path / "notice.txt").read_text(encoding="utf-8")
    assert "各单位共报送稿件6篇" in text
    assert "附件3" in text


# --- held, released, once


def test_the_office_reads_it_first(store: Store) -> None:
    assert queued(store) == "通报-2023-04"
    queued(store)

    (letter,) = letters(store)
    assert letter.to == (OFFICE,)
    assert "通报-2023-04" in letter.subject
    assert "放行 通报-2023-04" in letter.text
    name, kind, paper = attached(store, letter)
    assert (name, kind) == ("关于2023年4月信息宣传工作情况的通报.docx", DOCX)
    assert PAPERS.differences(paper, figures(store)) == ()


def test_released_it_goes_to_every_unit_once(store: Store) -> None:
    queued(store)
    paper = attached(store, letters(store)[0])

    assert queued(store, "通报-2023-04") == "通报-2023-04已放行，发给30个单位"
    with pytest.raises(Refused, match="已于2023-05-04放行"):
        queued(store, "通报-2023-04")

    covers = letters(store, "bulletin/2023-04/unit/")
    assert len(covers) == 30
    assert len({letter.to for letter in covers}) == 30
    assert all(attached(store, letter) == paper for letter in covers)
    (own,) = [letter for letter in covers if letter.key.endswith(TEAM)]
    assert "①类4篇，②类1篇" in own.text
    assert COUNTY not in own.text, "the figures of others stand in the notice alone"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("通报-2023-04", id="as-printed"),
        pytest.param("2023-04", id="bare"),
        pytest.param("通报 2023年4月", id="in-words"),
        pytest.param("4月", id="without-a-year"),
    ],
)
def test_the_number_as_a_clerk_writes_it(store: Store, said: str) -> None:
    queued(store)
    assert "已放行" in queued(store, said)


@pytest.mark.parametrize(
    ("said", "because"),
    [
        pytest.param("通报-2023-03", "待放行的有：通报-2023-04", id="another-month"),
        pytest.param("通报-2023-W17", "按月或按季", id="a-week"),
        pytest.param("通报", "没有写哪一期", id="nothing"),
        pytest.param("四月份的", "看不懂", id="noise"),
    ],
)
def test_anything_else_releases_nothing(store: Store, said: str, because: str) -> None:
    queued(store)
    with pytest.raises(Refused, match=because):
        queued(store, said)
    assert len(letters(store)) == 1


def test_records_that_changed_since_hold_it_back(store: Store) -> None:
    queued(store)
    with store.work() as uow:
        undo(uow, 1, "clerk", WRITTEN)
        uow.commit()

    with pytest.raises(Refused, match=r"采用由4变为3.*仍放行"):
        queued(store, "通报-2023-04")
    assert len(letters(store)) == 1
    assert "已放行" in queued(store, "通报-2023-04 仍放行")


def test_written_again_the_new_paper_is_the_one_released(store: Store) -> None:
    queued(store)
    with store.work() as uow:
        undo(uow, 1, "clerk", WRITTEN)
        uow.commit()
    queued(store, again=True)

    first, second = letters(store)
    assert "重写" in second.subject
    assert "已放行" in queued(store, "通报-2023-04")
    assert attached(store, letters(store, "bulletin/2023-04/unit/")[0]) == attached(store, second)
    assert attached(store, first) != attached(store, second)


def test_a_unit_without_an_address_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    mute = tuple(
        unit.model_copy(update={"reminders_to": (), "addresses": ()}) if unit.name == TEAM else unit
        for unit in CONFIG.units
    )
    parts = {name: getattr(CONFIG.notice, name) for name in type(CONFIG.notice).model_fields}
    notice = type(CONFIG.notice).model_validate({**parts, "units": mute})
    config = CONFIG.model_copy(update={"notice": notice, "units": mute})
    monkeypatch.setitem(globals(), "CONFIG", config)
    queued(store)
    assert queued(store, "通报-2023-04").endswith(f"请另行送达：{TEAM}")


def test_watching_writes_it_when_the_month_has_ended(store: Store) -> None:
    stage = replace(watching(store), papers=PAPERS)
    stage.watch(at("2023-04-30 23:00"))
    assert letters(store) == []

    stage.watch(at("2023-05-04 08:30"))  # the first working day after the holidays
    stage.watch(at("2023-05-04 09:30"))
    assert [letter.key for letter in letters(store)] == ["bulletin/2023-04/v1"]


def test_a_run_that_was_missed_is_caught_up(store: Store) -> None:
    replace(watching(store), papers=PAPERS).watch(at("2023-05-09 11:00"))
    assert [letter.key for letter in letters(store)] == ["bulletin/2023-04/v1"]
