"""The agent's page: what it shows, what its controls send, worlds that cannot be used, the engine lost, state kept."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import SYSTEMS, system
from explorer.window.client import Client, EngineLost
from explorer.window.look import look
from explorer.window.pages import agent
from explorer.window.pages.agent import Page
from explorer.words import Text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from agent_client import HereClient


@pytest.fixture
def client() -> HereClient:
    return HereClient()


@pytest.fixture
def page(qtbot: QtBot, client: HereClient, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr(agent, "FIRST_LOOK", 2_000)
    made = Page(system("q_learning"), client)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made._wanted["until"] = 2_000
    made.resize(804, 720)
    made.show()
    made.start()
    client.asked[-1].advance()
    return made


def test_it_opens_with_something_learnt_and_everything_on_it(page: Page, client: HereClient) -> None:
    assert client.asked[0].task == "reinforcement.table" and client.asked[0].arguments["environment"] == "FrozenLake-v1 4x4"
    assert page.numbers()["steps"] == 2_000 and not page.busy()
    assert page.strip.names() == ["state", "table", "choose", "world"]
    assert page.lens_area.ids() == ["values", "visits", "q_table"]
    assert page.player.count.text == f"{int(page.numbers()['episode']) - 1:,}"
    assert page.grid.grid is not None and page.panel is not None
    json.dumps(page.numbers())


@pytest.mark.parametrize("lens", ["values", "visits", "q_table"])
def test_each_lens_shows_its_result(page: Page, lens: str) -> None:
    page.set_lens(lens)
    assert page.lens == lens
    assert page.results_by_lens()[lens].to_csv().count("\n") > 4
    assert page.views()


def sent(client: HereClient) -> tuple[str, dict[str, Any]]:
    return client.asked[-1].sent[-1]


def test_the_controls_tell_the_session(page: Page, client: HereClient, qtbot: QtBot) -> None:
    page.player.step.click()
    assert sent(client) == ("step", {}) and page.numbers()["steps"] == 2_001
    page.player.play.click()
    assert sent(client) == ("play", {})
    page.player.epsilon.changed.emit(0.37)
    assert page.facts["settings"]["epsilon"] == 0.37
    page.player.speed.changed.emit(100_000.0)
    assert page.facts["speed"] == 0.0  # as fast as it goes
    page.player.falls.click()
    assert page.facts["settings"]["fall"] == 0.0
    page.player.method.chosen.emit("sarsa")
    assert page.facts["method"] == "sarsa"
    page.grid.cell_edited.emit(1, 2, -4.0)
    assert page.facts["rewards"] == {6: -4.0}
    page.player.watch.click()
    assert page.facts["watching"]
    page.player.over.click()
    assert page.numbers()["steps"] == 0


def test_the_user_plays_with_the_arrow_keys(page: Page, client: HereClient, qtbot: QtBot) -> None:
    page.go("FrozenLake-v1 4x4", ice="firm")
    page.player.mine.click()
    assert page.grid.playing
    qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    assert sent(client) == ("act", {"action": 2})
    assert page.grid.grid is not None and page.grid.grid.agent == (0, 1) and page.facts["last"]["action"] == 2
    page.player.mine.click()
    assert not page.grid.playing


def test_actions_without_an_arrow_have_buttons_while_the_user_plays(page: Page, client: HereClient) -> None:
    page.go("Taxi-v4")
    assert page.player.others.isHidden()
    page.player.mine.click()
    assert not page.player.others.isHidden()
    page.player.others.findChildren(type(page.player.step))[0].click()
    assert sent(client) == ("act", {"action": 4})


def test_keys_play_and_step(page: Page, client: HereClient, qtbot: QtBot) -> None:
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert sent(client)[0] == "play"
    qtbot.keyClick(page, Qt.Key.Key_Period)
    assert sent(client)[0] == "step"


def test_worlds_are_chosen_at_the_head(page: Page) -> None:
    page.worlds.chosen.emit("CliffWalking-v1")
    assert page.environment.startswith("CliffWalking-v1") and page.worlds.current == "CliffWalking-v1" and page.another.isHidden()
    page.worlds.chosen.emit("FrozenLake-v1 generated")
    first = page.environment
    assert not page.another.isHidden()
    page.another.click()
    assert page.environment != first and "generated" in page.environment
    page.ice.chosen.emit("firm")
    assert page.environment.endswith("firm") and page.ice.current == "firm"
    page.worlds.chosen.emit("Taxi-v4")
    assert page.ice.isHidden()


@pytest.mark.parametrize("bad", ["CartPole-v1", "Nope-v3", "", "ALE/Pong-v5", "FrozenLake-v1 generated size=99"])
def test_a_world_that_cannot_be_used_is_said_and_the_page_stays(page: Page, bad: str) -> None:
    before = page.numbers()
    page.open_input(bad)
    assert not page.banner.isHidden() and page.numbers() == before
    page.open_input("CliffWalking-v1")
    assert page.banner.isHidden() and page.environment == "CliffWalking-v1"


def test_what_is_typed_is_opened(page: Page, qtbot: QtBot) -> None:
    page.typed.click()
    assert page.field.text() == page.environment
    page.field.setText("FrozenLake-v1 map=SFF/FHF/FFG firm")
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    assert page.grid.grid is not None and page.grid.grid.values.shape == (3, 3, 4)


def test_the_state_survives_a_restart(page: Page, qtbot: QtBot) -> None:
    page.go("CliffWalking-v1", until=3_000)
    page.send("set", {"epsilon": 0.5})
    page.send("edit", {"row": 0, "column": 3, "reward": 2.5})
    page.set_lens("visits")
    state = json.loads(json.dumps(page.state()))
    client = HereClient()
    other = Page(system("q_learning"), client)  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.restore(state)
    client.asked[-1].advance()
    assert other.lens == "visits" and other.numbers()["steps"] == 3_000 and other.facts["settings"]["epsilon"] == 0.5
    assert other.facts["rewards"] == {3: 2.5}
    mine, theirs = page.results_by_lens()["q_table"], other.results_by_lens()["q_table"]
    assert mine.to_csv() == theirs.to_csv()


def test_a_page_out_of_sight_lets_its_session_go_and_goes_on_later(page: Page, client: HereClient) -> None:
    before = page.numbers()
    page.hidden()
    assert client.jobs() == []
    page.shown()
    client.asked[-1].advance()
    assert len(client.asked) == 2 and page.numbers()["steps"] == before["steps"] and page.numbers()["closeness"] == pytest.approx(before["closeness"])


def test_a_lost_engine_is_said_and_what_was_learnt_is_not_lost(page: Page, client: HereClient) -> None:
    before = page.numbers()
    client.asked[-1].lose(EngineLost(Text("止まりました", "It stopped")))
    assert not page.banner.isHidden() and page.numbers() == before
    page._again_after_loss()
    client.asked[-1].advance()
    assert page.banner.isHidden() and page.numbers()["steps"] == before["steps"]


def test_a_point_of_the_claims_plot_opens_its_world(page: Page, client: HereClient) -> None:
    page.send("set", {"epsilon": 0.9})
    page.open_state({"environment": "CliffWalking-v1", "method": "q_learning", "recommended": True, "until": 500, "seed": 0})
    client.asked[-1].advance()
    assert page.environment == "CliffWalking-v1" and page.numbers()["steps"] == 500 and page.facts["settings"]["epsilon"] == 0.2


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_drawn_in_every_look(page: Page, language: str, dark: bool) -> None:
    look.language, look.dark = language, dark  # type: ignore[assignment]
    page.grab()
    look.projection = True
    page.project(True)
    page.grab()
    assert page.player.isHidden()
    look.projection = False
    page.project(False)
    assert not page.player.isHidden()


def test_all_of_it_fits_the_stage_without_scrolling(page: Page) -> None:
    page.grab()
    bar = page._scroll.verticalScrollBar()
    assert bar.maximum() == 0, bar.maximum()


def test_the_page_names_no_system() -> None:
    folder = Path(agent.__file__).parent
    words = (folder / "agent.py").read_text() + (folder / "agent_parts.py").read_text()
    for entry in SYSTEMS:
        if entry.id != "q_learning":  # the name of a way of learning, too
            assert f'"{entry.id}"' not in words
    assert (folder / "agent.py").read_text().count('"q_learning"') == 0
    assert len((folder / "agent.py").read_text().splitlines()) < 400


# --- with the engine in its own process ---


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


def test_killed_in_mid_learning_it_comes_back_with_its_table(qtbot: QtBot, engine: Client) -> None:
    page = Page(system("q_learning"), engine)
    qtbot.addWidget(page)
    page.show()
    page.start()
    qtbot.waitUntil(lambda: not page.busy() and page.numbers().get("steps", 0) >= 20_000, timeout=120_000)
    assert page.facts["playing"]
    page.send("pause")
    qtbot.waitUntil(lambda: not page.busy(), timeout=60_000)
    before = page.numbers()
    assert page.job is not None and page.job.worker is not None
    os.kill(page.job.worker.process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    qtbot.waitUntil(lambda: not page.banner.isHidden(), timeout=60_000)
    assert page.numbers() == before
    page._again_after_loss()
    qtbot.waitUntil(lambda: not page.busy() and page.job is not None and page.facts["obeyed"] == 0, timeout=120_000)
    assert page.numbers()["steps"] == before["steps"] and page.numbers()["closeness"] == pytest.approx(before["closeness"])
    page.hidden()
