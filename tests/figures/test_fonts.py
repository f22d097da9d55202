"""Names in any script: the bundled font, the machine's fonts, or a box and a note."""

from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.font_manager import findfont, fontManager
from scripts import UNKNOWN, paths_of, put_font, put_named

from analysis.figures import fonts
from analysis.figures.figures import draw_all
from analysis.figures.fonts import FALLBACK, TEXT, fonts_for, in_style
from analysis.figures.lettering import width
from analysis.results.results import analyse
from analysis.study.studyfile import read_study


@pytest.fixture
def machine(monkeypatch):
    """Let the machine have the fonts that a test puts into a list."""
    found = []
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: found)
    monkeypatch.setattr(fontManager, "ttflist", list(fontManager.ttflist))
    return found


def test_the_texts_font_comes_first_then_matplotlibs_and_no_other_is_looked_for(monkeypatch):
    monkeypatch.setattr(fonts, "findSystemFonts", pytest.fail)
    found = fonts_for(["Łódź, Ελλάς\n\t\xa0"])
    assert (found.families, found.lacking) == ((TEXT,), "")
    found = fonts_for(["Łódź", "\N{GRINNING FACE}\N{VARIATION SELECTOR-16}\u200d"])
    assert (found.families, found.lacking) == ((TEXT, FALLBACK), "")


def test_the_font_is_the_projects_whatever_release_the_machine_has(machine, tmp_path):
    put_font(tmp_path / "other.ttf", "0123456789", TEXT)
    fontManager.addfont(tmp_path / "other.ttf")
    assert Path(findfont(TEXT)).parent.name == "typeface"
    with in_style():
        assert width("0000", 10) == pytest.approx(18.6)


def test_the_machines_fonts_have_what_these_lack(machine, tmp_path):
    machine += [
        put_font(tmp_path / "one.ttf", "班", "One"),
        put_font(tmp_path / "two.ttf", "一班a", "Two"),
        put_font(tmp_path / "three.ttf", "\ue000", "Three"),
    ]
    found = fonts_for(["一班 abc", f"{UNKNOWN}明"])
    assert (found.families, found.lacking) == ((TEXT, "Two"), f"明{UNKNOWN}")
    assert fonts_for(["班\ue000"]).families == (TEXT, "One", "Three")


def test_of_the_machines_fonts_damaged_slanted_and_bold_ones_are_passed_over(machine, tmp_path):
    (tmp_path / "damaged.ttf").write_bytes(b"no font")
    machine += [str(tmp_path / "damaged.ttf"), str(tmp_path / "missing.ttf")]
    machine.append(put_font(tmp_path / "bold.ttf", "班", "Bold", style="Bold"))
    assert fonts_for(["班"]).lacking == "班"


def test_a_text_is_as_wide_as_in_the_font_that_has_it(machine, tmp_path):
    machine.append(put_font(tmp_path / "wide.ttf", "班", "Wide", advance=1500))
    with in_style(fonts_for(["班"])):
        assert width("班", 10) == 15
        assert width("班a", 10) == 15 + width("a", 10)
    with in_style(fonts_for(["a"])):
        assert width("班", 10) < 10


def test_figures_with_chinese_names_hold_their_letters(machine, tmp_path):
    results = analyse(read_study(put_named(tmp_path, ["一班", "二班", "三班"])))
    marked = draw_all(results)
    assert marked.lacking == "一三二班"
    machine.append(put_font(tmp_path / "tiny.ttf", "一二三班"))
    drawn = draw_all(results)
    assert drawn.lacking == ""
    for name, svg in drawn.files.items():
        new = paths_of(svg) - paths_of(marked.files[name])
        assert len(new) >= 4, name
    assert draw_all(results) == drawn


def test_names_from_right_to_left_are_drawn(tmp_path):
    names = ["فصل أول", "فصل ثان", "כיתה"]
    drawn = draw_all(analyse(read_study(put_named(tmp_path, names))))
    assert drawn.lacking == ""


def test_a_style_leaves_the_users_font_alone(machine):
    before = list(mpl.rcParams["font.family"])
    with in_style(fonts_for(["班"])):
        assert list(mpl.rcParams["font.family"]) == [TEXT]
    assert list(mpl.rcParams["font.family"]) == before
