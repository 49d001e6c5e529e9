"""What is looked at with two networks together: known networks, known pictures, classes that are counted."""

from __future__ import annotations

import pytest

from explorer import catalogue
from explorer.catalogue.classes import class_names
from explorer.catalogue.drawn import DRAWN
from explorer.catalogue.fetched import FETCHED
from explorer.catalogue.together import TOGETHER, variants_of


@pytest.mark.parametrize("scene", TOGETHER)
def test_every_sight_is_a_film_or_a_picture_and_has_networks(scene: str) -> None:
    assert catalogue.page(scene).page == "together" and catalogue.page(scene).variants == variants_of(scene)
    for sight in TOGETHER[scene]:
        assert bool(sight.film) != bool(sight.picture) and (not sight.picture or sight.picture in {*DRAWN, *FETCHED})
        assert sight.masks or sight.detectors
        for system, variant in (*sight.masks, *sight.detectors):
            assert catalogue.system(system).variant(variant).model
        if sight.counted:
            classes = {catalogue.system(system).variant(variant).classes for system, variant in sight.detectors}
            assert all(set(sight.counted) <= {one.en for one in class_names(name)} for name in classes)


def test_all_detectors_and_masks_can_be_chosen() -> None:
    drive = TOGETHER["car_view"][0]
    assert {system for system, _ in drive.detectors} == {entry.id for entry in catalogue.SYSTEMS if entry.section == "detection"}
    assert {system for system, _ in drive.masks} == {entry.id for entry in catalogue.SYSTEMS if entry.section == "segmentation"}
