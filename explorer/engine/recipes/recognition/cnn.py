"""The recipe of the small CNN on CIFAR-10: three convolutions, a few minutes."""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.recognition.training import Expected, Recipe, Settings

RECIPE = Recipe(
    "cnn",
    settings={"cnn": Settings(epochs=12, learning_rate=0.05, small_part=0.0, seed=1)},
    expected={"cnn": Expected(0.74, cpu_minutes=30)},
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
