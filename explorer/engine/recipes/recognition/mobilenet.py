"""The recipe of the half-width MobileNet on CIFAR-10.

Differences from the paper: CIFAR-10 instead of ImageNet, SGD with one rise and fall of the learning rate instead of RMSprop,
growing pictures, smoothed labels, a hidden square. As the paper advises (section 3.2), there is no weight decay on the depthwise filters.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.recognition.training import Expected, Recipe, Settings

RECIPE = Recipe(
    "mobilenet",
    settings={
        "mobilenet-half": Settings(
            epochs=36,
            learning_rate=0.15,
            small_part=0.6,
            smallest_part=0.2,
            decay_depthwise=False,
            label_smoothing=0.1,
            flip_in_turn=True,
            cutout=8,
            seed=28,
        )
    },
    expected={"mobilenet-half": Expected(0.85, missed="85 % was wanted; two trainings reached 83.84 and 84.56 %")},
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
