"""The page of networks that segment: what it asks, what it shows, that nothing is lost when a picture is refused, and that its state comes back."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.catalogue.classes import CAMVID
from explorer.catalogue.drawn import DRAWN, TRUTH_OF, drawn_for
from explorer.results import Bundle, Curves, Edge, Graph, Maps, Mask, Node, Overlay, Picture, Scores, Series
from explorer.window.look import look
from explorer.window.pages.lenses.difference import NO_TRUTH
from explorer.window.pages.segment import Page
from explorer.words import InputError, Text, same
from tests.window.pages.answering import asked, reply, show

UNET = system("unet")
SYSTEM = replace(UNET, variants=(UNET.variant("unet-camvid"), UNET.variant("unet-membrane"), UNET.variant("unet-paper")), samples=("street", "street 2", "membrane"))
NAMES = tuple(words.en for words in CAMVID)
NOTE = Text("縮小しました。", "It was scaled down.")


def answered(notes: tuple[Text, ...] = ()) -> Bundle:
    """A picture that is sky above and road below, as a small network would say it."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (30, 40, 3)).astype(np.uint8)
    labels = np.zeros((30, 40), np.int64)
    labels[20:] = NAMES.index("road")
    whole = Picture(pixels, "street", notes)
    names = ("input", "down1", "bottom", "skip1", "join1")
    nodes = (Node("input", "input", (3, 30, 40)), *(Node(name, "block", (4, 30, 40), 100) for name in names[1:]))
    graph = Graph(nodes, tuple(Edge(a, b) for a, b in itertools.pairwise(names)))
    faces = {f"map:{name}": Maps(rng.random((1, 30, 40)), name) for name in names[1:]}
    values = np.full(11, 0.1 / 9)
    values[[0, 3]] = 0.5, 0.4
    facts = {
        "layers": names[1:], "layer": "join1", "crop": (0.0, 0.0, 40.0, 30.0), "highest": 3.0, "shares": [("sky", 2 / 3), ("road", 1 / 3)], "how": "scaled",
    }  # fmt: skip
    return Bundle({"mask": Mask(whole, labels, NAMES), "graph": graph, "scores": Scores(NAMES, values), "given": Picture(pixels), "picture": whole, **faces}, notes, facts)


def judged(iou: float = 0.75) -> Bundle:
    """The engine's comparison with a truth."""
    mask = answered().parts["mask"]
    assert isinstance(mask, Mask)
    truth = np.roll(mask.labels, 2, axis=0)
    errors = Curves((Series(same("errors"), np.array([1.0, 2.0]), np.array([50.0, 10.0]), main=True),), same("distance"), same("error"))
    facts = {"mean_iou": iou, "iou": {"sky": 0.9, "road": 0.6}, "accuracy": 0.9, "boundary_f": 0.4, "boundary_pixels": 3.0, "how": "scaled"}
    wrong = Overlay(mask.picture, (truth != mask.labels).astype(float), "wrong")
    return Bundle({"picture": mask.picture, "mask": mask, "truth": Mask(mask.picture, truth, NAMES), "difference": wrong, "errors": errors}, (), facts)


@pytest.fixture
def open_page(qtbot: QtBot, fake_client: Any) -> Callable[..., Page]:
    def make(entry: Any = SYSTEM, state: dict[str, Any] | None = None) -> Page:
        page = Page(entry, fake_client)
        show(qtbot, page)
        if state is None:
            page.start()
        else:
            page.restore(state)
        reply(qtbot, fake_client, Page.task, answered())
        return page

    return make


def test_the_first_sample_and_what_the_network_said(open_page: Callable[..., Page], fake_client: Any) -> None:
    page = open_page()
    first = asked(fake_client, Page.task)[0].arguments
    assert (first["system"], first["variant"], first["weights"], first["picture"]) == ("unet", "unet-camvid", None, "street")
    numbers = page.numbers()
    assert numbers["shares"] == {"sky": pytest.approx(2 / 3), "road": pytest.approx(1 / 3)} and numbers["how"] == "scaled"
    assert page.lens == "mask" and numbers["mask"]["shares"]["road"] == pytest.approx(1 / 3)
    assert page.strip.names() == ["down1", "bottom", "join1"]
    look.language = "ja"
    page._retell()
    assert page.strip._scores.names == ("空", "道路")  # type: ignore[union-attr]


def test_a_class_at_the_end_of_the_strip_opens_its_probability(qtbot: QtBot, open_page: Callable[..., Page], fake_client: Any) -> None:
    page = open_page()
    maps = Maps(np.full((11, 30, 40), 1 / 11), "", NAMES)
    reply(qtbot, fake_client, "segmentation.probability", Bundle({"maps": maps}))
    page.set_lens("filters")
    page.strip.output_chosen.emit("road")
    assert page.lens == "mask" and page.parts["mask"].settings()["probability"] == "road"


