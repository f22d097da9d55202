/* The rows of many groups: thousands of dots in one picture beneath a chart's lines, because a
   browser takes longer to put thousands of elements together than all else of a frame. */

const ROUND = 2 * Math.PI;

function paint(entry) {
  const { box, view } = entry;
  entry.painted = state.choice;
  const dots = page.charts[box.dataset.chart].usermeta?.dots;
  if (!dots) return;
  const canvas = one(".viz-dots", box) ?? box.appendChild(document.createElement("canvas"));
  canvas.className = "viz-dots";
  const { width, height } = one("svg", box).getBoundingClientRect();
  const sharp = devicePixelRatio;
  Object.assign(canvas, { width: width * sharp, height: height * sharp });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const [x, y] = [view.scale("x"), view.scale("y")];
  const [left, top] = view.origin();
  const { left: before, top: above } = view.padding();
  const pen = canvas.getContext("2d");
  pen.setTransform(sharp, 0, 0, sharp, (left + before) * sharp, (top + above) * sharp);
  const { color: ink, outlineColor: ground } = getComputedStyle(canvas);
  if (dots.density) return paintDensity(pen, x, y, dots, ink);
  pen.strokeStyle = ink;
  pen.lineWidth = dots.edge;
  for (const row of page.datasets.observations) {
    const shown = !dots.chosen || state.choice === "all" || row.choice === state.choice;
    pen.globalAlpha = shown ? dots.opacity : dots.unchosen;
    pen.fillStyle = row.open ? ground : ink;
    pen.beginPath();
    pen.arc(x(row.place), y(row.y), row.open ? dots.radius : dots.radius + dots.edge / 2, 0, ROUND);
    pen.fill();
    if (row.open) pen.stroke();
  }
}

/* How densely rows lie that are too many to be dots: a cell as dark as its level. */
function paintDensity(pen, x, y, { density, levels }, ink) {
  pen.fillStyle = ink;
  for (const { x1, x2, y1, y2, level } of page.datasets.density) {
    pen.globalAlpha = (density * level) / levels;
    const [left, top, right, foot] = [x(x1), y(y2), x(x2), y(y1)].map(Math.round);
    pen.fillRect(left, top, right - left, foot - top);
  }
}

function paintAll() {
  for (const entry of views.values()) paint(entry);
}

// The colours of a picture do not follow the theme by themselves.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintAll);
for (const element of [document.documentElement, document.body]) {
  new MutationObserver(paintAll).observe(element, { attributes: true });
}
