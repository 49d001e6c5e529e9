"""The two timelines run forward in time and agree with the catalogue."""

from __future__ import annotations

from explorer.catalogue import SYSTEMS, page, system
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


def test_the_text_counts_the_years_as_the_figures_do() -> None:
    assert ILSVRC.reference is not None and ILSVRC.reference.value is not None
    below = next(one.year for one in ILSVRC.milestones if one.value is not None and one.value < ILSVRC.reference.value)
    years = below - ILSVRC.milestones[0].year
    ja, en = {3: ("2012 年から三年で", "it took three years")}[years]
    assert ja in page("ilsvrc").sentence.ja and en in page("ilsvrc").sentence.en


def test_every_figure_says_where_it_was_published() -> None:
    assert ILSVRC.reference is not None
    for one in (*ILSVRC.milestones, ILSVRC.reference):
        assert all("arXiv 1" in text or "image-net.org" in text for text in (one.source.ja, one.source.en)), one.name


def test_systems_of_the_timelines_are_in_the_catalogue_under_the_same_year() -> None:
    for timeline in (ILSVRC, LANGUAGE):
        for one in timeline.milestones:
            if one.system:
                assert system(one.system).year == one.year


def test_the_language_timeline_has_the_whole_chapter() -> None:
    chapter = [entry.id for entry in SYSTEMS if entry.section == "language"]
    assert [one.system for one in LANGUAGE.milestones] == chapter
