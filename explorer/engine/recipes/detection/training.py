"""What the recipes of the six detectors share: one network for six classes, on blood smears and streets at once.

Each system's own file says with which settings. All begin with the same backbone (``trunk.py``), see the same pictures (BCCD, CamVid, and
smears and streets drawn by us) at 320 × 240, and are measured by AP50 on BCCD's and CamVid's held-out pictures together: a cell found in a
street is a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.blocks.candidates import covered
from explorer.engine.blocks.trunk import MEAN, STD
from explorer.engine.data import bccd, camvid, smears, street_boxes
from explorer.engine.data.boxed import CELLS, CLASSES, HEIGHT, STREET, WIDTH, Boxed, mixed
from explorer.engine.learning.detect import Detect, DetectSettings, DetectStep, found_on, picture_of, target_of
from explorer.engine.learning.precision import Precision, precision
from explorer.engine.recipes.detection.trunk import TrunkSettings, make
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
    load_checkpoint,
    save_checkpoint,
    single,
    today,
    work_folder,
    write_card,
    write_weights,
)
from explorer.engine.system import build, find_system, find_variant
from explorer.engine.weights.cards import Card, Metric
from explorer.words import Text


@dataclass(frozen=True)
class Settings:
    """All that decides the outcome; a checkpoint made with other settings is not gone on with."""

    pictures: int = 16_000  # seen in all
    batch: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    rise: float = 0.1
    closer: float = 1.5
    farther: float = 1.2
    drawn: int = 120  # smears of ours, beside 205 of BCCD and 367 streets
    drawn_streets: int = 80  # streets of ours
    twice: bool = True  # BCCD's pictures come twice in a round
    train_limit: int | None = None
    test_limit: int | None = None
    trunk: TrunkSettings = field(default_factory=TrunkSettings)
    seed: int = 0


@dataclass(frozen=True)
class Expected:
    """What should come out, 0 to 1: AP50 on BCCD's pictures (mean of its three classes), and of cars. Less, and nothing is written.

    ``cpu_minutes``: the work after which the training stops with what it has.
    """

    cells: float
    cars: float = 0.30
    cpu_minutes: float = 120


SMOKE: dict[str, Any] = {
    "pictures": 8, "batch": 2, "drawn": 2, "drawn_streets": 1, "train_limit": 3, "test_limit": 2, "trunk": TrunkSettings(rounds=1.0, batch=2, limit=2),
}  # fmt: skip

SEARCHING = Text(ja="領域の候補を探しています", en="searching for proposals")


@dataclass(frozen=True)
class Recipe:
    """The recipe of one system.

    ``trunk``: gives the part of a network that begins as the shared backbone. ``search``: gives a network's function from a picture (3, H, W) to
    proposals (n, 4), where it learns from some; they are searched for once and kept beside the checkpoint.
    """

    system: str
    settings: Mapping[str, Settings]
    expected: Mapping[str, Expected]
    trunk: Callable[[Any], nn.Module]
    search: Callable[[Any], Callable[[Tensor], Tensor]] | None = None

    def train(self, variant: str | None = None, *, smoke: bool = False, data: Path | None = None, work: Path | None = None, out: Path) -> Iterator[RecipeStep]:
        """Train one variant and write ``<variant>.safetensors`` and its card ``<variant>.json`` into ``out``.

        With ``smoke`` a few steps on a few pictures, whose files go to the work folder instead.

        Raises InputError (no data, no such variant) and RecipeFailed (not good enough; nothing is written).
        """
        name = check_variant(variant, tuple(self.settings))
        settings, expected = self.settings[name], self.expected[name]
        folder = work_folder(work, f"{name}-smoke" if smoke else name)
        if smoke:
            settings, out = replace(settings, **SMOKE), folder
        cells, streets = bccd.load("train", data, settings.train_limit), street_boxes.load("train", data, settings.train_limit)
        drawn = [smears.draw(number) for number in range(settings.drawn)]
        drawn_streets = [street_boxes.draw(number) for number in range(settings.drawn_streets)]
        scenes = [*mixed(cells.scenes * (2 if settings.twice else 1), streets.scenes, drawn, drawn_streets)]
        trunk = yield from make(settings.trunk, folder if smoke else work_folder(work, "detection-trunk"), data)

        torch.manual_seed(settings.seed)
        entry = find_variant(find_system(self.system), name)
        assert entry is not None
        network: nn.Module = build(entry)
        self.trunk(network).load_state_dict(trunk)
        proposals = (yield from searched(self.search(network), scenes, folder / "proposals.pt")) if self.search else None
        run = Detect(network, scenes, learning(settings), proposals)
        clock = yield from learn(run, asdict(settings), expected.cpu_minutes, folder / "checkpoint.pt", Smooth())

        val, test = bccd.load("val", data, settings.test_limit), street_boxes.load("test", data, settings.test_limit)
        held_out = (*val.scenes, *test.scenes)
        state = {key: value.contiguous() for key, value in network.state_dict().items()}
        network.load_state_dict(single(half(state)))
        found: list[dict[str, Tensor]] = []
        for part in found_on(network, held_out):
            found += part
            yield RecipeStep(TESTING, 1.0, clock.seconds, None, {"share": len(found) / len(held_out)})
        judged = precision(held_out, found)
        figures = metrics_of(judged)
        if self.search is not None:
            figures |= yield from proposals_on(self.search(network), held_out, clock)
        on_cells, on_cars = judged.mean(CELLS), judged.ap50.get("car", 0.0)
        if not smoke and (on_cells < expected.cells or on_cars < expected.cars):
            value, least = f"{100 * on_cells:.1f} % / {100 * on_cars:.1f} %", f"{100 * expected.cells:.0f} % / {100 * expected.cars:.0f} %"
            raise RecipeFailed(NOT_GOOD_ENOUGH.format(name=name, metric=Text(ja="AP50（血球・車）", en="AP50 (cells, cars)"), value=value, needed=least))
        file = out / f"{name}.safetensors"
        size, sha256 = write_weights(file, half(state))
        card = Card(
            name=name,
            system=self.system,
            variant=name,
            file=file.name,
            bytes=size,
            sha256=sha256,
            parameters=sum(one.numel() for one in network.parameters()),
            data=f"{bccd.SOURCE}; CamVid (Brostow et al., 2009), boxes from connected regions; "
            f"{settings.drawn} smears and {settings.drawn_streets} streets drawn by this program",
            data_sha256={one.file: one.sha256 for one in (cells, streets, val, test)},
            data_licence=f"BCCD: {bccd.LICENCE}; CamVid: {camvid.LICENCE}",
            train_split=f"{cells.file}: {len(cells.scenes)} pictures; {streets.file}: {len(streets.scenes)} pictures",
            test_split=f"{val.file}: {len(val.scenes)} pictures; {test.file}: {len(test.scenes)} pictures",
            metric=Metric("bccd_ap50_percent", round(100 * on_cells, 2), f"{val.file} and {test.file} together, six classes"),
            metrics=figures,
            seconds=round(clock.seconds, 1),
            cpu_seconds=round(clock.cpu_seconds, 1),
            cores=cores(),
            epochs=round(run.done * settings.batch / len(scenes), 2),
            seed=settings.seed,
            command=f"ds-explorer train {self.system} --variant {name}" + (" --smoke" if smoke else ""),
            settings=asdict(settings),
            torch=torch.__version__,
            date=today(),
            notes={
                "backbone": "begins with the bundled ResNet-20 (CIFAR-10), then learnt CamVid's classes at stride 8",
                "ignored": "boxes of less area than 10 x 10 pixels at 320 x 240, or cut by another object, count neither way",
            },
            input={"size": WIDTH, "height": HEIGHT, "width": WIDTH, "mean": MEAN, "std": STD, "classes": CLASSES},
        )
        card_file = file.with_suffix(".json")
        write_card(card_file, card)
        yield RecipeStep(WRITTEN, 1.0, clock.seconds, None, {"bccd_ap50_percent": card.metric.value, **card.metrics}, (file, card_file))


def learning(settings: Settings) -> DetectSettings:
    """The loop's settings."""
    return DetectSettings(
        pictures=settings.pictures, batch=settings.batch, learning_rate=settings.learning_rate, weight_decay=settings.weight_decay,
        rise=settings.rise, closer=settings.closer, farther=settings.farther, seed=settings.seed,
    )  # fmt: skip


