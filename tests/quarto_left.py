"""A site as Quarto 1.7 leaves it, for what is mended behind it."""

ALIAS = """<html><head><title>Redirect</title><script type="text/javascript">
    var redirects = {"":"report/index.html"};
    window.location.replace(redirects[""]);
</script></head><body></body></html>
"""

PAGE = """<!DOCTYPE html><title>A page</title>
<script src="../site_libs/quarto-html/quarto.js" type="module"></script>
<script src="../site_libs/quarto-html/tabsets/tabsets.js" type="module"></script>
<script>const other = 'href="never.html"';</script>
<a href="index.pdf">PDF</a> <a href="https://example.org/x">x</a> <a href="#a">a</a>
<a href="index.html#a">here</a>
<nav class="navbar navbar-expand-lg "><button class="navbar-toggler" type="button" role="menu">
</button></nav><pre class="pycon"><code>1</code></pre>
<div class="callout-header" data-bs-toggle="collapse" aria-label="Toggle callout">
Title</div>
<script>
document.querySelector(".callout-header").onclick = ({ target: it }) => {
  it.ariaExpanded = it.ariaExpanded !== "true";
};
</script>
"""

MAIN = """import * as tabsets from "./tabsets/tabsets.js";
const name = "main";
tabsets.init();
"""

TABSETS = """const name = "tabsets";
export function init() { document.title = name; }
"""


def write_site(folder):
    scripts = folder / "site_libs" / "quarto-html"
    for path, text in {
        folder / "index.html": ALIAS,
        folder / "report" / "index.html": PAGE,
        scripts / "quarto.js": MAIN,
        scripts / "tabsets" / "tabsets.js": TABSETS,
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
