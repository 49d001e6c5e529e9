"""The recipe of the small SSD on blood smears and streets.

Differences from the paper: AdamW and one rise and fall of the rate instead of SGD in steps, the backbone is the small one that all six
detectors share, and pictures are 320 × 240.
"""

from __future__ import annotations

from explorer.engine.recipes.detection.training import Expected, Recipe, Settings
from explorer.engine.recipes.recipe import main

RECIPE = Recipe(
    "ssd",
    settings={"ssd-small": Settings(pictures=20_000, seed=1)},
    expected={"ssd-small": Expected(0.70)},
    trunk=lambda network: network.backbone.trunk,
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
