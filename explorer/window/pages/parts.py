"""Parts of every page: the tabs of its lenses, its samples, the banner of an error, a state in place of the content, the veil while something is dragged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.catalogue.lenses import LENS_GROUPS
from explorer.window.look import look
from explorer.window.views.controls import Button, Choice, IconButton, Label, StateCard, Tabs
from explorer.window.views.drawing import draw_text, pen, rounded
from explorer.window.views.icons import draw_icon
from explorer.window.views.view import accent_of, hairline, tint_of
from explorer.words import Text

Action = tuple[Text, Callable[[], object]]
LENSES_NAME, GROUPS_NAME = Text("レンズ", "Lenses"), Text("レンズの種類", "Kinds of lenses")
MANY = 6  # lenses that still stand in one list


class LensArea(QWidget):
    """Lens tabs with the legend at their right end, a hairline, and the chosen lens below; a claim beside it in projection.

    Many lenses of several groups stand in two rows: the groups, then the lenses of the chosen one; a group remembers its lens.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = Tabs((), name=LENSES_NAME)
        self.groups = Choice((), name=GROUPS_NAME)
        self.groups.hide()
        self._labels: list[tuple[str, Text]] = []
        self._group_of: dict[str, str] = {}
        self._last: dict[str, str] = {}
        self._only: Collection[str] | None = None
        self._projecting = False
        self._widgets: dict[str, QWidget] = {}
        self._legends: dict[str, QWidget] = {}
        self._legend_stack = QStackedLayout()
        self._legend_box = QWidget()
        self._legend_box.setLayout(self._legend_stack)
        self._legend_box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._nothing = QWidget()
        self._legend_stack.addWidget(self._nothing)
        self._bar = QWidget()
        self._grid = QGridLayout(self._bar)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self._stack_box = QWidget()
        self._stack = QStackedLayout(self._stack_box)
        self._row = QHBoxLayout()
        self._row.addWidget(self._stack_box, 1)
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.addWidget(self._bar)
        self._body.addLayout(self._row, 1)
        self.tabs.chosen.connect(self._show)
        self.groups.chosen.connect(self._choose_group)
        look.changed.connect(self._restyle)
        self._place()
        self._restyle()

    def _restyle(self) -> None:
        self._body.setSpacing(look.px(14))
        self._row.setSpacing(look.px(28))
        self._grid.setVerticalSpacing(look.px(6))
        self._grid.setHorizontalSpacing(look.px(16))
        self.update()

    @property
    def grouped(self) -> bool:
        """Whether the lenses are too many for one list and are of several groups."""
        ids = self.ids()
        return len(ids) > MANY and len({self._group_of[one] for one in ids}) > 1

    def _place(self) -> None:
        """The legend stands at the right of the groups where there are any, else of the tabs; in projection alone, at the left."""
        both, on = self.grouped, self._projecting
        self._grid.addWidget(self.groups, 0, 0, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self.tabs, 1, 0, 1, 2 if both else 1)
        self._grid.addWidget(self._legend_box, 0 if both or on else 1, 0 if on else 1, Qt.AlignmentFlag.AlignLeft if on else Qt.AlignmentFlag(0))
        self.groups.setVisible(both and not on)
        self.tabs.setVisible(not on)

    def add(self, lens_id: str, label: Text, widget: QWidget, legend: QWidget | None = None, group: str = "apart") -> None:
        """Append a lens: its widget, what explains its colours, and its group (of LENS_GROUPS)."""
        self._widgets[lens_id] = widget
        self._stack.addWidget(widget)
        if legend is not None:
            holder = QWidget()  # so that a lens may show and hide its legend without showing it among others
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(legend)
            holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # until its lens is chosen
            self._legends[lens_id] = holder
            self._legend_stack.addWidget(holder)
        self._labels.append((lens_id, label))
        self._group_of[lens_id] = group
        self._place()
        self._offer(self.tabs.current or lens_id)
        if len(self._widgets) == 1:
            self._show(lens_id)

    def _offer(self, lens_id: str) -> None:
        """Tabs for all lenses, or for those of this one's group; this one is chosen."""
        group, ids = self._group_of[lens_id], self.ids()
        present = list(dict.fromkeys(self._group_of[one] for one in ids))
        self.groups.set_options([(one, LENS_GROUPS[one]) for one in present], group)
        self.tabs.set_options([(one, label) for one, label in self._labels if one in ids and (not self.grouped or self._group_of[one] == group)], lens_id)

    def offer(self, only: Collection[str]) -> None:
        """Offer these of the lenses alone; where the chosen one is none of them, the first of them is chosen."""
        self._only = only
        ids = self.ids()
        if ids:
            self._place()
            current = self.current
            self._offer(current if current in ids else ids[0])
            if current not in ids:
                self._show(ids[0])

    def _choose_group(self, group: str) -> None:
        ids, last = self.ids(), self._last.get(group)
        lens_id = last if last is not None and last in ids else next(one for one in ids if self._group_of[one] == group)
        self._offer(lens_id)
        self._show(lens_id)

    @property
    def current(self) -> str:
        """Id of the chosen lens, or empty."""
        return self.tabs.current

    def ids(self) -> list[str]:
        """The ids of the lenses offered, in order."""
        return [lens_id for lens_id, _ in self._labels if self._only is None or lens_id in self._only]

    def choose(self, lens_id: str) -> None:
        """Choose a lens. Raises KeyError for one that is not offered."""
        if lens_id not in self.ids():
            raise KeyError(lens_id)
        if lens_id != self.tabs.current:
            self._offer(lens_id)
            self._show(lens_id)

    def widget(self, lens_id: str) -> QWidget:
        """The widget of a lens. Raises KeyError."""
        return self._widgets[lens_id]

    def __len__(self) -> int:
        return len(self._widgets)

    def _show(self, lens_id: str) -> None:
        self._last[self._group_of[lens_id]] = lens_id
        self._stack.setCurrentWidget(self._widgets[lens_id])
        legend = self._legends.get(lens_id, self._nothing)
        for other in (self._nothing, *self._legends.values()):  # the tabs have the room that this legend leaves, not the widest one
            other.setSizePolicy(QSizePolicy.Policy.Preferred if other is legend else QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._legend_stack.setCurrentWidget(legend)
        self._legend_box.updateGeometry()  # a legend that is hidden does not tell its new width
        self._bar.setVisible(not self._projecting or legend is not self._nothing)
        self.chosen.emit(lens_id)

    def put_beside(self, widget: QWidget | None) -> None:
        """Show a widget at the right of the lens, or take it away (it is not deleted)."""
        while self._row.count() > 1:
            item = self._row.takeAt(1)
            if item is not None and (old := item.widget()) is not None and old is not widget:
                old.hide()
        if widget is not None:
            self._row.addWidget(widget)
            widget.show()

    def project(self, on: bool) -> None:
        """In projection the tabs are hidden; the arrow keys and the page keep the lens."""
        self._projecting = on
        self._place()
        legend = self._legend_stack.currentWidget()
        self._bar.setVisible(not on or legend is not self._nothing)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not look.projection:
            painter = QPainter(self)
            painter.setPen(hairline())
            y = self._bar.geometry().bottom()
            painter.drawLine(0, y, self.width(), y)


class StateStack(QStackedWidget):
    """What a page shows, or in its place ``card``: why there is nothing yet, and what to do about it."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.card: StateCard | None = None
        self._content, self._holder = content, QWidget()
        self._row = QHBoxLayout(self._holder)
        self.addWidget(content)
        self.addWidget(self._holder)

    def show_card(self, card: StateCard | None, actions: Mapping[str, Callable[[], object]] | None = None) -> None:
        """Show this card, whose buttons do these things, by their keys; None: the content again."""
        while (item := self._row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.card = card
        if card is not None:
            card.acted.connect(lambda key: (actions or {}).get(key, lambda: None)())
            self._row.addWidget(card)
        self.setCurrentWidget(self._content if card is None else self._holder)


class Banner(QWidget):
    """What went wrong, in a sentence, with the next things to do. Escape or the cross closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = "no"
        self._note = False
        self.label = Label(Text("–", "–"), role="body", colour="no")
        self.cross = IconButton("close", Text("閉じる", "Close"))
        self.cross.clicked.connect(self.dismiss)
        self._actions = QHBoxLayout()
        self._actions.setContentsMargins(0, 0, 0, 0)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.label, 1)
        self._row.addLayout(self._actions)
        self._row.addWidget(self.cross)
        look.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def _restyle(self) -> None:
        self._row.setContentsMargins(look.px(44), look.px(6), look.px(8), look.px(6))
        self._row.setSpacing(look.px(12))
        self._actions.setSpacing(look.px(8))
        if self._note:
            self.setVisible(not look.projection)
        self.update()

    def say(self, text: Text, actions: Sequence[Action] = (), tone: str = "no", note: bool = False) -> None:
        """Show the sentence. ``tone``: "no" for what failed, "caveat" for what the user should know. ``note``: something for the user alone, not for a
        class: a projection has the room for the picture."""
        self._tone, self._note = tone, note
        while self._actions.count():
            item = self._actions.takeAt(0)
            if item is not None and (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for label, run in actions:
            button = Button(label, kind="plain")
            button.clicked.connect(lambda _=False, run=run: run())
            self._actions.addWidget(button)
        self.label.set_text(text)
        self.label.set_colour("no" if tone == "no" else "caveat")
        self.setAccessibleName(look.say(text))
        self.setVisible(not (note and look.projection))
        self.update()

    def dismiss(self) -> None:
        """Take the banner away."""
        self._note = False
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tint = look.colour("no_tint" if self._tone == "no" else "caveat_tint")
        ink = look.colour("no" if self._tone == "no" else "caveat")
        rounded(painter, QRectF(self.rect()), look.px(8), tint)
        side = look.px(20)
        place = QRectF(look.px(14), self.height() / 2 - side / 2, side, side)
        draw_icon(painter, "cross" if self._tone == "no" else "wave", place, ink, 2.2)


class DropVeil(QWidget):
    """Lies over the page while something is dragged above it: a dashed accent outline and what will happen."""

    def __init__(self, page: QWidget, text: Text) -> None:
        super().__init__(page)
        self.text = text
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(tint_of(self))
        veil.setAlpha(235)
        painter.fillRect(self.rect(), veil)
        accent = accent_of(self)
        dashed = pen(accent, look.line(2))
        dashed.setDashPattern([4, 4])
        dashed.setStyle(Qt.PenStyle.CustomDashLine)
        painter.setPen(dashed)
        margin = look.px(16)
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(margin, margin, -margin, -margin), look.px(12), look.px(12)
        )
        middle = QPointF(self.rect().center())
        side = look.px(64)
        draw_icon(painter, "drop", QRectF(middle.x() - side / 2, middle.y() - side, side, side), accent)
        draw_text(
            painter,
            look.say(self.text),
            look.font("state"),
            accent,
            middle.x(),
            middle.y() + look.px(28),
            "centre",
        )
