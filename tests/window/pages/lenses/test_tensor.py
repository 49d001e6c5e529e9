"""Facts about tensors: of the layer looked at, of any parameter, of layers without maps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.results import Tensor
from explorer.window.pages.lenses.tensor import TensorFacts
from tests.window.pages.lenses.host import Page


@pytest.fixture
def lens(qtbot: QtBot, fake_client: Any) -> TensorFacts:
    made = TensorFacts(Page(fake_client))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(380, 300)
    made.show()
    made.show_now()
    return made


def facts(name: str) -> Tensor:
    return Tensor(name, (2, 3), "float32", 0.5, 0.25, -1.0, 2.0, np.array([1, 5]), np.array([-1.0, 0.5, 2.0]), 0.125)


def test_everything_can_be_chosen(lens: TensorFacts) -> None:
    assert [key for key, _ in lens.names()] == ["", "layer1.weight", "layer1.bias", "fc", "layer2.weight", "fc.weight"]


def test_the_output_first_then_a_parameter_and_the_output_of_the_next_layer(lens: TensorFacts, fake_client: Any) -> None:
    jobs = fake_client.asked
    assert jobs[-1].arguments["layer"] == "layer1"
    jobs[-1].answer(facts("layer1"))
    assert lens.numbers()["zeros"] == 0.125 and lens.numbers()["low"] == -1.0 and lens.numbers()["shape"] == [2, 3]
    lens.menu.chosen.emit("fc.weight")
    assert jobs[-1].arguments["layer"] == "fc.weight"
    jobs[-1].answer(facts("fc.weight"))
    page: Any = lens.host
    page.version = 2
    lens.show_now()
    assert jobs[-1].arguments["layer"] == "fc.weight"  # another picture keeps the choice
    page.layer = "layer2"
    lens.show_now()
    assert jobs[-1].arguments["layer"] == "layer2" and lens.menu.current == ""
    count = len(jobs)
    lens.show_now()
    assert len(jobs) == count
