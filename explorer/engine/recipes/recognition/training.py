"""What the recipes of the nine recognition networks share: how a small variant is trained on CIFAR-10, measured and written.

Each network's own file says with which settings. The pictures are shifted by up to four pixels and flipped, as in section 4.2
of the ResNet paper (He et al., 2015, arXiv 1512.03385); the learning rate rises and falls once (Smith & Topin, 2017, arXiv
1708.07120); in a first part of the training the pictures are smaller, which costs less. Some training pictures are kept apart:
they fit the temperature of the probabilities (Guo et al., 2017, arXiv 1706.04599) and nothing else.

Where a recipe says so, a picture is flipped in every second epoch rather than by chance, so that two epochs show both sides of all
(Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, arXiv 2404.00498, section 3.6), and a square of it is hidden (cutout;
DeVries & Taylor, 2017, arXiv 1708.04552); a last part may follow with whole pictures, nothing hidden, hard labels and a lower learning rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.data import cifar10, no_class
from explorer.engine.data.cifar10 import Pictures
from explorer.engine.inputs.pictures import open_picture
from explorer.engine.inputs.preparation import Preparation
from explorer.engine.learning.atlas import write_atlas
from explorer.engine.learning.calibration import expected_calibration_error, fit_temperature
from explorer.engine.learning.classify import (
    Classify,
    ClassifySettings,
    accuracy_of,
    cut_out,
    normalise,
    scores_of,
    shift_and_flip,
)
from explorer.engine.learning.depthwise import quicken_depthwise
from explorer.engine.learning.nothing_fits import card_metrics
from explorer.engine.lenses.sliding import Seen, slide
from explorer.engine.recipes.recipe import (
    NOT_GOOD_ENOUGH,
    TESTING,
    WRITTEN,
    Clock,
    RecipeFailed,
    RecipeStep,
    check_variant,
    cores,
    half,
    learn,
    single,
    today,
    work_folder,
    write_card,
    write_weights,
)
from explorer.engine.system import build, find_system, find_variant
from explorer.engine.weights.cards import Card, Metric, file_sha256
from explorer.results import Picture
from explorer.words import Text


@dataclass(frozen=True)
class Settings:
    """All that decides the outcome; a checkpoint made with other settings is not gone on with."""

    epochs: float
    learning_rate: float  # the highest
    small_part: float = 0.5  # the share of the training, at its beginning, with small pictures
    small: int = 24  # pixels a side of small pictures
    smallest_part: float = 0.0  # the share, at the very beginning, with still smaller pictures
    smallest: int = 16
    flip_in_turn: bool = False  # each picture is flipped in every second epoch, not by chance
    cutout: int = 0  # pixels a side of the square that is hidden
    batch: int = 128
    momentum: float = 0.9  # Nesterov's
    weight_decay: float = 5e-4
    decay_depthwise: bool = True
    label_smoothing: float = 0.0
    rise: float = 0.25  # share of the training in which the learning rate rises
    last_epochs: float = 0.0  # of a last part: whole pictures, nothing hidden, hard labels
    last_rate: float = 0.03  # its highest learning rate
    kept_apart: int = 2000  # training pictures for the temperature only
    train_limit: int | None = None
    test_limit: int | None = None
    seed: int = 0
    network: Mapping[str, Any] = field(default_factory=dict)  # changes to the variant's configuration

    def parts(self) -> list[Settings]:
        """The training, and its last part where there is one."""
        if not self.last_epochs:
            return [self]
        last = replace(self, epochs=self.last_epochs, learning_rate=self.last_rate, small_part=0.0, smallest_part=0.0, cutout=0, label_smoothing=0.0)
        return [self, last]


@dataclass(frozen=True)
class Expected:
    """What should come out: accuracy on the test file, 0 to 1. Less than ``accuracy - tolerance`` is a failure.

    ``cpu_minutes``: the work after which the training stops with what it has: an hour on two cores. ``missed``: where more was wanted, what the card
    says of it.
    """

    accuracy: float
    tolerance: float = 0.01
    cpu_minutes: float = 120
    missed: str = ""


PREPARATION = Preparation(32, 32, cifar10.MEAN, cifar10.STD)
SMOKE: dict[str, Any] = {"epochs": 2.0, "learning_rate": 0.02, "batch": 50, "kept_apart": 100, "train_limit": 400, "test_limit": 200}
"""A few steps, gentle ones: at the full rate the deepest network's values are not finite after so few."""

