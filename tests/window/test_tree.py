"""The family tree: every system once, ancestors to the left, what was kept and added, by mouse and by key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import SYSTEMS, system
from explorer.window.look import look
from explorer.window.tree import FamilyTreePage
from explorer.window.views.controls import Button, Label


@pytest.fixture
def page(qtbot: QtBot) -> FamilyTreePage:
    made = FamilyTreePage({"resnet", "dnn"})
    qtbot.addWidget(made)
    made.resize(1076, 720)
    made.show()
    return made


def said(page: FamilyTreePage) -> str:
    return " ".join(label.text for label in page.about.findChildren(Label) if not label.isHidden())


def test_every_system_has_a_place_and_no_two_overlap(page: FamilyTreePage) -> None:
    for width in (1076, 1700):
        page.resize(width, 720)
        for language in ("ja", "en"):
            look.language = language
            places = page.tree.places
            assert set(places) == {entry.id for entry in SYSTEMS}
            rects = list(places.values())
            assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[i + 1 :])
            assert all(r.left() >= 0 and r.right() <= page.tree.width() and r.bottom() <= page.tree.height() for r in rects)


def test_pages_that_are_no_systems_are_not_counted_as_systems(qtbot: QtBot) -> None:
    made = FamilyTreePage({"resnet", "dnn", "ilsvrc"})
    qtbot.addWidget(made)
    assert "2 of them" in made.caption.text


def test_time_runs_to_the_right(page: FamilyTreePage) -> None:
    for entry in SYSTEMS:
        for older in entry.builds_on:
            if system(older.id).year < entry.year:
                assert page.tree.places[older.id].left() < page.tree.places[entry.id].left(), (older.id, entry.id)


def test_pointing_says_what_was_kept_and_added(page: FamilyTreePage, qtbot: QtBot) -> None:
    place = page.tree.places["resnet"].center().toPoint()
    qtbot.mouseMove(page.tree, place)
    qtbot.waitUntil(lambda: page.tree.current == "resnet")
    older = system("resnet").builds_on[0]
    assert older.kept.en in said(page) and older.added.en in said(page) and "VGGNet" in said(page)
    look.language = "ja"
    assert older.kept.ja in said(page) and older.added.ja in said(page)


def test_only_ready_systems_open(page: FamilyTreePage, qtbot: QtBot) -> None:
    opened: list[str] = []
    page.opened.connect(opened.append)
    for key in ("vgg", "resnet"):
        qtbot.mouseClick(page.tree, Qt.MouseButton.LeftButton, pos=page.tree.places[key].center().toPoint())
    assert opened == ["resnet"]
    button = next(b for b in page.about.findChildren(Button) if not b.isHidden())
    button.click()
    assert opened == ["resnet", "resnet"]


def test_arrows_reach_every_system_and_enter_opens(page: FamilyTreePage, qtbot: QtBot) -> None:
    opened: list[str] = []
    page.opened.connect(opened.append)
    tree = page.tree
    reached, waiting = {SYSTEMS[0].id}, [SYSTEMS[0].id]
    while waiting:
        here = waiting.pop()
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            tree.current = here
            there = tree._next(dx, dy)
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    assert reached == {entry.id for entry in SYSTEMS}
    tree.current = ""
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    assert tree.current == SYSTEMS[0].id
    tree.point_at("dnn")
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert opened == ["dnn"]


def test_relatives_are_lit_and_the_rest_is_faint(page: FamilyTreePage) -> None:
    page.tree.point_at("resnet")
    related = page.tree._related()
    assert {"vgg", "cnn", "dnn", "neuron", "wide_resnet", "transformer"} <= related
    assert "gan" not in related and "q_learning" not in related
    page.grab()
