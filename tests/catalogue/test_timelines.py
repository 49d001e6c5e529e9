"""The two timelines run forward in time and agree with the catalogue."""

from __future__ import annotations

from explorer.catalogue import SYSTEMS, system
from explorer.catalogue.timelines import ILSVRC, LANGUAGE


def test_milestones_run_forward_and_carry_a_source() -> None:
    for timeline in (ILSVRC, LANGUAGE):
        years = [one.year for one in timeline.milestones]
        assert years == sorted(years)
        assert all(one.source.ja and one.source.en for one in timeline.milestones)


def test_errors_of_the_challenge() -> None:
    assert ILSVRC.unit is not None and ILSVRC.unit.en == "%"
    errors = {one.name.en: one.value for one in ILSVRC.milestones}
    assert errors["AlexNet"] == 15.3 and errors["ResNet"] == 3.57 and errors["SENet"] == 2.25
    assert all(value is not None and 0 < value < 20 for value in errors.values())
    assert ILSVRC.reference is not None and ILSVRC.reference.value == 5.1
    sure = {one.name.en for one in ILSVRC.milestones if not one.about}
    assert sure == {"ResNet", "SENet"}, "all others are shown as about"


def test_systems_of_the_timelines_are_in_the_catalogue_under_the_same_year() -> None:
    for timeline in (ILSVRC, LANGUAGE):
        for one in timeline.milestones:
            if one.system:
                assert system(one.system).year == one.year


def test_the_language_timeline_has_the_whole_chapter() -> None:
    chapter = [entry.id for entry in SYSTEMS if entry.section == "language"]
    assert [one.system for one in LANGUAGE.milestones] == chapter
