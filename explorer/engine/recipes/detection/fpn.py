"""The recipe of the small Faster R-CNN with a pyramid on blood smears and streets.

Settings, steps and data are those of the Faster R-CNN without one, so that the two can be compared. Differences from the paper: AdamW and one rise and fall
of the rate, the backbone is the small one that all six detectors share, and pictures are 320 × 240.
"""

from __future__ import annotations

from explorer.engine.recipes.detection.training import Expected, Recipe, Settings
from explorer.engine.recipes.recipe import main

RECIPE = Recipe(
    "fpn",
    settings={"fpn-small": Settings(pictures=10_000, seed=3)},
    expected={"fpn-small": Expected(0.70)},
    trunk=lambda network: network.backbone.trunk,
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
