"""One lens on two networks, side by side, for the page that compares them."""

from __future__ import annotations

import importlib
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from explorer.catalogue import SYSTEMS
from explorer.window.look import look
from explorer.window.pages.network_page import PARTS
from explorer.window.panels.base import LensPart
from explorer.window.views.controls import Label
from explorer.words import Text

LACKS = Text("{name} にこのレンズはありません。", "{name} does not have this lens.")
OF_ONE = ("block", "off")  # what was chosen in a panel and means nothing in another network
ROOM, HIGH = 5, 640  # a panel's share of the width beside a network without it; px of its height where both have it


def is_panel(lens_id: str) -> bool:
    """Whether only one system has this lens."""
    return lens_id not in PARTS


def kind_of(lens_id: str) -> type[LensPart]:
    """The part of a lens; that of a lens which only one system has is the system's panel."""
    if lens_id in PARTS:
        return PARTS[lens_id]
    owner = next(entry for entry in SYSTEMS if lens_id in entry.lenses)
    panel: type[LensPart] = importlib.import_module(f"explorer.window.panels.{owner.id}").Panel
    return panel


class ComparedLens(QWidget):
    """One lens on both networks, with what can be set for both below. ``panels``: the lens sets a system apart; its panel has the room that a network
    without it leaves, or half of it, where it is laid out in height and can be scrolled."""

    def __init__(self, parts: tuple[LensPart, LensPart], panels: bool = False) -> None:
        super().__init__()
        self.parts, self.panels = parts, panels
        self.names = tuple(Label("", "label", "ink2") for _ in parts)
        self.lacks = tuple(Label("", "body", "ink2", wrap=True) for _ in parts)
        self._row = QHBoxLayout()
        self._columns: list[QVBoxLayout] = []
        self._areas: list[QWidget] = []
        for part, name, lack in zip(parts, self.names, self.lacks, strict=True):
            part.narrow()
            box = QWidget()
            column = QVBoxLayout(box)
            column.setContentsMargins(0, 0, 0, 0)
            top = QHBoxLayout()
            top.addWidget(name)
            top.addStretch(1)
            if part.legend is not None:
                top.addWidget(part.legend)
            column.addLayout(top)
            column.addWidget(lack, 0, Qt.AlignmentFlag.AlignTop)
            area = self._scrolled(part) if panels else part
            self._areas.append(area)
            column.addWidget(area, 1)
            lack.hide()
            self._columns.append(column)
            self._row.addWidget(box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._row, 1)
        self._columns.append(column)
        self.options: QWidget | None = getattr(parts[0], "options", None)
        if self.options is not None:
            column.addWidget(self.options)
            parts[1].options.hide()  # type: ignore[attr-defined]
        look.changed.connect(self.restyle)
        self.restyle()

    def _scrolled(self, part: LensPart) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # as high as there is room
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(part)
        part.setAutoFillBackground(False)
        return area

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        for column in self._columns:
            column.setSpacing(look.px(8))
        if self.panels:
            self._share()

    def show_lack(self, side: int, name: Text | None) -> None:
        """Say of a side that its network has no such lens, or show it."""
        self.lacks[side].setVisible(name is not None)
        self.parts[side].setVisible(name is None)
        self._areas[side].setVisible(name is None)
        if name is not None:
            self.lacks[side].set_text(LACKS.format(name=name))
        if self.panels:
            self._share()

    def _share(self) -> None:
        """The panels' places."""
        there = [lack.isHidden() for lack in self.lacks]
        stacked = all(there) and not look.projection
        for side, part in enumerate(self.parts):
            self._row.setStretch(side, ROOM if there[side] else 1)
            layout = part.layout()
            if isinstance(layout, QBoxLayout):
                layout.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
            part.setMinimumHeight(look.px(HIGH) if stacked else 0)

    def shared(self, side: int) -> dict[str, Any]:
        """Of what was chosen on a side, what means the same to the other network."""
        part = self.parts[side]
        return {key: value for key, value in part.settings().items() if key not in OF_ONE} if self.panels else part.shared()
