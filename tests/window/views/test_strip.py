"""The strip fits every width, folds long groups, and is walked by mouse and key."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Picture, Scores
from explorer.window.look import look
from explorer.window.views.strip import Arc, Block, StripView, shape_text

RNG = np.random.default_rng(1)


def network(*repeats: int, channels: int = 64, size: int = 56) -> tuple[list[Block], list[Arc]]:
    blocks = [Block("conv1", channels, size * 2, shape_text((channels, size * 2, size * 2)), RNG.random((size, size)))]
    arcs, before = [], "conv1"
    for g, count in enumerate(repeats):
        for i in range(count):
            name = f"layer{g + 1}.{i}"
            side = size // 2**g
            blocks.append(Block(name, channels * 2**g, side, shape_text((channels * 2**g, side, side)), RNG.random((side, side)), group=f"layer{g + 1}"))
            arcs.append(Arc(before, name))
            before = name
    return blocks, arcs


def strip(show: Any, *repeats: int, width: int = 762) -> StripView:
    view: StripView = show(StripView(chapter=2), width, 150)
    view.set_strip(*network(*repeats))
    view.set_picture(Picture(RNG.integers(0, 255, (120, 120, 3)).astype(np.uint8)), "3 × 120 × 120")
    view.set_scores(Scores(("cat", "dog"), np.array([0.8, 0.2])))
    view.repaint()
    return view


def zones(view: StripView) -> dict[str, QRectF]:
    return {name: zone for zone, name in view._zones}


def test_a_short_network_is_shown_whole_and_a_long_one_folded(show: Any) -> None:
    view = strip(show, 2, 2, 2, 2)
    assert set(zones(view)) == set(view.names())
    view = strip(show, 3, 8, 36, 3)
    shown = zones(view)
    assert len(shown) < 50
    assert {name.split(".")[0] for name in shown} == {"conv1", "layer1", "layer2", "layer3", "layer4"}


@pytest.mark.parametrize("repeats", [(2, 2, 2, 2), (3, 4, 6, 3), (9, 9, 9), (3, 8, 36, 3), (1,) * 24])
@pytest.mark.parametrize("width", [560, 762, 1200])
def test_nothing_reaches_outside_or_overlaps(show: Any, repeats: tuple[int, ...], width: int) -> None:
    view: StripView = show(StripView(chapter=2), width, 150)
    blocks, arcs = network(*repeats[:4]) if len(repeats) < 5 else ([Block(f"b{i}", 64, 14) for i in range(24)], [])
    view.set_strip(blocks, arcs)
    view.set_picture(Picture(np.zeros((40, 40, 3), np.uint8)))
    view.set_scores(Scores(("a",), np.array([1.0])))
    view.repaint()
    places = [zone for zone, _ in view._zones]
    assert places[0].left() > 118
    assert places[-1].right() <= width - 142 + 4
    faces = [z.adjusted(4, 0, -4, 0) for z in places]
    assert all(a.right() <= b.left() + 0.01 for a, b in itertools.pairwise(faces))


@pytest.mark.parametrize("chosen", ["features.0", "features.7", "features.42"])
def test_every_block_has_its_name_beside_the_chosen_one(show: Any, chosen: str) -> None:
    view: StripView = show(StripView(chapter=2), 762, 150)
    view.set_strip([Block(name, 64 * 2**k, 32 // 2**k, "8 × 8²") for k, name in enumerate(("features.0", "features.4", "features.7", "features.42"))])
    view.set_picture(Picture(RNG.integers(0, 255, (120, 120, 3)).astype(np.uint8)), "3 × 120 × 120")
    view.set_scores(Scores(("cat", "dog"), np.array([0.8, 0.2])))
    view.set_selected(chosen)
    view.repaint()
    assert set(view._titles) == set(view.names()) and view._titles[chosen][0] == chosen
    assert all(name.endswith(words) for name, (words, _) in view._titles.items())  # whole, or the last part of it
    for (_, one), (_, other) in itertools.combinations(view._titles.values(), 2):
        assert not one.intersects(other)


def test_projection_fits_too(show: Any) -> None:
    look.projection = True
    view: StripView = show(StripView(chapter=2), 1792, 340)
    view.set_strip(*network(3, 4, 6, 3))
    view.set_picture(Picture(np.zeros((40, 40, 3), np.uint8)))
    view.set_scores(Scores(("a",), np.array([1.0])))
    view.repaint()
    assert max(zone.right() for zone, _ in view._zones) <= 1792 - 142 * 2.2 + 10


def test_mouse_and_keys_choose_blocks(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view = strip(show, 2, 2, 2, 2)
    with qtbot.waitSignal(view.hovered) as hover:
        point_at(view, zones(view)["layer3.0"].center())
    assert hover.args == ["layer3.0"]
    before = view.picture(1.0)
    with qtbot.waitSignal(view.chosen) as chosen:
        point_at(view, zones(view)["layer3.0"].center(), press=True)
    assert chosen.args == ["layer3.0"]
    corner = zones(view)["layer3.0"].bottomLeft() + QPointF(0, -2)
    assert view.picture(1.0).pixelColor(corner.toPoint()) == look.tint(2)
    assert before.pixelColor(corner.toPoint()) != look.tint(2)
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert chosen.args == ["layer3.1"]
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Home)
    assert chosen.args == ["conv1"]


def test_keys_reach_folded_blocks(show: Any, qtbot: QtBot) -> None:
    view = strip(show, 3, 8, 36, 3)
    view.set_selected("layer3.17")
    view.repaint()
    assert "layer3.17" in zones(view)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    view.repaint()
    assert view.selected == "layer3.18"
    assert "layer3.18" in zones(view)


def test_faces_show_their_maps_and_the_picture_its_window(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view = strip(show, 1)
    view.set_maps({"layer1.0": np.ones((56, 56))})
    view.repaint()
    place = zones(view)["layer1.0"]
    face = QPointF(place.center().x(), 64)
    assert view.picture(1.0).pixelColor(face.toPoint()).getRgb()[:3] == tuple(look.viridis(np.array([1.0]))[0])
    view.set_window((30, 30, 60, 60))
    assert view.picture(1.0).pixelColor(int(45 / 120 * 118), int(5 + 30 / 120 * 118)).getRgb()[:3] == (255, 255, 255)
    with qtbot.waitSignal(view.input_clicked):
        point_at(view, QPointF(20, 64), press=True)
    with qtbot.waitSignal(view.output_chosen) as chosen:
        point_at(view, QPointF(700, 35), press=True)
    assert chosen.args == ["dog"]


def test_shapes_are_written_short() -> None:
    assert shape_text((256, 14, 14)) == "256 × 14²"
    assert shape_text((3, 224, 160)) == "3 × 224 × 160"
    assert shape_text((2048, 1, 1)) == "2,048"
    assert shape_text((1000,)) == "1,000"


def test_a_frame_on_the_picture_paints_no_block_anew_but_new_maps_and_scores_do(show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    view: StripView = show(StripView(), 760, 146)
    view.set_strip([Block(f"b{k}", 8, 8, "8×8×8", map=np.full((8, 8), k / 4, dtype=np.float32)) for k in range(4)])
    view.set_picture(np.zeros((64, 64, 3), dtype=np.uint8))
    view.picture(1.0)
    paintings: list[int] = []
    real = view._paint_content
    monkeypatch.setattr(view, "_paint_content", lambda *args: (paintings.append(1), real(*args)))
    view.set_window((4, 4, 12, 12))
    before = view.picture(1.0)
    assert not paintings
    for count, change in enumerate(
        (
            lambda: view.set_maps({"b2": np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)}),
            lambda: view.set_scores(Scores(("cat", "dog"), np.array([0.9, 0.1], dtype=np.float32))),
            lambda: view.set_selected("b1"),
            lambda: setattr(look, "dark", True),
        ),
        1,
    ):
        change()
        after = view.picture(1.0)
        assert len(paintings) == count and after != before
        before = after


def test_on_screen_new_faces_appear_together_and_an_export_has_them_at_once(show: Any, qtbot: QtBot, tmp_path: Any) -> None:
    def maps(value: float) -> dict[str, Any]:
        return {f"b{k}": np.linspace(0, value, 64, dtype=np.float32).reshape(8, 8) ** (k + 1) for k in range(8)}

    view: StripView = show(StripView(), 760, 146)
    view.set_strip([Block(f"b{k}", 8, 8, map=m) for k, m in enumerate(maps(1.0).values())])
    old = view.grab().toImage()
    assert view.grab().toImage() == old
    flipped = {name: values[::-1] for name, values in maps(1.0).items()}
    view.set_maps(flipped)
    assert view.grab().toImage() == old  # none of them yet
    seen = [old]
    while view._renewed:
        qtbot.wait(1)
        seen.append(view.grab().toImage())
    new = view.grab().toImage()
    assert new != old and all(image in (old, new) for image in seen)  # never a part of them
    view.set_maps(maps(1.0))
    assert view.picture(1.0) != new
    assert view.grab().toImage() == old


def test_the_same_strip_with_other_faces_is_not_laid_out_anew(show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def blocks(value: float, size: int = 8) -> list[Block]:
        return [Block(f"b{k}", 8, size, f"8 × {size}²", map=np.full((8, 8), value + k, dtype=np.float32)) for k in range(4)]

    view: StripView = show(StripView(), 760, 146)
    view.set_strip(blocks(0.0), [Arc(None, "b1")])
    view.picture(1.0)
    layouts: list[int] = []
    real = view._paint_titles
    monkeypatch.setattr(view, "_paint_titles", lambda *args: (layouts.append(1), real(*args)))
    view.set_strip(blocks(1.0), [Arc(None, "b1")])
    view.picture(1.0)
    assert not layouts
    for count, (changed, arcs) in enumerate(((blocks(1.0, 16), [Arc(None, "b1")]), (blocks(1.0, 16), []), (blocks(1.0, 16)[:3], [])), 1):
        view.set_strip(changed, arcs)
        view.picture(1.0)
        assert len(layouts) == count
