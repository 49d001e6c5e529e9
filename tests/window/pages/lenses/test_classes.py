"""The lenses on one class: what they ask, what they say of the answer, and that choices come back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue.classes import CIFAR10
from explorer.results import Bundle, Overlay, Picture, Scores
from explorer.window.look import look
from explorer.window.pages.lenses.activation import ActivationLens
from explorer.window.pages.lenses.attribution import AttributionLens
from explorer.window.pages.lenses.classes import ClassLens
from explorer.window.pages.lenses.occlusion import OcclusionLens


class Host:
    """A page of which only the questions matter."""

    def __init__(self, client: Any) -> None:
        self.client, self.version, self.layer, self.highest = client, 1, "layer2", 1.0
        names = tuple(words.en for words in CIFAR10)
        self.scores = Scores(names, np.linspace(0.0, 0.2, 10))
        self.given = Picture(np.zeros((32, 32, 3), np.uint8))

    def layers(self) -> tuple[str, ...]:
        return ("conv1", "layer2", "layer3")

    def request(self) -> dict[str, Any]:
        return {"system": "any", "variant": None, "weights": None, "picture": "cat"}

    def ask(self, lane: str, task: str, title: Any, on_result: Any, **arguments: Any) -> Any:
        job = self.client.query(lane, task, title=title, **arguments)
        job.result.connect(on_result)
        return job

    def class_words(self, name: str) -> str:
        return next((look.say(words) for words in CIFAR10 if words.en == name), name)

    def changed(self) -> None: ...


def opened(qtbot: QtBot, client: Any, kind: type[ClassLens]) -> Any:
    lens = kind(Host(client))  # type: ignore[arg-type]
    qtbot.addWidget(lens)
    lens.resize(760, 400)
    lens.show_now()
    return lens


def asked(client: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = client.jobs()[-1].arguments
    return arguments


def answered(client: Any, signed: bool, **facts: Any) -> None:
    heat = np.zeros((32, 32))
    heat[4, 7], heat[9, 9] = 0.5, -0.25
    client.jobs()[-1].answer(Bundle({"overlay": Overlay(Picture(np.zeros((32, 32, 3), np.uint8)), heat, "cat", "layer3", signed)}, facts=facts))


def test_class_activation_offers_what_is_possible_here_with_a_line_on_each(qtbot: QtBot, fake_client: Any) -> None:
    lens = opened(qtbot, fake_client, ActivationLens)
    assert asked(fake_client)["class_name"] is None and "method" not in asked(fake_client) and "layer" not in asked(fake_client)
    answered(fake_client, False, methods=("cam", "grad-cam", "score-cam"), method="cam")
    assert [key for key, _ in lens.method_menu._options] == ["cam", "grad-cam", "score-cam"]
    assert "cat" in lens.title.text and lens.about.text.startswith("Recommended")
    lens.method_menu._choose("score-cam")
    assert asked(fake_client)["method"] == "score-cam"
    answered(fake_client, False, methods=("cam", "grad-cam", "score-cam"), method="score-cam", tried=256, maps=2048)
    assert "256 of 2,048" in lens.about.text and "Recommended" not in lens.about.text
    lens.layer_menu._choose("here")
    assert asked(fake_client)["layer"] == "layer2"
    lens.view.pixel.emit(4, 7)
    assert "0.5" in lens.pixel.text
    again = opened(qtbot, fake_client, ActivationLens)
    again.apply(lens.settings())
    again.show_now()
    assert asked(fake_client)["method"] == "score-cam" and asked(fake_client)["layer"] == "layer2"


def test_attribution_says_whether_it_adds_up(qtbot: QtBot, fake_client: Any) -> None:
    lens = opened(qtbot, fake_client, AttributionLens)
    assert asked(fake_client)["method"] == "integrated-gradients"
    answered(fake_client, True, method="integrated-gradients", sum=5.51, difference=5.47, error=0.0073, steps=60)
    assert lens.scale.kind == "signed" and "5.51" in lens.about.text and "0.7%" in lens.about.text and "but" not in lens.about.text
    answered(fake_client, True, method="integrated-gradients", sum=5.51, difference=2.0, error=1.755, steps=540)
    assert "but" in lens.about.text
    look.language = "ja"
    assert "猫" in lens.title.text and "ずれて" in lens.about.text
    lens.view.pixel.emit(9, 9)
    assert "0.25" in lens.pixel.text
    lens.method_menu._choose("gradient")
    assert asked(fake_client)["method"] == "gradient"
    answered(fake_client, False, method="gradient")
    assert lens.scale.kind == "viridis"


def test_occlusion_takes_the_engines_patch_until_another_is_chosen(qtbot: QtBot, fake_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lens = opened(qtbot, fake_client, OcclusionLens)
    assert "patch" not in asked(fake_client)
    answered(fake_client, True, patch=8, stride=2, size=32, probability=0.9, drop=0.65, done=169, total=169)
    assert lens.patch.value == 8 and lens.stride.value == 2 and "0.90" in lens.about.text and "0.25" in lens.about.text
    lens.patch._user_sets(3)
    lens.stride._user_sets(7)  # no wider than the patch
    qtbot.waitUntil(lambda: asked(fake_client).get("patch") == 3)
    assert asked(fake_client)["stride"] == 3
    again = opened(qtbot, fake_client, OcclusionLens)
    again.apply(lens.settings())
    again.show_now()
    assert asked(fake_client)["patch"] == 3
    again.choose_class("dog")
    assert asked(fake_client)["class_name"] == "dog" and asked(fake_client)["patch"] == 3
