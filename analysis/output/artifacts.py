"""Write what a study yields, whole or not at all, and tell whether it is still up to date."""

from __future__ import annotations

import hashlib
import json
from json.encoder import encode_basestring
from math import isfinite
from typing import TYPE_CHECKING

from analysis.errors import regular
from analysis.output.replacement import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from analysis.output.project import Project


def fingerprint(files: Iterable[Path], *, extra: Iterable[str] = ()) -> str:
    """
    Hash files by name and content.

    Parameters
    ----------
    files : iterable of Path
        One that is missing, or cannot be read, counts as such: whoever needs it says so.
    extra : iterable of str
        Further facts that matter, such as the releases of the packages that compute.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}\0".encode(errors="surrogatepass"))
        digest.update(_content(path))
    for fact in extra:
        digest.update(f"{fact}\0".encode(errors="surrogatepass"))
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    try:
        with regular(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except (OSError, ValueError):  # the latter of a name with a NUL
        return b"-"


def up_to_date(project: Project, fingerprint: str) -> bool:
    """
    Tell whether the artifacts were made from the same inputs, and are all still there, unchanged.

    Parameters
    ----------
    project : Project
    fingerprint : str
        Of the inputs now.

    Returns
    -------
    bool
    """
    try:
        manifest = json.loads(regular(project.manifest).read_bytes())
        return manifest["fingerprint"] == fingerprint and all(
            _sha256(regular(project.root / name).read_bytes()) == sha256
            for name, sha256 in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def write(
    project: Project, files: Mapping[str, bytes], variables: Mapping[str, object], fingerprint: str
) -> None:
    """
    Put new artifacts in the place of the old ones, all at once.

    Parameters
    ----------
    project : Project
    files : Mapping of str to bytes
        By path below the artifacts' folder.
    variables : Mapping
        The numbers of the prose.
    fingerprint : str
        Of the inputs.

    Raises
    ------
    ArtifactError
        If the target cannot be written; what was there before is still there then.
    """
    prose = encode(variables)
    artifacts = {**files, project.variables.name: prose}
    manifest = {
        "fingerprint": fingerprint,
        "files": {
            _relative(project, project.artifacts / name): _sha256(data)
            for name, data in sorted(artifacts.items())
        },
    }
    artifacts[project.manifest.name] = encode(manifest)
    replace({project.artifacts: artifacts, project.quarto_variables: prose})


def lend_to_quarto(project: Project) -> bool:
    """
    Put the variables of up-to-date artifacts where Quarto reads them, of whatever study they were.

    Parameters
    ----------
    project : Project

    Returns
    -------
    bool
        Whether others were there.

    Raises
    ------
    ArtifactError
        If the target cannot be written; what was there before is still there then.
    """
    data, target = project.variables.read_bytes(), project.quarto_variables
    if target.is_file() and target.read_bytes() == data:
        return False
    replace({target: data})
    return True


def amend(project: Project, name: str, data: bytes) -> bool:
    """
    Put one new artifact in the place of the old one, where all others are up to date.

    Parameters
    ----------
    project : Project
    name : str
        Path below the artifacts' folder.
    data : bytes

    Returns
    -------
    bool
        Whether it is another than the old one.

    Raises
    ------
    ArtifactError
        If the target cannot be written; what was there before is still there then.
    """
    path = project.artifacts / name
    if path.is_file() and path.read_bytes() == data:
        return False
    manifest = json.loads(project.manifest.read_bytes())
    manifest["files"][_relative(project, path)] = _sha256(data)
    replace({path: data, project.manifest: encode(manifest)})
    return True


def encode(content: object) -> bytes:
    r"""
    Encode plain values as JSON, which is YAML too, always to the same bytes.

    Parameters
    ----------
    content : object
        Mappings' keys are texts.

    Returns
    -------
    bytes
        As of ``json.dumps(content, ensure_ascii=False, indent=1)``.

    Raises
    ------
    ValueError
        If a number is not finite.

    Examples
    --------
    >>> encode({"n": 15})
    b'{\n "n": 15\n}\n'
    """
    return f"{_indented(content)}\n".encode()


_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


# By json's own indentation, the million numbers of 50,000 groups take a third of the time of
# fit --json; it asks seven questions before it comes to a number.
def _indented(value: object, margin: str = "\n") -> str:
    inner = f"{margin} "
    if isinstance(value, dict) and value:
        items = [
            f"{encode_basestring(key)}: "
            f"{repr(item) if type(item) is float and isfinite(item) else _indented(item, inner)}"
            for key, item in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(items)}{margin}}}"
    if isinstance(value, list | tuple) and value:
        items = [_indented(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(items)}{margin}]"
    return _JSON.encode(value)


def _relative(project: Project, path: Path) -> str:
    return path.relative_to(project.root).as_posix()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
