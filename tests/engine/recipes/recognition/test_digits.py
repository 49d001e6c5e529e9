"""The recipe of the digits: what it changes in a digit, that it runs, and that its card tells the truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explorer.engine.data import digits as data
from explorer.engine.learning.calibration import expected_calibration_error
from explorer.engine.learning.classify import accuracy_of, scores_of
from explorer.engine.recipes.recognition.digits import SETTINGS, as_given, changed, train
from explorer.engine.system import load
from explorer.engine.weights.cards import Card
from explorer.resources import resource
from explorer.words import InputError

STILL = replace(SETTINGS, turned=0, scaled=0, sheared=0, moved=0, bent=0, thicker=0, noise=0)


def test_without_changes_a_digit_is_given_as_it_is() -> None:
    pictures, *_ = data.counts()
    generator = torch.Generator().manual_seed(0)
    assert torch.allclose(changed(STILL, pictures[:9], generator), as_given(pictures[:9]), atol=1e-4)


@pytest.mark.parametrize("name", ["turned", "scaled", "sheared", "moved", "bent", "thicker", "noise"])
def test_every_change_changes_every_digit_a_little(name: str) -> None:
    pictures, *_ = data.counts()
    settings = replace(STILL, **{name: getattr(SETTINGS, name)})
    moved = changed(settings, pictures[:9], torch.Generator().manual_seed(0)) - as_given(pictures[:9])
    size = moved.abs().mean((1, 2, 3))
    assert size.mean() > 0.02 and (size < 0.7).all()


def test_a_smoke_run_writes_only_into_its_work_folder(tmp_path: Path) -> None:
    *_, last = train(smoke=True, work=tmp_path / "work", out=tmp_path / "out")
    assert [path.suffix for path in last.files] == [".safetensors", ".json"] and not (tmp_path / "out").exists()
    assert Card.read(last.files[1]).differences(last.files[0].parent) == []
    with pytest.raises(InputError):
        next(train("other", out=tmp_path))


def test_the_bundled_weights_read_what_their_card_says() -> None:
    card = Card.read(resource("weights", "digits.json"))
    *_, held, labels = data.counts()
    running = load("digits")
    scores = scores_of(running.network, held, as_given)
    assert 100 * accuracy_of(scores, labels) == pytest.approx(card.metric.value, abs=0.11) and card.metric.value >= 98
    calibration = 100 * expected_calibration_error(scores, labels, card.metrics["temperature"])
    assert calibration == pytest.approx(card.metrics["ece_percent_with_temperature"], abs=0.2)
    assert card.bytes < 200_000
