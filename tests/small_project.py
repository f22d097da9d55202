"""A small project for the renderer, and what its tests do with one."""

import json
import re
import shutil
from pathlib import Path

from renderer.convert import to_page
from renderer.project import read_project

REPORT = Path(__file__).resolve().parents[1] / "report"

SETTINGS = """
author: "Ann O'Author"
subtitle: "A course"
date: 2022-05-01
project: {type: website, output-dir: _site, render: [report/*.qmd], resources: [extra/*.txt]}
website:
  title: "The site"
  navbar: {left: [{href: report/index.qmd, text: Report}]}
lang: en-GB
bibliography: report/references.bib
csl: report/references.csl
format: {html: {toc: true}, typst: {}}
"""

FRONT = """---
title: "A title"
aliases: [/index.html]
format: {html: default}
---

"""

BOTH = FRONT.replace("{html: default}", "{html: default, typst: default}")
ONE = "_artifacts/figures/one.svg"

SIDE_BY_SIDE = f"""::: {{#fig-x layout-ncol=2}}
![The *first*]({ONE}){{#fig-x-a}}

::: {{#fig-x-b}}
{{{{< artifact figures/one.svg >}}}}

The second
:::

![The third]({ONE}){{#fig-x-c}}

All of them.
:::

![After]({ONE}){{#fig-y}}

See @fig-x, @fig-x-a, @fig-x-c and @fig-y.
"""

FOLDED = """::: {.callout-note collapse="true"}
## Folded
Hidden at first.
:::

::: {.callout-note collapse="false" title="Open"}
Seen at first.
:::

::: {.callout-note collapse="true" appearance="simple"}
Untitled.
:::
"""

DOCUMENT = """---
title: "A title"
aliases: [/index.html]
format:
  html: default
  typst: default
---

See @fig-one, @fig-two, @tbl-one, @eq-one and @sec-inner, after @hox2018.
The value is {{< var a.b >}}, *of* `{{< var a.b >}}` and $x = {{< var a.b >}}$.

# First {#sec-first}

## Inner {#sec-inner}

$$
\\alpha_j \\approx \\frac{1}{2}
$$ {#eq-one}

$$ y $$

::: {#fig-one}
{{< artifact figures/one.svg >}}

The *first* figure.
:::

::: {#fig-two}
![](_artifacts/figures/one.svg){fig-alt="Text of the second"}

The second figure.
:::

{{< artifact tables/one.html >}}

::: {#tbl-one}
{{< artifact tables/one.html >}}

The first table
:::

# Second {#sec-second}

::: {.content-visible when-format="html"}
Seen on the page, with [results](results.json), the [start](index.html#sec-first) and
<span class="raw">HTML</span>.
:::

::: {.content-visible when-format="typst"}
Seen in the PDF.
:::

::: {.notes}
A note.[^1]
:::

Term
:   Definition [@bates2015, p. 3]

```python
x = 1
```

```r
library(lme4)
```

[^1]: A footnote.

# References {.unnumbered}

::: {#refs}
:::
"""

TABLE = """<table class="report-table">
<caption>Inner caption</caption>
<thead><tr><th scope="col"></th><th scope="col" style="text-align: right">M1</th></tr></thead>
<tbody><tr><th scope="row">x</th><td style="text-align: right">0.506<sup>***</sup></td></tr></tbody>
<tbody><tr><th scope="row">N</th><td style="text-align: right">307</td></tr></tbody>
<tfoot><tr><td colspan="2">A note</td></tr></tfoot>
</table>
"""

READING = r"""Class \#5 lies highest, as \@fig\-one of \*b\_c\* says of
\"x\-\-y\.\.\.\" ($p$ < 0.001).
See @fig-one and @sec-inner, after @hox2018.

Another paragraph: −0.07.
"""

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0h40"/></svg>'


def make_project(root, document):
    artifacts = root / "report" / "_artifacts"
    files = {
        root / "_quarto.yml": SETTINGS,
        artifacts / "variables.json": json.dumps(
            {"a": {"b": "0.506"}, "alt": {"one": 'Its "alt" <text>'}}
        ),
        root / "extra" / "read.txt": "resource",
        root / "report" / "index.qmd": document,
        artifacts / "figures" / "one.svg": SVG,
        artifacts / "figures" / "narrow" / "one.svg": SVG.replace("40 20", "20 30"),
        artifacts / "tables" / "one.html": TABLE,
        artifacts / "tables" / "text.html": "<p>No table</p>",
        artifacts / "readings" / "one.md": READING,
        artifacts / "results.json": "{}",
        artifacts / "visualization" / "complete-visualization.html": "<p>One file</p>",
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in ("references.bib", "references.csl"):
        shutil.copyfile(REPORT / name, root / "report" / name)
    for name in ("look", "renderer/pandoc"):
        shutil.copytree(REPORT / name, root / "report" / name)
    return root


def write(root, text):
    (root / "report" / "index.qmd").write_text(text, encoding="utf-8")


def set_key(root, line):
    """Replace a key of _quarto.yml by a line."""
    key = line.partition(":")[0]
    text = re.sub(rf"^{key}:.*\n( .*\n)*", lambda _: f"{line}\n", SETTINGS, flags=re.MULTILINE)
    (root / "_quarto.yml").write_text(text, encoding="utf-8")


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", html))


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def render_page(root):
    found = read_project(root)
    return to_page(found.documents[0], found).html
