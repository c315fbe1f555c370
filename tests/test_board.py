"""The board as files: what is on it and never on it, how it is written, and what it may cost."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import board_samples
import pytest
from board_samples import BODY, CONFIG, HOSTILE, LEDGER, NOW, PRIVATE, draft, facts, written
from lxml import html as parser

from mailbot.__main__ import main
from mailbot.config import Config
from mailbot.fact_names import BOARD_FAILURE
from mailbot.health import examine
from mailbot.records.ledger import Ledger
from mailbot.reports.board import SECTIONS, BoardWriter
from mailbot.reports.board_facts import oldest_day
from mailbot.reports.board_pages import pages_of
from mailbot.reports.board_parts import Bar, Chart, discreet
from mailbot.resources import shipped
from mailbot.stages.board import Drawing, write_board
from store.opening import open_store
from store.records import MessageRecord
from store.unit_of_work import Store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("board")
    written(made)
    return made


def pages(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def table(page: str, name: str) -> list[list[str]]:
    """The cells of a table as they are read."""
    rows = parser.fromstring(page.encode()).xpath(f'//table[@id="{name}"]/tbody/tr')
    return [[cell.text_content().strip() for cell in row] for row in rows]


# --- what is on it ---


def test_every_section_and_every_unit_has_its_page(folder: Path) -> None:
    names = set(pages(folder))
    assert {file for file, _ in SECTIONS} < names
    assert sum(name.startswith("unit-") for name in names) == len(CONFIG.units)
    assert {"drafts-2023-04.html", "drafts-2023-05.html", "drafts-2023-06.html"} <= names


def test_every_link_leads_to_a_page(folder: Path) -> None:
    for name, page in pages(folder).items():
        links = set(parser.fromstring(page.encode()).xpath("//a/@href"))
        assert {link for link in links if link != "#content" and not (folder / link).is_file()} == set(), name  # fmt: skip


def test_every_draft_is_in_the_list_of_its_month_once(folder: Path) -> None:
    found = [
        row[0]
        for name, page in pages(folder).items()
        if re.fullmatch(r"drafts-\d{4}-\d{2}\.html", name)
        for row in table(page, "drafts")
    ]
    expected = [f"#{d.id}" for d in LEDGER.drafts if d.kind != "非稿件"]
    assert sorted(found) == sorted(expected)


def test_a_draft_is_shown_with_all_that_was_judged(folder: Path) -> None:
    rows = {row[0]: row for row in table(pages(folder)["drafts-2023-04.html"], "drafts")}
    unit = CONFIG.units[8].name
    assert rows["#8"] == [
        "#8", "2023-04-22 01:00", unit, f"{unit}开展占道经营集中整治", "动态简讯", "①", "360", "计入",
        "突发，超时", "", "",
    ]  # fmt: skip
    assert rows["#4"][2] == "待核"
    assert rows["#4"][7] == "计入，待核"
    assert rows["#6"][7] == "不计"
    assert rows["#10"][2] == "市政管理科、市政工程处"
    assert rows["#1"][10] == "1次"


def test_the_figures_of_the_overview_are_those_of_the_records(folder: Path) -> None:
    page = parser.fromstring(pages(folder)["index.html"].encode())
    cards = page.xpath('//div[@class="card"]')
    shown = {card[0].text_content(): card[1].text_content().strip() for card in cards}
    counted = [d for d in LEDGER.drafts if d.state == "counted" and d.kind != "非稿件"]
    june = [d for d in counted if d.received_at.month == 6 or f"{d.received_at:%m-%d %H}" >= "05-31 16"]  # fmt: skip
    assert shown["本月收稿"] == f"{len(june)}"
    assert shown["本年收稿"] == f"{len(counted)}"
    assert shown["待核"] == "1"
    assert shown["本年采用"] == "1"
    assert shown["处置中突发"] == "1"
    overdue = table(pages(folder)["overdue.html"], "overdue")
    assert shown["逾期单位"] == f"{len({row[0] for row in overdue})}"


def test_the_chart_adds_up(folder: Path) -> None:
    (chart,) = [
        block
        for page in pages_of(facts())
        if page.file == "index.html"
        for block in page.blocks
        if isinstance(block, Chart)
    ]
    counted = [d for d in LEDGER.drafts if d.state == "counted" and d.kind != "非稿件"]
    assert sum(bar.lower + bar.upper for bar in chart.bars) == len(counted)
    assert sum(bar.upper for bar in chart.bars) == sum(d.column == 2 for d in counted)


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (1, 1), (3, 3), (7, 7), (11, 15), (99, 100), (101, 150), (2345, 2500)]
)  # fmt: skip
def test_a_chart_ends_at_a_readable_number(highest: int, top: int) -> None:
    assert Chart("c", "c", "", "", (Bar("一", highest),)).top == top


def test_ranking_and_unit_pages_say_the_same(folder: Path) -> None:
    (row,) = [row for row in table(pages(folder)["units.html"], "units") if row[0] == "市政管理科"]
    page = pages(folder)[facts().unit_files["市政管理科"]]
    cards = parser.fromstring(page.encode()).xpath('//div[@class="card"]/dd')
    assert [card.text_content().split()[0] for card in cards[:2]] == row[2:4]
    assert cards[3].text_content().split()[0] == row[5]


# --- what is never on it ---


def test_no_text_of_a_draft_no_address_no_telephone(folder: Path) -> None:
    everything = "".join(pages(folder).values())
    assert BODY not in everything
    assert "office@example.com" not in everything
    for private in ("0818-2345678", "2345678", "13800138000", "a.b@dzcg.example", "51300219800101123X"):  # fmt: skip
        assert private not in everything
    for title in PRIVATE:
        assert title[:2] in everything, "the words around them stay"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param("20230419工作简报", "20230419工作简报", id="a-date-is-no-number"),
        pytest.param("达市城管发〔2023〕75号", "达市城管发〔2023〕75号", id="a-document-number"),
        pytest.param("投入1234567元", "投入〔略〕元", id="seven-digits-are-left-out-to-be-safe"),
        pytest.param("整治 56 处", "整治 56 处", id="figures"),
        pytest.param("甲\n乙", "甲 乙", id="one-line"),
    ],
)
def test_what_counts_as_private(words: str, shown: str) -> None:
    assert discreet(words) == shown


def test_titles_may_be_left_out(tmp_path: Path) -> None:
    board = CONFIG.board.model_copy(update={"titles": False})
    written(tmp_path, CONFIG.model_copy(update={"board": board}))
    everything = "".join(pages(tmp_path).values())
    assert "占道经营" not in everything
    assert "张家湾" not in everything
    assert "夏季攻坚" not in everything
    assert "（标题从略）" in everything


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_title_is_text(tmp_path: Path, title: str) -> None:
    """The page has the same elements as with a harmless one."""

    def elements(name: str) -> list[str]:
        ledger = Ledger(drafts=(draft(1, title=name),))
        BoardWriter(shipped("templates")).write(tmp_path, facts(ledger=ledger, acts=()))
        document = parser.fromstring((tmp_path / "drafts-2023-04.html").read_bytes())
        return [element.tag for element in document.iter(parser.etree.Element)]

    assert elements(title) == elements("无害的标题")


@pytest.mark.parametrize("name", ["index.html", "drafts.html"])
def test_the_policy_allows_our_own_style_and_script_and_nothing_else(
    folder: Path, name: str
) -> None:
    page = parser.fromstring(pages(folder)[name].encode())
    (policy,) = page.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')
    for kind in ("style", "script"):
        (own,) = page.xpath(f"//{kind}")
        digest = base64.b64encode(hashlib.sha256(own.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert page.xpath("//@style | //@onclick | //@src") == []


# --- how it is written ---


def test_only_what_changed_is_written_again_and_the_overview_as_a_sign_of_life(
    tmp_path: Path,
) -> None:
    first = written(tmp_path)
    before = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    later = facts(now=NOW + timedelta(minutes=1))
    again = BoardWriter(shipped("templates")).write(tmp_path, later)
    assert (again.written, again.unchanged) == (1, first.written - 1)
    changed = [p.name for p in tmp_path.iterdir() if p.stat().st_ino != before[p.name]]
    assert changed == ["index.html"]
    assert "更新于2023年6月15日 09:06" in pages(tmp_path)["index.html"]
    assert "截至2023年6月15日 09:05" in pages(tmp_path)["events.html"]


def test_a_page_somebody_spoilt_is_mended(tmp_path: Path) -> None:
    written(tmp_path)
    page = tmp_path / "ranking.html"
    whole = page.read_text(encoding="utf-8")
    page.write_text("空", encoding="utf-8")
    written(tmp_path)
    assert page.read_text(encoding="utf-8") == whole


def test_pages_no_longer_shown_are_removed_and_nothing_else(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "unit-999.html").write_bytes((tmp_path / "unit-001.html").read_bytes())
    (tmp_path / "unit-998.html").write_text("别人的", encoding="utf-8")
    (tmp_path / "笔记.txt").write_text("别人的", encoding="utf-8")
    assert written(tmp_path).removed == 1
    assert {"unit-998.html", "笔记.txt"} <= set(pages(tmp_path))


def test_a_folder_with_somebody_elses_pages_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>单位主页</h1>", encoding="utf-8")
    with pytest.raises(FileExistsError, match="没有动它"):
        written(tmp_path)
    assert list(pages(tmp_path)) == ["index.html"]


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    written(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".html"] == []


def test_a_page_that_cannot_be_put_in_place_leaves_the_old_ones(tmp_path: Path) -> None:
    (tmp_path / "events.html").mkdir()
    with pytest.raises(OSError, match=r"events\.html"):
        written(tmp_path)
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    written(tmp_path / "new" / "board")
    assert (tmp_path / "new" / "board").stat().st_mode & 0o077 == 0


def test_without_time_pages_are_left_for_the_next_writing(tmp_path: Path) -> None:
    writer = BoardWriter(shipped("templates"))
    drawn = writer.write(tmp_path, facts(), going=iter([True, True, False] + [False] * 99).__next__)
    assert (drawn.written, drawn.unchanged) == (3, 0)
    assert drawn.left > 30
    assert (tmp_path / "index.html").is_file()
    assert writer.write(tmp_path, facts()).left == 0


def test_the_records_looked_at_reach_back_far_enough() -> None:
    """Thirteen months, and the year's first week."""
    assert f"{oldest_day(NOW)}" == "2022-06-01"
    assert f"{oldest_day(NOW.replace(month=1, day=2))}" == "2022-01-01"


