"""The picture of a running environment, for people; agents never see it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import gymnasium
import numpy as np

from explorer.results.base import Pixels

BACKGROUND = (24, 26, 32)
PLANES = ((0, 114, 178), (240, 228, 66), (120, 110, 40), (213, 94, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (230, 159, 0), (190, 190, 190), (140, 86, 75))
"""Okabe and Ito's colours, one a plane of a MinAtar game; later planes are drawn over earlier ones."""
FAINT = 0.3  # of its colour, for a plane that the agent does not see


def picture(env: gymnasium.Env[Any, Any]) -> Pixels | None:
    """(height, width, 3) uint8: what the environment looks like now, or None where it cannot be drawn.

    MinAtar's games are drawn here, a pixel a cell and all planes, those hidden from the agent faintly; the others draw themselves
    (``render_mode="rgb_array"``).
    """
    game = getattr(env.unwrapped, "game", None)
    if game is not None and hasattr(game, "n_channels"):
        hidden = env.get_wrapper_attr("hidden_places") if env.has_wrapper_attr("hidden_places") else ()
        return draw_planes(np.asarray(game.state()), hidden)
    if env.render_mode != "rgb_array":
        return None
    try:
        pixels = env.render()
    except gymnasium.error.DependencyNotInstalled:
        return None
    return np.ascontiguousarray(pixels, dtype=np.uint8) if pixels is not None else None


def draw_planes(planes: np.ndarray[Any, np.dtype[np.bool_]], hidden: Collection[int] = ()) -> Pixels:
    """(height, width, planes) of yes and no as colours, (height, width, 3); the ``hidden`` planes hardly differ from the background."""
    pixels = np.empty((*planes.shape[:2], 3), np.uint8)
    pixels[:] = BACKGROUND
    for plane in sorted(range(planes.shape[2]), key=lambda one: one not in hidden):  # what is seen lies over what is not
        colour = np.array(PLANES[plane % len(PLANES)])
        pixels[planes[..., plane] > 0] = np.rint(FAINT * colour + (1 - FAINT) * np.array(BACKGROUND)) if plane in hidden else colour
    return pixels
