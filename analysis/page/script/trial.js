/* Pooling put to the test: some rows of a group are known, the reader bets, the others show. */

const { trial } = page;
const trials = new Map(trial?.groups.map(({ group, at }) => [group, at]));
const trialSection = one(".viz-trial");
const stopSlider = one("#viz-known");
const bets = all('[name="viz-bet"]');
const revealButton = one("#viz-reveal");

if (trial) Object.assign(state, { tested: trial.first, known: trial.stops[0].known, revealed: false });

function tellTrial() {
  if (!trial) return;
  const tested = trials.has(state.picked) ? state.picked : trial.first;
  const at = Number(stopSlider.value);
  const stop = trial.stops[at];
  set({ tested, known: stop.known });
  const own = trials.get(tested)[at];
  trialSection.classList.toggle("viz-whole", !own.least.length);
  const missing = state.picked != null && !trials.has(state.picked);
  one("#viz-tested").textContent = own.head;
  one("#viz-missing").hidden = !missing;
  one("#viz-missing b").textContent = missing ? names.get(state.picked) : "";
  one("#viz-known-value").textContent = stop.name;
  stopSlider.setAttribute("aria-valuetext", stop.name);
  revealButton.textContent = state.revealed ? revealButton.dataset.again : own.show;
  one("#viz-said").textContent = own.said;
  one("#viz-said-of-all").textContent = stop.said;
  one("#viz-tested-column").textContent = names.get(tested);
  const bet = bets.find((input) => input.checked)?.value;
  for (const row of all("tr[data-method]", trialSection)) {
    const { method } = row.dataset;
    const [, ofGroup, ofAll] = row.children;
    ofGroup.textContent = own.errors[method] ?? "–";
    ofAll.textContent = stop.errors[method] ?? "–";
    ofGroup.classList.toggle("viz-least", own.least.includes(method));
    ofAll.classList.toggle("viz-least", stop.least.includes(method));
    one(".viz-your-bet", row).hidden = method !== bet;
  }
}

function showTrial(revealed) {
  set({ revealed });
  trialSection.classList.toggle("viz-revealed", revealed);
  one(".viz-found").hidden = !revealed;
  one("#viz-bet-first").hidden = true;
  for (const input of bets) input.disabled = revealed;
  tellTrial();
  if (revealed) draw(one('[data-chart="trial-errors"]'));
}

function restartTrial() {
  for (const input of bets) input.checked = false;
  showTrial(false);
}

function anotherTrial() {
  const order = [...trials.keys()];
  restartTrial();
  pick(order[(order.indexOf(state.tested) + 1) % order.length]);
}

revealButton?.addEventListener("click", () => {
  if (state.revealed) return anotherTrial();
  const undecided = !bets.some((input) => input.checked);
  one("#viz-bet-first").hidden = !undecided;
  if (undecided) return bets[0].focus();
  return showTrial(true);
});
for (const input of bets) {
  input.addEventListener("change", () => (one("#viz-bet-first").hidden = true));
}
stopSlider?.addEventListener("input", tellTrial);
if (trial) {
  keep(
    "known",
    () => stopSlider.value,
    (at) => {
      if (!whole(at, trial.stops.length - 1)) return;
      stopSlider.value = at;
      tellTrial();
    },
  );
}
for (const button of all("[data-by]", trialSection ?? root)) {
  button.addEventListener("click", () => {
    const order = [...trials.keys()];
    const to = order.indexOf(state.tested) + Number(button.dataset.by);
    pick(order[(to + order.length) % order.length]);
  });
}
