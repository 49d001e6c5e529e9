"""A layer is painted when its key, place or pixels change, and never kept for outputs without pixels."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from explorer.window.views.layer import Layer


def painted(layer: Layer, key: Any, *, size: tuple[int, int] = (20, 10), ratio: float = 1.0) -> tuple[bool, QImage]:
    """Whether the layer was painted anew, and the picture with it."""
    image = QImage(round(size[0] * ratio), round(size[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    calls: list[int] = []

    def paint(painter: QPainter) -> None:
        calls.append(1)
        painter.fillRect(QRectF(5, 2, 10, 4), QColor("red"))

    painter = QPainter(image)
    layer.draw(painter, QRectF(0, 0, *size), key, paint)
    painter.end()
    return bool(calls), image


def test_painted_once_for_a_key_a_size_and_a_ratio(qapp: Any) -> None:
    layer = Layer()
    assert painted(layer, "a")[0] and not painted(layer, "a")[0]
    assert painted(layer, "b")[0] and not painted(layer, "b")[0]
    assert painted(layer, "b", size=(30, 10))[0] and painted(layer, "b", size=(30, 10), ratio=2.0)[0]
    layer.drop()
    assert painted(layer, "b", size=(30, 10), ratio=2.0)[0]


def test_kept_pixels_are_those_that_were_painted(qapp: Any) -> None:
    for ratio in (1.0, 1.5, 2.0):
        layer = Layer()
        painted(layer, "a", ratio=ratio)
        fresh, image = painted(layer, "a", ratio=ratio)
        assert not fresh
        assert image.pixelColor(int(10 * ratio), int(4 * ratio)) == QColor("red")
        assert image.pixelColor(int(3 * ratio), int(4 * ratio)) == QColor("white") == image.pixelColor(int(10 * ratio), int(8 * ratio))


def test_svg_gets_shapes_and_no_pixels(qapp: Any, tmp_path: Any) -> None:
    path = tmp_path / "x.svg"
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    painter = QPainter(generator)
    Layer().draw(painter, QRectF(0, 0, 20, 10), "a", lambda own: own.fillRect(QRectF(5, 2, 10, 4), QColor("red")))
    painter.end()
    written = QByteArray(path.read_bytes()).data().decode()
    assert "<image" not in written and "#ff0000" in written
