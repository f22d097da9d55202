"""Which documents the renderer takes, and which files it copies, of what `_quarto.yml` names."""

import pytest
from renderer.project import read_project
from small_project import FRONT, set_key

from analysis.errors import RenderError


@pytest.fixture
def project(project):
    """Return a project with some more files."""
    files = ("report/other.qmd", "report/_draft.qmd", "report/part/third.qmd", "report/.hidden.qmd",
             "data/one.csv", "data/deep/two.csv")  # fmt: skip
    for name in files:
        (project / name).parent.mkdir(exist_ok=True, parents=True)
        (project / name).write_text(FRONT, encoding="utf-8")
    return project


def with_patterns(root, key, patterns):
    """Read a project whose settings name these files."""
    keys = {"render": '["report/index.qmd"]', "resources": "[]", key: patterns}
    listed = ", ".join(f"{name}: {value}" for name, value in keys.items())
    set_key(root, f"project: {{type: website, {listed}}}")
    return read_project(root)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ('["report/[io]*.qmd"]', None),
        ('["report/o*.qmd", "report/index.qmd"]', ["index", "other"]),
        ('["report/*x.qmd"]', ["index"]),
        ('["report/part/*", "report/part/third.qmd", "report/index.qmd"]', ["index", "part/third"]),
    ],
)
def test_documents_are_those_that_are_named(project, patterns, expected):
    if expected is None:
        with pytest.raises(RenderError, match="only Quarto takes it"):
            with_patterns(project, "render", patterns)
        return
    found = with_patterns(project, "render", patterns)
    assert [document.name for document in found.documents] == [
        f"report/{name}.qmd" for name in expected
    ]


def test_resources_are_those_that_are_named(project):
    found = with_patterns(project, "resources", '["data/*.csv", "data/deep/two.csv"]')
    assert [path.relative_to(project).as_posix() for path in found.resources] == [
        "data/deep/two.csv", "data/one.csv",
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["render", "resources"])
@pytest.mark.parametrize(
    "pattern",
    ["report", "data/", "report/**/*.qmd", "*/index.qmd", "report/*d*x.qmd", "report/inde?.qmd",
     "report/{index,other}.qmd", "!report/other.qmd", "!", ".", "", "/report/index.qmd",
     "../report/index.qmd", "report/../report/index.qmd", "_site/*.html", "report//index.qmd",
     "report/_draft.qmd", ".hidden/x.qmd", "C:/x.qmd", "report/**.qmd"],
)  # fmt: skip
def test_what_only_quarto_takes_is_refused(project, key, pattern):
    with pytest.raises(RenderError) as refusal:
        with_patterns(project, key, f'["report/index.qmd", "{pattern}"]')
    assert str(refusal.value) == (
        f"_quarto.yml:5: project.{key}: {pattern}: only Quarto takes it; write files, such as "
        "report/*.qmd"
    )


def test_drafts_and_parts_are_passed_over(project):
    found = with_patterns(project, "render", '["report/*.qmd"]')
    assert [document.name for document in found.documents] == [
        "report/index.qmd", "report/other.qmd",
    ]  # fmt: skip
    with pytest.raises(
        RenderError, match=r"project\.render: report/\*draft\.qmd: there is no such"
    ):
        with_patterns(project, "render", '["report/*draft.qmd"]')


def test_the_navigation_leads_to_documents_of_the_site(project):
    website = "{title: x, navbar: {left: [{href: report/other.qmd, text: x}]}}"
    (project / "report" / "_draft.qmd").unlink()
    (project / "report" / ".hidden.qmd").unlink()
    set_key(project, f"website: {website}")
    assert read_project(project).navigation == [{"href": "report/other.qmd", "text": "x"}]
    (project / "report" / "other.qmd").unlink()
    message = r"_quarto\.yml:6: website\.navbar\.left: report/other\.qmd: is no document of"
    with pytest.raises(RenderError, match=message):
        read_project(project)
