// The theme button, the folding contents, callouts on paper, and keyboard access to what scrolls sideways.
const root = document.documentElement;
const toggle = document.getElementById("theme-toggle");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
const showTheme = () => toggle.setAttribute("aria-pressed", String(isDark()));

toggle.hidden = false;
toggle.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // A browser that stores nothing still switches for this visit.
  }
  showTheme();
});
prefersDark.addEventListener("change", showTheme);
showTheme();

const contents = document.querySelector("#TOC details");
if (contents) {
  const wide = matchMedia("(min-width: 70rem)");
  wide.addEventListener("change", () => { contents.open = wide.matches; });
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && !wide.matches) contents.open = false;
  });

  const links = new Map(
    [...contents.querySelectorAll("a")].map((a) => [decodeURIComponent(a.hash.slice(1)), a]),
  );
  const headings = [...document.querySelectorAll("main h2[id], main h3[id]")]
    .filter((heading) => links.has(heading.id));
  const mark = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
    const current = passed.at(-1);
    for (const [id, a] of links) {
      if (current && id === current.id) a.setAttribute("aria-current", "true");
      else a.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", mark, { passive: true });
  mark();
}

// Paper cannot be unfolded.
const folded = [...document.querySelectorAll(".callout details:not([open])")];
addEventListener("beforeprint", () => {
  for (const details of folded) {
    details.dataset.open = details.open;
    details.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const details of folded) details.open = details.dataset.open === "true";
});

const scrollers = document.querySelectorAll(".table-scroll, .equation, pre");
const reach = () => {
  for (const box of scrollers) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("resize", reach);
reach();
