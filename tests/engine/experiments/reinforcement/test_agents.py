"""What the experiments on agents share, by hand; and each claim's verdict with and without its mechanism."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch

from explorer.catalogue import SYSTEMS, claim
from explorer.engine.experiments.reinforcement import distributed, dqn, r2d2, replay
from explorer.engine.experiments.reinforcement.agents import Arm, Learnt, difference, learn, saved
from explorer.engine.experiments.run import Run, measure
from explorer.engine.learning.agent import Training
from explorer.engine.learning.agent_settings import Settings
from explorer.results import Progress, Verdict
from explorer.words import same
from tests.engine.learning.worlds_for_agents import register

FAST = Settings(hidden=8, batch=8, learn_from=30, train_every=8, environments=2, capacity=500)
CLAIMS = [c.id for s in SYSTEMS if s.section == "reinforcement" and s.id != "q_learning" for c in s.claims]


@pytest.fixture(autouse=True)
def worlds() -> None:
    register()
    torch.set_num_threads(1)


def finished(steps: Any) -> tuple[Any, list[Progress]]:
    """What a generator returns, and what it yielded."""
    seen: list[Progress] = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return end.value, seen


def verdict(name: str, run: Run) -> Verdict:
    *_, last = measure(claim(name), run)
    assert isinstance(last, Verdict)
    return last


LEARNT = Learnt(
    (Arm(same("a"), FAST), Arm(same("b"), FAST)), [10, 20, 30, 40], [[[0.0, 0.5, 1.0, 1.0], [0.0, 0.0, 0.2, 0.4]], [[0.0, 0.0, 0.5, 0.5], [0.1, 0.1, 0.1, 0.1], [0.3]]]
)


def test_areas_and_places_by_hand() -> None:
    assert LEARNT.area(0).tolist() == pytest.approx([0.625, 0.15]) and LEARNT.area(1).tolist() == pytest.approx([0.25, 0.1])  # the third seed is not finished
    assert LEARNT.final(0).tolist() == [1.0, 0.4]
    assert LEARNT.steps_to(0, 0.5).tolist() == [20, 40] and LEARNT.steps_to(1, 0.5).tolist() == [30, 40]
    plot = LEARNT.plot()
    assert plot.series[0].y.tolist() == pytest.approx([0.0, 0.25, 0.6, 0.7]) and plot.series[0].spread is not None
    assert plot.series[0].spread[3] == pytest.approx(np.std([1.0, 0.4], ddof=1))


def test_differences_by_hand() -> None:
    gap, spread = difference(np.array([3.0, 5.0]), np.array([1.0, 1.0]))
    assert gap == 3.0 and spread == pytest.approx(np.sqrt(2.0))
    share, spread = saved(np.array([50.0, 100.0]), np.array([100.0, 100.0]))
    assert share == 0.25 and spread == pytest.approx(np.std([0.5, 0.0], ddof=1))
    assert difference(np.zeros(0), np.zeros(0)) == (0.0, 0.0)


def test_arms_learn_over_the_same_seeds_and_steps() -> None:
    arms = (Arm(same("a"), FAST, main=True, opens={"environment": "Corridor-v0"}), Arm(same("b"), dataclasses.replace(FAST, memory="none")))
    found, seen = finished(learn(Run(seeds=(0, 1)), "Corridor-v0", arms, 160, 1.0, measurements=4))
    assert found.complete and found.places == [40, 80, 120, 160] and found.rows(0).shape == found.rows(1).shape == (2, 4)
    assert [training.seed for training in found.trainings[1]] == [0, 1] and all(training.steps >= 160 for row in found.trainings for training in row)
    assert seen and seen[0].part is not None and found.plot().series[0].opens[0] == {"environment": "Corridor-v0"}


@pytest.mark.parametrize(("stop", "quick", "expected"), [(False, False, "fails"), (False, True, "undecided"), (True, False, "undecided")])
def test_agents_that_learnt_nothing_fail_a_whole_run_and_leave_a_short_one_undecided(monkeypatch: pytest.MonkeyPatch, stop: bool, quick: bool, expected: str) -> None:
    monkeypatch.setattr(replay, "STEPS", 400)
    monkeypatch.setattr(replay, "QUICK_STEPS", 400)
    monkeypatch.setattr(replay, "SETTINGS", dataclasses.replace(FAST, environments=1, learn_from=10_000))
    found = verdict("replay.learning", Run(quick=quick, seeds=(0, 1), stop=lambda: stop))
    assert found.verdict == expected and found.seeds == (0 if stop else 2)
    ends = {"fails": f"({found.seeds} seeds).", "undecided": "Too little to tell." if stop else "measure it in full."}
    assert found.text.en.endswith(ends[expected]) and len(found.text.ja) > 20


def test_a_network_that_could_grow_is_not_judged_by_a_short_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NETWORK_STEPS", "NETWORK_QUICK"):
        monkeypatch.setattr(dqn, name, 400)
    found = {quick: verdict("dqn.network", Run(quick=quick, seeds=(0, 1))) for quick in (True, False)}
    assert found[True].verdict == "undecided" and found[False].verdict == "fails"
    assert verdict("dqn.network", Run(quick=True, seeds=(0,), disabled=True)).verdict == "fails", "the parameters are counted, not learnt"


def test_stopping_keeps_what_is_finished() -> None:
    asked = iter(range(10_000))
    found, _ = finished(learn(Run(seeds=(0, 1), stop=lambda: next(asked) >= 0), "Corridor-v0", (Arm(same("a"), FAST),), 4000, 1.0))
    assert not found.complete and found.area(0).size == 0 and len(found.plot().series[0].x) < 12


def test_a_table_explodes_and_one_number_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dqn, "TABLE_QUICK", 1200)
    run = Run(quick=True, seeds=(0,))
    on, off = (verdict("dqn.table_explodes", dataclasses.replace(run, disabled=disabled)) for disabled in (False, True))
    assert on.verdict == "holds" and on.numbers["size_ratio"] == pytest.approx(16) and on.numbers["visited_share"] < 0.01
    assert off.verdict == "fails" and off.numbers["size_ratio"] == pytest.approx(2)


def test_cells_of_a_table() -> None:
    ranges = np.array([1.0, 1.0])
    assert [dqn.cell(np.array(look), ranges, 4) for look in ([-1.0, -1.0], [-0.9, 0.9], [0.1, -9.0], [9.0, 9.0])] == [0, 3, 8, 15]


def test_the_network_grows_with_its_inputs_only() -> None:
    assert dqn.count_parameters(4) == 17_410 and dqn.count_parameters(32**4) / dqn.count_parameters(4**4) > 1000


def test_the_gap_between_replayed_and_acting_values() -> None:
    gaps = {}
    for kept in (True, False):
        settings = dataclasses.replace(r2d2.SETTINGS, environments=1, stored_state=kept, use_burn_in=kept)
        training = Training(r2d2.HIDDEN_WORLD, settings, seed=0)
        gaps[kept] = r2d2.q_gap(training)
        training.close()
    assert gaps[True] < 1e-4 < 1e-2 < gaps[False]  # the network has not changed: stored states are exact


def test_times_by_hand() -> None:
    row = [0.0] * 10 + [0.3] * 20
    raced = distributed.Raced((distributed.Racer(same("a"), FAST), distributed.Racer(same("b"), FAST)), 60.0, [[row], [[0.0] * 30]])
    assert raced.seconds_to(0).tolist() == pytest.approx([22.0]) and raced.seconds_to(1).tolist() == [60.0]
    assert raced.final(0).tolist() == pytest.approx([0.3])
    assert raced.reached() and raced.seeds == 1
    raced.returns[0].append([0.0] * 30)
    raced.returns[1].append([0.1] * 30)
    assert not raced.reached() and raced.seeds == 2, "in the second seed nobody was first"


def test_against_the_clock_without_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "WORLD", f"{distributed.MODULE}:CostlyCartPole-v0 cost=0.0")
    racers = (distributed.Racer(same("a"), distributed.PLAIN, main=True),)
    found, seen = finished(distributed.against_the_clock(Run(seeds=(0,)), racers, 0.5))
    assert found.complete and found.rows(0).shape == (1, 30) and seen and seen[0].part is not None
    assert distributed.cores() >= 2


def test_every_claim_has_its_experiment() -> None:
    assert len(CLAIMS) == 11 and all(claim(name).experiment and 0 < claim(name).minutes <= 5 for name in CLAIMS)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_the_verdict_changes_without_the_mechanism(name: str) -> None:
    run = Run(quick=name not in ("distributed.wall_time", "apex.training_time", "apex.better"), seeds=(0, 1))
    on, off = (verdict(name, dataclasses.replace(run, disabled=disabled)) for disabled in (False, True))
    assert off.verdict != "holds" and (on.verdict, on.numbers) != (off.verdict, off.numbers)
