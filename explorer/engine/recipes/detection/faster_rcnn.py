"""The recipe of the small Faster R-CNN on blood smears and streets.

Settings, steps and data are those of the one with a pyramid, so that the two can be compared. Differences from the paper: AdamW and one rise and fall
of the rate, the backbone is the small one that all six detectors share, and pictures are 320 × 240.
"""

from __future__ import annotations

from explorer.engine.recipes.detection.training import Expected, Recipe, Settings
from explorer.engine.recipes.recipe import main

RECIPE = Recipe(
    "faster_rcnn",
    settings={"faster-rcnn-small": Settings(pictures=10_000, seed=3)},
    expected={"faster-rcnn-small": Expected(0.70)},
    trunk=lambda network: network.backbone.trunk,
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
