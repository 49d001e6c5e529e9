"""Tables are chosen, sorted and scrolled."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Table
from explorer.window.look import look
from explorer.window.views.table import TableView, cell_text, two_lines
from explorer.words import Text


def table() -> Table:
    rows = tuple((f"conv{i}", 100 * (i % 3), float(i) / 7 if i != 4 else None) for i in range(20))
    return Table((Text("層", "layer"), Text("重み", "weights"), Text("平均", "mean")), rows)


def test_tables_are_chosen_sorted_and_scrolled(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view: TableView = show(TableView(chapter=2), 420, 240)
    view.set_result(table())
    view.repaint()
    with qtbot.waitSignal(view.chosen) as chosen:
        point_at(view, QPointF(40, 30 * 3 + 15), press=True)
    assert chosen.args == [2]
    assert view.picture(1.0).pixelColor(300, 30 * 3 + 5) == look.tint(2)
    header = view._columns[2].center()
    point_at(view, header, press=True)
    assert view.order()[0] == 0
    assert view.order()[-1] == 4, "a missing number comes last"
    point_at(view, header, press=True)
    assert view.order()[0] == 19
    assert view.order()[-1] == 4
    point_at(view, header, press=True)
    assert view.order() == list(range(20))
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_End)
    assert chosen.args == [19]
    view.repaint()
    assert view.row_at(QPointF(10, 30 * 7 + 10)) == 19, "the chosen row was not brought into view"
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [19]


def test_units_stand_below_where_there_is_no_room_beside(show: Any, point_at: Any) -> None:
    columns = (Text("網", "network"), *(Text(f"とても長い名前{i}（個）", f"a rather long name {i} (pieces)") for i in range(4)))
    view: TableView = show(TableView(chapter=2), 1200, 240)
    view.set_result(Table(columns, tuple((f"n{i}", 1.0, 2.0, 3.0, 4.0) for i in range(3))))
    view.repaint()
    assert view.head_height() == 30 and view.row_at(QPointF(10, 40)) == 0
    view.resize(640, 240)
    view.repaint()
    assert view.head_height() == 48 and view.row_at(QPointF(10, 40)) == -1 and view.row_at(QPointF(10, 50)) == 0 and view.row_at(QPointF(10, 79)) == 1
    point_at(view, QPointF(view._columns[1].center().x(), 40), press=True)
    assert view.selected == -1 and view._sort == (1, False)
    assert two_lines("Memory (MB)") == ["Memory", "(MB)"] and two_lines("メモリ（MB）") == ["メモリ", "（MB）"] and two_lines("parameters") == ["parameters"]


def test_cells_are_written_for_people(qtbot: QtBot) -> None:
    assert [cell_text(v) for v in (None, True, 12000, -3, 0.5, 1e-9, "x", Text("層", "layer"))] == ["–", "yes", "12,000", "−3", "0.50", "10⁻⁹", "x", "layer"]
