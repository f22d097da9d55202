"""Quarto's pre-render script: build the artifacts before the documents are read."""

from __future__ import annotations

import sys
from pathlib import Path

# Quarto runs the file by its path, so the project's folder is not yet on the module path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    try:
        from analysis.__main__ import main

        status = main(["build"])
    except ModuleNotFoundError as error:
        sys.exit(
            f"error: {sys.executable} has no {error.name}; activate the environment in which the "
            "project is installed (pip install -e '.[report]')"
        )
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    sys.exit(status)
