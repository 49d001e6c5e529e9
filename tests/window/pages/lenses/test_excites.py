"""What excites a unit: the right questions, a picture that grows, patches in order, and choosing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.results import Bundle, Curves, Maps, Picture, Series
from explorer.window.look import look
from explorer.window.pages.lenses.excites import ExcitesLens
from explorer.words import same
from tests.window.pages.lenses.host import Page


def asked(client: Any, function: str) -> list[Any]:
    return [job for job in client.asked if job.task == f"recognition.{function}"]


def step(number: int, value: float, done: bool = False) -> Bundle:
    line = Series(same("activation"), np.array([0.0, number]), np.array([0.5, value]), main=True)
    facts = {"layer": "layer1", "unit": 2, "units": 6, "label": "", "own": 0.8, "activation": value, "start": 0.5, "step": number, "steps": 8, "done": done}
    pixels = np.full((32, 32, 3), number * 20, np.uint8)
    return Bundle({"picture": Picture(pixels), "curve": Curves((line,), same("step"), same("activation"))}, facts=facts)


@pytest.fixture
def lens(qtbot: QtBot, fake_client: Any) -> ExcitesLens:
    made = ExcitesLens(Page(fake_client))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(760, 400)
    made.show()
    made.show_now()
    fake_client.jobs()[-1].answer(Maps(np.random.default_rng(0).random((6, 4, 4)), "layer1"))
    return made


def test_the_picture_grows_beside_its_curve(lens: ExcitesLens, fake_client: Any) -> None:
    (job,) = asked(fake_client, "excites")
    assert job.arguments["layer"] == "layer1" and job.arguments["unit"] == 0 and job.arguments["seed"] == 0
    job.answer(step(0, 0.5))
    assert lens.curve.unfinished and lens.stop.isVisibleTo(lens) and not lens.again.isVisibleTo(lens)
    job.answer(step(8, 4.2, done=True))
    job.finish()
    assert not lens.curve.unfinished and "4.2" in lens.values.text and "0.8" in lens.values.text
    assert lens.view.result.pixels[0, 0, 0] == 160 and lens.numbers()["activation"] == 4.2
    assert lens.again.isVisibleTo(lens) and not lens.stop.isVisibleTo(lens)


def test_another_unit_layer_or_seed_asks_anew(lens: ExcitesLens, fake_client: Any) -> None:
    lens.grid.chosen.emit(4)
    assert asked(fake_client, "excites")[-1].arguments["unit"] == 4 and lens.number.value == 4
    lens.again.click()
    assert asked(fake_client, "excites")[-1].arguments["seed"] == 1
    page: Any = lens.host
    page.layer = "layer2"
    lens.show_now()
    before = len(asked(fake_client, "excites"))
    fake_client.jobs()[-1].answer(Maps(np.ones((3, 2, 2)), "layer2"))  # it has no unit 4
    assert len(asked(fake_client, "excites")) == before + 1 and asked(fake_client, "excites")[-1].arguments["unit"] < 3
    lens.show_now()
    assert len(asked(fake_client, "excites")) == before + 1


def test_a_class_in_place_of_a_unit(lens: ExcitesLens, fake_client: Any) -> None:
    lens.what.chosen.emit("class")
    job = asked(fake_client, "excites")[-1]
    assert job.arguments["class_name"] == "truck" and "layer" not in job.arguments  # the likeliest
    assert lens.classes.isVisibleTo(lens) and not lens.grid.isVisibleTo(lens) and "truck" in lens.title.text
    lens.choose_class("ship")
    assert asked(fake_client, "strongest_patches")[-1].arguments["class_name"] == "ship"
    look.language = "ja"
    assert "船" in lens.title.text


def test_stopping(lens: ExcitesLens, fake_client: Any) -> None:
    job = asked(fake_client, "excites")[-1]
    job.answer(step(4, 2.0))
    lens.stop.click()
    assert job.state == "cancelled" and lens.view.result is not None
    lens.show_now()
    assert len(asked(fake_client, "excites")) == 2  # asked for again when the lens is shown again


def test_patches_strongest_first_and_the_rest_empty(lens: ExcitesLens, fake_client: Any) -> None:
    parts = {f"patch {k}": Picture(np.full((5, 6, 3), 10 * k, np.uint8), f"p{k}") for k in range(3)}
    told = [("p0", 5.0, (0, 0, 6, 5)), ("p1", 4.0, (0, 0, 6, 5)), ("p2", 3.0, (0, 0, 6, 5))]
    asked(fake_client, "strongest_patches")[-1].answer(Bundle(parts, facts={"patches": told, "looked_at": 7, "layer": "layer1", "unit": 0}))
    assert [label.text for label in lens.tile_values[:4]] == ["5", "4", "3", " "] and not lens.tiles[3].has_content() and "7" in lens.looked.text


def test_pictures_without_a_file_are_remembered(lens: ExcitesLens, fake_client: Any) -> None:
    page: Any = lens.host
    pixels = np.zeros((20, 20, 3), np.uint8)
    page.version, page.picture = 2, pixels
    lens.show_now()
    fake_client.jobs()[-1].answer(Maps(np.ones((6, 2, 2)), "layer1"))
    page.version, page.picture = 3, "coffee"
    lens.show_now()
    fake_client.jobs()[-1].answer(Maps(np.ones((6, 2, 2)), "layer1"))
    assert any(one is pixels for one in asked(fake_client, "strongest_patches")[-1].arguments["pictures"])


def test_settings_come_back(lens: ExcitesLens, fake_client: Any) -> None:
    lens.apply({"unit": 3, "seed": 2, "class": None})
    assert lens.settings() == {"unit": 3, "class": None, "seed": 2}
    lens.apply({"unit": -1, "seed": "x", "class": "frog"})
    assert lens.settings() == {"unit": 3, "class": "frog", "seed": 2}
    lens.show_now()
    assert asked(fake_client, "excites")[-1].arguments["class_name"] == "frog"