def test_a_picture_that_is_refused_leaves_what_was_there(qtbot: QtBot, open_page: Callable[..., Page], fake_client: Any) -> None:
    page = open_page()
    before = page.numbers()
    page.open_input("/nowhere/notes.txt")
    qtbot.waitUntil(lambda: asked(fake_client, Page.task)[-1].arguments["picture"] == "/nowhere/notes.txt")
    asked(fake_client, Page.task)[-1].fail(InputError(Text("画像ではありません。", "That is no picture.")))
    assert page.banner.isVisible() and page.banner.label.text == "That is no picture."
    assert page.numbers() == before and page.state()["input"] == "street"


def test_what_was_done_to_a_picture_is_said_but_not_of_our_own_drawings(qtbot: QtBot, open_page: Callable[..., Page], fake_client: Any) -> None:
    page = open_page()
    page.open_input("street 2")
    reply(qtbot, fake_client, Page.task, answered((NOTE,)))
    assert not page.banner.isVisible()
    page.open_input(np.zeros((900, 900, 3), np.uint8))
    reply(qtbot, fake_client, Page.task, answered((NOTE,)))
    assert page.banner.isVisible() and page.banner.label.text.startswith(f"{NOTE.en} It learnt only streets seen from a car")
    page.choose_network("unet-camvid", "/home/me/own.safetensors")
    reply(qtbot, fake_client, Page.task, answered((NOTE,)))
    assert page.banner.label.text == NOTE.en, "nobody knows what the user's own network learnt"


def test_the_state_comes_back(qtbot: QtBot, open_page: Callable[..., Page], fake_client: Any) -> None:
    page = open_page()
    page.open_input("street 2")
    reply(qtbot, fake_client, Page.task, answered())
    page.set_lens("difference")
    page.parts["difference"].drawing.changed.emit(6.0)  # type: ignore[attr-defined]
    page.choose_layer("down1")
    state = page.state()
    other = open_page(state=state)
    assert asked(fake_client, Page.task)[-1].arguments["picture"] == "street 2"
    assert other.lens == "difference" and other.layer == "down1" and other.state() == state


def test_a_drawn_sample_is_shown_to_a_network_that_knows_it(qtbot: QtBot, open_page: Callable[..., Page], fake_client: Any) -> None:
    bundled = replace(SYSTEM, variants=tuple(replace(one, weights="bundled") if TRUTH_OF.get(one.classes) else one for one in SYSTEM.variants))
    page = open_page(bundled)
    for sample, variant in (("membrane", "unet-membrane"), ("street", "unet-camvid")):
        page.choose_sample(sample, sample)
        job = reply(qtbot, fake_client, Page.task, answered())
        assert (job.arguments["picture"], job.arguments["variant"]) == (sample, variant)
    page.choose_network("unet-camvid", "/home/me/own.safetensors")
    reply(qtbot, fake_client, Page.task, answered())
    page.choose_sample("membrane", "membrane")  # the user's own weights stay
    job = reply(qtbot, fake_client, Page.task, answered())
    assert (job.arguments["variant"], job.arguments["weights"]) == ("unet-camvid", "/home/me/own.safetensors")


def test_against_the_truth_of_a_drawn_picture(qtbot: QtBot, open_page: Callable[..., Page], fake_client: Any) -> None:
    page = open_page(state={"input": "street 3", "lens": "difference"})
    job = reply(qtbot, fake_client, "segmentation.difference", judged())
    assert (job.arguments["kind"], job.arguments["seed"]) == ("streets", 2) and "picture" not in job.arguments  # the picture of the page
    part: Any = page.parts["difference"]
    assert "Mean IoU **0.75**" in part.scored.text and [entry.figure for entry in part.classes.entries] == ["0.90", "0.60"]
    part.drawing.changed.emit(11.0)
    job = reply(qtbot, fake_client, "segmentation.difference", judged(0.5))
    assert job.arguments["seed"] == 10 and page.numbers()["difference"]["mean_iou"] == 0.5
    wrong = part.view.grab().toImage()
    part.shown.chosen.emit("truth")
    assert part.view.grab().toImage() != wrong
    count = len(asked(fake_client, "segmentation.difference"))
    page.set_lens("filters")
    page.set_lens("difference")
    assert len(asked(fake_client, "segmentation.difference")) == count  # nothing has changed
    page.choose_network("unet-paper")
    reply(qtbot, fake_client, Page.task, answered())
    assert part.none.isVisible() and part.none.text == NO_TRUTH.en and len(asked(fake_client, "segmentation.difference")) == count


def test_drawn_samples_are_known_by_their_key() -> None:
    assert drawn_for("street 2", "camvid") is DRAWN["street 2"]
    assert drawn_for("street", "membrane") is None and drawn_for("cat", "camvid") is None and drawn_for(np.zeros(3), "camvid") is None
    for name in ("unet", "deeplabv3", "fastfcn"):
        assert set(system(name).samples) <= set(DRAWN)
