"""The claims on detectors: the verdict that known detectors must get, and that it changes when the mechanism is off."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer import catalogue
from explorer.engine.data import bccd, smears, street_boxes
from explorer.engine.data.boxed import Boxed
from explorer.engine.experiments.detection import measuring, rcnn
from explorer.engine.experiments.detection.yolo import share_on_background, sorted_out
from explorer.engine.experiments.run import Run
from explorer.results import Curves, Progress, Verdict
from explorer.words import WeightsMissing

from .conftest import Answer, World, all_of

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]
QUICK = Run(quick=True, seeds=(0,))
CLAIMS = [claim.id for entry in catalogue.SYSTEMS if entry.section == "detection" for claim in entry.claims]


def some(share: int) -> Callable[[Boxed], Answer]:
    """All objects but each so-manyth."""
    return lambda scene: all_of(scene, lambda k, _: k % share != 0)


def small(box: torch.Tensor) -> bool:
    return float((box[2:] - box[:2]).prod()) < measuring_small**2


measuring_small = 24.0


def with_mistakes(scene: Boxed) -> Answer:
    height, width = scene.size
    return all_of(scene, more=[(width - 3, height - 3, width, height)] * 6)


def only_few(scene: Boxed) -> Answer:
    return all_of(scene, lambda k, _: k < 12)


def only_usual(scene: Boxed) -> Answer:
    return all_of(scene, lambda _, box: 30 < float((box[2:] - box[:2]).prod().sqrt()) < 60)


SCENES: dict[str, dict[str, Any]] = {
    "faster_rcnn.better": {"rcnn": {"answer": some(2), "seconds": 1.0}},
    "faster_rcnn.slow": {"faster_rcnn": {"seconds": 0.3}},
    "yolo.fast": {"yolo": {"seconds": 0.04}},
    "yolo.background": {"faster_rcnn": {"answer": with_mistakes}},
    "yolo.dense": {"yolo": {"answer": only_few}},
    "yolo.sizes": {"yolo": {"answer": only_usual}},
    "ssd.accuracy": {"rcnn": {"answer": some(2)}},
    "ssd.resolution": {"faster_rcnn": {"answer": lambda scene: all_of(scene) if scene.size[0] > 200 else some(2)(scene)}},
    "ssd.speed": {"ssd": {"seconds": 0.13}},
    "fpn.small_objects": {"faster_rcnn": {"answer": lambda scene: all_of(scene, lambda _, box: not small(box))}},
    "m2det.accurate_fast": {"ssd": {"answer": some(2)}},
}


@pytest.fixture
def photographs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that seems to have both sets, so that a claim can hold: its pictures are drawn."""
    for name in ("bccd_val.tar", "camvid_test.tar"):
        (tmp_path / name).write_bytes(b"")
    cells = tuple(smears.draw(number) for number in range(6))
    roads = tuple(street_boxes.draw(number) for number in range(6))
    monkeypatch.setattr(bccd, "load", lambda split, folder, limit: bccd.Smears(cells[:limit], "", ""))
    monkeypatch.setattr(street_boxes, "load", lambda split, folder, limit: street_boxes.Streets(roads[:limit], "", ""))
    return tmp_path


@pytest.mark.parametrize("name", SCENES)
def test_known_detectors_get_their_verdict_and_lose_it_without_the_mechanism(name: str, world: World, verdict: Measure, photographs: Path) -> None:
    for system, changes in SCENES[name].items():
        for key, value in changes.items():
            setattr(world.detectors[system], key, value)
    run = dataclasses.replace(QUICK, data=photographs)
    found, progress = verdict(name, run)
    assert found.verdict == "holds" and found.complete
    assert isinstance(progress[0].part, Curves)
    off, _ = verdict(name, dataclasses.replace(run, disabled=True))
    assert off.verdict != "holds"
    assert found.data is not None and found.differs is not None and found.text.ja != found.text.en


