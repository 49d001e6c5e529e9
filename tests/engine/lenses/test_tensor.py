"""Facts about tensors, also odd ones."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.lenses.tensor import BINS, tensor_facts


def test_facts() -> None:
    values = torch.randn(2, 3, 50, generator=torch.Generator().manual_seed(0))
    facts = tensor_facts("layer", values)
    assert facts.name == "layer" and facts.shape == (2, 3, 50) and facts.kind == "float32"
    assert facts.mean == pytest.approx(float(values.mean()), abs=1e-6)
    assert facts.deviation == pytest.approx(float(values.std(correction=0)), rel=1e-5)
    assert facts.low == float(values.min()) and facts.high == float(values.max())
    assert facts.counts.sum() == 300 and len(facts.counts) == BINS


@pytest.mark.parametrize("values", [torch.zeros(3), torch.tensor([float("nan"), 1.0]), torch.zeros(0), torch.tensor([True, False]), torch.tensor(5)])
def test_constant_empty_and_odd_tensors(values: torch.Tensor) -> None:
    facts = tensor_facts("x", values)
    assert facts.low <= facts.mean <= facts.high and facts.edges[0] < facts.edges[-1]


def test_the_share_of_zeros() -> None:
    assert tensor_facts("x", torch.tensor([0.0, 1.0, -2.0, 0.0])).zeros == 0.5
    assert tensor_facts("x", torch.zeros(0)).zeros == 0.0 and tensor_facts("x", torch.tensor([float("nan"), 0.0])).zeros == 0.5
