"""Files of the project as text and as YAML, with a refusal of one line for each that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.errors import RenderError
from analysis.output.terminal import REFUSED, tell

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "pip install -e '.[report]' in the project's folder"
"""What brings all packages that documents are made with."""

try:
    import yaml
except ModuleNotFoundError:
    # Before there is a main() to say so: everything here needs it.
    tell(f"error: there is no yaml: {INSTALL}")
    raise SystemExit(REFUSED) from None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A loader that leaves a date of no calendar as text, for the key's own check to refuse."""


def _timestamp(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def read_text(path: Path, advice: str) -> str:
    """
    Read a text file, with or without the byte order mark that some editors write.

    Parameters
    ----------
    path : Path
    advice : str
        What to do if it cannot be read.

    Raises
    ------
    RenderError
        If it cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        msg = f"{path}: {error.strerror}; {advice}"
        raise RenderError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8"
        raise RenderError(msg) from error


def problem(error: OSError) -> str:
    """
    Say in one line what the system refused, and of which file where it tells.

    Examples
    --------
    >>> problem(OSError(28, "No space left on device", "report/index.html"))
    'report/index.html: No space left on device'
    >>> problem(OSError(28, "No space left on device"))
    'No space left on device'
    >>> problem(OSError("the reader is gone"))
    'the reader is gone'
    """
    what = error.strerror or " ".join(str(error).split()) or type(error).__name__
    return f"{error.filename}: {what}" if error.filename else what


def parse_yaml(text: str, name: str, *, first: int = 1) -> dict[str, Any]:
    """
    Parse keys and values in YAML.

    Parameters
    ----------
    text : str
    name : str
        The file's name in a refusal.
    first : int
        The number of the line that `text` begins with.

    Raises
    ------
    RenderError
        If the text is anything else.
    """
    try:
        value = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = first + (error.problem_mark.line if error.problem_mark else 0)
        msg = f"{name}:{line}: not YAML: {error.problem}"
        raise RenderError(msg) from error
    except yaml.YAMLError as error:
        msg = f"{name}: not YAML: {' '.join(str(error).split())}"
        raise RenderError(msg) from error
    if not isinstance(value, dict):
        msg = f"{name}:{first}: not a list of keys and values"
        raise RenderError(msg)
    return {str(key): content for key, content in value.items()}
