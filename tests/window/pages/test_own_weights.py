"""Weights of the user's own on the pages of networks: of the network on show, of another one of the system, of another system, of none, and hostile ones."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.results import Bundle
from explorer.window.pages import own_weights
from explorer.window.pages.classify import Page
from explorer.window.pages.opening import NO_WEIGHTS_HERE
from explorer.window.pages.own_weights import OPEN_THERE, OTHERS
from explorer.window.pages.picture_page import OWN_KINDS
from explorer.window.views.controls import Button
from explorer.words import InputError, Text, WeightsMissing
from tests.window.here_client import QueryClient
from tests.window.pages.answering import asked, reply, show

SYSTEM = system("resnet")
FIRST = SYSTEM.variants[0].name
REFUSED = Text("合いません。", "They do not fit.")


def drop(page: Any, path: Path | str) -> None:
    """Drag a file over the page and let go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    middle = QPointF(page.rect().center())
    args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    page.dragEnterEvent(QDragEnterEvent(middle.toPoint(), *args))
    page.dropEvent(QDropEvent(middle, *args))


def actions(page: Any) -> dict[str, Button]:
    return {button.accessibleName(): button for button in page.banner.findChildren(Button) if not button.isHidden()}


@pytest.fixture
def page(qtbot: QtBot, fake_client: Any, answers: Any) -> Page:
    """A page that shows its first sample through its first network; nothing else is asked any more."""
    made = Page(SYSTEM, fake_client)
    show(qtbot, made)
    made.set_lens("filters")
    made.start()
    reply(qtbot, fake_client, Page.task, answers.network())
    for job in fake_client.jobs():
        job.cancel()
    return made


# taken for weights


@pytest.mark.parametrize("name", ["own.safetensors", "own.pth", "own.pt", "OWN.CKPT"])
def test_a_dropped_file_of_weights_is_no_picture(qtbot: QtBot, page: Page, fake_client: Any, answers: Any, name: str) -> None:
    drop(page, f"/home/me/{name}")
    job = reply(qtbot, fake_client, Page.task, answers.network("dog"))
    assert (job.arguments["variant"], job.arguments["weights"], job.arguments["picture"]) == (FIRST, f"/home/me/{name}", SYSTEM.samples[0])
    assert page.shows.weights == f"/home/me/{name}" and name in page.caption.text and page._samples[SYSTEM.samples[0]].chosen


