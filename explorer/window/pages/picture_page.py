"""What pages have in common whose network looks at a picture: samples, the choice of the network, and the states before there is an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from explorer.catalogue import System, Variant
from explorer.results import Bundle, Picture, Progress
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.base import BasePage, counted, megabytes
from explorer.window.pages.network_answer import NetworkAnswer
from explorer.window.pages.own_weights import OwnWeights
from explorer.window.pages.parts import Action, StateStack
from explorer.window.pages.picture_samples import SAMPLE, PictureSamples
from explorer.window.settings import settings
from explorer.window.views.controls import IconButton, StateCard
from explorer.words import ExplorerError, Text, WeightsMissing

CHOOSE_NETWORK = Text("ネットワークを選ぶ", "Choose the network")
OWN_WEIGHTS = Text("自分の重みを開く…", "Open weights of your own…")
OWN_KINDS = Text("重み", "Weights")
OWN_PATTERNS = "*.safetensors *.pt *.pth *.ckpt *.bin"
BUNDLED, ON_REQUEST, ONLY_OWN = Text("同梱", "bundled"), Text("{size} のダウンロード", "download of {size}"), Text("自分の重みのみ", "your own weights only")
RUN = Text("画像を分類", "Looking at the picture")
PREPARING = Text("{name} を準備しています", "Getting {name} ready")
ENGINE_STARTS = Text("計算用のプロセスを起動しています。", "The engine is starting.")
NEEDS = Text("{name} には重みが必要です", "{name} needs its weights")
ONCE = Text("{size}、一度だけ。その後はネットワークなしで動きます。", "{size}, once. After that it works without a network.")
NO_DOWNLOAD = Text("この重みは配布していません。お持ちのファイルを開けます。", "There is nothing to download for it. You can open a file of your own.")
DOWNLOAD, CHOOSE_FILE = Text("{size} をダウンロード", "Download {size}"), Text("ファイルを選ぶ", "Choose a file")
FETCHING, CANCEL = Text("{name} の重みを取得しています", "Downloading the weights of {name}"), Text("中止", "Cancel")
STOPPED, STOPPED_WHY = Text("計算を中止しました", "Stopped"), Text("続ければ、ここから計算し直します。", "Going on computes the page again.")
GO_ON, OPEN_PICTURE, TRY_AGAIN = Text("続ける", "Go on"), Text("画像を開く", "Open a picture"), Text("もう一度", "Try again")
FAILED = Text("このページを計算できませんでした", "This page could not be computed")


Part = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Choice:
    """What the page looks at: a variant with its own or the user's weights, and a picture (a sample's key, a path or pixels), or
    ``part`` of it: x1, y1, x2, y2 in its pixels."""

    variant: str
    weights: str | None
    picture: Any
    part: Part | None = None

    def __eq__(self, other: object) -> bool:
        """Pixels are the same only where they are the same array."""
        if not isinstance(other, Choice):
            return False
        return (self.variant, self.weights, self.part) == (other.variant, other.weights, other.part) and _same(self.picture, other.picture)

    __hash__ = None  # type: ignore[assignment]


class PicturePage(NetworkAnswer, BasePage):
    """A page whose input is a picture and whose network comes in variants. What cannot be used is said in a sentence, and the page stays
    with what it showed. Subclasses fill ``content`` and take the answers in ``take``."""

    accepts = "picture"
    task = ""
    """The engine's task that answers first."""

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.shows = Choice(system.variants[0].name, None, system.samples[0] if system.samples else "")
        self._wants = self.shows
        self.version = 0
        self.whole_version = 0
        self._opened: tuple[Any, Picture] | None = None  # the photograph as it was asked for, and its pixels
        self.answer = None
        self.own = OwnWeights(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask_wanted)

        self.network_button = IconButton("down", CHOOSE_NETWORK, flat=True)
        self.network_button.clicked.connect(self.open_networks)
        self._head_layout.insertWidget(1, self.network_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.samples = PictureSamples(self)
        self.add_input_buttons(camera=True)

        self.content = QWidget()
        self.states = StateStack(self.content)
        self.stage.addWidget(self.states, 1)
        self._show_variant()

    @property
    def variant(self) -> Variant:
        """The network looked at."""
        return self.system.variant(self.shows.variant)

    def take(self, new_network: bool) -> None:
        """Show ``self.answer``."""

    def request(self, choice: Choice | None = None) -> dict[str, Any]:
        """What every question to the engine says."""
        now = choice or self.shows
        picture, whole = now.picture, self._whole_of(now.picture)
        if now.part is not None and whole is not None:
            x1, y1, x2, y2 = now.part
            picture = np.ascontiguousarray(whole.pixels[y1:y2, x1:x2])
        return {"system": self.system.id, "variant": now.variant, "weights": now.weights, "picture": picture}

    def whole_request(self) -> dict[str, Any]:
        """The same about the whole photograph."""
        return self.request(replace(self.shows, part=None))

    @property
    def whole(self) -> Picture | None:
        """The user's photograph."""
        return self._whole_of(self.shows.picture) if self.answer is not None else None

    @property
    def part_used(self) -> Part | None:
        """The part of it that the page looks at; None: the whole."""
        return self.shows.part

    def use_part(self, part: Part | None) -> None:
        """Look at x1, y1, x2, y2 of the photograph, or at the whole again."""
        self.load(replace(self._wants, part=part))

    def _whole_of(self, picture: Any) -> Picture | None:
        return self._opened[1] if self._opened is not None and _same(self._opened[0], picture) else None

    def changed(self) -> None:
        """Something worth keeping was chosen."""
        self.state_changed.emit()

    # input and network

    def start(self) -> None:
        self.mark_sample(self.shows.picture)
        self.load(self.shows)

    def open_input(self, value: Any) -> None:
        picture = str(value) if isinstance(value, Path) else value
        self.load(replace(self._wants, picture=picture, part=None))

    def open_weights(self, path: str) -> None:
        self.choose_network(self._wants.variant, path)

    def choose_network(self, name: str, weights: str | None = None) -> None:
        """Look through another variant, with its own weights or those of a file."""
        self.load(replace(self._wants, variant=name, weights=weights))

    @property
    def wanted(self) -> Choice:
        """What the page is to look at: what it shows, or what was asked for since."""
        return self._wants

    def load(self, choice: Choice) -> None:
        """Look at this."""
        self._wants = choice
        if self.answer is None and self.states.card is None:
            self.states.show_card(StateCard("loading", PREPARING.format(name=self.system.variant(choice.variant).label.en), ENGINE_STARTS))
        self._soon.start()  # what else changes before the window is back at rest goes into the same question

    def _ask_wanted(self) -> None:
        choice = self._wants
        if choice.part is not None and self._whole_of(choice.picture) is None:  # a part of what is not open yet
            self.ask("whole", "recognition.open_picture", SAMPLE, partial(self._whole_opened, choice), picture=choice.picture)
            return
        job = self.ask("answer", self.task, RUN, partial(self._arrived, choice), on_error=partial(self.own.refused, choice), **self.request(choice))
        job.cancelled.connect(lambda: self.stopped(choice))

    def _whole_opened(self, choice: Choice, picture: Picture) -> None:
        self._opened = choice.picture, picture
        height, width = picture.pixels.shape[:2]
        if choice is self._wants:
            x1, y1, x2, y2 = choice.part or (0, 0, width, height)
            fits = 0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height
            self.load(choice if fits else replace(choice, part=None))

    def busy(self) -> bool:
        return self._soon.isActive() or super().busy()

    def _arrived(self, choice: Choice, bundle: Bundle, of_film: bool = False) -> None:
        new_network = self.answer is None or (choice.variant, choice.weights) != (self.shows.variant, self.shows.weights)
        new_whole = new_network or not _same(choice.picture, self.shows.picture)
        self.shows, self.answer = choice, bundle
        self.version += 1
        self.whole_version += int(new_whole)
        given_whole = self.part("picture", Picture)
        if choice.part is None and given_whole is not None and self._whole_of(choice.picture) is None:
            self._opened = choice.picture, given_whole
        self.states.show_card(None)
        self._mark()
        if new_network:
            self._show_variant()
        if not of_film:  # what is said on the page stays while frames come
            self.clear_error()
            self.show_notes(given_whole.notes if given_whole is not None else ())
        self.take(new_network)
        self.samples.load()
        self.changed()

    def _mark(self) -> None:
        self.samples.mark(self.shows.picture)

    def stopped(self, choice: Choice) -> None:
        """The user stopped what would have led to this."""
        if self.answer is not None and choice is self._wants:
            self._wants = self.shows
            self._mark()
        if self.answer is None and choice is self._wants and isinstance(self.states.card, StateCard) and self.states.card.kind == "loading":
            card = StateCard("cancelled", STOPPED, STOPPED_WHY, actions=(("again", GO_ON, "filled", None),))
            self.states.show_card(card, {"again": lambda: self.load(choice)})

    # states in place of the content

    def show_error(self, error: ExplorerError, retry: Callable[[], object] | None = None, actions: Sequence[Action] = ()) -> None:
        """As on every page, but before the first answer in place of the content. ``actions``: what to do next, in place of what there is always."""
        self.last_error = error
        if isinstance(error, WeightsMissing):
            self._show_missing(error)
            return
        wanted, self._wants = self._wants, self.shows
        if self.answer is None and (self.states.card is None or self.states.card.kind != "missing"):
            card = StateCard("failed", FAILED, error.text, actions=(("again", TRY_AGAIN, "filled", None), ("open", OPEN_PICTURE, "tint", None)))
            self.states.show_card(card, {"again": lambda: self.load(wanted), "open": self.ask_for_file})
            return
        self._mark()
        super().show_error(error, retry)
        if actions:
            self.banner.say(error.text, actions)

    def _show_missing(self, error: WeightsMissing) -> None:
        self.shows = replace(self._wants, weights=None)
        self.answer = None
        self._show_variant()
        name, size = self.variant.label, megabytes(error.size)
        title = NEEDS.format(name=name)
        actions: list[Any] = [("file", CHOOSE_FILE, "plain" if error.size else "filled", None)]
        if error.size:
            actions.insert(0, ("download", DOWNLOAD.format(size=size), "filled", "download"))
        card = StateCard("missing", title, ONCE.format(size=size) if error.size else error.text, actions=actions, image=self.samples.pixels(self.shows.picture))
        self.states.show_card(card, {"download": self.download, "file": self.ask_for_weights})
        self.samples.load()
        self.changed()

    def download(self) -> None:
        name = self.variant.label
        words = FETCHING.format(name=name)
        card = StateCard("loading", words, actions=(("cancel", CANCEL, "plain", None),))
        wanted, size = self.shows, self.variant.bytes
        job = self.client.query(f"{self.system.id}:fetch", "recognition.fetch_weights", title=words, system=self.system.id, variant=wanted.variant)

        def told(progress: Progress) -> None:
            card.set_progress(progress.fraction, progress.seconds_left, progress.text)

        def failed(error: ExplorerError) -> None:
            self._show_missing(WeightsMissing(error.text, size))
            BasePage.show_error(self, error)

        job.progress.connect(told)
        job.done.connect(lambda: self.load(wanted))
        job.failed.connect(failed)
        job.cancelled.connect(lambda: self._show_missing(WeightsMissing(NO_DOWNLOAD, size)))
        self.states.show_card(card, {"cancel": job.cancel})

    # choosing the network

    def open_networks(self) -> QMenu:
        """The list of networks below the title."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for variant in self.system.variants:
            if not variant.model:
                continue
            where = {"bundled": BUNDLED, "download": ON_REQUEST.format(size=megabytes(variant.bytes))}.get(variant.weights, ONLY_OWN)
            size = f" · {counted(variant.parameters, look.language)}" if variant.parameters else ""
            action = menu.addAction(f"{look.say(variant.label)}{size} · {look.say(where)}", partial(self.choose_network, variant.name))
            action.setFont(look.font("body", 700 if variant.name == self.shows.variant else 400))
        menu.addSeparator()
        menu.addAction(look.say(OWN_WEIGHTS), self.ask_for_weights)
        menu.popup(self.title.mapToGlobal(self.title.rect().bottomLeft()))
        return menu

    def ask_for_weights(self) -> None:
        """Let the user choose a checkpoint for the network on the page."""
        path, _ = QFileDialog.getOpenFileName(self, look.say(OWN_WEIGHTS), settings.last_folder(), f"{look.say(OWN_KINDS)} ({OWN_PATTERNS})")
        if path:
            self.choose_network(self.shows.variant, path)

    def file_kinds(self) -> list[tuple[Text, str]]:
        pictures, everything = super().file_kinds()
        return [pictures, (OWN_KINDS, OWN_PATTERNS), everything]

    def _show_variant(self) -> None:
        self.show_variant(self.variant)
        if self.shows.weights:
            who, name = self.standard_caption(self.variant), Path(self.shows.weights).name
            self.set_head(caption=Text(f"{who.ja} · {name}", f"{who.en} · {name}"))

    # state

    def pasted_picture(self) -> NDArray[np.uint8] | None:
        return self.shows.picture if isinstance(self.shows.picture, np.ndarray) else None

    def state(self) -> dict[str, Any]:
        kept = self.shows.picture if isinstance(self.shows.picture, str) else None
        return {**super().state(), "variant": self.shows.variant, "weights": self.shows.weights, "input": kept, "part": list(self.shows.part) if self.shows.part and kept else None}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        choice = self._wants
        if state.get("variant") in [variant.name for variant in self.system.variants]:
            choice = replace(choice, variant=str(state["variant"]), weights=None)
        if isinstance(state.get("weights"), str):
            choice = replace(choice, weights=state["weights"])
        if isinstance(state.get("input"), str) and state["input"]:
            choice = replace(choice, picture=state["input"], part=part_of(state.get("part")))
        if self.answer is None or choice != self._wants:
            self.load(choice)

    def numbers(self) -> dict[str, Any]:
        found: dict[str, Any] = {"variant": self.shows.variant, "weights": self.shows.weights, "lens": self.lens}
        found["input"] = self.shows.picture if isinstance(self.shows.picture, str) else "pixels"
        if self.shows.part is not None:
            found["part"] = list(self.shows.part)
        if self.states.card is not None:
            found["state"] = self.states.card.kind
        return found


def _same(one: Any, other: Any) -> bool:
    """Whether two ways of naming a picture name the same."""
    return one is other or (isinstance(one, str) and isinstance(other, str) and one == other)


def part_of(kept: Any) -> Part | None:
    """A part as it was kept; None for what is none."""
    if isinstance(kept, (list, tuple)) and len(kept) == 4 and all(isinstance(one, int) for one in kept):
        return int(kept[0]), int(kept[1]), int(kept[2]), int(kept[3])
    return None
