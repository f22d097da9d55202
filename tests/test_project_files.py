"""Which documents the renderer takes, and which files it copies, of what `_quarto.yml` names."""

import re
import shutil
from pathlib import Path

import pytest
from renderer.project import read_project

from analysis.errors import RenderError

REPORT = Path(__file__).resolve().parents[1] / "report"
FRONT = '---\ntitle: "A title"\n---\n'


@pytest.fixture
def project(tmp_path):
    """Return a folder with the report's settings and without its documents."""
    (tmp_path / "report").mkdir()
    for name in ("references.bib", "references.csl"):
        shutil.copy(REPORT / name, tmp_path / "report")
    settings = (REPORT.parent / "_quarto.yml").read_text("utf-8")
    settings = settings.replace("href: report/visualization.qmd", "href: report/index.qmd")
    (tmp_path / "_quarto.yml").write_text(settings, encoding="utf-8")
    (tmp_path / "_variables.yml").write_text("{}", encoding="utf-8")
    return tmp_path


def make_files(root):
    for name in (
        "report/index", "report/other", "report/_draft", "report/.hidden", "report/part/third",
    ):  # fmt: skip
        (root / name).parent.mkdir(exist_ok=True)
        (root / f"{name}.qmd").write_text(FRONT, encoding="utf-8")
    for name in ("data/one.csv", "data/deep/two.csv", "_site/old.csv"):
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_text("1", encoding="utf-8")


def with_project(root, keys):
    """Read a project whose settings have other keys below `project`."""
    path = root / "_quarto.yml"
    text = re.sub(
        r"^project:\n(  .*\n)*", f"project: {keys}\n", path.read_text("utf-8"), flags=re.MULTILINE
    )
    path.write_text(text, encoding="utf-8")
    return read_project(root)


# What Quarto 1.7.34 renders of these files.
@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ('["report/*.qmd", "!report/other.qmd"]', ["index"]),
        ('["!other.qmd", "report/*.qmd"]', ["index"]),
        ('["report/*.qmd", "!report/o*"]', ["index"]),
        ("[report]", ["index", "other", "part/third"]),
        ('["report/**/*.qmd", "!report/part"]', ["index", "other"]),
        ('["**/*.qmd", "!part/*"]', ["index", "other"]),
        ('[report, "!part"]', ["index", "other", "part/third"]),
    ],
)
def test_documents_are_those_that_quarto_renders(project, patterns, expected):
    make_files(project)
    found = with_project(project, f"{{type: website, render: {patterns}}}")
    assert [document.name for document in found.documents] == [
        f"report/{name}.qmd" for name in expected
    ]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("data", ["data/deep/two.csv", "data/one.csv"]),
        ('[data/, "!one.csv"]', ["data/deep/two.csv"]),
        ('[data, "!data/deep"]', ["data/one.csv"]),
        ("data/*", ["data/one.csv"]),
        ("[_site, data/one.csv]", ["data/one.csv"]),
    ],
)
def test_resources_are_files_and_whole_folders(project, patterns, expected):
    make_files(project)
    keys = f"{{type: website, render: report/index.qmd, resources: {patterns}}}"
    found = with_project(project, keys)
    assert [path.relative_to(project).as_posix() for path in found.resources] == expected


@pytest.mark.parametrize("pattern", [".", "!", "!/report/other.qmd", "!**/other.qmd", "/report"])
def test_patterns_that_are_not_followed_are_refused(project, pattern):
    make_files(project)
    with pytest.raises(RenderError, match=r"_quarto\.yml: project\.render: write paths below"):
        with_project(project, f'{{type: website, render: ["report/*.qmd", "{pattern}"]}}')


def test_the_navigation_leads_to_documents_of_the_site(project):
    make_files(project)
    path = project / "_quarto.yml"
    text = path.read_text("utf-8").replace("href: report/index.qmd", "href: report/other.qmd")
    path.write_text(text, encoding="utf-8")
    message = r"_quarto\.yml: website\.navbar\.left: report/other\.qmd is no document of"
    with pytest.raises(RenderError, match=message):
        with_project(project, "{type: website, render: report/index.qmd}")
