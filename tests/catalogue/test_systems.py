"""The survey's 43 systems and 88 claims are all there, in order, in both languages, with an honest history."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from explorer.catalogue import CHAPTERS, SECTION_NAMES, SYSTEMS, ancestors, claim, system
from explorer.catalogue.classes import CLASSES
from explorer.catalogue.lenses import LENSES
from explorer.catalogue.readiness import ready
from explorer.catalogue.schema import System, Threshold, Variant
from explorer.words import Text

# The systems of the survey in its order, each with the marks of its claims.
SURVEY = {
    "basics": {"neuron": "·-", "dnn": "··"},
    "recognition": {
        "cnn": "··+-",
        "vgg": "++-",
        "resnet": "++-",
        "wide_resnet": "+++",
        "pyramidnet": "+-",
        "densenet": "++-",
        "mobilenet": "++-",
        "squeezenet": "++-",
        "efficientnet": "++",
    },
    "segmentation": {"unet": "+-", "deeplabv3": "++--", "fastfcn": "++"},
    "detection": {"rcnn": "·", "faster_rcnn": "+-", "yolo": "++--", "ssd": "++-", "fpn": "++", "m2det": "+"},
    "generation": {
        "vae": "·",
        "gan": "+-",
        "dcgan": "++",
        "cyclegan": "++-",
        "stargan": "+",
        "stylegan": "++",
        "text_to_image": "·",
    },
    "language": {
        "rnn": "+--",
        "lstm": "+-",
        "word2vec": "+",
        "seq2seq": "-",
        "attention": "+·",
        "transformer": "+",
        "bert": "+++",
    },
    "reinforcement": {
        "q_learning": "·",
        "dqn": "-+",
        "replay": "+",
        "distributed": "+",
        "dueling": "+",
        "prioritized": "+",
        "apex": "++",
        "r2d2": "+·",
        "r2d3": "+",
    },
}
SHAKY = {"vgg.small", "wide_resnet.parameters", "densenet.deeper", "ssd.speed", "m2det.accurate_fast"}
MEASURED_FIRST = {
    "neuron.weighted_sum",
    "neuron.xor",
    "dnn.layers",
    "dnn.gradient_descent",
    "resnet.gradient",
    "resnet.accuracy",
    "resnet.training_time",
    "attention.long_sentences",
    "attention.soccer",
    "q_learning.converges",
}
EACH = pytest.mark.parametrize("entry", SYSTEMS, ids=lambda entry: entry.id)
KANA_OR_KANJI = re.compile(r"[぀-ヿ一-鿿]")


def texts_of(value: Any, path: str = "") -> Iterator[tuple[str, Text]]:
    """Every text inside a catalogue entry, with where it stands."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from texts_of(item, f"{path}[{index}]")
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts_of(getattr(value, field.name), f"{path}.{field.name}")


def test_all_systems_in_the_order_of_the_survey() -> None:
    assert len(SYSTEMS) == 43
    listed = [(section, name) for section, systems in SURVEY.items() for name in systems]
    assert [(entry.section, entry.id) for entry in SYSTEMS] == listed


def test_all_claims_with_the_marks_of_the_survey() -> None:
    assert sum(len(entry.claims) for entry in SYSTEMS) == 88
    for entry in SYSTEMS:
        assert "".join(one.mark for one in entry.claims) == SURVEY[entry.section][entry.id], entry.id


def test_claim_ids_are_unique_and_begin_with_their_system() -> None:
    ids = [one.id for entry in SYSTEMS for one in entry.claims]
    assert len(set(ids)) == 88
    for entry in SYSTEMS:
        for one in entry.claims:
            assert re.fullmatch(rf"{entry.id}\.[a-z0-9_]+", one.id), one.id


def test_shaky_claims_are_those_the_survey_warns_of() -> None:
    assert {one.id for entry in SYSTEMS for one in entry.claims if one.shaky} == SHAKY


def test_lookup_by_id() -> None:
    assert system("resnet").name.en == "ResNet"
    assert claim("resnet.gradient") is system("resnet").claim("resnet.gradient")
    for look_up in (system, claim):
        with pytest.raises(KeyError):
            look_up("perceiver")
    with pytest.raises(KeyError):
        ancestors("perceiver")


def test_chapters_cover_every_section_once() -> None:
    sections = [section for chapter in CHAPTERS for section in chapter.sections]
    assert sections == list(SURVEY) == list(SECTION_NAMES)
    assert [chapter.number for chapter in CHAPTERS] == [1, 2, 3, 4]


