"""Studies side by side: each has a profile, documents, artifacts and a site of its own."""

import json
import shutil

import pytest
import render
from publish import unresolved
from renderer.settings import read_settings
from small_project import FRONT, SETTINGS, text_of, write

from analysis.errors import RenderError
from analysis.output.project import PROFILE_VARIABLE, Project

PROFILE = """
author: "B. Other"
project: {output-dir: _site-wards, render: [report/wards/*.qmd]}
website:
  title: "Of wards"
  navbar: {left: [{href: report/wards/index.qmd, text: Wards}]}
"""


@pytest.fixture
def project(project, monkeypatch):
    """Return a project with two studies, whose one variable differs."""
    text = SETTINGS.replace("render: [report/*.qmd], ", "")
    text = text[: text.index("website:")] + text[text.index("lang:") :]
    own = f"{text}profile: {{default: small}}\n"
    (project / "_quarto.yml").write_text(own, encoding="utf-8")
    (project / "_quarto-small.yml").write_text(
        'project: {render: [report/*.qmd]}\nwebsite: {title: "The site"}\n', encoding="utf-8"
    )
    (project / "_quarto-wards.yml").write_text(PROFILE, encoding="utf-8")
    wards = project / "report" / "wards"
    shutil.copytree(project / "report" / "_artifacts", wards / "_artifacts")
    other = {"a": {"b": "0.777"}, "alt": {"one": "Of wards"}}
    (wards / "_artifacts" / "variables.json").write_text(json.dumps(other), encoding="utf-8")
    body = "It is {{< var a.b >}}.\n\n{{< artifact figures/one.svg >}}\n"
    write(project, FRONT + body)
    (wards / "index.qmd").write_text(FRONT + body, encoding="utf-8")
    monkeypatch.delenv(PROFILE_VARIABLE, raising=False)
    return project


def test_each_profile_makes_a_site_of_its_own(project, monkeypatch):
    own = render.render(project)
    monkeypatch.setenv(PROFILE_VARIABLE, "wards")
    other = render.render(project)
    assert [path.relative_to(project).as_posix() for path in (*own.files, *other.files)] == [
        "_site/report/index.html", "_site-wards/report/wards/index.html",
    ]  # fmt: skip
    for site, number, author, alt in (
        (own, "0.506", "Ann O’Author", "Its &quot;alt&quot; &lt;text&gt;"),
        (other, "0.777", "B. Other", "Of wards"),
    ):
        page = site.files[0].read_text("utf-8")
        assert f"It is {number}." in text_of(page)
        assert author in page
        assert f'alt="{alt}"' in page
    assert (other.folder / "report/wards/results.json").exists()
    assert (other.folder / "report/wards/complete-visualization.html").exists()
    assert (other.folder / "index.html").exists()
    assert not (other.folder / "report/index.html").exists()


def test_a_change_in_one_study_leaves_the_others_site_alone(project, monkeypatch):
    render.render(project)
    path = project / "report/wards/_artifacts/variables.json"
    path.write_text(path.read_text("utf-8").replace("0.777", "0.9"), encoding="utf-8")
    (project / "report/wards/index.qmd").write_text(FRONT + "New.\n", encoding="utf-8")
    assert not render.render(project).rebuilt
    monkeypatch.setenv(PROFILE_VARIABLE, "wards")
    assert render.render(project).rebuilt
    assert not render.render(project).rebuilt
    path.write_text(path.read_text("utf-8").replace("0.9", "0.8"), encoding="utf-8")
    assert render.render(project).rebuilt


def test_a_study_without_lines_has_no_interactive_page(project, monkeypatch):
    shutil.rmtree(project / "report/wards/_artifacts/visualization")
    monkeypatch.setenv(PROFILE_VARIABLE, "wards")
    folder = render.render(project).folder / "report/wards"
    assert {path.name for path in folder.glob("*.*")} == {"index.html", "results.json"}


def test_what_quarto_leaves_unresolved_is_found_in_every_folder(tmp_path):
    (tmp_path / "report/wards").mkdir(parents=True)
    (tmp_path / "report/wards/index.html").write_text("?@fig-x")
    assert unresolved(tmp_path) == ["index.html: ?@fig-x is unresolved"]


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("none", r"_quarto-none\.yml: No such file .*: there is no profile none|there is no prof"),
        ("bad", r"^_quarto-bad\.yml:1: not a list of keys and values"),
    ],
)
def test_a_profile_that_cannot_be_read_is_refused(project, monkeypatch, profile, message):
    (project / "_quarto-bad.yml").write_text("text", encoding="utf-8")
    monkeypatch.setenv(PROFILE_VARIABLE, profile)
    with pytest.raises(RenderError, match=message):
        render.render(project)


def test_the_default_profile_is_one_name(project):
    path = project / "_quarto.yml"
    path.write_text(path.read_text("utf-8").replace("small", "[a, b]"), encoding="utf-8")
    with pytest.raises(RenderError, match=r"^_quarto\.yml:\d+: profile\.default: write one name"):
        read_settings(project)


def test_a_default_profile_without_a_file_is_placed_by_line(project):
    path = project / "_quarto.yml"
    text = path.read_text("utf-8").replace("default: small", "default: none")
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("profile:")].count("\n") + 1
    with pytest.raises(RenderError, match=rf"^_quarto\.yml:{line}: profile\.default: there is no"):
        read_settings(project)


@pytest.mark.parametrize(
    "text",
    [
        "profile:\n  default: small\n",
        "profile: {default: small}\n",
        'a: 1\nprofile:\n\n  default: "small"\n',
    ],
)
def test_the_projects_own_study_is_the_default_profile(tmp_path, text):
    (tmp_path / "_quarto.yml").write_text(text, encoding="utf-8")
    assert Project(tmp_path).study == tmp_path / "data" / "small.toml"
    (tmp_path / "report/wards").mkdir(parents=True)
    (tmp_path / "report/wards/index.qmd").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data/wards.toml").touch()
    wards = Project(tmp_path).of(tmp_path / "data" / "wards.toml")
    assert wards.study == tmp_path / "data" / "wards.toml"
    assert wards.artifacts == tmp_path / "report" / "wards" / "_artifacts"
    assert Project(tmp_path).study_file("wards") == wards.study
    assert Project(tmp_path).of(tmp_path / "elsewhere" / "wards.toml").name == ""
