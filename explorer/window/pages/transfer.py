"""The page on which the user teaches a network classes of their own: classes with pictures, how well it learns them, and a new picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue import System
from explorer.results import Bundle, Curves, Picture, Result, Scores
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.class_row import ClassRow, named_path
from explorer.window.pages.opening import NOTHING_TO_PASTE
from explorer.window.views.all_bars import AllBarsView
from explorer.window.views.controls import Bar, Button, Label, Menu
from explorer.window.views.curves import CurvesView
from explorer.window.views.picture import PictureView
from explorer.words import ExplorerError, InputError, Text, same

LEARN, OPENING = Text("最後の層を学ぶ", "Learning the last layer"), Text("画像を開く", "Opening pictures")
ADD, EXAMPLE = Text("クラスを加える", "Add a class"), Text("見本で試す", "Fill with examples")
NEW_NAME = Text("クラス {number}", "Class {number}")
FEATURES = Text("ネットワーク", "Features by")
NEED_TWO = Text("二つ以上のクラスに、それぞれ画像を入れてください。", "It takes two classes or more, each with pictures.")
NO_NAME = Text("名前のないクラス、同じ名前のクラスがあります。", "Every class needs a name of its own.")
RESULT = Text("学ばなかった画像 {pictures} 枚のうち {right} 枚を正解", "{right} of {pictures} unseen pictures right")
LEARNING = Text("学んでいます", "Learning")
HOW = Text(
    "順に外した画像で数えました。枠のある画像は間違えたものです。各画像の特徴は {size} 個。",
    "Counted on pictures left out in turn; those it got wrong are outlined. {size} features a picture.",
)
NEW_PICTURE = Text("新しい画像", "A new picture")
ASK_NEW = Text("上のボタンか貼り付けで、新しい画像を開いてください", "Open or paste a new picture with the buttons above")
EXAMPLES = (("cat", Text("猫", "Cat")), ("coffee", Text("コーヒー", "Coffee")), ("astronaut", Text("宇宙飛行士", "Astronaut")))
EACH = 8
MOST_CLASSES, FEWEST = 5, 2


class Page(BasePage):
    """Learns anew whenever a class, a picture or the network changes; the newest question wins."""

    accepts = "picture"

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.rows: list[ClassRow] = []
        self.network = ""
        self.source: Any = None  # the new picture
        self._good: Any = None  # the last one that could be opened
        self.answer: Bundle | None = None
        self._opening = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._learn)
        self.add_input_buttons(camera=True)

        self.add_button, self.example_button = Button(ADD, "tint", "plus"), Button(EXAMPLE, "plain")
        self.menu = Menu([("", same("–"))], name=FEATURES)
        self.sentence, self.how = Label(NEED_TWO, "state"), Label("", "caption", "ink3")
        self.bar = Bar(0.0)
        kept = self.bar.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(kept)
        self.bar.hide()
        self.shares = CurvesView(name=Text("正解の割合", "Share right"), title=Text("正解の割合", "Share right"))
        self.loss = CurvesView(name=Text("損失", "Loss"), title=Text("損失", "Loss"))
        self.picture = PictureView(name=NEW_PICTURE)
        self.picture.placeholder = ASK_NEW
        self.bars = AllBarsView(count=MOST_CLASSES)
        self._lay_out()
        self.add_button.clicked.connect(lambda: self.add_class())
        self.example_button.clicked.connect(lambda: self.fill())
        self.menu.chosen.connect(self.choose_network)
        look.changed.connect(self._space)
        look.changed.connect(self._rename_examples)

    def _lay_out(self) -> None:
        self._classes = QVBoxLayout()
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        for button in (self.add_button, self.example_button):
            tools.addWidget(button)
        tools.addStretch(1)
        left = QVBoxLayout()
        left.addLayout(self._classes)
        left.addWidget(self._tools)
        left.addStretch(1)
        source = QHBoxLayout()
        self._menu_label = Label(FEATURES, "label", "ink2")
        source.addWidget(self._menu_label)
        source.addWidget(self.menu)
        source.addStretch(1)
        left.addLayout(source)
        self._right = right = QVBoxLayout()
        right.addWidget(self.shares, 3)
        right.addWidget(self.loss, 2)
        right.addWidget(Label(NEW_PICTURE, "section"))
        self._new = new = QHBoxLayout()
        new.addWidget(self.picture, 2)
        new.addWidget(self.bars, 3)
        right.addLayout(new, 3)
        self._halves = halves = QHBoxLayout()
        halves.addLayout(left, 1)
        halves.addLayout(right, 1)
        self.stage.addWidget(self.sentence)
        self.stage.addWidget(self.how)
        self.stage.addWidget(self.bar)
        self.stage.addLayout(halves, 1)
        self._space()

    def _space(self) -> None:
        self._halves.setSpacing(look.px(24))
        self._classes.setSpacing(look.px(10))
        self._new.setSpacing(look.px(16))
        self._right.setSpacing(look.px(6))

    def project(self, on: bool) -> None:
        super().project(on)
        for widget in (self._tools, self.loss, self.menu, self._menu_label):
            widget.setVisible(not on)
        for row in self.rows:
            row.project(on)

    # classes

    def add_class(self, name: str = "") -> ClassRow | None:
        """One class more, without pictures; None when there are five."""
        if len(self.rows) >= MOST_CLASSES:
            return None
        row = ClassRow(name or look.say(NEW_NAME.format(number=len(self.rows) + 1)), self.file_patterns["picture"])
        row.renamed.connect(self._renamed)
        row.taken_out.connect(self._changed)
        row.added.connect(partial(self.add_pictures, row))
        row.removed.connect(partial(self.remove_class, row))
        row.camera_wanted.connect(partial(self._camera, row))
        row.project(look.projection)
        self.rows.append(row)
        self._classes.addWidget(row)
        self.add_button.setEnabled(len(self.rows) < MOST_CLASSES)
        self._changed()
        return row

    def remove_class(self, row: ClassRow) -> None:
        """Take a class away, with its pictures."""
        self.rows.remove(row)
        self._classes.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.add_button.setEnabled(True)
        self._changed()

    def _camera(self, row: ClassRow) -> None:
        from explorer.window.camera import take_picture

        take_picture(self, lambda pixels: self.add_pictures(row, [pixels]), self.show_error)

    def add_pictures(self, row: ClassRow, sources: list[Any]) -> None:
        """Open files, folders or pixels for a class."""
        self.clear_error()
        if not sources:
            self.show_error(InputError(NOTHING_TO_PASTE))
            return
        self._opening += 1  # a lane of its own: what is added to one class does not stop what is added to another
        self.ask(f"open {self._opening}", "scenes.class_pictures_opened", OPENING, partial(self._opened, row), sources=sources, room=50 - len(row.sources))

    def _opened(self, row: ClassRow, bundle: Result) -> None:
        if not isinstance(bundle, Bundle) or row not in self.rows:
            return
        small = [part for part in bundle.parts.values() if isinstance(part, Picture)]
        row.add(list(bundle.facts["sources"]), small)
        self.show_notes(bundle.facts["notes"][:3])
        if small:
            self._changed()

    def fill(self) -> None:
        """The ready-made classes instead of those there are, and a picture they did not learn from."""
        for row in list(self.rows):
            self.remove_class(row)
        for key, name in EXAMPLES:
            added = self.add_class(look.say(name))
            if added is not None:
                self.add_pictures(added, [f"crop:{key}:{number}" for number in range(EACH)])
        self.source = f"crop:{EXAMPLES[0][0]}:{EACH}"

    # learning

    def start(self) -> None:
        self.fill()

    def open_input(self, value: Any) -> None:
        self.clear_error()
        self.source = str(value) if isinstance(value, Path) else value
        self._soon.start()

    def choose_network(self, key: str) -> None:
        """Take the features from another network."""
        self.network = key
        self._changed()

    def _changed(self) -> None:
        self._soon.start()
        self.state_changed.emit()

    def _learn(self) -> None:
        names = [row.name for row in self.rows]
        if len(self.rows) < FEWEST or not all(row.sources for row in self.rows):
            self._say(NEED_TWO)
            return
        if len(set(names)) < len(names) or not all(names):
            self._say(NO_NAME)
            return
        classes = [(row.name, list(row.sources)) for row in self.rows]
        job = self.ask("learn", "scenes.transfer", LEARN, partial(self._take_step, self.source), classes=classes, network=self.network, picture=self.source)
        self.bar.set_fraction(0.0)
        self.bar.show()
        job.progress.connect(lambda progress: self.bar.set_fraction(progress.fraction))
        job.failed.connect(lambda _: self.bar.hide())

    def _rename_examples(self) -> None:
        """Names the program gave follow the language; those the user gave stay."""
        renamed = False
        for row in self.rows:
            name = next((name for _, name in EXAMPLES if row.name in (name.ja, name.en)), None)
            if name is not None and row.name != look.say(name):
                row.field.setText(look.say(name))
                renamed = True
        if renamed:
            self._renamed()

    def _renamed(self) -> None:
        """What was learnt stays: only the words of the answer change. Names that cannot be told apart, or could not before, are learnt anew."""
        names = [row.name for row in self.rows]
        if self.answer is None or not all(names) or len(set(names)) < len(names):
            self._changed()
            return
        if self.answer.facts["done"]:
            self._show_scores()
        self.state_changed.emit()

    def _show_scores(self) -> None:
        """The probabilities of the new picture, under the names the classes have now."""
        assert self.answer is not None
        scores, picture = self.answer.parts.get("scores"), self.answer.parts.get("picture")
        if isinstance(scores, Scores) and isinstance(picture, Picture):
            names = tuple(row.name for row in self.rows)
            if len(names) == len(scores.names):
                scores = replace(scores, names=names)
                self.answer = replace(self.answer, parts={**self.answer.parts, "scores": scores})
            self.bars.set_result(scores)
            self.picture.set_result(picture)

    def _say(self, text: Text) -> None:
        self._stop_learning()
        self.answer = None
        self.sentence.set_text(text)
        self.how.set_text("")
        for view in (self.shares, self.loss, self.picture, self.bars):
            view.clear()

    def _stop_learning(self) -> None:
        """What is being learnt is no longer wanted."""
        for job in self._jobs:
            if job.task == "scenes.transfer" and job.state in ("waiting", "running"):
                job.cancel()
        self.bar.hide()

    def _take_step(self, source: Any, bundle: Result) -> None:
        if not isinstance(bundle, Bundle):
            return
        facts = bundle.facts
        self.answer = bundle
        self.menu.set_options(facts["networks"], facts["network"])
        for name, view in (("loss", self.loss), ("shares", self.shares)):
            part = bundle.parts[name]
            assert isinstance(part, Curves)
            view.set_result(part)
        if not facts["done"]:
            self.sentence.set_text(LEARNING)
            return
        self._good = source
        self.bar.hide()
        self.sentence.set_text(RESULT.format(right=facts["right"], pictures=facts["pictures"]))
        self.how.set_text(HOW.format(size=f"{facts['size']:,}"))
        for number, row in enumerate(self.rows):
            row.mark_wrong({place for label, place, _ in facts["wrong"] if label == number})
        self._show_scores()
        self.state_changed.emit()

    def show_error(self, error: ExplorerError, retry: Any = None) -> None:
        if self.source is not self._good:  # a new picture that cannot be opened: the page stays with the old one
            self.source = self._good
            self._soon.start()
        super().show_error(error, retry)

    def busy(self) -> bool:
        return self._soon.isActive() or super().busy()

    # state

    def state(self) -> dict[str, Any]:
        classes = [{"name": row.name, "pictures": [path for one in row.sources if (path := named_path(one)) is not None]} for row in self.rows]
        return {**super().state(), "classes": classes, "network": self.network, "input": named_path(self.source)}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if isinstance(state.get("network"), str):
            self.network = state["network"]
        if isinstance(state.get("input"), str):
            self.source = state["input"]
        classes = state.get("classes")
        if not isinstance(classes, list) or not all(isinstance(one, Mapping) for one in classes):
            self._soon.start()
            return
        for row in list(self.rows):
            self.remove_class(row)
        for one in classes[:MOST_CLASSES]:
            added = self.add_class(str(one.get("name", "")))
            pictures = [path for path in one.get("pictures", ()) if isinstance(path, str)]
            if added is not None and pictures:
                self.add_pictures(added, pictures)

    def numbers(self) -> dict[str, Any]:
        found: dict[str, Any] = {"classes": [{"name": row.name, "pictures": len(row.sources)} for row in self.rows], "input": named_path(self.source)}
        if self.answer is not None and self.answer.facts["done"]:
            found |= {key: self.answer.facts[key] for key in ("network", "size", "right", "learnt", "pictures")}
            scores = self.answer.parts.get("scores")
            if isinstance(scores, Scores):
                found["probabilities"] = dict(zip(scores.names, map(float, scores.values), strict=True))
                found["class"] = scores.names[int(np.argmax(scores.values))]
        return found
