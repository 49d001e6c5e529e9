"""The column beside what two networks see together: which networks, what they found, and how it is shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.catalogue import system
from explorer.catalogue.classes import CLASSES
from explorer.catalogue.readiness import ready
from explorer.catalogue.together import Network, Sight
from explorer.results import Boxes, Bundle, Mask
from explorer.window.look import look
from explorer.window.views.class_toggles import ClassEntry, ClassToggles
from explorer.window.views.controls import Label, Menu, Slider
from explorer.words import Text

MASKS, DETECTORS = Text("領域を分けるネットワーク", "Network for the mask"), Text("箱を付けるネットワーク", "Network for boxes")
OFF = Text("なし", "none")
OPACITY, LEAST = Text("領域の濃さ", "Mask"), Text("確からしさ", "Least score")
FOUND, SHARES = Text("見つけた数", "Found"), Text("画素の割合", "Share of the pixels")
NO_NETWORK = Text("この画像を見るネットワークの重みがまだありません。", "There are no weights yet of a network that looks at this picture.")


class TogetherSide(QWidget):
    """``chosen(kind)``: another network for "mask" or "boxes". ``weights``: the user's own, by system."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.networks: dict[str, str] = {}  # chosen by the user: "system/variant", or "off"
        self.weights: dict[str, str] = {}
        self.menus = {kind: Menu((("off", OFF),), "off", name=name, width=204) for kind, name in (("boxes", DETECTORS), ("mask", MASKS))}
        self.opacity = Slider(OPACITY, 0, 100, 45, step=5, format=lambda value: f"{value:.0f} %", label_width=84)
        self.least = Slider(LEAST, 0.05, 0.95, 0.5, step=0.01, format=lambda value: f"{value:.2f}", label_width=84)
        self.found, self.shares = ClassToggles(name=FOUND), ClassToggles(name=SHARES)
        self.titles = {"boxes": Label(FOUND, "label", "ink2"), "mask": Label(SHARES, "label", "ink2")}
        self.nothing = Label(NO_NETWORK, "body", "ink2", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.menus["boxes"], self.titles["boxes"], self.found, self.least, self.menus["mask"], self.titles["mask"], self.shares, self.opacity, self.nothing):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        for kind, menu in self.menus.items():
            menu.chosen.connect(lambda key, kind=kind: self._choose(kind, key))

    def _choose(self, kind: str, key: str) -> None:
        self.networks[kind] = key
        self.chosen.emit(kind)

    def offer(self, sight: Sight) -> None:
        """The networks that can run and look at this."""
        for kind, networks in (("mask", sight.masks), ("boxes", sight.detectors)):
            options = [(f"{one[0]}/{one[1]}", system(one[0]).name) for one in networks if self._runs(one)]
            keys = [key for key, _ in options]
            wanted = self.networks.get(kind, "")
            self.menus[kind].set_options([*options, ("off", OFF)], wanted if wanted in (*keys, "off") else keys[0] if keys else "off")
            self.menus[kind].setEnabled(bool(keys))

    def _runs(self, network: Network) -> bool:
        entry = system(network[0])
        return network[0] in self.weights or (entry.variant(network[1]).weights == "bundled" and ready(entry))

    def wanted(self, kind: str) -> list[str | None] | None:
        """What the engine is asked for: system, variant and the user's own weights, or None."""
        name, _, variant = self.menus[kind].current.partition("/")
        return [name, variant, self.weights.get(name)] if variant else None

    def show_bundle(self, bundle: Bundle | None, counts: dict[int, int], sight: Sight) -> None:
        """The figures of an answer; ``counts``: of the boxes that stand, by class."""
        parts, on = bundle.parts if bundle is not None else {}, look.projection
        self._column.setSpacing(look.px(8))
        for kind, widgets, controls in (("boxes", (self.titles["boxes"], self.found), (self.least,)), ("mask", (self.titles["mask"], self.shares), (self.opacity,))):
            self.menus[kind].setVisible(not on and self.menus[kind].isEnabled())
            for widget in widgets:
                widget.setVisible(kind in parts)
            for control in controls:
                control.setVisible(kind in parts and not on)
        self.nothing.setVisible(not any(menu.isEnabled() for menu in self.menus.values()))
        mask, boxes = parts.get("mask"), parts.get("boxes")
        if isinstance(mask, Mask) and bundle is not None:
            shares = mask.shares()
            self.shares.set_entries([entry(i, name, f"{100 * shares[i]:.0f} %", bundle.facts["mask_colours"]) for i, name in enumerate(mask.names)])
        if isinstance(boxes, Boxes) and bundle is not None:
            wanted = [i for i, name in enumerate(boxes.names) if name in sight.counted or i in counts]
            self.found.set_entries([entry(i, boxes.names[i], str(counts.get(i, 0)), bundle.facts["box_colours"]) for i in wanted])


def entry(number: int, name: str, figure: str, colours: tuple[str, ...]) -> ClassEntry:
    """A class in a list."""
    return ClassEntry(number, class_words(name), figure, colours[number] if number < len(colours) else "")


def class_words(name: str) -> str:
    """A class's name in the language of the window."""
    return next((look.say(words) for kind in ("smears_and_streets", "camvid", "membrane") for words in CLASSES[kind] if words.en == name), name)
