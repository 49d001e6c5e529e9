"""The recipe of PyramidNet-20 (alpha 48) on CIFAR-10 (section 4.1 of the paper, in far fewer epochs).

Differences from the paper: one rise and fall of the learning rate instead of steps over 300 epochs, smaller pictures in a first part, and a second,
lower rise and fall at its end.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.recognition.training import Expected, Recipe, Settings

RECIPE = Recipe(
    "pyramidnet",
    settings={"pyramidnet20-48": Settings(epochs=15, learning_rate=0.2, small_part=0.7, smallest_part=0.3, flip_in_turn=True, last_epochs=3.8, last_rate=0.06, seed=20)},
    expected={"pyramidnet20-48": Expected(0.87, missed="88 % was wanted; 82 processor minutes reached 86.18 and 118 reached 86.48 %")},
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
