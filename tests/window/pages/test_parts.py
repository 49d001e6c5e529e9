"""The lens tabs: at most two rows, by groups where there are many; a legend shows with its own lens only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer import catalogue
from explorer.catalogue import System
from explorer.catalogue.lenses import LENS_GROUPS, LENSES
from explorer.window.look import look
from explorer.window.pages.parts import Banner, LensArea
from explorer.words import Text

MANY = ("gradients", "feature_maps", "filters", "sightings", "occlusion", "confusion", "atlas")
Build = Callable[..., LensArea]


@pytest.fixture
def build(qtbot: QtBot) -> Build:
    def made(ids: tuple[str, ...], legends: dict[str, QWidget] | None = None) -> LensArea:
        area = LensArea()
        qtbot.addWidget(area)
        for lens_id in ids:
            area.add(lens_id, LENSES[lens_id].label, QWidget(), (legends or {}).get(lens_id), LENSES[lens_id].group)
        area.resize(758, 400)
        area.show()
        return area

    return made


def offered(area: LensArea) -> list[str]:
    return [key for key, _ in area.tabs.options()]


def test_many_lenses_stand_in_groups_and_a_group_remembers_its_lens(build: Build, qtbot: QtBot) -> None:
    area = build(MANY)
    seen: list[str] = []
    area.chosen.connect(seen.append)
    assert area.groups.isVisible() and [key for key, _ in area.groups.options()] == ["apart", "inside", "places", "tests"]
    assert area.current == "gradients" and offered(area) == ["gradients"]

    area.choose("filters")
    assert area.groups.current == "inside" and offered(area) == ["feature_maps", "filters"] and area.current == "filters"

    qtbot.mouseClick(area.groups, Qt.MouseButton.LeftButton, pos=area.groups.rects()[2].center().toPoint())
    assert area.current == "sightings" and offered(area) == ["sightings", "occlusion"]
    area.groups.setFocus()
    qtbot.keyClick(area.groups, Qt.Key.Key_Left)
    assert area.current == "filters"  # where one was before
    qtbot.keyClick(area.tabs, Qt.Key.Key_Left)
    assert area.current == "feature_maps"
    assert seen == ["filters", "sightings", "filters", "feature_maps"]
    assert area.ids() == list(MANY)  # keys that step through all lenses still meet each

    area.project(True)
    assert not area.groups.isVisible() and not area.tabs.isVisible()
    area.project(False)
    assert area.groups.isVisible() and area.tabs.isVisible()


def test_few_lenses_stand_in_one_row(build: Build) -> None:
    area = build(MANY[:4])
    assert not area.groups.isVisible() and offered(area) == list(MANY[:4])
    area = build(("values", "visits", "q_table", "loss", "attention", "hidden_states", "hypotheses"))  # many, of one group
    assert not area.groups.isVisible() and len(offered(area)) == 7


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_has_at_most_two_rows(build: Build, language: str) -> None:
    look.language = language
    for entry in catalogue.PAGES:
        if len(entry.lenses) > 1:
            area = build(entry.lenses)
            for lenses in offers(entry):
                area.offer(lenses)
                for group in {LENSES[lens_id].group for lens_id in lenses}:
                    area.choose(next(lens_id for lens_id in lenses if LENSES[lens_id].group == group))
                    rows = {rect.y() for rect in area.tabs.rects()}
                    assert len(rows) + area.groups.isVisible() <= 2, (entry.id, group, lenses)


def offers(entry: System) -> Iterator[tuple[str, ...]]:
    """What a page offers at a time: all its lenses; the page of two networks, those that either has."""
    if entry.id != "compare":
        yield entry.lenses
        return
    for one, other in combinations([known for known in catalogue.SYSTEMS if known.section == "recognition"], 2):
        yield tuple(lens_id for lens_id in entry.lenses if lens_id in (*one.lenses, *other.lenses))


def test_each_lens_is_of_a_group_and_groups_stand_together() -> None:
    assert {lens.group for lens in LENSES.values()} == set(LENS_GROUPS)
    for entry in catalogue.PAGES:
        groups = [LENSES[lens_id].group for lens_id in entry.lenses]
        assert len(set(groups)) == sum(a != b for a, b in zip(groups, ["", *groups], strict=False)), entry.id


def test_a_legend_shows_with_its_own_lens_only(build: Build) -> None:
    maps, matrix = QWidget(), QWidget()
    area = build(("feature_maps", "confusion"), {"feature_maps": maps, "confusion": matrix})
    matrix.setVisible(True)  # as a lens does that has its answer while another is looked at
    assert maps.isVisible() and not matrix.isVisible()
    area.project(True)
    assert maps.isVisible() and not matrix.isVisible()
    area.choose("confusion")
    assert matrix.isVisible() and not maps.isVisible()


def test_in_projection_the_legend_comes_and_goes_with_the_lens(build: Build) -> None:
    maps = QWidget()
    area = build(("filters", "feature_maps"), {"feature_maps": maps})
    area.project(True)
    assert not area._bar.isVisible()  # its room is the lens's
    area.choose("feature_maps")
    assert maps.isVisible()
    area.choose("filters")
    assert not area._bar.isVisible()
    area.project(False)
    assert area._bar.isVisible()


def test_a_note_stays_off_the_projector_and_a_failure_does_not(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say(Text("縮小しました。", "It was scaled down."), (), "caveat", note=True)
    assert not banner.isHidden()
    look.projection = True
    look.changed.emit()
    assert banner.isHidden()
    banner.say(Text("縮小しました。", "It was scaled down."), (), "caveat", note=True)
    assert banner.isHidden()
    look.projection = False
    look.changed.emit()
    assert not banner.isHidden()
    banner.dismiss()
    look.changed.emit()
    assert banner.isHidden()
    look.projection = True
    look.changed.emit()
    banner.say(Text("開けません。", "It cannot be opened."))
    assert not banner.isHidden()


def test_tabs_have_the_room_that_a_wide_legend_elsewhere_would_take(build: Build, qtbot: QtBot) -> None:
    wide = QWidget()
    wide.setFixedSize(260, 20)
    area = build(MANY[:4], {MANY[2]: wide})
    qtbot.waitUntil(lambda: area.tabs.width() > 700)
    area.choose(MANY[3])
    qtbot.waitUntil(lambda: area.tabs.width() > 700)
    area.choose(MANY[2])
    qtbot.waitUntil(lambda: area.tabs.width() < 500)
    area.choose(MANY[1])
    qtbot.waitUntil(lambda: area.tabs.width() > 700)
