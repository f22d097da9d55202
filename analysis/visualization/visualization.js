/* Links the charts of the complete visualization: one state, and views that follow it. */
(() => {
  "use strict";

  const root = document.getElementById("complete-visualization");
  const page = window.completeVisualization;
  if (!root || !page || !window.vega || !window.vegaLite) return;

  const one = (selector, within = root) => within.querySelector(selector);
  const all = (selector, within = root) => [...within.querySelectorAll(selector)];
  const { noun } = root.dataset;
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  const SLIDER_END = 1000;
  const ESTIMATE_AT = 600;
  const STEP_MILLISECONDS = 900;

  const names = new Map(page.datasets.groups.map((row) => [row.group, row.name]));
  const rows = new Map(page.datasets.groups.map((row) => [row.group, row]));
  const state = {
    picked: null,
    hovered: null,
    mix: "all",
    model: "m1",
    origin: "complete",
    target: "complete",
    time: 1,
    ratio: page.ratio,
    years: page.years,
  };

  // Views -----------------------------------------------------------------------------------

  const views = new Map();
  const compiled = new Map();

  function compile(name) {
    if (!compiled.has(name)) {
      const { spec } = vegaLite.compile(page.charts[name]);
      compiled.set(name, {
        runtime: vega.parse(spec),
        data: spec.data.map((set) => set.name).filter((set) => set in page.datasets),
        // A panel shows one class alone; its frame says whether that is the picked one.
        signals: Object.keys(state)
          .filter((key) => spec.signals.some((signal) => signal.name === key))
          .filter((key) => name !== "panel" || key !== "picked"),
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
    for (const name of data) {
      const shown = page.datasets[name].filter(
        (row) => !box.dataset.panel || row.group === box.dataset.panel,
      );
      // A view writes into the rows it is given.
      view.data(name, shown.map((row) => ({ ...row })));
    }
    const entry = { box, view, signals, stale: false, visible: true };
    views.set(box, entry);
    for (const name of signals) view.signal(name, state[name]);
    view.width(box.clientWidth).run();
    box.style.minHeight = "";
    // The frame around it has the role and the words.
    const drawing = one("svg", box);
    drawing.removeAttribute("role");
    drawing.setAttribute("aria-hidden", "true");
    if (!box.dataset.panel) {
      view.addEventListener("click", (event, item) => pick(item?.datum?.group ?? null));
      view.addEventListener("mouseover", (event, item) => hover(entry, item?.datum?.group ?? null));
      view.addEventListener("mouseout", () => hover(entry, null));
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
    for (const name of entry.signals) entry.view.signal(name, state[name]);
    entry.view.run();
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
  }

  function hover(entry, group) {
    entry.box.style.cursor = group == null ? "" : "pointer";
    entry.view.signal("hovered", group).run();
  }

  const widths = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      // What is not drawn yet is left to `sight`: this reports every box once, all in one task.
      const entry = views.get(target);
      if (entry && target.clientWidth && entry.view.width() !== target.clientWidth) {
        entry.view.width(target.clientWidth).run();
      }
    }
  });

  // Tooltips ----------------------------------------------------------------------------------

  const tip = one(".viz-tip");

  function showTip(handler, event, item, value) {
    if (value == null || typeof value !== "object") {
      tip.hidden = true;
      return;
    }
    const [first, ...rest] = Object.entries(value);
    const list = document.createElement("dl");
    for (const [term, text] of rest) {
      const dt = document.createElement("dt");
      const dd = document.createElement("dd");
      dt.textContent = term;
      dd.textContent = text;
      list.append(dt, dd);
    }
    const title = document.createElement("strong");
    title.textContent = first[1];
    tip.replaceChildren(title, list);
    tip.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = tip;
    const left = Math.min(event.clientX + 14, document.documentElement.clientWidth - width - 8);
    const above = event.clientY - height - 14;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${above > 8 ? above : event.clientY + 18}px`;
  }

  addEventListener("scroll", () => (tip.hidden = true), { passive: true });

  // Picking a class ---------------------------------------------------------------------------

  const search = one("#viz-search");
  const status = one(".viz-status");

  const fixed = (digits) => {
    const format = new Intl.NumberFormat("en", {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    return (value) => (value == null ? "–" : format.format(value).replace("-", "−"));
  };
  const two = fixed(2);
  const percent = (value) => `${fixed(0)(100 * value)}%`;

  // The panel and the row of each class.
  const items = new Map(page.groups.map((group) => [group, []]));
  for (const item of all("[data-group]")) items.get(item.dataset.group).push(item);

  function mark(item, picked) {
    item.classList.toggle("viz-picked", picked);
    one("button", item).setAttribute("aria-pressed", String(picked));
  }

  function pick(group) {
    set({ picked: group });
    root.classList.toggle("viz-has-pick", group != null);
    for (const item of all(".viz-picked")) mark(item, false);
    for (const item of items.get(group) ?? []) mark(item, true);
    search.value = group == null ? "" : names.get(group);
    tell();
    tellWeight();
  }

  function tell() {
    const row = rows.get(state.picked);
    const note = one('input[data-set="mix"]:checked')?.dataset.note ?? "";
    if (!row) {
      status.textContent = note || "Pick in any chart, or here.";
      return;
    }
    const { slope } = row.partial[state.model];
    const own = row.none.slope == null ? "no slope" : `slope ${two(row.none.slope)}`;
    const years = row.years == null ? "" : `, ${row.years} ${one("#viz-years").dataset.unit}`;
    const model = `model ${state.model.slice(1)}`;
    const facts = `${row.name}: ${row.n} pupils${years}; ${own} by itself, ${two(slope)} in ${model}`;
    status.textContent = note ? `${facts}. ${note}` : facts;
  }

  function move(order, by) {
    const at = order.indexOf(state.picked);
    if (at < 0) return pick(by > 0 ? order[0] : order.at(-1));
    return pick(order[(at + by + order.length) % order.length]);
  }

  function orderOf(box) {
    const term = { "effects-intercept": "Intercept", "effects-slope": "slope" }[box.dataset.chart];
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

  for (const item of all("[data-group]")) {
    item.addEventListener("click", () => {
      pick(item.dataset.group === state.picked ? null : item.dataset.group);
    });
  }

  function found(text, whole) {
    const wanted = text.trim().toLowerCase();
    const same = (group) => [group, names.get(group)].some((name) => name.toLowerCase() === wanted);
    const near = (group) => names.get(group).toLowerCase().includes(wanted);
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
    else status.textContent = `There is no “${search.value}”.`;
  });
  for (const button of all("[data-move]")) {
    button.addEventListener("click", () => move(page.groups, Number(button.dataset.move)));
  }

  for (const input of all("input[data-set]")) {
    input.addEventListener("change", () => {
      const { set: name } = input.dataset;
      set({ [name]: input.value });
      if (name === "model") showModel();
      tell();
      tellPrediction();
    });
  }

  function showModel() {
    for (const input of all('input[data-set="model"]')) input.checked = input.value === state.model;
    for (const item of all("[data-when]")) item.hidden = item.dataset.when !== state.model;
    for (const item of all("[data-unless]")) item.hidden = item.dataset.unless === state.model;
  }

  // Steps -------------------------------------------------------------------------------------

  const tabs = all("[role=tab]");
  const stepsBox = one('[data-chart="steps"]');
  const [back, next] = all("[data-turn]");
  let frame = 0;

  function showStep(step) {
    const at = page.steps.indexOf(step);
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === at));
      tab.tabIndex = i === at ? 0 : -1;
      tab.classList.toggle("viz-past", i < at);
    });
    for (const panel of all(".viz-step")) panel.hidden = panel.id !== `viz-step-${step}`;
    one(".viz-now").textContent = tabs[at].textContent.replace(/^\d+/, "");
    back.disabled = at === 0;
    next.disabled = at === page.steps.length - 1;
    root.dataset.step = { complete: "complete", none: "none" }[step] ?? "partial";
  }

  function goTo(step) {
    if (step === state.target) return;
    showStep(step);
    cancelAnimationFrame(frame);
    const changes = { origin: state.target, target: step, time: reducedMotion.matches ? 1 : 0 };
    if (step.startsWith("m")) changes.model = step;
    set(changes);
    showModel();
    tell();
    if (!reducedMotion.matches) animate(performance.now());
  }

  function animate(start) {
    frame = requestAnimationFrame((now) => {
      const share = Math.min(1, Math.max(0, (now - start) / STEP_MILLISECONDS));
      // Slow at both ends, exactly 1 at the last.
      set({ time: share < 1 ? share * share * (3 - 2 * share) : 1 });
      if (share < 1) animate(start);
    });
  }

  for (const tab of tabs) tab.addEventListener("click", () => goTo(tab.dataset.step));
  one("[role=tablist]").addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    tab.focus();
    goTo(tab.dataset.step);
  });
  for (const button of [back, next]) {
    button.addEventListener("click", () => {
      goTo(page.steps[page.steps.indexOf(state.target) + Number(button.dataset.turn)]);
    });
  }

  // Dials -------------------------------------------------------------------------------------

  const slider = one("#viz-ratio");

  // The slider runs from 0 to infinity, with the estimate at a place between that leaves room on both sides.
  function ratioAt(position) {
    if (position === ESTIMATE_AT) return page.ratio;
    if (position === SLIDER_END) return Infinity;
    const scale = (page.ratio || 1) * ((SLIDER_END - ESTIMATE_AT) / ESTIMATE_AT);
    return (scale * position) / (SLIDER_END - position);
  }

  function turn(position) {
    slider.value = position;
    const ratio = ratioAt(position);
    set({ ratio });
    const shown = ratio === Infinity ? "∞" : two(ratio);
    const said = { 0: "complete pooling", [ESTIMATE_AT]: "estimated", [SLIDER_END]: "no pooling" };
    const note = said[position] ? `, ${said[position]}` : "";
    one("#viz-ratio-value").textContent = shown;
    slider.setAttribute("aria-valuetext", `${ratio === Infinity ? "infinite" : shown}${note}`);
    slider.style.setProperty("--viz-share", position / SLIDER_END);
    tellWeight();
  }

  function tellWeight() {
    const row = rows.get(state.picked);
    const n = row ? row.n : page.median;
    const weight = state.ratio === Infinity ? 1 : (n * state.ratio) / (n * state.ratio + 1);
    const strong = document.createElement("strong");
    strong.textContent = percent(weight);
    const who = row ? `${row.name}, n = ${n},` : `A middle-sized ${noun}, n = ${n},`;
    one("#viz-weight").replaceChildren(`${who} keeps `, strong, " of its own line.");
  }

  slider.addEventListener("input", () => turn(Number(slider.value)));
  for (const button of all("[data-ratio]")) {
    button.addEventListener("click", () => turn(Number(button.dataset.ratio)));
  }

  const years = one("#viz-years");

  function tellPrediction() {
    if (!years) return;
    const row = page.datasets.experience.find(
      (item) => item.mix === state.mix && item.years === state.years,
    );
    const { least, greatest } = years.dataset;
    const outside = state.years < Number(least) || state.years > Number(greatest);
    const beyond = outside ? `; no ${noun} has so ${state.years < Number(least) ? "little" : "much"}` : "";
    one("#viz-years-value").textContent = `${state.years} ${years.dataset.unit}`;
    years.setAttribute("aria-valuetext", `${state.years} ${years.dataset.unit}: ${two(row.fit)}`);
    const strong = document.createElement("strong");
    strong.textContent = two(row.fit);
    one("#viz-prediction").replaceChildren(
      strong,
      ` predicted; 95% confidence interval of the average ${two(row.low)} to ${two(row.high)}${beyond}`,
    );
  }

  years?.addEventListener("input", () => {
    set({ years: Number(years.value) });
    tellPrediction();
  });

  // Table -------------------------------------------------------------------------------------

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
    const byGroup = new Map(all("tr[data-group]").map((tr) => [tr.dataset.group, tr]));
    body.append(...listed.map((row) => byGroup.get(row[groupColumn])));
  }

  for (const button of all(".viz-sort")) button.addEventListener("click", () => sort(button));

  function csv() {
    const columns = Object.keys(page.table[0]);
    const cell = (value) => {
      const text = value == null ? "" : String(value);
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = listed.map((row) => columns.map((column) => cell(row[column])).join(","));
    return [columns.join(","), ...lines, ""].join("\n");
  }

  one("#viz-csv").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    link.download = `${noun}-estimates.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  });

  // Start -------------------------------------------------------------------------------------

  root.classList.add("viz-on");
  showStep("complete");
  showModel();
  turn(ESTIMATE_AT);
  pick(null);
  tellPrediction();
  draw(stepsBox);
  performance.mark("first-chart");

  const boxes = all(".viz-canvas");
  addEventListener("beforeprint", () => {
    boxes.forEach(draw);
    for (const entry of views.values()) if (entry.stale) refresh(entry);
  });
  for (const box of boxes) {
    sight.observe(box);
    widths.observe(box);
  }
  // The rest is drawn while the reader reads, a chart at a time.
  const rest = boxes.slice(0, 40);
  idle(function drawNext(deadline) {
    do {
      const box = rest.shift();
      if (!box) return root.classList.add("viz-ready");
      draw(box);
    } while (deadline.timeRemaining() > 10);
    return idle(drawNext);
  });
  root.visualization = { state, views, set, pick, goTo, csv };
})();
