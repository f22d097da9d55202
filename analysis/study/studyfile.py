"""Read and check a study file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, get_args

from analysis.errors import StudyError, regular
from analysis.study import keys
from analysis.study.condition import Condition
from analysis.study.formula import Formula, read_formula
from analysis.study.reading import TABLE_SUFFIXES, Reading
from analysis.study.selection import GroupSelection
from analysis.study.study import DATASETS, Rows, Study
from analysis.study.words import check_words

# Other parts of the variables that documents call.
_NOT_MODELS = (
    *("alt", "comparison", "complete", "data", "further", "heading", "influence"),
    *("label", "none", "normal", "pooling", "prediction", "profile", "shrinkage"),
    *("weights", "words"),
)

# What a document can call.
_MODEL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_study(path: str | Path) -> Study:
    """
    Read and check a study file.

    Parameters
    ----------
    path : str or Path
        A TOML file with the keys of docs/studies.md.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        If the file is missing, is not TOML, has an unknown key, lacks a key, or holds a value of
        the wrong kind.
    """
    path = Path(path)
    return _checked(path, _read_toml(path))


def parse_study(path: Path, text: str) -> Study:
    """
    Check the text of a study file that is not written yet.

    Raises
    ------
    StudyError
        As `read_study`.
    """
    return _checked(path, _parsed(path, text))


def _checked(path: Path, document: dict[str, Any]) -> Study:
    try:
        return _study(path, document)
    except ValueError as error:
        msg = f"{path}: {error}"
        raise StudyError(msg) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return _parsed(path, regular(path).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        msg = f"{path}: no such study file; give the path of a TOML file"
        raise StudyError(msg) from None
    except OSError as error:
        msg = (
            f"{path}: cannot read the study file: {error.strerror}; give the path of a TOML file "
            "that can be read"
        )
        raise StudyError(msg) from None
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8"
        raise StudyError(msg) from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of 5,000 digits, 1,000 brackets
        msg = f"{path}: not a TOML file: {' '.join(str(error).split())}"
        raise StudyError(msg) from None


def _study(path: Path, document: dict[str, Any]) -> Study:
    keys.refuse_unknown(document, "")
    data = keys.section(document, "data")
    table = _table(path, data)
    suffix = None if table is None else table.suffix.lower()
    study = Study(
        path=path,
        title=keys.text(document, "title", default=path.stem),
        table=table,
        dataset=_dataset(data),
        # A data set in place of a synthetic table is none, and the key may stay.
        synthetic=keys.switch(data, "synthetic") and table is not None,
        groups=GroupSelection.parse(data.get("groups", "all")),
        rows=_rows(data),
        **(_by_formulas if "models" in document else _by_roles)(document, data),
        labels=keys.texts(document, "labels"),
        units=keys.texts(document, "units"),
        wording=_wording(document),
        reading=Reading.parse(data, keys.texts(document, "columns"), suffix),
        filter=Condition.parse(data["filter"]) if "filter" in data else None,
    )
    if (study.table is None) == (study.dataset is None):
        msg = "[data] needs either table (a file) or dataset (a name), and not both"
        raise ValueError(msg)
    repeated = {name for name in study.columns if study.columns.count(name) > 1}
    if repeated:
        msg = f"column {min(repeated)!r} has two roles; give each column one"
        raise ValueError(msg)
    strange = study.references.keys() - set(study.covariates) - set(study.group_covariates)
    if strange:
        msg = f"references names {min(strange)!r}, which is in neither list of covariates"
        raise ValueError(msg)
    if study.cross_level and not (study.slope and study.group_covariates):
        msg = "cross_level needs a slope and group_covariates, whose product it adds"
        raise ValueError(msg)
    keys.refuse_unprintable(document, "")
    return study


def _by_roles(document: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Return the group and the columns of a study whose models go by roles."""
    model = keys.section(document, "model")
    return {
        "group": keys.column(data, "group", where="[data]"),
        "outcome": keys.column(model, "outcome", where="[model]"),
        "slope": keys.column(model, "slope", where="[model]") if "slope" in model else None,
        "covariates": keys.columns(model, "covariates"),
        "group_covariates": keys.columns(model, "group_covariates"),
        "references": _references(model),
        "cross_level": keys.switch(model, "cross_level"),
    }


