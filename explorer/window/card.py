"""The card of a page: what the system is, and each claim of the survey as a small lecture that can be run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from explorer.catalogue import Claim, Scene
from explorer.catalogue.texts import PageText, read
from explorer.results import Curves, Judgement, Progress, Verdict
from explorer.window.chrome import Painted, fill, put_text
from explorer.window.client import Client, Job
from explorer.window.look import Token, look
from explorer.window.pages.base import BasePage
from explorer.window.verdicts import from_plain, key_words, to_plain
from explorer.window.views.controls import VERDICT_WORDS, Bar, Button, Chip, Label, about_time, time_left
from explorer.window.views.curves import CurvesView
from explorer.window.views.icons import draw_icon
from explorer.words import ExplorerError, Text

THIS_PAGE = Text("このページ", "This page")
WHAT = Text("何をする系か", "What it is")
WHY = Text("なぜ大事か", "Why it mattered")
CLAIMS = Text("調査の主張", "Claims")
SHAKY = Text("調査でも自信がない、とされた主張です。", "The survey itself was not sure of this one.")
MEASURE = Text("測る", "Measure")
AGAIN = Text("測り直す", "Measure again")
STOP = Text("ここまでで判定", "Stop and judge")
STOPPING = Text("まとめています", "Finishing")
WAITING = Text("順番を待っています", "Waiting for its turn")
PREPARING = Text("準備しています", "Getting ready")
CANCELLED = Text("中止しました。結果は残していません。", "Cancelled: nothing was kept.")
NO_EXPERIMENT = Text("実験はまだありません", "No experiment yet")
YOUR_GUESS = Text("予想は？", "Your guess?")
GUESSED_RIGHT = Text("予想どおりでした（{guess}）。", "As you guessed ({guess}).")
GUESS_STANDS = Text("まだ決まらないので、予想「{guess}」はそのままです。", "Not decided yet, so your guess ({guess}) stands.")
GUESSED_WRONG = Text("予想は「{guess}」でした。", "You guessed: {guess}.")
ON_DATA = Text("データ：{data}", "Data: {data}")
SEEDS = Text("シード {count} 個", "{count} seeds")
ONE_SEED = Text("シード 1 個", "1 seed")
DIFFERS = Text("論文との違い：{what}", "Unlike the paper: {what}")
QUICK = Text("短縮版", "quick run")
TOOK = Text("{seconds} 秒", "{seconds} s")
CLICK_HINT = Text(
    "点を押すと、そのネットワークや入力を開きます。", "Click a point to open that network or input."
)
LOST_VERDICT = Text("測定が判定の前に終わりました。", "The measurement ended before a verdict.")

GUESSES: tuple[tuple[Judgement, str, Token, Token], ...] = (
    ("holds", "check", "ok", "ok_tint"),
    ("caveat", "wave", "caveat", "caveat_tint"),
    ("fails", "cross", "no", "no_tint"),
)
MARKS: Mapping[str, str] = {"+": "+", "-": "−", "·": "·"}
RowState = Literal["idle", "running", "judged", "failed"]


class GuessRow(Painted):
    """Three small signs to guess with before the measurement; the chosen one is filled. ``guessed``: the verdict expected."""

    guessed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.guess: str = ""
        self._over = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(look.px(28))
        self.setAccessibleName(look.say(YOUR_GUESS))
        super().restyle()

    def set_guess(self, guess: str) -> None:
        """Show a guess without saying so."""
        self.guess = guess
        self.setAccessibleDescription(look.say(VERDICT_WORDS[guess]) if guess else "")  # type: ignore[index]
        self.update()

    def _places(self) -> list[QRectF]:
        from PySide6.QtGui import QFontMetricsF

        start = QFontMetricsF(look.font("label")).horizontalAdvance(look.say(YOUR_GUESS)) + look.px(12)
        side = look.px(26)
        return [QRectF(start + k * look.px(32), 1, side, side) for k in range(3)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        put_text(painter, look.say(YOUR_GUESS), look.font("label"), look.colour("ink3"), 0, self.height() / 2)
        places = self._places()
        for index, ((verdict, icon, ink, tint), place) in enumerate(zip(GUESSES, places, strict=True)):
            chosen = verdict == self.guess
            fill(
                painter, place, place.height() / 2, look.colour(tint) if chosen else look.colour("idle_tint")
            )
            if chosen:
                painter.setPen(QPen(look.colour(ink), look.line(1.5)))
                painter.drawEllipse(place.adjusted(1, 1, -1, -1))
            colour = look.colour(ink) if chosen or index == self._over else look.colour("idle")
            margin = look.px(6)
            draw_icon(painter, icon, place.adjusted(margin, margin, -margin, -margin), colour, 3.0)
        if self.guess or self._over >= 0:
            shown = GUESSES[self._over][0] if self._over >= 0 else self.guess
            word = look.say(VERDICT_WORDS[shown])  # type: ignore[index]
            x = places[-1].right() + look.px(8)
            put_text(
                painter,
                word,
                look.font("label"),
                look.colour("ink2"),
                x,
                self.height() / 2,
                width=self.width() - x,
            )
        self.paint_ring(painter, QRectF(self.rect()), 6)

    def _choose(self, guess: str) -> None:
        self.set_guess("" if guess == self.guess else guess)
        self.guessed.emit(self.guess)

    def _at(self, x: float) -> int:
        return next((k for k, place in enumerate(self._places()) if place.left() <= x <= place.right()), -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._over = self._at(event.position().x())
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._over >= 0 else Qt.CursorShape.ArrowCursor)
        self.update()

    def leaveEvent(self, event: Any) -> None:
        self._over = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().x())
        if index >= 0:
            self._choose(GUESSES[index][0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if step:
            names: list[str] = [g[0] for g in GUESSES]
            index = (names.index(self.guess) + step) % 3 if self.guess in names else (0 if step > 0 else 2)
            self.set_guess(names[index])
            self.guessed.emit(self.guess)
        else:
            super().keyPressEvent(event)


class ClaimRow(QWidget):
    """One claim: its sentence; before: guess and Measure; meanwhile: progress and the growing plot; after: the verdict.

    ``changed``: guess or verdict changed. ``opened``: the page state a clicked point of the plot stands for.
    """

    changed = Signal()
    opened = Signal(object)

    def __init__(self, claim: Claim, client: Client, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.claim, self.client = claim, client
        self.state: RowState = "idle"
        self.guess = ""
        self.verdict: Verdict | None = None
        self.part: Curves | None = None
        self.job: Job | None = None

        self.sentence = Label(claim.text, "body", wrap=True)
        self.measure = Button(MEASURE, kind="tint")
        self.measure.clicked.connect(self.start)
        self.duration = Label(about_time(claim.minutes * 60) if claim.minutes else "", "label", "ink3")
        self.guess_row = GuessRow()
        self.guess_row.guessed.connect(self._guessed)
        self.bar = Bar(None)
        self.doing = Label("", "caption", "ink2")
        self.left = Label("", "caption", "ink2", align="right")
        self.stop = Button(STOP, kind="plain")
        self.stop.clicked.connect(self.ask_to_stop)
        self.chip = Chip()
        self.text = Label("", "label", "ink2", wrap=True)
        self.compared = Label("", "label", "ink2", wrap=True)
        self.plot = CurvesView(compact=True, name=claim.text)
        self.plot.point_clicked.connect(self._point_clicked)
        self.small = Label("", "caption", "ink3", wrap=True)
        self.again = Button(AGAIN, kind="plain")
        self.again.clicked.connect(self.start)
        self.error = Label("", "label", "no", wrap=True)

        self._start_row = QWidget()
        start = QHBoxLayout(self._start_row)
        start.setContentsMargins(0, 0, 0, 0)
        start.addWidget(self.measure)
        start.addWidget(self.duration, 1)
        self._doing_row = QWidget()
        doing = QHBoxLayout(self._doing_row)
        doing.setContentsMargins(0, 0, 0, 0)
        doing.addWidget(self.doing, 1)
        doing.addWidget(self.left)
        self._rows = (start, doing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._column = column
        left = Qt.AlignmentFlag.AlignLeft
        column.addWidget(self.sentence)
        column.addWidget(self.chip, 0, left)
        column.addWidget(self.text)
        column.addWidget(self.compared)
        column.addWidget(self.error)
        column.addWidget(self.bar)
        column.addWidget(self._doing_row)
        column.addWidget(self.plot)
        column.addWidget(self.small)
        column.addWidget(self.stop, 0, left)
        column.addWidget(self._start_row)
        column.addWidget(self.guess_row)
        column.addWidget(self.again, 0, left)
        look.changed.connect(self._restyle)
        self._restyle()
        self._show()

    def _restyle(self) -> None:
        self._column.setSpacing(look.px(6))
        for row in self._rows:
            row.setSpacing(look.px(10))
        self.plot.setFixedHeight(look.px(130))
        self._words()

    # --- running ---

    def start(self) -> None:
        """Measure the claim; its verdict so far stays until the new one comes."""
        if self.job is not None or not self.claim.experiment:
            return
        job = self.client.session(
            "experiments.measure", title=self.claim.text, claim=self.claim.id, quick=False
        )
        self.job, self.part, self.state = job, None, "running"
        job.progress.connect(self._progressed)
        job.result.connect(self._judged)
        job.failed.connect(self._failed)
        job.cancelled.connect(self._cancelled)
        job.done.connect(self._done)
        self.bar.set_fraction(None)
        self.doing.set_text(WAITING if job.state == "waiting" else PREPARING)
        self.left.set_text("")
        self.stop.set_text(STOP)
        self.stop.setEnabled(True)
        self.error.set_text("")
        self.plot.clear()
        self.plot.set_unfinished(False)
        self._show()

    def ask_to_stop(self) -> None:
        """Stop with what there is: the experiment judges what it has."""
        if self.job is not None:
            self.job.send("stop")
            self.stop.set_text(STOPPING)
            self.stop.setEnabled(False)

    def _progressed(self, progress: Progress) -> None:
        self.bar.set_fraction(progress.fraction)
        self.doing.set_text(progress.text)
        self.left.set_text(time_left(progress.seconds_left) or "")
        if isinstance(progress.part, Curves):
            first = self.part is None
            self.part = progress.part
            self.plot.set_result(progress.part)
            if first:
                self._show()

    def _judged(self, result: object) -> None:
        if isinstance(result, Verdict):
            self.job, self.part = None, None
            self._take(result)
            self.changed.emit()

    def _take(self, verdict: Verdict) -> None:
        self.verdict, self.state = verdict, "judged"
        self._words()
        self._show()

    def _back(self, sentence: Text) -> None:
        self.job, self.part = None, None
        self.state = "judged" if self.verdict is not None else "failed"
        self.error.set_text(sentence)
        self._words()
        self._show()

    def _failed(self, error: ExplorerError) -> None:
        self._back(error.text)

    def _cancelled(self) -> None:
        self._back(CANCELLED)

    def _done(self) -> None:
        if self.job is not None:
            self._back(LOST_VERDICT)

    def _point_clicked(self, series: int, index: int) -> None:
        state = opens(self.current_plot(), series, index)
        if state is not None:
            self.opened.emit(dict(state))

    def _guessed(self, guess: str) -> None:
        self.guess = guess
        self._words()
        self.changed.emit()

    # --- what is seen ---

    def _words(self) -> None:
        self.guess_row.set_guess(self.guess)
        verdict = self.verdict
        if verdict is None:
            self.chip.set_verdict(None, None if self.claim.experiment else NO_EXPERIMENT)
            return
        words = key_words(verdict)
        self.chip.set_verdict(verdict.verdict, Text(words, words))
        self.chip.setToolTip(look.say(self.claim.quantity))
        self.text.set_text(verdict.text)
        self.compared.set_text(compared(self.guess, verdict) or "")
        self.small.set_text(fine_print(verdict))
        if verdict.plot is not None and self.state != "running":
            self.plot.set_unfinished(not verdict.complete)
            self.plot.set_result(verdict.plot)

    def _show(self) -> None:
        running, judged = self.state == "running", self.state == "judged"
        can_run = bool(self.claim.experiment)
        self.chip.setVisible(judged or not can_run)
        self.text.setVisible(judged)
        self.compared.setVisible(judged and bool(self.guess))
        self.error.setVisible(bool(self.error.text) and not running)
        self.bar.setVisible(running)
        self._doing_row.setVisible(running)
        has_plot = self.verdict is not None and self.verdict.plot is not None
        self.plot.setVisible((running and self.part is not None) or (judged and has_plot))
        self.small.setVisible(judged)
        self.stop.setVisible(running)
        self._start_row.setVisible(can_run and not running and not judged)
        self.guess_row.setVisible(can_run and not judged and not running)
        self.again.setVisible(can_run and judged)
        self.updateGeometry()

    def current_plot(self) -> Curves | None:
        """The plot on screen: of the run, else of the verdict."""
        return self.part if self.state == "running" else (self.verdict.plot if self.verdict else None)

    # --- keeping ---

    def kept(self) -> dict[str, Any]:
        """Guess and verdict as JSON-able values."""
        return {"guess": self.guess, "verdict": to_plain(self.verdict) if self.verdict is not None else None}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Go back to a guess and a verdict; what cannot be read is passed over."""
        guess = kept.get("guess")
        self.guess = guess if guess in ("holds", "caveat", "fails") else ""
        try:
            verdict = from_plain(kept["verdict"]) if kept.get("verdict") else None
        except (ValueError, KeyError, TypeError, AssertionError):
            verdict = None
        if verdict is not None:
            self._take(verdict)
        else:
            self._words()


