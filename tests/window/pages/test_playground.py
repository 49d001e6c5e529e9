"""The playground page: what the hand does reaches the session and comes back; what cannot be used is said; state is kept."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.client import Client, EngineLost
from explorer.window.look import look
from explorer.window.pages import playground
from explorer.window.pages.playground import Page
from explorer.words import Text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from here_client import HereClient


@pytest.fixture
def client() -> HereClient:
    return HereClient()


@pytest.fixture
def page(qtbot: QtBot, client: HereClient) -> Page:
    made = Page(system("dnn"), client)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(804, 720)
    made.show()
    made.begin()
    client.last_session.advance()
    return made


def facts(page: Page) -> dict[str, Any]:
    assert page.bundle is not None
    return dict(page.bundle.facts)


def test_a_new_page_learns_by_itself_and_then_waits(qtbot: QtBot, client: HereClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground, "FIRST_LOOK", 60)
    page = Page(system("dnn"), client)  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.start()
    job = client.last_session
    assert job.arguments["playing"] is True
    assert page.busy()
    for _ in range(2000):
        if not page.busy():
            break
        job.result.emit(next(job.steps))
    assert page.numbers()["step"] == job.arguments["until"] == 60
    assert facts(page)["playing"] is False
    assert page.numbers()["train_loss"] < 0.5


def test_step_reset_and_settings(qtbot: QtBot, page: Page) -> None:
    page.controls.step_button.click()
    page.controls.step_button.click()
    assert page.numbers()["step"] == 2
    assert "**2** steps" in page.controls.count.text
    page.controls.rate._user_sets(1.0)
    page.controls.activation._choose(1)
    page.controls.optimiser._choose(2)
    page.controls.regularisation._choose(1)
    page.controls.features.switch("x1x2")
    page.controls.batch._user_sets(40)
    now = facts(page)
    assert (now["activation"], now["optimiser"], now["regularisation"], now["batch"]) == ("relu", "adam", "l1", 40)
    assert now["rate"] == pytest.approx(1.0)
    assert now["features"] == ["x1", "x2", "x1x2"]
    page.controls.reset_button.click()
    assert page.numbers()["step"] == 0


def test_playing_shows_and_moves_on(page: Page, client: HereClient) -> None:
    page.controls.play_button.click()
    assert page.controls.playing
    for _ in range(3):
        client.last_session.result.emit(next(client.last_session.steps))
    page.controls.play_button.click()
    assert not page.controls.playing
    page.keyPressEvent(key_of(Qt.Key.Key_Space))
    assert client.last_session.sent[-1][0] == "play"


def key_of(key: Qt.Key, text: str = "") -> Any:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    return QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)


def test_the_network_is_changed_by_hand(page: Page) -> None:
    before = page.surface.result
    page.network.weight_edited.emit("x1", "h1.1", 4.0)
    assert page.network.weight("x1", "h1.1") == 4.0
    assert not np.array_equal(before.values, page.surface.result.values)  # type: ignore[union-attr]
    page.network.neuron_added.emit(0)
    page.network.layer_added.emit()
    assert page.network.hidden == [5, 3, 3]
    page.network.neuron_removed.emit(0, 0)
    page.network.layer_removed.emit()
    assert page.network.hidden == [4, 3]
    assert page.network.weight("x1", "h1.1") != 4.0  # that neuron is gone, the others moved up


def test_a_neuron_under_the_cursor_fills_the_plane(page: Page) -> None:
    whole = page.surface.result
    page.network.looked_at.emit("x1")
    assert np.allclose(page.surface.result.values[0], np.linspace(-1, 1, 64), atol=1e-5)  # type: ignore[union-attr]
    assert "x₁" in page.under.text
    page.network.looked_at.emit("")
    assert np.array_equal(page.surface.result.values, whole.values)  # type: ignore[union-attr]


def test_samples_noise_and_split(qtbot: QtBot, page: Page) -> None:
    for sample in page.system.samples:
        page._samples[sample].click()
        assert facts(page)["data"] == sample
    page.controls.noise._user_sets(0.3)
    page.controls.split._user_sets(0.8)
    assert facts(page)["noise"] == pytest.approx(0.3)
    points = page.bundle.parts["points"]  # type: ignore[union-attr]
    assert points.held_out.sum() == 40  # type: ignore[attr-defined]
    before = points.xy.copy()  # type: ignore[attr-defined]
    page.controls.new_button.click()
    assert not np.array_equal(before, page.bundle.parts["points"].xy)  # type: ignore[union-attr, attr-defined]


def test_own_points_by_left_right_and_key(qtbot: QtBot, page: Page) -> None:
    page.own_button.click()
    page.surface.picture(1)

    def place(x: float, y: float, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        qtbot.mouseClick(page.surface, button, pos=page.surface.to_screen(x, y).toPoint())

    place(-1, -1)
    place(1, 1, Qt.MouseButton.RightButton)
    page.placing.choice._choose(1)
    place(1, -1)
    assert [point[2] for point in page.state()["points"]] == [0, 1, 1]
    page.surface.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Return):
        qtbot.keyClick(page.surface, key)
    assert len(page.bundle.parts["points"].xy) == 4  # type: ignore[union-attr, attr-defined]
    place(-1, -1)  # on a point: it goes
    assert len(page.state()["points"]) == 3
    page.placing.clear_button.click()
    assert page.state()["points"] == []


def test_a_click_on_a_drawn_set_adds_to_it(qtbot: QtBot, page: Page) -> None:
    page.surface.placed_with.emit(2.5, 2.5, True)
    assert facts(page)["data"] == "own"
    assert len(page.bundle.parts["points"].xy) == 201  # type: ignore[union-attr, attr-defined]


def test_a_table_is_opened_and_dropped(qtbot: QtBot, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,y,class\n" + "\n".join(f"{k},{k % 7},{'left' if k < 20 else 'right'}" for k in range(40)))
    page.open_path(str(path))
    qtbot.waitUntil(lambda: facts(page)["data"] == "own")
    assert page.bundle.parts["points"].names == ("left", "right")  # type: ignore[union-attr, attr-defined]
    assert page.banner.label.text  # moved and scaled: said
    data = QMimeData()
    data.setText("0,0,a\n1,1,b\n2,0,a\n3,1,b\n")
    page._take(page.usable(data))
    qtbot.waitUntil(lambda: len(page.state()["points"]) == 4)


@pytest.mark.parametrize("text", ["x,y\n1,2\n", "0,0,a\n1,1,a\n", "0,0,a\nzwei,1,b\n", "hello\nworld\n"])
def test_a_table_that_does_not_fit_is_said_and_nothing_changes(qtbot: QtBot, page: Page, tmp_path: Path, text: str) -> None:
    page.tell("step", count=3)
    before = page.state()
    path = tmp_path / "points.csv"
    path.write_text(text)
    page.open_path(str(path))
    qtbot.waitUntil(lambda: page.banner.isVisible())
    assert page.banner.label.text.endswith(".")
    assert page.state() == before


def test_the_state_is_json_and_brings_the_same_network_back(qtbot: QtBot, client: HereClient, page: Page) -> None:
    page.tell("add_layer")
    page.tell("step", count=20)
    kept = json.loads(json.dumps(page.state()))
    other = Page(system("dnn"), client)  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.restore(kept)
    client.last_session.advance()
    assert other.numbers()["step"] == 20
    assert facts(other)["hidden"] == [4, 3, 3]
    assert facts(other)["weights"] == pytest.approx(facts(page)["weights"], abs=1e-4)
    json.dumps(other.numbers())


def test_a_point_of_a_plot_opens_its_network(client: HereClient, page: Page) -> None:
    weights = [round(0.1 * k, 1) for k in range(9)]
    page.open_state({"data": "circles", "seed": 2, "noise": 0.05, "hidden": [2], "features": ["x1", "x2"], "weights": weights, "step": 77, "epoch": 1.5})
    client.last_session.advance()
    assert facts(page)["weights"] == pytest.approx(weights)
    assert page.numbers()["step"] == 77
    assert facts(page)["data"] == "circles"


def test_it_leaves_and_comes_back_where_it_was(client: HereClient, page: Page) -> None:
    page.tell("step", count=5)
    before = facts(page)["weights"]
    page.hidden()
    assert client.jobs() == []
    page.shown()
    client.last_session.advance()
    assert facts(page)["weights"] == pytest.approx(before, abs=1e-4)
    assert page.numbers()["step"] == 5


def test_a_lost_engine_is_said_and_begun_again(qtbot: QtBot, client: HereClient, page: Page) -> None:
    page.tell("step", count=5)
    before = facts(page)["weights"]
    client.last_session.lose(EngineLost(Text("止まりました。", "It stopped.")))
    assert page.banner.isVisible()
    assert page.state()["weights"] == pytest.approx(before, abs=1e-4)
    page._again_after_loss()
    client.last_session.advance()
    assert facts(page)["weights"] == pytest.approx(before, abs=1e-4)
    assert not page.banner.isVisible()


def test_cancelled_in_the_list_of_jobs_it_goes_on_with_the_next_command(client: HereClient, page: Page) -> None:
    page.tell("step", count=5)
    client.last_session.cancel()
    page.controls.step_button.click()  # begins another and tells it
    assert page.numbers()["step"] == 6


def test_a_loss_that_runs_away_is_said(page: Page) -> None:
    page.tell("set", data="xor", activation="linear", rate=100.0)
    page.tell("step", count=1500)
    assert "run away" in page.banner.label.text


def test_other_look_and_projection_keep_everything(qtbot: QtBot, page: Page) -> None:
    page.tell("step", count=2)
    before = {name: value for name, value in page.numbers().items() if name != "panel"}
    for lens in page.system.lenses:
        page.set_lens(lens)
        look.language, look.dark = "ja", True
        page.grab()
        look.language, look.dark = "en", False
    page.set_lens("decision_surface")
    look.projection = True
    page.project(True)
    page.resize(1920, 1080)
    qtbot.wait(10)
    assert page.body.height() <= page._scroll.height()  # nothing to scroll
    assert page.surface.height() > 150
    look.projection = False
    page.project(False)
    page.resize(804, 720)
    assert {name: value for name, value in page.numbers().items() if name != "panel"} == before
    assert {view.accessibleName() for view in page.views()} >= {"Network", "Decision surface", "Loss"}
    assert set(page.results_by_lens()) >= {"decision_surface", "loss"}


def test_the_page_names_no_system() -> None:
    for name in ("playground", "neuron", "live", "learning_controls", "point_sets"):
        text = (Path(__file__).resolve().parents[3] / "explorer" / "window" / "pages" / f"{name}.py").read_text()
        assert '"dnn"' not in text
        assert '"neuron"' not in text


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_the_engine_killed_while_it_learns(qtbot: QtBot) -> None:
    client = Client()
    page = Page(system("dnn"), client)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.begin(playing=True)
    try:
        qtbot.waitUntil(lambda: page.bundle is not None and page.numbers()["step"] > 5, timeout=200_000)
        os.kill(client.worker_pids()[-1], signal.SIGKILL)
        qtbot.waitUntil(lambda: page.banner.isVisible(), timeout=60_000)
        step = page.numbers()["step"]
        assert page.state()["step"] == step > 5
        page._again_after_loss()
        qtbot.waitUntil(lambda: page.live.running and not page.live.waiting, timeout=200_000)
        assert page.numbers()["step"] == step
    finally:
        page.hidden()
        client.close()


def test_places_on_the_plane_are_those_of_the_points(page: Page) -> None:
    page.surface.picture(1)
    assert page.surface.to_plane(page.surface.to_screen(1.5, -2.0)) == pytest.approx((1.5, -2.0), abs=0.02)
    assert page.surface.to_plane(QPointF(-50, -50)) == pytest.approx((-3.0, 3.0))
