"""Around the page: chapters, language and theme, the list of systems, the bar of running jobs.

Painted here without numpy, so that the window is there before anything heavy is imported.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QToolTip, QWidget

from explorer.catalogue import CHAPTERS, SECTION_NAMES, System
from explorer.window.lesson import names_of
from explorer.window.look import look
from explorer.window.views.icons import draw_icon
from explorer.words import LANGUAGES, Language, Text, same

if TYPE_CHECKING:
    from explorer.window.client import Client, Job

LANGUAGE_NAMES: dict[Language, Text] = {"ja": same("日本語"), "en": same("English")}
DARK_TIP = Text("暗くする (Ctrl+D)", "Dark theme (Ctrl+D)")
LIGHT_TIP = Text("明るくする (Ctrl+D)", "Light theme (Ctrl+D)")
PROJECT_TIP = Text("投影する (F5)", "Project (F5)")
CARD_TIP = Text("解説と主張 (Ctrl+I)", "About and claims (Ctrl+I)")
TREE = Text("系統図", "Family tree")
GUIDE = Text("はじめての案内", "Guided steps")
GUIDE_LINE = Text("順に見ていく", "This chapter, step by step")
TREE_LINE = Text("43 の系のつながり", "Who builds on whom")
CHAPTERS_NAME = Text("章", "Chapters")
LANGUAGE_NAME = Text("言語", "Language")
SYSTEMS_NAME = Text("系の一覧", "Systems")
JOBS_NAME = Text("実行中の仕事", "Running jobs")
CANCEL = Text("中止", "Cancel")
READY = Text("準備できています", "Ready")
STARTING = Text("計算の準備をしています", "Starting the engine")
WAITS = Text("順番待ち", "waiting")
LOCAL = Text("計算はすべてこのパソコンの中で行います", "Everything runs on this computer")
KEYS = Text("キー操作 F1", "Keys F1")
MORE_JOBS = Text("ほか {count} 件", "{count} more")
SECONDS_LEFT = Text("残り {n} 秒", "{n} s left")
MINUTES_LEFT = Text("残り {n} 分", "{n} min left")

KEY_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
FOOT = {"guide": "list", "tree": "tree"}  # rows at the foot of the list, and their icons
CALM = 0.3  # s: a job shorter than this never appears in the bar


def say_left(seconds: float) -> str:
    """Time left in words: ``48 s left``, ``3 min left``."""
    if seconds < 90:
        return look.say(SECONDS_LEFT.format(n=max(1, round(seconds))))
    return look.say(MINUTES_LEFT.format(n=round(seconds / 60)))


def put_text(
    painter: QPainter,
    text: str,
    font: QFont,
    colour: QColor,
    x: float,
    middle: float,
    align: str = "left",
    width: float | None = None,
) -> float:
    """One line of text, its capitals centred on ``middle``, ``x`` its left, centre or right; returns its width."""
    metrics = QFontMetricsF(font)
    if width is not None:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    used = metrics.horizontalAdvance(text)
    left = {"left": x, "centre": x - used / 2, "right": x - used}[align]
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QPointF(left, round(middle + metrics.capHeight() / 2)), text)
    return used


def fill(painter: QPainter, rect: QRectF, radius: float, colour: QColor) -> None:
    """A rectangle with round corners."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def short_name(entry: System) -> Text:
    """The name as it stands in the list and in the tree: up to the first comma or bracket."""
    return Text(
        *(name.split(",")[0].split("(")[0].split("（")[0].strip() for name in (entry.name.ja, entry.name.en))
    )


