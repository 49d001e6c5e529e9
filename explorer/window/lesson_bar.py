"""The bar over the stage while a lesson is shown, or made: the sentence of the step, where one is, on and back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from explorer.window.lesson import PARTS
from explorer.window.look import look
from explorer.window.views.controls import Button, Field, IconButton, Label
from explorer.window.views.view import tint_of
from explorer.words import Text

BACK, NEXT, END, CLOSE = Text("戻る", "Back"), Text("次へ", "Next"), Text("終わり", "Finish"), Text("レッスンを終える (Esc)", "Leave the lesson (Esc)")
PLACE = Text("{at} / {count}", "{at} of {count}")
SAY = Text("この画面で伝えることを一文で", "What to say here, in a sentence")
ADD, HIDE, SAVE = Text("この画面を加える", "Add this view"), Text("隠すもの", "Hide"), Text("保存…", "Save…")
TAKE_AWAY, STOP = Text("このステップを消す", "Remove this step"), Text("作るのをやめる", "Stop making the lesson")
NONE_YET = Text("ページを整えて、文を書き、加えてください。", "Set up a page, write a sentence and add it.")
STEPS = Text("{count} ステップ", "{count} steps")
ONE_STEP = Text("1 ステップ", "1 step")
TITLE = Text("レッスン", "Lesson")
PART_NAMES: dict[str, Text] = dict(
    zip(
        PARTS,
        (
            Text("章と一覧", "Chapters and list"),
            Text("入力", "Input"),
            Text("ネットワークの選択", "Choice of the network"),
            Text("レンズの見出し", "Lens tabs"),
            Text("スライダーと選択肢", "Sliders and choices"),
            Text("解説と主張", "About and claims"),
            Text("保存のメニュー", "Save menu"),
        ),
        strict=True,
    )
)


class LessonBar(QWidget):
    """Signals: ``moved(±1)``, ``closed``; while a lesson is made also ``added(sentence)``, ``removed``, ``hidden(part, on)``, ``save``."""

    moved = Signal(int)
    closed = Signal()
    added = Signal(str)
    removed = Signal()
    part_hidden = Signal(str, bool)
    save = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chapter = 1
        self.hide_parts: tuple[str, ...] = ()
        self.title = Label(TITLE, "label", "accent", weight=700)
        self.sentence = Label("", "value", wrap=True)
        self.place = Label("", "label", "ink2")
        self.field = Field(SAY, height=34)
        self.back, self.next = Button(BACK, "plain", "left"), Button(NEXT, "filled")
        self.hiding, self.remove = Button(HIDE, "plain", "sliders"), IconButton("minus", TAKE_AWAY, flat=True)
        self.add, self.keep = Button(ADD, "tint", "plus"), Button(SAVE, "filled", "export")
        self.cross = IconButton("close", CLOSE, flat=True)
        self._words = QVBoxLayout()
        for widget in (self.title, self.sentence, self.field):
            self._words.addWidget(widget)
        self._row = QHBoxLayout(self)
        self._row.addLayout(self._words, 1)
        for button in (self.place, self.back, self.next, self.remove, self.hiding, self.add, self.keep, self.cross):
            self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.back.clicked.connect(lambda: self.moved.emit(-1))
        self.next.clicked.connect(lambda: self.moved.emit(1))
        self.cross.clicked.connect(self.closed)
        self.add.clicked.connect(self._add)
        self.field.returnPressed.connect(self._add)
        self.remove.clicked.connect(self.removed)
        self.keep.clicked.connect(self.save)
        self.hiding.clicked.connect(self.open_parts)
        look.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def _restyle(self) -> None:
        self._row.setContentsMargins(look.px(22), look.px(8), look.px(12), look.px(8))
        self._row.setSpacing(look.px(8))
        self._words.setSpacing(look.px(2))
        self.update()

    def show_step(self, title: Text, at: int, count: int, say: Text | None) -> None:
        """A step of a lesson that is shown: the ``at``-th (from 0) of ``count``."""
        self.title.set_text(title)
        self.sentence.set_text(say or "")
        self.sentence.setVisible(say is not None)
        self.place.set_text(PLACE.format(at=at + 1, count=count))
        self.place.setVisible(count > 1)
        self.back.setVisible(count > 1)
        self.back.setEnabled(at > 0)
        self.next.setVisible(count > 1)
        self.next.set_text(NEXT if at + 1 < count else END)
        for widget in (self.field, self.add, self.keep, self.hiding, self.remove):
            widget.hide()
        self.cross.setToolTip(look.say(CLOSE))
        self.show()

    def show_making(self, count: int, hide: Sequence[str]) -> None:
        """A lesson being made has ``count`` steps and hides these parts."""
        self.hide_parts = tuple(hide)
        self.title.set_text(TITLE)
        self.sentence.hide()
        self.place.set_text(NONE_YET if not count else ONE_STEP if count == 1 else STEPS.format(count=count))
        self.back.hide()
        self.next.hide()
        for widget in (self.field, self.add, self.keep, self.hiding):
            widget.show()
        self.remove.setVisible(count > 0)
        self.keep.setEnabled(count > 0)
        self.place.setVisible(self.width() > look.px(1100) or count > 0)
        self.show()

    def _add(self) -> None:
        self.added.emit(self.field.text().strip())
        self.field.clear()

    def open_parts(self) -> QMenu:
        """What the lesson hides, to switch on and off."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for part in PARTS:
            action = menu.addAction(look.say(PART_NAMES[part]))
            action.setCheckable(True)
            action.setChecked(part in self.hide_parts)
            action.toggled.connect(lambda on, part=part: self.part_hidden.emit(part, on))
        menu.popup(self.hiding.mapToGlobal(QPoint(0, self.hiding.height())))
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tint_of(self))
