"""The loop: what it learns, how SARSA differs, settings that change while it runs, saving."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.envs.tables import Reality
from explorer.engine.learning.recommended import needed
from explorer.engine.learning.tabular import Learner, Settings, change, mean_of_last, settings_for
from explorer.engine.learning.worlds import open_world
from explorer.words import InputError


def learner(spec: str, method: str = "q_learning", seed: int = 0, **given: float) -> Learner:
    world = open_world(spec)
    return Learner(world, settings_for(world, **given), method, seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [0, 1])
def test_recommended_settings_reach_the_optimum_on_slippery_ice(seed: int) -> None:
    one = learner("FrozenLake-v1 4x4 slippery", seed=seed)
    before = one.closeness(0.99)
    one.run(needed(one.world))
    assert before < 0.1
    assert one.closeness(0.99) >= 0.98


def test_without_learning_nothing_comes_closer() -> None:
    one = learner("FrozenLake-v1 4x4 slippery", alpha=0.0)
    one.run(20_000)
    assert one.closeness(0.99) < 0.1
    assert len(one.returns) > 100


def test_optimism_finds_what_a_table_begun_at_zero_without_exploration_misses() -> None:
    """Optimism is part of the result: from zero and without exploration some seed has found nothing by then."""
    worst = []
    for seed in range(5):
        one = learner("FrozenLake-v1 8x8 firm", seed=seed, optimism=0.0, epsilon=0.0)
        one.run(2_000)
        optimistic = learner("FrozenLake-v1 8x8 firm", seed=seed)
        optimistic.run(20_000)
        worst.append(one.closeness(0.99))
        assert optimistic.closeness(0.99) >= 0.98
    assert min(worst) < 0.5


def test_one_action_changes_one_number_by_the_formula() -> None:
    one = learner("FrozenLake-v1 4x4 slippery", alpha=0.3, fall=0.0)
    one.run(500)
    before = np.array(one.table.values)
    update = one.run(1)
    after = np.array(one.table.values)
    changed = np.argwhere(before != after)
    assert len(changed) <= 1
    ahead = 0.0 if update.ended else before[update.next_state].max()
    assert update.following == pytest.approx(ahead)
    assert update.new == pytest.approx(update.old + 0.3 * (update.reward + 0.99 * ahead - update.old))
    assert after[update.state, update.action] == update.new


def test_sarsa_takes_the_safe_path_and_q_learning_the_edge() -> None:
    """Sutton & Barto, example 6.6: with ε held at 0.1 the learner of what it does keeps away from the cliff."""
    def walk(method: str) -> int:
        one = learner("CliffWalking-v1", method, seed=1, alpha=0.2, fall=0.0, epsilon=0.1, gamma=0.999, optimism=0.0)
        one.run(300_000)
        state, path = 36, [36]
        while state != 47 and len(path) < 60:
            action = int(np.argmax(one.table.values[state]))
            state, _, ended = one.step_world(state, action)
            path.append(state)
            if ended:
                break
        assert path[-1] == 47
        return sum(24 <= s < 36 for s in path)

    assert walk("q_learning") == 12  # all along the edge
    assert walk("sarsa") <= 4


def test_sarsa_really_does_the_action_it_learnt_from() -> None:
    one = learner("CliffWalking-v1", "sarsa", alpha=0.5, fall=0.0, epsilon=0.5)
    one.run(200)
    while (first := one.run(1)).ended or first.next_state == first.state:
        pass
    planned = one._next_action
    assert planned is not None and first.next_state != first.state and first.following == pytest.approx(one.table.values[first.next_state][planned])
    assert one.run(1).action == planned


def test_value_iteration_reaches_the_optimum() -> None:
    one = learner("Taxi-v4", "value_iteration")
    for _ in range(2000):
        if one.sweep() < 1e-9:
            break
    assert one.closeness(0.99) == pytest.approx(1.0)
    best = one.world.optimum(0.99)
    assert np.abs(np.array(one.table.values) - best)[one.world.reachable].max() < 1e-5


def test_an_edited_reward_changes_the_policy_while_it_learns() -> None:
    one = learner("FrozenLake-v1 4x4 firm", epsilon=0.3, alpha=0.5, fall=0.0)
    one.run(10_000)
    assert one.table.values[9][0] < max(one.table.values[9])  # left leads away from the goal
    one.change_world(one.world.with_reward(15, -1.0).with_reward(8, 1.0))
    one.run(20_000)
    assert int(np.argmax(one.table.values[9])) == 0
    assert one.closeness(0.99) > 0.9


def test_settings_are_read_while_it_learns() -> None:
    one = learner("FrozenLake-v1 4x4 slippery", alpha=0.5, fall=0.0)
    stream = one.stream(100)
    next(stream)
    change(one.settings, "alpha", 0.0)
    kept = np.array(one.table.values)
    next(stream)
    assert np.array_equal(kept, np.array(one.table.values))
    change(one.settings, "alpha", 0.5)
    next(stream)
    assert not np.array_equal(kept, np.array(one.table.values))


def test_the_users_action_is_done_and_learnt_from() -> None:
    one = learner("FrozenLake-v1 4x4 firm")
    update = one.run(1, action=2)
    assert (update.state, update.action, update.next_state) == (0, 2, 1)
    assert one.table.visits[0] == [0, 0, 1, 0] and one.state == 1


def test_watching_changes_nothing_and_never_explores() -> None:
    one = learner("FrozenLake-v1 4x4 firm", epsilon=1.0)
    one.run(20_000)
    kept = np.array(one.table.values)
    one.start_episode()
    path = [one.run(1, learning=False) for _ in range(6)]
    assert np.array_equal(kept, np.array(one.table.values))
    assert path[-1].ended and path[-1].reward == 1.0 and not any(u.at_random for u in path)


def test_the_running_environment_can_answer_in_place_of_its_table() -> None:
    one = learner("FrozenLake-v1 4x4 slippery")
    reality = Reality(one.world, 0)
    one.run(3000, step=reality.step)
    reality.close()
    assert one.steps == 3000 and len(one.returns) > 50


def test_an_episode_is_cut_at_the_environments_time_limit() -> None:
    one = learner("FrozenLake-v1 map=SF/FG firm", epsilon=0.0, alpha=0.0)
    cuts = 0
    for _ in range(200):
        cuts += one.run(1, action=0).cut  # against the wall
    assert cuts == 200 // one.world.time_limit == 4


def test_what_was_saved_goes_on() -> None:
    one = learner("FrozenLake-v1 4x4 slippery")
    one.run(5_000)
    other = learner("FrozenLake-v1 4x4 slippery", seed=9)
    other.restore(one.save())
    assert other.table.values == one.table.values and other.table.visits == one.table.visits
    assert (other.steps, len(other.returns), other.state, other.episode_steps) == (one.steps, len(one.returns), one.state, one.episode_steps)
    assert sum(other.returns) == pytest.approx(sum(one.returns))
    assert mean_of_last(other.totals)[1][-1] == pytest.approx(mean_of_last(one.totals)[1][-1], abs=0.02)
    with pytest.raises(ValueError, match="table"):
        learner("FrozenLake-v1 8x8").restore(one.save())


def test_the_running_mean_is_over_the_last_hundred() -> None:
    returns = list(np.random.default_rng(0).random(1000))
    totals = [0.0, *np.cumsum(returns)]
    places, means = mean_of_last(totals, points=50)
    assert len(places) == 50 and places[0] == 1 and places[-1] == 1000
    for place, mean in zip(places.astype(int), means, strict=True):
        assert mean == pytest.approx(np.mean(returns[max(0, place - 100) : place]))
    assert len(mean_of_last([0.0])[0]) == 0


@pytest.mark.parametrize(("name", "value"), [("epsilon", 1.5), ("gamma", 1.0), ("alpha", -0.1), ("colour", 1.0), ("gamma", float("nan"))])
def test_settings_outside_their_range_are_refused(name: str, value: float) -> None:
    settings = Settings()
    with pytest.raises(InputError):
        change(settings, name, value)
    assert settings == Settings()
