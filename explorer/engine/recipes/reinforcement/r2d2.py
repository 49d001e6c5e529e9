"""The recipe of R2D2 on MinAtar's Breakout without the ball's trail: one look does not say where the ball is going.

The rival is Ape-X in the same environment for as many steps: the same in all but the memory.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.reinforcement.apex import BREAKOUT
from explorer.engine.recipes.reinforcement.training import AgentRecipe, AgentSettings

SETTINGS = AgentSettings(
    "MinAtar/Breakout-v1 hide=trail", 12_000_000,
    {**BREAKOUT, "network": "r2d2", "batch": 32, "burn_in": 4, "trace": 12, "squeeze": 128, "rescaled": True},
    watch_every=100_000, watch_episodes=20, enough=30.0,
)  # fmt: skip

RECIPE = AgentRecipe(
    "r2d2", "breakout-hidden", "r2d2-breakout-hidden", SETTINGS, least=0.0,
    rival={"network": "dueling", "batch": 128, "rescaled": False}, rival_name="apex_without_memory",
)  # fmt: skip
train = RECIPE.train

if __name__ == "__main__":
    main(train)
