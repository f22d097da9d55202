"""Copies of the checkout, and commands in them."""

import os
import shutil
import subprocess
import sys

_BUILT = shutil.ignore_patterns("_artifacts*", "__pycache__")


def copy_checkout(root, folder, *names):
    """Copy folders of the checkout with its settings, but nothing that was built."""
    for name in names:
        shutil.copytree(root / name, folder / name, ignore=_BUILT)
    for path in [*root.glob("_quarto*.yml"), root / "noxfile.py"]:
        shutil.copy(path, folder)
    return folder


def python(folder, *arguments, **variables):
    """Run Python in a folder with further environment variables; it must succeed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def site_of(root, folder, name, **variables):
    """Build a study's site with the built-in renderer; return the folder of its pages."""
    variables |= {"PYTHONPATH": str(root), "QUARTO_PROFILE": name}
    python(folder, "-m", "analysis", **variables)
    done = python(folder, str(root / "report" / "render.py"), **variables)
    assert done.stderr == ""
    return folder / f"_site-{name}" / "report" / name