class Painted(QWidget):
    """A widget that paints itself from ``look`` and shows a ring when the focus came by key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chapter = 1
        self.ring = False
        self.setMouseTracking(True)
        look.changed.connect(self.restyle)

    def restyle(self) -> None:
        """Take the look anew."""
        self.updateGeometry()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring = event.reason() in KEY_REASONS
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.ring = False
        self.update()
        super().focusOutEvent(event)

    def paint_ring(self, painter: QPainter, rect: QRectF, radius: float = 8) -> None:
        """Two pixels of accent around ``rect``, when the focus came by key."""
        if self.ring:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.accent(self.chapter), 2))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)


class ChapterTabs(Painted):
    """The four chapters. ``chosen``: the number of one. Left and right arrows choose."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(52)
        self.setAccessibleName(look.say(CHAPTERS_NAME))
        self.setAccessibleDescription(look.say(CHAPTERS[self.chapter - 1].name))
        super().restyle()

    def set_chapter(self, number: int) -> None:
        """Show a chapter as chosen."""
        self.chapter = number
        self.restyle()

    def _font(self, number: int) -> QFont:
        font = look.font("section", 700 if number == self.chapter else 400)
        font.setPixelSize(16)
        return font

    def places(self) -> list[QRectF]:
        """Where each tab lies: disc and name."""
        out, x = [], 22.0
        roomy = self.width() > 900
        for entry in CHAPTERS:
            bold = QFont(self._font(entry.number))
            bold.setWeight(QFont.Weight.Bold)
            width = 31 + QFontMetricsF(bold).horizontalAdvance(look.say(entry.name))
            out.append(QRectF(x, 0, width, self.height()))
            x += width + (28 if roomy else 14)
        return out

    def _at(self, x: float) -> int:
        for entry, place in zip(CHAPTERS, self.places(), strict=True):
            if place.left() - 10 <= x <= place.right() + 10:
                return entry.number
        return 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for entry, place in zip(CHAPTERS, self.places(), strict=True):
            chosen = entry.number == self.chapter
            accent = look.accent(entry.number)
            middle = self.height() / 2
            disc = QRectF(place.left(), middle - 11, 22, 22)
            fill(painter, disc, 11, accent if chosen else look.tint(entry.number))
            number = look.font("label", 700)
            put_text(
                painter,
                str(entry.number),
                number,
                look.on_accent() if chosen else accent,
                disc.center().x(),
                middle,
                "centre",
            )
            ink = look.colour("ink" if chosen or entry.number == self._over else "ink2")
            put_text(painter, look.say(entry.name), self._font(entry.number), ink, place.left() + 31, middle)
            if chosen:
                painter.fillRect(QRectF(place.left() - 2, self.height() - 3, place.width() + 4, 3), accent)
                self.paint_ring(painter, place.adjusted(-8, 8, 8, -8))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._over = self._at(event.position().x())
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._over else Qt.CursorShape.ArrowCursor)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = 0
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position().x())
        if number:
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self.chosen.emit((self.chapter - 1 + step) % len(CHAPTERS) + 1)
        else:
            super().keyPressEvent(event)


