"""The claims about segmentation: their verdicts, and that they change without the mechanism."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from explorer.catalogue import SYSTEMS, claim
from explorer.engine.experiments.run import Run, measure
from explorer.engine.experiments.segmentation import deeplabv3, fastfcn, training, unet
from explorer.engine.experiments.segmentation.training import Given, Race, Runner
from explorer.engine.models.recognition.resnet import ResNet, ResNetConfig
from explorer.engine.models.segmentation.deeplabv3 import DeepLabV3, SmallConfig
from explorer.engine.models.segmentation.fastfcn import FastFCN
from explorer.results import Curves, Progress, Verdict

QUICK = Run(quick=True, seeds=(0,))
CLAIMS = [one.id for entry in SYSTEMS if entry.section == "segmentation" for one in entry.claims]
RACES = ("unet.detail", "deeplabv3.boundary", "fastfcn.accuracy")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four streets of few pixels, few steps, and backbones of a ResNet-50's form with few channels; time is what convolutions have worked."""
    monkeypatch.setattr(training, "SIZE", (32, 48))
    monkeypatch.setattr(training, "WINDOW", (24, 32))
    monkeypatch.setattr(training, "QUICK_LEARN", 4)
    monkeypatch.setattr(training, "QUICK_HELD_OUT", 2)
    monkeypatch.setattr(training, "QUICK_STEPS", 2)
    monkeypatch.setattr(deeplabv3, "resnet50", lambda: ResNet(ResNetConfig("bottleneck", (1, 1, 2, 2), (4, 8, 16, 32), "imagenet", "projection", 1)))
    monkeypatch.setattr(unet, "SIDES", (64,))
    monkeypatch.setattr(fastfcn, "resnet50", lambda depths: ResNet(ResNetConfig("bottleneck", depths, (4, 128, 256, 512), "imagenet", "projection", 1)))
    monkeypatch.setattr(fastfcn, "QUICK_FORM", ("ResNet-38", (1, 1, 6, 3), 64, 32))
    monkeypatch.setattr(deeplabv3, "SMALL", SmallConfig(11, depths=(1, 1, 2, 2), widths=(4, 6, 8, 8)))
    spent = 0

    def work(module: nn.Module, _: Any, output: Any) -> None:
        nonlocal spent
        if isinstance(module, nn.Conv2d):
            spent += output[0].numel() * module.weight[0].numel()

    counting = nn.modules.module.register_module_forward_hook(work)
    monkeypatch.setattr(training, "time", SimpleNamespace(thread_time=lambda: float(spent), perf_counter=time.perf_counter))
    yield
    counting.remove()


def verdict(name: str, run: Run) -> tuple[Verdict, list[Progress]]:
    results = list(measure(claim(name), run))
    assert isinstance(results[-1], Verdict)
    return results[-1], [one for one in results[:-1] if isinstance(one, Progress)]


@pytest.mark.parametrize("name", [one for one in CLAIMS if one not in RACES and one != "fastfcn.cost"])
def test_what_is_counted_or_timed_holds_and_does_not_without_the_mechanism(name: str) -> None:
    found, progress = verdict(name, QUICK)
    assert found.verdict == "holds" and progress[0].part is not None
    off, _ = verdict(name, replace(QUICK, disabled=True))
    assert off.verdict == "fails" and off.text != found.text


def test_the_jpu_saves_some_of_the_cost_and_what_it_does_not_save_is_said() -> None:
    found, _ = verdict("fastfcn.cost", QUICK)
    assert found.verdict == "caveat" and found.numbers["seconds_ratio"] == pytest.approx(found.numbers["multiply_add_ratio"])
    assert found.numbers["memory_ratio"] < 1 and found.numbers["multiply_add_ratio_before_head"] < 1
    off, _ = verdict("fastfcn.cost", replace(QUICK, disabled=True))
    assert off.verdict == "fails" and off.numbers["seconds_ratio"] == off.numbers["memory_ratio"] == off.numbers["multiply_add_ratio"] == 1


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_stopped_at_once_tells_what_it_has(name: str) -> None:
    found, progress = verdict(name, Run(quick=True, seeds=(0, 1), stop=lambda: True))
    assert all(threshold.number in found.numbers for threshold in claim(name).thresholds) and found.key in found.numbers
    assert found.data is not None and found.differs is not None and found.text.ja != found.text.en
    assert all(isinstance(one.part, Curves) for one in progress)
    if claim(name).seeds > 1:
        assert not found.complete and found.verdict != "holds"
    assert found.plot is not None and [series.main for series in found.plot.series].count(True) == 1


def judged_at_once(run: Run, runners: Sequence[Runner], given: Given, **settings: Any) -> Generator[Progress, None, Race]:
    """In place of a race: the first network is better by 0.1 where it answers otherwise than the second with the same seed."""
    said = []
    for runner in runners:
        torch.manual_seed(0)
        said.append(runner.make().eval()(given.held[:1].float() / 255))
    better = 0.0 if torch.equal(*said) else 0.1
    yield Progress(runners[0].name, 1.0, None, training.empty())
    return Race(runners, settings["quantity"], [0], [[[0.5 + better]], [[0.5]]])


@pytest.mark.parametrize("name", ["unet.detail", "deeplabv3.boundary"])
def test_without_the_mechanism_both_networks_are_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unet if name.startswith("unet") else deeplabv3, "race", judged_at_once)
    assert verdict(name, QUICK)[0].verdict == "holds"
    off, _ = verdict(name, replace(QUICK, disabled=True))
    assert off.numbers["difference"] == 0 and off.verdict != "holds"


def test_without_the_jpu_it_is_a_backbone_with_strides(monkeypatch: pytest.MonkeyPatch) -> None:
    raced: list[list[nn.Module]] = []

    def race(run: Run, runners: Sequence[Runner], given: Given, **settings: Any) -> Generator[Progress, None, Race]:
        raced.append([runner.make() for runner in runners])
        return (yield from judged_at_once(run, runners, given, **settings))

    monkeypatch.setattr(fastfcn, "race", race)
    found, _ = verdict("fastfcn.accuracy", QUICK)
    off, _ = verdict("fastfcn.accuracy", replace(QUICK, disabled=True))
    assert isinstance(raced[0][0], FastFCN) and isinstance(raced[0][1], DeepLabV3)
    (strided, dilated) = ([part.stride for part in network.modules() if isinstance(part, nn.Conv2d)] for network in raced[1])
    assert strided.count((2, 2)) > dilated.count((2, 2)) > 0
    assert "JPU" in off.text.en and "JPU" not in found.text.en


def test_both_sides_of_a_race_have_equally_many_weights() -> None:
    def count(network: nn.Module) -> int:
        return sum(one.numel() for one in network.parameters())

    assert count(unet.network(True)) == count(unet.network(False))
    assert count(fastfcn.deeplab(True)) == count(fastfcn.deeplab(False))
