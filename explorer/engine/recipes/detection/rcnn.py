"""The recipe of the small R-CNN on blood smears and streets.

The proposals for all pictures are searched for first (about ten minutes of work) and kept. Differences from the paper: AdamW and one rise and fall of
the rate, the classifier and the box correction are trained with the features, the backbone is the small one that all six detectors share, and
pictures are 320 × 240.
"""

from __future__ import annotations

from explorer.engine.recipes.detection.training import Expected, Recipe, Settings
from explorer.engine.recipes.recipe import main

RECIPE = Recipe(
    "rcnn",
    settings={"rcnn-small": Settings(pictures=10_000, seed=6)},
    expected={"rcnn-small": Expected(0.40)},
    trunk=lambda network: network.trunk,
    search=lambda network: network.search,
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