@EACH
def test_sentences_are_in_both_languages(entry: System) -> None:
    named = {"name", "label"}
    for path, text in texts_of(entry, entry.id):
        assert text.ja.strip() == text.ja and text.en.strip() == text.en, path
        assert not KANA_OR_KANJI.search(text.en) or "サッカー" in text.en, (
            f"Japanese in the English of {path}"
        )
        if path.rsplit(".", 1)[-1] not in named:
            assert KANA_OR_KANJI.search(text.ja), f"no Japanese in {path}: {text.ja}"


@EACH
def test_sentences_end_and_lines_do_not(entry: System) -> None:
    for text in (entry.sentence, *(one.text for one in entry.claims)):
        assert text.ja.endswith("。") and text.en.endswith("."), text
    assert not entry.line.ja.endswith("。") and not entry.line.en.endswith(".")


@EACH
def test_names_and_lines_fit_the_list(entry: System) -> None:
    assert len(entry.line.en) <= 26 and len(entry.line.ja) <= 14, entry.line
    assert len(entry.name.en) <= 20, entry.name
    assert sum(2 if KANA_OR_KANJI.match(c) else 1 for c in entry.name.ja) <= 18, entry.name


@EACH
def test_papers_give_the_year(entry: System) -> None:
    assert entry.papers
    for paper in entry.papers:
        assert paper.title and paper.authors and 1940 < paper.year < 2030
        assert re.fullmatch(r"(\d{4}\.\d{4,5})?", paper.arxiv), paper
        if paper.arxiv:
            # An arXiv number carries its year; a conference may come the year after.
            assert paper.year - 2000 - int(paper.arxiv[:2]) in (0, 1), paper
    years = [paper.year for paper in entry.papers]
    assert min(years) <= entry.year <= max(years) + 1  # some papers were printed the year after
    if entry.years:
        assert entry.years.startswith(str(entry.year))


def test_lineage_has_no_unknown_ancestor_no_cycle_and_no_anachronism() -> None:
    for entry in SYSTEMS:
        assert len({one.id for one in entry.builds_on}) == len(entry.builds_on)
        for one in entry.builds_on:
            assert system(one.id).year <= entry.year, f"{entry.id} builds on the later {one.id}"
        assert entry.id not in ancestors(entry.id), f"{entry.id} is its own ancestor"


def test_only_the_two_beginnings_have_no_ancestor() -> None:
    assert {entry.id for entry in SYSTEMS if not entry.builds_on} == {"neuron", "q_learning"}


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("resnet", {"vgg", "cnn", "dnn", "neuron"}),
        ("bert", {"transformer", "attention", "seq2seq", "lstm", "rnn", "dnn"}),
        ("r2d2", {"apex", "prioritized", "distributed", "dueling", "dqn", "lstm", "q_learning"}),
    ],
)
def test_lineage_of_the_survey(later: str, earlier: set[str]) -> None:
    assert earlier <= ancestors(later)


@EACH
def test_claims_were_written_before_measuring(entry: System) -> None:
    for one in entry.claims:
        assert one.thresholds, one.id
        assert one.seeds >= 1
        for threshold in one.thresholds:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", threshold.number), one.id
            better = (
                threshold.holds >= threshold.caveat
                if threshold.larger
                else threshold.holds <= threshold.caveat
            )
            assert better, f"{one.id}: a caveat is stricter than holds"


def counts_only_beyond_the_spread(threshold: Threshold) -> bool:
    """A number that is a difference around zero, larger in favour of the claim."""
    around_zero = re.search(r"difference|drop|effect|saved", threshold.number) is not None
    return around_zero and threshold.larger and threshold.holds > 0


@EACH
def test_a_difference_counts_only_beyond_the_spread_over_seeds(entry: System) -> None:
    for one in entry.claims:
        for threshold in one.thresholds:
            if counts_only_beyond_the_spread(threshold):
                assert threshold.spread, f"{one.id}: {threshold.number} names no spread"
            if threshold.spread:
                assert one.seeds >= 3, f"{one.id}: a spread over {one.seeds} seeds"
                assert threshold.spread != threshold.number


def test_the_first_ten_claims_have_an_experiment_in_their_section() -> None:
    having = {one.id: one for entry in SYSTEMS for one in entry.claims if one.experiment}
    assert set(having) >= MEASURED_FIRST
    for claim_id, one in having.items():
        name, word = claim_id.split(".")
        section = system(name).section
        assert one.experiment == f"explorer.engine.experiments.{section}.{name}:{word}"
        assert 0 < one.minutes <= 5


