"use strict";
(() => {
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const value = (cell) => cell.dataset.key ?? cell.textContent;

  // Filters: every word must be in the row, every choice must be its cell's.
  for (const form of document.querySelectorAll("form.filters")) {
    const table = document.getElementById(form.dataset.for);
    const rows = [...table.tBodies[0].rows];
    const words = rows.map((row) => fold(row.textContent));
    const input = form.querySelector("input");
    const selects = [...form.querySelectorAll("select")];
    const count = form.querySelector(".count");
    for (const select of selects) {
      const column = Number(select.dataset.column);
      const found = new Map();
      for (const row of rows) {
        const text = row.cells[column].textContent;
        found.set(text, (found.get(text) ?? 0) + 1);
      }
      for (const [text, times] of [...found].sort((a, b) => a[0].localeCompare(b[0], "zh-CN"))) {
        select.add(new Option(`${text || "（空）"}（${times}）`, "=" + text));
      }
    }
    const apply = () => {
      const wanted = fold(input.value).split(/\s+/).filter(Boolean);
      const chosen = selects
        .filter((select) => select.value)
        .map((select) => [Number(select.dataset.column), select.value.slice(1)]);
      let shown = 0;
      rows.forEach((row, place) => {
        const fits =
          wanted.every((word) => words[place].includes(word)) &&
          chosen.every(([column, text]) => row.cells[column].textContent === text);
        row.hidden = !fits;
        shown += fits;
      });
      count.textContent = shown === rows.length ? `共 ${shown} 条` : `符合 ${shown} 条，共 ${rows.length} 条`;
    };
    let waiting = 0;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(apply, 120);
    });
    for (const select of selects) select.addEventListener("change", apply);
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    apply();
  }

  // Sorting: the head of a column becomes a button.
  for (const table of document.querySelectorAll("table[data-sorts]")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      // Paper repeats words at the top of each sheet, but no buttons.
      window.addEventListener("beforeprint", () => head.replaceChildren(button.textContent));
      window.addEventListener("afterprint", () => head.replaceChildren(button));
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const body = table.tBodies[0];
        const collator = new Intl.Collator("zh-CN", { numeric: true });
        const ordered = [...body.rows]
          .map((row) => [value(row.cells[column]), row])
          .sort((a, b) => collator.compare(a[0], b[0]) * (up ? 1 : -1));
        body.append(...ordered.map((pair) => pair[1]));
      });
    });
  }
})();
