"""The recipe of DQN on CartPole: a few minutes on one core."""

from __future__ import annotations

from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.reinforcement.training import AgentRecipe, AgentSettings

CARTPOLE = {
    "environments": 4, "train_every": 8, "batch": 128, "epsilon": 0.05, "epsilon_steps": 5000, "target_every": 50, "n_steps": 3, "learning_rate": 1e-3,
    "hidden": 128, "gamma": 0.99, "capacity": 50_000,
}
"""What the three agents on CartPole have in common."""
SETTINGS = AgentSettings("CartPole-v1", 100_000, {"network": "dqn", "memory": "uniform", **CARTPOLE}, watch_every=2500, enough=499.0)

RECIPE = AgentRecipe("dqn", "cartpole", "dqn-cartpole", SETTINGS, least=475.0, cpu_minutes=15)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
