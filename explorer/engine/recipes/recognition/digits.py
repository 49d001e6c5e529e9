"""The recipe of the handwritten digits: scikit-learn's 1,297 to learn from, each time turned, moved, sheared, bent and thickened anew.

The digits are small and clean; what somebody draws with a mouse is neither. So every picture of every step is another: an affine map
and a smooth random bend (Simard, Steinkraus & Platt, "Best Practices for Convolutional Neural Networks", 2003), a thicker or thinner
pen, a little noise. A minute on one core.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.data import digits
from explorer.engine.inputs.digits import CELLS, FULL, MEAN, SIZE, STD, enlarged, normalised
from explorer.engine.learning.calibration import expected_calibration_error, fit_temperature
from explorer.engine.learning.classify import Classify, ClassifySettings, accuracy_of, scores_of
from explorer.engine.recipes.recipe import (
    NOT_GOOD_ENOUGH,
    TESTING,
    TRAINING,
    WRITTEN,
    Clock,
    RecipeFailed,
    RecipeStep,
    check_variant,
    cores,
    half,
    main,
    single,
    today,
    work_folder,
    write_card,
    write_weights,
)
from explorer.engine.system import build, find_system, find_variant
from explorer.engine.weights.cards import Card, Metric, file_sha256
from explorer.words import Text


@dataclass(frozen=True)
class Settings:
    """All that decides the outcome. Lengths are shares of the picture's side."""

    epochs: float = 150.0
    learning_rate: float = 0.05  # the highest
    batch: int = 64
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.0
    kept_apart: int = 150  # digits for the temperature only
    turned: float = 0.21  # radians each way
    scaled: float = 0.12  # of each side
    sheared: float = 0.2
    moved: float = 0.06
    bent: float = 0.035  # deviation of the bend
    thicker: float = 0.7  # share of the way to the largest or the least of the neighbours, at most
    noise: float = 0.6  # deviation, in counts
    train_limit: int | None = None
    seed: int = 0


SETTINGS = Settings()
EXPECTED, TOLERANCE = 0.985, 0.005  # accuracy on the 500 digits held out
NAME = "digits"


def train(variant: str | None = None, *, smoke: bool = False, data: Path | None = None, work: Path | None = None, out: Path) -> Iterator[RecipeStep]:
    """Train the network and write ``digits.safetensors`` and its card into ``out``; with ``smoke`` a few steps into the work folder.

    It takes a minute, so a training that was stopped begins again. ``data`` is not needed: the digits come with scikit-learn.
    Raises InputError (no such variant) and RecipeFailed (not accurate enough; nothing is written).
    """
    name = check_variant(variant, (NAME,))
    settings = SETTINGS
    if smoke:
        settings, out = replace(settings, epochs=2.0, train_limit=300, kept_apart=50), work_folder(work, f"{name}-smoke")
    clock = Clock()
    pictures, labels, held, held_labels = digits.counts()
    pictures, labels = pictures[: settings.train_limit], labels[: settings.train_limit]
    apart, used = slice(None, settings.kept_apart), slice(settings.kept_apart, None)
    torch.manual_seed(settings.seed)
    entry = find_variant(find_system(NAME), name)
    assert entry is not None
    network: nn.Module = build(entry)
    run = make_run(settings, network, pictures[used], labels[used])
    for step in run.steps():
        if step.step % 20 == 0 or step.step == step.steps:
            numbers = {"loss": step.loss, "accuracy": step.accuracy, "epoch": step.epoch}
            yield RecipeStep(TRAINING, step.fraction, clock.seconds, clock.remaining(0.0, step.fraction), numbers)

    yield RecipeStep(TESTING, 1.0, clock.seconds)
    accuracy_single = accuracy_of(scores_of(network, held, as_given), held_labels)
    state = half({key: value.contiguous() for key, value in network.state_dict().items()})
    network.load_state_dict(single(state))
    scores = scores_of(network, held, as_given)
    accuracy = accuracy_of(scores, held_labels)
    if not smoke and accuracy < EXPECTED - TOLERANCE:
        value, least = f"{100 * accuracy:.2f} %", f"{100 * (EXPECTED - TOLERANCE):.2f} %"
        raise RecipeFailed(NOT_GOOD_ENOUGH.format(name=name, metric=Text(ja="正解率", en="accuracy"), value=value, needed=least))
    temperature = fit_temperature(*drawn_anew(network, settings, pictures[apart], labels[apart]))
    file = out / f"{name}.safetensors"
    size, sha256 = write_weights(file, state)
    source = digits.file_of_data()
    card = Card(
        name=name,
        system=NAME,
        variant=name,
        file=file.name,
        bytes=size,
        sha256=sha256,
        parameters=sum(one.numel() for one in network.parameters()),
        data="scikit-learn's handwritten digits: the test part of UCI's optical digits (Alpaydin & Kaynak, 1998)",
        data_sha256={source.name: file_sha256(source)},
        data_licence=digits.LICENCE,
        train_split=f"{len(labels) - settings.kept_apart} digits, changed anew each time, {settings.kept_apart} others kept apart for the temperature",
        test_split=f"{len(held_labels)} digits held out, unchanged",
        metric=Metric("accuracy_percent", round(100 * accuracy, 2), "digits_held_out"),
        metrics={
            "accuracy_percent_float32": round(100 * accuracy_single, 2),
            "temperature": round(temperature, 4),
            "ece_percent": round(100 * expected_calibration_error(scores, held_labels), 2),
            "ece_percent_with_temperature": round(100 * expected_calibration_error(scores, held_labels, temperature), 2),
        },
        seconds=round(clock.seconds, 1),
        cpu_seconds=round(clock.cpu_seconds, 1),
        cores=cores(),
        epochs=settings.epochs,
        seed=settings.seed,
        command=f"ds-explorer train {NAME}" + (" --smoke" if smoke else ""),
        settings=asdict(settings),
        torch=torch.__version__,
        date=today(),
        input={"size": SIZE, "kind": "digit", "mean": (MEAN / FULL,), "std": (STD / FULL,), "classes": tuple(map(str, range(10)))},
    )
    card_file = file.with_suffix(".json")
    write_card(card_file, card)
    yield RecipeStep(WRITTEN, 1.0, clock.seconds, None, {"accuracy_percent": card.metric.value, **card.metrics}, (file, card_file))


