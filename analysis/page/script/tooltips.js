/* What is under the pointer, in words. */

const tip = one(".viz-tip");

function showTip(handler, event, item, value) {
  if (value == null || typeof value !== "object") {
    tip.hidden = true;
    return;
  }
  const [first, ...rest] = Object.entries(value);
  const list = document.createElement("dl");
  for (const [term, text] of rest) {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    dd.textContent = text;
    list.append(dt, dd);
  }
  const title = document.createElement("strong");
  title.textContent = first[1];
  tip.replaceChildren(title, list);
  tip.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = Math.min(event.clientX + 14, document.documentElement.clientWidth - width - 8);
  const above = event.clientY - height - 14;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${above > 8 ? above : event.clientY + 18}px`;
}

addEventListener("scroll", () => (tip.hidden = true), { passive: true });
