/* The dials: the ratio of the variances, and the level 2 predictor. */

const SLIDER_END = 1000;
const CENTRE = 600;
// An estimate of 0 is complete pooling, at the left end; the scale has its centre at 1 then.
const ESTIMATE_AT = page.ratio ? CENTRE : 0;

const slider = one("#viz-ratio");

const PER_TENFOLD = 200;

// The weights go from nothing to nearly all while the ratio grows a thousandfold: a logarithmic
// scale, whose ends are 0 and infinity.
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
  const power = Math.floor(Math.log10(ratio));
  if (power < -4 || power > 6) return writer({ decimals: 1, power })(ratio);
  return fixed(Math.max(0, 1 - power))(Number(ratio.toPrecision(2)));
}

function turn(position) {
  slider.value = position;
  const ratio = ratioAt(position);
  set({ ratio });
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
}

function tellWeight() {
  const row = rows.get(state.picked);
  const n = row ? row.weighed : page.median;
  const weight = state.ratio === Infinity ? 1 : (n * state.ratio) / (n * state.ratio + 1);
  const strong = document.createElement("strong");
  // What rounds to the whole is not the whole before the end.
  strong.textContent = weight > 0.995 && weight < 1 ? "over 99%" : percent(weight);
  const who = row ? `${row.name}, n = ${n},` : `A middle-sized ${noun}, n = ${n},`;
  one("#viz-weight").replaceChildren(`${who} keeps `, strong, " of its own line.");
}

slider.addEventListener("input", () => turn(Number(slider.value)));
for (const button of all("[data-ratio]")) {
  button.addEventListener("click", () => turn(Number(button.dataset.ratio)));
}

// The slider counts through the values; only as read from the data are they equal to these.
const years = one("#viz-years");
const yearsWritten = years && writer(page.experience.notation);

function tellPrediction() {
  if (!years) return;
  const row = page.datasets.experience.find(
    (item) => item.mix === state.mix && item.years === state.years,
  );
  const { least, greatest } = page.experience;
  const outside = state.years < least || state.years > greatest;
  const beyond = outside ? "; extrapolated" : "";
  const [fit, low, high] = [row.fit, row.low, row.high].map(writers.prediction);
  const measured = [yearsWritten(state.years), years.dataset.unit].filter(Boolean).join(" ");
  one("#viz-years-value").textContent = measured;
  years.setAttribute("aria-valuetext", `${measured}: ${fit}`);
  const strong = document.createElement("strong");
  strong.textContent = fit;
  one("#viz-prediction").replaceChildren(
    strong,
    ` predicted, 95% confidence interval for the average ${noun}: ${low} to ${high}${beyond}`,
  );
}

years?.addEventListener("input", () => {
  set({ years: page.experience.grid[Number(years.value)] });
  tellPrediction();
});
