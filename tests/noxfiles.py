"""The noxfile without nox, which the tests do without."""

import importlib.util
import sys
from types import ModuleType, SimpleNamespace


def load_noxfile(root, monkeypatch, session=SimpleNamespace):
    """Return the noxfile as a module, with a class in place of nox's session."""
    nox = ModuleType("nox")
    nox.options, nox.Session = SimpleNamespace(), session
    nox.session = lambda function=None, **_: function or (lambda function: function)
    monkeypatch.setitem(sys.modules, "nox", nox)
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec = importlib.util.spec_from_file_location("noxfile", root / "noxfile.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
