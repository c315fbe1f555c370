"""The board in a real Chromium: nothing foreign, filters, keyboard, phone, paper, contrast.

Each page is opened from the disk, as the office opens it.
"""

from collections.abc import Iterator
from pathlib import Path

import board_samples
import pytest
from pypdfium2 import PdfDocument
from servers.browser import Browser, running_browser

PAGES = ("index", "drafts", "drafts-2023-05", "units", "unit-001", "events", "tasks", "overdue", "ranking")  # fmt: skip
LISTS = ("drafts", "units", "overdue", "tasks", "events")
ENTER = 13
LEAST_CONTRAST = 4.5  # WCAG 2.1, 1.4.3

# Every text with its colour and the colour behind it; the worst ratio and where it is.
CONTRAST = """
(() => {
  const part = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = (c) => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  let worst = [99, ""];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, e = node.parentElement;
    if (!node.textContent.trim() || !e.checkVisibility() || e.closest("script,style")) continue;
    const style = getComputedStyle(e);
    const ink = parse(e.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst[0]) worst = [ratio, node.textContent.trim().slice(0, 20)];
  }
  return worst;
})()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("board")
    board_samples.written(made)
    return made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The browser as it starts: a screen in a light scheme, scripts allowed."""
    chromium.media()
    chromium.scripts(allowed=True)
    return chromium


