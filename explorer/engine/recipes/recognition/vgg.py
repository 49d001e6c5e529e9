"""The recipe of the narrow VGG-16 on CIFAR-10.

Differences from the paper (section 3.1): batch normalisation lets all layers start at random, where the paper begins with the weights
of a shallower network; small pictures instead of ImageNet; one rise and fall of the learning rate instead of
steps, growing pictures, smoothed labels and a hidden square, until the last five epochs.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.recognition.training import Expected, Recipe, Settings

RECIPE = Recipe(
    "vgg",
    settings={
        "vgg16-third": Settings(
            epochs=30,
            learning_rate=0.1,
            small_part=0.65,
            smallest_part=0.25,
            label_smoothing=0.1,
            flip_in_turn=True,
            cutout=8,
            last_epochs=5,
            seed=16,
        )
    },
    expected={"vgg16-third": Expected(0.86, missed="87 % was wanted; three trainings reached 85.24, 85.14 and 85.30 %")},
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
