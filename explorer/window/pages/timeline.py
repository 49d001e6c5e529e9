"""The page of a timeline: published milestones by year, with their sources, and the way to those that run here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from explorer.catalogue import System, page
from explorer.catalogue.readiness import ready
from explorer.catalogue.timelines import TIMELINES, Milestone
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.views.controls import Button, Label
from explorer.window.views.timeline import Mark, TimelineView
from explorer.words import Text

PUBLISHED = Text("公表された値（測定ではありません）", "Published figures, not measured here")
SOURCE = Text("{year} 年 · {name}　出典：{source}", "{year} · {name}. Source: {source}")
OPEN_PAGE = Text("{name} のページを開く", "Open the page of {name}")


class Page(BasePage):
    """Milestones in a row; the chosen one with its source, and a button to its page where it has one."""

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.timeline = TIMELINES[system.id]
        self.view = TimelineView(name=self.timeline.name)
        unit = look.say(self.timeline.unit) if self.timeline.unit else ""
        reference = self.timeline.reference
        self.view.set_marks([self._mark(m) for m in self.timeline.milestones], unit, self._mark(reference) if reference else None)
        self.source = Label("", "body", "ink2", wrap=True)
        self.open_button = Button(OPEN_PAGE, "tint")
        self.stage.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.addWidget(self.source, 1)
        row.addWidget(self.open_button)
        self.stage.addLayout(row)
        self.view.chosen.connect(self._chosen)
        self.view.activated.connect(lambda index: self._open())
        self.open_button.clicked.connect(lambda: self._open())
        if any(m.value is not None for m in self.timeline.milestones):
            self.set_head(caption=PUBLISHED)
        self._show(0)

    @staticmethod
    def _mark(milestone: Milestone) -> Mark:
        sentence = page(milestone.system).sentence if milestone.system else ""
        return Mark(milestone.year, milestone.name, milestone.value, milestone.about, _here(milestone), milestone.source, sentence)

    @property
    def milestone(self) -> Milestone:
        """The chosen one."""
        return self.timeline.milestones[self.view.selected]

    def _chosen(self, index: int) -> None:
        self._show(index)
        self.state_changed.emit()

    def _show(self, index: int) -> None:
        milestone = self.milestone
        value = self.view.written(self._mark(milestone))
        name = Text(*(f"{words} {value}".strip() for words in (milestone.name.ja, milestone.name.en)))
        self.source.set_text(SOURCE.format(year=milestone.year, name=name, source=milestone.source))
        self.open_button.setVisible(_here(milestone))
        self.open_button.set_text(OPEN_PAGE.format(name=milestone.name))

    def _open(self) -> None:
        if _here(self.milestone):
            self.page_wanted.emit(self.milestone.system)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "milestone": self.view.selected}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        index = state.get("milestone")
        if isinstance(index, int) and 0 <= index < len(self.timeline.milestones):
            self.view.set_selected(index)
            self._show(index)

    def numbers(self) -> dict[str, Any]:
        return {"milestones": [{"year": m.year, "name": m.name.en, "value": m.value} for m in self.timeline.milestones], "chosen": self.view.selected}


def _here(milestone: Milestone) -> bool:
    """Whether the program has a page for it."""
    return bool(milestone.system) and ready(page(milestone.system))
