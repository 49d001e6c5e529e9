"""The picture of a running environment, for people; agents never see it."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from explorer.results.base import Pixels

BACKGROUND = (24, 26, 32)
PLANES = ((0, 114, 178), (240, 228, 66), (120, 110, 40), (213, 94, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (230, 159, 0), (190, 190, 190), (140, 86, 75))
"""Okabe and Ito's colours, one a plane of a MinAtar game; later planes are drawn over earlier ones."""


def picture(env: gymnasium.Env[Any, Any]) -> Pixels | None:
    """(height, width, 3) uint8: what the environment looks like now, or None where it cannot be drawn.

    MinAtar's games are drawn here, a pixel a cell and all planes, the hidden ones too; the others draw themselves
    (``render_mode="rgb_array"``).
    """
    game = getattr(env.unwrapped, "game", None)
    if game is not None and hasattr(game, "n_channels"):
        return draw_planes(np.asarray(game.state()))
    if env.render_mode != "rgb_array":
        return None
    try:
        pixels = env.render()
    except gymnasium.error.DependencyNotInstalled:
        return None
    return np.ascontiguousarray(pixels, dtype=np.uint8) if pixels is not None else None


def draw_planes(planes: np.ndarray[Any, np.dtype[np.bool_]]) -> Pixels:
    """(height, width, planes) of yes and no as colours, (height, width, 3)."""
    pixels = np.empty((*planes.shape[:2], 3), np.uint8)
    pixels[:] = BACKGROUND
    for plane in range(planes.shape[2]):
        pixels[planes[..., plane] > 0] = PLANES[plane % len(PLANES)]
    return pixels
