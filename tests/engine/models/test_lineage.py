"""A model file imports only its ancestors in the catalogue, and only where it uses them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from explorer.catalogue import SYSTEMS, ancestors, system
from explorer.resources import PACKAGE

MODELS = PACKAGE / "engine" / "models"
FILES = sorted(path for path in MODELS.rglob("*.py") if path.name != "__init__.py")
ROOM = "explorer.engine.models"


def imported(tree: ast.Module, package: str) -> dict[str, str]:
    """Local names bound by imports, each with the full dotted name it stands for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                base = ".".join(parts[: len(parts) - node.level + 1] + ([base] if base else []))
            for alias in node.names:
                names[alias.asname or alias.name] = f"{base}.{alias.name}"
    return names


def used(tree: ast.Module) -> set[str]:
    """Names and dotted names that the code reads."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            dotted = ast.unparse(node)
            found.update(dotted[:i] for i, c in enumerate(dotted + ".") if c == ".")
    return found


def breaches(source: str, section: str, name: str) -> list[str]:
    """What in a model file is against the rule of lineage."""
    tree = ast.parse(source)
    found = []
    reads = used(tree)
    for local, full in imported(tree, f"{ROOM}.{section}").items():
        if local not in reads:
            found.append(f"{full} is imported and not used")
        if full == ROOM or full.startswith(ROOM + "."):
            parts = full.removeprefix(ROOM).split(".")[1:]
            model = parts[1] if len(parts) > 1 else "*"
            if model != name and model not in ancestors(name):
                found.append(f"{full} is no ancestor of {name}")
    return found


def test_there_are_model_files() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_model_file_is_a_system_in_its_section(path: Path) -> None:
    assert path.stem in {entry.id for entry in SYSTEMS}
    assert system(path.stem).section == path.parent.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_model_file_keeps_to_its_lineage(path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8"), path.parent.name, path.stem) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("from explorer.engine.models.recognition.vgg import VGG\nVGG()", 0),
        (
            "from explorer.engine.models.recognition.cnn import CNN\nCNN()",
            0,
        ),  # farther back, still an ancestor
        ("from explorer.engine.models.recognition.densenet import DenseNet\nDenseNet()", 1),  # a descendant
        ("from explorer.engine.models.language.bert import BERT\nBERT()", 1),
        ("from explorer.engine.models.recognition import densenet\ndensenet.DenseNet()", 1),
        ("from .densenet import DenseNet\nDenseNet()", 1),
        ("from ..language import bert\nbert.BERT()", 1),
        ("import explorer.engine.models.language.bert\nexplorer.engine.models.language.bert.BERT()", 1),
        ("import explorer.engine.models.recognition.vgg as v\nv.VGG()", 0),
        ("from explorer.engine import models\nmodels.language.bert.BERT()", 1),
        ("from explorer.engine.models.recognition.vgg import VGG", 1),  # not used
        (
            "def f():\n    from explorer.engine.models.language.bert import BERT\n    return BERT()",
            1,
        ),  # hidden away
        ("import torch\n", 1),
        ("from torch import nn\nclass A(nn.Module): ...", 0),
        ("from __future__ import annotations\n", 0),
    ],
)
def test_a_breach_would_be_caught(source: str, count: int) -> None:
    assert len(breaches(source, "recognition", "resnet")) == count