class LanguageSwitch(Painted):
    """Japanese or English. ``chosen``: the language."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(133, 32)
        self.restyle()

    def restyle(self) -> None:
        self.setAccessibleName(look.say(LANGUAGE_NAME))
        super().restyle()

    def _places(self) -> list[QRectF]:
        return [QRectF(3, 3, 61, 26), QRectF(64, 3, 66, 26)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill(painter, QRectF(self.rect()), 8, look.colour("sunken"))
        for language, place in zip(LANGUAGES, self._places(), strict=True):
            chosen = language == look.language
            if chosen:
                fill(painter, place, 6, look.colour("surface"))
            ink = look.colour("ink" if chosen else "ink2")
            put_text(
                painter,
                LANGUAGE_NAMES[language].en,
                look.font("body"),
                ink,
                place.center().x(),
                place.center().y(),
                "centre",
            )
        self.paint_ring(painter, QRectF(self.rect()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(LANGUAGES[0] if event.position().x() < 64 else LANGUAGES[1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() in keys:
            self.chosen.emit("en" if look.language == "ja" else "ja")
        else:
            super().keyPressEvent(event)


class Tool(Painted):
    """A small button with an icon. ``clicked``."""

    clicked = Signal()

    def __init__(
        self, icon: Callable[[], str], tip: Callable[[], Text], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon, self._tip = icon, tip
        self._over = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(34, 34)
        self.restyle()

    def restyle(self) -> None:
        self.setAccessibleName(look.say(self._tip()))
        self.setToolTip(look.say(self._tip()))
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._over:
            fill(painter, QRectF(self.rect()), 8, look.colour("sunken"))
        draw_icon(painter, self._icon(), QRectF(7, 7, 20, 20), look.colour("ink2"))
        self.paint_ring(painter, QRectF(self.rect()))

    def enterEvent(self, event: Any) -> None:
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = False
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


class TopBar(QWidget):
    """Chapters at the left; language, theme, projection (and the card, when it is a drawer) at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = ChapterTabs()
        self.language = LanguageSwitch()
        self.tree = Tool(lambda: "tree", lambda: TREE)
        self.theme = Tool(
            lambda: "sun" if look.dark else "moon", lambda: LIGHT_TIP if look.dark else DARK_TIP
        )
        self.projector = Tool(lambda: "screen", lambda: PROJECT_TIP)
        self.card = Tool(lambda: "info", lambda: CARD_TIP)
        self.card.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.language)
        for tool in (self.tree, self.theme, self.projector, self.card):
            row.addWidget(tool)
        self.setFixedHeight(52)
        look.changed.connect(self.update)

    def set_chapter(self, number: int) -> None:
        """Show a chapter as chosen and take its accent."""
        for child in (self.language, self.tree, self.theme, self.projector, self.card):
            child.chapter = number
        self.tabs.set_chapter(number)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface"))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), look.colour("line"))


