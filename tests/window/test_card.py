"""The card: text in both languages, and a claim from the guess to the kept verdict."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue.texts import read
from explorer.results import Curves, Progress, Series, Verdict
from explorer.window.card import Card, ClaimRow, opens
from explorer.window.client import EngineLost
from explorer.window.look import look
from explorer.window.views.controls import Label
from explorer.words import Text, same

CLAIM = "resnet.gradient"


def curves(n: int, opens_: tuple[Any, ...] = ()) -> Curves:
    x = np.arange(float(n))
    return Curves((Series(Text("あり", "with"), x, x, None, True, opens_),), same("block"), same("norm"))


def verdict(judgement: Any = "holds", **changes: Any) -> Verdict:
    values: dict[str, Any] = {
        "claim": CLAIM, "verdict": judgement, "numbers": {"gradient_ratio": 5e11}, "key": "gradient_ratio", "text": Text("消えない", "It stays."),
        "plot": curves(3, (None, {"variant": "resnet20"}, None)), "data": Text("数字の画像", "Digits"), "differs": Text("浅い", "Fewer layers"), "seeds": 3, "seconds": 41.0,
    }  # fmt: skip
    return Verdict(**{**values, **changes})


@pytest.fixture
def card(qtbot: QtBot, stub_page: Any, fake_client: Any) -> Card:
    made = Card(stub_page, fake_client)
    qtbot.addWidget(made)
    made.resize(272, 720)
    made.show()
    return made


@pytest.fixture
def row(card: Card) -> ClaimRow:
    return card.row(CLAIM)


def texts_of(card: Card) -> str:
    return " ".join(label.text for label in card.findChildren(Label) if label.isVisible())


def test_the_card_says_what_it_is_in_both_languages(card: Card) -> None:
    for language in ("en", "ja"):
        look.language = language
        text = read("resnet", language)
        shown = texts_of(card)
        assert text.what.split("\n\n")[0] in shown and text.why.split("\n\n")[0] in shown
        assert all(point in shown for point in (*text.for_, *text.against))


def test_every_claim_is_there_with_its_time(card: Card) -> None:
    assert [r.claim.id for r in card.rows] == [c.id for c in card.page.system.claims]
    for r in card.rows:
        assert r.claim.text.en in texts_of(card)
        if r.claim.experiment:
            assert r.measure.isVisible() and r.duration.text.startswith("about")


def test_guess_measure_and_verdict(row: ClaimRow, fake_client: Any, qtbot: QtBot) -> None:
    row.guess_row.setFocus()
    qtbot.keyClick(row.guess_row, Qt.Key.Key_Right)
    assert row.guess == "holds"
    qtbot.mouseClick(row.measure, Qt.MouseButton.LeftButton)
    job = fake_client.asked[-1]
    assert job.session and job.task == "experiments.measure" and job.arguments == {"claim": CLAIM, "quick": False}
    assert row.bar.isVisible() and not row.measure.isVisible() and not row.chip.isVisible()
    assert not row.guess_row.isVisible(), "who watches the plot grow guesses no more"
    job.report(Progress(Text("5 中 1", "1 of 5"), 0.2, 48.0, curves(2)))
    assert row.plot.isVisible() and row.plot.result.series[0].x.tolist() == [0, 1]
    assert row.doing.text == "1 of 5" and row.left.text == "48 s left" and row.bar.fraction == 0.2
    job.report(Progress(Text("5 中 4", "4 of 5"), 0.8, 9.0, curves(4)))
    assert len(row.plot.result.series[0].x) == 4
    job.answer(verdict("fails"))
    job.finish()
    assert row.state == "judged" and not row.bar.isVisible()
    assert row.chip.words == "does not hold · × 5·10¹¹"
    assert row.compared.isVisible() and row.compared.text == "You guessed: holds."
    assert row.text.text == "It stays."
    for words in ("Digits", "3 seeds", "41 s", "Fewer layers"):
        assert words in row.small.text
    assert row.again.isVisible() and not row.guess_row.isVisible()


def test_a_right_guess_is_said_so_and_no_guess_is_not_mentioned(row: ClaimRow) -> None:
    row._take(verdict("holds"))
    assert not row.compared.isVisible()
    row.guess = "holds"
    row._take(verdict("holds"))
    assert row.compared.isVisible() and "As you guessed" in row.compared.text


def test_a_measurement_that_could_not_tell_says_so_and_leaves_the_guess(row: ClaimRow) -> None:
    row.guess = "holds"
    row._take(verdict("undecided", complete=False))
    assert row.chip.words.startswith("not decided yet") and row.compared.text == "Not decided yet, so your guess (holds) stands."
    again = row.kept()
    row.verdict = None
    row.restore(again)
    assert row.verdict is not None and row.verdict.verdict == "undecided" and row.again.isVisible()


def test_stop_asks_for_a_verdict_with_what_there_is(row: ClaimRow, fake_client: Any, qtbot: QtBot) -> None:
    row.start()
    job = fake_client.asked[-1]
    qtbot.mouseClick(row.stop, Qt.MouseButton.LeftButton)
    assert job.sent == [("stop", {})] and job.state == "running"
    assert not row.stop.isEnabled() and row.stop.accessibleName() == "Finishing"
    job.answer(verdict("caveat", complete=False))
    assert row.chip.words.startswith("with a caveat") and row.plot.unfinished


def test_a_cancelled_measurement_leaves_the_verdict_there_was(row: ClaimRow, fake_client: Any) -> None:
    row._take(verdict("holds"))
    row.start()
    job = fake_client.asked[-1]
    job.report(Progress(same("…"), 0.5, None, curves(2)))
    job.cancel()
    assert row.state == "judged" and row.chip.words.startswith("holds")
    assert "Cancelled" in row.error.text and row.error.isVisible()
    assert len(row.plot.result.series[0].x) == 3


def test_a_dead_engine_is_a_sentence_and_it_can_start_again(row: ClaimRow, fake_client: Any, qtbot: QtBot) -> None:
    row.start()
    fake_client.asked[-1].fail(EngineLost(Text("止まった", "The computing process stopped.")))
    assert row.error.text == "The computing process stopped." and row.measure.isVisible()
    qtbot.mouseClick(row.measure, Qt.MouseButton.LeftButton)
    assert len(fake_client.jobs()) == 1 and not row.error.isVisible()


def test_measuring_twice_at_once_is_one_job(row: ClaimRow, fake_client: Any) -> None:
    row.start()
    row.start()
    assert len(fake_client.asked) == 1


def test_a_click_on_a_point_opens_what_it_stands_for(row: ClaimRow, card: Card, qtbot: QtBot) -> None:
    opened: list[Any] = []
    card.page.open_state = opened.append  # type: ignore[method-assign]
    row._take(verdict())
    card.ensureWidgetVisible(row.plot)
    row.plot.grab()
    place = row.plot.place_of(0, 1)
    qtbot.mousePress(row.plot, Qt.MouseButton.LeftButton, pos=QPoint(round(place.x()), round(place.y())))
    assert opened == [{"variant": "resnet20"}]
    assert opens(verdict().plot, 0, 0) is None and opens(verdict().plot, 4, 0) is None and opens(None, 0, 0) is None


def test_guess_and_verdict_are_kept(card: Card, row: ClaimRow, qtbot: QtBot, stub_page: Any, fake_client: Any) -> None:
    told: list[int] = []
    card.changed.connect(lambda: told.append(1))
    row.guess_row._choose("caveat")
    row.start()
    fake_client.asked[-1].answer(verdict("caveat"))
    assert len(told) == 2
    kept = json.loads(json.dumps(card.kept()))
    assert list(kept) == [CLAIM]
    other = Card(stub_page, fake_client)
    qtbot.addWidget(other)
    other.restore(kept)
    again = other.row(CLAIM)
    assert again.guess == "caveat" and again.verdict is not None and again.verdict.verdict == "caveat"
    assert again.chip.words == row.chip.words and again.current_plot() is not None
    other.restore({CLAIM: {"guess": "?", "verdict": {"nonsense": 1}}})  # passed over


def test_a_verdict_speaks_the_language_of_the_window(row: ClaimRow) -> None:
    row._take(verdict("holds"))
    look.language = "ja"
    assert row.chip.words.startswith("成り立つ") and row.text.text == "消えない" and "数字の画像" in row.small.text


def test_a_claim_without_experiment_offers_nothing(qtbot: QtBot, fake_client: Any, row: ClaimRow) -> None:
    import dataclasses

    empty = ClaimRow(dataclasses.replace(row.claim, experiment=""), fake_client)
    qtbot.addWidget(empty)
    empty.show()
    assert not empty.measure.isVisible() and empty.chip.isVisible()
    empty.start()
    assert fake_client.asked == []
