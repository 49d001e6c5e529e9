"""Answers given by hand to what a page asked of a client that answers nothing."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot


def asked(client: Any, task: str) -> list[Any]:
    """All questions of a kind, the first first."""
    return [job for job in client.asked if job.task == task]


def reply(qtbot: QtBot, client: Any, task: str, bundle: Any) -> Any:
    """Answer the newest live question of a kind."""
    qtbot.waitUntil(lambda: any(job.task == task for job in client.jobs()))
    job = next(job for job in reversed(client.jobs()) if job.task == task)
    job.answer(bundle)
    job.finish()
    return job


def show(qtbot: QtBot, page: Any) -> None:
    """As large as in the window."""
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
