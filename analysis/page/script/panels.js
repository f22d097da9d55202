/* A panel for every group: sorted, filtered, and so many at a time that the page stays short. */

const MOST = 24;

const grid = one(".viz-panels");
const order = one("#viz-order");
const filter = one("#viz-filter");
const pager = one(".viz-pager");
let wanted = [];
let first = 0;

// Groups that are equal in it keep the order of the study.
const orders = {
  listed: () => 0,
  name: (a, b) => a.name.localeCompare(b.name, "en", { numeric: true }),
  smallest: (a, b) => a.n - b.n,
  largest: (a, b) => b.n - a.n,
  moved: (a, b) => b.moved[state.model] - a.moved[state.model],
};

function slopes(row) {
  const inModels = Object.entries(page.models).map(
    ([model, title]) => `, in ${title} ${writers.slope(row.partial[model].slope)}`,
  );
  return `${row.name}: slope of its own ${writers.slope(row.none.slope)}${inModels.join("")}`;
}

function fill(item, group) {
  const [box, button] = [one(".viz-canvas", item), one("button", item)];
  const row = rows.get(group);
  item.dataset.group = group;
  box.dataset.panel = group;
  box.setAttribute("aria-label", slopes(row));
  button.textContent = row.name;
  one("figcaption span", item).textContent = `n = ${row.n}`;
  mark(item, group === state.picked);
  const entry = views.get(box);
  if (!entry) return;
  if (entry.visible) refresh(entry);
  else entry.stale = true;
}

function showPanels(from) {
  first = from;
  const shown = wanted.slice(first, first + MOST);
  while (grid.childElementCount < shown.length) {
    grid.append(one("#viz-frame").content.cloneNode(true));
    const box = one(".viz-canvas", grid.lastElementChild);
    sight.observe(box);
    widths.observe(box);
  }
  [...grid.children].forEach((item, i) => {
    item.hidden = i >= shown.length;
    if (!item.hidden) fill(item, shown[i]);
  });
  const several = wanted.length > MOST;
  one("p", pager).textContent = wanted.length
    ? `${first + 1}–${first + shown.length} of ${wanted.length} ${words.groups}`
    : `No ${words.group} is called so.`;
  for (const button of all("button", pager)) {
    button.hidden = !several;
    button.disabled = Number(button.dataset.page) < 0 ? first === 0 : first + MOST >= wanted.length;
  }
  settle();
}

function listPanels() {
  const part = (filter?.value ?? "").trim().toLowerCase();
  wanted = page.datasets.groups
    .filter((row) => row.name.toLowerCase().includes(part))
    .sort(orders[order.value])
    .map((row) => row.group);
  showPanels(0);
  showPanelOf(state.picked);
}

// The picked group has its panel on the page, unless the reader has filtered it away.
function showPanelOf(group) {
  const at = wanted.indexOf(group);
  if (at >= 0 && (at < first || at >= first + MOST)) showPanels(at - (at % MOST));
}

function panelOf(group) {
  return [...grid.children].find((item) => !item.hidden && item.dataset.group === group);
}

keep(
  "order",
  () => order.value,
  (value) => {
    if (!Object.hasOwn(orders, value) || value === order.value) return;
    order.value = value;
    listPanels();
  },
);

order.addEventListener("change", () => {
  listPanels();
  note();
});
filter?.addEventListener("input", listPanels);
for (const button of all("button", pager)) {
  button.addEventListener("click", () => showPanels(first + MOST * Number(button.dataset.page)));
}
