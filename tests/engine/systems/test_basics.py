"""Chapter 1 from Python."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.engine.system import load
from explorer.results import Curves, Surface
from explorer.words import InputError


def test_the_network_learns_the_moons_and_beats_the_perceptron() -> None:
    found = load("dnn").run("moons", steps=400, noise=0.05)
    assert found.accuracy > 0.95
    assert found.probabilities.shape == (200, 2)
    assert np.allclose(found.probabilities.sum(axis=1), 1)
    assert np.array_equal(found.labels, found.probabilities.argmax(axis=1))
    assert found.losses[-1] < 0.5 * found.losses[0]
    assert load("neuron").run("moons", noise=0.05).accuracy < found.accuracy


def test_points_from_a_table_rows_and_arrays(tmp_path: Path) -> None:
    rows = [[x, y, int(x + y > 0)] for x in np.linspace(-2, 2, 8) for y in np.linspace(-2.1, 2, 8)]
    path = tmp_path / "points.csv"
    path.write_text("x,y,class\n" + "\n".join(f"{x},{y},{'ab'[c]}" for x, y, c in rows))
    network = load("dnn")
    assert network.run(path, steps=200).names in (("a", "b"), ("b", "a"))
    for x in (str(path), rows, np.array(rows), (np.array(rows)[:, :2], np.array(rows)[:, 2])):
        assert network.run(x, steps=200).accuracy > 0.85


def test_one_neuron_fires() -> None:
    found = load("neuron").run([1.0, -2.0], weights=[0.5, 0.25], bias=0.5, activation="relu")
    assert found.products == (0.5, -0.5)
    assert found.sum == 0.5
    assert found.output == 0.5


def test_one_neuron_never_learns_xor() -> None:
    rows = [[-1, -1, 0], [1, -1, 1], [-1, 1, 1], [1, 1, 0]]
    assert load("neuron").run(rows, split=1.0).accuracy <= 0.75


@pytest.mark.parametrize("x", ["bananas", 3.5, [[1, 2]], "missing.csv", [["a", "b", "c"]], []])
def test_what_cannot_be_used_is_refused(x: object) -> None:
    with pytest.raises(InputError):
        load("dnn").run(x)


@pytest.mark.parametrize("settings", [{"colour": 1}, {"rate": -1}, {"hidden": (99,)}, {"features": ("x9",)}])
def test_settings_that_do_not_exist_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dnn").run("moons", steps=1, **settings)


@pytest.mark.parametrize(("x", "settings"), [([1.0], {}), ([1, 2], {"weights": [1]}), ([1, 2], {"activation": "magic"}), (["a", 1], {}), ([1, float("nan")], {})])
def test_a_neuron_refuses_what_it_cannot_add_up(x: list[float], settings: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("neuron").run(x, **settings)
    with pytest.raises(InputError):
        load("neuron", weights="x.pt")


def test_lenses() -> None:
    network = load("dnn")
    assert isinstance(network.look("decision_surface", "xor", steps=50), Surface)
    assert isinstance(network.look("loss", "xor", steps=50), Curves)
    found = network.look("loss_surface", "xor", steps=50)
    assert isinstance(found, Surface)
    assert found.path is not None
    line = load("neuron").look("neuron_line", "gaussians")
    assert isinstance(line, Surface)
    assert set(np.unique(line.values)) == {-1.0, 1.0}
