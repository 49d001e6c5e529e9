"""The recipe of the small YOLO on blood smears and streets.

Differences from the paper: AdamW and one rise and fall of the rate, the backbone is the small one that all six detectors share, and
pictures are 320 × 240 (warped to 320 × 256).
"""

from __future__ import annotations

from explorer.engine.recipes.detection.training import Expected, Recipe, Settings
from explorer.engine.recipes.recipe import main

RECIPE = Recipe(
    "yolo",
    settings={"yolo-small": Settings(pictures=16_000, seed=2)},
    expected={"yolo-small": Expected(0.50)},
    trunk=lambda network: network.features.trunk,
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
