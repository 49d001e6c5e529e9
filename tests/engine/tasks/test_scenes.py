"""The tasks of the scenes: digits read, networks that are here, classes learnt from a few pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.engine.tasks import scenes
from explorer.engine.weights.store import locate
from explorer.results import Bundle, Scores
from explorer.words import InputError


def last(steps: Any) -> Bundle:
    *_, found = steps
    assert isinstance(found, Bundle)
    for part in found.parts.values():
        part.validate()
    return found


def test_a_sample_is_read_as_it_is() -> None:
    found = last(scenes.read_digit(system="digits", picture="6"))
    scores = found.parts["scores"]
    assert isinstance(scores, Scores) and int(np.argmax(scores.values)) == 6 == found.facts["digit"]
    assert found.facts["box"] is None
    assert last(scenes.read_digit(system="digits", picture="6", digit=2)).facts["digit"] == 2
    assert list(last(scenes.digit_samples()).parts) == [str(number) for number in range(10)]
    with pytest.raises(InputError):
        last(scenes.read_digit(system="digits", picture=np.full((64, 64, 3), 200, np.uint8)))


def test_only_networks_whose_weights_are_here_are_offered() -> None:
    from explorer.catalogue import system

    found = scenes.feature_networks()
    assert "resnet/resnet20" in found and not any(name.endswith("imagenet") for name in found)
    for system_id, variant, _ in found.values():
        assert locate(system(system_id).variant(variant)).is_file()


def test_three_classes_from_crops_and_a_new_picture() -> None:
    classes = [(name, [f"crop:{name}:{number}" for number in range(4)]) for name in ("cat", "coffee", "astronaut")]
    found = last(scenes.transfer(classes=classes, network="resnet/resnet20", picture="crop:coffee:8"))
    scores = found.parts["scores"]
    assert isinstance(scores, Scores) and scores.names[int(np.argmax(scores.values))] == "coffee"
    assert found.facts["done"] and found.facts["right"] >= 10 and found.facts["pictures"] == 12 and found.facts["network"] == "resnet/resnet20"
    assert len(found.facts["wrong"]) == 12 - found.facts["right"]
    assert last(scenes.transfer(classes=classes, network="no/network")).facts["network"] in scenes.feature_networks()


@pytest.mark.parametrize("classes", [[], [("a", ["crop:cat:1"])], [("a", ["crop:cat:1"]), ("b", [])]])
def test_too_few_classes_are_refused(classes: Any) -> None:
    with pytest.raises(InputError):
        last(scenes.transfer(classes=classes))
