"""The maps of any layer: the chosen one lies over what the network was given; order, colours and opacity come back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.results import Bundle, Maps, Picture
from explorer.window.look import look
from explorer.window.pages.lenses.layer_maps import LayerMapsLens
from tests.window.pages.lenses.host import AnswerPage, Signals


class Page(AnswerPage):
    """Maps come when they are asked for: seven of the layer, the last with the most contrast."""

    def __init__(self) -> None:
        super().__init__(Bundle({"given": Picture(np.full((24, 32, 3), 90, np.uint8))}, facts={"layers": ("stem", "deep"), "layer": "deep"}))
        self.layer = "deep"
        self.asked: list[dict[str, Any]] = []

    def ask(self, lane: str, task: str, title: Any, on_result: Any, **arguments: Any) -> Any:
        self.asked.append({"task": task, **arguments})
        values = np.random.default_rng(len(self.layer)).random((7, 6, 8)) * np.arange(1, 8)[:, None, None]
        on_result(Maps(values, arguments["layer"], order=(6, 5, 4, 3, 2, 1, 0)))
        return type("Job", (), {"failed": Signals(), "cancelled": Signals()})

    def choose_layer(self, name: str) -> None:
        self.layer = name


@pytest.fixture
def lens(qtbot: QtBot) -> LayerMapsLens:
    made = LayerMapsLens(Page())  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(780, 420)
    made.show()
    made.show_now()
    return made


def test_the_chosen_map_lies_over_the_picture(lens: LayerMapsLens, qtbot: QtBot) -> None:
    first = lens.numbers()
    assert first["maps"] == [7, 6, 8] and first["layer"] == "deep" and first["first"][0] == 6  # the clearest stands first
    assert lens.over._picture is not None and lens.over._picture.pixels.shape == (24, 32, 3)
    before = lens.over.grab().toImage()
    qtbot.keyClick(lens.grid, Qt.Key.Key_Right)
    chosen = lens.numbers()["map"]
    assert chosen != first["map"] and f"Map {chosen} " in lens.title.text and "8 × 6" in lens.title.text
    assert lens.over.grab().toImage() != before and lens.host.changes == 1  # type: ignore[attr-defined]


def test_a_value_lies_at_its_place(lens: LayerMapsLens) -> None:
    page: Any = lens.host
    values = np.zeros((1, 6, 8))
    values[0, 1, 6] = 1.0
    lens._arrived(Maps(values, "deep"))
    heat = lens.over._heat_rgb
    rows, columns = np.nonzero(heat[..., 3])  # type: ignore[index]
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 7, 24, 27)  # a place is 4 × 4 pixels of the picture
    page.give(Bundle({"given": Picture(np.zeros((48, 48, 3), np.uint8))}, facts=page.answer.facts))  # a crop
    lens.show_now()
    assert lens.over._picture.pixels.shape == (48, 48, 3)  # type: ignore[union-attr]


def test_another_layer_asks_anew_and_the_same_does_not(lens: LayerMapsLens) -> None:
    page: Any = lens.host
    lens.show_now()
    assert [one["layer"] for one in page.asked] == ["deep"] and page.asked[0]["task"] == "detection.feature_maps"
    lens.layer_menu.chosen.emit("stem")
    lens.show_now()
    assert [one["layer"] for one in page.asked] == ["deep", "stem"] and lens.numbers()["layer"] == "stem"
    page.give(page.answer)
    lens.show_now()
    assert len(page.asked) == 3


def test_settings_come_back_and_nonsense_is_passed_over(lens: LayerMapsLens, qtbot: QtBot) -> None:
    kept = {"map": 4, "sort": "number", "colours": "unit", "opacity": 0.3}
    other = LayerMapsLens(Page())  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.apply(kept)
    assert other.settings() == kept
    other.show_now()
    assert other.settings() == kept and other.numbers()["map"] == 4 and other.numbers()["first"][:3] == [0, 1, 2]
    other.apply({"sort": "size", "colours": 3, "opacity": "much", "map": 99})
    other.host.layer = "stem"  # type: ignore[misc]
    other.show_now()
    assert other.settings()["sort"] == "number" and other.numbers()["map"] != 99


def test_japanese_and_projection(lens: LayerMapsLens) -> None:
    look.language = "ja"
    lens.restyle()
    assert lens.title.text.startswith("マップ")
    lens.project(True)
    assert not lens.options.isVisible() and not lens.opacity.isVisible() and lens.over.isVisible()
    assert lens.result() is not None
