"""Controls: by mouse and key, in both languages and themes, and the states of a page."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.views.controls import (
    VERDICT_WORDS,
    Bar,
    Button,
    Chip,
    Choice,
    Field,
    IconButton,
    Label,
    Legend,
    Menu,
    Slider,
    StateCard,
    Switch,
    Tabs,
    Thumbnail,
    about_time,
    time_left,
)
from explorer.words import Text

OPTIONS = [("firm", Text("固い氷", "Firm")), ("slippery", Text("滑る氷", "Slippery")), ("own", Text("自分で描く", "Draw your own"))]


def grabbed(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_slider_by_mouse_snaps_and_says_its_value(show: Any, qtbot: QtBot) -> None:
    slider: Slider = show(Slider(Text("探索 ε", "Explore ε"), 0, 1, 0.1, step=0.05), 300, 30)
    groove = slider.groove()
    values: list[float] = []
    slider.changed.connect(values.append)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(int(groove.x() + 0.51 * groove.width()), 15))
    assert slider.dragging
    qtbot.mouseMove(slider, QPoint(int(groove.right()) + 30, 15))
    with qtbot.waitSignal(slider.released) as released:
        qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(int(groove.right()) + 30, 15))
    assert values == [0.5, 1.0]
    assert released.args == [1.0]
    assert slider.value_text == "1.00"
    assert slider.accessibleName() == "Explore ε"
    assert slider.accessibleDescription() == "1.00"
    values.clear()
    slider.set_value(0.333)
    assert slider.value == pytest.approx(0.35)
    assert not values, "setting from the program is no change by the user"


def test_a_slider_shows_its_stops_where_there_is_room(show: Any) -> None:
    def dots(high: float) -> int:
        """Runs of pixels just under the line, where only dots and the handle reach."""
        slider: Slider = show(Slider("x", 0, high, high, step=1, stops=True), 300, 30)
        groove, image = slider.groove(), grabbed(slider)
        inked = [image.pixelColor(x, round(groove.y()) + 2) != image.pixelColor(2, 2) for x in range(round(groove.x()) - 4, round(groove.right()) + 4)]
        return sum(a and not b for a, b in zip(inked, [False, *inked], strict=False))

    assert dots(3.0) == 4 and dots(8.0) == 9 and dots(60.0) == 1, "with too many only the handle"


def test_slider_by_key_also_on_a_log_line(show: Any, qtbot: QtBot) -> None:
    slider: Slider = show(Slider("α", 1e-4, 1.0, 1e-2, log=True, format=lambda v: f"{v:.4f}"), 300, 30)
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert slider.value == pytest.approx(1e-2 * 10 ** (4 * 10 / 50))
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert slider.value == 1e-4
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert slider.value == 1e-4
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert slider.value == 1.0
    step: Slider = show(Slider("n", 1, 8, 3, step=1), 300, 30)
    qtbot.keyClick(step, Qt.Key.Key_Right)
    assert (step.value, step.value_text) == (4.0, "4")
    with pytest.raises(ValueError, match="slider from"):
        Slider("α", 0.0, 1.0, 0.5, log=True)


@pytest.mark.parametrize("kind", [Choice, Tabs])
def test_options_by_mouse_and_key(show: Any, qtbot: QtBot, kind: type[Choice] | type[Tabs]) -> None:
    options = show(kind(OPTIONS, "firm"), 420, 34)
    chosen: list[str] = []
    options.chosen.connect(chosen.append)
    qtbot.mouseClick(options, Qt.MouseButton.LeftButton, pos=options.rects()[1].center().toPoint())
    qtbot.keyClick(options, Qt.Key.Key_Right)
    qtbot.keyClick(options, Qt.Key.Key_Right)
    qtbot.keyClick(options, Qt.Key.Key_Home)
    assert chosen == ["slippery", "own", "firm"]
    options.set_current("own")
    assert chosen[-1] == "firm"
    with pytest.raises(ValueError, match="no option"):
        options.set_current("nothing")
    before = options.sizeHint()
    look.language = "ja"
    assert options.sizeHint() != before
    assert options.accessibleName() == "自分で描く"
    options.set_options(OPTIONS[:2])
    assert options.current == "firm"


def test_menu_opens_its_list_and_chooses(show: Any, qtbot: QtBot) -> None:
    menu: Menu = show(Menu(OPTIONS, "firm", name=Text("氷", "Ice")), 160, 32)
    chosen: list[str] = []
    menu.chosen.connect(chosen.append)
    popup = menu.open()
    assert [a.text() for a in popup.actions()] == ["Firm", "Slippery", "Draw your own"]
    popup.actions()[1].trigger()
    popup.close()
    assert (chosen, menu.current) == (["slippery"], "slippery")
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    assert chosen == ["slippery", "own"]
    assert menu.accessibleName() == "Ice: Draw your own"


@pytest.mark.parametrize("make", [lambda: Button(Text("測る", "Measure")), lambda: IconButton("folder", Text("開く", "Open")), lambda: Switch(Text("滑る", "Slippery")),
                                  lambda: Thumbnail(np.zeros((9, 9, 3), np.uint8), Text("猫", "Cat"))])  # fmt: skip
def test_buttons_by_mouse_space_and_enter(show: Any, qtbot: QtBot, make: Any) -> None:
    button: QAbstractButton = show(make(), 120, 32)
    clicks: list[bool] = []
    button.clicked.connect(lambda: clicks.append(True))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert len(clicks) == 3
    name = button.accessibleName()
    look.language = "ja"
    assert button.accessibleName() not in ("", name)
    enabled = grabbed(button)
    button.setEnabled(False)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(clicks) == 3
    if not isinstance(button, Thumbnail):
        assert grabbed(button) != enabled


def test_buttons_are_as_high_as_designed_and_take_the_accent(show: Any) -> None:
    button: Button = show(Button("Measure", "filled"), 120, 32)
    button.own_chapter = 3
    assert button.sizeHint().height() == 32
    assert Button("Play", large=True).sizeHint().height() == 40
    for dark in (False, True):
        look.dark = dark
        assert grabbed(button).pixelColor(6, 16) == look.accent(3)
    look.projection = True
    assert button.sizeHint().height() == 70


def test_labels_wrap_with_open_lines_and_change_language(show: Any, qtbot: QtBot) -> None:
    label: Label = show(Label(Text("近道が勾配を浅い層まで届ける。", "Shortcuts keep the gradient alive in **early** layers."), wrap=True), 232, 60)
    assert label.heightForWidth(232) == 42
    assert label.accessibleName() == "Shortcuts keep the gradient alive in early layers."
    english = grabbed(label)
    look.language = "ja"
    assert label.heightForWidth(232) == 21
    assert grabbed(label) != english
    label.set_text("x")
    assert label.text == "x"
    assert Label("Title", "title").sizeHint().height() == round(26 * 1.3)


def test_chips_in_both_themes(show: Any) -> None:
    seen = set()
    for judgement, tint in (("holds", "ok_tint"), ("caveat", "caveat_tint"), ("fails", "no_tint"), ("undecided", "idle_tint"), (None, "idle_tint")):
        chip: Chip = show(Chip(judgement, "+12.7" if judgement else None), 200, 26)  # type: ignore[arg-type]
        assert chip.words == VERDICT_WORDS[judgement].en + (" · +12.7" if judgement else "")  # type: ignore[index]
        for dark in (False, True):
            look.dark = dark
            colour = grabbed(chip).pixelColor(190, 13)
            assert colour == look.colour(tint)  # type: ignore[arg-type]
            seen.add(colour.name())
        look.dark = False
    assert len(seen) == 8


def test_the_bar_is_as_long_as_the_work(show: Any, qtbot: QtBot) -> None:
    bar: Bar = show(Bar(0.5), 200, 6)
    bar.own_chapter = 2
    image = grabbed(bar)
    assert image.pixelColor(60, 3) == look.accent(2)
    assert image.pixelColor(150, 3) == look.colour("line")
    before = look.reduced_motion
    try:
        look.reduced_motion = False
        bar.set_fraction(None)
        first = grabbed(bar)
        qtbot.waitUntil(lambda: grabbed(bar) != first, timeout=2000)
        look.reduced_motion = True
        assert not bar._timer.isActive()
        look.reduced_motion = False
        bar.hide()
        assert not bar._timer.isActive()
    finally:
        look.reduced_motion = before


def test_the_legend_shows_the_scale(show: Any) -> None:
    legend: Legend = show(Legend("viridis", "0", "7.2"), 220, 20)
    assert legend.accessibleName() == "0 7.2"
    row = [grabbed(legend).pixelColor(x, 10).getRgb()[:3] for x in range(220)]
    dark, bright = look.viridis(np.array([0.02, 0.98]))
    assert min(np.abs(np.array(c) - dark).sum() for c in row) < 12
    assert min(np.abs(np.array(c) - bright).sum() for c in row) < 12
    width = legend.sizeHint().width()
    legend.set_range(0, 12345.0)
    assert legend.accessibleName() == "0 12,345"
    assert legend.sizeHint().width() > width
    classes: Legend = show(Legend("classes", names=["cup", "spoon"]), 220, 20)
    assert grabbed(classes).pixelColor(5, 10) == look.class_colour(0)


def test_field_speaks_both_languages(qtbot: QtBot) -> None:
    field = Field(Text("文を書く", "Write a sentence"))
    qtbot.addWidget(field)
    assert (field.placeholderText(), field.height()) == ("Write a sentence", 44)
    look.language = "ja"
    assert field.placeholderText() == "文を書く"


def test_times_are_said_in_seconds_then_minutes() -> None:
    assert time_left(47.2) == Text("残り 48 秒", "48 s left")
    assert time_left(240) == Text("残り 4 分", "4 min left")
    assert time_left(None) is None
    assert about_time(40) == Text("約 40 秒", "about 40 s")
    assert about_time(239) == Text("約 4 分", "about 4 min")


def test_every_state_offers_the_next_thing_to_do(show: Any, qtbot: QtBot) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (60, 80, 3)).astype(np.uint8)
    for kind in ("empty", "loading", "failed", "cancelled", "missing"):
        card: StateCard = show(
            StateCard(kind, Text("題", "Title"), Text("文。", "A sentence."), actions=[("go", Text("続ける", "Go on"), "tint", None)], image=pixels if kind == "missing" else None),  # type: ignore[arg-type]
            394, 330,
        )  # fmt: skip
        with qtbot.waitSignal(card.acted) as acted:
            qtbot.mouseClick(card.buttons["go"], Qt.MouseButton.LeftButton)
        assert acted.args == ["go"]
        english = grabbed(card)
        look.language = "ja"
        assert grabbed(card) != english
        look.dark = True
        dark = grabbed(card)
        assert dark.pixelColor(197, 8) == look.colour("surface")
        look.language, look.dark = "en", False
        assert all(card.rect().contains(button.geometry()) for button in card.buttons.values())


def test_loading_says_how_far(show: Any) -> None:
    card: StateCard = show(StateCard("loading", "Computing", "layer3"), 394, 330)
    before = grabbed(card)
    card.set_progress(0.62, 8.0)
    card.set_maps(np.random.default_rng(0).random((5, 14, 14)))
    assert (card.share.text, card.left.text) == ("62 %", "8 s left")
    assert card.bar.fraction == 0.62
    assert grabbed(card) != before
    card.set_progress(None)
    assert card.share.text == ""


def test_what_is_dropped_on_the_empty_card(show: Any, qtbot: QtBot, tmp_path: Any) -> None:
    card: StateCard = show(StateCard("empty", "Drop a picture here", samples=[("cat", np.zeros((9, 9, 3), np.uint8), "cat")]), 394, 330)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    before = grabbed(card)
    card.dragEnterEvent(QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, left, none))
    assert grabbed(card) != before
    with qtbot.waitSignal(card.dropped) as dropped:
        card.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, left, none))
    assert dropped.args == [[tmp_path / "a.png"]]
    with qtbot.waitSignal(card.acted) as acted:
        qtbot.mouseClick(card.art, Qt.MouseButton.LeftButton)
    assert acted.args == ["open"]
    with qtbot.waitSignal(card.acted) as acted:
        qtbot.mouseClick(card.buttons["cat"], Qt.MouseButton.LeftButton)
    assert acted.args == ["cat"]