# --- after each tick ---


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store("sqlite:///mailbot.db", tmp_path)
    yield opened
    opened.close()


def configured(place: Path, **board: object) -> Config:
    return CONFIG.model_copy(
        update={"folder": place, "board": CONFIG.board.model_copy(update=board)}
    )


class Seconds:
    """A clock that goes on by hand, or by itself at every look."""

    def __init__(self, pace: float = 0.0) -> None:
        self.now, self.pace = 100.0, pace

    def __call__(self) -> float:
        self.now += self.pace
        return self.now


def noted(store: Store) -> str:
    with store.look() as uow:
        return str(uow.facts.get(BOARD_FAILURE) or "")


def test_the_board_of_a_store_is_written(store: Store, tmp_path: Path) -> None:
    with store.work() as uow:
        number = uow.messages.add(MessageRecord(0, "a" * 64, 9, NOW, NOW, "filed"))
        assert number is not None
        uow.drafts.add(replace(draft(1, title="燃气安全检查"), message_id=number, received_at=NOW))
        uow.commit()
    write_board(tmp_path / "board", store, configured(tmp_path), NOW)
    assert "燃气安全检查" in (tmp_path / "board" / "drafts.html").read_text(encoding="utf-8")


def test_it_is_drawn_at_most_once_a_minute(store: Store, tmp_path: Path) -> None:
    seconds = Seconds()
    drawing = Drawing(store, configured(tmp_path), seconds)
    assert drawing.draw(NOW)
    seconds.now += 59
    assert not drawing.draw(NOW)
    assert drawing.draw(NOW, at_once=True)
    seconds.now += 60
    assert drawing.draw(NOW)