def rows_shown(browser: Browser, table: str = "drafts") -> int:
    return int(browser.ask(f"[...{table}.tBodies[0].rows].filter(r => r.checkVisibility()).length"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_itself_alone_and_the_console_stays_silent(
    browser: Browser, folder: Path, name: str
) -> None:
    page = folder / f"{name}.html"
    browser.open(page)
    assert browser.requests == [page.as_uri()]
    assert browser.complaints == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [pytest.param(390, id="phone"), pytest.param(320, id="narrowest"), pytest.param(1280, id="desktop")])  # fmt: skip
def test_nothing_sticks_out_to_the_side(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    browser.open(folder / f"{name}.html", width=width)
    assert browser.ask("document.documentElement.scrollWidth") <= width
    if width < 640:
        out = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)"
        assert browser.ask(f"{out}.length") == 0, "on a phone no table is wider than the screen"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(browser: Browser, folder: Path, name: str, scheme: str) -> None:
    browser.media(scheme=scheme)
    browser.open(folder / f"{name}.html")
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    ratio, where = browser.ask(CONTRAST)
    assert ratio >= LEAST_CONTRAST, where


def test_dark_is_dark(browser: Browser, folder: Path) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    browser.open(folder / "index.html")
    light = browser.ask(ground)
    browser.media(scheme="dark")
    assert browser.ask(ground) == "rgb(18, 20, 23)" != light


def test_typing_into_the_filter_hides_rows(browser: Browser, folder: Path) -> None:
    browser.open(folder / "drafts.html")
    everything = rows_shown(browser)
    browser.ask("document.querySelector('.filters input').focus()")
    browser.type("垃圾分类 经验")
    browser.ask("new Promise(done => setTimeout(done, 300))")
    shown = "[...drafts.tBodies[0].rows].filter(r => r.checkVisibility()).map(r => r.textContent)"
    texts = browser.ask(shown)
    assert 0 < len(texts) < everything
    assert all("垃圾分类" in text and "经验" in text for text in texts)
    assert browser.ask("document.querySelector('.count').textContent") == f"符合 {len(texts)} 条，共 {everything} 条"  # fmt: skip
    browser.ask("document.querySelector('.filters button').click()")
    browser.ask("new Promise(done => setTimeout(done, 100))")
    assert rows_shown(browser) == everything


def test_a_choice_leaves_its_rows_and_adds_to_the_words(browser: Browser, folder: Path) -> None:
    browser.open(folder / "drafts.html")
    choose = "s => { s.value = '=经验做法'; s.dispatchEvent(new Event('change')); }"
    browser.ask(f"({choose})(document.querySelectorAll('.filters select')[1])")
    kinds = "[...drafts.tBodies[0].rows].filter(r => !r.hidden).map(r => r.cells[4].textContent)"
    found = browser.ask(kinds)
    assert set(found) == {"经验做法"}
    browser.ask("(i => { i.value = '没有这样的标题'; i.dispatchEvent(new Event('input')); })(document.querySelector('.filters input'))")  # fmt: skip
    browser.ask("new Promise(done => setTimeout(done, 300))")
    assert rows_shown(browser) == 0


def test_a_column_sorts_by_figures_up_and_down(browser: Browser, folder: Path) -> None:
    browser.open(folder / "drafts.html")
    figures = "[...drafts.tBodies[0].rows].map(r => Number(r.cells[6].dataset.key))"
    head = "drafts.tHead.rows[0].cells[6]"
    browser.ask(f"{head}.querySelector('button').click()")
    assert browser.ask(f"{head}.getAttribute('aria-sort')") == "ascending"
    assert browser.ask(figures) == sorted(browser.ask(figures))
    browser.ask(f"{head}.querySelector('button').click()")
    assert browser.ask(f"{head}.getAttribute('aria-sort')") == "descending"
    assert browser.ask(figures) == sorted(browser.ask(figures), reverse=True)


def test_the_keyboard_goes_from_the_skip_link_to_sections_filters_and_table(
    browser: Browser, folder: Path
) -> None:
    browser.open(folder / "drafts.html")
    stops = [browser.tab() for _ in range(22)]
    assert stops[0] == "A.skip:#content"
    sections = ["index.html", "drafts.html", "units.html", "events.html", "tasks.html", "overdue.html", "ranking.html"]  # fmt: skip
    assert [stop.partition(":")[2] for stop in stops[1:8]] == [name[:12] for name in sections]
    kinds = [stop.partition(".")[0] for stop in stops[8:]]
    assert kinds.index("INPUT") < kinds.index("SELECT") < kinds.index("BUTTON") < kinds.index("DIV")


def test_the_focus_is_seen(browser: Browser, folder: Path) -> None:
    browser.open(folder / "drafts.html")
    for _ in range(14):
        browser.tab()
        outline = browser.ask("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        style = browser.ask("getComputedStyle(document.activeElement).outlineStyle")
        assert outline >= 2
        assert style == "solid"


def test_the_skip_link_leads_to_the_text(browser: Browser, folder: Path) -> None:
    browser.open(folder / "ranking.html")
    browser.tab()
    assert browser.ask("document.activeElement.getBoundingClientRect().left") >= 0
    browser.press("Enter", code=ENTER, text="\r")
    assert browser.ask("document.activeElement.id") == "content"


@pytest.mark.parametrize("name", PAGES)
def test_paper_shows_no_controls(browser: Browser, folder: Path, name: str) -> None:
    browser.open(folder / f"{name}.html")
    browser.media("print")
    controls = "[...document.querySelectorAll('nav,form,.skip,input,select')]"
    assert browser.ask(f"{controls}.filter(e => e.checkVisibility()).length") == 0


def test_a_list_prints_on_pages_with_its_head_repeated(browser: Browser, folder: Path) -> None:
    browser.open(folder / "drafts-2023-05.html")
    printed = PdfDocument(browser.pdf())
    heads = [page.get_textpage().get_text_bounded().count("字数") for page in printed]
    printed.close()
    assert len(heads) > 2
    assert heads == [1] * len(heads)


@pytest.mark.parametrize("name", LISTS)
def test_without_scripts_the_tables_are_there_and_no_dead_controls(
    browser: Browser, folder: Path, name: str
) -> None:
    browser.open(folder / f"{name}.html")
    with_scripts = browser.ask("document.querySelectorAll('tbody tr').length")
    browser.scripts(allowed=False)
    browser.open(folder / f"{name}.html")
    assert browser.ask("document.querySelectorAll('tbody tr').length") == with_scripts > 0
    controls = "[...document.querySelectorAll('form,input,select,th button')]"
    assert browser.ask(f"{controls}.filter(e => e.checkVisibility()).length") == 0


def test_hostile_titles_are_read_as_they_were_written(browser: Browser, folder: Path) -> None:
    browser.open(folder / "drafts.html")
    assert browser.complaints == []
    text = browser.ask("document.querySelector('main').textContent")
    for title in board_samples.HOSTILE[:9]:
        assert title in text
    odd = "document.querySelectorAll('main img, main script, main style, h1').length"
    assert browser.ask(odd) == 1, "one heading, no picture, no script"
    assert browser.ask("[...drafts.rows].every(r => r.cells.length === 11)")


@pytest.mark.parametrize("name", PAGES)
def test_a_screen_reader_finds_its_way(browser: Browser, folder: Path, name: str) -> None:
    """Landmarks, one heading of the first rank, names for tables, charts and controls."""
    browser.open(folder / f"{name}.html", width=390)
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    seen = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node["ignored"] and "role" in node
    ]
    roles = [role for role, _ in seen]
    assert roles.count("main") == 1
    assert {"banner", "contentinfo", "navigation"} <= set(roles)
    places = [one for one in seen if one[0] in ("region", "navigation", "search")]
    assert len(places) == len(set(places)), "no two places of one name"
    assert browser.ask("document.querySelectorAll('h1').length") == 1
    named = {"table", "image", "textbox", "searchbox", "combobox", "button", "link", "region"}
    assert [role for role, words in seen if role in named and not words] == []
    if browser.ask("!!document.querySelector('table[role]')"):
        assert "columnheader" in roles, "on a phone, too, the cells keep their heads"
