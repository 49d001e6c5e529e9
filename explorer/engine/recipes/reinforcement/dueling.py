"""The recipe of the dueling network on CartPole: DQN's with two streams."""

from __future__ import annotations

from explorer.engine.learning.agent_presets import NUMBERS, SYSTEMS
from explorer.engine.recipes.recipe import main
from explorer.engine.recipes.reinforcement.training import AgentRecipe, AgentSettings

SETTINGS = AgentSettings("CartPole-v1", 100_000, {**NUMBERS, **SYSTEMS["dueling"]}, watch_every=2500, enough=499.0, along=2)

RECIPE = AgentRecipe("dueling", "cartpole", "dueling-cartpole", SETTINGS, least=475.0, cpu_minutes=15)
train = RECIPE.train

if __name__ == "__main__":
    main(train)
