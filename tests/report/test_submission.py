"""What is handed in: its files, its bytes, its name, and what is refused."""

import hashlib
import json
import subprocess
import zipfile

import pytest
from archive import name_of, plain, zipped
from handed_in import AUTHOR, COURSE, NAME, signed_copy, unpacked
from provenance import commit
from signature import signature
from submission import main, pack

from analysis.errors import RenderError


def git(folder, *command):
    words = ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *command]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch):
    for name in ("SOURCE_DATE_EPOCH", "QUARTO_PROFILE", "MULTILEVEL_REPORT_STUDY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def project(site, tmp_path_factory):
    return signed_copy(site, tmp_path_factory.mktemp("handed") / "project")


@pytest.fixture(scope="module")
def folder(project, tmp_path_factory):
    return unpacked(project, tmp_path_factory.mktemp("unpacked"))


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_folder_holds_all_that_is_needed(folder, project):
    assert folder.name == NAME
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found >= {
        *("HOW-TO-CHECK.txt", "results.json", "index.pdf", "index.html", "checks.html"),
        *("visualization.html", "complete-visualization.html"),
        *("source/_quarto.yml", "source/_quarto-popularity.yml", "source/data/popularity.toml"),
        *("source/data/popularity.csv", "source/report/index.qmd", "source/report/references.bib"),
        "source/report/references.csl",
        "_artifacts/visualization/LICENSES.txt",
    }
    assert not [name for name in found if "site_libs" in name or "look/" in name]
    for name in found:
        if name.startswith("source/"):
            own = project / name.removeprefix("source/")
            assert (folder / name).read_bytes() == own.read_bytes()
        elif not name.endswith((".html", ".txt")):
            own = project / "_site" / "report" / name
            assert (folder / name).read_bytes() == own.read_bytes()


def test_how_to_check_says_what_was_handed_in(folder, project):
    text = (folder / "HOW-TO-CHECK.txt").read_text("utf-8")
    assert "nine digits" not in text  # which is for engines
    lines = text.splitlines()
    assert len(lines) <= 50
    for said in (
        AUTHOR,
        COURSE,
        NAME,
        "not a git checkout",
        "numpy ",
        "the built-in renderer",
        "PowerShell",
    ):
        assert said in " ".join(text.split())
    for name in ("popularity.toml", "popularity.csv"):
        assert f"SHA-256 {sha256(project / 'data' / name)}" in text
    assert f"  {sha256(folder / 'results.json')}" in lines
    assert "  .venv/bin/nox -s report" in lines
    pages = {path.name for path in folder.glob("*.html")}
    assert not [name for name in pages if name not in text]


def test_the_zip_has_the_same_bytes_on_every_run(project, monkeypatch):
    target, _ = pack(project)
    first = target.read_bytes()
    for path in project.rglob("*"):
        path.touch()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert pack(project)[0].read_bytes() == first
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {name.partition("/")[0] for name in names} == {NAME}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


def test_files_are_dated_by_the_epoch_that_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"b": b"1", "a": b"2"}))
    with zipfile.ZipFile(path) as archive:
        assert [entry.filename for entry in archive.infolist()] == ["a", "b"]
        assert archive.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)


@pytest.mark.parametrize("second", ["yesterday", "-1", "4354819200", "1.5", "²"])
def test_an_epoch_that_no_zip_has_is_refused(second, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", second)
    keys = {"author": "B. One", "date": "today"}
    for dated in (lambda: zipped({}), lambda: signature(keys, str)):
        with pytest.raises(RenderError, match=f"SOURCE_DATE_EPOCH={second}: write whole seconds"):
            dated()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A. Student popularity", "a-student-popularity"),
        ("Zoë Ångström-Ødegård ß", "zoe-angstrom-odegard-ss"),
        ("Đặng Thị d'Or İpek", "dang-thi-dor-ipek"),
        ("王小明", "u738b-u5c0f-u660e"),
        ("김 x", "uae40-x"),
        ("../..\\a:b*?\n", "a-b"),
        ("\N{FULLWIDTH LATIN SMALL LETTER A}\N{MATHEMATICAL BOLD SMALL B}", "ab"),
        ("!?", ""),
    ],
)
def test_names_are_plain_on_every_system(text, name):
    assert plain(text) == name


