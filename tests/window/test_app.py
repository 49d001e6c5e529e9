"""The window: chapters and pages by key, language, theme and projection at once, and what is kept between starts."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.window import app as shell
from explorer.window.app import CARD_WIDTH, MainWindow
from explorer.window.look import look
from explorer.window.settings import settings
from explorer.words import InputError, Text

CTRL = Qt.KeyboardModifier.ControlModifier


def press(qtbot: QtBot, window: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    target = QApplication.focusWidget()
    qtbot.keyClick(target if target is not None and window.isAncestorOf(target) else window, key, modifier)


def test_the_window_is_there_before_numpy_the_engine_and_torch() -> None:
    code = (
        "import sys\n"
        "from explorer.window.app import MainWindow, make_application\n"
        "app = make_application(); w = MainWindow(remember=False); w.show(); w.grab()\n"
        "heavy = {'numpy', 'torch', 'pyqtgraph', 'explorer.window.client', 'explorer.results', 'explorer.engine'}\n"
        "print(sorted(heavy & set(sys.modules)), w.client, w.isVisible())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split("\n")[0] == "[] None True", done.stderr


def test_once_painted_the_first_page_comes_in_steps(unshown_window: Any, qtbot: QtBot) -> None:
    window = unshown_window
    window.show()
    assert window.client is None and not window.pages
    with qtbot.waitSignal(window.page_opened):
        qtbot.waitUntil(lambda: window.client is not None)
        assert window.client.started and not window.pages  # the engine starts before the page is there
        turns: list[bool] = []
        timer = QTimer(window)
        timer.timeout.connect(lambda: turns.append(window.current in window.pages))
        timer.start(0)
    assert list(window.pages) == ["dnn"] and turns.count(False) >= 3


def test_what_is_clicked_while_the_first_page_is_awaited_is_opened_instead(unshown_window: Any, qtbot: QtBot) -> None:
    window = unshown_window
    window.show()
    qtbot.waitUntil(lambda: window.client is not None)
    with qtbot.waitSignal(window.page_opened):
        window.open("vgg")
    assert window.current == "vgg" and window.chapter == 2 and "resnet" not in window.pages


def test_pages_are_built_when_first_opened(make_window: Any) -> None:
    window = make_window()
    assert window.client.started and list(window.pages) == ["dnn"]
    window.open("resnet")
    assert list(window.pages) == ["dnn", "resnet"]
    first = window.pages["resnet"]
    window.open("dnn")
    window.open("resnet")
    assert window.pages["resnet"] is first and first.opened == ["s0"]


def test_a_page_hands_a_state_to_another(make_window: Any) -> None:
    window = make_window()
    taken: list[Any] = []
    for _ in range(2):  # built for it, and there already
        window.open("dnn")
        window.pages["dnn"].state_wanted.emit("resnet", {"input": "s1"})
        assert window.current == "resnet"
        taken.append(window.page().state()["input"])
        window.page().restore({"input": "s0"})
    assert taken == ["s1", "s1"]


def test_opening_the_page_in_front_again_disturbs_nothing(make_window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = make_window()
    monkeypatch.setattr(window.page(), "hidden", lambda: pytest.fail("the page was hidden"))
    window.open("dnn")
    monkeypatch.undo()


def test_chapters_and_systems_by_key(make_window: Any, qtbot: QtBot) -> None:
    window = make_window()
    press(qtbot, window, Qt.Key.Key_2, CTRL)
    assert (window.chapter, window.current) == (2, "resnet")
    press(qtbot, window, Qt.Key.Key_Tab, CTRL)
    assert window.current == "vgg"
    press(qtbot, window, Qt.Key.Key_Tab, CTRL)
    assert window.current == "resnet"
    window.list.rows.setFocus()
    qtbot.keyClick(window.list.rows, Qt.Key.Key_Down)
    assert window.current == "vgg"
    qtbot.keyClick(window.list.rows, Qt.Key.Key_Up)
    assert window.current == "resnet"
    press(qtbot, window, Qt.Key.Key_3, CTRL)
    press(qtbot, window, Qt.Key.Key_2, CTRL)
    assert window.current == "resnet", "a chapter opens where it was left"
    press(qtbot, window, Qt.Key.Key_Right, CTRL)
    assert window.page().lens == "filters"


def test_a_click_on_a_tab_opens_its_chapter(make_window: Any, qtbot: QtBot) -> None:
    window = make_window()
    place = window.top.tabs.places()[2]
    qtbot.mouseClick(window.top.tabs, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert (window.chapter, window.current) == (3, "attention")


def test_a_chapter_without_a_ready_system_shows_its_family_tree(make_window: Any, qtbot: QtBot) -> None:
    window = make_window()
    press(qtbot, window, Qt.Key.Key_4, CTRL)
    assert window.chapter == 4 and window.stage.currentWidget() is window._tree
    assert window._tree.tree.only == 4 and window._tree.none.isVisible()
    assert "Reinforcement learning" in window._tree.none.text
    press(qtbot, window, Qt.Key.Key_1, CTRL)
    assert window.current == "dnn"


def test_nothing_ready_at_all_is_a_state_too(make_window: Any) -> None:
    window = make_window(())
    assert window.stage.currentWidget() is window._tree


def test_language_theme_and_projection_switch_at_once_and_lose_nothing(make_window: Any, qtbot: QtBot) -> None:
    window = make_window(size=(1280, 800))
    window.open("resnet")
    page = window.pages["resnet"]
    page.open_input("s2")
    page.set_lens("filters")
    asked, before = len(window.client.asked), page.state()
    press(qtbot, window, Qt.Key.Key_L, CTRL)
    assert look.language == "ja" and settings.language == "ja"
    assert window.list.rows.accessibleDescription() == "ResNet" and page.caption.text.startswith("He ら")
    press(qtbot, window, Qt.Key.Key_D, CTRL)
    assert look.dark and settings.dark is True
    press(qtbot, window, Qt.Key.Key_F5)
    assert look.projection
    assert not any(part.isVisible() for part in (window.top, window.list, window.status, window.card_holder))
    assert window.page() is page and page.title.font() is not None
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not look.projection and window.top.isVisible() and window.card_holder.isVisible()
    assert page.state() == before and len(window.client.asked) == asked


def test_arrows_step_through_systems_in_projection_and_only_there(make_window: Any, qtbot: QtBot) -> None:
    window = make_window()
    press(qtbot, window, Qt.Key.Key_Right)
    assert window.current == "dnn"
    window.set_projection(True, full_screen=False)
    press(qtbot, window, Qt.Key.Key_Right)
    assert window.current == "resnet"
    press(qtbot, window, Qt.Key.Key_PageDown)
    assert window.current == "vgg"
    press(qtbot, window, Qt.Key.Key_Left)
    assert window.current == "resnet" and window.chapter == 2
    press(qtbot, window, Qt.Key.Key_Down)
    assert window.page().lens == "filters"


def test_projection_shows_one_claim_and_steps_through_them(make_window: Any, qtbot: QtBot) -> None:
    window = make_window()
    window.open("resnet")
    window.set_projection(True, full_screen=False)
    claims = window.pages["resnet"].system.claims
    shown = window._projected
    assert shown is not None and shown.isVisible() and shown.sentence.text == claims[0].text.en
    press(qtbot, window, Qt.Key.Key_C)
    assert shown.sentence.text == claims[1].text.en
    window.step(1)
    assert window._projected.card is window.cards["vgg"] and window._projected.isVisible()
    window.set_projection(False, full_screen=False)
    assert not window._projected.isVisible()


def test_settings_and_state_come_back_after_a_restart(make_window: Any) -> None:
    window = make_window()
    window.set_language("ja")
    window.toggle_theme()
    window.toggle_motion()
    window.open("resnet")
    window.pages["resnet"].open_input("s2")
    window.pages["resnet"].set_lens("filters")
    window.cards["resnet"].row("resnet.gradient").guess_row._choose("fails")
    window.resize(880, 701)  # the screen of the test is 800 high
    window.close()
    look.language, look.dark, look.reduced_motion = "en", False, False
    shell.restore_look()
    assert look.language == "ja" and look.dark and look.reduced_motion
    again = make_window()
    assert again.current == "resnet" and (again.width(), again.height()) == (880, 701)
    page = again.pages["resnet"]
    assert page.opened == ["s2"] and page.lens == "filters"
    assert again.cards["resnet"].row("resnet.gradient").guess == "fails"


def test_the_window_keeps_its_place_not_that_of_projection(make_window: Any) -> None:
    window = make_window()
    window.resize(880, 702)
    window.set_projection(True, full_screen=False)
    window.resize(1920, 1080)
    window.close()
    look.projection = False
    again = make_window()
    assert (again.width(), again.height()) == (880, 702)


def test_state_is_kept_while_running_not_only_at_the_end(make_window: Any, qtbot: QtBot) -> None:
    window = make_window()
    window.open("resnet")
    window.pages["resnet"].set_lens("filters")
    qtbot.waitUntil(lambda: settings.page_state("resnet").get("lens") == "filters", timeout=3000)


def test_the_card_is_a_drawer_in_a_narrow_window(make_window: Any, qtbot: QtBot) -> None:
    window = make_window(size=(1280, 800))
    holder = window.card_holder
    assert holder.isVisible() and not holder.drawer and not window.top.card.isVisible()
    stage = window.stage.width()
    window.resize(1000, 700)
    assert holder.drawer and not holder.isVisible() and window.top.card.isVisible()
    qtbot.waitUntil(lambda: window.stage.width() == stage - 280 + CARD_WIDTH)
    press(qtbot, window, Qt.Key.Key_I, CTRL)
    inside = QPoint(window.middle.width() - CARD_WIDTH, 0)
    qtbot.waitUntil(lambda: holder.isVisible() and holder.pos() == inside)
    press(qtbot, window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not holder.isVisible())
    window.resize(1280, 800)
    assert holder.isVisible() and not holder.drawer
    qtbot.waitUntil(lambda: window.stage.width() == stage)


def test_wider_windows_give_the_room_to_the_stage(make_window: Any) -> None:
    window = make_window(size=(1280, 800))
    assert (window.list.width(), window.stage.width(), window.card_holder.width()) == (204, 804, 272)
    assert (window.top.height(), window.status.height()) == (52, 28)
    window.resize(1700, 900)
    assert (window.list.width(), window.stage.width(), window.card_holder.width()) == (204, 1224, 272)


def test_escape_takes_away_one_thing_at_a_time(make_window: Any, qtbot: QtBot) -> None:
    window = make_window()
    page = window.page()
    page.show_error(InputError(Text("だめ", "No.")))
    press(qtbot, window, Qt.Key.Key_F1)
    assert window._keys.isVisible()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window._keys.isVisible() and not page.banner.isHidden()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert page.banner.isHidden()


def test_f6_goes_round_the_areas(make_window: Any, qtbot: QtBot) -> None:
    window = make_window(size=(1280, 800))
    seen: list[str] = []
    for _ in range(5):
        press(qtbot, window, Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        areas = {"list": window.list, "stage": window.stage, "card": window.card_holder, "jobs": window.status, "top": window.top}
        seen.append(next(n for n, a in areas.items() if focus is not None and (a is focus or a.isAncestorOf(focus))))
    assert sorted(seen) == ["card", "jobs", "list", "stage", "top"]


def test_running_jobs_stand_in_the_bar_and_can_be_cancelled_by_key(make_window: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.window.chrome.CALM", 60.0)
    window = make_window()
    job = window.client.asked[-1]
    assert window.status.jobs() == [], "a short job is never shown"
    monkeypatch.setattr("explorer.window.chrome.CALM", 0.05)
    window.client.changed.emit()
    qtbot.waitUntil(lambda: window.status.jobs() == [job], timeout=2000)
    window.status.setFocus()
    qtbot.keyClick(window.status, Qt.Key.Key_Return)
    assert job.state == "cancelled" and window.status.jobs() == []
    window.open("resnet")
    press(qtbot, window, Qt.Key.Key_Period, CTRL)
    assert window.client.asked[-1].state == "cancelled"


def test_closing_ends_the_client_and_the_pages(make_window: Any) -> None:
    window = make_window()
    window.close()
    assert window.client.closed and not window._saving.isActive()


def test_a_page_that_does_not_open_says_so(make_window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window: MainWindow = make_window()

    def broken(*_: object) -> object:
        raise InputError(Text("重みがない", "no weights"))

    monkeypatch.setattr("explorer.window.pages.build_page", broken)
    window.open("resnet")
    assert "no weights" in window.why_not("resnet").en
    window.open("dnn")
    assert window.page() is window.pages["dnn"]


def test_only_ready_systems_are_listed(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr("explorer.catalogue.readiness.ready", lambda entry: entry.id == "resnet")
    assert [entry.id for entry in shell.ready_systems(remember=False)] == ["resnet"]
    assert [entry.id for entry in shell.ready_systems()] == ["resnet"]
    monkeypatch.setattr("explorer.catalogue.readiness.ready", lambda entry: False)
    assert [entry.id for entry in shell.ready_systems()] == ["resnet"], "nothing changed, so nothing is looked up"
    monkeypatch.setattr(shell, "files_stamp", lambda: "changed")
    assert shell.ready_systems() == []