def searched(search: Callable[[Tensor], Tensor], scenes: Sequence[Boxed], file: Path) -> Generator[RecipeStep, None, list[Tensor]]:
    """The proposals for each scene, from the file where it has them; scenes of one name are one. What was searched for is kept now and then."""
    names = [scene.name for scene in scenes]
    settings = {"names": sorted(set(names))}
    saved = load_checkpoint(file, settings)
    known: dict[str, Tensor] = saved["proposals"] if saved else {}
    clock = Clock()
    try:
        for number, scene in enumerate(scenes):
            if scene.name in known:
                continue
            known[scene.name] = search(picture_of(scene))
            if clock.save_due():
                save_checkpoint(file, {"settings": settings, "proposals": known})
            yield RecipeStep(SEARCHING, 0.0, 0.0, None, {"share": number / len(scenes)})
    finally:
        save_checkpoint(file, {"settings": settings, "proposals": known})
    return [known[name] for name in names]


def proposals_on(search: Callable[[Tensor], Tensor], scenes: Sequence[Boxed], clock: Clock) -> Generator[RecipeStep, None, dict[str, float]]:
    """Figures of a card: the share of objects that a proposal overlaps by half, in percent, and how many proposals a picture has for that."""
    hits: list[Tensor] = []
    count = 0
    for number, scene in enumerate(scenes, start=1):
        proposals = search(picture_of(scene))
        count += len(proposals)
        hits.append(covered(target_of(scene)["boxes"], proposals))
        yield RecipeStep(TESTING, 1.0, clock.seconds, None, {"share": number / len(scenes)})
    every = torch.cat(hits)
    return {"proposal_recall_percent": round(100 * float(every.float().mean()), 2), "proposals_a_picture": round(count / len(scenes), 1)} if len(every) else {}


class Smooth:
    """What is told of a step while it learns: the loss, smoothed over steps, and its parts."""

    def __init__(self) -> None:
        self.loss: float | None = None

    def __call__(self, step: DetectStep) -> dict[str, float]:
        self.loss = step.loss if not self.loss else 0.95 * self.loss + 0.05 * step.loss
        return {"loss": self.loss, **step.parts}


def metrics_of(judged: Precision) -> dict[str, float]:
    """The figures of a card, in percent."""
    figures = {f"ap50_percent_{name.lower()}": value for name, value in judged.ap50.items()}
    figures |= {f"recall_percent_{name.lower()}": value for name, value in judged.recall.items()}
    figures |= {"street_ap50_percent": judged.mean(STREET), "ap50_percent": judged.mean(CLASSES), "recall_percent_small": judged.recall_small}
    return {name: round(100 * value, 2) for name, value in figures.items() if value == value}


