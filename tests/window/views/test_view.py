"""What every view owes: it shows its result, takes up themes and languages, refuses other results, and is written as PNG, SVG and CSV."""

from __future__ import annotations

import csv
import importlib
import io
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.results import (
    Arithmetic,
    Curves,
    Edge,
    Graph,
    Links,
    Maps,
    Matrix,
    Node,
    Overlay,
    Picture,
    Region,
    Result,
    Scores,
    Series,
    Surface,
    Table,
    Tensor,
)
from explorer.window.look import look
from explorer.window.pages import VIEWS
from explorer.window.views.arithmetic import ArithmeticView
from explorer.window.views.bars import BarsView
from explorer.window.views.controls import pixels_of
from explorer.window.views.curves import CurvesView
from explorer.window.views.graph import GraphView
from explorer.window.views.histogram import HistogramView
from explorer.window.views.links import LinksView
from explorer.window.views.maps import MapGridView, MapView
from explorer.window.views.matrix import MatrixView
from explorer.window.views.picture import OverlayView, PictureView
from explorer.window.views.surface import SurfaceView
from explorer.window.views.table import TableView
from explorer.window.views.view import View, chapter_of
from explorer.words import Text, same

RNG = np.random.default_rng(3)


def picture() -> Picture:
    return Picture(RNG.integers(0, 255, (24, 30, 3)).astype(np.uint8))


def tensor() -> Tensor:
    values = RNG.normal(size=500)
    counts, edges = np.histogram(values, 20)
    return Tensor("fc.weight", (20, 25), "float32", float(values.mean()), float(values.std()), float(values.min()), float(values.max()), counts, edges)


def curves() -> Curves:
    x = np.arange(1.0, 9.0)
    return Curves((Series(Text("ある", "with"), x, RNG.random(8), RNG.random(8) * 0.1, main=True), Series(Text("ない", "without"), x, RNG.random(8))), same("step"), same("loss"))


def arithmetic() -> Arithmetic:
    return Arithmetic(RNG.random((3, 3)), RNG.normal(size=(3, 3)), 1, 2, 3, 4, ((Text("この", "this map"), 0.5), (same("ReLU"), 0.5)))


def graph(names: str) -> Graph:
    return Graph(tuple(Node(n, "conv", (4, 2, 2)) for n in names), tuple(Edge(a, b) for a, b in itertools.pairwise(names)))


MAKERS: list[tuple[type[View], Callable[[], Result]]] = [
    (ArithmeticView, arithmetic),
    (BarsView, lambda: Scores(("cat", "dog", "茶"), RNG.random(3))),
    (CurvesView, curves),
    (GraphView, lambda: graph("".join(RNG.permutation(list("abcdefghijkl"))[:4]))),
    (HistogramView, tensor),
    (LinksView, lambda: Links(("I", "play"), ("私", "は", "遊ぶ"), RNG.random((3, 2)))),
    (MapGridView, lambda: Maps(RNG.random((20, 7, 7)))),
    (MapView, lambda: Maps(RNG.random((1, 7, 7)))),
    (MatrixView, lambda: Matrix(RNG.random((4, 5)), tuple("abcd"), tuple("vwxyz"))),
    (MatrixView, lambda: Links(("I", "play"), ("私", "は", "遊ぶ"), RNG.random((3, 2)), finished=False)),
    (PictureView, picture),
    (OverlayView, lambda: Overlay(picture(), RNG.random((24, 30)))),
    (OverlayView, lambda: Region(picture(), (3.0, 3.0, float(RNG.integers(8, 20)), 20.0))),
    (SurfaceView, lambda: Surface(RNG.normal(size=(9, 9)), (-1, 1), (-1, 1), signed=True, path=RNG.uniform(-1, 1, (5, 2)))),
    (TableView, lambda: Table((Text("層", "layer"), Text("重み", "weights")), tuple((f"conv{i}", float(RNG.random())) for i in range(4)))),
]
CASES = pytest.mark.parametrize(("kind", "make"), MAKERS, ids=[f"{kind.__name__}-{i}" for i, (kind, _) in enumerate(MAKERS)])


def pixels(view: View) -> np.ndarray[Any, Any]:
    return pixels_of(view.picture(1.0))


@CASES
def test_pixels_follow_the_data_the_theme_and_the_size_of_type(show: Any, kind: type[View], make: Callable[[], Result]) -> None:
    view = show(kind(chapter=2), 420, 320)
    empty = pixels(view)
    view.set_result(make())
    first = pixels(view)
    assert (first != empty).any(), "nothing is drawn"
    second_result = make()
    view.set_result(second_result)
    assert view.result is second_result
    assert (pixels(view) != first).any(), "other data, the same picture"
    light = pixels(view)
    look.dark = True
    dark = pixels(view)
    assert (dark != light).any()
    background = look.colour("bg")
    assert (dark == [background.red(), background.green(), background.blue()]).all(axis=2).any(), "no dark background"
    look.dark, look.projection = False, True
    view.repaint()
    look.projection, look.language = False, "ja"
    view.repaint()
    view.clear()
    assert not view.has_content()
    view.repaint()


