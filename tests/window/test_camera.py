"""The camera: a frozen frame becomes pixels; no camera is a sentence."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.window import camera
from explorer.words import InputError


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_frozen_frame_becomes_the_input(parent: QWidget, qtbot: QtBot) -> None:
    taken: list[Any] = []
    stopped: list[int] = []
    dialog = camera.CameraDialog(parent, taken.append, pytest.fail)
    dialog.begin(lambda: stopped.append(1))
    assert not dialog.take.isEnabled()
    image = QImage(8, 6, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 20, 30))
    dialog.frame(QImage())
    assert not dialog.take.isEnabled(), "an empty frame is none"
    dialog.frame(image)
    dialog.take.click()
    assert taken[0].shape == (6, 8, 3) and np.all(taken[0] == (10, 20, 30)) and stopped == [1]


def test_a_camera_that_gives_nothing_is_given_up(parent: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "PATIENCE_MS", 20)
    refused: list[InputError] = []
    dialog = camera.CameraDialog(parent, pytest.fail, refused.append)
    dialog.begin(lambda: None)
    qtbot.waitUntil(lambda: bool(refused))
    assert refused[0].text == camera.NO_PICTURE


def none_there() -> ModuleType:
    module = ModuleType("PySide6.QtMultimedia")
    for name in ("QCamera", "QMediaCaptureSession", "QVideoSink"):
        setattr(module, name, None)
    module.QMediaDevices = type("QMediaDevices", (), {"videoInputs": staticmethod(list)})  # type: ignore[attr-defined]
    return module


@pytest.mark.parametrize("multimedia", [None, none_there()], ids=["no multimedia library", "no camera"])
def test_no_camera_is_said(parent: QWidget, monkeypatch: pytest.MonkeyPatch, multimedia: ModuleType | None) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", multimedia)
    refused: list[InputError] = []
    assert camera.take_picture(parent, pytest.fail, refused.append) is None
    assert refused[0].text == camera.NO_CAMERA