@dataclass(frozen=True)
class Recipe:
    """The recipe of one system: settings and expectations of each of its variants that are trained here.

    """

    system: str
    settings: Mapping[str, Settings]
    expected: Mapping[str, Expected]

    def train(self, variant: str | None = None, *, smoke: bool = False, data: Path | None = None, work: Path | None = None, out: Path) -> Iterator[RecipeStep]:
        """Train one variant and write ``<variant>.safetensors``, its card ``<variant>.json`` and the map of the test pictures into ``out``.

        With ``smoke`` a few steps on a few pictures, whose files go to the work folder instead.

        Raises InputError (no data, no such variant) and RecipeFailed (not accurate enough; nothing is written).
        """
        name = check_variant(variant, tuple(self.settings))
        settings, expected = self.settings[name], self.expected[name]
        folder = work_folder(work, f"{name}-smoke" if smoke else name)
        if smoke:
            settings, out = replace(settings, **SMOKE, last_epochs=min(settings.last_epochs, 1.0)), folder
        pictures = cifar10.load("train", data, settings.train_limit)
        test = cifar10.load("test", data, settings.test_limit)
        order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(settings.seed))
        apart, used = order[: settings.kept_apart], order[settings.kept_apart :]

        network = self.start(name, settings)
        clock, epochs = Clock(), 0.0
        for number, part in enumerate(settings.parts()):
            run = make_run(part, network, pictures.images[used], pictures.labels[used])
            file = folder / ("checkpoint.pt" if number == 0 else "last.pt")
            clock = yield from learn(run, asdict(settings), expected.cpu_minutes, file, work_done=partial(work_done, settings, number), begun=clock)
            epochs += run.done / run.steps_per_epoch

        yield RecipeStep(TESTING, 1.0, clock.seconds)
        state = {key: value.contiguous() for key, value in network.state_dict().items()}
        accuracy_single = accuracy_of(scores_of(network, test.images, prepare_test), test.labels)
        network.load_state_dict(single(half(state)))
        accuracy = accuracy_of(scores_of(network, test.images, prepare_test), test.labels)
        if abs(accuracy - accuracy_single) <= 0.001:
            state = half(state)
        else:
            network.load_state_dict(state)
            accuracy = accuracy_single
        needed = expected.accuracy - expected.tolerance
        if not smoke and accuracy < needed:
            value, least = f"{100 * accuracy:.2f} %", f"{100 * needed:.2f} %"
            raise RecipeFailed(NOT_GOOD_ENOUGH.format(name=name, metric=Text(ja="正解率", en="accuracy"), value=value, needed=least))
        file = out / f"{name}.safetensors"
        size, sha256 = write_weights(file, state)
        atlas = write_atlas(network, test, prepare_test, out, name)
        card = Card(
            name=name,
            system=self.system,
            variant=name,
            file=file.name,
            bytes=size,
            sha256=sha256,
            parameters=sum(one.numel() for one in network.parameters()),
            data="CIFAR-10 (Krizhevsky, 2009), as JPEG",
            data_sha256={pictures.file: pictures.sha256, test.file: test.sha256},
            data_licence=cifar10.LICENCE,
            train_split=f"{pictures.file}: {len(used)} pictures, {len(apart)} others kept apart for the temperature",
            test_split=f"{test.file}: {len(test)} pictures",
            metric=Metric("accuracy_percent", round(100 * accuracy, 2), "cifar10_test"),
            metrics={
                "accuracy_percent_float32": round(100 * accuracy_single, 2),
                **calibration(network, pictures.images[apart], pictures.labels[apart], test, few=smoke),
            },
            seconds=round(clock.seconds, 1),
            cpu_seconds=round(clock.cpu_seconds, 1),
            cores=cores(),
            epochs=round(epochs, 2),
            seed=settings.seed,
            command=f"ds-explorer train {self.system} --variant {name}" + (" --smoke" if smoke else ""),
            settings=asdict(settings),
            torch=torch.__version__,
            date=today(),
            companions={atlas.name: file_sha256(atlas)},
            notes={"missed": expected.missed} if expected.missed else {},
            input={"size": 32, "mean": cifar10.MEAN, "std": cifar10.STD, "classes": pictures.classes},
        )
        card_file = file.with_suffix(".json")
        write_card(card_file, card)
        numbers = {"accuracy_percent": card.metric.value, **card.metrics}
        yield RecipeStep(WRITTEN, 1.0, clock.seconds, None, numbers, (file, card_file, atlas))

    def start(self, name: str, settings: Settings) -> nn.Module:
        """The network before the training."""
        torch.manual_seed(settings.seed)
        variant = find_variant(find_system(self.system), name)
        assert variant is not None
        network: nn.Module = build(variant, **settings.network)
        return network


