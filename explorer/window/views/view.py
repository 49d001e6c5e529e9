"""The base of all views: numpy in, painted by ``paint``, out as PNG, SVG or CSV."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QImageWriter, QPainter, QPaintEvent, QPen
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from explorer.results import Result
from explorer.window.look import Token, look
from explorer.window.views.drawing import TextBlock, faded, rounded
from explorer.words import Text


def chapter_of(widget: QWidget | None) -> int:
    """The chapter (1–4) whose accent a widget takes: the nearest ``chapter`` set on it or above it, else 1."""
    while widget is not None:
        chapter = widget.own_chapter if hasattr(widget, "own_chapter") else getattr(widget, "chapter", None)
        if isinstance(chapter, int) and 1 <= chapter <= 4:
            return chapter
        widget = widget.parentWidget()
    return 1


def accent_of(widget: QWidget) -> QColor:
    """The accent of the widget's chapter."""
    return look.accent(chapter_of(widget))


def tint_of(widget: QWidget) -> QColor:
    """The tint of the widget's chapter."""
    return look.tint(chapter_of(widget))


class FocusRing(QWidget):
    """Two pixels of accent, two pixels off, around a widget that got the focus by key; lies beside it in the same parent."""

    GAP = 2
    WIDTH = 2

    def __init__(self, target: QWidget) -> None:
        super().__init__(target.parentWidget())
        self._target = target
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.follow()
        self.show()
        self.raise_()

    def follow(self) -> None:
        """Lie around the target where it is now."""
        grow = self.GAP + self.WIDTH
        self.setGeometry(self._target.geometry().adjusted(-grow, -grow, grow, grow))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        radius = float(getattr(self._target, "focus_radius", look.px(8))) + self.GAP + self.WIDTH
        rounded(painter, QRectF(self.rect()), radius, None, accent_of(self._target), self.WIDTH)


_KEY_REASONS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class RingKeeper(QObject):
    """Shows the focus ring of one widget while it has the focus by key."""

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self._target = target
        self.ring: FocusRing | None = None
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._target:
            return False
        kind = event.type()
        if isinstance(event, QFocusEvent):
            self._drop()
            if event.gotFocus() and event.reason() in _KEY_REASONS and self._target.parentWidget() is not None:
                self.ring = FocusRing(self._target)
        elif kind in (QEvent.Type.Hide, QEvent.Type.ParentChange):
            self._drop()
        elif self.ring is not None and kind in (QEvent.Type.Move, QEvent.Type.Resize):
            self.ring.follow()
        return False

    def _drop(self) -> None:
        if self.ring is not None:
            self.ring.hide()
            self.ring.deleteLater()
            self.ring = None


class View(QWidget):
    """Base of the views. Subclasses implement ``paint`` and, if interactive, mouse and key events.

    The widget is transparent: it lies on the stage (``bg``) or the card (``surface``); exports fill the background themselves.
    """

    result_changed = Signal()
    background: Token = "bg"
    """Which of look's colours exports are filled with."""
    interactive = False
    focus_radius = 6

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None, placeholder: Text | None = None) -> None:
        super().__init__(parent)
        self._result: Result | None = None
        self.own_chapter = chapter
        self._chapter_drawn = 0  # while painting: looked up once, not for every part of the picture
        self._name = name
        self.placeholder = placeholder
        if self.interactive:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setMouseTracking(True)
            self._ring_keeper = RingKeeper(self)
        look.changed.connect(self._look_changed)
        self._rename()

    # the result

    @property
    def result(self) -> Result | None:
        """What is shown, or None."""
        return self._result

    def set_result(self, result: Result) -> None:
        """Show a result. Raises TypeError for a kind the view cannot draw."""
        self._result = result
        self.result_changed.emit()
        self.update()

    def clear(self) -> None:
        """Show nothing but the placeholder."""
        self._result = None
        self.result_changed.emit()
        self.update()

    def has_content(self) -> bool:
        """Whether there is something to draw besides the placeholder."""
        return self._result is not None

    # chapter and names

    @property
    def chapter(self) -> int:
        """The chapter whose accent is used: set here, or of the page around."""
        return self._chapter_drawn or chapter_of(self)

    @chapter.setter
    def chapter(self, value: int) -> None:
        self.own_chapter = value
        self.update()

    @property
    def accent(self) -> QColor:
        return look.accent(self.chapter)

    def set_name(self, name: Text) -> None:
        """Name the view for screen readers and file titles."""
        self._name = name
        self._rename()

    def _rename(self) -> None:
        if self._name is not None:
            self.setAccessibleName(look.say(self._name))

    def _look_changed(self) -> None:
        self._rename()
        self.restyle()
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Drop whatever was prepared for the look before; called on every change of look."""

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Draw everything into ``rect``; used for the screen, PNG and SVG alike."""
        raise NotImplementedError

    def paint_placeholder(self, painter: QPainter, rect: QRectF) -> None:
        """What stands here while there is nothing to show: a quiet field with a sentence if there is one."""
        if self.placeholder is None:
            return
        rounded(painter, rect, look.px(6), look.colour("sunken"))
        block = TextBlock(look.say(self.placeholder), look.font("label"), rect.width() - look.px(32), align=Qt.AlignmentFlag.AlignHCenter)
        block.draw(painter, rect.x() + look.px(16), rect.center().y() - block.height / 2, look.colour("ink3"))

    def _draw(self, painter: QPainter, rect: QRectF) -> None:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self._chapter_drawn = chapter_of(self)
        try:
            if self.has_content():
                self.paint(painter, rect)
            else:
                self.paint_placeholder(painter, rect)
        finally:
            self._chapter_drawn = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw(painter, QRectF(self.rect()))

    def sizeHint(self) -> QSize:
        return QSize(look.px(320), look.px(240))

    # export

    def picture(self, scale: float = 2.0) -> QImage:
        """The view as an image, ``scale`` pixels for each of its own, on its background."""
        image = QImage(round(self.width() * scale), round(self.height() * scale), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(look.colour(self.background))
        painter = QPainter(image)
        self._draw(painter, QRectF(self.rect()))
        painter.end()
        return image

    def save_png(self, path: str | Path, scale: float = 2.0) -> None:
        """Write a PNG. Raises OSError when the file cannot be written."""
        writer = QImageWriter(str(path), QByteArray(b"png"))
        if not writer.write(self.picture(scale)):
            raise OSError(f"cannot write {path}: {writer.errorString()}")

    def save_svg(self, path: str | Path) -> None:
        """Write an SVG. Raises OSError when the file cannot be written."""
        generator = QSvgGenerator()
        generator.setFileName(str(path))
        generator.setSize(self.size())
        generator.setViewBox(self.rect())
        generator.setTitle(self.accessibleName() or type(self).__name__)
        painter = QPainter()
        if not painter.begin(generator):
            raise OSError(f"cannot write {path}")
        painter.fillRect(self.rect(), look.colour(self.background))
        self._draw(painter, QRectF(self.rect()))
        painter.end()

    def to_csv(self) -> str:
        """The numbers shown as CSV; empty when nothing is shown."""
        return self._result.to_csv() if self._result is not None else ""


def hairline() -> QPen:
    """The pen of grid lines and separators."""
    return QPen(look.colour("line"), 2 if look.projection else 1)


def quiet(colour: QColor, enabled: bool) -> QColor:
    """The colour of something that may be switched off."""
    return colour if enabled else faded(colour, 0.45)
