"""A site that is handed in: copied, signed and packed, and unpacked to be looked at."""

import io
import re
import shutil
import zipfile

from submission import pack

AUTHOR, COURSE = "Zoë Ångström, 王小明", "Models, spring"
NAME = "zoe-angstrom-u738b-u5c0f-u660e-popularity"


def signed_copy(site, folder):
    """Copy the project of a site, with an author and a course of its own."""
    project = shutil.copytree(site.parent, folder)
    sign(project, AUTHOR, COURSE)
    return project


def sign(project, author, course):
    settings = project / "_quarto.yml"
    text = settings.read_text("utf-8")
    text = re.sub(r"(?m)^author:.*", f'author: "{author}"', text)
    settings.write_text(re.sub(r"(?m)^subtitle:.*", f'subtitle: "{course}"', text), "utf-8")


def unpacked(project, folder):
    """Pack a project's site, and unpack the zip; return the one folder in it."""
    target, _ = pack(project)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(folder)
    [found] = folder.iterdir()
    return found


def contents_of(files):
    """Return what is in the zip among some files, by path."""
    [name] = [name for name in files if name.endswith(".zip")]
    with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
        return {f"zip/{name}": archive.read(name) for name in archive.namelist()}
