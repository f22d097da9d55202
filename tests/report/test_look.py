"""Filters of both renderers."""

import re
import subprocess
from pathlib import Path

import pytest
from project_keys import read_keys
from reading import parse_yaml
from renderer.convert import pandoc_path
from renderer.project import FRONT_MATTER

LOOK = Path(__file__).resolve().parents[2] / "report" / "look"


@pytest.mark.parametrize("form", ["html5", "typst"])
def test_quotation_marks_in_code_are_straight(form):
    done = subprocess.run(
        [str(pandoc_path()), f"--to={form}", f"--lua-filter={LOOK / 'code.lua'}"],
        input="`C(x, ‘none’) “é”` and ‘none’",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    code, prose = done.stdout.replace("\\", "").split(" and ")
    assert "C(x, 'none') \"é\"" in code.replace("&quot;", '"')
    assert "‘none" in prose


DOCUMENT = """# A *word* {#sec-a}

## B `c` {#sec-b}

### Too deep

# Last
"""


@pytest.mark.parametrize(
    ("form", "metadata", "lists"),
    [("html5", [], 1), ("html5", ["-Mtoc=false"], 0), ("typst", [], 0)],
)
def test_quartos_page_has_folded_contents_for_phones(tmp_path, form, metadata, lists):
    script = tmp_path / "quarto.lua"
    script.write_text(f'quarto = {{}}\nreturn dofile("{(LOOK / "contents.lua").as_posix()}")')
    done = subprocess.run(
        [str(pandoc_path()), f"--to={form}", f"--lua-filter={script}", *metadata],
        input=DOCUMENT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.count("<details><summary>Contents</summary>") == lists
    links = re.findall(r'<a href="([^"]*)">([^<]*)</a>', done.stdout)
    assert links == [("#sec-a", "A word"), ("#sec-b", "B c"), ("#last", "Last")] * lists
    # An identifier of a link would be that of the list beside the text.
    assert 'id="toc-' not in done.stdout


def test_quartos_page_is_measured_as_the_built_in_one():
    options = read_keys(LOOK.parents[1])["format"]["html"]
    assert options["fontsize"] == "16px"
    assert options["include-in-header"] == [{"text": '<link rel="icon" href="data:,">'}]


@pytest.mark.parametrize("profile", ["popularity", "sleep"])
def test_no_tab_says_the_title_twice(monkeypatch, profile):
    monkeypatch.setenv("QUARTO_PROFILE", profile)
    project = read_keys(LOOK.parents[1])
    folder = LOOK.parent if profile == "popularity" else LOOK.parent / profile
    text = (folder / "index.qmd").read_text("utf-8")
    title = parse_yaml(FRONT_MATTER.match(text)["yaml"], "index.qmd")["title"]
    name = project["website"]["title"]
    # Quarto leaves out the second only where it is the first to the letter.
    assert title == name or title.casefold() != name.casefold()