def opens(plot: Curves | None, series: int, index: int) -> Mapping[str, Any] | None:
    """The page state that a point of a plot stands for, or None."""
    if plot is None or not 0 <= series < len(plot.series):
        return None
    states = plot.series[series].opens
    return states[index] if 0 <= index < len(states) else None


def compared(guess: str, verdict: Verdict) -> Text | None:
    """The guess held against the verdict."""
    if not guess:
        return None
    words = VERDICT_WORDS[guess]  # type: ignore[index]
    form = GUESS_STANDS if verdict.verdict == "undecided" else GUESSED_RIGHT if guess == verdict.verdict else GUESSED_WRONG
    return form.format(guess=words)


def fine_print(verdict: Verdict) -> Text:
    """On which data, how many seeds, how long, and how it differs from the paper."""
    seeds = ONE_SEED if verdict.seeds == 1 else SEEDS.format(count=verdict.seeds)
    took = TOOK.format(
        seconds=f"{verdict.seconds:,.0f}" if verdict.seconds >= 10 else f"{verdict.seconds:.1f}"
    )
    parts_ja, parts_en = [seeds.ja, took.ja], [seeds.en, took.en]
    if verdict.quick:
        parts_ja.append(QUICK.ja)
        parts_en.append(QUICK.en)
    ja, en = "、".join(parts_ja) + "。", ", ".join(parts_en) + "."
    if verdict.data is not None:
        ja = ON_DATA.ja.format(data=verdict.data.ja).rstrip("。") + "。" + ja
        en = ON_DATA.en.format(data=verdict.data.en).rstrip(".") + ". " + en
    if verdict.differs is not None:
        ja += DIFFERS.ja.format(what=verdict.differs.ja).rstrip("。") + "。"
        en += " " + DIFFERS.en.format(what=verdict.differs.en).rstrip(".") + "."
    return Text(ja, en)


