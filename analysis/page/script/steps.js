/* The steps of the ladder, one into the next. */

const STEP_MILLISECONDS = 900;
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

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
  if (step in page.models) changes.model = step;
  set(changes);
  showModel();
  tell();
  if (!reducedMotion.matches) animate(performance.now());
}

const modelOf = (step) => (Object.hasOwn(page.models, step) ? step : page.model);

function standAt(step) {
  cancelAnimationFrame(frame);
  showStep(step);
  set({ origin: step, target: step, time: 1 });
  chooseModel(modelOf(step));
}

keep(
  "step",
  () => state.target,
  (step) => page.steps.includes(step) && standAt(step),
);
// A step sets the model; the address says one that was chosen after it.
keep(
  "model",
  () => (state.model === modelOf(state.target) ? "" : state.model),
  (model) => Object.hasOwn(page.models, model) && chooseModel(model),
);

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
