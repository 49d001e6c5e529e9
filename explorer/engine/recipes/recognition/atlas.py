"""The map of the test pictures for weights that exist already.

``python -m explorer.engine.recipes.recognition.atlas --variant resnet20 --data ../shared/data --out weights``
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from explorer.catalogue import SYSTEMS
from explorer.catalogue.schema import Variant
from explorer.engine.data import cifar10
from explorer.engine.learning.atlas import write_atlas
from explorer.engine.recipes.recipe import write_card
from explorer.engine.recipes.recognition.training import prepare_test
from explorer.engine.system import build
from explorer.engine.weights.cards import Card, file_sha256
from explorer.engine.weights.load import fit
from explorer.resources import resource
from explorer.words import InputError, Text

UNKNOWN = Text("「{name}」という CIFAR-10 のネットワークはありません。", "There is no network for CIFAR-10 called “{name}”.")


def find(name: str) -> Variant:
    """The variant with this name among the bundled networks for CIFAR-10. Raises InputError."""
    for entry in SYSTEMS:
        for variant in entry.variants:
            if variant.name == name and variant.classes == "cifar10" and variant.weights == "bundled":
                return variant
    raise InputError(UNKNOWN.format(name=name[:60]))


def make(name: str, data: Path | None, out: Path, weights: Path | None = None) -> Path:
    """Write the atlas of a variant, and name it on the card in ``out``, if there is one. ``weights``: another folder than the program's."""
    variant = find(name)
    path = weights / variant.file if weights is not None else resource("weights", variant.file)
    network = fit(lambda **settings: build(variant, **settings), path)
    written = write_atlas(network, cifar10.load("test", data), prepare_test, out, path.stem)
    card = out / f"{path.stem}.json"
    if card.is_file():
        known = Card.read(card)
        write_card(card, replace(known, companions={**known.companions, written.name: file_sha256(written)}))
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--variant", required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--out", type=Path, default=Path("weights"))
    options = parser.parse_args()
    with torch.inference_mode():
        made = make(options.variant, options.data, options.out, options.weights)
    print(made, made.stat().st_size, "bytes")
