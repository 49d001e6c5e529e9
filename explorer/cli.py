"""The program from a shell. Starts either half and imports neither until it is asked for."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import __version__
from explorer.words import ExplorerError, InputError, Text

if TYPE_CHECKING:
    from explorer.results import Verdict

BAD_INPUT = 2
NO_SYSTEM = Text("「{id}」というシステムはありません。「ds-explorer systems」で一覧を見られます。", "There is no system “{id}”. “ds-explorer systems” lists them.")
NO_CLAIM = Text("「{id}」というシステムも主張もありません。", "There is no system and no claim “{id}”.")
NO_RECIPE = Text("「{id}」には学習レシピがありません：画面の中で学習します。", "“{id}” has no recipe: it is trained live on its page.")
DATA_AND_SEEDS = Text("データ：{data}。シード {seeds} 個", "Data: {data}. Seeds: {seeds}")
UNLIKE = Text("論文との違い：{what}", "Unlike the paper: {what}")
NO_DISPLAY = Text(
    "画面が見つからないので、ウィンドウの代わりに全ページの絵を {out} に描きます。",
    "There is no display here, so the pages are drawn as pictures into {out} instead.",
)
NO_QT = Text(
    "Qt を読み込めません（{why}）。README の「準備」を見てください。",
    "Qt cannot be loaded ({why}). See “Set-up” in the README.",
)
INDEX = Text("目次：{page}", "Index page: {page}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, or 2 with one sentence on standard error for bad input."""
    options = _parser().parse_args(arguments)
    if options.ray:
        os.environ["DS_EXPLORER_RAY"] = options.ray  # the engine's processes see it
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        return command(options)
    except ExplorerError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of our output went away
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ds-explorer", description="A survey of deep learning that runs. Without a command: the window.")
    parser.add_argument("--version", action="version", version=f"ds-explorer {__version__}")
    parser.add_argument("--ray", metavar="ADDRESS", help="actors of agents run on this Ray; local: on one begun here")
    parser.add_argument("--lesson", metavar="FILE", default="", help="open the window with this lesson or kept state")
    parser.set_defaults(run=_window)
    commands = parser.add_subparsers(metavar="COMMAND")

    systems = commands.add_parser("systems", help="list the surveyed systems")
    systems.add_argument("--json", action="store_true", help="all facts, as JSON")
    systems.set_defaults(run=_systems)

    show = commands.add_parser("show", help="draw a page and print its numbers")
    show.add_argument("id")
    show.add_argument("--input", metavar="X", help="a picture, a text or an environment; the page's sample by default")
    show.add_argument("--variant", metavar="V")
    show.add_argument("--lens", metavar="L")
    show.add_argument("--out", metavar="PICTURE", type=Path, required=True)
    show.add_argument("--language", choices=("ja", "en"))
    show.add_argument("--dark", action="store_true")
    show.add_argument("--projection", action="store_true", help="1920×1080, as on a projector")
    show.add_argument("--json", action="store_true", help="print the page's numbers as JSON")
    show.set_defaults(run=_show)

    claims = commands.add_parser("claims", help="measure claims of the survey")
    claims.add_argument("names", nargs="*", metavar="SYSTEM|CLAIM", help="all that can be measured by default")
    claims.add_argument("--quick", action="store_true", help="under 20 s each; what so short a run cannot tell is undecided")
    claims.add_argument("--data", type=Path, metavar="DIR", help="folder with public data sets")
    claims.add_argument("--json", action="store_true")
    claims.set_defaults(run=_claims)

    train = commands.add_parser("train", help="make the bundled weights of a system again")
    train.add_argument("id")
    train.add_argument("--variant", metavar="V")
    train.add_argument("--smoke", action="store_true", help="a few steps, in seconds; writes nothing into weights/")
    train.add_argument("--data", type=Path, metavar="DIR", help="folder with the training data")
    train.add_argument("--work", type=Path, metavar="DIR", help="folder for checkpoints")
    train.add_argument("--out", type=Path, metavar="DIR", help="where the weights and their card go (weights/)")
    train.add_argument("--ray", metavar="ADDRESS", default=argparse.SUPPRESS, help="actors of agents run on this Ray; local: on one begun here")
    train.set_defaults(run=_train)

    tour = commands.add_parser("tour", help="draw every ready page and an index page")
    tour.add_argument("--out", type=Path, metavar="DIR", default=Path("tour"))
    tour.set_defaults(run=_tour)
    return parser