def calibration(network: nn.Module, images: Tensor, labels: Tensor, test: Pictures, few: bool = False) -> dict[str, float]:
    """How far its probabilities can be believed.

    The temperature is fitted on pictures kept apart (``images``, ``labels``); the expected calibration error is of the test pictures; what is
    said of a picture that shows none of the classes is fitted on drawn pictures and photographs without any (``few``: on a few small ones).
    """
    own = scores_of(network, images, prepare_test)
    temperature = fit_temperature(own, labels)
    scores = scores_of(network, test.images, prepare_test)
    without = without_class(few)
    given = scores_of(network, torch.cat([PREPARATION(one).x for one in without]), lambda inputs: inputs)
    return {
        "temperature": round(temperature, 4),
        "ece_percent": round(100 * expected_calibration_error(scores, test.labels), 2),
        "ece_percent_with_temperature": round(100 * expected_calibration_error(scores, test.labels, temperature), 2),
        **card_metrics(slid_over(network, without), given.double().numpy(), own.double().numpy(), scores.double().numpy(), temperature),
    }


def without_class(few: bool = False) -> list[Picture]:
    """Pictures that show none of the classes, drawn ones and photographs (``few``: two small drawings)."""
    if few:
        return [Picture(one) for one in no_class.drawn(2, height=64, width=64)]
    return [*map(Picture, no_class.drawn(18)), *map(open_picture, no_class.photographs())]


def slid_over(network: nn.Module, pictures: Sequence[Picture]) -> Iterator[Seen]:
    """The network slid over pictures, one after the other."""
    mode = network.training
    network.eval()
    for picture in pictures:
        *_, last = slide(network, picture.pixels, lambda part: PREPARATION(Picture(np.ascontiguousarray(part))).x, PREPARATION.size)
        assert last[1] is not None
        yield last[1]
    network.train(mode)


def prepare_training(settings: Settings, images: Tensor, generator: torch.Generator, fraction: float, flipped: Tensor | None = None) -> Tensor:
    """A training batch: shifted, flipped (by chance, or those of ``flipped``), normalised, a square hidden, and small in the first part of the training."""
    batch = prepare_test(shift_and_flip(images, generator, flipped=flipped))
    if settings.cutout:
        batch = cut_out(batch, generator, settings.cutout)
    side = side_at(settings, fraction)
    if side < batch.shape[-1]:
        batch = F.interpolate(batch, (side, side), mode="bilinear", antialias=True, align_corners=False)
    return batch


def side_at(settings: Settings, fraction: float) -> int:
    """Pixels a side of the pictures after a share of the training."""
    if fraction < settings.smallest_part:
        return settings.smallest
    return settings.small if fraction < settings.small_part else 32


def prepare_test(images: Tensor) -> Tensor:
    """Pictures uint8 (N, 3, 32, 32) as the network takes them."""
    return normalise(images, cifar10.MEAN, cifar10.STD)


def work_done(settings: Settings, number: int, fraction: float) -> float:
    """The share of all work done after a share of the steps of a part: small pictures cost less."""

    def work(part: Settings, share: float) -> float:
        done, begin = 0.0, 0.0
        for end in sorted({part.smallest_part, max(part.small_part, part.smallest_part), 1.0}):
            done += max(0.0, min(share, end) - begin) * (side_at(part, begin) / 32) ** 2
            begin = end
        return done * part.epochs

    parts = settings.parts()
    before = sum(work(part, 1.0) for part in parts[:number])
    return (before + work(parts[number], fraction)) / sum(work(part, 1.0) for part in parts)


def make_run(settings: Settings, network: nn.Module, images: Tensor, labels: Tensor) -> Classify:
    """The training at its beginning."""
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = True  # the same numbers, up to a twentieth sooner
    quicken_depthwise(network)
    turned = torch.rand(len(labels), generator=torch.Generator().manual_seed(settings.seed)) < 0.5  # the pictures flipped in the first epoch

    def prepare(batch: Tensor, generator: torch.Generator, fraction: float) -> Tensor:
        flipped = None
        if settings.flip_in_turn:
            flipped = turned[run.shuffle.indices(run.done)] ^ (run.done // run.steps_per_epoch % 2 == 1)
        return prepare_training(settings, batch, generator, fraction, flipped)

    run = Classify(
        network,
        images,
        labels,
        ClassifySettings(
            epochs=settings.epochs,
            batch=settings.batch,
            learning_rate=settings.learning_rate,
            momentum=settings.momentum,
            weight_decay=settings.weight_decay,
            decay_depthwise=settings.decay_depthwise,
            label_smoothing=settings.label_smoothing,
            rise=settings.rise,
            channels_last=True,
            seed=settings.seed,
        ),
        prepare,
    )
    return run
