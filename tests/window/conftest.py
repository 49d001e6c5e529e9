"""A client without an engine, a page answered by it, settings in a folder of the test, and the look as it was."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QColor, QCursor, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.catalogue import System, system
from explorer.results import Matrix, Progress, Result
from explorer.window.app import MainWindow
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.settings import settings
from explorer.window.views.view import View
from explorer.words import ExplorerError, Text, same


class FakeJob(QObject):
    """A job whose results the test hands in."""

    result = Signal(object)
    progress = Signal(object)
    failed = Signal(object)
    done = Signal()
    cancelled = Signal()
    ended = Signal()

    def __init__(self, client: FakeClient, lane: str, task: str, title: Text, arguments: dict[str, Any], session: bool) -> None:
        super().__init__(client)
        self.client, self.lane, self.task, self.title, self.arguments, self.session = client, lane, task, title, arguments, session
        self.state = "running"
        self.crashed = False
        self.resting = False
        self.latest_progress: Progress | None = None
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def send(self, name: str, **values: Any) -> None:
        self.sent.append((name, values))

    def rest(self, on: bool) -> None:
        self.resting = on
        self.client.changed.emit()

    def cancel(self) -> None:
        self._end("cancelled")

    def report(self, progress: Progress) -> None:
        self.latest_progress = progress
        self.progress.emit(progress)
        self.client.changed.emit()

    def answer(self, result: Result) -> None:
        self.result.emit(result)

    def finish(self) -> None:
        self._end("done")

    def fail(self, error: ExplorerError) -> None:
        self._end("failed", error)

    def _end(self, state: str, error: ExplorerError | None = None) -> None:
        if self.state not in ("waiting", "running"):
            return
        self.state = state
        if state == "failed":
            self.failed.emit(error)
        else:
            getattr(self, state).emit()
        self.ended.emit()
        self.client.changed.emit()


class FakeClient(QObject):
    """Keeps the jobs it is asked for; the test answers them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[FakeJob] = []
        self.started = False
        self.closed = False

    def start(self) -> None:
        self.started = True

    def close(self) -> None:
        self.closed = True

    def query(self, lane: str, task: str, *, title: Text, **arguments: Any) -> FakeJob:
        for job in self.jobs():
            if job.lane == lane and not job.session:
                job.cancel()
        return self._add(lane, task, title, arguments, False)

    def session(self, task: str, *, title: Text, **arguments: Any) -> FakeJob:
        return self._add("", task, title, arguments, True)

    def _add(self, lane: str, task: str, title: Text, arguments: dict[str, Any], session: bool) -> FakeJob:
        job = FakeJob(self, lane, task, title, arguments, session)
        self.asked.append(job)
        self.changed.emit()
        return job

    def jobs(self) -> list[FakeJob]:
        return [job for job in self.asked if job.state in ("waiting", "running")]


class Cells(View):
    """Draws a matrix as coloured cells."""

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        assert isinstance(self.result, Matrix)
        rows, columns = self.result.values.shape
        side = min(rect.width() / columns, rect.height() / rows)
        colours = look.viridis(self.result.values)
        for r in range(rows):
            for c in range(columns):
                red, green, blue = (int(v) for v in colours[r, c])
                painter.fillRect(QRectF(c * side, r * side, side - 2, side - 2), QColor(red, green, blue))


class StubPage(BasePage):
    accepts = "picture"

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.opened: list[Any] = []
        self.lenses_seen: list[str] = []
        rng = np.random.default_rng(0)
        for k in range(3):
            pixels = rng.integers(0, 255, (40, 40, 3)).astype(np.uint8)
            self.add_sample(f"s{k}", Text(f"見本 {k}", f"Sample {k}"), pixels)
        self.add_input_buttons(camera=True)
        self.first, self.second = Cells(), Cells()
        self.first.set_name(Text("地図", "Map"))
        self.first.set_result(Matrix(rng.random((6, 9)), tuple("abcdef"), tuple("123456789")))
        self.add_lens(system.lenses[0], self.first)
        self.add_lens(system.lenses[1], self.second)

    def start(self) -> None:
        self.mark_sample("s0")
        self.open_input("s0")

    def open_input(self, value: Any) -> None:
        self.opened.append(value)
        self.ask("main", "stub.look", same("stub"), self.take, picture=value)

    def take(self, result: Matrix) -> None:
        self.second.set_result(result)
        self.state_changed.emit()

    def lens_shown(self, lens_id: str) -> None:
        self.lenses_seen.append(lens_id)

    def state(self) -> dict[str, Any]:
        last = self.opened[-1] if self.opened else None
        return {**super().state(), "input": last if isinstance(last, str) else None}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if state.get("input"):
            self.open_input(state["input"])

    def numbers(self) -> dict[str, Any]:
        return {"input": self.state()["input"]}


