"""The recipe of the small FastFCN on CamVid.

The backbone begins with our ResNet-20 of CIFAR-10.

Differences from the paper: no ImageNet before it, no auxiliary loss, AdamW and one rise and fall of the learning rate, and pictures
that the program draws itself are mixed in.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.segmentation.training import Expected, Recipe, Settings

RECIPE = Recipe(
    "fastfcn",
    settings={"fastfcn-camvid": Settings(epochs=42, half_part=0.5, begins_with="resnet20", seed=19)},
    expected={"fastfcn-camvid": Expected(0.55)},
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
