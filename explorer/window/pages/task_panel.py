"""The frame of one task of a chapter: its name, what goes in and comes out, the answer, and how it was computed; a click opens its page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.catalogue import System
from explorer.results import Progress
from explorer.window.client import Job
from explorer.window.look import look
from explorer.window.views.controls import Bar, Button, Label
from explorer.window.views.drawing import draw_text, rounded
from explorer.window.views.icons import draw_icon
from explorer.window.views.view import RingKeeper, accent_of
from explorer.words import Text

OPEN_PAGE = Text("{task}：{name} のページを開く", "{task}: open the page of {name}")
CANCEL, GO_ON = Text("中止", "Cancel"), Text("続ける", "Go on")
STOPPED = Text("計算を中止しました。", "Stopped.")


class TaskPanel(QWidget):
    """``opened()``: click, Enter or Space on a panel that has a page; ``again()``: go on after a stop. Put the answer into ``inside``."""

    opened = Signal()
    again = Signal()
    focus_radius = 12

    def __init__(self, name: Text, maps: Text, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.task_name, self._maps = name, maps
        self.page: System | None = None
        self.job: Job | None = None
        self._over = False
        self._ring_keeper = RingKeeper(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.head = _Head(self)
        self.inside = QWidget()
        self.answer = QVBoxLayout(self.inside)
        self.answer.setContentsMargins(0, 0, 0, 0)
        self.bar = Bar(None, height=4)
        self.how = Label("", "label", "ink2", wrap=True)
        self.stop = Button(CANCEL, "plain")
        self.stop.clicked.connect(lambda: self._stop_or_go_on())
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.how, 1)
        self._foot.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignBottom)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.head)
        self._column.addWidget(self.bar)
        self._both = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._both.addWidget(self.inside, 1)
        self._both.addLayout(self._foot)
        self._column.addLayout(self._both, 1)
        self._how: Text = Text(" ", " ")
        look.changed.connect(self._restyle)
        self._restyle()
        self._tell()

    def _restyle(self) -> None:
        side = look.px(16)
        self._column.setContentsMargins(side, look.px(10), side, look.px(10))
        self._column.setSpacing(look.px(6))
        self.answer.setSpacing(look.px(6))
        self._both.setSpacing(look.px(14 if look.projection else 6))
        self._foot.setSpacing(look.px(8))
        self.stop.setFixedHeight(look.px(24))
        self._name_page()
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(200), look.px(150 if look.projection else 220))

    def hasHeightForWidth(self) -> bool:
        """The room is given by the page: all panels are of one size."""
        return False

    def project(self, on: bool, beside: int = 10) -> None:
        """In projection panels are low and wide: what is said stands beside the answer, ``beside`` parts wide where the answer has 19."""
        self._both.setDirection(QBoxLayout.Direction.LeftToRight if on else QBoxLayout.Direction.TopToBottom)
        self._both.setStretch(0, 19 if on else 1)
        self._both.setStretch(1, beside if on else 0)
        self._foot.setAlignment(self.how, Qt.AlignmentFlag.AlignVCenter if on else Qt.AlignmentFlag(0))
        self._tell()

    # the page behind it

    def set_page(self, page: System | None) -> None:
        """What a click opens; None: there is no such page yet."""
        self.page = page
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if page is not None else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if page is not None else Qt.CursorShape.ArrowCursor)
        self._name_page()
        self.head.update()

    def _name_page(self) -> None:
        task = look.say(self.task_name)
        words = look.say(OPEN_PAGE).format(task=task, name=look.say(self.page.name)) if self.page is not None else ""
        self.setToolTip(words)
        self.setAccessibleName(words or task)

    @property
    def lit(self) -> bool:
        """Whether the panel shows that a click on it opens a page."""
        return self.page is not None and (self._over or self.hasFocus())

    def _open(self) -> None:
        if self.page is not None:
            self.opened.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._open()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.page is not None:
            self._open()
        else:
            event.ignore()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._over = True
        self.update()
        self.head.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = False
        self.update()
        self.head.update()

    # what is said

    def say_how(self, how: Text) -> None:
        """One short line on how the answer was computed."""
        self._how = how
        self._tell()

    def follow(self, job: Job) -> None:
        """Show how far a job is, with a button to stop it, until it ends or another one is followed."""
        self.job = job
        self.bar.set_fraction(None)
        job.progress.connect(lambda progress: self._progress(job, progress))
        job.ended.connect(lambda: self._tell() if job is self.job else None)
        self._tell()

    def _progress(self, job: Job, progress: Progress) -> None:
        if job is self.job:
            self.bar.set_fraction(progress.fraction)

    @property
    def running(self) -> bool:
        """Whether the answer is being computed."""
        return self.job is not None and self.job.state in ("waiting", "running")

    @property
    def stopped(self) -> bool:
        """Whether the user stopped it."""
        return self.job is not None and self.job.state == "cancelled"

    def _tell(self) -> None:
        running, stopped = self.running, self.stopped
        self.bar.setVisible(running)
        self.stop.setVisible((running or stopped) and not look.projection)
        self.stop.set_text(CANCEL if running else GO_ON)
        self.how.set_text(STOPPED if stopped else self._how)

    def _stop_or_go_on(self) -> None:
        if self.running and self.job is not None:
            self.job.cancel()
        elif self.stopped:
            self.again.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        line = accent_of(self) if self.lit else None
        rounded(QPainter(self), QRectF(self.rect()), look.px(12), look.colour("surface"), line, look.line(1.5))


class _Head(QWidget):
    """The task's name, bold, what goes in and comes out beside it, and a chevron where a page is behind it."""

    def __init__(self, panel: TaskPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(look.px(200), look.px(26))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(80), look.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        panel, middle, side = self._panel, self.height() / 2, look.px(16)
        ink = accent_of(self) if panel.lit else look.colour("ink")
        used = draw_text(painter, look.say(panel.task_name), look.font("state", 700), ink, 0, middle)
        right = float(self.width())
        if panel.page is not None:
            right -= side
            draw_icon(painter, "right", QRectF(right, middle - side / 2, side, side), ink if panel.lit else look.colour("ink3"), 2.0)
        left = used + look.px(12)
        draw_text(painter, look.say(panel._maps), look.font("label"), look.colour("ink3"), left, middle, width=right - left - look.px(8))


def untouched(*widgets: QWidget) -> None:
    """Let clicks on these widgets reach the panel around them, and keep the keyboard off them."""
    for widget in widgets:
        widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def row_of(*widgets: QWidget) -> QBoxLayout:
    """These widgets side by side, equally wide."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
