"""Facts about tensors: of the layer looked at, of any parameter, of layers without maps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue.classes import CIFAR10
from explorer.results import Scores, Tensor
from explorer.window.look import look
from explorer.window.pages.lenses.tensor import TensorFacts
from explorer.words import Text

LABELS = tuple(text.en for text in CIFAR10)


class Page:
    """What the lens asks of its page."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.version = 1
        self.layer = "layer1"
        self.scores: Scores | None = Scores(LABELS, np.linspace(0.01, 0.19, 10))
        self.picture: Any = "cat"
        self.weights: str | None = None
        self.changes = 0

    def layers(self) -> tuple[str, ...]:
        return ("layer1", "layer2")

    def parameters(self) -> tuple[str, ...]:
        return ("layer1.weight", "layer1.bias", "layer2.weight", "fc.weight")

    def request(self) -> dict[str, Any]:
        return {"system": "resnet", "variant": "resnet20", "weights": self.weights, "picture": self.picture}

    def ask(self, lane: str, task: str, title: Text, on_result: Any, **arguments: Any) -> Any:
        job = self.client.query(lane, task, title=title, **arguments)
        job.result.connect(on_result)
        return job

    def class_words(self, name: str) -> str:
        return next((look.say(words) for words in CIFAR10 if words.en == name), name)

    def changed(self) -> None:
        self.changes += 1


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
