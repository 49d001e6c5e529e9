"""The recipe of the half-width MobileNet on CIFAR-10.

Differences from the paper: CIFAR-10 instead of ImageNet, SGD with one rise and fall of the learning rate instead of RMSprop. As the
paper advises (section 3.2), there is no weight decay on the depthwise filters.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.recognition.training import Expected, Recipe, Settings

RECIPE = Recipe(
    "mobilenet",
    settings={"mobilenet-half": Settings(epochs=28, learning_rate=0.15, small_part=0.5, decay_depthwise=False, seed=28)},
    expected={"mobilenet-half": Expected(0.86)},
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
