"""The comparison table."""

from html_tables import Reader

from analysis.tables import TABLES

# Xu (2022), Table 1.
COMPARISON = [
    ["m1", "5", "711.8461", "730.4803", "−350.9230", "701.8461", "", "", ""],
    ["m2", "7", "707.8031", "733.8910", "−346.9015", "693.8031", "8.043012", "2", "0.0179260"],
    ["m3", "8", "705.6621", "735.4768", "−344.8310", "689.6621", "4.141001", "1", "0.0418564"],
]


def test_comparison_prints_the_original(results):
    head, *rows, _note = Reader(TABLES["comparison"](results)).texts
    assert head[1:] == ["npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df", "Pr(>Chisq)"]
    assert rows == COMPARISON


def test_tiny_p_values_are_powers_of_ten(all_classes):
    html = TABLES["comparison"](all_classes)
    assert [row[-1] for row in Reader(html).texts[2:4]] == [
        "5.66\xa0×\xa010−17",
        "1.00\xa0×\xa010−11",
    ]
    assert "5.66\xa0×\xa010<sup>−17</sup>" in html
    row = all_classes.comparison[1]
    assert f"{row.p:.2e}" == "5.66e-17"
    assert Reader(html).texts[2][6] == "74.82231"
