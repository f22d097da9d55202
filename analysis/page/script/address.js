/* A reader's choices in the address, so that one can link to a view: #SECTION&step=none&group=7. */

const WRITTEN_AFTER_MILLISECONDS = 400;

const kept = new Map();
let writing = 0;

// A control joins by its name in the address, by what it says, and by what sets it, which ignores
// what it cannot mean. They are restored in the order in which they have joined.
function keep(name, read, restore) {
  kept.set(name, { read, restore, arrival: null });
}

const whole = (text, most) => /^\d{1,6}$/.test(text) && Number(text) <= most;

function parts() {
  const [section, ...rest] = location.hash.slice(1).split("&");
  const named = section.includes("=") ? "" : section;
  return { section: named, choices: new URLSearchParams((named ? rest : [section, ...rest]).join("&")) };
}

// Browsers refuse addresses that change many times a second, as under a slider.
function note() {
  clearTimeout(writing);
  writing = setTimeout(() => {
    const choices = new URLSearchParams();
    for (const [name, { read, arrival }] of kept) {
      if (read() !== arrival) choices.set(name, read());
    }
    const hash = [parts().section, choices.toString()].filter(Boolean).join("&");
    if (hash === location.hash.slice(1)) return;
    // Not a new entry of the history: Back leads to the page before this one.
    const { pathname, search } = location;
    history.replaceState(history.state, "", hash ? `#${hash}` : `${pathname}${search}`);
  }, WRITTEN_AFTER_MILLISECONDS);
}

// An address of a section alone leaves the choices as they are.
function restore() {
  const { section, choices } = parts();
  const known = [...choices.keys()].some((name) => kept.has(name));
  if (!known) return note();
  for (const [name, { restore: apply, arrival }] of kept) apply(choices.get(name) ?? arrival);
  // A browser looks for the whole fragment, and finds no such section.
  if (section) document.getElementById(section)?.scrollIntoView();
}

function arrive() {
  for (const control of kept.values()) control.arrival = control.read();
  restore();
  addEventListener("hashchange", restore);
}
