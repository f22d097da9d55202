"""Claims in the finished page and PDF: no trace where they hold, a mark where they do not."""

import json
import re
import subprocess

import pypdfium2
import pytest
import render
from renderer.convert import pandoc_path, to_typst
from renderer.project import read_project
from small_project import DOCUMENT, FRONT, REPORT, render_page, text_of, write
from submission import DRAFT_MARK

from analysis.errors import RenderError

BOTH = FRONT.replace("{html: default}", "{html: default, typst: default}")

CLAIMS = """Before [it *is* {{< var a.b >}}.]{.claim holds="m.a > 0"} after.

::: {.claim holds='m.b == "x"'}
A paragraph with [a link](https://example.org) and $x < 1$.

- A list.
:::

::: {.notes .claim holds="m.c
  > 0"}
A note.
:::

> ::: {.claim holds=m.d}
> A [span [in @hox2018]{.claim holds="m.a  >  0"}]{#kept .claim holds="m.a > 0"}.
> :::

# References {.unnumbered}

::: {#refs}
:::
"""

CONDITIONS = ["m.a > 0", 'm.b == "x"', "m.c > 0", "m.d"]


def put_verdicts(project, *, draft=False, **found):
    """Write what a build found: of all conditions that they hold, but for those with values."""
    verdicts = {condition: found.get(f"c{i}", True) for i, condition in enumerate(CONDITIONS)}
    path = project / "report" / "_artifacts" / "claims.json"
    path.write_text(json.dumps({"draft": draft, "claims": verdicts}), encoding="utf-8")


def without_claims(text):
    text = re.sub(r"""\.claim\s+holds=("[^"]*"|'[^']*'|[\w.]+)""", "", text)
    text = re.sub(r"\[([^][]*)\]\{ *\}", r"\1", text)
    return re.sub(r"^(> )?::: *\{ *\}\n((?s:.*?))^(> )?:::\n", r"\2", text, flags=re.MULTILINE)


def test_a_claim_that_holds_leaves_no_trace(project):
    put_verdicts(project)
    write(project, BOTH + CLAIMS)
    site = render.render(project).folder / "report"
    page, pdf = (site / name for name in ("index.html", "index.pdf"))
    marked = page.read_text(encoding="utf-8"), pdf.read_bytes()
    assert not re.search(r"claim|holds|m\.a", marked[0])
    plain = without_claims(BOTH + CLAIMS)
    assert "claim" not in plain
    write(project, plain)
    assert render.render(project).rebuilt
    assert (page.read_text(encoding="utf-8"), pdf.read_bytes()) == marked


def text_of_pdf(path):
    document = pypdfium2.PdfDocument(path)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return " ".join(text.split())


def test_a_claim_that_does_not_hold_is_marked_in_words(project):
    put_verdicts(project, c0="m.a = -1", c1="m.b = “y”", c2="m.c = 0")
    write(project, BOTH + CLAIMS)
    site = render.render(project).folder / "report"
    page = (site / "index.html").read_text(encoding="utf-8")
    text = text_of(page)
    for said in (
        "Draft. What is marked “Does not hold” is not true of these data. Before Does not hold: it "
        "is 0.506. [m.a > 0; found m.a = -1] after.".replace(">", "&gt;"),
        'Does not hold: [m.b == "x"; found m.b = "y"] A paragraph'.replace('"', "&quot;"),
    ):
        assert said.replace("&quot;", '"') in text.replace("&quot;", '"')
    assert page.count('class="draft-banner" role="note"') == 1
    assert page.count(DRAFT_MARK) == 1
    assert page.count("draft-mark") == 5
    assert re.search(r'<div class="notes draft-mark">', page)
    assert re.search(r'<span id="kept" class="draft-mark">', page)
    assert "holds=" not in page
    printed = text_of_pdf(site / "index.pdf")
    assert printed.count("Draft. What is marked “Does not hold” is not true") == 1
    assert printed.count("Does not hold: ") == 5
    assert "found m.c = 0" in printed
    found = read_project(project)
    source = to_typst(found.documents[0], found)
    assert [source.count(f"#{name}[") for name in ("draft-mark", "draft-mark-box")] == [3, 2]


