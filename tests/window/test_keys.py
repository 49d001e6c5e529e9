"""The list of keys."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from pytestqt.qtbot import QtBot

from explorer.window.keys import KEYS, KeyList
from explorer.window.look import look


def test_it_fits_the_smallest_window_and_closes(make_window: Any, qtbot: QtBot) -> None:
    window = make_window(size=(880, 600))
    window.show_keys()
    keys: KeyList = window._keys
    assert keys.isVisible() and keys.size() == window.size()
    for language in ("ja", "en"):
        look.language = language
        keys.grab()
    qtbot.keyClick(keys, Qt.Key.Key_Escape)
    assert not keys.isVisible()


def test_every_key_named_there_works(make_window: Any) -> None:
    """A shortcut of the window for each Ctrl or F key in the list."""
    window = make_window()
    bound = {shortcut.key().toString(QKeySequence.SequenceFormat.PortableText) for shortcut in window.findChildren(QShortcut)}
    for keys, _ in KEYS:
        for name in re.findall(r"Ctrl [A-Z.]\b|Ctrl \.|Ctrl Tab|F\d+", keys):
            assert name.replace(" ", "+") in bound, name
