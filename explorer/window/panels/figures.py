"""A small table of figures side by side, for panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QGridLayout

from explorer.window.views.controls import Label
from explorer.words import Text


class Figures(QGridLayout):
    """``values[row, column]`` under ``heads[column]``; columns may get their heads later. Those in ``marked`` have the accent."""

    def __init__(self, rows: Mapping[str, Text], columns: Mapping[str, Text] | Sequence[str], marked: Sequence[str] = ()) -> None:
        super().__init__()
        words = columns if isinstance(columns, Mapping) else {}
        self.heads = {key: Label(words.get(key, ""), "label", "accent" if key in marked else "ink2") for key in columns}
        self.values = {(row, key): Label("–", "value", "accent" if key in marked else "ink") for row in rows for key in columns}
        for column, key in enumerate(columns, start=1):
            self.addWidget(self.heads[key], 0, column)
        for line, (row, name) in enumerate(rows.items(), start=1):
            self.addWidget(Label(name, "label", "ink2"), line, 0)
            for column, key in enumerate(columns, start=1):
                self.addWidget(self.values[row, key], line, column)