def test_open_lists_weights_and_takes_them(qtbot: QtBot, page: Page, fake_client: Any, answers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[str] = []

    def choose(parent: Any, title: str, folder: str, kinds: str) -> tuple[str, str]:
        listed.extend(kinds.split(";;"))
        return "/home/me/own.pth", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    page.ask_for_file()
    assert len(listed) == 3 and "*.png" in listed[0] and listed[1].startswith(OWN_KINDS.en) and "*.safetensors" in listed[1]
    assert reply(qtbot, fake_client, Page.task, answers.network()).arguments["weights"] == "/home/me/own.pth"


def test_a_page_without_use_for_them_says_so(stub_page: Any) -> None:
    stub_page.choose_sample("s1", "s1")
    drop(stub_page, "/home/me/own.pth")
    assert stub_page.opened == ["s1"] and stub_page.banner.label.text == NO_WEIGHTS_HERE.format(name="own.pth").en
    assert stub_page._samples["s1"].chosen


# whose they are, with an engine that the test answers for


def refuse(qtbot: QtBot, client: Any, lane: str, error: InputError) -> None:
    qtbot.waitUntil(lambda: any(job.lane == lane for job in client.jobs()))
    next(job for job in client.jobs() if job.lane == lane).fail(error)


def test_what_was_chosen_meanwhile_stays(qtbot: QtBot, page: Page, fake_client: Any, answers: Any) -> None:
    page.open_weights("/home/me/own.pth")
    refuse(qtbot, fake_client, "resnet:answer", InputError(REFUSED))
    assert page.banner.isHidden() and page.busy(), "first it is found out whose they are"
    page.choose_network("resnet32")
    reply(qtbot, fake_client, Page.task, answers.network("ship"))
    reply(qtbot, fake_client, "comparison.whose", Bundle({}, facts={"system": "resnet", "variant": "resnet56"}))
    qtbot.wait(10)
    assert (page.shows.variant, page.shows.weights, page.wanted) == ("resnet32", None, page.shows)


def test_weights_that_fit_are_not_to_blame_for_a_picture(qtbot: QtBot, page: Page, fake_client: Any) -> None:
    page.open_weights("/home/me/own.pth")
    page.open_input("/home/me/notes.txt")
    refuse(qtbot, fake_client, "resnet:answer", InputError(Text("画像ではありません。", "That is no picture.")))
    reply(qtbot, fake_client, "comparison.whose", Bundle({}, facts={"system": "resnet", "variant": FIRST}))
    assert page.banner.label.text == "That is no picture." and page.wanted is page.shows and page.shows.weights is None
    assert len(asked(fake_client, "comparison.whose")) == 1 and not [job for job in fake_client.jobs() if job.task == Page.task]


def test_without_an_answer_the_card_says_it_and_weights_that_are_missing_can_still_be_fetched(qtbot: QtBot, page: Page, fake_client: Any) -> None:
    page.choose_network("resnet18-imagenet")
    qtbot.waitUntil(lambda: any(job.task == Page.task for job in fake_client.jobs()))
    asked(fake_client, Page.task)[-1].fail(WeightsMissing(Text("重みがありません。", "The weights are not here."), 46_830_571))
    drop(page, "/home/me/own.pth")
    refuse(qtbot, fake_client, "resnet:answer", InputError(REFUSED))
    refuse(qtbot, fake_client, "resnet:owner", InputError(Text("誰のでもありません。", "They are nobody's.")))
    assert page.banner.label.text == REFUSED.en and page.states.card is not None and page.states.card.kind == "missing" and "download" in page.states.card.buttons


def test_a_detector_finds_the_fitting_one_among_its_own(qtbot: QtBot, fake_client: Any) -> None:
    from explorer.window.pages.detect import Page as Detectors
    from tests.window.pages.test_detect import answered

    page = Detectors(system("ssd"), fake_client)
    show(qtbot, page)
    page.start()
    reply(qtbot, fake_client, Detectors.task, answered())
    drop(page, "/home/me/own.pth")
    refuse(qtbot, fake_client, "ssd:answer", InputError(REFUSED))
    bundle = answered()
    job = reply(qtbot, fake_client, Detectors.task, Bundle(bundle.parts, facts={**bundle.facts, "variant": "ssdlite320-coco"}))
    assert (job.lane, job.arguments["variant"], job.arguments["weights"]) == ("ssd:owner", None, "/home/me/own.pth")
    job = reply(qtbot, fake_client, Detectors.task, answered())
    assert job.arguments["variant"] == "ssdlite320-coco" == page.shows.variant and page.shows.weights == "/home/me/own.pth"


# with the engine itself


Checkpoint = Callable[..., Path]


@pytest.fixture
def running(qtbot: QtBot, random_checkpoint: Path) -> Page:
    """A page whose tasks run in this process, at ResNet-20 with random weights."""
    page = Page(SYSTEM, QueryClient())  # type: ignore[arg-type]
    show(qtbot, page)
    page.set_lens("filters")
    page.restore({"weights": str(random_checkpoint)})
    settle(qtbot, page)
    assert page.last_error is None and page.shows.variant == FIRST
    return page


def settle(qtbot: QtBot, page: Page) -> None:
    qtbot.waitUntil(lambda: not page.busy(), timeout=200_000)


def test_weights_of_another_network_of_the_system_are_looked_at_with_that(qtbot: QtBot, running: Page, checkpoint_of: Checkpoint) -> None:
    path = checkpoint_of("resnet", "resnet32")
    drop(running, path)
    settle(qtbot, running)
    assert running.last_error is None and running.banner.isHidden()
    assert (running.shows.variant, running.shows.weights) == ("resnet32", str(path)) and "32" in running.title.text and path.name in running.caption.text
    assert running.shows.picture == SYSTEM.samples[0]


def test_weights_of_another_system_are_named_and_open_there(
    qtbot: QtBot, running: Page, checkpoint_of: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, path = running.shows, checkpoint_of("squeezenet")
    owner = system("squeezenet")
    monkeypatch.setattr(own_weights, "ready", lambda entry: entry.id == "squeezenet")
    drop(running, path)
    settle(qtbot, running)
    assert running.shows is before and running.wanted is before
    assert running.banner.label.text == OTHERS.format(name=path.name, owner=owner.variants[0].label, here=SYSTEM.name).en
    wanted: list[tuple[str, dict[str, Any]]] = []
    running.state_wanted.connect(lambda *one: wanted.append(one))
    there = OPEN_THERE.format(system=owner.name).en
    qtbot.waitUntil(lambda: there in actions(running))
    actions(running)[there].click()
    ((page_id, state),) = wanted
    assert page_id == "squeezenet" and running.banner.isHidden()
    other = Page(owner, running.client)
    show(qtbot, other)
    other.set_lens("filters")
    other.start()
    other.open_state(state)  # as the window does, which brings it to the front
    settle(qtbot, other)
    assert (other.shows.variant, other.shows.weights, other.last_error) == (owner.variants[0].name, str(path), None)
    monkeypatch.setattr(own_weights, "ready", lambda entry: False)
    drop(running, path)
    settle(qtbot, running)
    qtbot.waitUntil(lambda: bool(actions(running)))
    assert running.banner.isVisible() and there not in actions(running), "there is no such page yet"


class Hostile:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("/tmp/ds-explorer-was-run"),)


@pytest.mark.parametrize(("name", "said"), [("cut.safetensors", "cut off or damaged"), ("code.pth", "code that would run"), ("text.pt", "does not seem"), ("nobody.pth", "does not belong"), ("gone.pth", "not found")])
def test_damaged_hostile_and_strange_files_are_refused_and_nothing_is_lost(
    qtbot: QtBot, running: Page, random_checkpoint: Path, tmp_path: Path, name: str, said: str
) -> None:
    import torch

    path = tmp_path / name
    if name == "cut.safetensors":
        path.write_bytes(random_checkpoint.read_bytes()[:5000])
    elif name == "code.pth":
        path.write_bytes(pickle.dumps({"conv1.weight": Hostile()}))
    elif name == "text.pt":
        path.write_text("These are no weights.")
    elif name == "nobody.pth":
        torch.save({"layer.weight": torch.zeros(3, 3)}, path)
    before, numbers = running.shows, running.numbers()
    drop(running, path)
    settle(qtbot, running)
    assert said in running.banner.label.text and name in running.banner.label.text, running.banner.label.text
    assert running.shows is before and running.wanted is before and running.numbers() == numbers
    assert not Path("/tmp/ds-explorer-was-run").exists()
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(tmp_path / "next.png")
    drop(running, tmp_path / "next.png")
    settle(qtbot, running)
    assert running.last_error is None and str(running.shows.picture).endswith("next.png")
    assert running.shows.weights == before.weights, "the next picture goes through the weights before"
