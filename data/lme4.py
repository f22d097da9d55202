"""
Write NAME.lme4.json: what lme4 estimates for the models of the study NAME, on its very rows.

Run: python data/lme4.py NAME, which needs R with lme4 and jsonlite. The report then shows how far
its own estimates are from these; it takes them for a model as long as its rows are the same.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.errors import AnalysisError
from analysis.output.replacement import replace
from analysis.results.agreement import fingerprint_of, rows_of
from analysis.results.results import analyse
from analysis.study.references import references_file
from analysis.study.studyfile import read_study

if TYPE_CHECKING:
    from analysis.mixed.model import ModelSpec

HERE = Path(__file__).resolve().parent


def plain_names(spec: ModelSpec) -> tuple[dict[str, str], str]:
    """Return a name that R can take for every column of a model, and its formula in these."""
    columns = {spec.group: "g", spec.outcome: "y"}
    for name in spec.columns:
        columns.setdefault(name, f"x{len(columns)}")
    fixed = " + ".join(["1", *(columns[name] for name in spec.fixed)])
    intercept = "1" if spec.random_intercept else "0"
    random = " + ".join([intercept, *(columns[name] for name in spec.slopes)])
    return columns, f"y ~ {fixed} + ({random} {'||' if spec.diagonal else '|'} g)"


def references(study: Path) -> dict[str, Any]:
    """Return the content of a study's file of reference values."""
    results = analyse(read_study(study))
    table = results.sample.table
    rungs = {rung.spec.name: rung for rung in results.ladder.rungs}
    with TemporaryDirectory() as folder:
        models = {}
        for name, rung in rungs.items():
            columns, formula = plain_names(rung.spec)
            models[name] = {"formula": formula, "fixed": rung.spec.fixed_names}
            rows = rows_of(rung, table).rename(columns=columns)
            # Pandas writes floats in full.
            rows.to_csv(Path(folder, f"{name}.csv"), index=False)
        Path(folder, "models.json").write_text(json.dumps(models), encoding="utf-8")
        command = ["Rscript", "--vanilla", str(HERE / "lme4.R"), folder]
        printed = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    found = json.loads(printed)
    found["models"] = {
        name: {
            "formula": rung.spec.formula,
            "fingerprint": fingerprint_of(rung, table),
            **found["models"][name],
        }
        for name, rung in rungs.items()
    }
    return found


def main(name: str) -> int:
    """Write the file; return 0, or 2 if it cannot be made."""
    study = HERE / f"{name}.toml"
    try:
        text = json.dumps(references(study), ensure_ascii=False, indent=1) + "\n"
        replace({references_file(study): text.encode()})
    except FileNotFoundError:
        print("lme4.py: there is no Rscript; install R with lme4 and jsonlite", file=sys.stderr)
    except subprocess.CalledProcessError as error:
        print(f"lme4.py: R says: {error.stderr.strip()}", file=sys.stderr)
    except AnalysisError as error:
        print(f"lme4.py: {error}", file=sys.stderr)
    else:
        return 0
    return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["popularity"]))
