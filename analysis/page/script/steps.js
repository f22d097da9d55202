/* The steps of the ladder, one into the next. */

const STEP_MILLISECONDS = 900;
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

const tabs = all("[role=tab]");
const stepsBox = one('[data-chart="steps"]');
const [back, next] = all("[data-turn]");
const headingBelow = one("h2", stepsBox.closest("section").nextElementSibling);
let frame = 0;

function showStep(step) {
  const at = page.steps.indexOf(step);
  tabs.forEach((tab, i) => {
    tab.setAttribute("aria-selected", String(i === at));
    tab.tabIndex = i === at ? 0 : -1;
    tab.classList.toggle("viz-past", i < at);
  });
  for (const panel of all(".viz-step")) panel.hidden = panel.id !== `viz-step-${step}`;
  const [number, name] = all("span", tabs[at]).map((part) => part.textContent);
  one(".viz-now").textContent = `Step ${number} of ${tabs.length}: ${name}`;
  // A button that is disabled would lose the focus.
  back.setAttribute("aria-disabled", String(at === 0));
  next.textContent = at < page.steps.length - 1 ? "Next step" : `Go on: ${headingBelow.textContent}`;
  root.dataset.step = { complete: "complete", none: "none" }[step] ?? "partial";
}

function goTo(step) {
  if (step === state.target) return;
  showStep(step);
  cancelAnimationFrame(frame);
  const changes = { target: step, time: 0 };
  if (reducedMotion.matches) Object.assign(changes, { shares: wholly(step), time: 1 });
  if (step in page.models) changes.model = step;
  set(changes);
  showModel();
  tell();
  // From where the lines are, which is between steps if another way was not at its end.
  if (!reducedMotion.matches) animate(performance.now(), state.shares, wholly(step));
}

const modelOf = (step) => (Object.hasOwn(page.models, step) ? step : page.model);

function standAt(step) {
  cancelAnimationFrame(frame);
  showStep(step);
  set({ shares: wholly(step), target: step, time: 1 });
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

function animate(start, from, to) {
  frame = requestAnimationFrame((now) => {
    const done = Math.min(1, Math.max(0, (now - start) / STEP_MILLISECONDS));
    // Slow at both ends, exactly 1 at the last.
    const time = done < 1 ? done * done * (3 - 2 * done) : 1;
    const between = (step) => [step, from[step] + time * (to[step] - from[step])];
    set({ time, shares: time < 1 ? Object.fromEntries(page.steps.map(between)) : to });
    if (done < 1) animate(start, from, to);
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
    const step = page.steps[page.steps.indexOf(state.target) + Number(button.dataset.turn)];
    if (step) goTo(step);
    else if (button === next) goOn();
  });
}

function goOn() {
  headingBelow.tabIndex = -1;
  headingBelow.focus({ preventScroll: true });
  headingBelow.scrollIntoView();
}
