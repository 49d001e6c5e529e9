"""The recipes of U-Net: streets of CamVid, and cell membranes, the paper's own task.

Differences from the paper: batch normalisation and AdamW instead of plain gradient descent with a momentum of 0.99; parts of
the pictures in batches of eight instead of one large tile; no elastic deformation, and no weights that press touching
cells apart. Pictures that the program draws itself are mixed in.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.segmentation.training import Expected, Recipe, Settings

RECIPE = Recipe(
    "unet",
    settings={
        "unet-camvid": Settings(epochs=40, half_part=0.6, seed=15),
        "unet-membrane": Settings(epochs=260, task="membranes", window=(192, 192), zoom=(0.8, 1.25), drawn=12, balance=0.25, seed=16),
    },
    expected={"unet-camvid": Expected(0.47), "unet-membrane": Expected(0.87)},
)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