@pytest.mark.parametrize("name", [name for name in CLAIMS if name != "rcnn.stages"])
def test_stopped_at_once_it_tells_what_it_has(name: str, world: World, verdict: Measure) -> None:
    found, _ = verdict(name, Run(quick=True, seeds=(0, 1), stop=lambda: True))
    claim = catalogue.claim(name)
    assert all(threshold.number in found.numbers for threshold in claim.thresholds) and found.key in found.numbers
    assert not found.complete and found.verdict != "holds"
    assert found.plot is not None and [series.main for series in found.plot.series].count(True) == 1
    entry = next(entry for entry in catalogue.SYSTEMS if any(one.id == name for one in entry.claims))
    states = [state for series in found.plot.series for state in series.opens if state is not None]
    assert states and (not entry.lenses or {state["lens"] for state in states} <= set(entry.lenses))


@pytest.mark.parametrize("name", ["ssd.accuracy", "fpn.small_objects", "yolo.background", "m2det.accurate_fast"])
def test_drawn_pictures_alone_never_give_more_than_a_caveat(name: str, world: World, verdict: Measure) -> None:
    for system, changes in SCENES[name].items():
        for key, value in changes.items():
            setattr(world.detectors[system], key, value)
    found, _ = verdict(name, QUICK)
    assert found.verdict == "caveat" and found.data is not None and "drawn" in found.data.en


def test_a_difference_within_its_spread_does_not_hold(world: World, verdict: Measure, photographs: Path) -> None:
    """One set of pictures with a great difference, one with none."""
    first = {scene.name for scene in measuring.pictures(dataclasses.replace(QUICK, data=photographs, seeds=(0, 1))).groups[0]}
    world.detectors["faster_rcnn"].answer = lambda scene: all_of(scene, lambda _, box: not small(box)) if scene.name in first else all_of(scene)
    found, _ = verdict("fpn.small_objects", Run(quick=True, seeds=(0, 1), data=photographs))
    assert found.numbers["difference"] > 0.05 and found.verdict == "undecided"


def test_fpn_costs_what_it_costs(world: World, verdict: Measure) -> None:
    world.detectors["fpn"].seconds = 0.11
    found, _ = verdict("fpn.cost", QUICK)
    assert found.verdict == "holds" and found.numbers["parameter_ratio"] == pytest.approx(794_818 / 679_712)
    off, _ = verdict("fpn.cost", dataclasses.replace(QUICK, disabled=True))
    assert off.verdict == "fails"


def test_the_stages_of_rcnn(verdict: Measure) -> None:
    """The real network, untrained: features of every crop take their share; cut out of one pass they do not."""
    found, progress = verdict("rcnn.stages", QUICK)
    assert found.numbers["recall"] > 0.3 and found.numbers["feature_time_share"] > 0.1
    off, _ = verdict("rcnn.stages", dataclasses.replace(QUICK, disabled=True))
    assert off.numbers["feature_time_share"] < 0.5 * found.numbers["feature_time_share"]
    assert off.verdict == "fails" and isinstance(progress[-1].part, Curves)
    assert rcnn.STAGES[1].en == next(series for series in found.plot.series if series.main).name.en  # type: ignore[union-attr]


def test_without_trained_weights_accuracy_is_not_made_up(verdict: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise WeightsMissing(measuring.UNTRAINED, 0)

    monkeypatch.setattr(measuring, "load", missing)
    with pytest.raises(WeightsMissing):
        verdict("ssd.accuracy", QUICK)


def test_boxes_on_background_are_counted_right() -> None:
    scene = smears.draw(3)
    answer = all_of(scene, more=[(0, 0, 2, 2)])
    scores, right, away, objects = sorted_out([scene], [answer])
    assert objects == int((~scene.ignored).sum()) == int(right.sum())
    assert bool(away[0]) and int(away.sum()) == 1 and bool((scores.diff() <= 0).all())
    assert share_on_background(right, away, 4) == pytest.approx(1 / 5)
    assert share_on_background(right, away, 0) == 0


def test_pictures_are_those_of_the_folder_or_drawn(photographs: Path) -> None:
    given = measuring.pictures(dataclasses.replace(QUICK, data=photographs, seeds=(0, 1)))
    assert given.at_most == "holds" and len(given.groups) == 2
    names = [{scene.name for scene in group} for group in given.groups]
    assert names[0] and not names[0] & names[1]
    drawn = measuring.pictures(QUICK)
    assert drawn.at_most == "caveat" and {len(group) for group in drawn.groups} == {6}
