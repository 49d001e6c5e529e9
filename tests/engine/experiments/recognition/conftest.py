"""What the tests of these claims share: one thread, as in a session's process, and a measurement with its progress."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from explorer.catalogue import claim
from explorer.engine.experiments.run import Run, measure
from explorer.results import Progress, Verdict

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def verdict() -> Measure:
    """``verdict("resnet.gradient", run)``: the verdict by the thresholds of the catalogue, and the progress before it."""

    def measured(name: str, run: Run) -> tuple[Verdict, list[Progress]]:
        results = list(measure(claim(name), run))
        assert isinstance(results[-1], Verdict)
        return results[-1], [r for r in results[:-1] if isinstance(r, Progress)]

    return measured
