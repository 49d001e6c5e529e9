"""The page of an agent with a network: what it shows, what its controls send, playing, watching, checkpoints, files, refusals, the engine lost."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer.catalogue import SYSTEMS, system
from explorer.results import Maps, Matrix, Picture
from explorer.window.client import Client, EngineLost
from explorer.window.look import look
from explorer.window.pages import deep_agent
from explorer.window.pages.deep_agent import Page
from explorer.window.pages.deep_agent_parts import UNTRAINED
from explorer.words import Text
from tests.window.agent_client import HereClient

SMALL: dict[str, Any] = {"hidden": 16, "batch": 16, "learn_from": 60, "train_every": 8, "capacity": 2000, "environments": 2, "epsilon_steps": 200}
LENSES = ["agent_values", "agent_looks", "agent_features", "agent_table"]
MINATAR = pytest.mark.skipif(importlib.util.find_spec("minatar") is None, reason="MinAtar is not installed")


@pytest.fixture
def client() -> HereClient:
    return HereClient()


def opened(qtbot: QtBot, client: HereClient, **state: Any) -> Page:
    torch.set_num_threads(1)
    page = Page(system("dqn"), client)  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.restore({"environment": "CartPole-v1", "until": 300, "settings": dict(SMALL), **state})
    return page


@pytest.fixture
def page(qtbot: QtBot, client: HereClient, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr(deep_agent, "FIRST_LOOK", 100)
    return opened(qtbot, client)


def sent(client: HereClient) -> list[tuple[str, dict[str, Any]]]:
    return client.asked[-1].sent


def test_it_opens_with_something_learnt_and_everything_on_it(page: Page, client: HereClient) -> None:
    job = client.asked[-1]
    assert job.task == "reinforcement_agents.agent" and job.arguments["system"] == "dqn" and job.arguments["environment"] == "CartPole-v1"
    numbers = page.numbers()
    assert numbers["steps"] >= 300 and numbers["updates"] > 10 and not page.busy()
    assert page.strip.names() == ["state", "network", "q", "choose", "world"]
    assert page.lens_area.ids() == LENSES
    assert page.player.count.text == f"{int(numbers['steps']):,}"
    assert page.picture.view.has_content() and list(page.picture.bars.values) == numbers["q"] and page.picture.bars.best == numbers["q"].index(max(numbers["q"]))
    json.dumps(numbers)


@pytest.mark.parametrize("lens", LENSES)
def test_each_lens_has_its_result_and_asks_for_no_other(page: Page, client: HereClient, lens: str) -> None:
    page.set_lens(lens)
    assert page.results_by_lens()[lens].to_csv()
    parts = page.bundle.parts if page.bundle is not None else {}
    assert ("looks" in parts) == (lens == "agent_looks") and ("features" in parts) == (lens == "agent_features")


def test_numbers_are_looked_at_by_name_and_planes_over_the_picture(page: Page) -> None:
    page.set_lens("agent_looks")
    part = page.parts["agent_looks"]
    looks = page.results_by_lens()["agent_looks"]
    assert isinstance(looks, Matrix) and looks.values.shape == (2, 4)
    assert part.view.matrix.row_names() == ("Q left", "Q right") and part.view.matrix.column_names()[2] == "pole angle"


@MINATAR
def test_a_game_of_planes_has_maps(page: Page) -> None:
    page.go("MinAtar/Breakout-v1")
    page.set_lens("agent_looks")
    looks, picture = page.results_by_lens()["agent_looks"], page.bundle.parts["picture"] if page.bundle else None
    assert isinstance(looks, Maps) and isinstance(picture, Picture) and looks.values.shape[1:] == picture.pixels.shape[:2] == (10, 10)
    assert len(page.parts["agent_looks"].view.tiles.tiles) == len(page.facts["actions"]) == 3


def test_the_controls_tell_the_session(page: Page, client: HereClient) -> None:
    before = page.numbers()["steps"]
    page.player.step.click()
    assert sent(client)[-1] == ("step", {}) and page.numbers()["steps"] > before
    page.player.play.click()
    assert sent(client)[-1] == ("play", {})
    page.player.epsilon.changed.emit(0.37)
    page.player.rate.changed.emit(0.002)
    page.player.gamma.changed.emit(0.9)
    assert {name: page.facts["settings"][name] for name in ("epsilon", "learning_rate", "gamma")} == {"epsilon": 0.37, "learning_rate": 0.002, "gamma": 0.9}
    page.player.speed.changed.emit(5.0)
    assert page.facts["speed"] == 5.0
    page.player.speed.changed.emit(100_000.0)
    assert page.facts["speed"] == 0.0  # as fast as it goes
    assert "seed 0" in page.player.curve.title.en  # type: ignore[union-attr]
    page.player.over.click()
    assert page.numbers()["steps"] == 0 and page.facts["settings"]["epsilon"] == 0.37
    assert "seed 1" in page.player.curve.title.en  # type: ignore[union-attr]


def test_the_user_plays_with_arrows_and_numbers(page: Page, client: HereClient, qtbot: QtBot) -> None:
    qtbot.keyClick(page, Qt.Key.Key_Right)
    assert sent(client)[-1][0] != "act"
    page.player.mine.click()
    qtbot.keyClick(page, Qt.Key.Key_Right)
    assert sent(client)[-1] == ("act", {"action": 1}) and page.facts["taken"] == 1
    qtbot.keyClick(page, Qt.Key.Key_1)
    assert sent(client)[-1] == ("act", {"action": 0}) and page.facts["taken"] == 0
    page.picture.bars.chosen.emit(1)
    assert page.facts["taken"] == 1
    page.player.mine.click()
    qtbot.keyClick(page, Qt.Key.Key_Left)
    assert page.facts["taken"] == 1


def test_keys_play_and_step(page: Page, client: HereClient, qtbot: QtBot) -> None:
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert sent(client)[-1][0] == "play"
    qtbot.keyClick(page, Qt.Key.Key_Period)
    assert sent(client)[-1][0] == "step"


def test_watched_it_plays_slowly_and_learns_nothing(page: Page, client: HereClient) -> None:
    updates = page.numbers()["updates"]
    page.player.watch.click()
    assert page.facts["watching"] and page.facts["speed"] == deep_agent.WATCHING_SPEED and sent(client)[-1][0] == "play"
    page.send("step", {"count": 30})
    assert page.numbers()["updates"] == updates and "nothing is learnt" in page.strip._feedback.text.en  # type: ignore[union-attr]
    page.player.watch.click()
    assert not page.facts["watching"] and page.facts["speed"] == 0.0


def test_an_earlier_self_is_watched(page: Page) -> None:
    page.send("set", {"until": 2_600})
    marks = page.numbers()["checkpoints"]
    assert len(marks) >= 3 and marks[0] == 0
    now = page.numbers()["q"]
    page.player.checkpoint.released.emit(0.0)
    assert page.facts["viewed"] == 0 and page.strip._feedback.text == UNTRAINED  # type: ignore[union-attr]
    assert page.player.checkpoint.value_text == "start" and page.player.curve.mark == 0.0 and not page.strip._feedback.live  # type: ignore[union-attr]
    page.player.checkpoint.released.emit(1.0)
    assert page.facts["viewed"] == 1 and page.facts["watching"] and f"{marks[1]:,}" in page.strip._feedback.text.en  # type: ignore[union-attr]
    assert page.numbers()["q"] != now and page.player.checkpoint.value_text == f"{marks[1]:,}" and page.player.curve.mark == marks[1]
    page.player.checkpoint.released.emit(float(len(marks)))
    assert page.facts["viewed"] is None and not page.facts["watching"] and page.facts["speed"] == 0.0
    assert page.player.checkpoint.value_text == "now" and page.player.curve.mark is None and page.strip._feedback.live  # type: ignore[union-attr]


def test_checkpoints_are_watched_one_after_another(page: Page, client: HereClient) -> None:
    page.send("set", {"until": 2_600})
    page.set_lens("agent_looks")
    page.player.tour.click()
    assert page.facts["touring"] and page.facts["viewed"] == 0 and page.lens == "agent_values" and page.facts["speed"] == deep_agent.WATCHING_SPEED
    for _ in range(20 * len(page.facts["marks"])):
        page.send("step", {"count": 20})
    assert not page.facts["touring"] and page.facts["viewed"] is None and page.facts["watching"]
    page.player.watch.click()
    assert page.facts["speed"] == 0.0 and not page.facts["watching"]


def test_the_trained_agent_is_watched_and_goes_on_learning(qtbot: QtBot, client: HereClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deep_agent, "FIRST_LOOK", 100)
    page = opened(qtbot, client, settings={"learn_from": 60}, until=80)
    assert page.controls.trained.isVisible()
    page.controls.trained.click()
    bundled = page.facts["bundled"]
    assert page.facts["trained"] and page.facts["watching"] and f"{bundled['mean_return']:.1f}" in page.strip._feedback.text.en  # type: ignore[union-attr]
    state = json.loads(json.dumps(page.state()))
    page.player.watch.click()
    page.send("step", {"count": 30})
    assert page.numbers()["updates"] > 0
    other_client = HereClient()
    other = Page(system("dqn"), other_client)  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.restore(state)
    assert other_client.asked[-1].arguments["trained"] is True and other.facts["trained"]
    other.go("Acrobot-v1")
    assert not other.facts["trained"]


def test_without_bundled_weights_there_is_no_trained_agent(qtbot: QtBot, client: HereClient) -> None:
    page = Page(system("replay"), client)  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.show()
    page.restore({"environment": "CartPole-v1", "until": 80, "settings": dict(SMALL)})
    assert not page.controls.trained.isVisible()


@pytest.mark.parametrize("bad", ["Pendulum-v1", "Nope-v3", "", "CartPole-v1 hide=nothing"])
def test_a_world_that_cannot_be_used_is_said_and_the_page_stays(page: Page, bad: str) -> None:
    before = page.numbers()
    page.open_input(bad)
    assert not page.banner.isHidden() and page.numbers() == before
    page.open_input("Acrobot-v1")
    assert page.banner.isHidden() and page.environment == "Acrobot-v1" and len(page.numbers()["q"]) == 3


def test_what_is_typed_is_opened(page: Page, qtbot: QtBot) -> None:
    page.controls.typed.click()
    assert page.controls.field.text() == page.environment
    page.controls.field.setText("CartPole-v1 hide=velocity")
    qtbot.keyClick(page.controls.field, Qt.Key.Key_Return)
    assert page.facts["observation"] == (2,)


def test_a_training_is_saved_and_opened(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.pt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    before = page.numbers()
    page.controls.saving.click()
    assert path.is_file()
    page.player.over.click()
    assert page.numbers()["steps"] == 0
    page.controls.loading.click()
    assert page.numbers()["steps"] == before["steps"] and page.numbers()["updates"] == before["updates"]
    path.write_bytes(b"no training")
    page.controls.loading.click()
    assert not page.banner.isHidden() and page.numbers()["steps"] == before["steps"]


def test_a_page_out_of_sight_lets_its_session_go_and_goes_on_later(page: Page, client: HereClient) -> None:
    page.send("set", {"gamma": 0.9})
    before = page.numbers()
    page.hidden()
    assert client.jobs() == [] and page.own_file().is_file()
    page.shown()
    after = page.numbers()
    assert len(client.asked) == 2 and after["steps"] == before["steps"] and after["updates"] == before["updates"] and after["settings"]["gamma"] == 0.9


def test_the_state_survives_a_restart(page: Page, qtbot: QtBot) -> None:
    page.send("set", {"epsilon": 0.5})
    page.set_lens("agent_table")
    before = page.numbers()
    page.hidden()
    state = json.loads(json.dumps(page.state()))
    other = Page(system("dqn"), HereClient())  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.restore(state)
    after = other.numbers()
    assert other.lens == "agent_table" and after["steps"] == before["steps"] and after["settings"]["epsilon"] == 0.5


def test_a_kept_training_that_does_not_fit_is_said_and_the_page_opens_all_the_same(qtbot: QtBot, client: HereClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deep_agent, "FIRST_LOOK", 100)
    broken = tmp_path / "broken.pt"
    broken.write_bytes(b"nothing")
    page = opened(qtbot, client, restore=str(broken))
    assert not page.banner.isHidden() and page.numbers()["steps"] >= 100


def test_a_lost_engine_is_said_and_the_page_stays(page: Page, client: HereClient) -> None:
    before = page.numbers()
    client.asked[-1].lose(EngineLost(Text("止まりました", "It stopped")))
    assert not page.banner.isHidden() and page.numbers() == before
    page._again_after_loss()
    assert page.banner.isHidden() and page.numbers()["environment"] == before["environment"] and len(client.asked) == 2


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_drawn_in_every_look(page: Page, language: str, dark: bool) -> None:
    look.language, look.dark = language, dark  # type: ignore[assignment]
    for lens in LENSES:
        page.set_lens(lens)
        page.grab()
    look.projection = True
    page.project(True)
    page.grab()
    assert page.player.isHidden()
    look.projection = False
    page.project(False)
    assert not page.player.isHidden()


@pytest.mark.parametrize("lens", LENSES)
def test_all_of_it_fits_the_stage_without_scrolling(page: Page, lens: str) -> None:
    page.set_lens(lens)
    page.grab()
    assert page._scroll.verticalScrollBar().maximum() == 0 and page.body.minimumSizeHint().width() <= 760


def test_the_page_names_no_system() -> None:
    folder = Path(deep_agent.__file__).parent
    for name in ("deep_agent", "deep_agent_head", "deep_agent_parts", "deep_agent_player"):
        words = (folder / f"{name}.py").read_text(encoding="utf-8")
        assert not [entry.id for entry in SYSTEMS if f'"{entry.id}"' in words] and len(words.splitlines()) < 400


# --- with the engine in its own process ---


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


def test_killed_in_mid_learning_it_goes_on_from_what_was_kept(qtbot: QtBot, engine: Client) -> None:
    page = opened(qtbot, engine)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not page.busy(), timeout=120_000)
    assert page.last_error is None, page.last_error
    page.hidden()  # keeps the training in its file
    before = page.numbers()
    page.shown()
    qtbot.waitUntil(lambda: not page.busy() and page.job is not None and page.facts["obeyed"] == 1, timeout=120_000)
    assert page.numbers()["updates"] == before["updates"] and page.job is not None and page.job.worker is not None
    os.kill(page.job.worker.process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    qtbot.waitUntil(lambda: not page.banner.isHidden(), timeout=60_000)
    assert page.numbers()["steps"] == before["steps"]
    page._again_after_loss()
    qtbot.waitUntil(lambda: not page.busy(), timeout=120_000)
    assert page.numbers()["updates"] == before["updates"]
    page.hidden()


def test_killed_in_front_it_goes_on_from_what_it_kept_by_itself(qtbot: QtBot, engine: Client) -> None:
    page = opened(qtbot, engine, settings={**SMALL, "keep_every": 0.05}, speed=200.0, playing=True)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not page.busy() and page.facts["kept_at"] is not None and page.facts["playing"], timeout=120_000)
    assert page.job is not None and page.job.worker is not None
    os.kill(page.job.worker.process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    qtbot.waitUntil(lambda: not page.banner.isHidden(), timeout=60_000)
    kept, seen = page.facts["kept_at"], page.numbers()["steps"]
    assert isinstance(page.last_error, EngineLost) and page.state()["restore"] == str(page.own_file()) and kept <= seen
    page._again_after_loss()
    bundle = page.bundle
    qtbot.waitUntil(lambda: page.bundle is not bundle, timeout=120_000)
    assert page.banner.isHidden() and page.numbers()["steps"] >= kept and page.numbers()["updates"] > 0
    page.hidden()