@pytest.mark.parametrize(
    "author", ["An Author of a Long Name, " * 4, "王小明, 李小龙, 张三丰, 赵子龙"]
)
def test_two_studies_by_one_author_have_two_names(author):
    names = {name_of(author, study) for study in ("nights", "days")}
    assert len(names) == 2
    assert all(name.endswith(("-nights", "-days")) and len(name) <= 67 for name in names)


@pytest.fixture
def settings(tmp_path):
    """Return a function that writes the settings of a project, and tells what is refused."""

    def refused(own, profile=""):
        (tmp_path / "_quarto.yml").write_text(own + "profile:\n  default: one\n", "utf-8")
        (tmp_path / "_quarto-one.yml").write_text(f"{profile}lang: en-GB\n", "utf-8")
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / "one.toml").write_text("", "utf-8")
        with pytest.raises(RenderError) as refusal:
            pack(tmp_path)
        return str(refusal.value)

    return refused


AS_IT_COMES = '# Who.\nauthor: "A. Student"\nsubtitle: "Course project in multilevel modelling"\n'
OWN = 'author: "B. One"\nsubtitle: A course\ndate: 2022-05-01\n'


@pytest.mark.parametrize(
    ("own", "profile", "lines"),
    [
        (AS_IT_COMES, "", ["_quarto.yml:2: author", "_quarto.yml:3: subtitle"]),
        (AS_IT_COMES, 'author: "B. One"\n', ["_quarto.yml:3: subtitle"]),
        (AS_IT_COMES, "subtitle: ''\n", ["_quarto.yml:2: author"]),
        (OWN, "\n\nauthor: 'A. Student' # mine\n", ["_quarto-one.yml:3: author"]),
        ("author:\n  - B. One\n  - A. Student\nsubtitle: x\n", "", ["_quarto.yml:3: author"]),
        ("author:\n- name: A. Student\nsubtitle: x\n", "", ["_quarto.yml:2: author"]),
        ('"author": A. Student, B. One\n', "", ["_quarto.yml:1: author"]),
    ],
)
def test_placeholders_are_refused_with_their_lines(settings, own, profile, lines):
    message = settings(own, profile)
    assert [part.partition(" is still ")[0] for part in message.split("; ")] == lines
    assert message.endswith("write your own there before you hand the report in")
    assert "\n" not in message


@pytest.mark.parametrize(
    "author", ["'B. One' # not A. Student", "A. Studentson", "MA. Student", "A. Student-Jones"]
)
def test_other_names_are_none_of_them(settings, author):
    """It goes on to what is wrong next: no site was made."""
    message = settings(OWN.replace('"B. One"', author))
    assert "there is no site to hand in; build it first: nox -s report" in message


def test_the_command_refuses_in_a_line(site, monkeypatch, capsys):
    monkeypatch.chdir(site.parent)
    assert main() == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: _quarto.yml:2: author is still 'A. Student'; ")
    assert said.err.count("\n") == 1
    assert not list(site.parent.glob("*.zip"))


