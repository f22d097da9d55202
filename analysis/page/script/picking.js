/* Picking a group, in a chart, a panel, the table or the bar, and what is told of it. */

const search = one("#viz-search");
const status = one(".viz-status");

const tableRows = new Map(all("tr[data-group]").map((tr) => [tr.dataset.group, tr]));

// The panel and the row of a group.
const itemsOf = (group) => [panelOf(group), tableRows.get(group)].filter(Boolean);

function mark(item, picked) {
  item.classList.toggle("viz-picked", picked);
  one("button", item).setAttribute("aria-pressed", String(picked));
}

function pick(group) {
  set({ picked: group });
  root.classList.toggle("viz-has-pick", group != null);
  for (const item of all(".viz-picked")) mark(item, false);
  showPanelOf(group);
  for (const item of itemsOf(group)) mark(item, true);
  if (tableRows.has(group)) idle(() => reveal(tableRows.get(group)));
  search.value = group == null ? "" : names.get(group);
  tell();
  untake();
  tellTrial();
}

// What is under the pointer in one chart is marked in all.
function hover(group) {
  if (group === state.hovered) return;
  for (const item of all(".viz-hovered")) item.classList.remove("viz-hovered");
  for (const item of itemsOf(group)) item.classList.add("viz-hovered");
  set({ hovered: group });
}

const groupAt = (event) => event.target.closest("[data-group]")?.dataset.group ?? null;
for (const frame of all(".viz-panels, .viz-table tbody")) {
  frame.addEventListener("mouseover", (event) => hover(groupAt(event)));
  frame.addEventListener("mouseleave", () => hover(null));
  frame.addEventListener("click", (event) => {
    const group = groupAt(event);
    if (group != null) pick(group === state.picked ? null : group);
  });
}

keep(
  "group",
  () => state.picked ?? "",
  (group) => pick(names.has(group) ? group : null),
);

function ownLevel2(value) {
  const { unit, label } = level2.dataset;
  return unit ? `${level2Written(value)} ${unit}` : `${label} ${level2Written(value)}`;
}

function tell() {
  const row = rows.get(state.picked);
  const { note = "", absent = "[]", unseen } = one('[data-set="choice"]:checked')?.dataset ?? {};
  status.classList.toggle("viz-idle", !row && !note);
  if (!row) {
    status.textContent = note || "Pick in any chart, or here.";
    return;
  }
  // Nothing of a model: which one's line is in sight, the bar does not know.
  const own = row.none.slope == null ? "no slope" : `slope ${writers.slope(row.none.slope)}`;
  const about = row.level2 == null ? "" : `, ${ownLevel2(row.level2)}`;
  const facts = `${row.name}: ${row.n} ${row.n === 1 ? words.unit : words.units}${about}; ${own} by itself`;
  const known = JSON.parse(absent).includes(state.picked) ? `${facts}. ${unseen}` : facts;
  const aside = document.createElement("span");
  aside.textContent = note;
  status.replaceChildren(note ? `${known.replace(/\.$/, "")}. ` : known, aside);
}

function move(order, by) {
  const at = order.indexOf(state.picked);
  if (at < 0) return pick(by > 0 ? order[0] : order.at(-1));
  return pick(order[(at + by + order.length) % order.length]);
}

function orderOf(box) {
  if (box.dataset.chart === "trial") return [...trials.keys()];
  const term = { "effects-height": "height", "effects-slope": "slope" }[box.dataset.chart];
  if (!term) return page.groups;
  return page.datasets.effects
    .filter((row) => row.model === state.model && row.term === term)
    .map((row) => row.group);
}

for (const frame of all(".viz-chart")) {
  const box = one(".viz-canvas", frame);
  const upwards = box.dataset.chart.startsWith("effects");
  frame.addEventListener("keydown", (event) => {
    const order = orderOf(box);
    const keys = {
      ArrowRight: () => move(order, 1),
      ArrowLeft: () => move(order, -1),
      ArrowDown: () => move(order, upwards ? -1 : 1),
      ArrowUp: () => move(order, upwards ? 1 : -1),
      Home: () => pick(order[0]),
      End: () => pick(order.at(-1)),
    };
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
}

root.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    tip.hidden = true;
    pick(null);
  }
});

function found(text, whole) {
  const plain = (name) => name.trim().toLowerCase();
  const wanted = plain(text);
  const same = (group) => [group, names.get(group)].some((name) => plain(name) === wanted);
  const near = (group) => plain(names.get(group)).includes(wanted);
  return page.groups.find(same) ?? (whole ? undefined : page.groups.find(near));
}

search.addEventListener("input", () => {
  const group = search.value ? found(search.value, true) : null;
  if (group !== undefined) pick(group);
});
search.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const group = found(search.value, false);
  if (group != null) pick(group);
  else status.textContent = `There is no “${search.value}”${page.among}.`;
});
for (const button of all("[data-move]")) {
  button.addEventListener("click", () => move(page.groups, Number(button.dataset.move)));
}

for (const input of all("input[data-set]")) {
  input.addEventListener("change", () => {
    if (input.dataset.set === "model") return chooseModel(input.value);
    choose(input.value);
  });
}

function chooseModel(model) {
  set({ model });
  showModel();
  tell();
}

function choose(choice) {
  one(`[data-set="choice"][value="${CSS.escape(choice)}"]`).checked = true;
  set({ choice });
  tell();
  tellPrediction();
}

keep(
  "choice",
  () => state.choice,
  (choice) => all('[data-set="choice"]').some((input) => input.value === choice) && choose(choice),
);

function showModel() {
  for (const input of all('input[data-set="model"]')) input.checked = input.value === state.model;
  for (const item of all("[data-when]")) item.hidden = !item.dataset.when.split(" ").includes(state.model);
  for (const item of all("[data-unless]")) item.hidden = item.dataset.unless.split(" ").includes(state.model);
  // What is not listed yet, on arrival, will be.
  if (order.value === "moved" && grid.childElementCount) listPanels();
}
