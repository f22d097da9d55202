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
    with pytest.raises(RenderError, match=rf"^_quarto\.yml:1: {key}: the key is missing$"):
        render.render(project)


WRONG_SETTINGS = {
    "project: website": "5: project: write keys and values below it",
    "project: {render: [nothing/*.qmd]}": "5: project.render: nothing/*.qmd: there is no such file",
    "project:\n  render:\n  - report/*.qmd\n  - a/**.qmd": "8: project.render: a/**.qmd: only",
    "project: {render: report/*.qmd}": "5: project.render: write a list of texts",
    "project: {render: [1]}": "5: project.render: write a list of texts",
    "project:\n  render:\n  - report/*.qmd\n  - 7": "8: project.render: write a list of texts",
    "project: {render: [report/*.qmd], resources: extra}": "5: project.resources: write a list",
    "project:\n  render: [report/*.qmd]\n  resources: [x.txt]": "7: project.resources: x.txt: t",
    "project: {type: website}": "5: project.render: name the documents",
    "project:\n  render: [report/*.qmd]\n  output-dir: ''": "7: project.output-dir: write",
    "website: A site": "6: website: write keys and values below it",
    "website: {title: }": "6: website.title: write one text",
    "website:\n  navbar: {}": "6: website.title: write one text",
    "website:\n  title: x\n  navbar: y": "8: website.navbar: write keys and values below it",
    "website: {title: x, navbar: {left: y}}": "6: website.navbar.left: write a list of entries",
    "website: {title: x, navbar: {left: [report/index.qmd]}}": "6: website.navbar.left: write each",
    "website:\n  title: x\n  navbar:\n    left:\n    - {href: report/index.qmd, text: x}\n"
    "    - href: a": "11: website.navbar.left: write each",
    "website:\n  title: x\n  navbar:\n    left:\n    - {text: b, href: b.qmd}": (
        "10: website.navbar.left: b.qmd: is no document of project.render"
    ),
    "format: html": "12: format: write the formats below it",
    "format: {docx: default}": "12: format: only Quarto writes docx",
    "format:\n  html: default\n  docx: default": "14: format: only Quarto writes docx",
    "lang: de": "9: lang: only Quarto writes de",
    "bibliography: {a: b}": "10: bibliography: write one text",
    "bibliography: [report/none.bib]": "10: bibliography: write one text",
    "bibliography: report/none.bib": "10: bibliography: there is no file report/none.bib",
    "csl: none.csl": "11: csl: there is no file none.csl",
    'lang: "a\\a"': "9: lang: holds the control character",
    "lang: \a": "9: not YAML: ",
    "date: soon": "4: date soon: write it as",
}


@pytest.mark.parametrize(("line", "message"), WRONG_SETTINGS.items(), ids=WRONG_SETTINGS)
def test_settings_that_are_not_understood_are_refused(project, line, message):
    set_key(project, line)
    with pytest.raises(RenderError, match=re.escape(f"_quarto.yml:{message}")):
        render.render(project)


IN_PROFILE = {
    "lang: de": ":3: lang: only Quarto writes de",
    "csl: none.csl": ":3: csl: there is no file none.csl",
    "author: []": ":3: author: write a name as text",
    "subtitle: [a]": ":3: subtitle: write it as one text",
    "date: soon": ":3: date soon: write it as",
    "project:\n  render:\n    - none.qmd": ":5: project.render: none.qmd: there is no such file",
    "project: {resources: [none.txt]}": ":3: project.resources: none.txt: there is no such file",
    "project:\n  output-dir: []": ":4: project.output-dir: write one text",
    "website:\n  navbar:\n    left:\n      - href: report/index.qmd\n        text: Again\n"
    "      - href: none.qmd\n        text: x": ":8: website.navbar.left: none.qmd: is no document",
    "website:\n  title:": ":4: website.title: write one text",
    "format: {docx: default}": ":3: format: only Quarto writes docx",
    "csl: [x": ":4: not YAML",
    'lang: "a\\a"': ":3: lang: holds the control character",
}


@pytest.mark.parametrize(("text", "message"), IN_PROFILE.items(), ids=IN_PROFILE)
def test_a_fault_in_a_profile_is_placed_there(project, monkeypatch, text, message):
    (project / "_quarto-x.yml").write_text(f"# A profile.\ntoc: true\n{text}\n", encoding="utf-8")
    monkeypatch.setenv("QUARTO_PROFILE", "x")
    with pytest.raises(RenderError, match=re.escape(f"_quarto-x.yml{message}")):
        render.render(project)


def test_what_a_profile_leaves_alone_is_placed_in_the_settings(project, monkeypatch):
    set_key(project, "lang: de")
    (project / "_quarto-x.yml").write_text("website: {title: x}\n", encoding="utf-8")
    monkeypatch.setenv("QUARTO_PROFILE", "x")
    with pytest.raises(RenderError, match=r"^_quarto\.yml:9: lang: "):
        render.render(project)
    (project / "_quarto-x.yml").write_text("\nlang: fr\n", encoding="utf-8")
    with pytest.raises(RenderError, match=r"^_quarto-x\.yml:2: lang: only Quarto writes fr"):
        render.render(project)


def test_settings_that_are_not_utf_8_are_placed_by_line(project):
    (project / "_quarto.yml").write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(RenderError, match=r"_quarto\.yml:2: not UTF-8 at byte 8; save it as UTF-8"):
        render.render(project)
