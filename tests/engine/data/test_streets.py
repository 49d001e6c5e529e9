"""Drawn streets: the same for the same seed, true labels, and boxes that hold what they say."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.data import streets
from explorer.engine.data.camvid import BOXED, CLASSES
from explorer.engine.data.streets import FINE, HELD_OUT, Sheet, Street, draw, draw_drive, draw_many

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


def test_a_drive_is_one_street_seen_from_farther_and_farther_along() -> None:
    seed = HELD_OUT + 18
    pictures = [draw_drive(seed, number, SIZE) for number in (0, 1, 40)]
    first, second, later = pictures
    again = draw_drive(seed, 1, SIZE)
    assert np.array_equal(second.pixels, again.pixels) and np.array_equal(second.labels, again.labels)
    near, far = ((first.labels != other.labels).mean() for other in (second, later))
    assert 0 < near < 0.15 and near < far  # a little further on much is as it was
    assert all(one.labels.max() < len(CLASSES) and one.pixels.shape == (*SIZE, 3) for one in pictures)


def test_what_is_ahead_comes_nearer_and_passes() -> None:
    street = Street(HELD_OUT + 18, SIZE, 10)
    assert street.camera.ahead == 10 * streets.STRIDE and street.camera.scale(20.0) > Street(HELD_OUT + 18, SIZE, 0).camera.scale(20.0)
    assert street.camera.passed(6.5) and not street.camera.passed(7.5)
    before = len(street.sheet.objects)
    for thing in (street.pedestrian, street.bicyclist):
        thing(2.0, 3.0)
    street.car(2.0, 1.0, False)
    assert len(street.sheet.objects) == before  # they are behind
    street.car(2.0, 4.0, False)  # half of it is beside the camera
    assert len(street.sheet.objects) == before + 1


def test_the_way_of_a_drive_is_free() -> None:
    street = Street(HELD_OUT + 18, SIZE, 0)
    assert street.aside(0.3) == 1.7 and street.aside(-0.3) == -1.7 and street.aside(3.0) == 3.0
    assert Street(3, SIZE).aside(0.3) == 0.3 and Street(3, SIZE).driven(0.5, 1.0) == 0.0
