"""Pages that translate: a sentence in, another out, and what the network looked at while it wrote."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.catalogue import System
from explorer.results import Bundle, Links, Matrix, Result, Scores
from explorer.window.client import Client, Job
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.views.bars import BarsView
from explorer.window.views.controls import Button, Choice, Field, Label, Legend
from explorer.window.views.flow import Big, Card, Cells, Circles, Columns, FlowView
from explorer.window.views.links import LinksView
from explorer.window.views.matrix import MatrixView
from explorer.words import InputError, Text, language_of, same

TYPE_HERE = Text("英語か日本語の文を入力", "Type a sentence in English or Japanese")
TRANSLATE = Text("訳す", "Translate")
ANOTHER = Text("例文を替える", "Another example")
WORDS = Text("{n} 語", "{n} words")
CHARACTERS = Text("{n} 文字", "{n} characters")
TRANSLATING = Text("翻訳しています", "Translating")
READING = Text("隠れ状態を読んでいます", "Reading the hidden states")
EMBEDDING, ENCODER = Text("埋め込み", "Embedding"), Text("エンコーダ", "Encoder")
LOOK_BACK, DECODER = Text("注意", "Attention"), Text("デコーダ", "Decoder")
LAST_WORD = Text("最後の語", "last word")
WEIGHT = Text("重み", "weight")
BOTH_WAYS = Text("前から・後ろから", "read both ways")
SEARCH = Text("探し方", "Search")
GREEDY, BEAM = Text("貪欲法", "Greedy"), Text("ビーム 5", "Beam 5")
SPEED = Text("速さ", "Speed")
SPEEDS = (("0.6", Text("ゆっくり", "Slow")), ("0.15", Text("ふつう", "Normal")), ("0", Text("すぐに", "At once")))
NOT_A_TEXT = Text("「{name}」は文章として読めません。UTF-8 のテキストを開いてください。", "“{name}” cannot be read as text. Open a UTF-8 text file.")
NO_ATTENTION = Text("この設定では原文を見ていません。", "In this setting it does not look back.")
LARGEST_FILE = 1_000_000
UNKNOWN = Text("知らない文字：{words}", "Unknown to the model: {words}")


class Page(BasePage):
    """A translating page. ``translated(Bundle)``: every step of a translation, and its end."""

    accepts = "text"
    translated = Signal(object)

    def __init__(self, system: System, client: Client, parent: QWidget | None = None) -> None:
        super().__init__(system, client, parent)
        self.variant = system.variant()
        self.extra: dict[str, Any] = {}
        self._answer: Bundle | None = None
        self._states: Matrix | None = None
        self._states_of: tuple[str, str] | None = None
        self._sample = 0
        self._asked = ""
        self._job: Job | None = None

        self.direction = Choice([(v.name, v.label) for v in system.variants if v.weights == "bundled"], self.variant.name)
        self.direction.chosen.connect(self.set_direction)
        self.head_inputs.insertWidget(0, self.direction)
        self.add_input_buttons()

        self.field = Field(TYPE_HERE)
        self.field.returnPressed.connect(self.translate)
        self.field.textEdited.connect(self._typed)
        self.count = Label("", role="label", colour="ink3")
        self.another = Button(ANOTHER, "tint")
        self.another.clicked.connect(self.next_sample)
        self.go = Button(TRANSLATE, "filled", large=True)
        self.go.clicked.connect(self.translate)
        self.typing = QWidget()
        self._typing_row = QHBoxLayout(self.typing)
        self._typing_row.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self.field, 1), (self.count, 0), (self.another, 0), (self.go, 0)):
            self._typing_row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)

        self.flow = FlowView(chapter=self.chapter)
        self.flow.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.flow.chosen.connect(self._card_chosen)
        self.written = Label("", role="state", wrap=True)
        self.unknown = Label("", role="label", colour="caveat")
        self.unknown.hide()
        self.heat = MatrixView(chapter=self.chapter, name=LOOK_BACK)
        self.links = LinksView(chapter=self.chapter, name=LOOK_BACK)
        self.heat.hovered.connect(self._row_hovered)
        self.links.hovered.connect(self._word_hovered)
        self.panel: Any = importlib.import_module(f"explorer.window.panels.{system.id}").Panel(self)
        self.hypotheses = BarsView(chapter=self.chapter, top=8)
        self.candidates = BarsView(chapter=self.chapter, top=5)
        self.states = MatrixView(chapter=self.chapter, digits="none")
        self.search = Choice((("1", GREEDY), ("5", BEAM)), "1", name=SEARCH)
        self.search.chosen.connect(lambda _: self.translate())
        self.speed = Choice(SPEEDS, "0.15", name=SPEED)
        self.speed.chosen.connect(lambda _: self.state_changed.emit())
        self._add_lines()
        self._add_lenses()
        self._space()
        look.changed.connect(self._space)
        self._draw_flow()
        self.set_head(None, self.standard_caption(replace(self.variant, parameters=None)))

    def _add_lines(self) -> None:
        """Above the lenses: the text, the network, what it wrote with how it searches."""
        self.controls = QWidget()
        row = QHBoxLayout(self.controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.search)
        row.addWidget(self.speed)
        line = QHBoxLayout()
        line.addWidget(self.written, 1)
        line.addWidget(self.controls, 0, Qt.AlignmentFlag.AlignTop)
        self._line = line
        self.stage.addWidget(self.typing)
        self.stage.addWidget(self.flow)
        self.stage.addLayout(line)
        self.stage.addWidget(self.unknown)

    def _add_lenses(self) -> None:
        first = QWidget()
        column = QVBoxLayout(first)
        column.setContentsMargins(0, 0, 0, 0)
        pair = QHBoxLayout()
        pair.addWidget(self.heat, 11)
        pair.addWidget(self.links, 9)
        self._pair = pair
        column.addLayout(pair, 1)
        column.addWidget(self.panel)
        bars = QWidget()
        both = QHBoxLayout(bars)
        both.setContentsMargins(0, 0, 0, 0)
        both.addWidget(self.hypotheses, 3)
        both.addWidget(self.candidates, 1)
        both.setSpacing(28)
        widgets: dict[str, tuple[QWidget, QWidget | None]] = {
            "attention": (first, Legend("viridis", "0", "1", before=WEIGHT)),
            "hidden_states": (self.states, Legend("signed", "−1", "1")),
            "hypotheses": (bars, None),
        }
        for lens in self.system.lenses:
            self.add_lens(lens, *widgets[lens])

    def _space(self) -> None:
        self._typing_row.setSpacing(look.px(10))
        self._pair.setSpacing(look.px(20))
        self._line.setSpacing(look.px(16))
        for view in (self.heat, self.links, self.states):
            view.setMinimumHeight(look.px(120 if look.projection else 210))
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.typing.setVisible(not look.projection)
        self.controls.setVisible(not look.projection)

    # --- input ---

    def start(self) -> None:
        self.set_text(self.system.samples[0] if self.system.samples else "")
        self.translate(pace=0.0)

    def set_text(self, text: str) -> None:
        """Put a text into the field; the direction follows its language."""
        self.field.setText(text)
        self._typed(text)

    def _typed(self, text: str) -> None:
        japanese = language_of(text) == "ja"
        n = len(text.strip()) if japanese else len(text.split())
        self.count.set_text((CHARACTERS if japanese else WORDS).format(n=n) if text.strip() else "")

    def open_input(self, value: Any) -> None:
        """A text, or the path of a text file."""
        text = str(value)
        if isinstance(value, Path) or ("\n" not in text and len(text) < 1000 and Path(text).suffix and Path(text).is_file()):
            path = Path(value)
            try:
                with path.open("rb") as file:
                    text = file.read(LARGEST_FILE).decode("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                self.show_error(InputError(NOT_A_TEXT.format(name=path.name)))
                return
        self.set_text(" ".join(text.split()))
        self.translate()

    def next_sample(self) -> None:
        """The next example of the catalogue."""
        self._sample = (self._sample + 1) % max(1, len(self.system.samples))
        self.set_text(self.system.samples[self._sample])
        self.translate()

    def set_direction(self, name: str) -> None:
        """Translate the other way; the last translation becomes the text."""
        if name == self.variant.name:
            return
        said = self._answer.parts["links"].text if self._answer is not None else ""  # type: ignore[attr-defined]
        self.variant = self.system.variant(name)
        self.direction.set_current(name)
        if said:
            self.set_text(said)
        self.translate()

    def _follow_language(self, text: str) -> None:
        wanted = language_of(text)
        for variant in self.system.variants:
            if text.strip() and variant.weights == "bundled" and variant.name.partition("-")[0] == wanted:
                self.variant = variant
                self.direction.set_current(variant.name)
                return

    # --- work ---

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.field.text()

    def set_extra(self, **settings: Any) -> None:
        """Translate again with other settings of the mechanism (from the panel)."""
        self.extra.update(settings)
        self.translate(pace=0.0)

    def translate(self, *_: Any, pace: float | None = None) -> None:
        """Translate what stands in the field."""
        self._follow_language(self.text)
        if self.text != self._asked:
            self._asked = self.text
            self.extra.pop("hidden", None)
            self.panel.new_text()
        slow = 0.0 if look.reduced_motion else float(self.speed.current)
        self._job = self.ask(
            "translate", "language.translate", TRANSLATING, self._show, system=self.system.id, variant=self.variant.name, text=self.text,
            beam=int(self.search.current), pace=slow if pace is None else pace, **self.extra,
        )
        self._job.result.connect(lambda _: self.clear_error())
        if self.lens == "hidden_states":
            self._read_states()
        self.state_changed.emit()

    def _show(self, answer: Bundle) -> None:
        self._answer = answer
        links = answer.parts["links"]
        assert isinstance(links, Links)
        self.heat.set_result(links)
        self.links.set_result(links)
        self.written.set_text(same(links.text) if links.text else "")
        strange = [links.source[i] for i in links.unknown]
        self.unknown.setVisible(bool(strange))
        if strange:
            self.unknown.set_text(UNKNOWN.format(words=" ".join(strange)))
        if links.candidates is not None:
            self.candidates.set_result(links.candidates)
        if links.hypotheses:
            best = links.hypotheses[:8]
            self.hypotheses.set_result(Scores(tuple(t or "…" for t, _ in best), np.exp([s for _, s in best])))
        self._draw_flow()
        self.translated.emit(answer)

    def _draw_flow(self) -> None:
        parts: Mapping[str, Result] = self._answer.parts if self._answer else {}
        links, embedding, encoder = parts.get("links"), parts.get("embedding"), parts.get("encoder")
        words = links.source if isinstance(links, Links) else ()
        last = links.weights[-1] if isinstance(links, Links) and len(links.weights) else np.zeros(max(1, len(words)))
        cards = [
            Card("embedding", EMBEDDING, Cells(embedding.values[:, :12], signed=True) if isinstance(embedding, Matrix) else None, _pieces(embedding)),
            Card("encoder", ENCODER, Circles(encoder.values[:, :9], signed=True, backward=(1,)) if isinstance(encoder, Matrix) else None, BOTH_WAYS),
            Card("attention", LOOK_BACK, Columns(last), Text(f"{len(words)} 個の重み", f"{len(words)} weights") if words else ""),
            Card("decoder", DECODER, Big(same(links.target[-1])) if isinstance(links, Links) and links.target else None, LAST_WORD, 118),
        ]
        self.flow.set_flow(cards)
        self.flow.set_selected({"attention": "attention", "hidden_states": "encoder", "hypotheses": "decoder"}.get(self.lens, "attention"))
        self.flow.set_scores(links.candidates if isinstance(links, Links) else None)

    def _card_chosen(self, name: str) -> None:
        lens = {"embedding": "hidden_states", "encoder": "hidden_states", "attention": "attention", "decoder": "hypotheses"}[name]
        if lens in self.lens_area.ids():
            self.set_lens(lens)

    def lens_shown(self, lens_id: str) -> None:
        self._draw_flow()
        if lens_id == "hidden_states":
            self._read_states()
        elif lens_id == "hypotheses" and self.search.current == "1" and self._answer is not None:
            self.search.set_current("5")
            self.translate(pace=0.0)

    def _read_states(self) -> None:
        if self.text.strip() and self._states_of != (self.text, self.variant.name):
            self._states_of = (self.text, self.variant.name)
            self.ask("states", "language.hidden_states", READING, self._show_states, system=self.system.id, variant=self.variant.name, text=self.text)

    def _show_states(self, states: Matrix) -> None:
        self._states = states
        self.states.set_result(states)

    def _row_hovered(self, row: int, column: int) -> None:
        if row >= 0:
            self.links.set_highlight("target", row)
        else:
            self.links.set_highlight("", -1)

    def _word_hovered(self, side: str, index: int) -> None:
        self.heat.set_highlight(index if side == "target" and index >= 0 else None, index if side == "source" and index >= 0 else None)

    # --- state ---

    def state(self) -> dict[str, Any]:
        chosen = {"text": self.text, "variant": self.variant.name, "beam": int(self.search.current), "pace": float(self.speed.current)}
        return {**super().state(), **chosen, "extra": {k: list(v) if isinstance(v, tuple) else v for k, v in self.extra.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        names = [v.name for v in self.system.variants]
        if state.get("variant") in names:
            self.variant = self.system.variant(str(state["variant"]))
            self.direction.set_current(self.variant.name)
        if str(state.get("beam", "")) in ("1", "5"):
            self.search.set_current(str(state["beam"]))
        if isinstance(state.get("pace"), (int, float)):
            key = next((k for k, _ in SPEEDS if float(k) == float(state["pace"])), None)
            if key:
                self.speed.set_current(key)
        if isinstance(state.get("extra"), Mapping):
            self.extra = dict(state["extra"])
            self.panel.restore(self.extra)
        if isinstance(state.get("text"), str):
            self.set_text(state["text"])
            self._asked = self.text
            self.translate(pace=0.0)
        super().restore(state)

    def hidden(self) -> None:
        if self._job is not None and self._job.state in ("waiting", "running"):
            self._job.cancel()

    def numbers(self) -> dict[str, Any]:
        if self._answer is None:
            return {}
        links = self._answer.parts["links"]
        assert isinstance(links, Links)
        return {
            "variant": self.variant.name, "input": self.text, "text": links.text, "source": list(links.source), "target": list(links.target),
            "attention": np.round(links.weights, 4).tolist(), "unknown": list(links.unknown), "hypotheses": [[t, s] for t, s in links.hypotheses],
            **self.panel.numbers(),
        }

    def results_by_lens(self) -> dict[str, Result]:
        found: dict[str, Result] = {}
        if self._answer is not None:
            found = {"attention": self._answer.parts["links"], "hypotheses": self._answer.parts["links"]}
        if self._states is not None:
            found["hidden_states"] = self._states
        return {lens: found[lens] for lens in self.system.lenses if lens in found}

    def project(self, on: bool) -> None:
        super().project(on)
        self._space()
        self.panel.project(on)


def _pieces(embedding: Result | None) -> Text | str:
    if not isinstance(embedding, Matrix):
        return ""
    n = len(embedding.columns)
    return Text(f"{n} 個の語片", f"{n} pieces")
