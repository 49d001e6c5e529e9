"""The page that sees with two networks together: what it asks, films that play, a film still to be fetched, networks changed, state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from explorer import catalogue
from explorer.catalogue.classes import CAMVID, COLOURS, SMEARS_AND_STREETS
from explorer.catalogue.together import TOGETHER
from explorer.engine.systems import films, segmentation
from explorer.results import Boxes, Bundle, Mask, Picture, Progress
from explorer.window.film import Film
from explorer.window.look import look
from explorer.window.pages import together as module
from explorer.window.pages import together_side
from explorer.window.pages.together import Page
from explorer.words import InputError, Text, WeightsMissing
from tests.window.here_client import QueryClient

ROAD, CAR = [one.en for one in CAMVID].index("road"), [one.en for one in SMEARS_AND_STREETS].index("car")


def answer(number: int = 0, frames: int = 90, cars: int = 2, mask: bool = True) -> Bundle:
    picture = Picture(np.full((60, 80, 3), 100, np.uint8), f"drive {number}")
    labels = np.zeros((60, 80), np.int64)
    labels[30:] = ROAD
    boxes = np.array([[10.0 + 20 * i, 20, 22 + 20 * i, 32] for i in range(cars)]).reshape(-1, 4)
    parts: dict[str, Any] = {"picture": picture, "boxes": Boxes(picture, boxes, np.full(cars, CAR), np.linspace(0.9, 0.6, cars), tuple(one.en for one in SMEARS_AND_STREETS))}
    if mask:
        parts["mask"] = Mask(picture, labels, tuple(one.en for one in CAMVID))
    facts = {
        "number": number, "frames": frames, "mask_colours": COLOURS["camvid"] if mask else (), "box_colours": COLOURS["smears_and_streets"],
        "mask_seconds": 0.02 if mask else None, "box_seconds": 0.03,
    }  # fmt: skip
    return Bundle(parts, facts=facts)


@pytest.fixture(autouse=True)
def all_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every network had its weights."""
    bundled = {entry.id: replace(entry, variants=tuple(replace(one, weights="bundled") for one in entry.variants)) for entry in catalogue.SYSTEMS}
    monkeypatch.setattr(together_side, "system", lambda name: bundled[name])
    monkeypatch.setattr(together_side, "ready", lambda entry: True)


@pytest.fixture
def page(qtbot: QtBot, fake_client: Any) -> Page:
    made = Page(catalogue.page("car_view"), fake_client)
    qtbot.addWidget(made)
    made.resize(804, 720)
    made.show()
    made.start()
    return made


def last(client: Any) -> Any:
    return client.asked[-1]


def test_it_asks_for_both_and_shows_them(page: Page, fake_client: Any) -> None:
    asked = last(fake_client).arguments
    assert (asked["film"], asked["number"]) == ("drive", 0)
    assert asked["mask"] == [*TOGETHER["car_view"][0].masks[0], None] and asked["boxes"] == [*TOGETHER["car_view"][0].detectors[0], None]
    fake_client.jobs()[-1].answer(answer())
    numbers = page.numbers()
    assert numbers["found"] == {"car": 2} and numbers["shares"]["road"] == 0.5
    assert [entry.figure for entry in page.side.found.entries] == ["2", "0", "0"]  # cars, pedestrians and bicyclists, none left out
    assert "mask 20 ms" in page.told.text and "boxes 30 ms" in page.told.text and page.frames.value == 1
    plain = page.view.picture(1.0)
    page.side.opacity.changed.emit(0.0)  # the slider itself stands where it was
    page.side.opacity.set_value(0)
    page._show()
    assert page.view.picture(1.0) != plain
    page.side.least.changed.emit(0.8)
    assert page.numbers()["found"] == {"car": 1}


