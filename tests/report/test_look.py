"""Filters of both renderers."""

import subprocess
from pathlib import Path

import pytest
from renderer.convert import pandoc_path

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
