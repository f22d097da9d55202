/* Rows of the picked group that are taken away, and the line and the weight of those left. */

const SLIDE_MILLISECONDS = 260;

const rowsOf = new Map();
for (const row of page.datasets.observations) {
  if (!rowsOf.has(row.group)) rowsOf.set(row.group, []);
  rowsOf.get(row.group).push(row);
}
for (const own of rowsOf.values()) own.sort((a, b) => b.turn - a.turn);
const linesOf = new Map(page.datasets.lines.map((row) => [row.group, row]));

const left = one("#viz-left");
let sliding = 0;

/* The own line of a group's rows that are left, at both of its ends, and the number of those that
   the models know; with none left, the common line. */
function lineOf(group, removed) {
  const { x1, x2, y1, y2 } = linesOf.get(group);
  const kept = rowsOf.get(group).filter((row) => !removed.includes(row.id));
  const known = kept.filter((row) => row.known).length;
  const common = [y1.complete.all, y2.complete.all];
  const { weighed } = rows.get(group);
  if (!removed.length) return { group, n: weighed, y1: y1.none.all, y2: y2.none.all };
  if (!kept.length) return { group, n: 0, y1: common[0], y2: common[1] };
  const { x, y, slope } = leastSquares(kept);
  // Without a slope of its own it has the common one; a point has none either way.
  const taken = slope ?? (x1 === x2 ? 0 : (common[1] - common[0]) / (x2 - x1));
  const [low, high] = [x1, x2].map((at) => y + taken * (at - x));
  return { group, n: known, y1: low, y2: high, flat: slope == null };
}

function take(removed) {
  const group = state.picked;
  const [from, to] = [state.kept ?? lineOf(group, state.removed), lineOf(group, removed)];
  cancelAnimationFrame(sliding);
  set({ removed });
  tellLeft(to);
  const done = () => set({ kept: removed.length ? to : null });
  if (reducedMotion.matches) return done();
  const start = performance.now();
  const step = (now) => {
    const share = Math.min(1, Math.max(0, (now - start) / SLIDE_MILLISECONDS));
    if (share === 1) return done();
    const between = (key) => from[key] + share * (2 - share) * (to[key] - from[key]);
    set({ kept: { group, n: between("n"), y1: between("y1"), y2: between("y2") } });
    sliding = requestAnimationFrame(step);
  };
  sliding = requestAnimationFrame(step);
}

/* Take rows away in their order, or put those back that were taken last, until so many are left. */
function leave(count) {
  const own = rowsOf.get(state.picked);
  const wanted = own.length - count;
  const taken = state.removed.slice(0, wanted);
  const next = own.map((row) => row.id).filter((id) => !taken.includes(id));
  take([...taken, ...next.slice(0, wanted - taken.length)]);
}

clicks.set("dial", (datum) => {
  if (!left || datum?.id == null || datum.group !== state.picked) return false;
  const { removed } = state;
  const without = removed.filter((id) => id !== datum.id);
  take(without.length < removed.length ? without : [...removed, datum.id]);
  return true;
});

/* With another pick all rows are there again. */
function untake() {
  if (!slider) return;
  // Of large groups the page has some of the rows, of which no line can be fitted.
  if (!left) return tellWeight();
  const row = rows.get(state.picked);
  cancelAnimationFrame(sliding);
  // The same object where nothing was taken, and no chart is drawn for it.
  set({ removed: state.removed.length ? [] : state.removed, kept: null });
  one("#viz-taking").hidden = !row;
  one("#viz-untaken").hidden = Boolean(row);
  if (!row) {
    tellWeight();
    return;
  }
  left.max = rowsOf.get(row.group).length;
  one("#viz-left-of").textContent = row.name;
  one("#viz-left-most").textContent = left.max;
  tellLeft(lineOf(row.group, []));
}

function tellLeft(line) {
  const most = rowsOf.get(line.group).length;
  const count = most - state.removed.length;
  left.value = count;
  one("#viz-left-value").textContent = count;
  one("#viz-put-back").disabled = !state.removed.length;
  one("#viz-gone").hidden = !state.removed.length;
  tellWeight(line);
  const told = one("#viz-weight").textContent;
  left.setAttribute("aria-valuetext", `${count} of ${most} ${words.units}: ${told}`);
}

left?.addEventListener("input", () => leave(Number(left.value)));
one("#viz-put-back")?.addEventListener("click", () => {
  take([]);
  left.focus();
});
one("#viz-take-example")?.addEventListener("click", (event) => {
  pick(event.currentTarget.dataset.example);
  left.focus();
});
