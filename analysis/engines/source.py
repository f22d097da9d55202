"""A table that an engine holds, whose rows are read anew in each pass."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw

from analysis.engines.steps import Steps
from analysis.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

_LONGEST_REASON = 240
"""Characters of what an engine says; some say all that they were asked."""

Engine = Literal["memory", "duckdb", "polars", "dask"]
"""What may hold a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    A table that an engine holds.

    Parameters
    ----------
    where : str
        The file's path, or what the frame is called, for messages.
    engine : {"memory", "duckdb", "polars", "dask"}
    frame : LazyFrame
        Its columns, by the study's names.
    lifting : callable
        What gives the engine a table of pandas.
    steps : Steps
        What says at a terminal which pass it is at.
    explain : callable
        What raises a better refusal than the engine's where it can.
    """

    where: str
    engine: Engine
    frame: nw.LazyFrame[Any]
    lifting: Callable[[pd.DataFrame], nw.LazyFrame[Any]]
    steps: Steps = field(default_factory=Steps, repr=False, compare=False)
    explain: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)

    @property
    def schema(self) -> nw.Schema:
        """The names and kinds of its columns."""
        with refusing(self.where):
            return self.frame.collect_schema()

    def having(self, frame: nw.LazyFrame[Any]) -> Source:
        """Return the same with another frame, made of its own."""
        return replace(self, frame=frame)

    def with_columns(self, columns: Mapping[str, nw.Expr]) -> Source:
        """Return the same with further columns, or others of the same names."""
        with refusing(self.where):
            return self.having(self.frame.with_columns(**columns)) if columns else self

    def lift(self, groups: pd.DataFrame) -> nw.LazyFrame[Any]:
        """Give the engine a table of pandas, one row a group, to join with its own."""
        with refusing(self.where):
            return self.lifting(groups)

    def collected(self, frame: nw.LazyFrame[Any]) -> pd.DataFrame:
        """
        Return a frame made of this one as a table of pandas.

        Raises
        ------
        DataError
            If the engine cannot read its file to the end, or has no room.
        """
        try:
            with refusing(self.where), self.steps.step(f"{self.engine} reads {self.where}"):
                found: pd.DataFrame = frame.collect("pandas").to_pandas()
                return found
        except DataError:
            self.explain()
            raise


@contextmanager
def refusing(where: str) -> Iterator[None]:
    """
    Refuse in one line what an engine cannot read.

    Raises
    ------
    DataError
    """
    try:
        with warnings.catch_warnings():
            # What engines say of each other's next releases is not for who fits a model, and where
            # a function is not defined, the model is refused.
            for category in (DeprecationWarning, FutureWarning, RuntimeWarning):
                warnings.simplefilter("ignore", category)
            yield
    except (DataError, KeyboardInterrupt):
        raise
    except MemoryError:
        msg = f"{where}: takes more memory than there is; use another engine, or fewer groups"
        raise DataError(msg) from None
    except ModuleNotFoundError:
        raise
    except FileNotFoundError:
        msg = f"{where}: no such table; check the key table of the study file"
        raise DataError(msg) from None
    except Exception as error:  # each engine has exceptions of its own
        if _is_interrupt(error):
            raise KeyboardInterrupt from None
        why = " ".join(str(error).split()) or type(error).__name__
        why = f"{why[:_LONGEST_REASON]}…" if len(why) > _LONGEST_REASON else why
        msg = f"{where}: cannot be read to its end: {why}"
        raise DataError(msg) from None


def _is_interrupt(error: Exception) -> bool:
    # DuckDB raises the first where a query runs, and the second where Python asks for its rows.
    return type(error).__name__ == "InterruptException" or str(error) == "Query interrupted"


def of_pandas(table: pd.DataFrame, where: str) -> Source:
    """Return a table in memory as a source."""

    def lift(groups: pd.DataFrame) -> nw.LazyFrame[Any]:
        return nw.from_native(groups).lazy()

    return Source(where=where, engine="memory", frame=lift(table), lifting=lift)
