"""Points over two chosen quantities: where they lie, that labels never overlap, and what mouse and keys do."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.views.scatter import Dot, Quantity, ScatterView
from explorer.words import Text, same

SIZE = Quantity("size", Text("大きさ", "Size"), True)
WORTH = Quantity("worth", Text("値打ち", "Worth"))
RNG = np.random.default_rng(0)
DOTS = [Dot(f"d{k}", f"Network {k}", {"size": float(10 ** RNG.uniform(3, 8)), "worth": float(RNG.uniform(60, 95))}, ("full", "ring", "faint")[k % 3], (same(f"line {k}"),)) for k in range(24)]


@pytest.fixture
def view(qtbot: QtBot) -> ScatterView:
    view = ScatterView(chapter=2, name=same("chart"))
    qtbot.addWidget(view)
    view.resize(760, 420)
    view.set_dots(DOTS, (SIZE, WORTH))
    view.set_axes(SIZE, WORTH)
    view.set_legend([("full", same("full")), ("ring", same("ring"))])
    view.show()
    view.grab()
    return view


def test_places_follow_the_axes(view: ScatterView) -> None:
    by_size = sorted(DOTS, key=lambda dot: dot.values["size"])
    xs = [view.places[dot.key].x() for dot in by_size]
    assert xs == sorted(xs)
    logs = np.log10([dot.values["size"] for dot in by_size])
    assert np.corrcoef(logs, xs)[0, 1] > 0.9999  # evenly on a logarithmic axis
    best = max(DOTS, key=lambda dot: dot.values["worth"])
    assert view.places[best.key].y() == min(place.y() for place in view.places.values())


@pytest.mark.parametrize("projection", [False, True])
def test_labels_overlap_neither_each_other_nor_points(view: ScatterView, projection: bool) -> None:
    look.projection = projection
    view.resize(1700 if projection else 760, 900 if projection else 420)
    view.grab()
    labels = list(view.labels.values())
    assert len(labels) >= 20
    assert not any(a.intersects(b) for a, b in itertools.combinations(labels, 2))
    assert not any(label.contains(place) for label in labels for place in view.places.values())


def test_crowded_points_stay_without_a_label_rather_than_overlap(view: ScatterView) -> None:
    view.set_dots([Dot(f"c{k}", "A name that is rather long", {"size": 1000.0 + k, "worth": 50.0 + 0.01 * k}) for k in range(60)], (SIZE, WORTH))
    view.resize(300, 200)
    view.grab()
    assert 0 < len(view.labels) < 60
    assert not any(a.intersects(b) for a, b in itertools.combinations(view.labels.values(), 2))


def test_what_lacks_a_quantity_is_not_shown(view: ScatterView) -> None:
    view.set_dots([*DOTS, Dot("bare", "Bare", {"size": 10.0}), Dot("zero", "Zero", {"size": 0.0, "worth": 1.0})], (SIZE, WORTH))
    view.grab()
    assert {dot.key for dot in view.shown()} == {dot.key for dot in DOTS} and "bare" not in view.places
    view.set_axes(WORTH, SIZE)
    assert view.has_content() and len(view.shown()) == len(DOTS)
    csv = view.to_csv().splitlines()
    assert csv[0] == "name,kind,Size,Worth" and len(csv) == 1 + len(DOTS) + 2 and csv[-2] == "Bare,full,10,"


def test_mouse_and_keys(view: ScatterView, qtbot: QtBot) -> None:
    first = min(DOTS, key=lambda dot: dot.values["size"])
    place = view.places[first.key]
    qtbot.mouseMove(view, place.toPoint())
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert chosen.args == [first.key]
    assert view.at(QPointF(-50, -50)) == ""
    view._hover("")
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.over == first.key
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.over == first.key
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args == [first.key]


def test_saved_as_picture_and_drawing(view: ScatterView, tmp_path: Path) -> None:
    view.save_png(tmp_path / "a.png")
    view.save_svg(tmp_path / "a.svg")
    assert (tmp_path / "a.png").stat().st_size > 2000 and "Network 3" in (tmp_path / "a.svg").read_text(encoding="utf-8")
