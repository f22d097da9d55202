"""`_quarto.yml`: what the renderer takes of it, and what it refuses."""

import re

import pytest
import render
from small_project import SETTINGS, set_key

from analysis.errors import RenderError


@pytest.mark.parametrize("key", ["author", "bibliography", "website"])
def test_settings_must_be_complete(project, key):
    path = project / "_quarto.yml"
    path.write_text(re.sub(rf"^{key}:.*\n( .*\n)*", "", SETTINGS, flags=re.MULTILINE))
    with pytest.raises(RenderError, match=f"_quarto.yml: the key {key} is missing"):
        render.render(project)


WRONG_SETTINGS = {
    "project: website": "project: write keys and values below it",
    "project: {render: [nothing/*.qmd]}": "project.render: nothing/*.qmd: there is no such file",
    "project: {render: report/*.qmd}": "project.render: write a list of texts",
    "project: {render: [1]}": "project.render: write a list of texts",
    "project: {render: [report/*.qmd], resources: extra}": "project.resources: write a list",
    "project: {type: website}": "project.render: name the documents",
    "project: {render: [report/*.qmd], output-dir: ''}": "project.output-dir: write one text",
    "website: A site": "website: write keys and values below it",
    "website: {title: }": "website.title: write one text",
    "website: {title: x, navbar: {left: [report/index.qmd]}}": "website.navbar.left: write each",
    "format: html": "format: write the formats below it",
    "format: {docx: default}": "format: only Quarto writes docx",
    "lang: de": "lang: only Quarto writes de",
    "bibliography: {a: b}": "bibliography: write one text",
    "bibliography: [report/none.bib]": "bibliography: write one text",
    "bibliography: report/none.bib": "bibliography: there is no file report/none.bib",
    "csl: none.csl": "csl: there is no file none.csl",
}


@pytest.mark.parametrize(("line", "message"), WRONG_SETTINGS.items(), ids=WRONG_SETTINGS)
def test_settings_that_are_not_understood_are_refused(project, line, message):
    set_key(project, line)
    with pytest.raises(RenderError, match=re.escape(f"_quarto.yml: {message}")):
        render.render(project)
