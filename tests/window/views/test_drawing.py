"""Numbers as they are written, text as it is laid out, pixels as they are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.views.drawing import (
    TextBlock,
    amount,
    block_mean,
    colour_of,
    colours,
    digits_apart,
    draw_crisp,
    draw_text,
    fixed,
    frame,
    power,
    short,
    text_width,
    whole_multiple,
)
from explorer.window.views.icons import ICONS, draw_icon


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.47, "0.47"), (7.2, "7.2"), (-0.05, "−0.05"), (2600.0, "2,600"), (1e6, "10⁶"), (5e-13, "5·10⁻¹³"), (-2e-7, "−2·10⁻⁷"), (9.999e6, "10⁷"),
     (0.0123, "0.0123"), (412.3, "412"), (math.nan, "–"), (math.inf, "∞")],
)  # fmt: skip
def test_short_numbers(value: float, text: str) -> None:
    assert short(value) == text


def test_fixed_numbers_and_powers() -> None:
    assert [fixed(0.454, sign=True), fixed(-0.02), fixed(-0.001), fixed(1234.5, 1), fixed(0.0, sign=True)] == ["+0.45", "−0.02", "0.00", "1,234.5", "0.00"]
    assert [power(0), power(1), power(-6), power(11)] == ["1", "10", "10⁻⁶", "10¹¹"]


def test_lines_stand_at_their_pitch_in_both_scripts(qtbot: QtBot) -> None:
    font = look.font("body")
    for words in ("Each block learns only the change to its input; a shortcut adds the input back.", "各ブロックは入力からの変化だけを学び、近道がもとの入力を足し戻す。"):
        block = TextBlock(words, font, 232)
        assert block.lines >= 2
        assert block.height == block.lines * 21
        assert block.width <= 232


def test_bold_parts_are_wider_and_lose_their_marks(qtbot: QtBot) -> None:
    font = look.font("label")
    block = TextBlock("Block 1: **0.29** with", font)
    assert block.plain == "Block 1: 0.29 with"
    assert block.width > TextBlock("Block 1: 0.29 with", font).width
    assert TextBlock("2 ** 3", font).plain == "2 ** 3"


def test_exponents_are_set_smaller_than_figures(qtbot: QtBot) -> None:
    font = look.font("body")
    assert text_width("10⁻¹²", font) < text_width("10−12", font)
    image = QImage(80, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    used = draw_text(painter, "10⁻¹²", font, QColor("black"), 4, 18)
    painter.end()
    assert used == pytest.approx(text_width("10⁻¹²", font))
    ink = np.array([[image.pixelColor(x, y).red() < 128 for x in range(80)] for y in range(30)])
    base, raised = ink[:, 4 : 4 + int(text_width("10", font))], ink[:, 5 + int(text_width("10", font)) :]
    assert np.flatnonzero(raised.any(axis=1)).max() < np.flatnonzero(base.any(axis=1)).max() - 2, "the exponent stands on the line"


def test_crisp_pixels_are_squares_of_one_colour(qtbot: QtBot) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (5, 4, 3)).astype(np.uint8)
    for ratio in (1.0, 1.5, 2.0):
        cell = whole_multiple(50, 5, ratio)
        image = QImage(round(60 * ratio), round(60 * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        place = draw_crisp(painter, pixels, 0, 0, cell)
        painter.end()
        side = round(cell * ratio)
        assert side == math.floor(50 * ratio / 5)
        assert place.height() == 5 * cell
        for row in range(5):
            for column in range(4):
                seen = {image.pixelColor(column * side + dx, row * side + dy).getRgb()[:3] for dx in (0, side - 1) for dy in (0, side - 1)}
                assert seen == {tuple(int(v) for v in pixels[row, column])}


def test_blocks_are_averaged() -> None:
    values = np.arange(16.0).reshape(1, 4, 4)
    assert block_mean(values, 2).tolist() == [[[2.5, 4.5], [10.5, 12.5]]]
    assert block_mean(values, 1) is values


@pytest.mark.parametrize("name", sorted(ICONS))
def test_icons_draw_inside_their_square(qtbot: QtBot, name: str) -> None:
    image = QImage(48, 48, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    draw_icon(painter, name, QRectF(4, 4, 40, 40), QColor("black"))
    painter.end()
    ink = np.array([[image.pixelColor(x, y).red() < 200 for x in range(48)] for y in range(48)])
    assert ink.sum() > 20
    assert not ink[:3].any()
    assert not ink[-3:].any()
    assert not ink[:, :3].any()
    assert not ink[:, -3:].any()


@pytest.mark.parametrize("signed", [True, False])
def test_one_colour_is_the_colour_of_an_array_of_one(signed: bool) -> None:
    values = [-2.0, -0.7, -0.1, 0.0, 0.123, 0.5, 0.999, 1.0, 3.0, math.nan, math.inf, -math.inf]
    pixels = colours(np.array(values), -0.5, 1.0, signed)
    assert [colour_of(v, -0.5, 1.0, signed).getRgb()[:3] for v in values] == [tuple(int(c) for c in p) for p in pixels]


@pytest.mark.parametrize(("box", "width", "inked"), [((4, 6, 20, 10), 2.0, (3, 5, 25, 17)), ((4.3, 6.4, 19.6, 9.6), 2.0, (3, 5, 25, 17)), ((10, 10, 0.4, 0.2), 1.0, (10, 10, 11, 11))])
def test_a_frame_lies_on_whole_pixels_and_covers_each_once(qtbot: QtBot, box: tuple[float, ...], width: float, inked: tuple[int, ...]) -> None:
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    frame(painter, QRectF(*box), width, QColor(0, 0, 0, 100))
    painter.end()
    reds = np.array([[image.pixelColor(x, y).red() for x in range(32)] for y in range(32)])
    assert len(set(reds.ravel().tolist())) == 2  # half black, nowhere twice
    rows, columns = np.nonzero(reds < 255)
    assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == inked
    if box[2] > 3:
        assert (reds[8:14, 8:20] == 255).all()


@pytest.mark.parametrize(
    ("values", "digits", "wanted"), [([100.32, 100.06], 0, 1), ([87.1, 85.6], 0, 0), ([1.0, 1.0], 2, 2), ([0.5001, 0.5, -3.0], 1, 3), ([float("nan"), 2.0], 1, 1)]
)
def test_as_many_decimals_as_tell_the_largest_apart(values: list[float], digits: int, wanted: int) -> None:
    assert digits_apart(np.array(values), digits) == wanted


def test_amounts_are_said_short() -> None:
    assert (amount(36_479_194), amount(691_674), amount(5.2e9), amount(12)) == ("36.5 M", "692 k", "5.2 G", "12")
