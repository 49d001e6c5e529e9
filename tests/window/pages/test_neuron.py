"""The page of one neuron: handles, points, the rule example by example, XOR that never ends, state kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.client import Client, EngineLost
from explorer.window.look import look
from explorer.window.pages.neuron import HOPELESS, Page
from explorer.words import Text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from here_client import HereClient


@pytest.fixture
def client() -> HereClient:
    return HereClient()


@pytest.fixture
def page(qtbot: QtBot, client: HereClient) -> Page:
    made = Page(system("neuron"), client)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(804, 720)
    made.show()
    made.start()
    client.last_session.advance()
    return made


def facts(page: Page) -> dict[str, Any]:
    assert page.bundle is not None
    return dict(page.bundle.facts)


def test_a_handle_moves_the_line(qtbot: QtBot, page: Page) -> None:
    page.drawing.picture(1)
    before = facts(page)["line"]
    knob = next(k for k in page.drawing.knobs() if k.key == "w1")
    qtbot.mouseClick(page.drawing, Qt.MouseButton.LeftButton, pos=QPoint(round(knob.groove.right()), round(knob.groove.center().y())))
    assert facts(page)["weights"][0] == 3.0
    assert facts(page)["line"] != before
    assert page.numbers()["w1"] == 3.0


def test_it_learns_example_by_example(page: Page) -> None:
    page.open_input("and")
    page.tell("set", weights=[-1.0, -1.0], bias=0.0)
    for _ in range(60):
        page.player.step_button.click()
        if facts(page)["finished"]:
            break
    assert facts(page)["finished"]
    assert page.numbers()["accuracy"] == 1.0
    assert "learnt" in page.player.said.text
    assert "**100 %** right" in page.player.score.text


def test_xor_is_shown_failing(page: Page) -> None:
    page.open_input("xor")
    for _ in range(4 * (HOPELESS + 1)):
        page.tell("step")
    assert page.numbers()["accuracy"] <= 0.75
    assert "no line" in page.player.said.text
    assert not facts(page)["finished"]


def test_three_inputs_and_another_activation(page: Page) -> None:
    page.player.inputs._choose(1)
    page.player.activation._choose(2)
    page.set_number("x3", -2.0)
    assert page.numbers()["p3"] == pytest.approx(-2.0 * page.numbers()["w3"])
    page.drawing.picture(1)
    assert "x3" in [knob.key for knob in page.drawing.knobs()]
    assert facts(page)["activation"] == "tanh"


def test_own_points_and_a_table(qtbot: QtBot, page: Page, tmp_path: Path) -> None:
    page.own_button.click()
    page.surface.placed_with.emit(1.0, 1.0, False)
    page.surface.placed_with.emit(-1.0, 1.0, True)
    assert [point[2] for point in page.state()["points"]] == [0, 1]
    page.surface.placed_with.emit(1.0, 1.0, False)
    assert len(page.state()["points"]) == 1
    path = tmp_path / "points.csv"
    path.write_text("0,0,a\n1,1,b\n2,0,a\n3,1,b\n")
    page.open_path(str(path))
    qtbot.waitUntil(lambda: len(page.state()["points"]) == 4)
    before = page.state()
    path.write_text("0,0\n")
    page.open_path(str(path))
    qtbot.waitUntil(lambda: "three columns" in page.banner.label.text)
    assert page.state() == before


def test_state_comes_back_and_a_plot_opens_a_neuron(qtbot: QtBot, client: HereClient, page: Page) -> None:
    page.tell("set", weights=[0.5, -0.25], bias=0.75, activation="sigmoid", data="or")
    kept = json.loads(json.dumps(page.state()))
    other = Page(system("neuron"), client)  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.restore(kept)
    client.last_session.advance()
    assert facts(other)["weights"][:2] == [0.5, -0.25]
    assert (facts(other)["data"], facts(other)["activation"]) == ("or", "sigmoid")
    page.open_state({"data": "xor", "inputs": 2, "weights": [0.1, 0.2], "bias": -0.3, "activation": "step"})
    client.last_session.advance()
    assert facts(page)["weights"][:2] == pytest.approx([0.1, 0.2])
    assert facts(page)["data"] == "xor"


def test_a_lost_engine_keeps_the_page(client: HereClient, page: Page) -> None:
    page.tell("set", bias=0.5)
    client.last_session.lose(EngineLost(Text("止まりました。", "It stopped.")))
    assert page.banner.isVisible()
    page._again_after_loss()
    client.last_session.advance()
    assert facts(page)["bias"] == 0.5


def test_other_look_and_projection(qtbot: QtBot, page: Page) -> None:
    look.language, look.dark = "ja", True
    page.grab()
    assert "境界" in page.panel.line.text
    look.language, look.dark = "en", False
    look.projection = True
    page.project(True)
    page.resize(1920, 1080)
    qtbot.wait(10)
    assert page.body.height() <= page._scroll.height()
    look.projection = False
    page.project(False)


def test_with_the_running_engine(qtbot: QtBot) -> None:
    client = Client()
    page = Page(system("neuron"), client)
    qtbot.addWidget(page)
    page.show()
    page.start()
    try:
        qtbot.waitUntil(lambda: page.bundle is not None, timeout=200_000)
        page.set_number("b", 1.5)
        qtbot.waitUntil(lambda: page.numbers().get("bias") == 1.5 and not page.busy(), timeout=60_000)
        page.tell("set", data="and", speed=1000)
        page.play(True)
        qtbot.waitUntil(lambda: facts(page)["finished"], timeout=60_000)
        assert page.numbers()["accuracy"] == 1.0
    finally:
        page.hidden()
        client.close()