def test_a_document_without_such_a_claim_has_no_banner(project):
    put_verdicts(project, c0="m.a = -1")
    (project / "report" / "other.qmd").write_text(
        FRONT.replace("aliases", "toc: true #") + "Other."
    )
    write(project, FRONT + "[x]{.claim holds='m.a > 0'}\n")
    site = render.render(project).folder / "report"
    assert "draft-banner" in (site / "index.html").read_text(encoding="utf-8")
    assert "draft-banner" not in (site / "other.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("checked", [True, False])
def test_an_unchecked_claim_is_refused(project, checked):
    if checked:
        put_verdicts(project)
    write(project, FRONT + "Text.\n\n[x]{.claim holds='m.a > 1'}\n")
    message = (
        r"^report/index\.qmd:9: m\.a > 1: the claim has not been checked; run python -m analys"
    )
    with pytest.raises(RenderError, match=message):
        render_page(project)


def test_a_document_without_claims_asks_for_none(project):
    write(project, DOCUMENT)
    assert render.render(project).rebuilt


FAKE = """
quarto = {
  doc = { input_file = "%s/report/index.qmd" },
  log = { error = function(message) io.stderr:write(message) end },
}
return dofile("%s")
"""


def through_quartos_filter(project, text, form):
    """Run the filter with what Quarto offers to filters."""
    script = project / "quarto.lua"
    script.write_text(FAKE % (project.as_posix(), (REPORT / "look" / "claims.lua").as_posix()))
    return subprocess.run(
        [str(pandoc_path()), "--from=markdown", f"--to={form}", f"--lua-filter={script}"],
        input=text,
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("form", ["html5", "typst"])
def test_quarto_runs_the_same_filter(project, form):
    put_verdicts(project, c0="m.a = -1")
    done = through_quartos_filter(project, "[x]{.claim holds='m.a > 0'}", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert "draft-mark" in done.stdout
    assert "draft-banner" in done.stdout
    done = through_quartos_filter(project, "[x]{.claim holds='m.a > 1'}", form)
    assert done.returncode == 1
    assert done.stderr.startswith("m.a > 1: the claim has not been checked")


GAPS = """Before [why *you* ask]{.gap} after.

::: {.gap}
Say where the rows come from.
:::

::: {.notes .gap}
A note to write.
:::

[Only a gap.]{.gap}

End.
"""


@pytest.mark.parametrize("checked", [True, False])
def test_a_gap_leaves_no_trace_but_in_a_draft(project, checked):
    if checked:
        put_verdicts(project)
    write(project, BOTH + GAPS)
    site = render.render(project).folder / "report"
    page, text = (site / "index.html").read_text("utf-8"), text_of_pdf(site / "index.pdf")
    assert not re.search(r"gap|Draft|To fill|why|rows come|A note", page)
    assert "<p>Before after.</p>" in re.sub(r"\s+", " ", page)
    assert not re.search(r"To fill|why|rows come|A note", text)
    assert "End." in text


def test_a_gap_is_marked_in_words_in_a_draft(project):
    put_verdicts(project, draft=True, c0="m.a = -1")
    write(project, BOTH + GAPS)
    site = render.render(project).folder / "report"
    page, printed = (site / "index.html").read_text("utf-8"), text_of_pdf(site / "index.pdf")
    for text in (text_of(page), printed):
        for said in (
            "Draft. What is marked “To fill” is for the author to write. Before To fill: why you",
            "To fill: Say where the rows come from.",
            "To fill: A note to write.",
            "To fill: Only a gap. End.",
        ):
            assert said in text
    assert page.count("draft-mark") == 4
    assert '<div class="notes draft-mark">' in page
    write(project, BOTH + GAPS + "\n[x]{.claim holds='m.a > 0'}\n")
    site = render.render(project).folder / "report"
    text = text_of((site / "index.html").read_text("utf-8"))
    assert (
        "Draft. What is marked “Does not hold” is not true of these data. What is marked “To"
        in text
    )