class _Rows(Painted):
    """The rows of the list: captions of the sections, systems, and the family tree last.

    Where all do not fit, sections other than the current system's are folded to their caption; a click on it opens and folds them.
    """

    chosen = Signal(str)
    tree = Signal()
    guide = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.guided = False
        self.systems: list[System] = []
        self.current = ""
        self.on_tree = False
        self._over = ""
        self._room = math.inf
        self._scrolled = 0
        self._open: set[str] = set()
        self._came_to = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.restyle()

    def restyle(self) -> None:
        self.setAccessibleName(look.say(SYSTEMS_NAME))
        shown = next((s for s in self.systems if s.id == self.current), None)
        self.setAccessibleDescription(look.say(shown.name) if shown else "")
        super().restyle()

    def set_systems(self, systems: Sequence[System]) -> None:
        """List these systems."""
        self.systems = list(systems)
        if self._section() != self._came_to:  # where one comes to opens, what one leaves is folded
            self._open.discard(self._came_to)
            self._came_to = self._section()
            self._open.add(self._came_to)
        self._fit()

    def set_room(self, height: float) -> None:
        """Stand in a window of this height (px)."""
        if height != self._room:
            self._room = height
            self._fit()

    def set_scrolled(self, pixels: int) -> None:
        """Stand in it scrolled down by so much."""
        self._scrolled = pixels
        self.update()

    def _fit(self) -> None:
        self.setMinimumHeight(0)
        rows = [place for key, place in self.places() if key not in FOOT]
        bottom = max((place.bottom() for place in rows), default=0.0)
        self.setMinimumHeight(round(bottom + (14 if rows else 0) + self.foot()))
        self.restyle()

    def _section(self) -> str:
        """The section of the current system."""
        return next((entry.section for entry in self.systems if entry.id == self.current), "")

    @property
    def folding(self) -> bool:
        """Whether there are several sections and no room for all of them."""
        sections = len({entry.section for entry in self.systems})
        return sections > 1 and 14 + 30 * sections + 48 * (len(self.systems) + 1 + self.guided) + 26 > self._room

    def is_open(self, section: str) -> bool:
        """Whether the systems of a section are listed."""
        return not self.folding or section in self._open

    def places(self) -> list[tuple[str, QRectF]]:
        """(id or ``"section:<name>"``, place) in order; the chapter's lesson is ``"guide"``, the family tree ``"tree"``: these stay at the foot of the window,
        and the rows scroll below them."""
        out: list[tuple[str, QRectF]] = []
        y, section, listed = 14.0, "", True
        for entry in self.systems:
            if entry.section != section:
                section, listed = entry.section, self.is_open(entry.section)
                out.append((f"section:{section}", QRectF(20, y, 164, 30)))
                y += 30
            if listed:
                out.append((entry.id, QRectF(10, y, 184, 48)))
                y += 48
        foot = self._scrolled + min(self._room, float(self.height())) - self.foot()
        if self.guided:
            out.append(("guide", QRectF(10, foot, 184, 48)))
            foot += 48
        out.append(("tree", QRectF(10, foot, 184, 48)))
        return out

    def foot(self) -> float:
        """The height of the rows at the foot."""
        return 62.0 + 48 * self.guided

    def _at(self, point: QPointF) -> str:
        for key, place in reversed(self.places()):
            if (self.folding or not key.startswith("section:")) and place.contains(point):
                return key
        return ""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("sunken"))
        by_id = {entry.id: entry for entry in self.systems}
        places = self.places()
        rows, foot = [one for one in places if one[0] not in FOOT], [one for one in places if one[0] in FOOT]
        for key, place in rows:
            if key.startswith("section:"):
                self._paint_caption(painter, key.removeprefix("section:"), place, key == self._over)
            else:
                entry = by_id[key]
                chosen = key == self.current and not self.on_tree
                self._paint_row(
                    painter, place, look.say(short_name(entry)), str(entry.year or ""), look.say(entry.line), chosen, key
                )
        top = foot[0][1].top()
        painter.fillRect(QRectF(0, top, self.width(), self.foot()), look.colour("sunken"))
        if rows and top < rows[-1][1].bottom():  # rows are below it
            painter.fillRect(QRectF(0, top, self.width(), 1), look.colour("line"))
        for key, place in foot:
            name, line = (TREE, TREE_LINE) if key == "tree" else (GUIDE, GUIDE_LINE)
            self._paint_row(painter, place, look.say(name), "", look.say(line), key == "tree" and self.on_tree, key)

    def _paint_caption(self, painter: QPainter, section: str, place: QRectF, over: bool) -> None:
        """The name of a section; how many it has and which way it turns, where it can be folded."""
        ink = look.colour("ink2" if over else "ink3")
        name = SECTION_NAMES[section]  # type: ignore[index]
        put_text(painter, look.say(name), look.font("label"), ink, place.left(), place.center().y())
        if self.folding:
            is_open = self.is_open(section)
            draw_icon(painter, "down" if is_open else "right", QRectF(place.right() - 13, place.center().y() - 6, 12, 12), ink, 2.4)
            if not is_open:
                count = str(sum(entry.section == section for entry in self.systems))
                put_text(painter, count, look.font("label"), ink, place.right() - 20, place.center().y(), "right")

    def _paint_row(
        self, painter: QPainter, place: QRectF, name: str, year: str, line: str, chosen: bool, key: str
    ) -> None:
        if chosen:
            fill(painter, place, 8, look.colour("surface"))
            fill(
                painter,
                QRectF(place.left(), place.top() + 8, 3, place.height() - 16),
                1.5,
                look.accent(self.chapter),
            )
            self.paint_ring(painter, place)
        elif key == self._over:
            fill(painter, place, 8, look.colour("bg"))
        left = place.left() + 10
        if key in FOOT:
            draw_icon(
                painter, FOOT[key], QRectF(left, place.center().y() - 11, 22, 22), look.accent(self.chapter), 1.6
            )
            left += 32
        right = place.right() - 10
        used = put_text(
            painter, year, look.font("label"), look.colour("ink2"), right, place.top() + 15, "right"
        )
        ink = look.colour("ink")
        name_font = look.font("body", 700 if chosen else 400)
        name_font.setPixelSize(15)
        put_text(
            painter,
            name,
            name_font,
            ink,
            left,
            place.top() + 15,
            width=right - left - used - 6,
        )
        put_text(
            painter, line, look.font("label"), look.colour("ink2"), left, place.top() + 34, width=right - left
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._at(event.position())
        if over != self._over:
            self._over = over
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            key = self._at(QPointF(event.pos()))
            entry = next((s for s in self.systems if s.id == key), None)
            if entry is not None:
                QToolTip.showText(event.globalPos(), look.say(entry.sentence), self)
                return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._over = ""
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        key = self._at(event.position())
        if key.startswith("section:"):
            self._open ^= {key.removeprefix("section:")}
            self._fit()
        elif key == "tree":
            self.tree.emit()
        elif key == "guide":
            self.guide.emit()
        elif key:
            self.chosen.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        keys = [entry.id for entry in self.systems] + ["tree"]
        here = "tree" if self.on_tree else self.current
        if step:
            index = keys.index(here) + step if here in keys else 0
            key = keys[max(0, min(index, len(keys) - 1))]
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            key = keys[0] if event.key() == Qt.Key.Key_Home else keys[-1]
        else:
            super().keyPressEvent(event)
            return
        if key == "tree":
            self.tree.emit()
        elif key:
            self.chosen.emit(key)


class SystemList(QScrollArea):
    """The ready systems of a chapter, one chosen; the family tree a click away. ``chosen``: an id; ``tree``."""

    chosen = Signal(str)
    tree = Signal()
    guide = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = _Rows()
        self.setWidget(self.rows)
        self.setWidgetResizable(True)
        self.setFixedWidth(204)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setAutoFillBackground(False)
        self.verticalScrollBar().valueChanged.connect(self.rows.set_scrolled)
        self.rows.chosen.connect(self.chosen)
        self.rows.tree.connect(self.tree)
        self.rows.guide.connect(self.guide)

    def show_systems(
        self, chapter: int, systems: Sequence[System], current: str, on_tree: bool = False
    ) -> None:
        """List the systems of a chapter with one of them (or the family tree) chosen."""
        self.rows.guided = bool(systems) and bool(names_of(chapter))
        self.rows.chapter = chapter
        self.rows.current, self.rows.on_tree = current, on_tree
        self.rows.set_systems(systems)
        for key, place in self.rows.places():
            if key == current:
                middle = round(place.center().x())
                self.ensureVisible(middle, round(place.bottom() + (self.rows.foot() if key not in FOOT else 0)), 0, 0)
                self.ensureVisible(middle, round(place.top()), 0, 16)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rows.set_room(self.viewport().height())


class StatusBar(Painted):
    """Running jobs with progress, time left and cancel; ready when there is none. ``keys``: the list of keys is asked for."""

    keys = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._client: Client | None = None
        self._born: dict[Any, float] = {}
        self._index = 0
        self._hot: list[tuple[QRectF, Callable[[], object]]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.update)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(28)
        self.restyle()

    def restyle(self) -> None:
        self.setAccessibleName(look.say(JOBS_NAME))
        super().restyle()

    def follow(self, client: Client) -> None:
        """Show the jobs of this client from now on."""
        self._client = client
        client.changed.connect(self._changed)
        self._changed()

    def jobs(self) -> list[Job]:
        """The live jobs that have run long enough to be shown, without sessions that wait for the user."""
        if self._client is None:
            return []
        now = time.monotonic()
        return [job for job in self._client.jobs() if not job.resting and now - self._born.get(job, now) >= CALM]

    def _changed(self) -> None:
        assert self._client is not None
        now, live = time.monotonic(), self._client.jobs()
        self._born = {job: self._born.get(job, now) for job in live}
        young = [self._born[job] + CALM - now for job in live if now - self._born[job] < CALM]
        if young and not self._timer.isActive():
            self._timer.start(max(1, round(min(young) * 1000) + 5))
        shown = self.jobs()
        self._index = min(self._index, max(0, len(shown) - 1))
        self.setAccessibleDescription(", ".join(look.say(job.title) for job in shown))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface"))
        painter.fillRect(QRect(0, 0, self.width(), 1), look.colour("line"))
        self._hot.clear()
        middle = self.height() / 2 + 0.5
        caption = look.font("caption")
        right = self.width() - 16.0
        used = put_text(painter, look.say(LOCAL), caption, look.colour("ink3"), right, middle, "right")
        right -= used + 20
        used = put_text(painter, look.say(KEYS), caption, look.colour("ink2"), right, middle, "right")
        self._hot.append((QRectF(right - used - 6, 0, used + 12, self.height()), self.keys.emit))
        right -= used + 24
        jobs = self.jobs()
        x = 20.0
        if not jobs:
            ready = self._client is not None
            draw_icon(
                painter,
                "check" if ready else "ring",
                QRectF(x, middle - 7, 14, 14),
                look.accent(self.chapter),
                3.0,
            )
            put_text(
                painter, look.say(READY if ready else STARTING), caption, look.colour("ink2"), x + 24, middle
            )
        for index, job in enumerate(jobs):
            if index and x + self._job_width(job) > right:
                more = look.say(MORE_JOBS.format(count=len(jobs) - index))
                put_text(painter, more, caption, look.colour("ink3"), x, middle, width=max(0.0, right - x))
                break
            x = self._paint_job(painter, job, x, middle, index == self._index) + 28
        if not jobs:
            self.paint_ring(painter, QRectF(self.rect()).adjusted(12, 2, -12, -2), 6)

    def _words_of(self, job: Job) -> list[str]:
        progress = job.latest_progress
        if job.state == "waiting":
            return [look.say(WAITS)]
        if progress is None:
            return []
        words = [f"{progress.fraction * 100:.0f} %"] if progress.fraction is not None else []
        return words + ([say_left(progress.seconds_left)] if progress.seconds_left is not None else [])

    def _job_width(self, job: Job) -> float:
        """How far ``_paint_job`` goes, leaving room for a note of further jobs."""
        metrics = QFontMetricsF(look.font("caption"))
        words = sum(metrics.horizontalAdvance(word) + 12 for word in self._words_of(job))
        title = min(220.0, metrics.horizontalAdvance(look.say(job.title)))
        return 24 + title + 12 + 172 + words + metrics.horizontalAdvance(look.say(CANCEL)) + 70

    def _paint_job(self, painter: QPainter, job: Job, x: float, middle: float, chosen: bool) -> float:
        caption = look.font("caption")
        accent = look.accent(self.chapter)
        draw_icon(painter, "ring", QRectF(x - 2, middle - 8, 16, 16), accent, 3.4)
        x += 24
        x += put_text(painter, look.say(job.title), caption, look.colour("ink"), x, middle, width=220.0) + 12
        progress = job.latest_progress
        fraction = progress.fraction if progress is not None else None
        track = QRectF(x, middle - 3, 160, 6)
        fill(painter, track, 3, look.colour("line"))
        if fraction is not None:
            share = min(1.0, max(0.0, fraction))
            fill(painter, QRectF(x, middle - 3, max(6.0, 160 * share), 6), 3, accent)
        x += 172
        words = self._words_of(job)
        for index, word in enumerate(words):
            ink = look.colour("ink2" if index == 0 else "ink3")
            x += put_text(painter, word, caption, ink, x, middle) + 12
        used = put_text(painter, look.say(CANCEL), caption, look.colour("ink"), x, middle)
        place = QRectF(x - 6, 3, used + 12, self.height() - 6)
        self._hot.append((place, job.cancel))
        if chosen:
            self.paint_ring(painter, place, 5)
        return x + used

    def _hit(self, point: QPointF) -> Callable[[], object] | None:
        return next((run for place, run in self._hot if place.contains(point)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hot = self._hit(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if hot else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        run = self._hit(event.position())
        if run is not None:
            run()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        jobs = self.jobs()
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if step and jobs:
            self._index = (self._index + step) % len(jobs)
            self.update()
        elif jobs and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Space,
            Qt.Key.Key_Delete,
        ):
            jobs[min(self._index, len(jobs) - 1)].cancel()
        else:
            super().keyPressEvent(event)
