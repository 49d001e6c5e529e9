"""The line beside a page's title: whole where there is room, on two lines where there is less."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.look import look
from explorer.window.pages.captions import Caption, caption
from explorer.words import Text


def test_a_line_becomes_two_where_there_is_no_room(qtbot: QtBot) -> None:
    made = Caption(caption(system("yolo")))
    qtbot.addWidget(made)
    made.show()
    made.resize(400, made.sizeHint().height())
    assert made.lines() == ["Redmon et al., 2015 · 668,320 weights"]
    wide = made.grab().toImage()
    made.resize(180, made.sizeHint().height())
    assert made.lines() == ["Redmon et al., 2015", "668,320 weights"] and made.grab().toImage() != wide
    look.language = "ja"
    assert made.lines() == ["Redmon ら、2015", "67 万 個の重み"]
    made.set_text(Text("一度見て箱を全部", "One look, all boxes"))
    made.resize(40, 40)
    assert made.lines() == ["一度見て箱を全部"]  # nothing to part: it is cut
