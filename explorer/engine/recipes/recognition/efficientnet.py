"""The recipe of the half-width EfficientNet on CIFAR-10.

Differences from the paper: CIFAR-10 instead of ImageNet, SGD with one rise and fall of the learning rate instead of RMSprop, no AutoAugment, no weight
decay on the depthwise filters.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.recognition.training import Expected, Recipe, Settings

RECIPE = Recipe(
    "efficientnet",
    settings={
        "efficientnet-half": Settings(
            epochs=19, learning_rate=0.15, small_part=0.7, smallest_part=0.3, decay_depthwise=False, label_smoothing=0.1, flip_in_turn=True, seed=50
        )
    },
    expected={"efficientnet-half": Expected(0.85)},
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