def test_the_command_shows_both_names(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    assert main() == 0
    assert capsys.readouterr().out.startswith(f"Hand in {NAME}.zip ({AUTHOR}, popularity)")


def test_data_that_are_not_those_of_the_site_are_refused(project):
    table = project / "data" / "popularity.csv"
    kept = table.read_bytes()
    table.write_bytes(kept + b"\n")
    with pytest.raises(RenderError, match=r"popularity\.csv: is not what the site was made from"):
        pack(project)
    table.write_bytes(kept)


@pytest.mark.parametrize(
    ("place", "text", "says"),
    [
        ("data/popularity.toml", "[data", "popularity.toml: not a TOML file: "),
        ("data/popularity.toml", "x = " + "9" * 5000, "popularity.toml: not a TOML file: "),
        ("data/popularity.toml", "data = 1", "popularity.toml: names no table of [data]"),
        ("data/popularity.toml", "[data]\ntable = ['x.csv']", "names no table of [data]"),
        ("_site/report/results.json", "{", "results.json: is damaged; build it again: nox"),
        ("_site/report/results.json", "{}", "results.json: is damaged; build it again: nox"),
        ("_site/report/results.json", "[" * 99_999, "results.json: is damaged; build it again"),
        ("report/_artifacts/releases.json", "[]", "releases.json: is damaged; build it again"),
    ],
)
def test_what_is_damaged_is_one_line(project, monkeypatch, capsys, place, text, says):
    kept = (project / place).read_bytes()
    (project / place).write_text(text)
    monkeypatch.chdir(project)
    status, said = main(), capsys.readouterr()
    (project / place).write_bytes(kept)
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    assert says in said.err


@pytest.mark.parametrize(
    ("failure", "status", "says"),
    [
        (MemoryError, 2, "error: this takes more memory than there is"),
        (KeyboardInterrupt, 130, "interrupted; no zip was written"),
    ],
)
def test_what_ends_it_is_one_line(monkeypatch, capsys, failure, status, says):
    def pack(_):
        raise failure

    monkeypatch.setattr("submission.pack", pack)
    assert main() == status
    assert capsys.readouterr().err.startswith(says)


def test_a_draft_is_refused(project):
    page = project / "_site" / "report" / "checks.html"
    kept = page.read_bytes()
    page.write_bytes(kept.replace(b"<h2", b'<div class="draft-banner" role="note"></div><h2', 1))
    with pytest.raises(RenderError, match=r"checks\.html: is a draft, which is nothing to hand in"):
        pack(project)
    page.write_bytes(kept)


def test_data_that_may_not_be_passed_on_are_told_how_to_get(project, tmp_path):
    study = project / "data" / "popularity.toml"
    kept = study.read_bytes()
    study.write_bytes(kept.replace(b'table = "popularity.csv"', b'dataset = "popular2"'))
    folder = unpacked(project, tmp_path)
    study.write_bytes(kept)
    assert [path.name for path in (folder / "source" / "data").iterdir()] != []
    assert not list(folder.rglob("*.csv"))
    told = (folder / "source" / "data" / "HOW-TO-GET-THE-DATA.txt").read_text("utf-8")
    computed = json.loads((folder / "results.json").read_bytes())["data"]["sha256"]
    assert "-m analysis fetch" in told
    assert computed in told
    text = (folder / "HOW-TO-CHECK.txt").read_text("utf-8")
    assert "source/data/HOW-TO-GET-THE-DATA.txt" in text
    assert computed in text


def test_another_study_file_goes_along_under_its_name(project, tmp_path, monkeypatch):
    other = project / "data" / "other.toml"
    other.write_bytes((project / "data" / "popularity.toml").read_bytes())
    monkeypatch.setenv("MULTILEVEL_REPORT_STUDY", str(other))
    folder = unpacked(project, tmp_path)
    other.unlink()
    assert folder.name == NAME.replace("popularity", "other")
    assert (folder / "source" / "data" / "other.toml").is_file()
    text = (folder / "HOW-TO-CHECK.txt").read_text("utf-8")
    assert "  .venv/bin/nox -s report -- data/other.toml" in text.splitlines()


def test_the_commit_is_told_and_whether_anything_changed(tmp_path):
    assert commit(tmp_path) == "not a git checkout"
    git(tmp_path, "init", "-q")
    settings = tmp_path / "_quarto.yml"
    settings.write_text("a: 1\n", "utf-8")
    assert commit(tmp_path) == "not a git checkout"
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    head = git(tmp_path, "rev-parse", "HEAD")
    assert commit(tmp_path) == f"{head}, with nothing changed since"
    settings.write_text("a: 2\n", "utf-8")
    (tmp_path / "new.qmd").touch()
    assert commit(tmp_path) == f"{head}, and changed since: _quarto.yml, new.qmd"
    (tmp_path / "unpacked").mkdir()
    (tmp_path / "unpacked" / "_quarto.yml").touch()
    assert commit(tmp_path / "unpacked") == "not a git checkout"
