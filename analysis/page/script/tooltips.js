/* What is under the pointer, in words. */

const tip = one(".viz-tip");

const told = new Map();
const within = (row, path) => path.split(".").reduce((value, name) => value?.[name], row);

// A mark says what it tells of its row; numbers are written as everywhere on the page.
function toldLines(text, row) {
  if (!told.has(text)) {
    told.set(
      text,
      JSON.parse(text).map(({ field, title, notation }) => ({
        field,
        title,
        write: notation ? writer(notation) : (value) => String(value ?? "–"),
      })),
    );
  }
  return told.get(text).map(({ field, title, write }) => [title, write(within(row, field))]);
}

function showTip(handler, event, item, text) {
  if (text == null || !item?.datum) {
    tip.hidden = true;
    return;
  }
  const [[, name], ...rest] = toldLines(text, item.datum);
  const list = document.createElement("dl");
  for (const [term, value] of rest) {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    dd.textContent = value;
    list.append(dt, dd);
  }
  const title = document.createElement("strong");
  title.textContent = name;
  tip.replaceChildren(title, list);
  tip.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = Math.min(event.clientX + 14, document.documentElement.clientWidth - width - 8);
  const above = event.clientY - height - 14;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${above > 8 ? above : event.clientY + 18}px`;
}

addEventListener("scroll", () => (tip.hidden = true), { passive: true });
