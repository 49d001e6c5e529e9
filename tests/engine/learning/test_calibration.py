"""Calibration: numbers worked out by hand, and a temperature that is known."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.learning.calibration import expected_calibration_error, fit_temperature


def test_the_error_worked_out_by_hand() -> None:
    # confidence 0.8 four times, right three times: |0.8 - 0.75|; confidence 0.6 once, wrong: 0.6
    probabilities = torch.tensor([[0.8, 0.2]] * 4 + [[0.4, 0.6]])
    labels = torch.tensor([0, 0, 0, 1, 0])
    found = expected_calibration_error(probabilities.log(), labels, bins=10)
    assert found == pytest.approx((4 * 0.05 + 0.6) / 5, abs=1e-6)


def test_certain_and_right_has_no_error() -> None:
    assert expected_calibration_error(torch.eye(5) * 100, torch.arange(5)) == pytest.approx(0, abs=1e-9)


def test_the_temperature_that_was_put_in_is_found() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = 2 * torch.randn(20_000, 10, generator=generator)
    labels = torch.multinomial(scores.softmax(1), 1, generator=generator)[:, 0]
    assert fit_temperature(scores, labels) == pytest.approx(1, abs=0.03)
    assert fit_temperature(scores * 2.5, labels) == pytest.approx(2.5, abs=0.08)
    before = expected_calibration_error(scores * 2.5, labels)
    after = expected_calibration_error(scores * 2.5, labels, fit_temperature(scores * 2.5, labels))
    assert after < 0.02 < 0.1 < before
