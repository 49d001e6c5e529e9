"""Drawn smears: the same for the same seed, each cell in its box and nothing outside."""

from __future__ import annotations

import numpy as np

from explorer.engine.data.boxed import CELLS, CLASSES
from explorer.engine.data.smears import Smear, draw


def test_the_seed_decides() -> None:
    first, again, other = draw(3), draw(3), draw(4)
    assert np.array_equal(first.pixels, again.pixels) and np.array_equal(first.boxes, again.boxes)
    assert not np.array_equal(first.pixels, other.pixels)


def test_all_kinds_appear_and_vary() -> None:
    scenes = [draw(seed) for seed in range(12)]
    labels = np.concatenate([scene.labels for scene in scenes])
    assert {CLASSES[int(label)] for label in labels} == set(CELLS)
    assert len({len(scene.labels) for scene in scenes}) > 4
    assert all(scene.size == (240, 320) for scene in scenes)


def test_a_box_fits_its_cell() -> None:
    """One dark cell alone: outside its box the picture is plain ground, along every side of the box it is not."""
    for kind, what in {"WBC": Smear(red=(0, 0), white=(1, 1), platelets=(0, 0)), "Platelets": Smear(red=(0, 0), white=(0, 0), platelets=(1, 1))}.items():
        scene = next(one for one in (draw(seed, what=what) for seed in range(20)) if len(one.boxes) and one.boxes[0, 0] > 20 and one.boxes[0, 2] < 300)
        assert CLASSES[int(scene.labels[0])] == kind
        red = scene.pixels[..., 0].astype(float)  # purple takes red light away most
        x1, y1, x2, y2 = scene.boxes[0].astype(int)
        inside = np.zeros(red.shape, bool)
        inside[max(y1 - 4, 0) : y2 + 4, max(x1 - 4, 0) : x2 + 4] = True
        ground = np.median(red[~inside])
        dark = red < ground - 6 * red[~inside].std()
        assert dark[inside].mean() > 0.08
        assert dark[~inside].mean() < 0.01
        rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
        assert len(rows) > 0.3 * (y2 - y1) and len(columns) > 0.3 * (x2 - x1)


def test_density_is_as_asked() -> None:
    few = [len(draw(seed, what=Smear(red=(2, 4), white=(0, 0), platelets=(0, 0))).labels) for seed in range(6)]
    many = [len(draw(seed, what=Smear(red=(30, 40), white=(0, 0), platelets=(0, 0))).labels) for seed in range(6)]
    assert max(few) <= 4 < 12 < min(many)


def test_red_cells_under_a_white_one_are_ignored() -> None:
    scenes = [draw(seed, what=Smear(red=(20, 26), white=(2, 2), platelets=(0, 0))) for seed in range(6)]
    ignored = np.concatenate([scene.labels[scene.ignored] for scene in scenes])
    assert CLASSES.index("RBC") in ignored


def test_other_sizes() -> None:
    large = draw(1, 480, 640)
    assert large.size == (480, 640)
    assert np.median(large.boxes[:, 2] - large.boxes[:, 0]) > 1.4 * np.median(draw(1).boxes[:, 2] - draw(1).boxes[:, 0])
