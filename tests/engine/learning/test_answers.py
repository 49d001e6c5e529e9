"""Answers beside rewards: what each is told, what it makes of it, and how the two are counted alike."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.learning.answers import RATE, Pair, Pupil, right_actions, softmax
from explorer.engine.learning.worlds import open_world

FIRM = "FrozenLake-v1 4x4 firm"


def test_right_actions_are_those_of_the_shortest_way() -> None:
    right = right_actions(open_world(FIRM))
    left, down, east, up = range(4)
    assert right[14].tolist() == [False, False, True, False]  # beside the goal
    assert right[0, down] and right[0, east] and not right[0, left] and not right[0, up]  # two ways of six steps
    assert right[1].tolist() == [False, False, True, False]  # below it is a hole, and back is longer


def test_one_answer_moves_the_scores_by_the_gradient_of_the_cross_entropy() -> None:
    pupil = Pupil(open_world(FIRM), seed=1)
    pupil.run(1)
    told = pupil.last
    assert told is not None and pupil.right[told.state, told.answer] and told.before == 0.25
    expected = [RATE * (float(action == told.answer) - 0.25) for action in range(4)]
    assert pupil.scores[told.state].tolist() == pytest.approx(expected) and np.count_nonzero(pupil.scores.any(axis=1)) == 1
    assert told.now == pytest.approx(softmax(expected)[told.answer]) and told.now > told.before


def test_answers_teach_in_a_hundred_what_rewards_take_longer_for() -> None:
    pair = Pair(open_world(FIRM), seed=0)
    begin = pair.shares()
    assert begin[0] == begin[1] == pytest.approx(right_actions(pair.world)[pair.world.reachable].mean())  # nothing known: by lot
    pair.run(60)
    early = pair.shares()
    assert early[0] == 1.0 and early[1] < 0.9
    pair.run(3000)
    assert pair.shares() == (1.0, pytest.approx(1.0)) and pair.steps == 3060 and 0 < pair.rewarded < 1000


def test_a_mistaken_teacher_teaches_mistakes() -> None:
    pupil = Pupil(open_world(FIRM), wrong=0.9, seed=0)
    pupil.run(2000)
    assert pupil.right[np.arange(16), pupil.scores.argmax(axis=1)][pupil.asked].mean() < 0.7
    honest = Pupil(open_world(FIRM), wrong=0.2, seed=0)
    honest.run(2000)
    assert honest.chances()[14, 2] == pytest.approx(0.8, abs=0.25)  # it learns how often it is told so


def test_chances_add_to_one_whatever_the_scores() -> None:
    assert sum(softmax([1000.0, 0.0, -1000.0])) == pytest.approx(1.0) and softmax([1000.0, 0.0])[0] == 1.0
