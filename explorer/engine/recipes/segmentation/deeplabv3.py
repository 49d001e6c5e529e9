"""The recipe of the small DeepLab v3 on CamVid.

The backbone begins with our ResNet-20 of CIFAR-10. As in the paper (section 4.1: trained at output stride 16, asked at 8) the first
part of the training keeps the strides, which costs a third; then the gaps are opened, with the same weights.

Differences from the paper: no ImageNet and no COCO before it, AdamW and one rise and fall of the learning rate, and pictures that the
program draws itself are mixed in.
"""

from __future__ import annotations

from torch import nn

from explorer.engine.models.segmentation.deeplabv3 import SMALL, DeepLabV3, dilate
from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.segmentation.training import Expected, Recipe, Settings


def before(network: nn.Module, settings: Settings, share: float) -> None:
    """Strides in the first part of the training, gaps after it."""
    assert isinstance(network, DeepLabV3)
    dilate(network, SMALL, share >= settings.plain_part)


RECIPE = Recipe(
    "deeplabv3",
    settings={"deeplabv3-camvid": Settings(epochs=56, half_part=0.3, plain_part=0.7, begins_with="resnet20", seed=17)},
    expected={"deeplabv3-camvid": Expected(0.53)},
    before=before,
    plain_cost=0.33,
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
