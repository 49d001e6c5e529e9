"""Drawn streets: the same for the same seed, true labels, and boxes that hold what they say."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.data import streets
from explorer.engine.data.camvid import BOXED, CLASSES
from explorer.engine.data.streets import FINE, HELD_OUT, Sheet, Street, draw, draw_many

SIZE = (96, 128)


@pytest.fixture(scope="module")
def drawn() -> list[streets.Drawing]:
    return [draw(seed, SIZE) for seed in range(12)]


def test_a_seed_is_a_street() -> None:
    one, again, other = draw(5, SIZE), draw(5, SIZE), draw(6, SIZE)
    assert np.array_equal(one.pixels, again.pixels) and np.array_equal(one.labels, again.labels)
    assert not np.array_equal(one.labels, other.labels)
    assert one.pixels.shape == (*SIZE, 3) and one.pixels.dtype == np.uint8 and one.labels.shape == SIZE


def test_every_class_is_drawn_and_nothing_else(drawn: list[streets.Drawing]) -> None:
    found = np.bincount(np.concatenate([one.labels.ravel() for one in drawn]), minlength=len(CLASSES))
    assert len(found) == len(CLASSES) and (found > 0).all()


def test_sky_is_above_and_the_road_below(drawn: list[streets.Drawing]) -> None:
    for one in drawn:
        rows, _ = np.nonzero(one.labels == CLASSES.index("sky"))
        assert len(rows) == 0 or rows.mean() < np.nonzero(one.labels == CLASSES.index("road"))[0].mean()


def test_boxes_hold_their_class_up_to_their_sides(drawn: list[streets.Drawing]) -> None:
    seen = 0
    for one in drawn:
        for (x1, y1, x2, y2), kind, ignored in zip(one.boxes.boxes, one.boxes.kinds, one.boxes.ignored, strict=True):
            assert 0 <= x1 < x2 <= SIZE[1] and 0 <= y1 < y2 <= SIZE[0]
            if ignored:
                continue
            seen += 1
            part = one.labels[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))] == CLASSES.index(BOXED[kind])
            assert part.mean() > 0.1
            assert part[:, 0].any() and part[:, -1].any() and part[0].any() and part[-1].any()
    assert seen > 10


def test_what_is_hidden_is_ignored() -> None:
    def boxes(cover: float) -> tuple[int, bool]:
        street = Street(0, SIZE)
        sheet = street.sheet = Sheet(SIZE[1] * FINE, SIZE[0] * FINE)
        square = ((40, 40), (120, 40), (120, 120), (40, 120))
        sheet.object("car", lambda: sheet.polygon(square, (1, 1, 1), "car"))
        sheet.polygon(((30, 30), (40 + 80 * cover, 30), (40 + 80 * cover, 130), (30, 130)), (9, 9, 9), "building")
        found = street.boxes()
        return len(found), bool(found.ignored.any())

    assert boxes(0.2) == (1, False)
    assert boxes(0.6) == (1, True)
    assert boxes(1.1) == (0, False)


def test_many() -> None:
    found = draw_many(2, 3, SIZE)
    assert found.images.shape == (2, 3, *SIZE) and np.array_equal(found.labels[1].numpy(), draw(3001, SIZE).labels)
    assert np.array_equal(draw_many(1, HELD_OUT, SIZE).labels[0].numpy(), draw(HELD_OUT, SIZE).labels)
    assert draw_many(0, 3, SIZE).images.shape == (0, 3, *SIZE)
