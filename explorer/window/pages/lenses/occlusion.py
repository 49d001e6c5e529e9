"""What happens to a class's probability when a part of the picture is covered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer

from explorer.window.look import look
from explorer.window.pages.lenses.classes import ClassLens
from explorer.window.panels.base import Host
from explorer.window.views.controls import Slider
from explorer.words import Text

TITLE = Text("隠しながら答えを見る", "Covering parts of the picture")
FALLS = Text("隠すと「{name}」の確率が変わる場所", "Where covering changes “{name}”")
ABOUT = Text(
    "{patch} 画素四方の灰色を {stride} 画素ずつ動かします。{probability} だった確率は、一番効く場所を隠すと {least} になります。",
    "A grey square of {patch} pixels, moved by {stride}. The probability of {probability} becomes {least} with the most important place covered.",
)
SIZE, STRIDE = Text("大きさ", "Square"), Text("間隔", "Step")
RISES, DROPS = Text("上がる {value}", "rises {value}"), Text("下がる {value}", "falls {value}")
PAUSE_MS = 200


class OcclusionLens(ClassLens):
    """See the module. ``patch`` and ``stride`` in pixels of the network's input; by default the engine chooses."""

    lens = "occlusion"
    task = "recognition.occlusion"
    title_words = TITLE

    def __init__(self, host: Host) -> None:
        super().__init__(host, opacity=0.7)
        self.wanted: dict[str, int] = {}
        self.patch = Slider(SIZE, 1, 16, 8, step=1, label_width=60, value_width=48)
        self.stride = Slider(STRIDE, 1, 8, 2, step=1, label_width=60, value_width=48)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.timeout.connect(self._again)
        for slider in (self.patch, self.stride):
            self.options_column.addWidget(slider)
            slider.changed.connect(self._moved)
        self.restyle()

    def arguments(self) -> dict[str, Any]:
        size = min(self.host.given.pixels.shape[:2]) if self.host.given is not None else None
        fits = size is not None and 1 <= self.wanted.get("stride", 1) <= self.wanted.get("patch", 1) <= size
        return dict(self.wanted) if fits else {}

    def tell(self) -> None:
        if self._overlay is None:
            return
        self.title.set_text(FALLS.format(name=self.class_shown()))
        high = f"{self.highest():.2f}"
        self.scale.set_range(look.say(RISES.format(value=f"+{high}")), look.say(DROPS.format(value=f"−{high}")), "signed")
        facts = self._facts
        if not {"patch", "stride", "size", "probability", "drop"} <= set(facts):
            return
        least = max(0.0, float(facts["probability"]) - float(facts["drop"]))
        self.about.set_text(
            ABOUT.format(patch=facts["patch"], stride=facts["stride"], probability=f"{facts['probability']:.2f}", least=f"{least:.2f}")
        )
        if not self._soon.isActive() and not self.patch.dragging and not self.stride.dragging:
            self.patch.set_range(1, max(2, int(facts["size"]) // 2))
            self.stride.set_range(1, max(2, int(facts["size"]) // 4))
            self.patch.set_value(int(facts["patch"]))
            self.stride.set_value(int(facts["stride"]))

    def value_words(self, value: float) -> str:
        return f"{-value:+.3f}".replace("-", "−")

    def _moved(self, _: float) -> None:
        if self.stride.value > self.patch.value:
            self.stride.set_value(self.patch.value)
        self._soon.start()

    def _again(self) -> None:
        self.wanted = {"patch": int(self.patch.value), "stride": min(int(self.stride.value), int(self.patch.value))}
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {**super().settings(), **self.wanted}

    def shared(self) -> dict[str, Any]:
        return {**super().shared(), **self.wanted}

    def apply(self, settings: Mapping[str, Any]) -> None:
        super().apply(settings)
        patch, stride = settings.get("patch"), settings.get("stride")
        if isinstance(patch, int) and isinstance(stride, int):
            self.wanted = {"patch": patch, "stride": stride}

    def numbers(self) -> dict[str, Any]:
        found = super().numbers()
        return {**found, **{key: self._facts[key] for key in ("patch", "stride", "probability", "drop", "done", "total") if key in self._facts}} if found else found
