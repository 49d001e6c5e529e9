"""A page without a window around it, as a lens alone sees it: it keeps what it is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.catalogue.classes import CIFAR10
from explorer.results import Bundle, Scores
from explorer.window.look import look
from explorer.window.pages.network_answer import NetworkAnswer
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


class Signals:
    """A signal that is never given."""

    def connect(self, slot: Any) -> None:
        pass


class AnswerPage(NetworkAnswer):
    """A page whose answer is there, with class names in capitals."""

    variant: Any = type("Variant", (), {"classes": ""})

    def __init__(self, answer: Bundle) -> None:
        self.answer, self.version, self.changes = answer, 1, 0

    def give(self, answer: Bundle) -> None:
        """The next answer."""
        self.answer, self.version = answer, self.version + 1

    def request(self) -> dict[str, Any]:
        return {}

    def ask(self, lane: str, task: str, title: Text, on_result: Any, **arguments: Any) -> Any:
        """What is asked for besides is in the answer, too."""
        on_result(self.answer)
        return type("Job", (), {"failed": Signals(), "cancelled": Signals()})

    def class_words(self, name: str) -> str:
        return name.upper()

    def changed(self) -> None:
        self.changes += 1
