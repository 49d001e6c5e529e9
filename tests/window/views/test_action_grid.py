"""The map: what is drawn where, hovering, editing by mouse and key, the user's actions, motion."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from explorer.results import ActionGrid, Matrix
from explorer.window.look import look
from explorer.window.views.action_grid import ActionGridView
from explorer.words import Text, same

ARROWS = ((-1, 0), (0, 1), (1, 0), (0, -1))
NAMES = (Text("左", "left"), Text("下", "down"), Text("右", "right"), Text("上", "up"))


def grid(agent: tuple[int, int] | None = None) -> ActionGrid:
    """2 × 3: the top left cell tried in all directions, the one right of it only to the right, then a hole; below: unvisited, unvisited, goal."""
    values, visited = np.zeros((2, 3, 4)), np.zeros((2, 3, 4), dtype=int)
    values[0, 0] = [0.0, 0.25, 1.0, 0.5]
    visited[0, 0] = 3
    values[0, 1, 2], visited[0, 1, 2] = 0.5, 1
    policy = np.full((2, 3), -1)
    policy[0, 0] = policy[0, 1] = 2
    return ActionGrid(values, visited, ("start", "ice", "hole", "ice", "ice", "goal"), NAMES, ARROWS, policy, np.array([[0.0, 0, 0], [0, 0, 1.0]]), agent)


@pytest.fixture
def view(qtbot: QtBot) -> ActionGridView:
    made = ActionGridView(chapter=4)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.set_result(grid())
    made.show()
    qtbot.waitExposed(made)
    return made


def pixel(image: QImage, x: float, y: float) -> tuple[int, int, int]:
    colour = QColor(image.pixel(round(x), round(y)))
    return colour.red(), colour.green(), colour.blue()


def viridis(value: float) -> tuple[int, int, int]:
    red, green, blue = look.viridis(np.array([value]))[0]
    return int(red), int(green), int(blue)


def test_each_triangle_has_the_colour_of_its_action(view: ActionGridView) -> None:
    image = view.picture(1.0)
    # away from the arrow, which lies along the middle of the row
    assert pixel(image, 15, 50) == viridis(0.0)  # left
    assert pixel(image, 50, 88) == viridis(0.25)  # down
    assert pixel(image, 90, 50) == viridis(1.0)  # right
    assert pixel(image, 50, 12) == viridis(0.5)  # up


def test_what_was_not_tried_has_the_surface_colour_not_zero(view: ActionGridView) -> None:
    image = view.picture(1.0)
    surface = (look.colour("surface").red(), look.colour("surface").green(), look.colour("surface").blue())
    assert pixel(image, 150, 12) == surface  # up, in a cell visited only to the right
    assert pixel(image, 190, 50) == viridis(0.5)
    assert pixel(image, 20, 120) == surface  # a cell not visited at all


def test_the_best_action_is_a_white_arrow_over_dark(view: ActionGridView) -> None:
    image = view.picture(2.0)
    row = [pixel(image, 2 * x, 2 * 50) for x in range(28, 76)]
    assert (255, 255, 255) in row
    column = [pixel(image, 2 * 50, y) for y in range(80, 120)]
    assert any(sum(c) < 150 for c in column)


def test_the_scale_is_that_of_what_was_tried(view: ActionGridView) -> None:
    assert view.scale() == (0.0, 1.0, False)
    values = np.array(grid().values) - 20.0
    values[0, 0, 0] = -100.0
    view.set_result(dataclasses.replace(grid(), values=values))
    low, high, cut = view.scale()
    assert (low, high) == (-19.5, 0.0) and cut  # the best of the worst cell; what lies below is cut


def test_hovering_says_the_cells_numbers(view: ActionGridView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.hovered) as caught:
        qtbot.mouseMove(view, QPoint(50, 50))
    assert caught.args == [0, 0]
    assert view.describe((0, 0)).en == "row 1, column 1: left 0, down 0.25, right 1, up 0.5; reward 0"
    assert "まだ来ていない" in view.describe((1, 0)).ja
    assert view.accessibleDescription() == view.describe((0, 0)).en
    before = view.picture(1.0)
    view.set_cell(None)
    assert view.picture(1.0) != before


def test_a_click_edits_the_reward(view: ActionGridView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(250, 150))
    editor = view._editor
    assert editor is not None and editor.text() == "1"
    editor.setText("-2.5")
    with qtbot.waitSignal(view.cell_edited) as caught:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert caught.args == [1, 2, -2.5] and view._editor is None


@pytest.mark.parametrize("text", ["five", "inf", "nan", "1e999"])
def test_what_is_no_number_changes_nothing(view: ActionGridView, qtbot: QtBot, text: str) -> None:
    view.edit((0, 0))
    assert view._editor is not None
    view._editor.setText(text)
    with qtbot.assertNotEmitted(view.cell_edited):
        qtbot.keyClick(view._editor, Qt.Key.Key_Return)
    assert view._editor is not None
    qtbot.keyClick(view._editor, Qt.Key.Key_Escape)
    assert view._editor is None


def test_an_empty_field_puts_the_old_reward_back(view: ActionGridView, qtbot: QtBot) -> None:
    view.edit((1, 2))
    assert view._editor is not None
    view._editor.setText("")
    with qtbot.waitSignal(view.cell_edited) as caught:
        qtbot.keyClick(view._editor, Qt.Key.Key_Return)
    assert caught.args == [1, 2, None]


def test_all_of_it_by_key(view: ActionGridView, qtbot: QtBot) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.cell == (0, 0)
    for key, cell in ((Qt.Key.Key_Right, (0, 1)), (Qt.Key.Key_Down, (1, 1)), (Qt.Key.Key_Down, (1, 1)), (Qt.Key.Key_Left, (1, 0)), (Qt.Key.Key_Up, (0, 0))):
        qtbot.keyClick(view, key)
        assert view.cell == cell
    with qtbot.waitSignal(view.cell_edited) as caught:
        qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert caught.args == [0, 0, 1.0]
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert view._editor is not None
    view.close_editor()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.cell is None


def test_while_the_user_plays_arrow_keys_are_actions(view: ActionGridView, qtbot: QtBot) -> None:
    view.playing = True
    with qtbot.waitSignal(view.action_chosen) as caught:
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert caught.args == [2] and view.cell is None
    with qtbot.waitSignal(view.action_chosen) as caught:
        qtbot.keyClick(view, Qt.Key.Key_4)
    assert caught.args == [3]


def test_a_change_moves_in_150_ms_and_not_at_all_under_reduced_motion(view: ActionGridView, qtbot: QtBot) -> None:
    changed = np.array(grid().values)
    changed[0, 0, 0] = 1.0
    qtbot.wait(160)
    view.set_result(dataclasses.replace(grid(), values=changed))
    assert view._values()[0, 0, 0] < 0.5
    qtbot.waitUntil(lambda: view._values()[0, 0, 0] == 1.0, timeout=1000)
    look.reduced_motion = True
    try:
        view.set_result(grid())
        assert view._values()[0, 0, 0] == 0.0
    finally:
        look.reduced_motion = False


def test_the_agent_stands_on_its_cell(view: ActionGridView) -> None:
    alone = view.picture(1.0)
    view.set_result(grid(agent=(1, 0)))
    with_agent = view.picture(1.0)
    assert with_agent.copy(0, 100, 100, 100) != alone.copy(0, 100, 100, 100)
    assert with_agent.copy(100, 0, 200, 100) == alone.copy(100, 0, 200, 100)


def test_a_world_without_directions_shows_its_actions_side_by_side(qtbot: QtBot) -> None:
    view = ActionGridView(chapter=4)
    qtbot.addWidget(view)
    view.resize(100, 100)
    values = np.array([[[0.0, 1.0]]])
    view.set_result(ActionGrid(values, np.ones((1, 1, 2), int), ("ground",), (same("a"), same("b")), (None, None), np.array([[1]]), np.zeros((1, 1))))
    image = view.picture(1.0)
    assert pixel(image, 12, 50) == viridis(0.0) and pixel(image, 90, 20) == viridis(1.0)


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_exported_and_drawn_in_both_themes(view: ActionGridView, tmp_path: Path, dark: bool) -> None:
    look.dark = dark
    view.set_result(dataclasses.replace(grid(agent=(0, 1)), edited=(4,), labels=("S", "", "", "", "", ""), walls=((0, 1), (0, 3)), corrected=(0, 0)))
    view.save_png(tmp_path / "map.png")
    view.save_svg(tmp_path / "map.svg")
    assert (tmp_path / "map.svg").read_text().count("<polygon") + (tmp_path / "map.svg").read_text().count("<path") > 8
    assert view.to_csv().splitlines()[0] == "row,column,cell,left,down,right,up"
    view.clear()
    view.picture(1.0)


def test_other_results_are_refused(view: ActionGridView) -> None:
    with pytest.raises(TypeError):
        view.set_result(Matrix(np.zeros((1, 1)), ("a",), ("b",)))
    with pytest.raises(IndexError):
        view.set_cell((5, 5))
