"""Read and check a study file: which table, columns, groups, labels and units."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from analysis.errors import LONGEST, StudyError, control_in, cut
from analysis.study.condition import Condition
from analysis.study.formula import Formula, read_formula
from analysis.study.reading import TABLE_SUFFIXES, Reading
from analysis.study.selection import GroupSelection
from analysis.study.words import KEYS as WORDS_KEYS
from analysis.study.words import Words, check_words

DATASETS = ("popular2",)
"""Data sets that a study may name instead of a table: they are downloaded."""

Rows = Literal["available", "complete"]
"""Whether each model uses the rows that it can, or all models those that all of them can."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    "": ("title", "data", "columns", "model", "models", "labels", "units", "words"),
    "data": (
        *("table", "dataset", "synthetic", "group", "groups", "rows", "filter", "missing", "names"),
        *("separator", "decimal", "encoding", "sheet", "engine"),
    ),
    "model": ("outcome", "slope", "covariates", "group_covariates", "references", "cross_level"),
    "words": WORDS_KEYS,
}

# What the models call their constant among the effects: analysis/mixed/model.py says so, which
# this room does not know.
_INTERCEPT = "Intercept"

# Other parts of the variables that documents call.
_NOT_MODELS = (
    *("alt", "comparison", "complete", "data", "further", "heading", "influence"),
    *("label", "none", "normal", "pooling", "prediction", "profile", "shrinkage"),
    *("weights", "words"),
)

# What may stand for a noun; a group's column may also be called g, ward_id or IDSCHOOL.
_LONG = ("models.", "data.filter", "units.", "words.credit")
"""Keys of texts that are no names."""

_IS_A_WORD = re.compile(r"[^\W\d_](?=[^A-Z]*$)[^\W\d_]{2,}|[^\x00-\x7f]+")

