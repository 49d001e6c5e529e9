"""The recipe of R2D3 on a minigrid room with a locked door, where the only reward lies behind it.

The demonstrations are a planner's, which sees the whole map; 100 episodes of it. The rival is R2D2 in the same environment for as many steps,
without demonstrations.
"""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.reinforcement.training import AgentRecipe, AgentSettings

SETTINGS = AgentSettings(
    "MiniGrid-DoorKey-6x6-v0", 1_500_000,
    {
        "network": "r2d2", "memory": "prioritized", "spread": True, "epsilon": 0.4, "environments": 8, "actors": 1, "train_every": 16, "target_every": 200,
        "n_steps": 5, "learning_rate": 5e-4, "hidden": 96, "squeeze": 96, "gamma": 0.99, "capacity": 100_000, "learn_from": 2000, "batch": 32,
        "burn_in": 4, "trace": 12, "rescaled": True, "demonstrations": 0.25,
    },
    watch_every=20_000, watch_episodes=20, enough=0.93, demonstrations=100,
)  # fmt: skip

RECIPE = AgentRecipe("r2d3", "doorkey", "r2d3-doorkey", SETTINGS, least=0.5, rival={"demonstrations": 0}, rival_name="r2d2_without_demonstrations")
train = RECIPE.train

if __name__ == "__main__":
    main(train)
