"""How the networks that give every pixel a class are trained: settings at the top of each recipe, the rest here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.engine.data import camvid, membrane, membranes, streets
from explorer.engine.learning.segment import (
    Segment,
    SegmentSettings,
    boundary_f_score,
    intersection_over_union,
    mean_iou,
    near_boundaries,
    predicted_labels,
)
from explorer.engine.recipes.recipe import (
    NOT_GOOD_ENOUGH,
    TESTING,
    WRITTEN,
    RecipeFailed,
    RecipeStep,
    check_variant,
    cores,
    half,
    learn,
    made_before,
    single,
    today,
    work_folder,
    write_card,
    write_weights,
)
from explorer.engine.system import build, find_system, find_variant
from explorer.engine.weights.cards import Card, Metric, file_sha256
from explorer.words import InputError, Text, same

SIZE = (240, 320)  # height and width at which the networks see streets
DRAWN_TEST = 24  # drawn pictures on which the network is measured besides


@dataclass(frozen=True)
class Settings:
    """All that decides the outcome; a checkpoint made with other settings is not gone on with."""

    epochs: float
    task: Literal["streets", "membranes"] = "streets"
    learning_rate: float = 3e-3  # the highest
    weight_decay: float = 1e-2
    batch: int = 8
    balance: float = 0.4  # see SegmentSettings
    window: tuple[int, int] = (192, 224)
    zoom: tuple[float, float] = (0.75, 1.5)
    light: float = 0.3
    rise: float = 0.15
    drawn: int = 120  # drawn pictures among the real ones
    half_part: float = 0.0  # the share of the training, at its beginning, at half the size: a quarter of the work
    plain_part: float = 0.0  # the share of the training, at its beginning, before the gaps are opened
    begins_with: str = ""  # the CIFAR-10 network whose trained weights its backbone begins with
    train_limit: int | None = None
    test_limit: int | None = None
    seed: int = 0

    def of_run(self) -> SegmentSettings:
        """The same for the loop."""
        return SegmentSettings(
            epochs=self.epochs,
            batch=self.batch,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            balance=self.balance,
            window=self.window,
            zoom=self.zoom,
            half_part=self.half_part,
            turned=self.task == "membranes",
            light=self.light,
            rise=self.rise,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Expected:
    """What should come out, 0 to 1: mean IoU of streets, IoU of the insides of cells. Less than ``iou - tolerance`` is a failure.

    ``cpu_minutes``: the work after which the training stops with what it has.
    """

    iou: float
    tolerance: float = 0.02
    cpu_minutes: float = 80


SMOKE: dict[str, Any] = {"epochs": 1.0, "batch": 2, "window": (64, 64), "drawn": 2, "train_limit": 4, "test_limit": 2}

NOT_BEGUN = Text(
    ja="{name}は{parent}の重みから始めますが、その重みがありません。先に ds-explorer train resnet --variant {parent} を実行してください。",
    en="{name} begins with the weights of {parent}, which are not here: run ds-explorer train resnet --variant {parent} first.",
)
DRAWING = Text(ja="画像を描画中", en="drawing pictures")

Before = Callable[[nn.Module, Settings, float], None]


@dataclass(frozen=True)
class Sets:
    """What a network of one task learns from and is measured on; ``drawn`` ones are ours. Labels of ``test`` may have more pixels."""

    images: Tensor
    labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    drawn_images: Tensor
    drawn_labels: Tensor
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    card: Mapping[str, Any]  # data, data_sha256, data_licence, train_split, test_split


def load_sets(settings: Settings, folder: Path | None) -> Sets:
    """The data of a training. Raises InputError where the folder does not have it."""
    return load_streets(settings, folder) if settings.task == "streets" else load_membranes(settings, folder)


def load_streets(settings: Settings, folder: Path | None) -> Sets:
    """CamVid and drawn streets."""
    train = camvid.load("train", folder, settings.train_limit, SIZE)
    test = camvid.load("test", folder, settings.test_limit, SIZE, camvid.SIZE)
    learn = streets.draw_many(settings.drawn, settings.seed + 1, SIZE)
    held = streets.draw_many(2 if settings.test_limit else DRAWN_TEST, streets.HELD_OUT, SIZE)
    facts = {
        "data": "CamVid (Brostow et al., 2009), and streets drawn by the program",
        "data_sha256": {train.file: train.sha256, test.file: test.sha256},
        "data_licence": camvid.LICENCE,
        "train_split": f"{train.file}: {len(train)} pictures at {SIZE[1]}x{SIZE[0]}, and {len(learn.labels)} drawn ones",
        "test_split": f"{test.file}: {len(test)} pictures, given at {SIZE[1]}x{SIZE[0]}, measured at {camvid.SIZE[1]}x{camvid.SIZE[0]}",
    }
    return Sets(
        torch.cat((train.images, learn.images)), torch.cat((train.labels, learn.labels)), test.images, test.labels,
        held.images, held.labels, camvid.CLASSES, camvid.MEAN, camvid.STD, facts,
    )  # fmt: skip


def load_membranes(settings: Settings, folder: Path | None) -> Sets:
    """Slices of the ISBI challenge and drawn membranes."""
    train = membrane.load("train", folder, settings.train_limit)
    test = membrane.load("test", folder, settings.test_limit)
    learn = membranes.draw_many(settings.drawn, settings.seed + 1)
    held = membranes.draw_many(2 if settings.test_limit else 4, membranes.HELD_OUT)
    facts = {
        "data": "slices of the ISBI 2012 challenge (Cardona et al., 2010), and membranes drawn by the program",
        "data_sha256": {train.file: train.sha256},
        "data_licence": membrane.LICENCE,
        "train_split": f"{train.file}: {len(train)} slices, all but {', '.join(map(str, membrane.HELD_OUT))}, and {len(learn.labels)} drawn ones",
        "test_split": f"{test.file}: slices {', '.join(map(str, test.numbers))}, counted from 0",
    }
    return Sets(
        torch.cat((train.images, learn.images)), torch.cat((train.labels, learn.labels)), test.images, test.labels,
        held.images, held.labels, membrane.CLASSES, membrane.MEAN, membrane.STD, facts,
    )  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """The recipe of one system: settings and expectations of each of its variants that are trained here.

    ``before`` is called before each step with the network, the settings and the share done.
    """

    system: str
    settings: Mapping[str, Settings]
    expected: Mapping[str, Expected]
    before: Before | None = None
    plain_cost: float = 1.0  # time of a step in the plain part of the training, as a share of a step after it

    def train(self, variant: str | None = None, *, smoke: bool = False, data: Path | None = None, work: Path | None = None, out: Path) -> Iterator[RecipeStep]:
        """Train one variant and write ``<variant>.safetensors`` and its card ``<variant>.json`` into ``out``.

        With ``smoke`` a few steps on a few pictures, whose files go to the work folder instead.

        Raises InputError (no data, no such variant, nothing to begin with) and RecipeFailed (not accurate enough; nothing is written).
        """
        name = check_variant(variant, tuple(self.settings))
        settings, expected = self.settings[name], self.expected[name]
        folder = work_folder(work, f"{name}-smoke" if smoke else name)
        parent = made_before(settings.begins_with, out) if settings.begins_with else None
        if settings.begins_with and parent is None:
            raise InputError(NOT_BEGUN.format(name=name, parent=settings.begins_with))
        if smoke:
            settings, out = replace(settings, **SMOKE), folder
        yield RecipeStep(DRAWING, 0.0, 0.0)
        sets = load_sets(settings, data)
        network = self.start(name, settings)
        if parent is not None:
            begin_with(network, single(load_file(parent)))
        before = self.before
        run = Segment(
            network, sets.images, sets.labels, len(sets.classes), settings.of_run(), sets.mean, sets.std,
            None if before is None else lambda share: before(network, settings, share),
        )  # fmt: skip
        clock = yield from learn(run, asdict(settings), expected.cpu_minutes, folder / "checkpoint.pt", work_done=lambda share: self.work_done(settings, share))
        if before is not None:
            before(network, settings, 1.0)

        yield RecipeStep(TESTING, 1.0, clock.seconds)
        state = {key: value.contiguous() for key, value in network.state_dict().items()}
        figures = measure(network, sets)
        single_value = figures["iou"]
        network.load_state_dict(single(half(state)))
        halved = measure(network, sets)
        if abs(halved["iou"] - single_value) <= 0.001:
            state, figures = half(state), halved
        value = figures.pop("iou")
        needed = expected.iou - expected.tolerance
        measured = "mean_iou_percent" if settings.task == "streets" else "pixel_iou_percent"
        if not smoke and value < needed:
            values = f"{100 * value:.2f} %", f"{100 * needed:.2f} %"
            raise RecipeFailed(NOT_GOOD_ENOUGH.format(name=name, metric=same("IoU"), value=values[0], needed=values[1]))
        file = out / f"{name}.safetensors"
        size, sha256 = write_weights(file, state)
        card = Card(
            name=name,
            system=self.system,
            variant=name,
            file=file.name,
            bytes=size,
            sha256=sha256,
            parameters=sum(one.numel() for one in network.parameters()),
            **sets.card,
            metric=Metric(measured, round(100 * value, 2), "camvid_test" if settings.task == "streets" else "membrane held out"),
            metrics={f"{measured}_float32": round(100 * single_value, 2), **{key: round(100 * one, 2) for key, one in figures.items()}},
            seconds=round(clock.seconds, 1),
            cpu_seconds=round(clock.cpu_seconds, 1),
            cores=cores(),
            epochs=round(run.done / run.steps_per_epoch, 2),
            seed=settings.seed,
            command=f"ds-explorer train {self.system} --variant {name}" + (" --smoke" if smoke else ""),
            settings=asdict(settings),
            torch=torch.__version__,
            date=today(),
            notes={} if parent is None else {"backbone_begun_with": parent.name, "backbone_begun_with_sha256": file_sha256(parent)},
            input={"size": list(SIZE) if settings.task == "streets" else [512, 512], "mean": sets.mean, "std": sets.std, "classes": sets.classes},
        )
        card_file = file.with_suffix(".json")
        write_card(card_file, card)
        yield RecipeStep(WRITTEN, 1.0, clock.seconds, None, {measured: card.metric.value, **card.metrics}, (file, card_file))

    def start(self, name: str, settings: Settings) -> nn.Module:
        """The network before the training."""
        torch.manual_seed(settings.seed)
        variant = find_variant(find_system(self.system), name)
        assert variant is not None
        network: nn.Module = build(variant)
        return network

    def work_done(self, settings: Settings, fraction: float) -> float:
        """The share of all work done after a share of the steps: those of the plain part and those at half the size cost less."""

        def work(share: float) -> float:
            parts = sorted({0.0, share, min(share, settings.half_part), min(share, settings.plain_part)})
            return sum((end - begin) * cost(begin) for begin, end in pairwise(parts))

        def cost(at: float) -> float:
            return (0.25 if at < settings.half_part else 1.0) * (self.plain_cost if at < settings.plain_part else 1.0)

        return work(fraction) / work(1.0)


@torch.no_grad()
def begin_with(network: nn.Module, trained: dict[str, Tensor]) -> int:
    """Copy the weights of a classifier into the backbone where name and shape are the same; how many tensors were."""
    copied = 0
    for name, value in network.state_dict().items():
        given = trained.get(name.removeprefix("backbone."))
        if name.startswith("backbone.") and given is not None and given.shape == value.shape:
            value.copy_(given)
            copied += 1
    return copied


def measure(network: nn.Module, sets: Sets) -> dict[str, float]:
    """The network's figures, 0 to 1: ``iou``, which decides, and all others by their names on the card."""
    classes = len(sets.classes)
    size = (sets.test_labels.shape[1], sets.test_labels.shape[2])
    said = predicted_labels(network, sets.test_images, sets.mean, sets.std, size)
    by_class = intersection_over_union(said, sets.test_labels, classes)
    known = sets.test_labels < classes
    drawn = predicted_labels(network, sets.drawn_images, sets.mean, sets.std)
    figures = {f"iou_percent_{name.replace(' ', '_')}": float(one) for name, one in zip(sets.classes, by_class, strict=True) if not one.isnan()}
    mean = float(by_class.nanmean())
    return {
        "iou": mean if classes > 2 else float(by_class[1]),
        **({} if classes > 2 else {"mean_iou_percent": mean}),
        **figures,
        "pixel_accuracy_percent": float((said == sets.test_labels)[known].double().mean()),
        "mean_iou_within_3_pixels_of_a_boundary_percent": mean_iou(said, sets.test_labels, classes, near_boundaries(sets.test_labels, 3)),
        "boundary_f_within_3_pixels_percent": boundary_f_score(said, sets.test_labels, classes),
        "mean_iou_drawn_percent": mean_iou(drawn, sets.drawn_labels, classes),
    }
