"""Every variant that names a model builds it, with the number of parameters the catalogue gives."""

from __future__ import annotations

import importlib

import pytest
import torch
from torch import nn

from explorer.catalogue import SYSTEMS, Variant
from explorer.resources import PACKAGE

SMALL = 15_000_000
CLASSIFIERS = {"cifar10": 10, "imagenet1k": 1000}  # label sets of networks that give one score a class


def written(variant: Variant) -> bool:
    module = variant.model.partition(":")[0]
    return bool(module) and PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py").is_file()


VARIANTS = [
    pytest.param(variant, id=f"{entry.id}-{variant.name}")
    for entry in SYSTEMS
    for variant in entry.variants
    if written(variant)
]


def build(variant: Variant) -> object:
    module, _, builder = variant.model.partition(":")
    return getattr(importlib.import_module(module), builder)(**variant.config)


def test_there_are_variants_to_build() -> None:
    assert VARIANTS


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_catalogue_counts_right(variant: Variant) -> None:
    with torch.device("meta"):
        model = build(variant)
    if variant.parameters is None:
        return  # they depend on the input
    assert isinstance(model, nn.Module)
    assert sum(p.numel() for p in model.parameters() if p.requires_grad) == variant.parameters


@pytest.mark.parametrize("variant", VARIANTS)
def test_taps_are_modules_of_the_network(variant: Variant) -> None:
    with torch.device("meta"):
        model = build(variant)
    if isinstance(model, nn.Module):
        assert set(variant.taps) <= {name for name, _ in model.named_modules()}
    else:
        assert not variant.taps


@pytest.mark.parametrize("variant", VARIANTS)
def test_pictures_go_through(variant: Variant) -> None:
    """A picture of the variant's size on torch's meta device; networks under 15 M parameters compute it, too."""
    if variant.classes not in CLASSIFIERS or not variant.size:
        return
    device = "cpu" if (variant.parameters or 0) < SMALL else "meta"
    with torch.device(device), torch.no_grad():
        model = build(variant)
        assert isinstance(model, nn.Module)
        scores = model.eval()(torch.zeros(1, 3, variant.size, variant.size))
    assert scores.shape == (1, CLASSIFIERS[variant.classes])
    assert device == "meta" or bool(scores.isfinite().all())
