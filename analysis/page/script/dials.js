/* The dials: the ratio of the variances, and the level 2 predictor. */

// A study without a model of random intercepts alone has no ratio to turn.
const slider = one("#viz-ratio");
const { last: SLIDER_END, centre: CENTRE, tenfold: PER_TENFOLD } = page.scale ?? {};
// An estimate of 0 is complete pooling, at the left end; the scale has its centre at 1 then.
const ESTIMATE_AT = page.ratio ? CENTRE : 0;

function ratioAt(position) {
  if (position === ESTIMATE_AT) return page.ratio;
  if (position === 0) return 0;
  if (position === SLIDER_END) return Infinity;
  return (page.ratio || 1) * 10 ** ((position - CENTRE) / PER_TENFOLD);
}

function written(ratio) {
  if (ratio === Infinity) return "∞";
  if (ratio === 0) return fixed(2)(0);
  if (ratio === page.ratio) return writers.ratio(ratio);
  return twoDigits(ratio);
}

// What rounds to the whole is not the whole before the end.
const nearly = (share) => (share > 0.995 && share < 1 ? "over 99%" : percent(share));

function turn(position) {
  if (!slider) return;
  slider.value = position;
  const ratio = ratioAt(position);
  set({ ratio, place: position });
  const shown = written(ratio);
  const said = [
    [0, "complete pooling"],
    [ESTIMATE_AT, "estimated"],
    [SLIDER_END, "no pooling"],
  ];
  const note = said.map(([at, text]) => (at === position ? `, ${text}` : "")).join("");
  one("#viz-ratio-value").textContent = shown;
  slider.setAttribute("aria-valuetext", `${ratio === Infinity ? "infinite" : shown}${note}`);
  slider.style.setProperty("--viz-share", position / SLIDER_END);
  tellWeight();
  tellLikelihood();
}

if (slider) {
  keep(
    "ratio",
    () => slider.value,
    (place) => whole(place, SLIDER_END) && turn(Number(place)),
  );
}

function tellWeight(line = state.picked == null ? null : lineOf(state.picked, state.removed)) {
  if (!slider) return;
  const row = rows.get(state.picked);
  const n = line ? line.n : page.median;
  const share = nearly(weightOf(n, state.ratio));
  const taken = state.removed.length > 0;
  const who = row ? row.name : `A middle-sized ${words.group}`;
  const size = `n = ${n}${taken ? ` of ${row.weighed}` : ""}`;
  const rest = line?.flat ? ", which has the common slope." : ".";
  for (const told of all("[data-weight]")) {
    const strong = document.createElement("strong");
    strong.textContent = share;
    const nothing = `${who}, ${size}, has nothing to keep: its line is the common one.`;
    if (taken && !n) told.textContent = nothing;
    else told.replaceChildren(`${who}, ${size}, keeps `, strong, ` of its own line${rest}`);
  }
}

function tellLikelihood() {
  const { low, high } = page.scale.region;
  const share = page.datasets.likelihood[state.place].share;
  const likely = share > 0 && share < 0.001 ? "less than 0.1%" : nearly(share);
  const outside = state.ratio < (low ?? 0) || state.ratio > (high ?? Infinity);
  const verdict = outside ? "ruled out" : "not ruled out";
  one("#viz-likelihood").textContent =
    state.place === ESTIMATE_AT
      ? "The estimate is where the data are likeliest."
      : `Here the data are ${likely} as likely as at the estimate: ${verdict}.`;
}

slider?.addEventListener("input", () => turn(Number(slider.value)));
for (const button of all("[data-ratio]")) {
  button.addEventListener("click", () => turn(Number(button.dataset.ratio)));
}

// The slider counts through the values; only as read from the data are they equal to these.
const level2 = one("#viz-level-2");
const level2Written = level2 && writer(page.level2.notation);

function tellPrediction() {
  if (!level2) return;
  const row = page.datasets["level-2"].find(
    (item) => item.choice === state.choice && item.level2 === state.level2,
  );
  const { least, greatest } = page.level2;
  const outside = state.level2 < least || state.level2 > greatest;
  const beyond = outside ? "; extrapolated" : "";
  const [fit, low, high] = [row.fit, row.low, row.high].map(writers.prediction);
  const measured = [level2Written(state.level2), level2.dataset.unit].filter(Boolean).join(" ");
  one("#viz-level-2-value").textContent = measured;
  level2.setAttribute("aria-valuetext", `${measured}: ${fit}`);
  const strong = document.createElement("strong");
  strong.textContent = fit;
  one("#viz-prediction").replaceChildren(
    strong,
    ` predicted, 95% confidence interval for the average ${words.group}: ${low} to ${high}${beyond}`,
  );
}

function predictAt(place) {
  level2.value = place;
  set({ level2: page.level2.grid[place] });
  tellPrediction();
}

if (level2) {
  level2.addEventListener("input", () => predictAt(Number(level2.value)));
  keep(
    "level2",
    () => level2.value,
    (place) => whole(place, page.level2.grid.length - 1) && predictAt(Number(place)),
  );
}
