"""Where the network saw what: the photograph large, the network slid over it, what it took each place for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Boxes, Bundle, Maps, Matrix, Picture, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Button, Label, Legend
from explorer.window.views.sightings import ClassRow, ClassRows, Mark, Part, SightingsView
from explorer.words import Text

TITLE = Text("写真全体を調べる", "Looking over the photograph")
SEEN = Text("**{count} か所**に見つかりました", "Seen in **{count}** places")
SEEN_ONE = Text("**1 か所**に見つかりました", "Seen in **one** place")
NOT_SURE = Text("**どの場所も確かではありません**", "It is **not sure of any place**")
NOTHING = Text("このネットワークが知っている **{count} 種類のどれにも見えません**", "Nothing here looks like **any of the {count} classes** this network knows")
SO_FAR = Text("まだ調べています…", "Still looking…")
WINDOWS = Text("{sizes} 通りの大きさの窓 {count} 枚で見ました。", "{count} windows of {sizes} sizes looked at it.")
WITH_NONE = Text("残りは「どれでもない」の分です。", "The shares leave room for “none of them”.")
NOT_MEASURED = Text("「どれでもない」の基準はこの重みでは測られていません。", "When nothing fits was never measured for these weights.")
HINT = Text(
    "枠をクリックするか四角をドラッグすると、ほかのレンズがその部分を見ます。", "Click a box or drag a square: the other lenses then look at that part."
)
BACK = Text("写真全体に戻る", "Back to the whole picture")
HERE = Text("カーソルの場所", "Under the cursor")
AT_SIZE = Text("{side} px の窓: {name} {score}", "{side} px window: {name} {score}")
AT_SIZE_NONE = Text("{side} px の窓: どれでもない {score}", "{side} px window: none of them {score}")
ROWS = 6
SIZES_SHOWN = 6


class SightingsLens(LensPart):
    """The photograph at the left; at the right what was seen, the classes to choose from, and what each size of window said of a place.
    ``looked_over``: every window was looked at."""

    looked_over = Signal()

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.chosen: str | None = None
        self._picture: Picture | None = None  # that is shown
        self._maps: Maps | None = None
        self._looked_over: object = None  # which photograph
        self._slim = False
        self._windows: NDArray[Any] = np.zeros((0, 8))
        self._facts: Mapping[str, Any] = {}
        self.view = SightingsView()
        self.title = Label("", "section", wrap=True)
        self.about = Label("", "label", "ink2", wrap=True)
        self.classes = ClassRows()
        self.here_title = Label(HERE, "label", "ink2")
        self.here = Label("", "label", "ink", wrap=True)
        self.hint = Label(HINT, "label", "ink2", wrap=True)
        self.back = Button(BACK, "tint")
        self.legend = Legend("viridis", "0", "100 %")

        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        for widget in (self.title, self.classes, self.back, self.hint, self.about, self.here_title, self.here):
            self._side.addWidget(widget)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 470)
        self._row.addWidget(self.side, 264)
        self.here_title.hide()

        self.classes.chosen.connect(self.choose_class)
        self.view.part_chosen.connect(self._take)
        self.view.whole_wanted.connect(self._whole)
        self.back.clicked.connect(self._whole)
        self.view.pixel.connect(self._tell)
        self.view.left.connect(self._tell_nothing)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._side.setSpacing(look.px(8))
        self._show()

    def depends_on(self) -> object:
        return self.host.whole_version

    def show_now(self) -> None:
        super().show_now()
        self._show_part()

    def refresh(self) -> None:
        if not self._keeps():
            self._picture, self._maps, self._facts = self.host.whole, None, {}
            self._windows = np.zeros((0, 8))
            self._show()
        self.watch(self.host.ask("sightings", "recognition.sightings", TITLE, self._arrived, **self.host.whole_request()))

    def _keeps(self) -> bool:
        """In a film the last frame looked over stays until the next one is."""
        return self.host.plays and self._facts.get("done", 0.0) >= 1

    def _arrived(self, bundle: Bundle) -> None:
        maps, windows = bundle.parts["maps"], bundle.parts["windows"]
        assert isinstance(maps, Maps) and isinstance(windows, Matrix)
        if self._keeps() and bundle.facts["done"] < 1:
            return
        self._picture, self._maps, self._windows, self._facts = self.host.whole, maps, windows.values, bundle.facts
        self._show()
        if bundle.facts["done"] >= 1:
            self._looked_over = self._answered
            self.looked_over.emit()

    # what is shown

    def _sightings(self) -> list[tuple[str, float, Part]]:
        return [(str(name), float(score), (int(b[0]), int(b[1]), int(b[2]), int(b[3]))) for name, score, b, _ in self._facts.get("sightings", ())]

    def looked(self) -> list[str] | None:
        """The classes seen in the photograph that the page shows, the surest first; None as long as it is not looked over."""
        if self._looked_over != self.depends_on():
            return None
        return list(dict.fromkeys(name for name, _, _ in self._sightings()))

    def class_shown(self) -> str:
        """The class whose map lies over the photograph: the chosen one, else the surest."""
        names = self._maps.names if self._maps is not None else ()
        found = self._sightings()
        return self.chosen if self.chosen in names else found[0][0] if found else ""

    def _colours(self) -> dict[str, int]:
        """A colour for each class that was seen, in the order of the classes."""
        seen = {name for name, _, _ in self._sightings()}
        return {name: number for number, name in enumerate(name for name in self._facts.get("labels", ()) if name in seen)}

    def _show(self) -> None:
        if self._picture is not None:
            self.view.set_picture(self._picture)
        found, chosen, tints = self._sightings(), self.class_shown(), self._colours()
        marks = [Mark(box, f"{self.host.class_words(name)} {round(100 * score)} %", tints[name], self.chosen in (None, name)) for name, score, box in found]
        self.view.set_marks(sorted(marks, key=lambda mark: not mark.strong))
        maps = self._maps
        self.view.set_map(maps.values[maps.names.index(chosen)] if maps is not None and chosen in maps.names else None)
        self._show_words(len(found))
        if maps is not None:
            counts = [sum(1 for one in found if one[0] == name) for name in maps.names]
            rows = [
                ClassRow(name, self.host.class_words(name), tints.get(name, -1), count, max((s for n, s, _ in found if n == name), default=float(values.max())))
                for name, count, values in zip(maps.names, counts, maps.values, strict=True)
            ]
            rows.sort(key=lambda row: (-row.count, -row.best))
            self.classes.set_rows(rows[: 3 if self._slim else 4 if look.projection else ROWS], chosen)
        self.classes.setVisible(maps is not None)
        self._show_part()

    def _show_words(self, count: int) -> None:
        done, labels = float(self._facts.get("done", 0.0)), self._facts.get("labels", ())
        if count == 1:
            self.title.set_text(SEEN_ONE)
        elif count:
            self.title.set_text(SEEN.format(count=count))
        else:
            nothing = NOTHING.format(count=f"{len(labels):,}") if self._facts.get("calibrated") else NOT_SURE
            self.title.set_text(nothing if done >= 1 else SO_FAR)
        self.title.set_colour("ink" if count or done < 1 else "caveat")
        words = WINDOWS.format(count=f"{len(self._windows):,}", sizes=len(self._facts.get("sides", ())))
        more = WITH_NONE if self._facts.get("calibrated") else NOT_MEASURED
        words = Text(words.ja + more.ja, f"{words.en} {more.en}")
        self.about.set_text(words if len(self._windows) else "")

    def _show_part(self) -> None:
        self.view.set_used(self.host.part_used)
        self.back.setVisible(self.host.part_used is not None)
        self.hint.setVisible(self.host.part_used is None and not look.projection and not self._slim)

    def at(self, row: int, column: int) -> list[tuple[Part, str, float]]:
        """What each size of window took a place for, the largest first: the window whose middle is nearest, a class (or none), how sure."""
        told = []
        labels = self._facts.get("labels", ())
        for size in range(len(self._facts.get("sides", ()))):
            windows = self._windows[self._windows[:, 4] == size]
            middle_x, middle_y = (windows[:, 0] + windows[:, 2]) / 2, (windows[:, 1] + windows[:, 3]) / 2
            x1, y1, x2, y2, _, label, score, none = windows[int(((middle_x - column) ** 2 + (middle_y - row) ** 2).argmin())]
            name, sure = ("", none) if none > score else (str(labels[int(label)]), score)
            told.append(((int(x1), int(y1), int(x2), int(y2)), name, float(sure)))
        return told

    def _tell(self, row: int, column: int) -> None:
        told = self.at(row, column)
        if not told:
            return
        lines = []
        for part, name, sure in told[:SIZES_SHOWN]:
            words = AT_SIZE if name else AT_SIZE_NONE
            lines.append(words.format(side=part[2] - part[0], name=self.host.class_words(name), score=f"{round(100 * sure)} %"))
        self.here.set_text(Text("\n".join(one.ja for one in lines), "\n".join(one.en for one in lines)))
        self.here_title.setVisible(not look.projection and not self._slim)
        named = [one for one in told if one[1]]
        self.view.set_over(max(named, key=lambda one: one[2])[0] if named else None)

    def _tell_nothing(self) -> None:
        self.here.set_text("")
        self.here_title.hide()
        self.view.set_over(None)

    # choosing

    def choose_class(self, name: str) -> None:
        """Show the map of a class, or of the surest again."""
        self.chosen = None if name == self.chosen else name
        self._show()
        self.host.changed()

    def _take(self, part: Part) -> None:
        self.host.use_part(part)

    def _whole(self) -> None:
        self.host.use_part(None)

    # state

    def settings(self) -> dict[str, Any]:
        return {"class": self.chosen}

    def apply(self, settings: Mapping[str, Any]) -> None:
        name = settings.get("class")
        self.chosen = name if isinstance(name, str) else None
        self._show()

    def numbers(self) -> dict[str, Any]:
        if self._maps is None:
            return {}
        found = [{"class": name, "score": score, "box": list(box)} for name, score, box in self._sightings()]
        return {"sightings": found, "nothing": not found, "windows": len(self._windows), "sides": list(self._facts["sides"])}

    def result(self) -> Result | None:
        picture, found = self._picture, self._sightings()
        if picture is None or self._maps is None:
            return None
        labels = tuple(self._facts["labels"])
        numbers = np.array([labels.index(name) for name, _, _ in found], int)
        return Boxes(picture, np.array([box for _, _, box in found], float).reshape(-1, 4), numbers, np.array([score for _, score, _ in found], float), labels)

    def narrow(self) -> None:
        self._slim = True
        self._row.setDirection(QBoxLayout.Direction.TopToBottom)
        self._row.setStretch(1, 0)
        for widget in (self.about, self.hint, self.here_title, self.here):
            widget.hide()

    def shared(self) -> dict[str, Any]:
        return {"class": self.chosen}

    def project(self, on: bool) -> None:
        self.about.setVisible(not on)
        self.here.setVisible(not on)
        self._tell_nothing()
        self._show()
