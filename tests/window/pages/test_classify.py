"""The page of classifiers: what it asks the engine, what it shows, and that nothing is lost when something is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.results import Bundle, Maps, Matrix, Overlay, Picture, Progress, Scores
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.classify import Page
from explorer.window.views.controls import Field, Label
from explorer.words import ExplorerError, InputError, Text, WeightsMissing, same

SYSTEM = system("resnet")


def job_of(client: Any, function: str) -> Any:
    """The newest live job for a task of the engine."""
    return next(job for job in reversed(client.jobs()) if job.task == f"recognition.{function}")


def asked(client: Any, function: str) -> list[Any]:
    return [job for job in client.asked if job.task == f"recognition.{function}"]


def wait_for(qtbot: QtBot, client: Any, **arguments: Any) -> None:
    """Until the network is asked for with these arguments."""
    qtbot.waitUntil(lambda: any(job.task == Page.task and all(isinstance(job.arguments[name], type(value)) and job.arguments[name] == value for name, value in arguments.items()) for job in client.jobs()))


Open = Callable[..., Page]


@pytest.fixture
def open_page(qtbot: QtBot, fake_client: Any, answers: Any) -> Open:
    """A page whose first answer, feature maps and arithmetic have come."""

    def make(network: Bundle | None = None, *, begin: Callable[[Page], None] = Page.start) -> Page:
        page = Page(SYSTEM, fake_client)
        qtbot.addWidget(page)
        page.resize(804, 720)
        page.show()
        page.set_lens("feature_maps")
        begin(page)
        answer(qtbot, page, network or answers.network())
        return page

    return make


def answer(qtbot: QtBot, page: Page, network: Bundle) -> None:
    client: Any = page.client
    qtbot.waitUntil(lambda: any(job.task == page.task for job in client.jobs()))
    job = job_of(client, "network")
    job.answer(network)
    job.finish()


def fill_maps(page: Page, answers: Any) -> None:
    client: Any = page.client
    job = job_of(client, "feature_maps")
    job.answer(answers.maps(job.arguments["layer"]))
    job.finish()
    job = job_of(client, "convolution")
    job.answer(answers.convolution(job.arguments))
    job.finish()


def test_the_first_sample_through_the_first_variant(qtbot: QtBot, open_page: Open, fake_client: Any, answers: Any) -> None:
    page = open_page()
    first = asked(fake_client, "network")[0].arguments
    assert (first["system"], first["variant"], first["weights"], first["picture"]) == (SYSTEM.id, SYSTEM.variants[0].name, None, SYSTEM.samples[0])
    assert page.strip.names() == ["conv1", "layer1.0", "layer1.1", "layer2.0"] and page.strip.selected == "layer1.1"
    assert page.numbers()["classes"][0] == {"name": "cat", "probability": pytest.approx(0.9)}
    assert page.busy()  # the maps are still on their way
    fill_maps(page, answers)
    numbers = page.numbers()["feature_maps"]
    assert numbers["layer"] == "layer1" and numbers["map"] == 2 and numbers["value"]["sum"] == pytest.approx(4.5)
    for key in SYSTEM.samples:
        job = next(j for j in fake_client.jobs() if j.arguments.get("picture") == key and j.task.endswith("open_picture"))
        job.answer(Picture(np.zeros((30, 40, 3), np.uint8)))
        job.finish()
    assert not page.busy()


def test_what_is_refused_is_said_and_the_page_stays(qtbot: QtBot, open_page: Open, fake_client: Any) -> None:
    page = open_page()
    before = page.numbers()
    page.open_input("/nowhere/notes.txt")
    wait_for(qtbot, fake_client, picture="/nowhere/notes.txt")
    job_of(fake_client, "network").fail(InputError(Text("画像ではありません。", "That is no picture.")))
    assert page.banner.isVisible() and page.banner.label.text == "That is no picture."
    assert page.numbers() == before and page.state()["input"] == SYSTEM.samples[0]
    page.choose_network("resnet32")
    wait_for(qtbot, fake_client, variant="resnet32")
    assert job_of(fake_client, "network").arguments["picture"] == SYSTEM.samples[0]  # not the refused one


def test_weights_that_must_be_fetched_are_a_state_of_the_page(qtbot: QtBot, open_page: Open, fake_client: Any, answers: Any) -> None:
    page = open_page()
    page.choose_network("resnet18-imagenet")
    wait_for(qtbot, fake_client, variant="resnet18-imagenet")
    missing = WeightsMissing(Text("重みがありません。", "The weights are not here."), 46_830_571)
    job_of(fake_client, "network").fail(missing)
    assert page.numbers()["state"] == "missing" and "47 MB" in page.states.card.buttons["download"].text()
    page.states.card.buttons["download"].click()
    fetch = job_of(fake_client, "fetch_weights")
    assert fetch.arguments == {"system": "resnet", "variant": "resnet18-imagenet"}
    fetch.report(Progress(same("12 of 47 MB"), 0.25, 9.0))
    assert page.states.card.kind == "loading" and page.states.card.bar.fraction == 0.25 and page.states.card.body.text == "12 of 47 MB"
    fetch.fail(ExplorerError(Text("つながりません。", "The server cannot be reached.")))
    assert page.states.card.kind == "missing" and page.banner.label.text == "The server cannot be reached."
    page.states.card.buttons["download"].click()
    page.states.card.buttons["cancel"].click()
    assert page.states.card.kind == "missing" and "download" in page.states.card.buttons
    page.states.card.buttons["download"].click()
    job_of(fake_client, "fetch_weights").finish()
    answer(qtbot, page, answers.network("dog"))
    assert page.states.card is None and page.numbers()["variant"] == "resnet18-imagenet" and page.numbers()["classes"][0]["name"] == "dog"


def test_without_anything_to_fetch_a_file_can_be_chosen(qtbot: QtBot, open_page: Open, fake_client: Any, answers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page()
    page.choose_network("resnet152")
    wait_for(qtbot, fake_client, variant="resnet152")
    job_of(fake_client, "network").fail(WeightsMissing(Text("重みはありません。", "It comes without weights.")))
    assert "download" not in page.states.card.buttons and page.states.card.body.text == "It comes without weights."
    monkeypatch.setattr("explorer.window.pages.picture_page.QFileDialog.getOpenFileName", lambda *_: ("/home/me/own.pth", ""))
    page.states.card.buttons["file"].click()
    wait_for(qtbot, fake_client, weights="/home/me/own.pth")
    assert job_of(fake_client, "network").arguments["variant"] == "resnet152"
    answer(qtbot, page, answers.network())
    assert "own.pth" in page.caption.text and page.state()["weights"] == "/home/me/own.pth"


def test_the_first_picture_can_fail_without_an_answer_to_keep(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(SYSTEM, fake_client)
    qtbot.addWidget(page)
    page.show()
    page.start()
    assert page.busy() and page.states.card.kind == "loading"
    qtbot.waitUntil(lambda: bool(fake_client.jobs()))
    job_of(fake_client, "network").fail(ExplorerError(Text("止まりました。", "It stopped.")))
    assert page.states.card.kind == "failed" and page.states.card.body.text == "It stopped." and page.last_error is not None
    page.states.card.buttons["again"].click()
    qtbot.waitUntil(lambda: len(asked(fake_client, "network")) == 2)


def test_only_the_newest_cell_under_the_cursor_is_asked_next(open_page: Open, fake_client: Any, answers: Any) -> None:
    page = open_page()
    fill_maps(page, answers)
    lens: Any = page.parts["feature_maps"]
    count = len(asked(fake_client, "convolution"))
    for column in range(6):
        lens.pair.cell.emit(3, column)
    assert len(asked(fake_client, "convolution")) == count + 1  # the first; four are dropped, the last waits
    job = job_of(fake_client, "convolution")
    job.answer(answers.convolution(job.arguments))
    job.finish()
    job = job_of(fake_client, "convolution")
    assert (job.arguments["row"], job.arguments["column"]) == (3, 5)
    job.answer(answers.convolution(job.arguments))
    job.finish()
    assert page.numbers()["feature_maps"]["value"]["column"] == 5 and len(asked(fake_client, "convolution")) == count + 2


def test_a_layer_is_chosen_on_the_strip_and_its_cell_outlined_on_the_picture(open_page: Open, fake_client: Any, answers: Any) -> None:
    page = open_page()
    fill_maps(page, answers)
    assert page.strip._window == (8.0, 0.0, 16.0, 8.0)
    page.strip.input_clicked.emit()  # the whole picture: 300 px of it are the 32 given ones
    assert page.strip._window == pytest.approx((125.0, 0.0, 200.0, 75.0))
    page.strip.chosen.emit("layer2.0")
    assert job_of(fake_client, "feature_maps").arguments["layer"] == "layer2.0"
    assert page.strip._window == (50.0, 0.0, 350.0, 300.0)  # until the new cell is known: the part that was given
    fill_maps(page, answers)
    assert page.numbers()["layer"] == "layer2.0" == page.numbers()["feature_maps"]["layer"]


def test_colours_by_map_layer_or_all_layers(open_page: Open, answers: Any) -> None:
    page = open_page()
    fill_maps(page, answers)
    lens: Any = page.parts["feature_maps"]
    values = lens.grid.maps.values
    for by, high in (("unit", values[lens.grid.selected].max()), ("layer", values.max()), ("all", 7.0)):
        lens.colours._choose([key for key, _ in lens.colours.options()].index(by))
        assert lens.grid.colour_range()[1] == pytest.approx(float(high)), by


def test_classes_in_both_languages_and_whether_anything_fits(open_page: Open, answers: Any) -> None:
    low = answers.network("frog", 0.3)
    page = open_page(Bundle(low.parts, facts={**low.facts, "none": 0.9}))
    assert "none of the 10 classes" in page.known.note.text and "frog" in page.known.note.text and page.numbers()["fits"] is False
    look.language = "ja"
    assert page.strip._scores.names[6] == "カエル" and "どれにも見えません" in page.known.note.text
    assert page.numbers()["classes"][0]["name"] == "frog"
    look.language = "en"
    sure = open_page(answers.network("frog", 0.8))
    assert "airplane" in sure.known.note.text and "none of" not in sure.known.note.text and sure.numbers()["fits"] is True


def test_a_measured_none_decides_before_the_highest_probability(open_page: Open, answers: Any) -> None:
    bundle = answers.network("frog", 0.95)
    page = open_page(Bundle(bundle.parts, facts={**bundle.facts, "none": 0.6}))
    assert page.numbers()["fits"] is False and "says frog" in page.known.note.text and "may be none" in page.known.note.text
    bundle = answers.network("frog", 0.3)
    page = open_page(Bundle(bundle.parts, facts={**bundle.facts, "none": 0.2}))
    assert page.numbers()["fits"] is True


def test_where_none_was_never_measured_a_low_probability_is_no_none(open_page: Open, answers: Any) -> None:
    page = open_page(answers.network("frog", 0.38))
    assert page.numbers()["fits"] is None and "none of" not in page.known.note.text
    assert "not sure" in page.known.note.text and "frog, 38 %" in page.known.note.text and "never measured" in page.known.note.text


@pytest.mark.parametrize("how", ("file", "small", "sample", "chosen"))
def test_an_own_photograph_is_looked_over(qtbot: QtBot, fake_client: Any, answers: Any, how: str) -> None:
    page = Page(SYSTEM, fake_client)
    qtbot.addWidget(page)
    page.start()
    answer(qtbot, page, answers.network())
    assert page.lens not in ("sightings", "filters")
    if how == "chosen":
        page.lens_area.choose("filters")
    photograph = np.zeros((20, 300, 3) if how == "small" else (200, 300, 3), np.uint8)
    page.open_input("cat" if how == "sample" else photograph)
    bundle = answers.network("frog", 0.95)
    answer(qtbot, page, Bundle({**bundle.parts, "picture": Picture(photograph)}, facts={**bundle.facts, "none": 0.9}))
    assert (page.lens == "sightings") == (how == "file")
    if how != "file":
        return
    assert "may be none" in page.known.note.text
    job = job_of(fake_client, "sightings")
    facts = {"sightings": [("cat", 0.9, (0, 0, 50, 50), 0)], "labels": page.scores.names, "sides": [200], "counts": (1,), "calibrated": True}
    parts = {"maps": Maps(np.zeros((1, 20, 30), np.float32), "photograph", ("cat",)), "windows": Matrix(np.zeros((1, 8)), ("0",), tuple("abcdefgh"))}
    job.answer(Bundle(parts, facts={**facts, "done": 0.5}))
    assert "may be none" in page.known.note.text
    job.answer(Bundle(parts, facts={**facts, "done": 1.0}))
    assert "it sees cat" in page.known.note.text.replace("*", "") and "none" not in page.known.note.text
    job.answer(Bundle(parts, facts={**facts, "done": 1.0, "sightings": []}))
    assert "none of the 10 classes" in page.known.note.text.replace("*", "")


def test_the_list_of_classes_and_where_more_are_to_be_had(qtbot: QtBot, open_page: Open, fake_client: Any, answers: Any) -> None:
    page = open_page()
    assert page.known.more_button.isVisible() and "47 MB" in page.known.more_button.text()
    page.known.more_button.click()
    wait_for(qtbot, fake_client, variant="resnet18-imagenet")
    bundle = answers.network()
    many = Scores(tuple(f"class {number}" for number in range(1000)), np.full(1000, 0.001))
    answer(qtbot, page, Bundle({**bundle.parts, "scores": many}, facts={**bundle.facts, "none": 0.1}))
    assert "1,000 classes" in page.known.note.text and not page.known.more_button.isVisible()
    dialog = page.known.open_list()
    names = dialog.findChild(QListWidget)
    assert names.count() == 1000
    dialog.findChild(Field).setText("class 77")
    assert sum(not names.item(row).isHidden() for row in range(1000)) == 11
    dialog.close()


def test_a_part_of_the_photograph_goes_to_every_lens_and_the_whole_comes_back(qtbot: QtBot, open_page: Open, fake_client: Any, answers: Any) -> None:
    network = answers.network()
    page = open_page(network)
    whole = network.parts["picture"].pixels
    version = page.whole_version
    page.use_part((100, 50, 200, 150))
    qtbot.waitUntil(lambda: len(asked(fake_client, "network")) == 2)
    assert np.array_equal(job_of(fake_client, "network").arguments["picture"], whole[50:150, 100:200])
    part = Bundle({**network.parts, "picture": Picture(whole[50:150, 100:200].copy())}, facts={**network.facts, "crop": (0.0, 0.0, 100.0, 100.0)})
    answer(qtbot, page, part)
    assert np.array_equal(job_of(fake_client, "feature_maps").arguments["picture"], whole[50:150, 100:200])
    assert page.whole is network.parts["picture"] and page.whole_request()["picture"] == SYSTEM.samples[0] and page.whole_version == version
    assert page.numbers()["given"]["crop"] == (100.0, 50.0, 200.0, 150.0)  # in the whole
    kept = page.state()
    assert kept["part"] == [100, 50, 200, 150]
    page.use_part(None)
    wait_for(qtbot, fake_client, picture=SYSTEM.samples[0])
    answer(qtbot, page, network)
    assert page.part_used is None and page.state()["part"] is None and page.whole_version == version
    page.open_input("coffee")
    answer(qtbot, page, answers.network())
    assert page.whole_version == version + 1


def test_a_part_comes_back_with_the_state(qtbot: QtBot, fake_client: Any, answers: Any) -> None:
    page = Page(SYSTEM, fake_client)
    qtbot.addWidget(page)
    page.set_lens("feature_maps")
    page.restore({"input": "coffee", "part": [10, 20, 40, 50]})
    qtbot.waitUntil(lambda: bool(fake_client.jobs()))
    opened = job_of(fake_client, "open_picture")
    whole = answers.network().parts["picture"]
    opened.answer(whole)
    opened.finish()
    qtbot.waitUntil(lambda: bool(asked(fake_client, "network")))
    assert np.array_equal(job_of(fake_client, "network").arguments["picture"], whole.pixels[20:50, 10:40])
    page.restore({"input": "cat", "part": [10, 20, 9000, 50]})  # the file is another one now
    qtbot.waitUntil(lambda: [job.arguments["picture"] for job in fake_client.jobs() if job.task.endswith("open_picture")] == ["cat"])
    opened = job_of(fake_client, "open_picture")
    opened.answer(whole)
    opened.finish()
    wait_for(qtbot, fake_client, picture="cat")


def test_a_class_in_the_output_asks_where_it_looked(open_page: Open, fake_client: Any) -> None:
    page = open_page()
    look.language = "ja"
    page.strip.output_chosen.emit("犬")
    assert page.lens == "class_activation"
    job = job_of(fake_client, "class_activation")
    assert job.arguments["class_name"] == "dog"
    heat = np.zeros((20, 20))
    heat[4, 7] = 1.0
    job.answer(Bundle({"overlay": Overlay(Picture(np.zeros((20, 20, 3), np.uint8)), heat, "dog", "layer2")}, facts={"methods": ("cam", "gradcam"), "method": "cam"}))
    job.finish()
    assert page.numbers()["class_activation"] == {"class": "dog", "layer": "layer2", "strongest_pixel": [4, 7], "method": "cam"}
    lens: Any = page.parts["class_activation"]
    lens.method_menu._choose("gradcam")
    assert job_of(fake_client, "class_activation").arguments["method"] == "gradcam"


def test_the_state_comes_back(qtbot: QtBot, open_page: Open, fake_client: Any, answers: Any) -> None:
    page = open_page()
    page.choose_layer("layer2")
    fill_maps(page, answers)
    lens: Any = page.parts["feature_maps"]
    lens.grid.set_selected(3)
    lens._choose(3)
    kept = page.state()
    again = open_page(begin=lambda p: p.restore(kept))
    job = job_of(fake_client, "feature_maps")
    assert job.arguments["layer"] == "layer2"
    job.answer(answers.maps("layer2"))
    assert job_of(fake_client, "convolution").arguments["output_map"] == 3
    assert again.state()["layer"] == "layer2" and again.state()["input"] == kept["input"]


def test_a_point_of_a_claim_opens_its_lens_with_its_settings(open_page: Open, fake_client: Any) -> None:
    page = open_page()
    page.open_state({"lens": "gradients", "lens_settings": {"depth": 44, "residual": False, "norm": True}})
    arguments = job_of(fake_client, "gradients").arguments
    assert page.lens == "gradients" and arguments["depths"] == (44,) and arguments["norm"] is True
    assert page.numbers()["gradients"]["residual"] is False
    assert len(asked(fake_client, "network")) == 1  # the picture and the network stay as they are


def test_several_changes_at_once_are_one_question(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(SYSTEM, fake_client)
    qtbot.addWidget(page)
    page.start()
    page.open_state({"variant": "resnet32"})
    page.open_input("coffee")
    qtbot.waitUntil(lambda: bool(fake_client.jobs()))
    (job,) = asked(fake_client, "network")
    assert job.arguments["variant"] == "resnet32" and job.arguments["picture"] == "coffee"


def test_what_is_stopped_leaves_the_page_as_it_was(qtbot: QtBot, open_page: Open, fake_client: Any) -> None:
    page = open_page()
    page.choose_network("resnet32")
    wait_for(qtbot, fake_client, variant="resnet32")
    job_of(fake_client, "network").cancel()
    page.open_input("coffee")
    wait_for(qtbot, fake_client, picture="coffee")
    assert job_of(fake_client, "network").arguments["variant"] == SYSTEM.variants[0].name


def test_a_class_that_the_next_network_does_not_know_is_let_go(qtbot: QtBot, open_page: Open, fake_client: Any, answers: Any) -> None:
    page = open_page()
    page.open_state({"lens": "class_activation", "lens_settings": {"class": "tabby cat", "opacity": 0.2}})
    job = job_of(fake_client, "class_activation")
    assert job.arguments["class_name"] is None
    lens: Any = page.parts["class_activation"]
    lens.choose_class("dog")
    page.open_input("coffee")
    answer(qtbot, page, answers.network("ship"))
    assert job_of(fake_client, "class_activation").arguments["class_name"] == "dog"


def test_projection_shows_the_strip_and_the_lens_alone(open_page: Open, answers: Any) -> None:
    page = open_page()
    fill_maps(page, answers)
    look.projection = True
    page.project(True)
    lens: Any = page.parts["feature_maps"]
    assert not page.known.isVisible() and not lens.grid.isVisible() and lens.pair.isVisible() and page.strip.isVisible()
    look.projection = False
    page.project(False)
    assert page.known.isVisible() and lens.grid.isVisible()


def test_in_projection_everything_fits_beside_a_claim(qtbot: QtBot, open_page: Open, answers: Any) -> None:
    page = open_page()
    fill_maps(page, answers)
    page.resize(1920, 1080)
    look.projection = True
    page.project(True)
    claim = Label("A claim that takes more than one line, as most of them do.", "section", wrap=True)
    claim.setFixedWidth(540)
    page.show_beside(claim)
    for lens_id in SYSTEM.lenses:
        page.set_lens(lens_id)
        qtbot.wait(20)
        assert page.body.height() <= page._scroll.viewport().height() and page.body.width() <= page._scroll.viewport().width(), lens_id


def test_the_stage_is_never_wider_than_its_room(qtbot: QtBot, open_page: Open, answers: Any) -> None:
    page = open_page()
    fill_maps(page, answers)
    lens: Any = page.parts["feature_maps"]
    lens.options_button.click()
    for look.language in ("en", "ja"):
        qtbot.wait(20)
        assert page.body.width() <= page._scroll.viewport().width() and lens.layout().minimumSize().width() <= lens.width()


# with the engine


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


def test_every_lens_with_the_running_engine(qtbot: QtBot, engine: Client, random_checkpoint: Path, tmp_path: Path) -> None:
    page = Page(SYSTEM, engine)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.restore({"weights": str(random_checkpoint)})
    qtbot.waitUntil(lambda: not page.busy(), timeout=120_000)
    assert page.last_error is None and page.states.card is None
    first = page.numbers()
    assert sum(entry["probability"] for entry in first["classes"]) <= 1.0 + 1e-6
    value = first["feature_maps"]["value"]
    lens: Any = page.parts["feature_maps"]
    shown = lens.grid.maps.values[first["feature_maps"]["map"], value["row"], value["column"]]
    assert value["steps"][-1][1] == pytest.approx(float(shown), abs=1e-4)  # the arithmetic ends in the map's own value
    assert value["sum"] == pytest.approx(value["steps"][0][1], abs=1e-5)
    for lens_id in SYSTEM.lenses:
        page.set_lens(lens_id)
        qtbot.waitUntil(lambda: not page.busy(), timeout=120_000)
        assert page.last_error is None, lens_id
        if lens_id in ("confusion", "atlas"):  # the user's own weights have no record of a test set
            assert lens_id not in page.results_by_lens(), lens_id
        else:
            assert page.results_by_lens()[lens_id] is not None and page.numbers()[lens_id], lens_id
        assert page.views(), lens_id
    assert len(page.strip._arcs) == 9 and page.strip.names()[0] == "conv1"
    page.set_lens("feature_maps")
    page.open_input(np.full((40, 60, 3), 200, np.uint8))
    qtbot.waitUntil(lambda: not page.busy(), timeout=120_000)
    assert page.numbers()["classes"] != first["classes"] and page.numbers()["given"]["crop"] == pytest.approx((10.0, 0.0, 50.0, 40.0))
    before = page.numbers()
    (tmp_path / "notes.txt").write_text("no picture")
    page.open_input(tmp_path / "notes.txt")
    qtbot.waitUntil(lambda: not page.busy(), timeout=120_000)
    assert isinstance(page.last_error, InputError) and page.numbers() == before