# What a document can call.
_MODEL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# Back-ticks quote a name in a formula; control characters, such as line ends, are seen nowhere.
_COLUMN_NAME = re.compile(r"(?=\S)[^`\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+(?<=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """
    What a report is about: one table, its columns in the model, its groups and their names.

    Parameters
    ----------
    path : Path
        The study file.
    title : str
        The study's title.
    table : Path or None
        The table's file; None if `dataset` is given.
    dataset : str or None
        A data set to download, one of `DATASETS`; None if `table` is given.
    synthetic : bool
        Whether the table's rows are made from the sums of others: what rests on single rows, such
        as residuals, tells of their making then.
    group : str
        Column of the groups (level 2 units).
    groups : GroupSelection
        Which groups are used.
    rows : {"available", "complete"}
        Whether each model uses the rows with a value in every column of its own, or all models
        those with a value in every column of the study.
    outcome : str
        Column of the outcome.
    slope : str or None
        Column of the level 1 predictor that gets the random slope, and along which lines run.
    covariates : tuple of str
        Further level 1 predictors; once the table is read, the numbers among them.
    group_covariates : tuple of str
        Level 2 predictors, and then the numbers among them; without any there is no third model.
    references : Mapping of str to (float or str)
        The first level of a predictor that is a category, where the study names it.
    cross_level : bool
        Whether the product of slope and first level 2 predictor has a model.
    formulas : tuple of Formula
        The models, in place of those by roles; what the roles are then, the table says.
    categories : tuple of str
        Predictors that are names, not numbers; none before the table is read.
    group_categories : tuple of str
        Those of them that have one value in each group.
    as_written : tuple of (tuple of str)
        All covariates and all group covariates, categories among them, in the order of the study
        file; empty before the table is read, and where formulas stand in their place.
    labels, units : Mapping of str to str
        A text per column; columns outside the study may have one too.
    wording : Mapping
        The words that the study file gives; `words` has them all.
    reading : Reading
        How the table is read.
    filter : Condition or None
        Which of its rows are used; None means all.
    """

    path: Path
    title: str
    table: Path | None
    dataset: str | None
    synthetic: bool = False
    group: str
    groups: GroupSelection
    rows: Rows = "available"
    outcome: str
    slope: str | None
    covariates: tuple[str, ...]
    group_covariates: tuple[str, ...]
    references: Mapping[str, float | str] = field(default_factory=dict)
    cross_level: bool = False
    formulas: tuple[Formula, ...] = ()
    categories: tuple[str, ...] = ()
    group_categories: tuple[str, ...] = ()
    as_written: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    wording: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """The nouns of its sentences."""
        return Words.of(self.wording, group=self.label(self.group))

    reading: Reading = field(default_factory=Reading)
    filter: Condition | None = None

    @property
    def predictors(self) -> tuple[str, ...]:
        """Every predictor that is a number, the one with the random slope first."""
        return (*self.level_1, *self.group_covariates)

    @property
    def axis(self) -> str:
        """The slope, where it is known that the study has one: where there are lines to show."""
        assert self.slope is not None  # else capabilities has said so
        return self.slope

    @property
    def level_1(self) -> tuple[str, ...]:
        """Those of level 1."""
        return (*(() if self.slope is None else (self.slope,)), *self.covariates)

    @property
    def level_1_categories(self) -> tuple[str, ...]:
        """The categories that vary within groups."""
        return tuple(name for name in self.categories if name not in self.group_categories)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the study uses, the group first."""
        return (self.group, self.outcome, *self.predictors, *self.categories)

    @property
    def columns_read(self) -> tuple[str, ...]:
        """Every column that the table must have: those, and what the filter names beside them."""
        named = () if self.filter is None else self.filter.columns
        return (*self.columns, *(name for name in named if name not in self.columns))

    def label(self, column: str) -> str:
        """Return the text for a column: its label, or its name if it has none."""
        return self._given_label(column) or column

    def heading(self, column: str) -> str:
        """Return the text for a column as it begins a line; a column's name stays as it is."""
        label = self._given_label(column)
        if label is None:
            return column
        return label if label[1:2].isupper() else label[:1].upper() + label[1:]

    def _given_label(self, column: str) -> str | None:
        """Return the noun of the group or the outcome if there is one, or a column's label."""
        role = {self.group: "group", self.outcome: "outcome"}.get(column, "")
        given = self.wording.get(role) or self.labels.get(column)
        if not given and column == self.group and not _IS_A_WORD.fullmatch(column):
            return "group"
        return given

    def unit(self, column: str) -> str:
        """Return the unit of a column, or an empty text if it has none."""
        return self.units.get(column, "")


def read_study(path: str | Path) -> Study:
    """
    Read and check a study file.

    Parameters
    ----------
    path : str or Path
        A TOML file with the keys of the data README.

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
    return _checked(path, tomllib.loads(text))


def _checked(path: Path, document: dict[str, Any]) -> Study:
    try:
        return _study(path, document)
    except ValueError as error:
        msg = f"{path}: {error}"
        raise StudyError(msg) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        if path.is_fifo():  # which would keep the reader waiting
            msg = f"{path}: cannot read the study file: it is a pipe; give the path of a TOML file"
            raise StudyError(msg)
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        msg = f"{path}: no such study file; give the path of a TOML file"
        raise StudyError(msg) from None
    except OSError as error:
        msg = f"{path}: cannot read the study file: {error.strerror}"
        raise StudyError(msg) from None
    except (ValueError, RecursionError) as error:  # numbers of 5,000 digits, 1,000 brackets
        msg = f"{path}: not a TOML file: {' '.join(str(error).split())}"
        raise StudyError(msg) from None


def _study(path: Path, document: dict[str, Any]) -> Study:
    _refuse_unknown_keys(document, "")
    data = _section(document, "data")
    table = _table(path, data)
    suffix = None if table is None else table.suffix.lower()
    study = Study(
        path=path,
        title=_text(document, "title", default=path.stem),
        table=table,
        dataset=_dataset(data),
        # A data set in place of a synthetic table is none, and the key may stay.
        synthetic=_switch(data, "synthetic") and table is not None,
        groups=GroupSelection.parse(data.get("groups", "all")),
        rows=_rows(data),
        **(_by_formulas if "models" in document else _by_roles)(document, data),
        labels=_texts(document, "labels"),
        units=_texts(document, "units"),
        wording=_wording(document),
        reading=Reading.parse(data, _texts(document, "columns"), suffix),
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
    _refuse_unprintable(document, "")
    return study


def _by_roles(document: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Return the group and the columns of a study whose models go by roles."""
    model = _section(document, "model")
    return {
        "group": _column(data, "group", where="[data]"),
        "outcome": _column(model, "outcome", where="[model]"),
        "slope": _column(model, "slope", where="[model]") if "slope" in model else None,
        "covariates": _columns(model, "covariates"),
        "group_covariates": _columns(model, "group_covariates"),
        "references": _references(model),
        "cross_level": _switch(model, "cross_level"),
    }


def _by_formulas(document: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Return the same of a study with formulas; of the predictors' levels the table knows more."""
    model = _section(document, "model") if "model" in document else {}
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
    if _INTERCEPT in columns:
        msg = f"a formula names the column {_INTERCEPT!r}, as the models call their constant"
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


def _switch(section: dict[str, Any], key: str) -> bool:
    value = section.get(key, False)
    if not isinstance(value, bool):
        msg = f"{key} is {value!r}; write true or false"
        raise ValueError(msg)
    return value


def _refuse_unknown_keys(document: dict[str, Any], section: str) -> None:
    where = f"[{section}]" if section else "the study"
    known = _KEYS[section]
    for key in document:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
            msg = f"{where} has an unknown key {key!r}; {advice}"
            raise ValueError(msg)


def _refuse_unprintable(value: object, key: str) -> None:
    """Refuse what no figure and no page can show, in keys and texts that are shown."""
    if isinstance(value, dict):
        for name, content in value.items():
            where = f"{key}.{name}".lstrip(".")
            _refuse_unprintable(name, where)
            _refuse_unprintable(content, where)
    elif isinstance(value, list):
        for content in value:
            _refuse_unprintable(content, key)
    elif isinstance(value, str) and (found := control_in(_without_blanks(key, value))):
        msg = f"{key} is {cut(repr(value), 80)}, with the control character {found}; take it out"
        raise ValueError(msg)
    elif isinstance(value, str) and len(value) > LONGEST and not key.startswith(_LONG):
        found = f"{key} is {cut(repr(value), 80)}, of {len(value):,} characters"
        msg = f"{found}; write {LONGEST} at most"
        raise ValueError(msg)


def _without_blanks(key: str, text: str) -> str:
    # Formulas may have lines, and so may the table's own names of columns.
    blank = key == "data.separator" or key.startswith(("models.", "columns."))
    return " ".join(text.split()) if blank else text


def _section(document: dict[str, Any], name: str) -> dict[str, Any]:
    section = document.get(name)
    if not isinstance(section, dict):
        msg = f"section [{name}] is missing"
        raise ValueError(msg)
    _refuse_unknown_keys(section, name)
    return section


def _text(section: dict[str, Any], key: str, *, default: str | None = None) -> str:
    value = section.get(key, default)
    if not isinstance(value, str) or not value.strip():
        msg = f"{key} is {value!r}; write a text in quotes"
        raise ValueError(msg)
    return value


def _table(path: Path, data: dict[str, Any]) -> Path | None:
    if "table" not in data:
        return None
    table = path.parent / _text(data, "table")
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


def _column(section: dict[str, Any], key: str, *, where: str) -> str:
    if key not in section:
        msg = f"{where} lacks the key {key}; write the name of a column"
        raise ValueError(msg)
    return _column_name(section[key], key)


def _columns(section: dict[str, Any], key: str) -> tuple[str, ...]:
    value = section.get(key, [])
    if not isinstance(value, list):
        msg = f"{key} is {value!r}; write a list of columns, which may be empty"
        raise ValueError(msg)
    return tuple(_column_name(item, key) for item in value)


def _column_name(value: object, key: str) -> str:
    if not isinstance(value, str) or not _COLUMN_NAME.fullmatch(value):
        msg = (
            f"{key} names the column {value!r}; a column's name is a text without back-ticks and "
            "line ends, and without blanks around it: give it another under [columns]"
        )
        raise ValueError(msg)
    if key != "group" and value == _INTERCEPT:
        msg = (
            f"{key} names the column {value!r}, as the models call their constant: give it "
            "another name under [columns]"
        )
        raise ValueError(msg)
    return value


def _texts(document: dict[str, Any], key: str) -> Mapping[str, str]:
    texts = document.get(key, {})
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        msg = f"[{key}] must hold a text per column"
        raise ValueError(msg)
    return dict(texts)


def _wording(document: dict[str, Any]) -> Mapping[str, Any]:
    if "words" not in document:
        return {}
    given = _section(document, "words")
    check_words(given)
    return given
