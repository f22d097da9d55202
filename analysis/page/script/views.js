/* The charts: what a reader has chosen, and views that follow it. */

// Of a step, all of it: on the way to another the lines show some of several.
function wholly(step) {
  return Object.fromEntries(page.steps.map((each) => [each, Number(each === step)]));
}

const state = {
  picked: null,
  hovered: null,
  choice: "all",
  model: page.model,
  shares: wholly("complete"),
  target: "complete",
  time: 1,
  ratio: page.ratio,
  place: 0,
  removed: [],
  kept: null,
  shown: 0,
  reach: [0, 1],
  drawn: { groups: 0 },
  level2: page.level2?.grid[page.level2.middle],
};

const views = new Map();
// What a click in a chart does beside picking a group; it says whether that was all.
const clicks = new Map();
const compiled = new Map();

function compile(name) {
  if (!compiled.has(name)) {
    const { spec } = vegaLite.compile(page.charts[name]);
    compiled.set(name, {
      runtime: vega.parse(spec),
      data: spec.data.map((set) => set.name).filter((set) => set in page.datasets),
      // A panel shows one group alone; its frame says whether that is picked or pointed at.
      signals: Object.keys(state)
        .filter((key) => spec.signals.some((signal) => signal.name === key))
        .filter((key) => name !== "panel" || !["picked", "hovered"].includes(key)),
    });
  }
  return compiled.get(name);
}

function draw(box) {
  if (views.has(box) || box.clientWidth === 0) return;
  const { runtime, data, signals } = compile(box.dataset.chart);
  const view = new vega.View(runtime, {
    renderer: "svg",
    container: box,
    hover: false,
    tooltip: box.dataset.panel ? () => {} : showTip,
  });
  const entry = { box, view, data, signals, stale: false, visible: true };
  views.set(box, entry);
  feed(entry);
  for (const name of signals) view.signal(name, state[name]);
  fit(view, box);
  paint(entry);
  // The frame around it has the role and the words.
  const drawing = one("svg", box);
  drawing.removeAttribute("role");
  drawing.setAttribute("aria-hidden", "true");
  if (!box.dataset.panel) {
    view.addEventListener("click", (event, item) => {
      if (!clicks.get(box.dataset.chart)?.(item?.datum)) pick(item?.datum?.group ?? null);
    });
    view.addEventListener("mouseover", (event, item) => {
      box.style.cursor = item?.datum?.group == null ? "" : "pointer";
      hover(item?.datum?.group ?? null);
    });
    view.addEventListener("mouseout", () => hover(null));
  }
}

// A frame of a panel shows one group after another.
function feed(entry) {
  const { panel } = entry.box.dataset;
  entry.panel = panel;
  for (const name of entry.data) {
    const shown = panel ? ofGroup(name, panel) : page.datasets[name];
    // A view writes into the rows it is given.
    entry.view.data(name, shown.map((row) => ({ ...row })));
  }
}

// A choice is answered at once where the reader looks; views out of sight follow when the
// browser is idle, or when they come into sight.
const short = { timeRemaining: () => 0 };
const idle = window.requestIdleCallback ?? ((task) => setTimeout(task, 30, short));
let settling = false;

function settle() {
  if (settling) return;
  settling = true;
  idle(() => {
    settling = false;
    const entry = [...views.values()].find((item) => item.stale);
    if (!entry) return;
    refresh(entry);
    settle();
  });
}

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) draw(target);
      const entry = views.get(target);
      if (!entry) continue;
      entry.visible = isIntersecting;
      if (isIntersecting && entry.stale) refresh(entry);
    }
  },
  { rootMargin: "200px" },
);

function refresh(entry) {
  entry.stale = false;
  if (entry.panel !== entry.box.dataset.panel) feed(entry);
  for (const name of entry.signals) entry.view.signal(name, state[name]);
  entry.view.run();
  if (entry.painted !== state.choice) paint(entry);
}

function set(changes) {
  const changed = Object.keys(changes).filter((key) => state[key] !== changes[key]);
  Object.assign(state, changes);
  for (const entry of views.values()) {
    if (!entry.signals.some((name) => changed.includes(name))) continue;
    if (entry.visible) refresh(entry);
    else entry.stale = true;
  }
  // While lines move there is nothing to settle on.
  if (state.time === 1) settle();
  note();
}

// The style sheet may say how high a chart is, by the window.
const isAsHighAsItsBox = (box) => page.charts[box.dataset.chart].height === "container";

function fit(view, box) {
  if (isAsHighAsItsBox(box)) view.height(box.clientHeight);
  view.width(box.clientWidth).run();
}

function fits(view, box) {
  const high = !isAsHighAsItsBox(box) || view.height() === box.clientHeight;
  return high && view.width() === box.clientWidth;
}

const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    // What is not drawn yet is left to `sight`: this reports every box once, all in one task.
    const entry = views.get(target);
    if (entry && target.clientWidth && !fits(entry.view, target)) {
      fit(entry.view, target);
      paint(entry);
    }
  }
});