@EACH
def test_variants_are_complete(entry: System) -> None:
    names = [variant.name for variant in entry.variants]
    assert len(set(names)) == len(names)
    for variant in entry.variants:
        assert re.fullmatch(r"[a-z0-9.\-]+", variant.name)
        if variant.weights == "bundled":
            assert variant.model and variant.file.endswith(".safetensors")
        if variant.weights == "live":
            assert variant.model and not variant.file and not variant.url
        if variant.weights == "download":
            assert variant.model and variant.bytes > 0
            assert re.search(r"-[0-9a-f]{8}\.pth$", variant.url), "the name carries the hash that is checked"
        if variant.model:
            prefix = f"explorer.engine.models.{entry.section}.{entry.id}:"
            assert variant.model.startswith(prefix) and variant.model.removeprefix(prefix).isidentifier()
        if variant.classes and variant.classes != "imagenet1k":
            assert variant.classes in CLASSES
        if variant.metric is not None:
            assert variant.metric[0] and variant.metric[1] > 0


@EACH
def test_pages_are_of_a_known_kind(entry: System) -> None:
    kinds = {
        "neuron",
        "playground",
        "classify",
        "segment",
        "detect",
        "generate",
        "translate",
        "read",
        "agent",
        "deep_agent",
    }
    if not entry.page:
        assert not entry.lenses and not entry.samples
        return
    assert entry.page in kinds
    assert entry.input in {"points", "picture", "text", "environment"}
    if ready(entry):
        assert entry.variants[0].weights in {"bundled", "live"}, "the default variant runs at once"
    assert entry.lenses and set(entry.lenses) <= set(LENSES)


def test_the_first_five_pages() -> None:
    pages = {entry.id: entry.page for entry in SYSTEMS if entry.page}
    first = {
        "neuron": "neuron",
        "dnn": "playground",
        "resnet": "classify",
        "attention": "translate",
        "q_learning": "agent",
    }
    assert first.items() <= pages.items()


DOWNLOADS = [(entry, variant) for entry in SYSTEMS for variant in entry.variants if variant.weights == "download"]
MEASURED = {  # by section: the test set and the figure that the catalogue gives, as torchvision calls them
    "recognition": ("ImageNet-1K", "acc@1"),
    "segmentation": ("COCO-val2017-VOC-labels", "miou"),
    "detection": ("COCO-val2017", "box_map"),
}


@pytest.fixture(scope="module")
def published() -> Mapping[str, Any]:
    """All weights of the torchvision that is installed, by address."""
    models = pytest.importorskip("torchvision").models
    return {weights.url: weights for name in models.list_models() for weights in models.get_model_weights(name)}


@pytest.mark.parametrize(("entry", "variant"), DOWNLOADS, ids=lambda one: getattr(one, "name", "") if isinstance(one, Variant) else one.id)
def test_downloads_are_those_of_the_torchvision_that_is_installed(entry: System, variant: Variant, published: Mapping[str, Any]) -> None:
    weights = published[variant.url]
    assert variant.parameters == weights.meta["num_params"]
    megabytes = weights.meta["_file_size"]  # of 2^20 bytes, rounded to three decimals
    assert variant.bytes / 2**20 == pytest.approx(megabytes, abs=1e-3)
    assert variant.bytes <= (megabytes + 0.0005) * 2**20, "a file that is smaller than its catalogue says counts as cut off"
    assert variant.metric is not None
    data, figure = MEASURED[entry.section]
    assert variant.metric[1] == weights.meta["_metrics"][data][figure]
    if entry.section == "recognition":
        assert weights.transforms().crop_size == [variant.size]


def test_every_network_of_recognition_that_torchvision_has_weights_for_can_fetch_them(published: Mapping[str, Any]) -> None:
    counts = {weights.meta["num_params"] for weights in published.values() if "ImageNet-1K" in weights.meta["_metrics"]}
    found = {variant.name: variant.weights for variant in variants_of("recognition") if variant.classes == "imagenet1k" and variant.parameters in counts}
    assert len(found) >= 11 and set(found.values()) == {"download"}, found
    without = [one.name for one in variants_of("recognition") if one.classes == "imagenet1k" and one.name not in found]
    assert without == ["mobilenet-v1"]


def variants_of(section: str) -> list[Variant]:
    return [variant for entry in SYSTEMS if entry.section == section for variant in entry.variants]
