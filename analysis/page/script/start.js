/* The first view of everything. */

root.classList.add("viz-on");
root.classList.remove("viz-waiting");
showStep("complete");
showModel();
turn(ESTIMATE_AT);
pick(null);
tellPrediction();
listPanels();
arrive();
if (trial) draw(one('[data-chart="trial"]'));
draw(stepsBox);
performance.mark("first-chart");
if (truth) resimulate({});

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
root.visualization = { state, views, set, pick, goTo, restartTrial, keep, csv };
