"""Small agents for the tests of panels: a page whose session runs in this process."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.engine.tasks import reinforcement_agents
from explorer.window.pages import build_page, deep_agent
from explorer.window.pages.deep_agent import Page
from tests.engine.learning.worlds_for_agents import HereActor, register
from tests.window.agent_client import HereClient

SMALL: dict[str, Any] = {"hidden": 16, "batch": 16, "learn_from": 60, "train_every": 8, "capacity": 2000, "environments": 2, "epsilon_steps": 200}
RECURRENT: dict[str, Any] = {**SMALL, "squeeze": 0, "actors": 0, "trace": 6, "burn_in": 2}


def open_agent(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, system_id: str, environment: str = "CartPole-v1", until: int = 400, **settings: Any) -> Page:
    """The page of a system with its panel in front, after a little learning."""
    register()
    torch.set_num_threads(1)
    monkeypatch.setattr(deep_agent, "FIRST_LOOK", 200)
    monkeypatch.setattr(reinforcement_agents, "LocalActor", HereActor)
    page = build_page(system(system_id), HereClient())  # type: ignore[arg-type]
    assert isinstance(page, Page)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.restore({"environment": environment, "until": until, "settings": settings or dict(SMALL), "lens": page.panel.lens})
    assert page.lens == page.panel.lens and page.last_error is None
    return page
