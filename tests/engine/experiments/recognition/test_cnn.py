"""The claims about convolution and pooling: verdicts, and that they change when the mechanism is off."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
import torch
from torch import nn

from explorer.catalogue import claim
from explorer.catalogue.judge import judge_number
from explorer.engine.data import digits
from explorer.engine.experiments.recognition import cnn
from explorer.engine.experiments.run import Run
from explorer.results import Progress, Verdict

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]
QUICK = Run(quick=True, seeds=(0, 1))


@pytest.mark.parametrize("name", ["cnn.features", "cnn.neighbours"])
def test_the_verdict_changes_without_the_mechanism(name: str, verdict: Measure) -> None:
    found, progress = verdict(name, QUICK)
    assert found.verdict == "holds" and found.quick and found.complete
    assert progress[0].part is not None and progress[0].fraction is not None  # the plot grows from the start
    off, _ = verdict(name, dataclasses.replace(QUICK, disabled=True))
    assert off.numbers["difference"] == 0 and off.verdict == "caveat"  # what was switched off makes all of the difference


def test_turned_digits_and_backgrounds(verdict: Measure) -> None:
    found, progress = verdict("cnn.viewpoint", QUICK)
    off, _ = verdict("cnn.viewpoint", dataclasses.replace(QUICK, disabled=True))
    rotation, background = claim("cnn.viewpoint").thresholds
    assert progress[0].part is not None and found.plot is not None
    assert judge_number(rotation, found.numbers) == "holds" and judge_number(rotation, off.numbers) == "fails"
    assert found.numbers["background_drop"] != 0 and abs(off.numbers["background_drop"]) < 1e-9
    assert judge_number(background, found.numbers) == "caveat" and judge_number(background, off.numbers) == "fails"
    turned, over = found.plot.series
    assert turned.y[-1] < turned.y[0] and over.y[-1] < over.y[0]


def test_pooling_steadies_the_answers(verdict: Measure) -> None:
    found, progress = verdict("cnn.pooling", QUICK)
    off, _ = verdict("cnn.pooling", dataclasses.replace(QUICK, disabled=True))
    assert progress[0].part is not None and found.plot is not None
    assert found.numbers["difference"] > 0 == off.numbers["difference"]
    assert found.verdict == "holds" and off.verdict == "caveat"
    for line in found.plot.series:
        assert line.y[0] == 1.0 and [state["lens_settings"]["pixels"] for state in line.opens if state] == list(line.x)


def test_stopping_keeps_what_there_is(verdict: Measure) -> None:
    asked = iter(range(10_000))
    found, _ = verdict("cnn.neighbours", dataclasses.replace(QUICK, seeds=(0,), stop=lambda: next(asked) >= 3))
    assert not found.complete and found.verdict != "holds"
    assert found.plot is not None and len(found.plot.series[0].x) >= 2


def test_the_networks_compared_are_equally_large() -> None:
    def count(network: nn.Module) -> int:
        return sum(one.numel() for one in network.parameters())

    assert count(cnn.dense()) == pytest.approx(count(cnn.network()), rel=0.05)
    assert count(cnn.network("skip")) == count(cnn.network("max"))


def test_pictures_are_moved_turned_and_set_on_backgrounds() -> None:
    picture = torch.full((2, 1, 24, 24), digits.BLANK)
    picture[:, :, 4:8, 10:14] = digits.BLANK + digits.INK
    right = cnn.moved(picture, 2, 1)
    assert torch.equal(right[:, :, 5:9, 12:16], picture[:, :, 4:8, 10:14]) and float(right[:, :, :5].max()) == pytest.approx(digits.BLANK)
    assert torch.equal(cnn.moved(picture, 0, 0), picture)
    assert torch.equal(cnn.moved(cnn.moved(picture, -3, 0), 3, 0), picture)
    quarter = cnn.turned(picture, 90.0)
    assert torch.allclose(quarter[0], torch.rot90(picture[0], 1, (1, 2)), atol=1e-4) or torch.allclose(
        quarter[0], torch.rot90(picture[0], -1, (1, 2)), atol=1e-4
    )
    assert not torch.allclose(quarter[0], quarter[1], atol=1e-2)  # every second one the other way
    assert torch.allclose(cnn.turned(picture, 0.0), picture, atol=1e-5) and torch.equal(cnn.on_background(picture, 0.0, 0), picture)
    half = cnn.on_background(picture, 0.5, 0)
    assert (
        torch.equal(half[:, :, 4:8, 10:14], picture[:, :, 4:8, 10:14]) and digits.BLANK + 0.4 * digits.INK < float(half[:, :, 10:].max()) <= digits.BLANK + 0.5 * digits.INK
    )


def test_shuffling_loses_no_pixel() -> None:
    data = (torch.rand(3, 1, 16, 16), torch.zeros(3), torch.rand(2, 1, 16, 16), torch.zeros(2))
    mixed = cnn.shuffled(data, 0)
    assert torch.equal(mixed[0].flatten(1).sort(1).values, data[0].flatten(1).sort(1).values) and not torch.equal(mixed[0], data[0])
    place = int((mixed[0][0].flatten() == data[0][0].flatten()[5]).nonzero()[0])
    assert mixed[2][1].flatten()[place] == data[2][1].flatten()[5]  # the same order for all pictures
