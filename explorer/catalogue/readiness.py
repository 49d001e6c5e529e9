"""What a system still lacks before its page can be shown: computed from the files that are there.

Python files are read, not imported: this runs in the window's process, which must not load torch.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explorer.catalogue import texts
from explorer.catalogue.lenses import LENSES
from explorer.catalogue.schema import Scene, System, Variant
from explorer.resources import PACKAGE, resource
from explorer.words import LANGUAGES, Text

NO_VARIANT = Text(
    "そのまま動かせる変種（同梱の重み、またはその場での学習）",
    "a variant that runs as it is: bundled weights, or trained live",
)
NO_PAGE_KIND = Text("カタログのページの種類", "its kind of page in the catalogue")
FILE = Text("ファイル {path}", "the file {path}")
NAME = Text("{path} の中の {name}", "{name} in {path}")
LENS = Text("レンズ「{name}」の登録", "an entry for the lens “{name}”")
FORM = Text("{path} の決まった形（{why}）", "the fixed form of {path} ({why})")


@dataclass(frozen=True)
class Places:
    """Where the pieces are looked for. ``tests``: None where there is no checkout.

    ``package``: the folder ``explorer``. ``texts``, ``weights``: folders of the packaged files.
    """

    package: Path
    texts: Path
    weights: Path
    tests: Path | None

    def short(self, path: Path) -> str:
        """A path as it stands in the checkout."""
        root = self.package.parent
        return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def here() -> Places:
    """The places of the running program: the checkout, or the installed package."""
    beside = PACKAGE.parent
    checkout = (beside / "pyproject.toml").is_file() and (beside / "tests").is_dir()
    tests = beside / "tests" if checkout else None
    return Places(PACKAGE, resource("assets", "texts"), resource("weights"), tests)


def missing(system: System, places: Places | None = None) -> tuple[Text, ...]:
    """Every piece of the system's page that is not there yet, named for the user; empty when it is ready."""
    at = places or here()
    lacks: list[Text] = []

    scene = isinstance(system, Scene)
    runnable = [variant for variant in system.variants if variant.weights in ("bundled", "live")]
    if not any(variant.model for variant in runnable) and not (scene and not system.variants):
        lacks.append(NO_VARIANT)
    for variant in system.variants:
        lacks += _missing_of_variant(variant, at)

    if not system.page:
        lacks.append(NO_PAGE_KIND)
    else:
        lacks += _missing_file(at.package / "window" / "pages" / f"{system.page}.py", at)
    if not scene:
        lacks += _missing_file(at.package / "window" / "panels" / f"{system.id}.py", at)
    if not scene and at.tests is not None:
        lacks += _missing_file(at.tests / "window" / "panels" / f"test_{system.id}.py", at)

    for name in system.lenses:
        lens = LENSES.get(name)
        if lens is None:
            lacks.append(LENS.format(name=name))
        else:
            section, _, function = lens.task.partition(".")
            lacks += _missing_name(f"explorer.engine.tasks.{section}:{function}", at)
    for claim in system.claims:
        if claim.experiment:
            lacks += _missing_name(claim.experiment, at)
        else:
            lacks.append(Text(f"主張 {claim.id} の実験", f"an experiment for the claim {claim.id}"))

    for language in LANGUAGES if not scene else ():
        path = texts.path_of(system.id, language, at.texts)
        try:
            texts.read(system.id, language, at.texts)
        except FileNotFoundError:
            lacks.append(FILE.format(path=at.short(path)))
        except ValueError as error:
            lacks.append(FORM.format(path=at.short(path), why=error))
    return tuple(dict.fromkeys(lacks))


def ready(system: System, places: Places | None = None) -> bool:
    """Whether the window lists this system: nothing of it is missing."""
    return not missing(system, places)


def _missing_of_variant(variant: Variant, at: Places) -> list[Text]:
    lacks = []
    if variant.weights == "bundled":
        weights = at.weights / (variant.file or f"{variant.name}.safetensors")
        lacks += _missing_file(weights, at) + _missing_file(weights.with_suffix(".json"), at)
    if variant.model:
        lacks += _missing_name(variant.model, at)
    return lacks


def _missing_file(path: Path, at: Places) -> list[Text]:
    return [] if path.is_file() else [FILE.format(path=at.short(path))]


def _missing_name(reference: str, at: Places) -> list[Text]:
    """``"explorer.package.module:name"``: the module's file must be there and define the name."""
    module, _, name = reference.partition(":")
    path = at.package.joinpath(*module.split(".")[1:])
    found = next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)
    if found is None:
        return [FILE.format(path=at.short(path.with_suffix(".py")))]
    stamp = found.stat()
    if name not in _names(found, stamp.st_mtime_ns, stamp.st_size):
        return [NAME.format(path=at.short(found), name=name)]
    return []


@lru_cache(maxsize=256)
def _names(path: Path, changed: int, size: int) -> frozenset[str]:
    """The functions, classes and values defined at a file's top level; none where it is not Python."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return frozenset()
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return frozenset(found)