def test_it_takes_a_twentieth_of_the_time_at_most(store: Store, tmp_path: Path) -> None:
    seconds = Seconds(pace=1.0)  # a slow machine: every look at the clock takes a second
    drawing = Drawing(store, configured(tmp_path), seconds)
    started = seconds.now
    assert drawing.draw(NOW)
    took = seconds.now - started
    seconds.pace = 0.0
    seconds.now = started + 15 * took
    assert not drawing.draw(NOW)
    seconds.now = started + 21 * took
    assert drawing.draw(NOW)


def test_no_folder_no_board(store: Store, tmp_path: Path) -> None:
    assert not Drawing(store, configured(tmp_path, folder="")).draw(NOW)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_failure_stops_nothing_is_told_with_its_remedy_and_forgotten_once_mended(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    drawing = Drawing(store, configured(tmp_path))
    assert not drawing.draw(NOW)
    with store.look() as uow:
        problems = examine(uow, configured(tmp_path), NOW, running=False).problems
    (told,) = [problem for problem in problems if "看板" in problem]
    assert "请检查 [board] folder" in told
    (tmp_path / "data").unlink()
    assert drawing.draw(NOW, at_once=True)
    assert noted(store) == ""


def test_a_store_out_of_reach_stops_nothing_either(tmp_path: Path) -> None:
    gone = open_store("sqlite:///gone.db", tmp_path)
    drawing = Drawing(gone, configured(tmp_path))
    with gone.engine.begin() as db:
        db.exec_driver_sql("DROP TABLE drafts")
        db.exec_driver_sql("DROP TABLE facts")
    assert not drawing.draw(NOW)
    gone.close()


def test_a_tick_leaves_the_board_even_when_no_server_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = shipped("config.toml").read_text(encoding="utf-8")
    for old, new in (
        ('host = "imap.163.com"', 'host = "127.0.0.1"'),
        ('host = "smtp.163.com"', 'host = "127.0.0.1"'),
        ("port = 993", "port = 1"),
        ("port = 465", "port = 1"),
        ('tls = "tls"', 'tls = "none"'),
    ):
        text = text.replace(old, new)
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    for name in ("IMAP", "SMTP"):
        monkeypatch.setenv(f"MAILBOT_{name}_PASSWORD", "canary")
    assert main(["--config", str(tmp_path / "config.toml"), "once"]) == 1
    assert "总览" in (tmp_path / "data" / "board" / "index.html").read_text(encoding="utf-8")


def test_samples_are_hostile_enough() -> None:
    """A title list that lost its teeth would make the tests above pass for nothing."""
    assert any("<script" in title for title in board_samples.HOSTILE)
    assert any("\u202e" in title for title in board_samples.HOSTILE)
