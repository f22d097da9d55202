"""What the script says, in the words of a study."""

from wards import WITH_LEVEL_2, foreign, put_wards

from analysis.results.results import analyse
from analysis.study.studyfile import read_study


def test_the_script_speaks_of_patients_in_wards(show, tmp_path):
    path = put_wards(tmp_path, WITH_LEVEL_2)
    table = (tmp_path / "pain.csv").read_text(encoding="utf-8").splitlines()
    first = next(line for line in table if line.startswith("W2,"))
    kept = [line for line in table if not line.startswith("W2,")]
    (tmp_path / "pain.csv").write_text("\n".join([*kept, first]), encoding="utf-8")
    page = show(analyse(read_study(path)))
    assert page.locator("#viz-weight").inner_text().startswith("A middle-sized ward, n = ")
    assert "interval for the average ward:" in page.locator("#viz-prediction").inner_text()
    search, status = page.locator("#viz-search"), page.get_by_role("status")
    search.fill("Ward W3")
    assert status.inner_text().startswith("Ward W3: 5 out-patients, 30 percent; slope −")
    search.fill("Ward W2")
    assert status.inner_text().startswith("Ward W2: 1 out-patient, 25 percent; no slope by itself")
    with page.expect_download() as download:
        page.locator("#viz-csv").click()
    assert download.value.suggested_filename == "ward-estimates.csv"
    assert not foreign(page.locator("#complete-visualization").inner_text())
