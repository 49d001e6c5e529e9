"""Two networks side by side: both follow the same picture, lens, class and share of the depth."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer import catalogue
from explorer.results import Bundle, Maps, Overlay, Picture
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.compare import Page
from explorer.window.pages.compared_lens import is_panel
from explorer.window.pages.network_column import Network, bundled, default_pair, network_of
from explorer.words import InputError, Text

SCENE = catalogue.page("compare")
PAIR = [["resnet", "resnet20", None], ["resnet", "resnet32", None]]
Make = Callable[..., Page]


def newest(client: Any, task: str, variant: str | None = None) -> Any:
    """The newest live job for a task, and for a variant."""
    return next(job for job in reversed(client.jobs()) if job.task == task and variant in (None, job.arguments.get("variant")))


def whole() -> Picture:
    return Picture(np.random.default_rng(1).integers(0, 255, (60, 80, 3)).astype(np.uint8))


def answered(client: Any, task: str, result: Any, variant: str | None = None) -> Any:
    job = newest(client, task, variant)
    job.answer(result)
    job.finish()
    return job


@pytest.fixture
def open_page(qtbot: QtBot, fake_client: Any, answers: Any) -> Make:
    """A page on which both networks have answered."""

    def make(state: dict[str, Any] | None = None, best: tuple[str, str] = ("cat", "dog")) -> Page:
        page = Page(SCENE, fake_client)
        qtbot.addWidget(page)
        page.resize(804, 720)
        page.show()
        page.restore({"networks": PAIR, **(state or {})})
        answered(fake_client, "recognition.open_picture", whole())
        for variant, name in zip(("resnet20", "resnet32"), best, strict=True):
            answered(fake_client, "recognition.network", answers.network(name), variant)
        return page

    return make


def test_both_look_at_the_same_picture_and_the_answers_are_compared(open_page: Make, fake_client: Any, answers: Any) -> None:
    page = open_page()
    looked = [job.arguments for job in fake_client.asked if job.task == "recognition.network"]
    assert {one["picture"] for one in looked} == {SCENE.samples[0]} and [one["variant"] for one in looked] == ["resnet20", "resnet32"]
    assert page.verdict.text == "Left says **cat** (90 %), right says **dog** (90 %)."
    look.language = "ja"
    assert "**猫**" in page.verdict.text
    page.open_input("coffee")
    answered(fake_client, "recognition.open_picture", whole())
    assert {newest(fake_client, "recognition.network", v).arguments["picture"] for v in ("resnet20", "resnet32")} == {"coffee"}


def test_the_class_is_the_same_for_both(open_page: Make, fake_client: Any) -> None:
    page = open_page({"lens": "class_activation"})
    asked = [newest(fake_client, "recognition.class_activation", v).arguments["class_name"] for v in ("resnet20", "resnet32")]
    assert asked[0] == asked[1] and asked[0] in ("cat", "dog")
    page.choose_class("ship")
    asked = [newest(fake_client, "recognition.class_activation", v).arguments["class_name"] for v in ("resnet20", "resnet32")]
    assert asked == ["ship", "ship"] and page.numbers()["class"] == "ship"


def test_what_is_set_for_one_lens_holds_for_both(open_page: Make, fake_client: Any) -> None:
    page = open_page({"lens": "class_activation"})
    heat = Overlay(whole(), np.zeros((60, 80)), "cat", "layer3")
    for variant, methods in (("resnet20", ("cam", "grad-cam")), ("resnet32", ("grad-cam",))):
        answered(fake_client, "recognition.class_activation", Bundle({"overlay": heat}, facts={"methods": methods, "method": methods[0]}), variant)
    left, right = page.pairs["class_activation"].parts
    left.opacity.set_value(0.2)  # type: ignore[attr-defined]
    left.opacity.changed.emit(0.2)  # type: ignore[attr-defined]
    assert right.opacity.value == pytest.approx(0.2)  # type: ignore[attr-defined]
    left.method_menu._choose("grad-cam")  # type: ignore[attr-defined]
    assert newest(fake_client, "recognition.class_activation", "resnet32").arguments["method"] == "grad-cam"
    left.method_menu._choose("cam")  # type: ignore[attr-defined]
    assert newest(fake_client, "recognition.class_activation", "resnet20").arguments["method"] == "cam"
    assert right.method == ""  # type: ignore[attr-defined]  # exact at the last layer of the other only: what is best there


def test_depth_is_a_share_of_the_layers(open_page: Make, fake_client: Any, answers: Any) -> None:
    page = open_page({"lens": "feature_maps"})
    layers = page.columns[0].layers()
    deeper = answers.network("dog")
    deeper.facts["layers"] = tuple(f"b{k}" for k in range(2 * len(layers) - 1))  # type: ignore[index]
    page.columns[1].choose(Network("resnet", "resnet110"))
    answered(fake_client, "recognition.network", deeper, "resnet110")
    for index, name in enumerate(layers):
        page.columns[0].choose_layer(name)
        assert page.columns[0].layer == name and page.columns[1].layer == f"b{2 * index}"
    page.set_depth(0.0)
    assert newest(fake_client, "recognition.feature_maps", "resnet20").arguments["layer"] == layers[0]
    assert newest(fake_client, "recognition.feature_maps", "resnet110").arguments["layer"] == "b0"


def test_a_part_of_the_picture_goes_to_both(open_page: Make, fake_client: Any) -> None:
    page = open_page()
    page.columns[1].use_part((10, 5, 30, 25))
    given = [newest(fake_client, "recognition.network", v).arguments["picture"] for v in ("resnet20", "resnet32")]
    assert all(one.shape == (20, 20, 3) for one in given) and np.array_equal(given[0], whole().pixels[5:25, 10:30])
    page.use_part((0, 0, 9999, 10))
    assert newest(fake_client, "recognition.network", "resnet20").arguments["picture"] == SCENE.samples[0]


def test_what_is_refused_leaves_the_page_as_it_was(open_page: Make, fake_client: Any) -> None:
    page = open_page()
    before = page.numbers()
    page.columns[0].menu._choose("squeezenet/squeezenet1.1-small")
    newest(fake_client, "recognition.network", "squeezenet1.1-small").fail(InputError(Text("だめ", "No.")))
    assert not page.banner.isHidden() and page.numbers() == before and page.columns[0].menu.current == "resnet/resnet20"
    page.open_input("gone.png")
    newest(fake_client, "recognition.open_picture").fail(InputError(Text("だめ", "No.")))
    assert page.numbers() == before and page.state()["input"] == SCENE.samples[0]


def test_whose_weights_a_file_holds_is_found_out(open_page: Make, fake_client: Any) -> None:
    page = open_page()
    for open_, side in ((page.columns[0].open_weights, "left"), (page.open_path, "right")):  # as the menu of a column does, and as a drop on the page
        open_(f"/tmp/{side}.pth")
        answered(fake_client, "comparison.whose", Bundle({}, facts={"system": "vgg", "variant": "vgg19"}))
        job = newest(fake_client, "recognition.network", "vgg19")
        assert side in job.lane and job.arguments["weights"] == f"/tmp/{side}.pth" and job.arguments["system"] == "vgg"


def test_a_lens_that_one_network_does_not_have_is_said(open_page: Make, fake_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page({"lens": "feature_maps"})
    poor = dataclasses.replace(catalogue.system("resnet"), lenses=("feature_maps",))
    monkeypatch.setattr("explorer.window.pages.network_column.system", lambda _: poor)
    page.set_lens("filters")
    pair = page.pairs["filters"]
    assert pair.lacks[0].isVisible() and "ResNet" in pair.lacks[0].text and not pair.parts[0].isVisible()
    assert not [job for job in fake_client.jobs() if job.task == "recognition.filters"]


def test_the_state_comes_back(open_page: Make, fake_client: Any) -> None:
    page = open_page({"lens": "occlusion", "class": "ship", "depth": 0.5})
    kept = page.state()
    assert kept["networks"] == PAIR and kept["class"] == "ship" and kept["depth"] == 0.5 and kept["lens"] == "occlusion"
    again = open_page({key: value for key, value in kept.items() if key != "networks"})
    assert again.state() == kept
    for bad in (None, [], ["resnet"], ["resnet", "resnet9000", None], ["nobody", "x", None]):
        assert network_of(bad) is None


def test_a_click_opens_the_page_of_a_network(open_page: Make, qtbot: QtBot) -> None:
    page = open_page()
    with qtbot.waitSignal(page.state_wanted) as wanted:
        page.columns[0].open_button.clicked.emit()
    assert wanted.args == ["resnet", {"variant": "resnet20", "weights": None}]


def test_at_first_the_oldest_and_the_newest_that_are_here() -> None:
    networks = [Network("resnet", "resnet20"), Network("cnn", "cnn"), Network("efficientnet", "x"), Network("resnet", "resnet32")]
    assert [one.system for one in default_pair(networks)] == ["cnn", "efficientnet"]
    assert default_pair(networks[:1] + networks[3:]) == (networks[0], networks[3])
    assert Network("resnet", "resnet20") in bundled()


def test_the_page_names_no_system() -> None:
    for module in ("compare", "compared_lens", "network_column", "network_answer"):
        source = (Path(catalogue.__file__).parents[1] / "window" / "pages" / f"{module}.py").read_text(encoding="utf-8")
        assert not [one.id for one in catalogue.SYSTEMS if f'"{one.id}"' in source]


def test_nothing_is_wider_than_its_room(qtbot: QtBot, open_page: Make, answers: Any) -> None:
    page = open_page()
    for look.language in ("en", "ja"):
        for lens_id in page.lens_area.ids():
            page.set_lens(lens_id)
            qtbot.wait(10)
            assert page.body.width() <= page._scroll.viewport().width(), lens_id


def test_in_projection_the_lenses_have_the_room(qtbot: QtBot, open_page: Make) -> None:
    page = open_page({"lens": "class_activation"})
    page.resize(1920, 1080)
    look.projection = True
    page.project(True)
    qtbot.wait(20)
    parts = page.pairs["class_activation"].parts
    assert parts[0].height() == parts[1].height() > 0.4 * page.height() and page.verdict.isVisible()
    look.projection = False
    page.project(False)
    assert page.columns[0].bars.isVisible()


# lenses that not every network has, and what half a page shows


def answered_by(client: Any, page: Page, answers: Any, side: int, network: Network) -> None:
    page.columns[side].choose(network)
    answered(client, "recognition.network", answers.network("dog"), network.variant)


def test_the_lenses_offered_are_those_that_either_network_has(qtbot: QtBot, open_page: Make, fake_client: Any, answers: Any) -> None:
    page = open_page()
    assert "gradients" in page.lens_area.ids() and "fire" not in page.lens_area.ids()
    squeezenet = Network("squeezenet", catalogue.system("squeezenet").variants[0].name)
    answered_by(fake_client, page, answers, 1, squeezenet)
    page.set_lens("fire")
    qtbot.wait(20)
    pair = page.pairs["fire"]
    assert pair.lacks[0].isVisible() and "ResNet" in pair.lacks[0].text and pair.parts[1].isVisible()
    assert [job.arguments["variant"] for job in fake_client.jobs() if job.task == "recognition_panels.fire"] == [squeezenet.variant]
    assert pair.parts[1].width() > 0.7 * page.width()  # the room that the other does not need
    answered_by(fake_client, page, answers, 1, Network("resnet", "resnet32"))
    assert "fire" not in page.lens_area.ids() and page.lens == page.lens_area.ids()[0] and page.pairs[page.lens].isVisible()


def test_a_panel_stands_in_both_halves_and_both_follow(qtbot: QtBot, open_page: Make, fake_client: Any) -> None:
    page = open_page({"lens": "gradients"})
    qtbot.wait(20)
    left, right = page.pairs["gradients"].parts
    assert left.isVisible() and right.isVisible() and abs(left.width() - right.width()) < 4 and left.height() >= 600
    left.norm_switch.click()  # type: ignore[attr-defined]
    asked = [newest(fake_client, "recognition.gradients", v).arguments["norm"] for v in ("resnet20", "resnet32")]
    assert asked == [True, True] and right.norm  # type: ignore[attr-defined]
    kept = page.state()
    again = open_page({"lenses": kept["lenses"]})
    assert again.pairs["gradients"].parts[1].norm  # type: ignore[attr-defined]


def test_a_lens_that_neither_has_brings_a_network_that_has_it(open_page: Make, fake_client: Any, answers: Any) -> None:
    page = open_page()
    squeezenet = Network("squeezenet", catalogue.system("squeezenet").variants[0].name)
    page.networks = [*page.networks, squeezenet]
    page.set_lens("fire")
    answered(fake_client, "recognition.network", answers.network("dog"), squeezenet.variant)
    assert page.lens == "fire" and page.columns[1].network == squeezenet
    page.networks = []
    with pytest.raises(InputError, match="None of the networks"):
        page.set_lens("dense")


def maps_of(count: int, side: int, layer: str) -> Maps:
    return Maps(np.random.default_rng(count).normal(size=(count, side, side)), layer)


def test_half_a_page_also_shows_one_value_of_a_map_and_the_tensor(open_page: Make, fake_client: Any) -> None:
    page = open_page({"lens": "feature_maps"})
    for variant, side in (("resnet20", 8), ("resnet32", 16)):
        answered(fake_client, "recognition.feature_maps", maps_of(4, side, page.columns[0].layer), variant)
    left, right = page.pairs["feature_maps"].parts
    assert not [job for job in fake_client.asked if job.task == "recognition.convolution"]
    left.shown_choice.chosen.emit("sum")  # type: ignore[attr-defined]
    assert right.shown == "sum" and not left.grid.isVisible() and left.right.isVisible()  # type: ignore[attr-defined]
    for variant, part in (("resnet20", left), ("resnet32", right)):
        assert newest(fake_client, "recognition.convolution", variant).arguments["output_map"] == part.grid.selected  # type: ignore[attr-defined]
    while waiting := [job for job in fake_client.jobs() if job.task == "recognition.convolution"]:  # each asks for the newest place when the one before is done
        for job in waiting:
            job.finish()
    left._cell(2, 7)  # type: ignore[attr-defined]
    where = newest(fake_client, "recognition.convolution", "resnet32").arguments
    assert (where["row"], where["column"]) == (5, 15)  # the same place of the picture, in a map twice as large
    left.shown_choice.chosen.emit("facts")  # type: ignore[attr-defined]
    assert {job.arguments["variant"] for job in fake_client.jobs() if job.task == "recognition.tensor"} == {"resnet20", "resnet32"}
    assert page.state()["lenses"]["feature_maps"][1]["shown"] == "facts"


def test_half_a_page_also_shows_what_excites_a_unit_and_where_real_pictures_do(open_page: Make, fake_client: Any) -> None:
    page = open_page({"lens": "excites"})
    left, right = page.pairs["excites"].parts
    assert page.class_menu.isVisible() and not page.depth_slider.isVisible()
    assert not [job for job in fake_client.asked if job.task == "recognition.strongest_patches"]
    left.shown_choice.chosen.emit("real")  # type: ignore[attr-defined]
    assert {job.arguments["variant"] for job in fake_client.jobs() if job.task == "recognition.strongest_patches"} == {"resnet20", "resnet32"}
    assert right._right.isVisible() and not right.view.isVisible()  # type: ignore[attr-defined]
    left.what.chosen.emit("unit")  # type: ignore[attr-defined]
    assert not right.by_class and page.depth_slider.isVisible() and not page.class_menu.isVisible()  # type: ignore[attr-defined]
    for variant in ("resnet20", "resnet32"):
        answered(fake_client, "recognition.feature_maps", maps_of(9, 4, page.columns[0].layer), variant)
    right.number.released.emit(5.0)  # type: ignore[attr-defined]
    assert newest(fake_client, "recognition.excites", "resnet32").arguments["unit"] == 5
    assert newest(fake_client, "recognition.excites", "resnet20").arguments["unit"] == 0  # a unit means nothing to the other network


def test_half_a_page_also_shows_all_kernels_of_a_map(open_page: Make, fake_client: Any) -> None:
    page = open_page({"lens": "filters"})
    left = page.pairs["filters"].parts[0]
    answered(fake_client, "recognition.filters", Bundle({"filters": maps_of(4, 3, "layer1")}), "resnet20")
    answered(fake_client, "recognition.filters", Bundle({"filters": maps_of(6, 3, "layer1")}), "resnet20")
    assert left.kernels.isVisible() and len(left.kernels.maps.values) == 6  # type: ignore[attr-defined]


# with the engine


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


def settled(qtbot: QtBot, page: Page, what: str) -> None:
    qtbot.waitUntil(lambda: not page.busy(), timeout=200_000)
    assert page.last_error is None, what


def chosen(system_id: str, checkpoint: Path) -> list[str]:
    return [system_id, catalogue.system(system_id).variants[0].name, str(checkpoint)]


def test_lenses_with_the_running_engine(qtbot: QtBot, engine: Client, random_checkpoint: Path, checkpoint_of: Callable[[str], Path]) -> None:
    page = Page(SCENE, engine)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.restore({"networks": [chosen("resnet", random_checkpoint), chosen("squeezenet", checkpoint_of("squeezenet"))], "depth": 0.5})
    settled(qtbot, page, "answers")
    offered = page.lens_area.ids()
    assert set(offered) == {*catalogue.system("resnet").lenses, *catalogue.system("squeezenet").lenses}
    for lens_id in offered:
        page.set_lens(lens_id)
        settled(qtbot, page, lens_id)
        sides = [side for side, column in enumerate(page.columns) if lens_id in column.entry.lenses]
        assert [bool(page.numbers()["networks"][side][lens_id]) for side in sides] == [True] * len(sides), lens_id
        assert [not lack.isVisible() for lack in page.pairs[lens_id].lacks] == [side in sides for side in (0, 1)], lens_id
        if lens_id not in ("confusion", "atlas"):  # those are measured for bundled weights only
            assert page.views() and {f"{lens_id}-{('left', 'right')[side]}" for side in sides} <= set(page.results_by_lens()), lens_id
    first, second = page.numbers()["networks"]
    assert first["system"] == "resnet" and second["system"] == "squeezenet" and first["classes"] != second["classes"]


@pytest.mark.parametrize("pair", [("cnn", "vgg"), ("wide_resnet", "pyramidnet"), ("densenet", "mobilenet"), ("efficientnet", "efficientnet")])
def test_what_sets_a_network_apart_beside_another_with_the_running_engine(
    pair: tuple[str, str], qtbot: QtBot, engine: Client, checkpoint_of: Callable[[str], Path]
) -> None:
    page = Page(SCENE, engine)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    small = {"width": [{"depth": 10, "widen": 1}] * 2}
    page.restore({"networks": [chosen(one, checkpoint_of(one)) for one in pair], "lenses": small})
    settled(qtbot, page, "answers")
    own = [lens_id for lens_id in page.lens_area.ids() if is_panel(lens_id)]
    assert len(own) == len(set(pair))
    for lens_id in own:
        page.set_lens(lens_id)
        settled(qtbot, page, lens_id)
        for side, column in enumerate(page.columns):
            has = lens_id in column.entry.lenses
            assert bool(page.pairs[lens_id].parts[side].result()) == has == (f"{lens_id}-{('left', 'right')[side]}" in page.results_by_lens())
        assert page.body.width() <= page._scroll.viewport().width()