@pytest.fixture
def fake_client() -> FakeClient:
    return FakeClient()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> Iterator[None]:
    """Settings in the test's folder, and language, theme, projection and motion back to the start."""
    settings.use(tmp_path / "settings.ini")
    look.language, look.dark, look.projection, look.projection_height = "en", False, False, 1080
    look.reduced_motion = False
    yield
    look.language, look.dark, look.projection, look.projection_height = "en", False, False, 1080
    look.reduced_motion = False
    settings.in_memory()


@pytest.fixture(autouse=True)
def pointer_away(qapp: QApplication) -> None:
    """The pointer in the screen's corner, wherever the test before left it: under it a button would be hovered."""
    QCursor.setPos(qapp.primaryScreen().geometry().bottomRight())
    qapp.processEvents()


def with_lenses(system_id: str) -> System:
    """A system of the catalogue whose page has two lenses."""
    return dataclasses.replace(system(system_id), lenses=("feature_maps", "filters"))


@pytest.fixture
def stub_page(qtbot: QtBot, fake_client: FakeClient) -> StubPage:
    page = StubPage(with_lenses("resnet"), fake_client)  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    return page


MakeWindow = Callable[..., MainWindow]


@pytest.fixture
def make_window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeWindow]:
    """Builds a shown window over stub pages and a fake client: ``make_window(("dnn", "resnet"), remember=True)``."""
    monkeypatch.setattr("explorer.window.pages.build_page", StubPage)
    made: list[MainWindow] = []

    def make(ids: Sequence[str] = ("dnn", "resnet", "vgg", "attention"), *, remember: bool = True, size: tuple[int, int] | None = None) -> MainWindow:
        window = MainWindow(FakeClient, [with_lenses(i) for i in ids], remember=remember)  # type: ignore[arg-type]
        qtbot.addWidget(window)
        if size is not None:
            window.resize(*size)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        window.begin()
        made.append(window)
        return window

    yield make
    for window in made:
        window.close()


@pytest.fixture
def unshown_window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window over stub pages and a fake client that has not been shown yet."""
    monkeypatch.setattr("explorer.window.pages.build_page", StubPage)
    window = MainWindow(FakeClient, [with_lenses(i) for i in ("dnn", "resnet", "vgg")], remember=False)  # type: ignore[arg-type]
    qtbot.addWidget(window)
    yield window
    window.close()


@pytest.fixture(scope="session")
def random_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of the smallest bundled classifier with random weights, for pages and panels with the running engine."""
    import torch
    from safetensors.torch import save_file

    from explorer.engine.models.recognition.resnet import resnet20

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in resnet20().state_dict().items()}, path)
    return path


@pytest.fixture(scope="session")
def checkpoint_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``checkpoint_of("mobilenet")``: random weights for the first variant of a system, or another one, with which its page runs."""
    import torch
    from safetensors.torch import save_file

    from explorer import catalogue
    from explorer.engine.system import build

    folder = tmp_path_factory.mktemp("checkpoints")

    def make(system_id: str, variant: str | None = None) -> Path:
        path = folder / f"{system_id}-{variant or 'first'}.safetensors"
        if not path.is_file():
            torch.manual_seed(0)
            network = build(catalogue.system(system_id).variant(variant))
            save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, path)
        return path

    return make


@pytest.fixture(scope="session")
def detector_of(checkpoint_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """``detector_of("ssd")``: random weights with which a detector is sure of some boxes and not of all."""
    from safetensors.torch import load_file, save_file

    folder = tmp_path_factory.mktemp("detectors")

    def make(system_id: str) -> Path:
        path = folder / f"{system_id}.safetensors"
        if not path.is_file():
            weights = load_file(checkpoint_of(system_id))
            for name, value in weights.items():
                if "classification_head" in name:
                    value *= 0.02
                elif name == "head.bias":  # of a grid's cells
                    value += 0.5
            save_file(weights, path)
        return path

    return make


@pytest.fixture
def stubs() -> tuple[type[StubPage], Callable[[str], System]]:
    """The stub page, and what gives a system its two lenses."""
    return StubPage, with_lenses
