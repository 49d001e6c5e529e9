"""The family tree: all surveyed systems by year, who builds on whom, what was kept and what was added."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.catalogue import (
    CHAPTERS,
    SECTION_NAMES,
    SYSTEMS,
    Section,
    System,
    ancestors,
    chapter_of,
    system,
)
from explorer.window.chrome import Painted, fill, put_text, short_name
from explorer.window.look import look
from explorer.window.views.controls import Button, Label
from explorer.words import Text, same

TITLE = Text("系統図", "Family tree")
COUNT = Text("{all} の系、うち {ready} をここで動かせます", "{all} systems, {ready} of them run here")
NONE_READY = Text(
    "「{chapter}」の系は、まだここでは動きません。何が何から生まれたかは、先に見られます。",
    "No system of “{chapter}” runs here yet. How they grew out of each other can be seen already.",
)
BUILDS_ON = Text("土台", "Builds on")
LEADS_TO = Text("ここから生まれた系", "Led to")
NO_PARENT = Text("調査の中では、これが始まりです。", "In the survey, this is a beginning.")
KEPT = Text("受け継いだもの：**{what}**", "Kept: **{what}**")
ADDED = Text("加えたもの：**{what}**", "Added: **{what}**")
OPEN = Text("開く", "Open")
NOT_READY = Text("まだここでは動きません。", "Does not run here yet.")
HINT = Text(
    "系を指すと、何を受け継ぎ、何を加えたかが出ます。",
    "Point at a system to see what it kept and what it added.",
)


Layout = tuple[dict[str, QRectF], dict[Section, tuple[float, float]], list[tuple[int, float]]]


def layout(systems: Sequence[System], widths: dict[str, float], width: float, height: float) -> Layout:
    """Places of the systems, (top, bottom) of each section's lane, and (year, x) of the axis.

    Columns are the years in which something happened; in a lane a system takes the first row in which it fits. Rows are 26 px
    apart, more where ``height`` has room.
    """
    years = sorted({entry.year for entry in systems})
    weights = [0.62 if year < 2013 else 1.0 for year in years]
    left, right = look.px(92), look.px(28)
    unit = (width - left - right) / (sum(weights) or 1.0)
    at, x = {}, float(left)
    for year, weight in zip(years, weights, strict=True):
        at[year] = x
        x += weight * unit
    starts: dict[str, tuple[float, int]] = {}
    rows: dict[Section, int] = {}
    for section in SECTION_NAMES:
        ends: list[float] = []
        for entry in sorted((e for e in systems if e.section == section), key=lambda e: e.year):
            start = min(at[entry.year], width - widths[entry.id] - 2)
            row = next((r for r, end in enumerate(ends) if end + look.px(8) <= start), len(ends))
            ends[row:] = [start + widths[entry.id], *ends[row + 1 :]]
            starts[entry.id] = (start, row)
        if ends:
            rows[section] = len(ends)
    top, gap, node = float(look.px(28)), float(look.px(9)), float(look.px(22))
    room = height - top - gap * len(rows) - look.px(6)
    pitch = min(max(room / max(1, sum(rows.values())), look.px(26)), look.px(38))
    places: dict[str, QRectF] = {}
    lanes: dict[Section, tuple[float, float]] = {}
    for section, count in rows.items():
        lanes[section] = (top, top + count * pitch)
        for entry in systems:
            if entry.section == section:
                start, row = starts[entry.id]
                places[entry.id] = QRectF(start, top + row * pitch, widths[entry.id], node)
        top += count * pitch + gap
    return places, lanes, list(at.items())


class FamilyTree(Painted):
    """The graph. ``pointed``: the system under the cursor or chosen by key (empty: none); ``opened``: one that is ready was clicked."""

    pointed = Signal(str)
    opened = Signal(str)

    def __init__(self, ready: set[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ready = ready
        self.only = 0  # a chapter, or 0 for all
        self.current = ""
        self._descendants: dict[str, set[str]] = {entry.id: set() for entry in SYSTEMS}
        for entry in SYSTEMS:
            for older in ancestors(entry.id):
                self._descendants[older].add(entry.id)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay()

    def restyle(self) -> None:
        self._lay()
        self.setAccessibleName(look.say(TITLE))
        super().restyle()

    def _lay(self) -> None:
        metrics = QFontMetricsF(look.font("label", 700))
        widths = {e.id: metrics.horizontalAdvance(look.say(short_name(e))) + look.px(18) for e in SYSTEMS}
        self.places, self._lanes, self._axis = layout(SYSTEMS, widths, max(self.width(), 760), self.height())
        tight, _, _ = layout(SYSTEMS, widths, max(self.width(), 760), 0.0)
        self.setMinimumHeight(round(max(place.bottom() for place in tight.values())) + look.px(4))

    def resizeEvent(self, event: object) -> None:
        self._lay()

    def sizeHint(self) -> QSize:
        return QSize(960, self.minimumHeight())

    def point_at(self, system_id: str) -> None:
        """Choose a system (or none)."""
        if system_id != self.current:
            self.current = system_id
            self.setAccessibleDescription(look.say(system(system_id).name) if system_id else "")
            self.pointed.emit(system_id)
            self.update()

    def _related(self) -> set[str]:
        if not self.current:
            return set()
        return {self.current} | set(ancestors(self.current)) | self._descendants[self.current]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = max(b for _, b in self._lanes.values()) + look.px(6)
        for year, x in self._axis:
            painter.setPen(QPen(look.colour("line"), look.line(1)))
            painter.drawLine(QPointF(x, look.px(24)), QPointF(x, bottom))
            put_text(painter, str(year), look.font("caption"), look.colour("ink3"), x, look.px(12))
        for section, (top, _) in self._lanes.items():
            number = chapter_of(section).number
            ink = look.accent(number) if self.only in (0, number) else look.colour("ink3")
            font, room = look.font("caption", 700), look.px(86)
            words = look.say(SECTION_NAMES[section])
            lines = [words] if QFontMetricsF(font).horizontalAdvance(words) <= room else words.split(" ", 1)
            for index, line in enumerate(lines):
                put_text(painter, line, font, ink, 0, top + look.px(11 + 16 * index), width=room)
        related = self._related()
        for strong in (False, True):
            for entry in SYSTEMS:
                for older in entry.builds_on:
                    lit = entry.id in related and older.id in related and self._on_path(older.id, entry.id)
                    if lit == strong:
                        self._paint_link(painter, older.id, entry, lit, bool(related))
        for entry in SYSTEMS:
            self._paint_node(painter, entry, related)

    def _on_path(self, older: str, younger: str) -> bool:
        line = {self.current} | set(ancestors(self.current))
        return {older, younger} <= line or {older, younger} <= {self.current} | self._descendants[
            self.current
        ]

    def _paint_link(self, painter: QPainter, older: str, entry: System, lit: bool, dim: bool) -> None:
        start, end = self.places[older], self.places[entry.id]
        a = QPointF(start.right(), start.center().y())
        b = QPointF(end.left(), end.center().y())
        path = QPainterPath(a)
        if b.x() > a.x() + 4:
            reach = max(look.px(14), (b.x() - a.x()) * 0.5)
            path.cubicTo(a.x() + reach, a.y(), b.x() - reach, b.y(), b.x(), b.y())
        else:  # the same year: from below or above
            down = end.center().y() > start.center().y()
            a = QPointF(
                min(start.center().x(), start.left() + look.px(14)), start.bottom() if down else start.top()
            )
            path = QPainterPath(a)
            path.cubicTo(a.x(), b.y(), a.x(), b.y(), b.x(), b.y())
        shown = self.only in (0, chapter_of(entry.section).number)
        colour = look.accent(chapter_of(entry.section).number) if lit else look.colour("line2")
        if not lit and (dim or not shown):
            colour.setAlphaF(0.4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, look.line(2.2 if lit else 1.3)))
        painter.drawPath(path)

    def _paint_node(self, painter: QPainter, entry: System, related: set[str]) -> None:
        place = self.places[entry.id]
        number = chapter_of(entry.section).number
        is_ready = entry.id in self.ready
        faded = (bool(related) and entry.id not in related) or (
            self.only not in (0, number) and entry.id not in related
        )
        painter.setOpacity(0.38 if faded else 1.0)
        fill(painter, place, look.px(7), look.colour("bg"))
        fill(painter, place, look.px(7), look.tint(number) if is_ready else look.colour("surface"))
        painter.setPen(
            QPen(
                look.accent(number) if entry.id == self.current or is_ready else look.colour("line2"),
                look.line(2.2 if entry.id == self.current else 1),
            )
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), look.px(7), look.px(7))
        ink = look.accent(number) if is_ready else look.colour("ink2")
        font = look.font("label", 700 if is_ready or entry.id == self.current else 400)
        put_text(
            painter, look.say(short_name(entry)), font, ink, place.center().x(), place.center().y(), "centre"
        )
        painter.setOpacity(1.0)
        if self.ring and entry.id == self.current:
            painter.setPen(QPen(look.accent(number), 2))
            painter.drawRoundedRect(place.adjusted(-4, -4, 4, 4), look.px(10), look.px(10))

    def _at(self, point: QPointF) -> str:
        return next((k for k, p in self.places.items() if p.adjusted(-2, -3, 2, 3).contains(point)), "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        key = self._at(event.position())
        if key:
            self.ring = False
            self.point_at(key)
        self.setCursor(Qt.CursorShape.PointingHandCursor if key in self.ready else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        key = self._at(event.position())
        self.point_at(key)
        if key in self.ready:
            self.opened.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        moves = {
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Down: (0, 1),
            Qt.Key.Key_Up: (0, -1),
        }
        if key in moves:
            self.ring = True
            self.point_at(self._next(*moves[key]))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.current in self.ready:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _next(self, dx: int, dy: int) -> str:
        """The nearest system in a direction."""
        if not self.current:
            return SYSTEMS[0].id
        here = self.places[self.current].center()

        def cost(key: str) -> float:
            there = self.places[key].center()
            along = (there.x() - here.x()) * dx + (there.y() - here.y()) * dy
            aside = abs(there.y() - here.y()) if dx else abs(there.x() - here.x())
            return along + 3 * aside if along > 2 else float("inf")

        best = min(self.places, key=cost)
        return best if cost(best) < float("inf") else self.current

    def leaveEvent(self, event: QEvent) -> None:
        self.update()


class About(QWidget):
    """What one system kept and added, at the right of the tree. ``opened``: its button was used."""

    opened = Signal(str)

    def __init__(self, ready: set[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ready = ready
        self._shown = ""
        self.chapter = 1
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._inner)
        self._inner.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.setFixedWidth(272)
        look.changed.connect(self.update)
        self.show_system("")

    def show_system(self, system_id: str) -> None:
        """Show a system (empty: a hint)."""
        while self._column.count():
            item = self._column.takeAt(0)
            if item is not None and (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._shown = system_id
        self._column.setContentsMargins(20, 22, 20, 16)
        self._column.setSpacing(0)
        if not system_id:
            self._add(Label(HINT, "body", "ink2", wrap=True), 0)
            self._column.addStretch(1)
            return
        entry = system(system_id)
        self.chapter = chapter_of(entry.section).number
        self.setProperty("chapter", self.chapter)
        self._add(Label(entry.name, "state", wrap=True), 0)
        papers = entry.papers[-1].authors if entry.papers else ""
        self._add(Label(same(f"{papers} · {entry.years or entry.year}"), "label", "ink3", wrap=True), 2)
        self._add(Label(entry.sentence, "body", wrap=True), 8)
        if system_id in self._ready:
            button = Button(OPEN, kind="filled")
            button.clicked.connect(lambda: self.opened.emit(system_id))
            self._add(button, 12)
        else:
            self._add(Label(NOT_READY, "label", "ink3"), 8)
        self._add(Label(BUILDS_ON, "section"), 20)
        if not entry.builds_on:
            self._add(Label(NO_PARENT, "body", "ink2", wrap=True), 4)
        for older in entry.builds_on:
            self._add(Label(system(older.id).name, "body", "accent", weight=700), 8)
            self._add(
                Label(KEPT.format(what=older.kept), "label", "ink2", wrap=True),
                2,
            )
            self._add(
                Label(ADDED.format(what=older.added), "label", "ink2", wrap=True),
                2,
            )
        younger = [e for e in SYSTEMS if any(a.id == system_id for a in e.builds_on)]
        if younger:
            self._add(Label(LEADS_TO, "section"), 20)
            names = Text("、".join(e.name.ja for e in younger), ", ".join(e.name.en for e in younger))
            self._add(Label(names, "body", "ink2", wrap=True), 4)
        self._column.addStretch(1)

    def _add(self, widget: QWidget, gap: int) -> None:
        self._column.addSpacing(gap)
        left = Qt.AlignmentFlag.AlignLeft if isinstance(widget, Button) else Qt.AlignmentFlag(0)
        self._column.addWidget(widget, 0, left)
        widget.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), look.colour("surface"))


class FamilyTreePage(QWidget):
    """Head, tree and what is known about the system pointed at. ``opened``: the id of a ready system."""

    opened = Signal(str)

    def __init__(self, ready: set[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ready = ready
        self.tree = FamilyTree(ready)
        self.about = About(ready)
        self.title = Label(TITLE, "title")
        count = COUNT.format(all=len(SYSTEMS), ready=sum(entry.id in ready for entry in SYSTEMS))
        self.caption = Label(count, "label", "ink3")
        self.none = Label(NONE_READY, "value", "ink2", weight=400, wrap=True)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.caption, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.tree)
        self.tree.setAutoFillBackground(False)
        left = QVBoxLayout()
        left.setContentsMargins(22, 24, 12, 12)
        left.setSpacing(10)
        left.addLayout(head)
        left.addWidget(self.none)
        left.addWidget(scroll, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.about)
        self.tree.pointed.connect(self.about.show_system)
        self.tree.opened.connect(self.opened)
        self.about.opened.connect(self.opened)
        self.setFocusProxy(self.tree)

    def show_chapter(self, only: int, accent: int, current: str) -> None:
        """Show all (``only`` 0) or bring out one chapter; ``accent``: whose colour the ring has; ``current``: the page come from."""
        self.tree.only, self.tree.chapter = only, accent
        self.none.setVisible(bool(only))
        if only:
            name = CHAPTERS[only - 1].name
            self.none.set_text(NONE_READY.format(chapter=name))
        known = {entry.id for entry in SYSTEMS}
        self.tree.point_at(current if current in known and not only else "")
        self.tree.update()
