"""Links between words: ribbons that light up, words by mouse and key, long sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.results import Links
from explorer.window.look import look
from explorer.window.views.links import LinksView

SOURCE = ("I", "play", "soccer", ".")
TARGET = ("私", "は", "サッカー", "を", "する")
WEIGHTS = np.array([[0.9, 0.04, 0.03, 0.03], [0.5, 0.3, 0.1, 0.1], [0.01, 0.04, 0.94, 0.01], [0.1, 0.4, 0.45, 0.05], [0.05, 0.85, 0.05, 0.05]])


def links(rows: int = 5, **more: Any) -> Links:
    return Links(SOURCE, TARGET[:rows], WEIGHTS[:rows], **more)


def test_ribbons_light_up_at_the_word_under_the_cursor(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view: LinksView = show(LinksView(chapter=3), 350, 360)
    view.set_result(links(unknown=(3,)))
    view.repaint()
    calm = view.picture(1.0)
    with qtbot.waitSignal(view.hovered) as hover:
        point_at(view, view.plate_of("target", 4).center())
    assert hover.args == ["target", 4]
    lit = view.picture(1.0)
    assert lit != calm
    plate = view.plate_of("target", 4)
    assert lit.pixelColor(int(plate.left() + 4), int(plate.center().y())) == look.accent(3)
    linked = view.plate_of("source", 1)
    assert lit.pixelColor(int(linked.left() + 4), int(linked.center().y())) == look.tint(3)
    other = view.plate_of("source", 0)
    assert lit.pixelColor(int(other.left() + 3), int(other.center().y())) == look.colour("bg")


def test_links_by_key(show: Any, qtbot: QtBot) -> None:
    view: LinksView = show(LinksView(chapter=3), 350, 360)
    view.set_result(links())
    seen: list[tuple[str, int]] = []
    view.hovered.connect(lambda side, index: seen.append((side, index)))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Escape):
        qtbot.keyClick(view, key)
    assert seen == [("target", 0), ("target", 1), ("source", 1), ("source", 0), ("", -1)]
    view.set_highlight("source", 2)
    assert seen[-1] == ("", -1), "marking from outside signals nothing"


def test_long_sentences_stay_inside(show: Any) -> None:
    n = 60
    view: LinksView = show(LinksView(), 350, 360)
    view.set_result(Links(tuple("とても長い単語" for _ in range(n)), tuple(f"incomprehensibilities{i}" for i in range(n)), np.full((n, n), 1 / n)))
    view.repaint()
    assert view.plate_of("source", n - 1).bottom() <= 361
    assert view.plate_of("source", 0).left() >= 0
    assert view.plate_of("target", 0).right() <= 350