class Separator(QWidget):
    """A hairline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), look.colour("line"))


class Point(QWidget):
    """One line for or against: the sign in the accent, the sentence beside it."""

    def __init__(self, sign: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 0, 0)
        row.setSpacing(8)
        mark = Label(MARKS[sign], "body", "accent" if sign == "+" else "ink2", weight=700)
        mark.setFixedWidth(12)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Label(text, "label", "ink2", wrap=True), 1)


class Card(QScrollArea):
    """What it is, why it mattered, for and against, then the claims. ``changed``: a guess or a verdict changed."""

    changed = Signal()

    def __init__(self, page: BasePage, client: Client, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = page
        self.chapter = page.chapter
        self.setProperty("chapter", page.chapter)
        self.rows: list[ClaimRow] = []
        self.touched = ""
        self._language = ""
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(0)
        self._about = QVBoxLayout()
        self._about.setSpacing(0)
        column.addLayout(self._about)
        if page.system.claims:
            column.addSpacing(18)
            column.addWidget(Label(CLAIMS, "section"))
            column.addSpacing(6)
        for claim in page.system.claims:
            column.addWidget(Separator())
            column.addSpacing(10)
            row = ClaimRow(claim, client)
            row.changed.connect(lambda row=row: self._touched(row))
            row.opened.connect(self.open_state)
            self.rows.append(row)
            column.addWidget(row)
            column.addSpacing(10)
        column.addStretch(1)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        look.changed.connect(self._renew)
        self._renew()

    def sizeHint(self) -> QSize:
        return QSize(272, 600)

    def _touched(self, row: ClaimRow) -> None:
        self.touched = row.claim.id
        self.changed.emit()

    def open_state(self, state: object) -> None:
        """Load the network or input that a point of a plot stands for."""
        if isinstance(state, Mapping):
            self.page.open_state(state)

    def _renew(self) -> None:
        """Say what it is in the language of the window."""
        if look.language == self._language:
            return
        self._language = look.language
        while self._about.count():
            item = self._about.takeAt(0)
            if item is not None and (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        text = self._text()
        self._add(Label(THIS_PAGE if isinstance(self.page.system, Scene) else WHAT, "section"), 0)
        what = text.what if text is not None else look.say(self.page.system.sentence)
        for paragraph in what.split("\n\n"):
            self._add(Label(paragraph, "body", wrap=True), 6)
        if text is None:
            return
        self._add(Label(WHY, "section"), 16)
        for paragraph in text.why.split("\n\n"):
            self._add(Label(paragraph, "body", "ink2", wrap=True), 6)
        self._about.addSpacing(8)
        for sign, points in (("+", text.for_), ("-", text.against)):
            for point in points:
                self._add(Point(sign, point), 3)

    def _add(self, widget: QWidget, gap: int) -> None:
        self._about.addSpacing(gap)
        self._about.addWidget(widget)
        widget.show()

    def _text(self) -> PageText | None:
        try:
            return read(self.page.system.id, look.language)
        except (FileNotFoundError, ValueError):
            return None

    def row(self, claim_id: str) -> ClaimRow:
        """The row of a claim. Raises StopIteration for an unknown one."""
        return next(row for row in self.rows if row.claim.id == claim_id)

    def kept(self) -> dict[str, Any]:
        """Guesses and verdicts of all claims that have one."""
        return {row.claim.id: row.kept() for row in self.rows if row.guess or row.verdict is not None}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Go back to guesses and verdicts."""
        for row in self.rows:
            entry = kept.get(row.claim.id)
            if isinstance(entry, Mapping):
                row.restore(entry)


