"""Agents learn small worlds whose values are known; targets are right; a training goes on from its checkpoint."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from explorer.engine.learning.actors import Actor
from explorer.engine.learning.agent import Learner, Training, clip_norm, evaluate
from explorer.engine.learning.agent_settings import Settings, build_memory
from tests.engine.learning.worlds_for_agents import HereActor, register

SMALL: dict[str, Any] = {
    "hidden": 24, "batch": 32, "train_every": 3, "target_every": 15, "learn_from": 100, "learning_rate": 5e-3, "gamma": 0.8, "epsilon": 0.5,
    "epsilon_steps": 0, "capacity": 2000,
}
SEQUENCES: dict[str, Any] = {"network": "r2d2", "burn_in": 2, "trace": 4}


@pytest.fixture(autouse=True)
def worlds() -> None:
    register()
    torch.set_num_threads(1)


@pytest.fixture
def training() -> Iterator[Any]:
    made: list[Training] = []

    def make(spec: str = "Corridor-v0", **changes: Any) -> Training:
        extra = {name: changes.pop(name) for name in ("seed", "demonstrations", "remote") if name in changes}
        made.append(Training(spec, Settings(**{**SMALL, **changes}), **extra))
        return made[-1]

    yield make
    for one in made:
        one.close()


def learnt(run: Training, steps: int) -> Training:
    for step in run.run():
        if step.steps >= steps:
            return run
    raise AssertionError


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"double": False},
        {"network": "dueling"},
        {"memory": "prioritized"},
        {"n_steps": 3},
        {"environments": 4, "train_every": 4, "spread": True, "memory": "prioritized", "network": "dueling"},
    ],
    ids=["dqn", "without double", "dueling", "prioritised", "three steps", "ape-x"],
)
def test_the_values_of_a_corridor_are_learnt(training: Any, changes: dict[str, Any]) -> None:
    run = learnt(training(**changes), 1000)
    with torch.no_grad():
        q = run.learner.network(torch.eye(3)).numpy()
    right = np.array([0.8**2, 0.8, 1.0])
    assert np.abs(q[:, 1] - right).max() < 0.12
    assert (q[:, 1] > q[:, 0]).all() and (n_steps_off(changes) or np.abs(q[:, 0] - 0.8 * right).max() < 0.15)


def n_steps_off(changes: dict[str, Any]) -> bool:
    """With several steps the value of staying is that of what the explorer does after, so it is not checked."""
    return changes.get("n_steps", 1) > 1


def test_a_memory_learns_what_was_shown_earlier_and_without_it_nothing_does(training: Any) -> None:
    settings = {**SEQUENCES, "rescaled": True, "n_steps": 2, "environments": 4, "train_every": 8, "gamma": 0.9}
    score = {}
    for remembers, steps in ((True, 1300), (False, 500)):
        run = learnt(training("Cue-v0", remembers=remembers, **settings), steps)
        *_, returns = evaluate(run.learner.network, "Cue-v0", run.settings, episodes=40)
        score[remembers] = float(np.mean(returns))
    assert score[True] > 0.9 and score[False] < 0.75


def test_without_replay_only_the_newest_steps_are_learnt_from(training: Any) -> None:
    run = learnt(training(memory="none", train_every=4), 120)
    assert run.last is not None and len(run.last.places) == 4
    newest = (run.learner.memory.next - 4 + np.arange(4)) % run.learner.memory.capacity
    assert list(run.last.places) == list(newest)


def test_a_batch_of_steps_by_hand(training: Any) -> None:
    """The loss is Huber's of r + γ^k Q⁻(s', argmax Q) − Q(s, a), weighted."""
    run = learnt(training(n_steps=2, memory="prioritized"), 150)
    learner = run.learner
    drawn, _ = learner._draw()
    parts = {name: torch.from_numpy(part) for name, part in drawn.items.items()}
    weights = torch.from_numpy(drawn.weights)
    loss, errors = learner._steps(parts, weights)
    expected = []
    for i in range(len(errors)):
        q, later = learner.network(parts["look"][i][None])[0], learner.network(parts["next_look"][i][None])[0]
        promised = learner.target(parts["next_look"][i][None])[0, int(later.argmax())]
        y = parts["reward"][i] + (0.8 ** parts["steps"][i]) * (1 - parts["ended"][i]) * promised
        expected.append(float((y - q[int(parts["action"][i])]).detach()))
    assert errors.tolist() == pytest.approx(expected, abs=1e-4)
    huber = [0.5 * e * e if abs(e) < 1 else abs(e) - 0.5 for e in expected]
    assert float(loss.detach()) == pytest.approx(float(np.mean(weights.numpy() * huber)), abs=1e-5)


def test_the_target_network_is_held_still_for_a_while(training: Any) -> None:
    run = learnt(training(target_every=10), 104)
    learner = run.learner
    while learner.updates % 10 != 0:
        learner.learn()
    before = copy.deepcopy(learner.target.state_dict())
    for _ in range(9):
        learner.learn()
        assert all(torch.equal(value, before[name]) for name, value in learner.target.state_dict().items())
    learner.learn()
    assert all(torch.equal(a, b) for a, b in zip(learner.target.parameters(), learner.network.parameters(), strict=True))


def sequences(learner: Learner) -> dict[str, torch.Tensor]:
    drawn, _ = learner._draw()
    return {name: torch.from_numpy(part) for name, part in drawn.items.items()}


def test_burn_in_and_stored_state_give_the_state_of_the_whole_episode(training: Any) -> None:
    """With a network that has not changed, stored states and a burn-in from them both give exactly the acting state; an empty start does not."""
    run = training("Cue-v0", **SEQUENCES, learn_from=10_000)
    run.settings.trace, run.settings.burn_in = 4, 2
    learnt(run, 400)
    learner = run.learner
    parts = sequences(learner)
    looks, before, paid = (parts[name].transpose(0, 1) for name in ("looks", "before", "paid"))
    acting = parts["states"][:, 1]
    gap = {}
    for stored in (True, False):
        for burn in (True, False):
            run.settings.stored_state, run.settings.use_burn_in = stored, burn
            with torch.no_grad():
                state = learner.lead_in(learner.network, looks, before, paid, parts)
            gap[stored, burn] = float((torch.stack(state, 1) - acting).abs().max())
    assert gap[True, True] < 1e-5 and gap[True, False] < 1e-5


def test_an_empty_start_without_burn_in_differs_from_acting(training: Any) -> None:
    run = training("Corridor-v0", **SEQUENCES, learn_from=10_000, epsilon=0.9)
    learnt(run, 400)
    learner = run.learner
    parts = sequences(learner)
    looks, before, paid = (parts[name].transpose(0, 1) for name in ("looks", "before", "paid"))
    acting, gaps = parts["states"][:, 1], []
    for stored, burn in ((True, True), (False, True), (False, False)):
        run.settings.stored_state, run.settings.use_burn_in = stored, burn
        with torch.no_grad():
            gaps.append(float((torch.stack(learner.lead_in(learner.network, looks, before, paid, parts), 1) - acting).abs().mean()))
    assert gaps[0] < 1e-5 < gaps[1] < gaps[2]  # the burn-in brings an empty state nearer


def test_demonstrations_are_mixed_in(training: Any) -> None:
    plain = learnt(training("Cue-v0", **SEQUENCES, memory="prioritized"), 300)
    shown = build_memory(plain.settings, plain.shape, 400)
    shown.add(plain.learner.memory.draw(60, np.random.default_rng(0)).items)
    run = training("Cue-v0", **SEQUENCES, memory="prioritized", demonstrations=shown)
    run.settings.demonstrations = 0.25
    counts = []
    for step in run.run():
        if step.update is not None:
            counts.append(step.update.demonstrated)
            assert len(step.update.errors) == run.settings.batch
        if len(counts) == 40:
            break
    assert np.mean(counts) == pytest.approx(8.0, abs=1.5)
    assert shown.draws.sum() > 0


def test_settings_change_between_two_cycles(training: Any) -> None:
    run = learnt(training(), 200)
    run.settings.learning_rate = 0.0
    before = copy.deepcopy(run.learner.network.state_dict())
    learnt(run, 220)
    assert all(torch.equal(value, before[name]) for name, value in run.learner.network.state_dict().items())
    run.settings.learning_rate, run.settings.batch = 1e-3, 7
    step = run.cycle()
    assert step.update is not None and len(step.update.errors) == 7


@pytest.mark.parametrize("most", [0.1, 100.0])
def test_gradients_are_clipped_together(most: float) -> None:
    torch.manual_seed(0)
    ours, theirs = ([torch.nn.Parameter(torch.zeros(shape)) for shape in ((3, 4), (4,))] for _ in range(2))
    for one, other in zip(ours, theirs, strict=True):
        one.grad = torch.randn_like(one)
        other.grad = one.grad.clone()
    clip_norm([one.grad for one in ours if one.grad is not None], most)
    torch.nn.utils.clip_grad_norm_(theirs, most)
    assert all(torch.allclose(one.grad, other.grad) for one, other in zip(ours, theirs, strict=True))  # type: ignore[arg-type]


def test_a_hand_takes_an_action(training: Any) -> None:
    run = training(epsilon=1.0)
    for _ in range(3):
        run.play_by_hand(1)
    assert run.history.returns == [1.0] and run.history.lengths == [3] and len(run.learner.memory) == 3


def test_each_episode_stands_where_it_ended_however_many_steps_come_at_once(training: Any) -> None:
    one, many = training(epsilon=1.0, epsilon_steps=0, environments=1), training(epsilon=1.0, epsilon_steps=0, environments=1)
    for _ in range(40):
        one.cycle(1)
    many.cycle(40)
    assert many.history.steps == one.history.steps == np.cumsum(one.history.lengths).tolist() and len(one.history.steps) > 2


@pytest.mark.parametrize("changes", [{}, {**SEQUENCES, "memory": "prioritized"}], ids=["steps", "sequences"])
def test_a_killed_training_goes_on_from_its_checkpoint(training: Any, changes: dict[str, Any]) -> None:
    run = learnt(training(**changes), 300)
    file = io.BytesIO()
    torch.save(run.state(), file)
    file.seek(0)
    other = training(seed=5, **changes)
    other.restore(torch.load(file, weights_only=True))
    assert (other.steps, other.learner.updates, other.history.returns) == (run.steps, run.learner.updates, run.history.returns)
    first, second = run.learner.learn(), other.learner.learn()
    assert first.loss == pytest.approx(second.loss, rel=1e-5) and first.errors == pytest.approx(second.errors, rel=1e-4)
    assert all(torch.allclose(a, b) for a, b in zip(run.learner.network.parameters(), other.learner.network.parameters(), strict=True))
    with pytest.raises(ValueError, match="Cue"):
        training("Cue-v0", **changes).restore(run.state())


def test_the_same_seed_learns_the_same(training: Any) -> None:
    first, second, third = (learnt(training(seed=seed), 260) for seed in (1, 1, 2))
    assert first.history.returns == second.history.returns != third.history.returns
    assert all(torch.equal(a, b) for a, b in zip(first.learner.network.parameters(), second.learner.network.parameters(), strict=True))


def test_actors_elsewhere_gather_and_get_new_weights(training: Any) -> None:
    HereActor.made.clear()
    run = training(actors=2, environments=3, remote=HereActor, spread=True, memory="prioritized", network="dueling", learn_from=150, train_every=8)
    learnt(run, 1000)
    first, second = HereActor.made
    assert [one.places["first"] for one in (first, second)] == [0, 3] and first.places["total"] == 6 and first.places["rated"]
    assert sum(run.made) == run.steps and min(run.made) > 300 and run.learner.updates >= 5
    assert first.asked[0].weights is not None and any(request.weights is None for request in first.asked[1:])
    experiences = [one for one in run.newest if one is not None]
    epsilons = [epsilon for one in experiences for epsilon in one.epsilons]
    assert len(epsilons) == 6 and sorted(epsilons, reverse=True) == epsilons
    run.close()
    assert first.closed and second.closed


def test_a_slow_actor_does_not_hold_up_the_others(training: Any) -> None:
    HereActor.made.clear()
    run = training(actors=2, environments=1, remote=HereActor)
    run.cycle()
    HereActor.made[1].slow = True
    steps = run.made[1]
    learnt(run, run.steps + 500)
    assert run.made[1] == steps and run.made[0] >= 500


def test_the_same_number_of_episodes_from_each_environment() -> None:
    settings = Settings(**SMALL)
    network = Learner(settings, Actor("Corridor-v0", settings).shape).network
    *_, returns = evaluate(network, "Corridor-v0", settings, episodes=23, epsilon=0.5)
    assert len(returns) == 23 and set(returns) <= {0.0, 1.0}
