"""The tasks of the opening page with the bundled classifier: places and boxes agree, the picture is changed towards the class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.engine.inputs.pictures import sample
from explorer.engine.tasks import opening
from explorer.results import Bundle, Mask, Picture, Progress
from explorer.words import InputError

torch.set_num_threads(1)
SCENE = "four_tasks"


def small(name: str, side: int, crop: tuple[int, int, int, int] | None = None) -> np.ndarray:
    picture = Image.fromarray(sample(name).pixels)
    return np.asarray((picture.crop(crop) if crop else picture).resize((side, side)))


@pytest.fixture(scope="module")
def cat() -> np.ndarray:
    """A cat at the left, grey at the right."""
    found = np.full((48, 96, 3), 128, np.uint8)
    found[:, :48] = small("cat", 48, (80, 0, 380, 300))
    return found


def of(steps: Any) -> list[Bundle]:
    found = [one for one in steps if isinstance(one, Bundle)]
    for one in found:
        for part in one.parts.values():
            part.validate()
    return found


def test_boxes_grow_and_the_mask_lies_where_it_looked(cat: np.ndarray) -> None:
    everything = list(opening.places(system=SCENE, picture=cat))
    found = of(everything)
    shares = [one.fraction for one in everything if isinstance(one, Progress) and one.fraction is not None]
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert [one.facts["windows"] for one in found] == sorted({one.facts["windows"] for one in found[:-1]}) + [found[-1].facts["windows"]]
    last = found[-1]
    assert last.facts["done"] and not any(one.facts["done"] for one in found[:-1]) and not any(one.parts for one in found[:-1])
    assert last.facts["classes"] == ["cat"] and last.facts["looked"] == last.facts["fitting"] > 0
    (number, score, box), *_ = last.facts["boxes"]
    assert number == 0 and 0.5 < score <= 1 and box[2] <= 72, "the box lies on the cat's half"
    mask = last.parts["mask"]
    assert isinstance(mask, Mask) and mask.names == ("cat", opening.NO_CLASS) and mask.labels.shape == (48, 96)
    on_cat, on_grey = (mask.labels[:, :48] == 0).mean(), (mask.labels[:, 72:] == 0).mean()
    assert on_cat > 0.3 and on_grey == 0


def test_of_a_picture_without_known_things_every_place_is_of_no_class() -> None:
    last = of(opening.places(system=SCENE, picture=small("coffee", 40)))[-1]
    mask = last.parts["mask"]
    assert isinstance(mask, Mask) and last.facts["boxes"] == [] and mask.names == (opening.NO_CLASS,) and (mask.labels == 0).all()


@pytest.mark.parametrize("from_picture", [True, False])
def test_the_picture_is_changed_towards_the_class(cat: np.ndarray, from_picture: bool) -> None:
    found = of(opening.towards(system=SCENE, picture=cat[:, :48], class_name="ship", from_picture=from_picture, steps=12))
    first, last = found[0], found[-1]
    assert last.facts["label"] == "ship" and last.facts["before"] < last.facts["now"] and last.facts["done"]
    assert [one.facts["step"] for one in found] == sorted(one.facts["step"] for one in found) and last.facts["step"] == last.facts["steps"] == 12
    begin, now = last.parts["begin"], last.parts["picture"]
    assert isinstance(begin, Picture) and isinstance(now, Picture) and begin.pixels.shape == now.pixels.shape == (32, 32, 3)
    assert np.array_equal(first.parts["picture"].pixels, begin.pixels) and not np.array_equal(begin.pixels, now.pixels)  # type: ignore[attr-defined]
    given = np.asarray(Image.fromarray(cat[:, :48]).resize((32, 32), Image.Resampling.BILINEAR)).astype(int)
    assert (np.abs(begin.pixels.astype(int) - given).mean() < 2) == from_picture


def test_without_a_class_the_second_likeliest_is_taken(cat: np.ndarray) -> None:
    from explorer.engine.system import load

    top = load(SCENE).run(cat[:, :48]).top(2)
    assert of(opening.towards(system=SCENE, picture=cat[:, :48], steps=1))[-1].facts["label"] == top[1][0]
    with pytest.raises(InputError):
        of(opening.towards(system=SCENE, picture=cat, class_name="zebra", steps=1))