def test_a_film_plays_picture_by_picture(page: Page, fake_client: Any, qtbot: QtBot) -> None:
    job = fake_client.jobs()[-1]
    job.answer(answer())
    job.finish()
    page.play.click()
    for number in (1, 2):
        qtbot.waitUntil(lambda number=number: last(fake_client).arguments["number"] == number, timeout=5000)
        job = fake_client.jobs()[-1]
        job.answer(answer(number))
        job.finish()
    assert page.rate > 0 and "a second" in page.told.text and page.frames.value == 3
    qtbot.waitUntil(lambda: last(fake_client).arguments["number"] == 3, timeout=5000)
    page.number = 89
    job = fake_client.jobs()[-1]
    job.answer(answer(89))
    job.finish()
    qtbot.waitUntil(lambda: last(fake_client).arguments["number"] == 0, timeout=5000)  # and again from the beginning
    page.play.click()
    assert not page.playing
    page.frames.changed.emit(41.0)
    assert last(fake_client).arguments["number"] == 40


def test_another_network_or_none(page: Page, fake_client: Any) -> None:
    fake_client.jobs()[-1].answer(answer())
    page.side.menus["mask"].chosen.emit("off")
    page.side.menus["mask"].set_current("off")
    page.side.chosen.emit("mask")
    assert last(fake_client).arguments["mask"] is None
    fake_client.jobs()[-1].answer(answer(mask=False))
    assert not page.side.shares.isVisible() and page.side.found.isVisible() and "mask" not in page.told.text


def test_a_film_to_be_fetched_is_offered_and_fetched(page: Page, fake_client: Any) -> None:
    fake_client.jobs()[-1].answer(answer())
    page.choice.chosen.emit("camvid")
    assert last(fake_client).arguments["film"] == "camvid"
    fake_client.jobs()[-1].fail(WeightsMissing(Text("映像がない", "no film here"), 598_000_000))
    card: Any = page.states.card
    assert page.bundle is None and card.body.text == "no film here" and "598 MB" in card.buttons["download"].text()
    card.buttons["download"].click()
    fetching = fake_client.jobs()[-1]
    assert fetching.task == "together.fetch_film" and fetching.arguments == {"film": "camvid"}
    loading: Any = page.states.card
    fetching.report(Progress(Text("半分", "half of it"), 0.5))
    assert loading.body.text == "half of it"
    fetching.finish()
    assert last(fake_client).task == "together.frame" and last(fake_client).arguments["film"] == "camvid"
    fake_client.jobs()[-1].answer(answer(frames=171))
    assert page.states.card is None and page.frames.high == 171