@CASES
def test_written_as_png_svg_and_csv(show: Any, tmp_path: Path, kind: type[View], make: Callable[[], Result]) -> None:
    view = show(kind(), 420, 320)
    result = make()
    view.set_result(result)
    view.save_png(tmp_path / "v.png")
    image = QImage(str(tmp_path / "v.png"))
    assert (image.width(), image.height()) == (840, 640)
    view.save_svg(tmp_path / "v.svg")
    root = ElementTree.parse(tmp_path / "v.svg").getroot()
    assert root.tag.endswith("svg")
    renderer = QSvgRenderer(str(tmp_path / "v.svg"))
    assert renderer.isValid()
    assert (renderer.viewBox().width(), renderer.viewBox().height()) == (420, 320)
    assert len(list(root.iter())) > 5, "the drawing holds nothing"
    rows = list(csv.reader(io.StringIO(view.to_csv())))
    assert len(rows) >= 2
    with pytest.raises(OSError, match="cannot write"):
        view.save_png(tmp_path / "nowhere" / "v.png")


@CASES
def test_named_in_both_languages_and_reached_by_key(show: Any, qtbot: QtBot, kind: type[View], make: Callable[[], Result]) -> None:
    view = show(kind())
    view.set_result(make())
    english = view.accessibleName()
    look.language = "ja"
    assert english
    assert view.accessibleName() not in ("", english)
    assert view.focusPolicy() & Qt.FocusPolicy.TabFocus


@CASES
def test_other_results_are_refused(qtbot: QtBot, kind: type[View], make: Callable[[], Result]) -> None:
    view = kind()
    qtbot.addWidget(view)
    with pytest.raises(TypeError):
        view.set_result(Result())


@pytest.mark.parametrize(("result_type", "where"), VIEWS.items())
def test_the_view_of_each_result_type_exists(result_type: str, where: str) -> None:
    module, _, name = where.partition(":")
    assert issubclass(getattr(importlib.import_module(module), name), View), result_type


def test_the_accent_is_the_chapters_of_the_view_or_of_the_page_around(qtbot: QtBot) -> None:
    class Page(QWidget):
        chapter = 3

    page = Page()
    qtbot.addWidget(page)
    inside = BarsView(page)
    assert chapter_of(inside) == inside.chapter == 3
    assert inside.accent == look.accent(3)
    inside.chapter = 4
    assert inside.accent == look.accent(4)


def test_the_focus_ring_shows_for_keys_not_for_clicks(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(20, 20, 20, 20)
    views = [BarsView(chapter=2), BarsView(chapter=2)]
    for view in views:
        layout.addWidget(view)
        view.set_result(Scores(("a",), np.array([0.5])))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    views[0].setFocus(Qt.FocusReason.MouseFocusReason)
    assert views[0]._ring_keeper.ring is None
    qtbot.keyClick(views[0], Qt.Key.Key_Tab)
    assert views[1].hasFocus()
    ring = views[1]._ring_keeper.ring
    assert ring is not None
    assert ring.isVisible()
    assert ring.geometry() == views[1].geometry().adjusted(-4, -4, 4, 4)
    image = window.grab().toImage()
    edge = views[1].geometry().center()
    assert image.pixelColor(edge.x(), views[1].geometry().top() - 4) == look.accent(2)
    views[0].setFocus(Qt.FocusReason.MouseFocusReason)
    assert views[1]._ring_keeper.ring is None


def test_the_placeholder_says_its_sentence(show: Any) -> None:
    view = show(BarsView())
    blank = pixels(view)
    view.placeholder = Text("まだ何もありません", "Nothing yet")
    assert (pixels(view) != blank).any()


def test_the_chapter_is_looked_up_once_a_painting_and_may_change_after(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.window.views import view as module

    asked: list[int] = []

    class Many(module.View):
        def has_content(self) -> bool:
            return True

        def paint(self, painter: object, rect: object) -> None:
            asked.extend(self.chapter for _ in range(5))

    view = Many(chapter=2)
    qtbot.addWidget(view)
    looked = []
    original = module.chapter_of
    monkeypatch.setattr(module, "chapter_of", lambda widget: looked.append(widget) or original(widget))
    view.picture(1.0)
    assert asked == [2] * 5 and len(looked) == 1
    view.chapter = 4
    assert view.chapter == 4
    view.picture(1.0)
    assert asked[5:] == [4] * 5
