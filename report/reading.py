"""Files of the project as text and as YAML, with a refusal of one line for each that is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from analysis.errors import RenderError, control_in
from analysis.output.terminal import REFUSED, tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST_LEVELS = 50

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

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            value = super().construct_object(node, deep)
            str(value if isinstance(value, int) else "")  # which Python refuses of 5,000 digits
        except (ValueError, LookupError, AttributeError) as error:
            kind = node.tag.rpartition(":")[2]
            problem = f"{node.value[:40]!r} is no {kind}; a text stands in quotes"
            raise _at(node.start_mark, problem) from error
        return value


def _at(mark: Any, problem: str) -> yaml.MarkedYAMLError:  # noqa: ANN401
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _refuse_knots(text: str) -> None:
    """Refuse what would end in a crash below: libyaml's own, or a reader's without an end."""
    around: list[str | None] = []
    for event in yaml.parse(text, _Loader):
        problem = ""
        if isinstance(event, yaml.CollectionStartEvent):
            around.append(event.anchor)
            if len(around) > _MOST_LEVELS:
                problem = f"more than {_MOST_LEVELS} brackets or levels within each other"
        elif isinstance(event, yaml.CollectionEndEvent):
            around.pop()
        elif isinstance(event, yaml.AliasEvent) and event.anchor in around:
            problem = f"*{event.anchor} stands in what it is short for"
        if problem:
            raise _at(event.start_mark, problem)


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
        if path.exists() and not path.is_file():  # a pipe would keep the reader waiting
            msg = f"{path}: is no file; {advice}"
            raise RenderError(msg)
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        msg = f"{path}: {error.strerror}; {advice}"
        raise RenderError(msg) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        msg = f"{path}:{line}: not UTF-8 at byte {error.start}; save it as UTF-8"
        raise RenderError(msg) from error


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
        _refuse_knots(text)
        value = yaml.load(text, _Loader)
        held = next(_control_characters(value), None)
    except yaml.MarkedYAMLError as error:
        line = first + (error.problem_mark.line if error.problem_mark else 0)
        msg = f"{name}:{line}: not YAML: {error.problem}"
        raise RenderError(msg) from error
    except yaml.YAMLError as error:
        line = first + text.encode()[: getattr(error, "position", 0)].count(b"\n")
        msg = f"{name}:{line}: not YAML: {' '.join(str(error).split())}"
        raise RenderError(msg) from error
    except RecursionError as error:  # of names for what has names in it, and so on
        msg = f"{name}:{first}: not YAML: too many levels within each other"
        raise RenderError(msg) from error
    if held is not None:
        key, strange = held
        line = first - 1 + line_in_yaml(text, key)[1]
        msg = f"{name}:{line}: {key}: holds the control character {strange}; take it out"
        raise RenderError(msg)
    if not isinstance(value, dict):
        msg = f"{name}:{first}: not a list of keys and values"
        raise RenderError(msg)
    return {str(key): content for key, content in value.items()}


def line_in_yaml(text: str, key: str, item: object = None) -> tuple[int, int]:
    r"""
    Find the line of a key in YAML that `parse_yaml` takes.

    Parameters
    ----------
    text : str
    key : str
        Such as "project.render".
    item : object
        A value below the key whose line is wanted in the place of the key's own.

    Returns
    -------
    depth : int
        How many names of the key are there, and one more if the item is.
    line : int
        The line, from 1, of the last of them.

    Examples
    --------
    >>> line_in_yaml("a:\n  b: [x,\n    y]", "a.b", "y"), line_in_yaml("a:\n  b: 1", "a.c")
    ((3, 3), (1, 1))
    """
    node, line = yaml.compose(text, _Loader), 1
    names = key.split(".")
    for depth, name in enumerate(names):
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = [pair for pair in pairs if pair[0].value == name]
        if not found:
            return depth, line
        # The last, where a key is there twice, is the one that counts.
        line, node = found[-1][0].start_mark.line + 1, found[-1][1]
    inside = () if item is None or node is None else _scalars(node)
    places = [each.start_mark.line + 1 for each in inside if each.value == str(item)]
    return (len(names) + 1, places[0]) if places else (len(names), line)


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        for each in child if isinstance(child, tuple) else (child,):
            yield from _scalars(each)


def _control_characters(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield keys with their first control character that ends no line, which no page may hold."""
    if isinstance(value, dict):
        for name, content in value.items():
            yield from _control_characters(name, key or str(name)[:40])
            yield from _control_characters(content, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list):
        for content in value:
            yield from _control_characters(content, key)
    elif isinstance(value, str) and (strange := control_in(re.sub(r"[\t\n\r]", " ", value))):
        yield key, strange