class ProjectedClaim(QWidget):
    """One claim beside the lens, in projection: sentence, verdict and plot, large."""

    def __init__(self, card: Card, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        self.setProperty("chapter", card.chapter)
        self.chapter = card.chapter
        self._index = self._first()
        self.sentence = Label("", "state", wrap=True)
        self.chip = Chip()
        self.plot = CurvesView()
        self.plot.point_clicked.connect(self._point_clicked)
        self.text = Label("", "body", "ink2", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._column = column
        column.addWidget(self.sentence)
        column.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.plot)
        column.addWidget(self.text)
        column.addStretch(1)
        look.changed.connect(self.renew)
        self.renew()

    def _first(self) -> int:
        """The claim touched last, else the first one measured, else the first."""
        ids = [row.claim.id for row in self.card.rows]
        if self.card.touched in ids:
            return ids.index(self.card.touched)
        return next((k for k, row in enumerate(self.card.rows) if row.verdict is not None), 0)

    def _point_clicked(self, series: int, index: int) -> None:
        state = opens(self.card.rows[self._index].current_plot(), series, index)
        if state is not None:
            self.card.open_state(state)

    def step(self) -> None:
        """The next claim."""
        self._index = (self._index + 1) % len(self.card.rows)
        self.renew()

    def renew(self) -> None:
        """Show the claim as it stands now."""
        self._column.setSpacing(look.px(8))
        self.setFixedWidth(look.px(246))
        self.plot.setFixedHeight(look.px(150))
        row = self.card.rows[self._index]
        self.sentence.set_text(row.claim.text)
        verdict = row.verdict
        words = key_words(verdict) if verdict is not None else ""
        self.chip.set_verdict(
            verdict.verdict if verdict is not None else None, Text(words, words) if words else None
        )
        self.text.set_text(verdict.text if verdict is not None else row.claim.compares)
        curves = row.current_plot()
        self.plot.setVisible(curves is not None)
        if curves is not None:
            self.plot.set_result(curves)
