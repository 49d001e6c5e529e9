"""One of the networks of a page that shows several at once: which it is, what it answers, and what its lenses ask of their page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue import SYSTEMS, System, Variant, system
from explorer.resources import resource
from explorer.results import Bundle, Picture
from explorer.window.client import Job
from explorer.window.look import look
from explorer.window.pages.captions import WEIGHTS, counted
from explorer.window.pages.network_answer import NetworkAnswer
from explorer.window.pages.picture_page import OWN_KINDS, OWN_WEIGHTS, RUN, Part
from explorer.window.settings import settings
from explorer.window.views.bars import BarsView
from explorer.window.views.controls import IconButton, Label, Menu
from explorer.words import Text

NETWORK = Text("ネットワーク", "Network")
OPEN_PAGE = Text("このネットワークのページを開く", "Open the page of this network")
WHOSE = Text("どのネットワークの重みか調べる", "Finding out whose weights these are")
OWN = "own"
TOP = 3


@dataclass(frozen=True)
class Network:
    """A variant of a system with its own weights, or those of a file."""

    system: str
    variant: str
    weights: str | None = None

    @property
    def key(self) -> str:
        return f"{self.system}/{self.variant}"


@dataclass(frozen=True, eq=False)
class Looked:
    """The picture all look at: as it was named, its pixels, and the part used (x1, y1, x2, y2), or the whole."""

    source: Any
    whole: Picture
    part: Part | None = None


class Board(Protocol):
    """The page, as its columns see it."""

    def ask(self, lane: str, task: str, title: Text, on_result: Callable[[Any], object], **arguments: Any) -> Job: ...

    def use_part(self, part: Part | None) -> None: ...

    def answered(self, column: NetworkColumn) -> None:
        """A column has its network's answer."""

    def chosen_in(self, column: NetworkColumn) -> None:
        """Something was chosen in a lens of a column."""

    def layer_chosen_in(self, column: NetworkColumn) -> None:
        """Another layer was chosen in a column."""

    def open_page(self, network: Network) -> None:
        """The network's own page should come to the front."""


