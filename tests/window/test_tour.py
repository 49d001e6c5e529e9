"""Pictures without a screen: one page, and the tour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.results import Matrix
from explorer.window import app as shell
from explorer.window import tour as module
from explorer.window.look import look
from explorer.window.tour import draw_page, tour, wait
from explorer.words import ExplorerError, InputError, Text, WeightsMissing


@pytest.fixture
def answering(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, fake_client: Any, stubs: Any) -> Iterator[Any]:
    """A client that answers every query of the stub page a little later; ``fails``: with an error instead."""
    import numpy as np

    kind = type(fake_client)

    class Answering(kind):  # type: ignore[misc, valid-type]
        error: ExplorerError | None = None

        def query(self, lane: str, task: str, **arguments: Any) -> Any:
            job = super().query(lane, task, **arguments)
            QTimer.singleShot(30, job, lambda: self.settle(job))
            return job

        def settle(self, job: Any) -> None:
            if job.state != "running":
                return
            if self.error is not None and job.arguments.get("picture") == "bad.png":
                job.fail(self.error)
                return
            job.answer(Matrix(np.eye(3), tuple("abc"), tuple("xyz")))
            job.finish()

    page, with_lenses = stubs
    monkeypatch.setattr("explorer.window.pages.build_page", page)
    monkeypatch.setattr(shell, "ready_systems", lambda remember=True: [with_lenses("dnn"), with_lenses("resnet")])
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    sheet, palette, font = app.styleSheet(), app.palette(), app.font()
    motion = look.reduced_motion
    yield Answering
    look.reduced_motion = motion
    app.setStyleSheet(sheet)
    app.setPalette(palette)
    app.setFont(font)


def test_one_page_with_its_numbers(answering: Any, tmp_path: Path) -> None:
    numbers = draw_page("resnet", tmp_path / "a.png", input="cat.png", lens="filters", language="ja", dark=True, make_client=answering)
    assert numbers == {"input": "cat.png"}
    picture = QImage(str(tmp_path / "a.png"))
    assert (picture.width(), picture.height()) == (1280, 800)
    assert picture.pixelColor(640, 5) == look.colour("surface") and look.dark and look.language == "ja"


def test_projection_hides_the_chrome(answering: Any, tmp_path: Path) -> None:
    draw_page("resnet", tmp_path / "a.png", size=(1920, 1080), projection=True, make_client=answering)
    picture = QImage(str(tmp_path / "a.png"))
    assert (picture.width(), picture.height()) == (1920, 1080)
    assert picture.pixelColor(5, 5) == look.colour("bg") and not look.projection


def test_bad_input_is_raised(answering: Any, tmp_path: Path) -> None:
    answering.error = InputError(Text("壊れている", "It is cut off."))
    with pytest.raises(InputError, match="cut off"):
        draw_page("resnet", tmp_path / "a.png", input="bad.png", make_client=answering)
    assert not (tmp_path / "a.png").exists()


def test_missing_weights_are_a_state_that_is_drawn(answering: Any, tmp_path: Path) -> None:
    answering.error = WeightsMissing(Text("重みがまだない", "The weights are not here yet."), 10)
    draw_page("resnet", tmp_path / "a.png", input="bad.png", make_client=answering)
    assert (tmp_path / "a.png").exists()


def test_a_page_that_never_ends_is_an_error(fake_client: Any, answering: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Studio.complete, "__defaults__", (0.3,))
    with pytest.raises(ExplorerError, match="still computing"):
        draw_page("resnet", tmp_path / "a.png", make_client=type(fake_client))


def test_the_tour_draws_everything_and_an_index(answering: Any, tmp_path: Path) -> None:
    index = tour(tmp_path / "t", make_client=answering)
    names = sorted(p.name for p in (tmp_path / "t").iterdir())
    expected = {f"{i}-{k}.png" for i in ("dnn", "resnet") for k in ("ja", "en", "dark", "projection")} | {"tree-ja.png", "tree-en.png", "index.html"}
    assert set(names) == expected and index.name == "index.html"
    page = index.read_text(encoding="utf-8")
    assert all(f'src="{name}"' in page for name in expected - {"index.html"})
    ja, en = (QImage(str(tmp_path / "t" / f"resnet-{k}.png")) for k in ("ja", "en"))
    assert ja != en and not look.projection and look.language == "en"


def test_waiting_gives_up() -> None:
    assert not wait(lambda: False, 0.2)
    assert wait(lambda: True, 5.0)
