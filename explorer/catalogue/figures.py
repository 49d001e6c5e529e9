"""The figures of a variant: from the card of its bundled weights, or as published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from explorer.catalogue.schema import Variant
from explorer.resources import resource


def card(variant: Variant, folder: Path | None = None) -> dict[str, Any]:
    """What the card of the variant's bundled weights says; empty where there is none (or it cannot be read)."""
    if variant.weights != "bundled":
        return {}
    name = f"{Path(variant.file or variant.name).stem}.json"
    path = folder / name if folder else resource("weights", name)
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts


def metric(variant: Variant, folder: Path | None = None) -> dict[str, Any] | None:
    """``{"name", "value", "split"}``: measured, from the card; else published (split "published"); else None."""
    measured = card(variant, folder).get("metric")
    if isinstance(measured, dict):
        return measured
    if variant.metric is None:
        return None
    return {"name": variant.metric[0], "value": variant.metric[1], "split": "published"}


def parameters(variant: Variant, folder: Path | None = None) -> int | None:
    """Trainable parameters: as catalogued, else from the card."""
    return variant.parameters if variant.parameters is not None else card(variant, folder).get("parameters")
