"""The claims of DenseNet: verdicts, and that they change when the mechanism is off."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from explorer.catalogue import claim
from explorer.engine.experiments.run import Run, measure
from explorer.results import Progress, Verdict

QUICK = Run(quick=True, seeds=(0,))


def verdict(name: str, run: Run) -> tuple[Verdict, list[Progress]]:
    results = list(measure(claim(name), run))
    assert isinstance(results[-1], Verdict)
    return results[-1], [r for r in results[:-1] if isinstance(r, Progress)]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize("name", ["densenet.deeper", "densenet.small", "densenet.cost"])
def test_the_verdict_changes_without_the_mechanism(name: str) -> None:
    found, progress = verdict(name, QUICK)
    assert found.complete and progress[0].part is not None  # the plot grows from the start
    off, _ = verdict(name, dataclasses.replace(QUICK, disabled=True))
    assert found.verdict in ("holds", "caveat") and off.verdict != found.verdict
    assert off.numbers != found.numbers and off.text != found.text
