"""Pages of two learners side by side: what each shows and says, what the player sends, refusals, the engine lost, state, looks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import PAGES, page
from explorer.catalogue.readiness import ready
from explorer.window.client import EngineLost
from explorer.window.look import look
from explorer.window.pages import build_page, pair_page, rewards_answers, table_network
from explorer.window.pages.pair_page import PairPage
from explorer.words import Text
from tests.window.here_client import HereClient

SCENES = ("rewards_answers", "table_network")


def opened(qtbot: QtBot, scene: str, **state: Any) -> PairPage:
    torch.set_num_threads(1)
    client = HereClient()
    made = build_page(page(scene), client)  # type: ignore[arg-type]
    assert isinstance(made, PairPage)
    qtbot.addWidget(made)
    made.resize(804, 720)
    made.show()
    made.restore({"world": page(scene).samples[0], "playing": False, "until": 0, **state})
    client.last_session.advance()
    return made


def sent(made: PairPage) -> list[tuple[str, dict[str, Any]]]:
    return made.client.last_session.sent  # type: ignore[attr-defined, no-any-return]


@pytest.fixture(params=SCENES)
def pair(request: pytest.FixtureRequest, qtbot: QtBot) -> PairPage:
    return opened(qtbot, request.param)


def test_both_scenes_are_ready_and_the_first_opens_the_chapter() -> None:
    assert all(ready(page(scene)) for scene in SCENES)
    chapter = [one.id for one in PAGES if one.section == "reinforcement"]
    assert chapter[0] == "rewards_answers" and chapter[-1] == "table_network"


def test_both_sides_show_what_they_know(pair: PairPage) -> None:
    pair.send("step", {"count": 40})
    numbers = pair.numbers()
    assert numbers["steps"] == 40 and pair.player.count.text == "40" and not pair.busy()
    assert all(grid.has_content() for grid in pair.grids) and pair.curve.has_content()
    assert set(pair.results_by_lens()) == {"left", "right", "curve", "numbers"}
    json.dumps(numbers)


def test_the_player_tells_the_session(pair: PairPage, qtbot: QtBot) -> None:
    pair.player.step.click()
    assert sent(pair)[-1] == ("step", {}) and pair.numbers()["steps"] == 1
    pair.player.sliders["epsilon"].changed.emit(0.5)
    assert pair.facts["settings"]["epsilon"] == 0.5
    pair.player.speed.changed.emit(100_000.0)
    assert pair.facts["speed"] == 0.0
    qtbot.keyClick(pair, Qt.Key.Key_Period)
    assert pair.numbers()["steps"] == 2
    pair.player.over.click()
    assert pair.numbers()["steps"] == 0 and pair.facts["settings"]["epsilon"] == 0.5


def test_a_click_on_a_panel_opens_its_page(pair: PairPage, qtbot: QtBot) -> None:
    for panel, leads in zip(pair.panels, page(pair.system.id).leads_to, strict=True):
        assert ready(page(leads))
        with qtbot.waitSignal(pair.page_wanted) as wanted:
            qtbot.keyClick(panel, Qt.Key.Key_Return)
        assert wanted.args == [leads]


def test_what_each_was_told_is_said_and_only_where_it_can_be_read(qtbot: QtBot) -> None:
    made = opened(qtbot, "rewards_answers")
    made.send("step")
    facts = made.facts
    slow = made.said_of(facts, made.values(), True)
    assert f"State {facts['told']['state']}: it was told" in slow[0].en and "Nobody says" in slow[1].en
    fast = made.said_of(facts, made.values(), False)
    assert "it was told" not in fast[0].en and fast[0].en.startswith("1 answers") and "0 rewards" in fast[1].en
    assert made.panels[0].how.text == look.say(slow[0])


def test_a_map_is_generated_and_another(qtbot: QtBot) -> None:
    made = opened(qtbot, "rewards_answers")
    assert isinstance(made, rewards_answers.Page) and made.another.isHidden()
    made.worlds.chosen.emit("FrozenLake-v1 generated")
    before = made.facts["world"]
    assert made.worlds.current == "FrozenLake-v1 generated" and not made.another.isHidden()
    made.another.click()
    assert made.facts["world"] != before and made.last_error is None


def test_nine_states_then_endless_ones(qtbot: QtBot) -> None:
    made = opened(qtbot, "table_network")
    assert isinstance(made, table_network.Page) and made.cells.isHidden() and "36 numbers" in made.said_of(made.facts, made.values(), True)[0].en
    weights = made.values()["parameters"]
    made.send("world", {"world": "endless"})
    assert not made.cells.isHidden() and made.worlds.current == "endless" and "12×12" in made.panels[0].how.text
    made.send("step", {"count": 30})
    made.send("set", {"cells": 24})
    assert made.cells.current == "24" and made.values()["numbers"] == 2304 and made.values()["parameters"] == weights


def test_a_world_that_cannot_be_is_said_and_the_page_stays(pair: PairPage) -> None:
    before = pair.numbers()
    pair.send("world", {"world": "Pendulum-v1"})
    assert not pair.banner.isHidden() and pair.numbers() == before


def test_a_lost_engine_is_said_and_what_was_learnt_is_learnt_again(pair: PairPage) -> None:
    pair.send("step", {"count": 25})
    pair.client.last_session.lose(EngineLost(Text("止まりました", "It stopped")))  # type: ignore[attr-defined]
    assert not pair.banner.isHidden() and pair.numbers()["steps"] == 25
    pair._again()
    assert pair.client.last_session.arguments["until"] == 25 and pair.banner.isHidden()  # type: ignore[attr-defined]


def test_the_state_survives_a_restart(pair: PairPage, qtbot: QtBot) -> None:
    pair.send("set", {"epsilon": 0.4})
    pair.send("step", {"count": 10})
    state = json.loads(json.dumps(pair.state()))
    other = opened(qtbot, pair.system.id, **state)
    assert other.client.last_session.arguments["until"] == 10 and other.facts["settings"]["epsilon"] == 0.4  # type: ignore[attr-defined]
    pair.hidden()
    assert not pair.live.running


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_drawn_in_every_look_without_scrolling(pair: PairPage, language: str, dark: bool) -> None:
    pair.send("step", {"count": 5})
    look.language, look.dark = language, dark  # type: ignore[assignment]
    pair.grab()
    assert pair._scroll.verticalScrollBar().maximum() == 0
    look.projection = True
    pair.project(True)
    pair.grab()
    assert pair.player.isHidden()
    look.projection = False
    pair.project(False)
    assert not pair.player.isHidden()


def test_the_pages_name_no_system() -> None:
    for module in (pair_page, rewards_answers, table_network):
        words = Path(module.__file__ or "").read_text(encoding="utf-8")
        assert not [entry.id for entry in PAGES if f'"{entry.id}"' in words] and len(words.splitlines()) < 400
