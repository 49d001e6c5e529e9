"""The recipe of the small M2Det on blood smears and streets.

Differences from the paper: AdamW and one rise and fall of the rate, the backbone is the small one that all six detectors share, and pictures are
320 × 240.
"""

from __future__ import annotations

from explorer.engine.recipes.detection.training import Expected, Recipe, Settings
from explorer.engine.recipes.recipe import main

RECIPE = Recipe(
    "m2det",
    settings={"m2det-small": Settings(pictures=10_000, seed=5)},
    expected={"m2det-small": Expected(0.70)},
    trunk=lambda network: network.backbone.trunk,
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