def test_a_picture_to_be_fetched(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(catalogue.page("medical"), fake_client)
    qtbot.addWidget(page)
    page.start()
    page.choice.chosen.emit("bccd")
    assert last(fake_client).arguments["picture"] == "bccd"
    fake_client.jobs()[-1].fail(WeightsMissing(Text("画像がない", "no picture here"), 8000))
    card: Any = page.states.card
    card.buttons["download"].click()
    fetching = fake_client.jobs()[-1]
    assert fetching.task == "samples.fetch" and fetching.arguments == {"name": "bccd"}
    fetching.finish()
    assert last(fake_client).task == "together.frame" and last(fake_client).arguments["picture"] == "bccd"


def test_a_film_that_could_not_be_fetched_is_offered_again(page: Page, fake_client: Any) -> None:
    page.choice.chosen.emit("camvid")
    fake_client.jobs()[-1].fail(WeightsMissing(Text("映像がない", "no film here"), 598_000_000))
    page.download()
    fake_client.jobs()[-1].fail(InputError(Text("つながらない", "nobody answers")))
    assert page.last_error is not None and page.last_error.text.en == "nobody answers"
    fake_client.jobs()[-1].fail(WeightsMissing(Text("映像がない", "no film here"), 598_000_000))
    assert page.states.card is not None and page.states.card.kind == "missing"
    page.choice.chosen.emit("drive")
    fake_client.jobs()[-1].answer(answer())
    assert page.states.card is None


def test_the_users_own_picture_and_film(page: Page, fake_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    page.open_input(pixels)
    assert last(fake_client).arguments["picture"] is pixels and "film" not in last(fake_client).arguments
    fake_client.jobs()[-1].answer(answer(frames=0))
    assert not page._film_row.isVisible()
    page.open_input("no/such.mp4")
    assert page.last_error is not None and "such.mp4" in page.last_error.text.en


def test_a_film_of_the_users_is_seen_as_fast_as_it_is_answered(page: Page, fake_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    film = Film("mine.mp4", page)
    monkeypatch.setattr(module, "open_film", lambda path, parent: film)
    fake_client.jobs()[-1].finish()
    page.open_input("mine.mp4")
    count = len(fake_client.asked)
    for shade in (10, 20, 30):  # two come while the first is looked at
        image = QImage(8, 6, QImage.Format.Format_RGB888)
        image.fill(QColor(shade, shade, shade))
        film.take(image)
    assert len(fake_client.asked) == count + 1 and last(fake_client).arguments["picture"][0, 0].tolist() == [10, 10, 10]
    job = fake_client.jobs()[-1]
    job.answer(answer(frames=0))
    job.finish()
    assert len(fake_client.asked) == count + 2 and last(fake_client).arguments["picture"][0, 0].tolist() == [30, 30, 30]  # the newest
    job = fake_client.jobs()[-1]
    job.answer(answer(frames=0))
    assert page.rate > 0 and not page._film_row.isVisible()
    stopped: list[bool] = []
    film.stop_playing = lambda: stopped.append(True)
    page.hidden()
    assert stopped and page.film is None


def test_where_no_network_has_weights_it_is_said(qtbot: QtBot, fake_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together_side, "ready", lambda entry: False)
    made = Page(catalogue.page("medical"), fake_client)
    qtbot.addWidget(made)
    made.show()
    made.start()
    assert made.side.nothing.isVisible() and last(fake_client).arguments["boxes"] is None


def test_the_state_comes_back_and_projection_hides_the_controls(page: Page, fake_client: Any) -> None:
    fake_client.jobs()[-1].answer(answer())
    page.restore({"sight": "drive", "number": 12, "opacity": 20, "least": 0.7, "hidden": [[CAR], [ROAD]], "networks": {"mask": "off"}})
    assert last(fake_client).arguments["number"] == 12 and last(fake_client).arguments["mask"] is None
    kept = page.state()
    assert (kept["sight"], kept["number"], kept["opacity"], kept["hidden"], kept["networks"]) == ("drive", 12, 20, [[CAR], [ROAD]], {"mask": "off"})
    page.restore({"sight": "nonsense", "opacity": 400, "hidden": 3})
    assert page.state()["opacity"] == 20 and page.sight.key == "drive"
    fake_client.jobs()[-1].answer(answer())
    look.projection = True
    page.project(True)
    assert not page.side.least.isVisible() and page.side.found.isVisible() and not page.side.menus["boxes"].isVisible()


def test_the_page_names_no_system() -> None:
    folder = Path(catalogue.__file__).parents[1] / "window" / "pages"
    source = "".join((folder / name).read_text(encoding="utf-8") for name in ("together.py", "together_side.py"))
    assert not [one.id for one in catalogue.SYSTEMS if f'"{one.id}"' in source]


def test_with_the_engines_networks(qtbot: QtBot, checkpoint_of: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "SIZE", (60, 80))
    monkeypatch.setattr(segmentation, "STREETS", replace(segmentation.STREETS, rows=48, columns=64))
    films._drawn.cache_clear()
    client: Any = QueryClient()
    made = Page(catalogue.page("car_view"), client)
    qtbot.addWidget(made)
    made.show()
    made.restore({"weights": {name: str(checkpoint_of(name)) for name in ("fastfcn", "yolo")}, "networks": {"mask": "fastfcn/fastfcn-camvid", "boxes": "yolo/yolo-small"}})
    qtbot.waitUntil(lambda: made.bundle is not None and not made.busy(), timeout=60_000)
    first = made.numbers()
    assert first["frames"] == 90 and sum(first["shares"].values()) == pytest.approx(1) and first["mask_seconds"] > 0 < first["box_seconds"]
    made.frames.changed.emit(30.0)
    qtbot.waitUntil(lambda: made.bundle is not None and made.bundle.facts["number"] == 29 and not made.busy(), timeout=60_000)
    assert made.numbers()["shares"] != first["shares"] and set(made.results_by_lens()) == {"mask", "boxes"}
    films._drawn.cache_clear()
