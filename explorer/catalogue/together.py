"""What the scenes look at that run a network for masks and a detector together, and with which networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.catalogue import detection, segmentation
from explorer.catalogue.drawn import DRAWN
from explorer.catalogue.fetched import FETCHED
from explorer.catalogue.schema import System, Variant
from explorer.words import Text

Network = tuple[str, str]
"""System and variant."""


@dataclass(frozen=True)
class Sight:
    """Something to look at: a ``film`` by its name, or a ``picture`` by a sample's key, also of those that are fetched. ``masks``, ``detectors``: the networks to choose from, the usual
    ones first; ``counted``: the detector's classes that are counted."""

    key: str
    words: Text
    film: str = ""
    picture: str = ""
    masks: tuple[Network, ...] = ()
    detectors: tuple[Network, ...] = ()
    counted: tuple[str, ...] = ()


def _networks(systems: tuple[System, ...], classes: str, first: tuple[str, ...] = ()) -> tuple[Network, ...]:
    found = [(entry.id, variant.name) for entry in systems for variant in entry.variants if variant.classes == classes]
    return tuple(sorted(found, key=lambda one: first.index(one[0]) if one[0] in first else len(first)))


DETECTORS = _networks(detection.SYSTEMS, "smears_and_streets", ("ssd", "yolo"))
ROAD_DETECTORS = _networks(detection.SYSTEMS, "smears_and_streets", ("fpn", "ssd", "yolo"))
STREET_MASKS = _networks(segmentation.SYSTEMS, "camvid", ("fastfcn", "deeplabv3"))
CELL_MASKS = _networks(segmentation.SYSTEMS, "membrane")
ON_ROADS, IN_BLOOD = ("car", "pedestrian", "bicyclist"), ("RBC", "WBC", "Platelets")


def _street(key: str, words: Text, film: str = "", picture: str = "") -> Sight:
    return Sight(key, words, film, picture, STREET_MASKS, ROAD_DETECTORS, ON_ROADS)


TOGETHER: Mapping[str, tuple[Sight, ...]] = {
    "car_view": (
        _street("drive", Text("描いたドライブ", "Drawn drive"), film="drive"),
        _street("camvid", Text("実写（CamVid）", "Filmed (CamVid)"), film="camvid"),
        _street("street", DRAWN["street"].words, picture="street"),
    ),
    "medical": (
        Sight("smear 2", DRAWN["smear 2"].words, picture="smear 2", detectors=DETECTORS, counted=IN_BLOOD),
        Sight("bccd", FETCHED["bccd"].words, picture="bccd", detectors=DETECTORS, counted=IN_BLOOD),
        Sight("membrane", Text("細胞膜（電子顕微鏡）", "Cell membranes"), picture="membrane", masks=CELL_MASKS),
    ),
}
"""By the id of the scene, the first to begin with."""


def variants_of(scene: str) -> tuple[Variant, ...]:
    """All networks of a scene, so that it is listed once one of them can run."""
    names = dict.fromkeys(one for sight in TOGETHER[scene] for one in (*sight.masks, *sight.detectors))
    systems = {entry.id: entry for entry in (*segmentation.SYSTEMS, *detection.SYSTEMS)}
    return tuple(systems[system].variant(variant) for system, variant in names)
