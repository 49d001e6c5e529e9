"""Figures of variants."""

from __future__ import annotations

import json
from pathlib import Path

from explorer.catalogue.figures import metric, parameters
from explorer.catalogue.schema import Variant
from explorer.words import same


def test_the_card_comes_before_what_is_published(tmp_path: Path) -> None:
    bundled = Variant("net", same("net"), weights="bundled", file="net.safetensors", metric=("accuracy_percent", 95.0))
    assert metric(bundled, tmp_path) == {"name": "accuracy_percent", "value": 95.0, "split": "published"}
    measured = {"name": "accuracy_percent", "value": 89.5, "split": "cifar10_test"}
    (tmp_path / "net.json").write_text(json.dumps({"metric": measured, "parameters": 7}), encoding="utf-8")
    assert metric(bundled, tmp_path) == measured and parameters(bundled, tmp_path) == 7
    (tmp_path / "net.json").write_text("{", encoding="utf-8")
    assert metric(bundled, tmp_path) == {"name": "accuracy_percent", "value": 95.0, "split": "published"}
    assert metric(Variant("none", same("none"))) is None
