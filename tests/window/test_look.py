"""Tokens: every pair of text and ground can be read, both themes; type, lengths and data colours are as designed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from explorer.window.look import CLASSES, DARK, LIGHT, Look, contrast, luminance

GROUNDS = ("bg", "surface", "sunken")


@pytest.fixture
def own_look(qtbot: QtBot) -> Look:
    return Look()


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read(own_look: Look, dark: bool) -> None:
    own_look.dark = dark
    pairs = [(ink, ground) for ink, ground in itertools.product(("ink", "ink2", "ink3"), GROUNDS)]
    pairs += [(name, f"{name}_tint") for name in ("ok", "caveat", "no", "idle")]
    for ink, ground in pairs:
        assert contrast(own_look.colour(ink), own_look.colour(ground)) >= 4.5, (ink, ground)  # type: ignore[arg-type]
    for chapter in (1, 2, 3, 4):
        accent = own_look.accent(chapter)
        for ground in GROUNDS:
            assert contrast(accent, own_look.colour(ground)) >= 4.5, (chapter, ground)  # type: ignore[arg-type]
        assert contrast(accent, own_look.tint(chapter)) >= 4.5, chapter
        assert contrast(own_look.on_accent(), accent) >= 4.5, chapter
    assert contrast(own_look.colour("ink"), own_look.selection()) >= 4.5


def test_both_themes_have_the_same_tokens() -> None:
    assert set(LIGHT) == set(DARK)
    with pytest.raises(KeyError):
        Look().colour("grey")  # type: ignore[arg-type]


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast(QColor("#000000"), QColor("#FFFFFF")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("#FFFFFF")) == pytest.approx(4.48, abs=0.01)
    assert luminance(QColor("#FFFFFF")) == pytest.approx(1.0)


def test_projection_enlarges_lengths_and_type(own_look: Look) -> None:
    assert (own_look.px(100), own_look.size("body"), own_look.size("title")) == (100, 14, 26)
    own_look.projection = True
    assert (own_look.px(100), own_look.size("body"), own_look.size("title")) == (220, 30, 60)
    own_look.projection_height = 720  # a smaller projector shows the same picture smaller
    assert (own_look.px(100), own_look.size("title")) == (147, 40)


def test_a_change_is_said_once_and_only_when_there_is_one(own_look: Look, qtbot: QtBot) -> None:
    told: list[int] = []
    own_look.changed.connect(lambda: told.append(1))
    own_look.dark = own_look.dark
    own_look.projection_height = 900  # not projecting: nothing to see
    assert told == []
    own_look.dark = not own_look.dark
    own_look.language = "ja" if own_look.language == "en" else "en"
    assert told == [1, 1]


def test_digits_stand_in_columns(own_look: Look) -> None:
    font = own_look.font("value", 400)
    assert QFont.Tag("tnum") in font.featureTags()
    metrics = QFontMetricsF(font)
    assert len({metrics.horizontalAdvance(d * 4) for d in "0123456789"}) == 1


def test_signed_is_white_at_zero_blue_below_orange_above(own_look: Look) -> None:
    low, zero, high = own_look.signed(np.array([-1.0, 0.0, 1.0]))
    assert zero.tolist() == [0xF7, 0xF7, 0xF7]
    assert low.tolist() == [0x21, 0x66, 0xAC] and high.tolist() == [0xD9, 0x70, 0x14]
    assert own_look.signed(np.array([np.nan, 9.0, -9.0])).tolist() == [zero.tolist(), high.tolist(), low.tolist()]


def test_viridis_grows_brighter_from_dark(own_look: Look) -> None:
    rgb = own_look.viridis(np.linspace(0, 1, 64).reshape(8, 8))
    assert rgb.shape == (8, 8, 3) and rgb.dtype == np.uint8
    light = (rgb.reshape(-1, 3) @ np.array([0.2126, 0.7152, 0.0722])).tolist()
    assert light == sorted(light)
    assert rgb[0, 0].tolist() == [0x44, 0x01, 0x54] and rgb[-1, -1].tolist() == [0xFD, 0xE7, 0x25]


def test_digits_on_data_can_be_read(own_look: Look) -> None:
    for colour in own_look.viridis(np.linspace(0, 1, 33)):
        ground = QColor(*(int(v) for v in colour))
        assert contrast(own_look.digit_colour(ground), ground) >= 3.7
    for name in CLASSES[:5]:
        ground = QColor(name)
        assert contrast(own_look.digit_colour(ground), ground) >= 4.5, name


def test_the_style_sheet_has_no_colour_but_ours(own_look: Look) -> None:
    import re

    for dark in (False, True):
        own_look.dark = dark
        theme = {value.lower() for value in (DARK if dark else LIGHT).values()} | {own_look.selection().name()}
        assert set(re.findall(r"#[0-9a-fA-F]{6}", own_look.style_sheet().lower())) <= theme


def test_no_motion_when_asked(own_look: Look) -> None:
    assert 150 <= own_look.motion() <= 200
    own_look.reduced_motion = True
    assert own_look.motion() == 0
