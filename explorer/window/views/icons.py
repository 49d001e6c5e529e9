"""Line icons on a grid of 24, drawn by us so that they take any colour and stay sharp at any size."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

Draw = Callable[[QPainter], None]


def draw_icon(painter: QPainter, name: str, rect: QRectF, colour: QColor, width: float = 1.7) -> None:
    """Draw the icon in ``rect`` (square); ``width``: of its lines on the grid of 24. Raises KeyError for an unknown name."""
    draw = ICONS[name]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(rect.width(), rect.height())
    painter.translate(rect.center().x() - side / 2, rect.center().y() - side / 2)
    painter.scale(side / 24, side / 24)
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw(painter)
    painter.restore()


def _lines(*strokes: tuple[tuple[float, float], ...], close: bool = False) -> Draw:
    def draw(painter: QPainter) -> None:
        for stroke in strokes:
            path = QPainterPath(QPointF(*stroke[0]))
            for point in stroke[1:]:
                path.lineTo(*point)
            if close:
                path.closeSubpath()
            painter.drawPath(path)

    return draw


def _both(*draws: Draw) -> Draw:
    def draw(painter: QPainter) -> None:
        for one in draws:
            one(painter)

    return draw


def _filled(draw_one: Draw) -> Draw:
    def draw(painter: QPainter) -> None:
        painter.setBrush(painter.pen().color())
        draw_one(painter)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    return draw


def _circle(x: float, y: float, r: float) -> Draw:
    return lambda painter: painter.drawEllipse(QPointF(x, y), r, r)


def _box(x: float, y: float, w: float, h: float, r: float = 2.0) -> Draw:
    return lambda painter: painter.drawRoundedRect(QRectF(x, y, w, h), r, r)


def _arc(x: float, y: float, r: float, start: float, span: float) -> Draw:
    return lambda painter: painter.drawArc(QRectF(x - r, y - r, 2 * r, 2 * r), round(start * 16), round(span * 16))


def _wave(painter: QPainter) -> None:
    path = QPainterPath(QPointF(4, 13.5))
    path.cubicTo(7, 7.5, 10, 8.5, 12, 12)
    path.cubicTo(14, 15.5, 17, 16.5, 20, 10.5)
    painter.drawPath(path)


def _sun(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(12, 12), 4, 4)
    for k in range(8):
        c, s = math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)
        painter.drawLine(QPointF(12 + 7 * c, 12 + 7 * s), QPointF(12 + 9 * c, 12 + 9 * s))


def _moon(painter: QPainter) -> None:
    path = QPainterPath(QPointF(19.5, 14.2))
    path.cubicTo(13.5, 16.8, 7.4, 11, 9.8, 4.5)
    path.cubicTo(3.5, 6.8, 2.4, 14.6, 7.4, 18.4)
    path.cubicTo(11.7, 21.7, 17.9, 19.7, 19.5, 14.2)
    path.closeSubpath()
    painter.drawPath(path)


def _camera(painter: QPainter) -> None:
    path = QPainterPath(QPointF(8.2, 7.5))
    path.lineTo(9.4, 5)
    path.lineTo(14.6, 5)
    path.lineTo(15.8, 7.5)
    painter.drawPath(path)
    painter.drawRoundedRect(QRectF(3, 7.5, 18, 12), 2, 2)
    painter.drawEllipse(QPointF(12, 13), 3.4, 3.4)


_FOLDER = _lines(((3, 19), (3, 5), (9.5, 5), (11.5, 7.5), (21, 7.5), (21, 19)), close=True)
_DOWN = _lines(((12, 4), (12, 15)), ((7, 10.5), (12, 15.5), (17, 10.5)), ((5, 20), (19, 20)))

ICONS: dict[str, Draw] = {
    "folder": _FOLDER,
    "clipboard": _both(_box(5, 4.5, 14, 16.5), _filled(_box(9, 2.8, 6, 3.4, 1))),
    "camera": _camera,
    "camera-off": _both(_camera, _lines(((2, 21), (22, 3)))),
    "picture": _both(_box(3, 4.5, 18, 15), _circle(8.5, 9.5, 1.6), _lines(((3.5, 17.5), (9, 12.5), (13, 16), (16, 13), (20.5, 17)))),
    "picture-off": _both(_box(3, 4.5, 18, 15), _lines(((3.5, 17.5), (9, 12.5), (13, 16), (16, 13), (20.5, 17))), _lines(((2, 21.5), (22, 2.5)))),
    "download": _DOWN,
    "drop": _DOWN,
    "play": _filled(_lines(((8, 5.5), (18.5, 12), (8, 18.5)), close=True)),
    "pause": _filled(_both(_box(7, 5.5, 3, 13, 0.6), _box(14, 5.5, 3, 13, 0.6))),
    "step": _both(_filled(_lines(((6, 6), (15, 12), (6, 18)), close=True)), _lines(((18.2, 6), (18.2, 18)))),
    "stop": _filled(_box(7, 7, 10, 10, 1)),
    "reset": _both(_arc(12, 12.5, 7, 60, -300), _lines(((5.2, 4.4), (5.6, 9.2), (10.2, 8.6)))),
    "check": _lines(((5, 12.5), (10, 17.5), (19.5, 7))),
    "cross": _lines(((6.5, 6.5), (17.5, 17.5)), ((17.5, 6.5), (6.5, 17.5))),
    "close": _lines(((6, 6), (18, 18)), ((18, 6), (6, 18))),
    "wave": _wave,
    "ring": _circle(12, 12, 5.5),
    "plus": _lines(((12, 5), (12, 19)), ((5, 12), (19, 12))),
    "minus": _lines(((5, 12), (19, 12))),
    "down": _lines(((6, 9.5), (12, 15.5), (18, 9.5))),
    "up": _lines(((6, 14.5), (12, 8.5), (18, 14.5))),
    "left": _lines(((14.5, 6), (8.5, 12), (14.5, 18))),
    "right": _lines(((9.5, 6), (15.5, 12), (9.5, 18))),
    "sun": _sun,
    "moon": _moon,
    "screen": _both(_box(3, 4, 18, 12.5, 1.5), _lines(((12, 16.5), (12, 20)), ((8, 20.5), (16, 20.5)))),
    "more": _filled(_both(_circle(5.5, 12, 1.1), _circle(12, 12, 1.1), _circle(18.5, 12, 1.1))),
    "search": _both(_circle(10.5, 10.5, 6), _lines(((15, 15), (20, 20)))),
    "export": _lines(((12, 15), (12, 4)), ((7.5, 8.5), (12, 4), (16.5, 8.5)), ((5, 14), (5, 20), (19, 20), (19, 14))),
    "sliders": _both(
        _lines(((4, 8), (12, 8)), ((18, 8), (20, 8)), ((4, 16), (6, 16)), ((12, 16), (20, 16))), _circle(15, 8, 2.6), _circle(9, 16, 2.6)
    ),
    "tree": _both(_box(9, 3, 6, 5, 1.2), _box(3, 16, 6, 5, 1.2), _box(15, 16, 6, 5, 1.2), _lines(((12, 8), (12, 12)), ((6, 16), (6, 12), (18, 12), (18, 16)))),
    "pencil": _lines(((4, 20), (5, 15.5), (16, 4.5), (19.5, 8), (8.5, 19)), close=True),
    "pin": _both(_circle(12, 9.5, 5), _lines(((12, 14.5), (12, 21)))),
    "list": _lines(((9, 6), (20, 6)), ((9, 12), (20, 12)), ((9, 18), (20, 18)), ((4.5, 6), (4.6, 6)), ((4.5, 12), (4.6, 12)), ((4.5, 18), (4.6, 18))),
    "info": _both(_circle(12, 12, 8.5), _lines(((12, 11), (12, 16.5)), ((12, 7.6), (12, 7.7)))),
    "shuffle": _lines(((3, 7), (7, 7), (16, 17), (20, 17)), ((3, 17), (7, 17), (9.5, 14.2)), ((13.4, 9.8), (16, 7), (20, 7)), ((17.5, 4.5), (20.3, 7), (17.5, 9.5)), ((17.5, 14.5), (20.3, 17), (17.5, 19.5))),
}
