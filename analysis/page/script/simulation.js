/* Known truth: groups drawn at random, their true lines beside the own and the pooled ones. */

const MANY_SEED = 2026;

const extent = (values) =>
  values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );

const truth = page.truth && { ...page.truth };
const simulation = { seed: 1, size: truth?.size, groups: truth?.groups, spread: 1 };

if (truth) {
  // Where the page does not have every row, it has the quantiles of the predictor.
  truth.pool ??= page.datasets.observations.filter((row) => row.known).map((row) => row.x);
  truth.centre = mean(truth.pool);
  truth.variance = mean(truth.pool.map((x) => (x - truth.centre) ** 2));
  truth.ends = extent(truth.pool);
}

function simulate() {
  const groups = simulated(uniforms(simulation.seed), truth, simulation);
  const lines = estimated(groups, truth, simulation.spread);
  const distance = (one, other) => Math.sqrt(squaredDistance(one, other, truth));
  const heights = (line) => truth.ends.map((x) => line[0] + line[1] * (x - truth.centre));
  const [x1, x2] = truth.ends;
  const found = lines.map(({ own, pooled }, simulated) => ({
    simulated,
    number: simulated + 1,
    name: `Simulated ${words.group} ${simulated + 1}`,
    x1,
    x2,
    truth: heights(groups[simulated].truth),
    own: heights(own),
    pooled: heights(pooled),
    fromOwn: distance(own, groups[simulated].truth),
    fromPooled: distance(pooled, groups[simulated].truth),
  }));
  const dots = groups.flatMap(({ x, y }, simulated) =>
    x.map((value, i) => ({ simulated, x: value + truth.centre, y: y[i] })),
  );
  show("simulated-lines", found);
  show("simulated-rows", dots);
  const [low, high] = extent([...found.flatMap((row) => row.truth), ...dots.map((row) => row.y)]);
  const room = 0.03 * (high - low);
  set({
    reach: [low - room, high + room],
    shown: Math.min(state.shown, found.length - 1),
    drawn: { groups: found.length },
  });
  tellSimulated();
}

/* A drawing that is made already gets the new rows; one that is not is made of them. */
function show(name, found) {
  page.datasets[name] = found;
  for (const { box, view } of views.values()) {
    const { data } = compile(box.dataset.chart);
    if (data.includes(name)) view.data(name, found.map((row) => ({ ...row })));
  }
}

function showSimulated(simulated) {
  set({ shown: (simulated + simulation.groups) % simulation.groups });
  tellSimulated();
}

const some = (count) => `${count} ${count === 1 ? words.group : words.groups}`;

function tellSimulated() {
  const found = page.datasets["simulated-lines"];
  const nearer = found.filter((row) => row.fromPooled < row.fromOwn).length;
  const { name, fromOwn, fromPooled } = found[state.shown];
  const better = fromPooled < fromOwn ? "pooled" : "own";
  one("#viz-simulated-name").textContent = `${name} of ${found.length}`;
  one("#viz-simulated-one").textContent =
    `In the one that is shown the ${better} line is the nearer: the pooled line is ` +
    `${twoDigits(fromPooled)} from the truth, the own line ${twoDigits(fromOwn)}.`;
  const strong = document.createElement("strong");
  strong.textContent = `${nearer} of ${some(found.length)}`;
  one("#viz-simulated-count").replaceChildren(
    "In this draw the pooled line is nearer to the truth for ",
    strong,
    `, the own line for ${found.length - nearer}.`,
  );
}

const many = one("#viz-simulated-many");

function tellMany() {
  many.ariaBusy = "false";
  const found = manyDraws(MANY_SEED, truth, simulation);
  const most = Math.max(found.own, found.pooled);
  for (const kind of ["own", "pooled"]) {
    const bar = one(`[data-bar="${kind}"]`);
    bar.style.setProperty("--viz-bar", found[kind] / most);
    one("b", bar).textContent = twoDigits(found[kind]);
  }
  const gain = 1 - found.pooled / found.own;
  const changed = percent(Math.abs(gain));
  const distance = "the mean squared distance from the truth";
  const verb = gain < 0 ? `adds ${changed} to ${distance}` : `takes away ${changed} of ${distance}`;
  const told = changed === "0%" ? `leaves ${distance} as it is` : verb;
  const little = gain < 0 ? ": here it does not help" : ": here it barely helps";
  const share = percent(found.nearer / found.groups);
  many.textContent =
    `In ${DRAWS} draws like this one the pooled line is nearer for ${share} of the ` +
    `${words.groups}, and pooling ${told}${gain < 0.05 ? little : ""}.`;
}

/* Draw by the same or other wishes; the many draws are the same for the same wishes. */
function resimulate(changes) {
  Object.assign(simulation, changes);
  for (const name of ["size", "groups"]) {
    one(`#viz-simulated-${name}`).value = simulation[name];
    one(`#viz-simulated-${name}-value`).textContent = simulation[name];
  }
  for (const input of all('input[name="simulated-spread"]')) {
    input.checked = Number(input.value) === simulation.spread;
  }
  simulate();
  note();
  // The drawing follows the slider at once, many draws when the browser has time.
  if (many.ariaBusy !== "true") idle(tellMany, { timeout: 200 });
  many.ariaBusy = "true";
}

if (truth) {
  for (const name of ["size", "groups"]) {
    const input = one(`#viz-simulated-${name}`);
    input.addEventListener("input", () => resimulate({ [name]: Number(input.value) }));
  }
  for (const input of all('input[name="simulated-spread"]')) {
    input.addEventListener("change", () => resimulate({ spread: Number(input.value) }));
  }
  for (const button of all("[data-simulate]")) {
    button.addEventListener("click", () => resimulate(JSON.parse(button.dataset.simulate)));
  }
  one("#viz-draw-again").addEventListener("click", () => {
    simulation.seed += 1;
    simulate();
    note();
  });
  for (const button of all("[data-simulated-move]")) {
    const by = Number(button.dataset.simulatedMove);
    button.addEventListener("click", () => showSimulated(state.shown + by));
  }
  for (const chart of ["truth", "distances"]) {
    clicks.set(chart, (datum) => {
      if (datum?.simulated != null) showSimulated(datum.simulated);
      return true;
    });
  }
  // Its wishes stand in the address as one: seed, size, groups and spread of a draw.
  const wishes = ["seed", "size", "groups", "spread"];
  keep(
    "draw",
    () => wishes.map((wish) => simulation[wish]).join("-"),
    (text) => {
      const values = text.split("-").map(Number);
      const [seed, ...others] = values;
      const offered = [one("#viz-simulated-size"), one("#viz-simulated-groups")];
      const within = offered.every(
        ({ min, max }, i) => others[i] >= Number(min) && others[i] <= Number(max),
      );
      const spreads = all('input[name="simulated-spread"]').map((input) => Number(input.value));
      const known = [simulation.spread, ...spreads].includes(others[2]);
      if (!within || !known || ![seed, ...others.slice(0, 2)].every(Number.isSafeInteger)) return;
      resimulate(Object.fromEntries(wishes.map((wish, i) => [wish, values[i]])));
    },
  );
}