def _by_formulas(document: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Return the same of a study with formulas; of the predictors' levels the table knows more."""
    model = keys.section(document, "model") if "model" in document else {}
    formulas = _formulas(document["models"])
    first = formulas[0]
    columns = tuple(dict.fromkeys(column for each in formulas for column in each.columns))
    slope = model.get("slope")
    if model.keys() - {"slope"}:
        key = min(model.keys() - {"slope"})
        msg = f"[model] {key} stands beside [models], whose formulas say it; leave it out"
        raise ValueError(msg)
    if data.get("group", first.group) != first.group:
        msg = f"[data] group is {data['group']!r}, and the formulas group by {first.group!r}"
        raise ValueError(msg)
    refuse_intercept(columns)
    if slope is not None and slope not in columns:
        msg = f"[model] slope is {slope!r}, which no formula has; they have {', '.join(columns)}"
        raise ValueError(msg)
    return {
        "group": first.group,
        "outcome": first.outcome,
        "slope": slope,
        "covariates": tuple(column for column in columns if column != slope),
        "group_covariates": (),
        "formulas": formulas,
    }


def refuse_intercept(columns: Collection[str]) -> None:
    """
    Refuse a formula with a column of the constant's name.

    Raises
    ------
    ValueError
        If there is one.
    """
    if keys.INTERCEPT in columns:
        msg = f"a formula names the column {keys.INTERCEPT!r}, as the models call their constant"
        raise ValueError(msg)


def _formulas(models: object) -> tuple[Formula, ...]:
    if not isinstance(models, dict) or not models:
        msg = '[models] is empty; write NAME = "y ~ x + (1 + x | g)", a line a model'
        raise ValueError(msg)
    for name, text in models.items():
        if not _MODEL_NAME.fullmatch(name) or name in _NOT_MODELS:
            msg = f"[models] names a model {name!r}; write letters, digits and underscores"
            raise ValueError(msg)
        if not isinstance(text, str):
            msg = f"model {name} is {text!r}; write a formula in quotes"
            raise ValueError(msg)
    first, *others = formulas = tuple(read_formula(name, text) for name, text in models.items())
    for other in others:
        for what in ("outcome", "group"):
            if getattr(first, what) != getattr(other, what):
                msg = (
                    f"models {first.name} and {other.name} have the {what}s "
                    f"{getattr(first, what)!r} and {getattr(other, what)!r}; a study has one"
                )
                raise ValueError(msg)
    return formulas


def _references(model: dict[str, Any]) -> dict[str, float | str]:
    given = model.get("references", {})
    if not isinstance(given, dict) or not all(
        isinstance(level, int | float | str) and not isinstance(level, bool)
        for level in given.values()
    ):
        msg = f'references is {given!r}; write the first level of a category, {{diet = "none"}}'
        raise ValueError(msg)
    return {
        name: level if isinstance(level, str) else float(level) for name, level in given.items()
    }


def _table(path: Path, data: dict[str, Any]) -> Path | None:
    if "table" not in data:
        return None
    table = path.parent / keys.text(data, "table")
    if table.suffix.lower() not in TABLE_SUFFIXES:
        msg = f"table is {table.name!r}; write a file that ends in {', '.join(TABLE_SUFFIXES)}"
        raise ValueError(msg)
    return table


def _dataset(data: dict[str, Any]) -> str | None:
    if "dataset" not in data:
        return None
    if data["dataset"] not in DATASETS:
        msg = f"dataset is {data['dataset']!r}; known: {', '.join(DATASETS)}"
        raise ValueError(msg)
    return str(data["dataset"])


def _rows(data: dict[str, Any]) -> Rows:
    rows: Rows = data.get("rows", "available")
    if rows not in get_args(Rows):
        msg = (
            f'rows is {rows!r}; write "available" for the rows that each model can use, or '
            '"complete" for those that all models can use'
        )
        raise ValueError(msg)
    return rows


def _wording(document: dict[str, Any]) -> Mapping[str, Any]:
    if "words" not in document:
        return {}
    given = keys.section(document, "words")
    check_words(given)
    return given
