/* The table of the estimates: its order, and its download. */

const body = one(".viz-table tbody");
let listed = [...page.table];
const [groupColumn] = Object.keys(page.table[0]);

function sort(button) {
  const { column } = button.dataset;
  const head = button.closest("th");
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const th of all("th[aria-sort]")) th.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  // What does not exist stays last, either way.
  const gap = (value) => Number(value == null);
  listed.sort((a, b) => {
    const [x, y] = [a[column], b[column]];
    if (x == null || y == null) return gap(x) - gap(y);
    const order = typeof x === "string" ? x.localeCompare(y, "en", { numeric: true }) : x - y;
    return down ? -order : order;
  });
  body.append(...listed.map((row) => tableRows.get(row[groupColumn])));
}

for (const button of all(".viz-sort")) button.addEventListener("click", () => sort(button));

// Only the box of the table scrolls, not the page.
function reveal(line) {
  const box = one(".viz-scroll");
  const [inside, around] = [line.getBoundingClientRect(), box.getBoundingClientRect()];
  const head = one("thead", box).offsetHeight;
  if (inside.top >= around.top + head && inside.bottom <= around.bottom) return;
  box.scrollTop += inside.top - around.top - box.clientHeight / 2;
}

function csv() {
  const columns = Object.keys(page.table[0]);
  const cell = (value) => {
    // A spreadsheet would run a name that begins like a formula; an apostrophe makes it a text.
    const runs = typeof value === "string" && /^[=+\-@\t\r]/.test(value);
    const text = value == null ? "" : `${runs ? "'" : ""}${value}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = listed.map((row) => columns.map((column) => cell(row[column])).join(","));
  return [columns.map(cell).join(","), ...lines, ""].join("\n");
}

one("#viz-csv").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
  link.download = `${words.group}-estimates.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
});
