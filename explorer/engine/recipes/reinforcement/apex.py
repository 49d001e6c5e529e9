"""The recipe of Ape-X on MinAtar's Breakout: one actor with eight environments in a process of its own, and the learner beside it."""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.reinforcement.training import AgentRecipe, AgentSettings

BREAKOUT = {
    "memory": "prioritized", "spread": True, "epsilon": 0.4, "environments": 8, "actors": 1, "train_every": 16, "target_every": 200, "n_steps": 3,
    "learning_rate": 5e-4, "hidden": 128, "gamma": 0.99, "capacity": 200_000, "learn_from": 5000,
}
"""What the agents on Breakout have in common. The actor is far ahead of the learner, so what counts is how many steps are learnt from in a processor
second: large batches are nearly three times as many as small ones."""
SETTINGS = AgentSettings(
    "MinAtar/Breakout-v1", 12_000_000, {"network": "dueling", "batch": 128, **BREAKOUT}, watch_every=100_000, watch_episodes=20, enough=30.0
)

RECIPE = AgentRecipe("apex", "breakout", "apex-breakout", SETTINGS, least=6.0)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