def _find(system_id: str) -> Any:
    from explorer import catalogue

    try:
        return catalogue.page(system_id)
    except KeyError:
        raise InputError(NO_SYSTEM.format(id=system_id)) from None


# --- the window ----------------------------------------------------------------------------------------------------------------------


def has_display() -> bool:
    """Whether a window could be seen here."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform.split(":")[0] in ("offscreen", "minimal"):
        return False
    if sys.platform.startswith("linux") and not platform:
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def _need_qt() -> None:
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        raise ExplorerError(NO_QT.format(why=error)) from None


def _window(options: argparse.Namespace) -> int:
    if not has_display():
        out = Path("tour")
        print(NO_DISPLAY.format(out=out), flush=True)
        return _draw_tour(out)
    _need_qt()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from explorer.window.app import run

    return run(os.path.abspath(options.lesson) if options.lesson else "")


def _offscreen() -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _need_qt()


def _tour(options: argparse.Namespace) -> int:
    return _draw_tour(options.out)


def _draw_tour(out: Path) -> int:
    _offscreen()
    from explorer.window.tour import tour

    try:
        index = tour(out)
    except OSError as error:
        raise InputError(Text(f"{out} に書き込めません：{error.strerror}", f"{out} cannot be written: {error.strerror}.")) from None
    print(INDEX.format(page=index))
    return 0


def _show(options: argparse.Namespace) -> int:
    system = _find(options.id)
    if options.variant is not None and options.variant not in [v.name for v in system.variants]:
        names = ", ".join(v.name for v in system.variants) or "–"
        raise InputError(Text(f"{system.id} に {options.variant} はありません：{names}", f"{system.id} has no variant {options.variant}; it has {names}."))
    if options.lens is not None and options.lens not in system.lenses:
        names = ", ".join(system.lenses) or "–"
        raise InputError(Text(f"{system.id} に {options.lens} というレンズはありません：{names}", f"{system.id} has no lens {options.lens}; it has {names}."))
    from explorer.catalogue.readiness import missing

    lacking = missing(system)
    if lacking:
        raise InputError(Text(f"{system.id} のページはまだ使えません：{lacking[0].ja}", f"The page of {system.id} is not ready: {lacking[0].en}"))
    if not options.out.parent.is_dir():
        raise InputError(Text(f"フォルダー {options.out.parent} がありません。", f"There is no folder {options.out.parent}."))
    _offscreen()
    from explorer.window.tour import draw_page
    from explorer.words import preferred_language

    numbers = draw_page(
        system.id, options.out, input=options.input, variant=options.variant, lens=options.lens,
        size=(1920, 1080) if options.projection else (1280, 800),
        language=options.language or preferred_language(), dark=options.dark, projection=options.projection,
    )
    if options.json:
        print(json.dumps(numbers, ensure_ascii=False, indent=1))
    else:
        print(options.out)
    return 0


# --- the catalogue -------------------------------------------------------------------------------------------------------------------


def facts(system: Any) -> dict[str, Any]:
    """What ``systems --json`` says of one system."""
    from explorer.catalogue.figures import metric, parameters
    from explorer.catalogue.readiness import ready

    return {
        "id": system.id,
        "section": system.section,
        "year": system.year,
        "ready": ready(system),
        "builds_on": [a.id for a in system.builds_on],
        "variants": [
            {"name": v.name, "parameters": parameters(v), "weights": v.weights if v.weights in ("bundled", "download") else "none", "metric": metric(v)}
            for v in system.variants
        ],
        "claims": [{"id": c.id, "text": str(c.text)} for c in system.claims],
    }


def _systems(options: argparse.Namespace) -> int:
    from explorer.catalogue import SYSTEMS

    rows = [facts(s) for s in SYSTEMS]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for system, row in zip(SYSTEMS, rows, strict=True):
        mark = "●" if row["ready"] else "○"
        print(f"{mark} {system.id:14} {system.year}  {len(system.claims)} claims  {system.name}: {system.line}")
    return 0


# --- the engine ----------------------------------------------------------------------------------------------------------------------


def _chosen_claims(names: Sequence[str]) -> list[Any]:
    from explorer import catalogue

    by_system = {s.id: s for s in catalogue.SYSTEMS}
    by_claim = {c.id: c for s in catalogue.SYSTEMS for c in s.claims}
    if not names:
        return [c for c in by_claim.values() if c.experiment]
    chosen: list[Any] = []
    for name in names:
        if name in by_system:
            chosen += by_system[name].claims
        elif name in by_claim:
            chosen.append(by_claim[name])
        else:
            raise InputError(NO_CLAIM.format(id=name))
    return chosen


def _claims(options: argparse.Namespace) -> int:
    if options.data is not None and not options.data.is_dir():
        raise InputError(Text(f"フォルダー {options.data} がありません。", f"There is no folder {options.data}."))
    chosen = _chosen_claims(options.names)
    from explorer.engine.experiments.run import Run, find_experiment, measure
    from explorer.results import Verdict

    for claim in chosen:
        find_experiment(claim)  # refuse before the first minute is spent
    data = options.data or (Path(os.environ["DS_EXPLORER_DATA"]) if os.environ.get("DS_EXPLORER_DATA") else None)
    found: list[dict[str, Any]] = []
    refused = 0
    for claim in chosen:
        minutes = 1 / 3 if options.quick else claim.minutes
        print(f"{claim.id}: {claim.text} (≈ {minutes:.1f} min)", file=sys.stderr, flush=True)
        run = Run(quick=options.quick, seeds=tuple(range(claim.seeds)), data=data)
        try:
            verdict = deque(measure(claim, run), maxlen=1).pop()
        except ExplorerError as error:  # one that cannot be measured here does not keep the others from it
            print(error, file=sys.stderr, flush=True)
            refused += 1
            continue
        assert isinstance(verdict, Verdict)
        found.append(_plain(verdict))
        if not options.json:
            _tell(verdict)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    return 2 if refused else 0


def _plain(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON has it."""
    return {
        "id": verdict.claim, "verdict": verdict.verdict, "numbers": {k: float(v) for k, v in verdict.numbers.items()}, "seconds": round(verdict.seconds, 2),
        "quick": verdict.quick, "seeds": verdict.seeds, "data": str(verdict.data or ""), "differs": str(verdict.differs or ""), "text": str(verdict.text),
    }  # fmt: skip


def _tell(verdict: Verdict) -> None:
    """Print a verdict for people."""
    shown = "  ".join(f"{k}={float(v):.4g}" for k, v in verdict.numbers.items())
    print(f"{verdict.claim:28} {verdict.verdict:9} {verdict.seconds:6.1f} s  {shown}{'  (quick)' if verdict.quick else ''}\n    {verdict.text}", flush=True)
    print(f"    {DATA_AND_SEEDS.format(data=str(verdict.data or '–').rstrip('.。'), seeds=verdict.seeds)}", flush=True)
    if verdict.differs is not None:
        print(f"    {UNLIKE.format(what=verdict.differs)}", flush=True)


def _train(options: argparse.Namespace) -> int:
    system = _find(options.id)
    module = f"explorer.engine.recipes.{system.section}.{system.id}"
    if importlib.util.find_spec(f"explorer.engine.recipes.{system.section}") is None or importlib.util.find_spec(module) is None:
        raise InputError(NO_RECIPE.format(id=system.id))
    recipe = importlib.import_module(module)
    from explorer.resources import resource

    out = options.out or resource("weights")
    for progress in recipe.train(options.variant, smoke=options.smoke, data=options.data, work=options.work, out=out):
        print(progress, flush=True)
    return 0
