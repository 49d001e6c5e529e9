"""The recipe of the small SqueezeNet 1.1 on CIFAR-10.

Differences from the paper: batch normalisation, CIFAR-10 instead of ImageNet, one rise and fall of the learning rate.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.recognition.training import Expected, Recipe, Settings

RECIPE = Recipe(
    "squeezenet",
    settings={"squeezenet1.1-small": Settings(epochs=18, learning_rate=0.15, small_part=0.5, seed=11)},
    expected={"squeezenet1.1-small": Expected(0.85)},
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
