"""What a build says of characters without a font."""

import pytest
from ratings import run
from scripts import UNKNOWN, put_named

from analysis.output.characters import package_with, without_font


@pytest.mark.parametrize(
    ("characters", "package"),
    [
        ("班カ한Ａ𠀀", "fonts-noto-cjk"),
        ("🏥→✓", "fonts-symbola"),
        ("क𒀀ሀ", "fonts-noto-core"),
        (f"\ue000{UNKNOWN}\U000e0fff", ""),
    ],
)
def test_each_script_has_its_package(characters, package):
    assert {package_with(each) for each in characters} == {package}


def test_a_note_names_characters_and_packages():
    assert without_font("班🏥", "figures") == (
        "figures: no font here has 班 (U+73ED), 🏥 (U+1F3E5), marked there; "
        "install fonts-noto-cjk and fonts-symbola and build again"
    )
    assert "and 2 more, marked" in without_font("一二三四五六七", "figures")


def test_figures_with_marks_are_told_of_and_never_up_to_date(project, capsys):
    study = put_named(project / "data", [f"{UNKNOWN}{number}" for number in range(4)])
    for _ in range(2):
        status, out, err = run(capsys, "build", str(study))
        assert status == 0
        assert "files from named.toml" in out
        [note] = [line for line in err.splitlines() if "font" in line]
        assert note == (
            f"note: figures: no font here has {UNKNOWN} (U+10FFF0), marked there; write others"
        )
