"""Two halves, one door: what each process really imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENGINE = ("torch", "torchvision", "safetensors", "sklearn", "gymnasium", "explorer.engine")
WINDOW = ("PySide6", "shiboken6", "pyqtgraph", "explorer.window")


def loaded(code: str) -> set[str]:
    """The modules that are loaded after running this code in a new process."""
    script = f"{code}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    return set(done.stdout.split())


def inside(modules: set[str], roots: tuple[str, ...]) -> list[str]:
    return sorted(m for m in modules if any(m == r or m.startswith(r + ".") for r in roots))


@pytest.mark.parametrize("code", ["import explorer", "import explorer.cli", "from explorer.cli import main; main(['systems'])"])
def test_neither_half_is_imported_until_asked(code: str) -> None:
    assert inside(loaded(code), ENGINE + WINDOW) == []


def test_no_torch_in_the_windows_process() -> None:
    code = """
import os; os.environ["QT_QPA_PLATFORM"] = "offscreen"
import importlib, pkgutil, explorer.window
for m in pkgutil.walk_packages(explorer.window.__path__, "explorer.window."):
    importlib.import_module(m.name)
"""
    modules = loaded(code)
    assert inside(modules, ENGINE) == []
    assert "PySide6.QtWidgets" in modules


def test_no_qt_in_the_engines_process() -> None:
    code = """
import importlib, pkgutil, explorer.engine
for m in pkgutil.walk_packages(explorer.engine.__path__, "explorer.engine."):
    importlib.import_module(m.name)
"""
    modules = loaded(code)
    assert inside(modules, WINDOW) == []
    assert "torch" in modules