class NetworkColumn(NetworkAnswer, QWidget):
    """The head of a column, and the ``Host`` of its lenses. ``name``: tells the questions of the columns apart."""

    def __init__(self, board: Board, name: str, network: Network) -> None:
        super().__init__()
        self.board, self.name = board, name
        self.network = network
        self._wants = network
        self.looked: Looked | None = None
        self.answer = None
        self.version = self.whole_version = 0
        self.layer = ""
        self.box: tuple[float, float, float, float] | None = None
        self._offered: list[tuple[str, Text]] = []
        self._accuracy: Mapping[str, float] = {}
        self.menu = Menu((), name=NETWORK, width=250)
        self.open_button = IconButton("right", OPEN_PAGE, flat=True)
        self.caption = Label("", "label", "ink2")
        self.bars = BarsView(top=TOP)
        self._row = QHBoxLayout()
        self._row.addWidget(self.menu)
        self._row.addWidget(self.open_button)
        self._row.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._column.addWidget(self.caption)
        self._column.addWidget(self.bars)
        self.menu.chosen.connect(self._choose)
        self.open_button.clicked.connect(lambda: self.board.open_page(self.network))
        look.changed.connect(self.retell)
        self.retell()

    # which network

    @property
    def entry(self) -> System:
        """The system of the network."""
        return system(self.network.system)

    @property
    def lenses(self) -> tuple[str, ...]:
        """The lenses of the network, and of the one that is to take its place."""
        wanted = system(self._wants.system).lenses
        return (*self.entry.lenses, *(one for one in wanted if one not in self.entry.lenses))

    @property
    def variant(self) -> Variant:
        """The network looked at."""
        return self.entry.variant(self.network.variant)

    def offer(self, networks: Sequence[Network], accuracy: Mapping[str, float]) -> None:
        """The networks to choose from, and what share in percent each gets right, where that was measured."""
        self._accuracy = accuracy
        self._offered = [(one.key, named(one)) for one in networks]
        self.retell()

    def choose(self, network: Network) -> None:
        """Look through another network."""
        self._wants = network
        self._look()

    def _choose(self, key: str) -> None:
        if key == OWN:
            self.retell()  # back to the network shown, until a file is chosen
            self.ask_for_weights()
            return
        system_id, _, variant = key.partition("/")
        self.choose(Network(system_id, variant))

    def ask_for_weights(self) -> None:
        """Let the user choose a checkpoint of any of the networks."""
        path, _ = QFileDialog.getOpenFileName(self, look.say(OWN_WEIGHTS), settings.last_folder(), f"{look.say(OWN_KINDS)} (*.safetensors *.pt *.pth *.ckpt *.bin)")
        if path:
            self.open_weights(path)

    def open_weights(self, path: str) -> None:
        """Find out which network a checkpoint is of, and look through it."""

        def found(bundle: Bundle) -> None:
            self.choose(Network(str(bundle.facts["system"]), str(bundle.facts["variant"]), path))

        self.ask("whose", "comparison.whose", WHOSE, found, weights=path)

    # the picture

    def look_at(self, source: Any, whole: Picture, part: Part | None) -> None:
        """Look at a picture, as it was named and its pixels, or at x1, y1, x2, y2 of it."""
        self._look(Looked(source, whole, part))

    def _look(self, looked: Looked | None = None) -> None:
        now = looked or self.looked
        if now is not None:
            network = self._wants
            self.ask("answer", "recognition.network", RUN, partial(self._arrived, network, now), **self._request(network, now))

    def _arrived(self, network: Network, looked: Looked, bundle: Bundle) -> None:
        new_whole = self.looked is None or network != self.network or looked.source is not self.looked.source
        self.network, self.looked, self.answer = network, looked, bundle
        self.version += 1
        self.whole_version += int(new_whole)
        self.box = None
        if self.layer not in self.layers():
            self.layer = str(self.fact("layer") or "")
        self.retell()
        self.board.answered(self)

    def refused(self) -> None:
        """What was wanted cannot be: stay with what is shown."""
        self._wants = self.network
        self.retell()

    def retell(self) -> None:
        """Say everything in the language of the window."""
        self._column.setSpacing(look.px(4))
        self._row.setSpacing(look.px(6))
        own = [(OWN, OWN_WEIGHTS)]
        key, options = self.network.key, list(self._offered)
        if self.network.weights is not None:
            key = f"{OWN}:{self.network.key}"
            options.append((key, named(self.network)))
        elif key not in [one for one, _ in options]:
            options.append((key, named(self.network)))
        self.menu.set_options([*options, *own], key)
        parameters = self.variant.parameters
        ja, en = [self.entry.name.ja], [self.entry.name.en]
        if parameters:
            ja.append(WEIGHTS.ja.format(count=counted(parameters, "ja")))
            en.append(WEIGHTS.en.format(count=counted(parameters, "en")))
        accuracy = self._accuracy.get(self.network.key) if self.network.weights is None else None
        if accuracy is not None:
            ja.append(f"正解率 {accuracy:.1f} %")
            en.append(f"{accuracy:.1f} % right")
        self.caption.set_text(Text(" · ".join(ja), " · ".join(en)))
        scores = self.scores
        if scores is not None:
            words = tuple(self.class_words(name) for name in scores.names)
            self.bars.set_result(replace(scores, names=words))

    # what the lenses ask of their page

    def _request(self, network: Network, looked: Looked) -> dict[str, Any]:
        picture = looked.source
        if looked.part is not None:
            x1, y1, x2, y2 = looked.part
            picture = np.ascontiguousarray(looked.whole.pixels[y1:y2, x1:x2])
        return {"system": network.system, "variant": network.variant, "weights": network.weights, "picture": picture}

    def request(self) -> dict[str, Any]:
        """What every question to the engine says."""
        assert self.looked is not None
        return self._request(self.network, self.looked)

    def whole_request(self) -> dict[str, Any]:
        """The same about the whole photograph."""
        assert self.looked is not None
        return self._request(self.network, replace(self.looked, part=None))

    @property
    def whole(self) -> Picture | None:
        """The user's photograph."""
        return self.looked.whole if self.looked is not None else None

    @property
    def part_used(self) -> Part | None:
        """The part of it that is looked at; None: the whole."""
        return self.looked.part if self.looked is not None else None

    def use_part(self, part: Part | None) -> None:
        """Look at a part of the photograph, or at the whole again: in all columns."""
        self.board.use_part(part)

    def ask(self, lane: str, task: str, title: Text, on_result: Callable[[Any], object], **arguments: Any) -> Job:
        """Ask the engine; the columns have lanes of their own."""
        return self.board.ask(f"{self.name} {lane}", task, title, on_result, **arguments)

    def choose_layer(self, name: str) -> None:
        """Look at another layer; the other columns follow."""
        if name != self.layer and name in self.layers():
            self.layer = name
            self.board.layer_chosen_in(self)

    @property
    def share(self) -> float:
        """Where the layer lies: 0 the first of all, 1 the last."""
        layers = self.layers()
        return layers.index(self.layer) / max(1, len(layers) - 1) if self.layer in layers else 1.0

    def set_depth(self, share: float) -> None:
        """Look at the layer that lies at this share of the depth."""
        layers = self.layers()
        if layers:
            self.layer = layers[round(max(0.0, min(1.0, share)) * (len(layers) - 1))]

    def outline(self, box: tuple[float, float, float, float] | None) -> None:
        """There is no picture here to outline something on; what was asked for is kept."""
        self.box = box

    def changed(self) -> None:
        """Something was chosen in a lens."""
        self.board.chosen_in(self)


def named(network: Network) -> Text:
    """A network as the menu has it: the variant, with own weights the file's name too."""
    label = system(network.system).variant(network.variant).label
    if network.weights is None:
        return label
    file = Path(network.weights).name
    return Text(f"{file}（{label.ja}）", f"{file} ({label.en})")


def bundled() -> list[Network]:
    """The classifiers whose weights come with the program, in the order of the catalogue."""
    there = []
    for entry in SYSTEMS:
        for variant in entry.variants if entry.section == "recognition" else ():
            if variant.model and variant.weights == "bundled" and resource("weights", variant.file).is_file():
                there.append(Network(entry.id, variant.name))
    return there


def default_pair(networks: list[Network]) -> tuple[Network, Network]:
    """The oldest and the newest; of one system its first two variants. Raises ValueError where there are none."""
    first = min(networks, key=lambda one: system(one.system).year)
    last = max(reversed(networks), key=lambda one: system(one.system).year)
    return first, last


def network_of(kept: Any) -> Network | None:
    """A network as it was kept; None for what is none (any more)."""
    if not (isinstance(kept, (list, tuple)) and len(kept) == 3 and all(isinstance(one, str) for one in kept[:2])):
        return None
    known = any(entry.id == kept[0] and any(one.name == kept[1] and one.model for one in entry.variants) for entry in SYSTEMS)
    return Network(kept[0], kept[1], kept[2] if isinstance(kept[2], str) else None) if known else None
