"""The timeline shows each milestone with its source and opens the page of what runs here."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from explorer import catalogue
from explorer.catalogue.timelines import TIMELINES
from explorer.window.pages.timeline import Page

SCENES = [one for one in catalogue.SCENES if one.page == "timeline"]


@pytest.fixture(params=SCENES, ids=lambda one: one.id)
def page(request: Any, qtbot: QtBot, fake_client: Any) -> Page:
    page = Page(request.param, fake_client)
    qtbot.addWidget(page)
    page.resize(800, 700)
    page.show()
    return page


def test_every_timeline_has_its_scene() -> None:
    assert {one.id for one in SCENES} == set(TIMELINES)


def test_the_source_of_the_chosen_milestone_is_said(page: Page) -> None:
    for index, milestone in enumerate(page.timeline.milestones):
        page.view._choose(index)
        assert milestone.source.en in page.source.text and str(milestone.year) in page.source.text
    assert page.state()["milestone"] == len(page.timeline.milestones) - 1
    page.restore({"milestone": 1})
    assert page.milestone is page.timeline.milestones[1]
    page.restore({"milestone": 99})
    assert page.milestone is page.timeline.milestones[1]


def test_only_what_runs_here_can_be_opened(page: Page, qtbot: QtBot) -> None:
    names = [m.system for m in page.timeline.milestones]
    there = next(i for i, name in enumerate(names) if name in ("resnet", "attention"))
    page.view._choose(there)
    assert page.open_button.isVisible()
    with qtbot.waitSignal(page.page_wanted) as wanted:
        page.open_button.clicked.emit()
    assert wanted.args == [names[there]]
    for index, name in enumerate(names):
        if not name:
            page.view._choose(index)
            assert not page.open_button.isVisible()
