"""Class names are complete, distinct, and in the order of the data."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from explorer.catalogue.classes import CIFAR10, CLASSES, COLOURS, class_names, used

DATA = Path(os.environ.get("DS_EXPLORER_DATA", Path(__file__).parents[3] / "shared" / "data"))


def test_names_are_distinct_in_both_languages() -> None:
    for names in CLASSES.values():
        assert len({one.ja for one in names}) == len({one.en for one in names}) == len(names)


def test_lookup() -> None:
    assert class_names("cifar10") is CIFAR10
    assert len(CIFAR10) == 10
    with pytest.raises(KeyError):
        class_names("imagenet1k")


def test_order_is_that_of_the_data() -> None:
    path = DATA / "cifar10_test.npz"
    if not path.exists():
        pytest.skip("the data is not at hand")
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        assert [one.en for one in CIFAR10] == [str(name) for name in data["classes"]]


def test_coco_has_the_numbers_of_the_torchvision_that_is_installed() -> None:
    if importlib.util.find_spec("torchvision") is None:
        pytest.skip("torchvision is not installed")
    from torchvision.models._meta import _COCO_CATEGORIES

    names = [one.en if not one.en.startswith("unused") else "N/A" for one in class_names("coco")]
    assert ["__background__", *names] == _COCO_CATEGORIES and names.count("N/A") == 10
    assert used(one.en for one in class_names("coco")) == [name for name in names if name != "N/A"]


@pytest.mark.parametrize("name", COLOURS)
def test_every_class_has_a_colour_of_its_own(name: str) -> None:
    colours = COLOURS[name]
    assert len(colours) == len(set(colours)) == len(class_names(name))