def make_run(settings: Settings, network: nn.Module, pictures: Tensor, labels: Tensor) -> Classify:
    """The training at its beginning."""
    chosen = ClassifySettings(
        epochs=settings.epochs,
        batch=settings.batch,
        learning_rate=settings.learning_rate,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        label_smoothing=settings.label_smoothing,
        seed=settings.seed,
    )
    return Classify(network, pictures, labels, chosen, lambda batch, generator, _: changed(settings, batch, generator))


def as_given(pictures: Tensor) -> Tensor:
    """Counts (N, 8, 8) as the network takes them, (N, 1, 16, 16)."""
    return normalised(enlarged(pictures))


def changed(settings: Settings, pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Counts (N, 8, 8), each as another hand might have written it, as the network takes them: (N, 1, 16, 16)."""
    count = len(pictures)

    def around(reach: float, *shape: int) -> Tensor:
        return reach * (2 * torch.rand(count, *shape, generator=generator) - 1)

    angle, shear = around(settings.turned), around(settings.sheared)
    cos, sin = angle.cos(), angle.sin()
    turn = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)  # (N, 2, 2)
    slant = torch.eye(2).repeat(count, 1, 1)
    slant[:, 0, 1] = shear
    stretch = torch.diag_embed((around(math.log1p(settings.scaled), 2)).exp())
    affine = torch.cat([turn @ slant @ stretch, 2 * around(settings.moved, 2)[:, :, None]], 2)  # sides run from -1 to 1
    places = F.affine_grid(affine, [count, 1, SIZE, SIZE], align_corners=False)
    bend = 2 * settings.bent * torch.randn(count, 2, 4, 4, generator=generator)
    places = places + F.interpolate(bend, (SIZE, SIZE), mode="bicubic", align_corners=False).permute(0, 2, 3, 1)
    padded = F.pad(pictures[:, None], (1, 1, 1, 1))  # no ink beyond the edge
    drawn = F.grid_sample(padded, places * CELLS / (CELLS + 2), mode="bilinear", align_corners=False)

    share = around(settings.thicker, 1, 1, 1)
    most = F.max_pool2d(drawn, 3, 1, 1)
    least = -F.max_pool2d(-drawn, 3, 1, 1)
    drawn = drawn + share.clamp(min=0) * (most - drawn) + (-share).clamp(min=0) * 0.6 * (least - drawn)
    drawn = drawn + settings.noise * torch.randn(drawn.shape, generator=generator)
    return normalised(drawn.clamp(0, FULL))


def drawn_anew(network: nn.Module, settings: Settings, pictures: Tensor, labels: Tensor, times: int = 10) -> tuple[Tensor, Tensor]:
    """The scores of pictures changed as in the training, each several times, and their labels: as uncertain as what users draw."""
    generator = torch.Generator().manual_seed(settings.seed + 1)
    many: Any = pictures.repeat(times, 1, 1)
    return scores_of(network, many, lambda part: changed(settings, part, generator)), labels.repeat(times)


if __name__ == "__main__":
    main(train)
