"""The recipe of ResNet-20 and ResNet-32 on CIFAR-10 (section 4.2 of the paper, in far fewer epochs).

Differences from the paper: the learning rate rises and falls in one or two cycles (Loshchilov & Hutter, 2017, arXiv
1608.03983) of some dozen epochs instead of falling in steps over 164, the momentum is Nesterov's, the pictures are 24x24 in
the first half of the first cycle and 32x32 after it, the edge is mirrored where a picture is shifted, and 2,000 training
pictures are kept apart to fit the temperature of the probabilities.

ResNet-32 does not start from nothing: it is the trained ResNet-20 with two more blocks in each stage that at first add
zero, so that it begins as exactly the same function. This is the paper's own argument (section 1: a deeper network can
do what the shallower does, with identities for the rest) put to use, as in Net2Net (Chen, Goodfellow & Shlens, 2015,
arXiv 1511.05641).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.data import cifar10
from explorer.engine.learning.calibration import expected_calibration_error, fit_temperature
from explorer.engine.learning.classify import (
    Classify,
    ClassifySettings,
    accuracy_of,
    normalise,
    scores_of,
    shift_and_flip,
)
from explorer.engine.models.recognition.resnet import ResNet, cifar_resnet
from explorer.engine.recipes.recipe import (
    NOT_GOOD_ENOUGH,
    Clock,
    RecipeFailed,
    RecipeStep,
    check_variant,
    cores,
    half,
    load_checkpoint,
    main,
    save_checkpoint,
    single,
    today,
    work_folder,
    write_card,
    write_weights,
)
from explorer.engine.weights.cards import Card, Metric, file_sha256
from explorer.resources import resource
from explorer.words import InputError, Text


@dataclass(frozen=True)
class Cycle:
    """One rise and fall of the learning rate. ``small_part``: the share of it, at its beginning, with small pictures."""

    epochs: float
    learning_rate: float
    small_part: float = 0.0


@dataclass(frozen=True)
class Settings:
    """All that decides the outcome; a checkpoint made with other settings is not gone on with."""

    depth: int = 20
    cycles: tuple[Cycle, ...] = (Cycle(13.0, 0.2, small_part=0.5), Cycle(11.0, 0.1))
    batch: int = 128
    momentum: float = 0.9
    weight_decay: float = 5e-4
    rise: float = 0.25  # share of a cycle in which the learning rate rises
    small: int = 24  # pixels a side of small pictures
    kept_apart: int = 2000  # training pictures for the temperature only
    train_limit: int | None = None
    test_limit: int | None = None
    seed: int = 20


@dataclass(frozen=True)
class Expected:
    """What should come out: accuracy on the test file, 0 to 1. Less than ``accuracy - tolerance`` is a failure.

    ``cpu_minutes``: the work after which the training stops with what it has: an hour on two cores.
    """

    accuracy: float
    tolerance: float
    cpu_minutes: float


SETTINGS = {
    "resnet20": Settings(),
    "resnet32": Settings(depth=32, cycles=(Cycle(1.0, 0.02),), seed=32),
}
GROWN_FROM = {"resnet32": "resnet20"}
EXPECTED = {
    "resnet20": Expected(accuracy=0.867, tolerance=0.005, cpu_minutes=120),
    "resnet32": Expected(accuracy=0.867, tolerance=0.01, cpu_minutes=120),
}
SMOKE: dict[str, Any] = {"cycles": (Cycle(1.0, 0.2, small_part=0.5), Cycle(1.0, 0.1)), "batch": 50, "kept_apart": 100, "train_limit": 400, "test_limit": 200}

NOT_GROWN = Text(
    ja="{name}は{parent}の重みから育てますが、その重みがありません。先に ds-explorer train resnet --variant {parent} を実行してください。",
    en="{name} grows from the weights of {parent}, which are not here: run ds-explorer train resnet --variant {parent} first.",
)
TRAINING = Text(ja="学習中", en="training")
TESTING = Text(ja="テスト画像で評価中", en="measuring on the test pictures")
WRITTEN = Text(ja="書き出しました", en="written")


def prepare_training(settings: Settings, cycle: Cycle, images: Tensor, generator: torch.Generator, fraction: float) -> Tensor:
    """A training batch: shifted, flipped, normalised, and small in the first part of the cycle."""
    batch = prepare_test(shift_and_flip(images, generator))
    if fraction < cycle.small_part:
        size = (settings.small, settings.small)
        batch = F.interpolate(batch, size, mode="bilinear", antialias=True, align_corners=False)
    return batch


def prepare_test(images: Tensor) -> Tensor:
    """Pictures uint8 (N, 3, 32, 32) as the network takes them."""
    return normalise(images, cifar10.MEAN, cifar10.STD)


def work_done(settings: Settings, place: int, fraction: float) -> float:
    """The share of all work done after a share of the steps of cycle number ``place``: small pictures cost less."""
    cost = (settings.small / 32) ** 2

    def work(cycle: Cycle, share: float) -> float:
        small = min(share, cycle.small_part)
        return cycle.epochs * (small * cost + max(0.0, share - cycle.small_part))

    whole = sum(work(cycle, 1.0) for cycle in settings.cycles)
    return (sum(work(cycle, 1.0) for cycle in settings.cycles[:place]) + work(settings.cycles[place], fraction)) / whole


def train(
    variant: str | None = None, *, smoke: bool = False, data: Path | None = None, work: Path | None = None, out: Path
) -> Iterator[RecipeStep]:
    """Train one variant and write ``<variant>.safetensors`` and ``<variant>.json`` into ``out``.

    With ``smoke`` a few steps on a few pictures, whose files go to the work folder instead.

    Raises InputError (no data, no such variant, nothing to grow from) and RecipeFailed (not accurate enough; nothing is written).
    """
    name = check_variant(variant, tuple(SETTINGS))
    settings = SETTINGS[name]
    folder = work_folder(work, f"{name}-smoke" if smoke else name)
    parent = find_parent(name, out) if name in GROWN_FROM else None
    if smoke:
        settings, out = replace(settings, **SMOKE), folder
    pictures = cifar10.load("train", data, settings.train_limit)
    test = cifar10.load("test", data, settings.test_limit)
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(settings.seed))
    apart, used = order[: settings.kept_apart], order[settings.kept_apart :]

    network: nn.Module = start(settings)
    if parent is not None:
        grow(network, single(load_file(parent)))
    checkpoint_file = folder / "checkpoint.pt"
    checkpoint = load_checkpoint(checkpoint_file, asdict(settings))
    place = checkpoint["cycle"] if checkpoint is not None else 0
    clock = Clock(checkpoint["seconds"], checkpoint["cpu_seconds"]) if checkpoint is not None else Clock()
    before = None
    epochs = sum(cycle.epochs for cycle in settings.cycles[:place])
    spent = False
    while place < len(settings.cycles) and not spent:
        run = make_run(settings, place, network, pictures.images[used], pictures.labels[used])
        if checkpoint is not None:
            run.restore(checkpoint["run"])
            checkpoint = None
        if before is None:
            before = work_done(settings, place, run.done / run.total)

        def save(run: Classify = run, place: int = place) -> None:
            state = {"settings": asdict(settings), "cycle": place, "run": run.state()}
            save_checkpoint(checkpoint_file, {**state, "seconds": clock.seconds, "cpu_seconds": clock.cpu_seconds})

        try:
            for step in run.steps():
                if clock.save_due():
                    save()
                if step.step % 20 == 0 or step.step == step.steps:
                    share = work_done(settings, place, step.fraction)
                    numbers = {"loss": step.loss, "accuracy": step.accuracy, "epoch": epochs + step.epoch}
                    yield RecipeStep(TRAINING, share, clock.seconds, clock.remaining(before, share), numbers)
                spent = clock.cpu_seconds > 60 * EXPECTED[name].cpu_minutes
                if spent:
                    break
        finally:
            save()
        network = run.network
        epochs += run.done / run.steps_per_epoch
        place += 1

    yield RecipeStep(TESTING, 1.0, clock.seconds)
    assert isinstance(network, ResNet)
    state = {key: value.contiguous() for key, value in network.state_dict().items()}
    accuracy_single = accuracy_of(scores_of(network, test.images, prepare_test), test.labels)
    network.load_state_dict(single(half(state)))
    test_scores = scores_of(network, test.images, prepare_test)
    accuracy = accuracy_of(test_scores, test.labels)
    use_half = abs(accuracy - accuracy_single) <= 0.001
    if not use_half:
        network.load_state_dict(state)
        test_scores, accuracy = scores_of(network, test.images, prepare_test), accuracy_single
    needed = EXPECTED[name].accuracy - EXPECTED[name].tolerance
    if not smoke and accuracy < needed:
        value, least = f"{100 * accuracy:.2f} %", f"{100 * needed:.2f} %"
        raise RecipeFailed(
            NOT_GOOD_ENOUGH.format(name=name, metric=Text(ja="正解率", en="accuracy"), value=value, needed=least)
        )
    apart_scores = scores_of(network, pictures.images[apart], prepare_test)
    temperature = fit_temperature(apart_scores, pictures.labels[apart])
    file = out / f"{name}.safetensors"
    size, sha256 = write_weights(file, half(state) if use_half else state)
    card = Card(
        name=name,
        system="resnet",
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
            "temperature": round(temperature, 4),
            "ece_percent": round(100 * expected_calibration_error(test_scores, test.labels), 2),
            "ece_percent_with_temperature": round(
                100 * expected_calibration_error(test_scores, test.labels, temperature), 2
            ),
        },
        seconds=round(clock.seconds, 1),
        cpu_seconds=round(clock.cpu_seconds, 1),
        cores=cores(),
        epochs=round(epochs, 2),
        seed=settings.seed,
        command=f"ds-explorer train resnet --variant {name}" + (" --smoke" if smoke else ""),
        settings=asdict(settings),
        torch=torch.__version__,
        date=today(),
        notes={} if parent is None else {"grown_from": parent.name, "grown_from_sha256": file_sha256(parent)},
        input={"size": 32, "mean": cifar10.MEAN, "std": cifar10.STD, "classes": pictures.classes},
    )
    card_file = file.with_suffix(".json")
    write_card(card_file, card)
    numbers = {"accuracy_percent": card.metric.value, **card.metrics}
    yield RecipeStep(WRITTEN, 1.0, clock.seconds, None, numbers, (file, card_file))


def find_parent(name: str, out: Path) -> Path:
    """The weights from which a variant grows: those in ``out``, else the bundled ones. Raises InputError without them."""
    file = f"{GROWN_FROM[name]}.safetensors"
    for path in (out / file, resource("weights", file)):
        if path.is_file():
            return path
    raise InputError(NOT_GROWN.format(name=name, parent=GROWN_FROM[name]))


@torch.no_grad()
def grow(network: nn.Module, smaller: dict[str, Tensor]) -> None:
    """Make a deeper CIFAR ResNet, whose weights are still its first ones, the same function as a trained smaller one.

    The first blocks of each stage are the smaller network's; in the blocks that are new the last normalisation has
    weight 0, so that they add nothing to their input, which is not negative and passes the ReLU as it is.
    """
    for name, value in network.state_dict().items():
        if name in smaller:
            value.copy_(smaller[name])
        elif name.endswith("bn2.weight"):
            value.zero_()


def start(settings: Settings) -> ResNet:
    """The network before the training."""
    torch.manual_seed(settings.seed)
    return cifar_resnet(settings.depth)


def make_run(settings: Settings, place: int, network: nn.Module, images: Tensor, labels: Tensor) -> Classify:
    """Cycle number ``place`` at its beginning."""
    cycle = settings.cycles[place]
    return Classify(
        network,
        images,
        labels,
        ClassifySettings(
            epochs=cycle.epochs,
            batch=settings.batch,
            learning_rate=cycle.learning_rate,
            momentum=settings.momentum,
            weight_decay=settings.weight_decay,
            rise=settings.rise,
            channels_last=True,
            seed=settings.seed + 1000 * place,
        ),
        lambda batch, generator, fraction: prepare_training(settings, cycle, batch, generator, fraction),
    )


if __name__ == "__main__":
    main(train)
