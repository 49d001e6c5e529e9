"""What the recipes of recognition share: a smoke run, its card, a kill in the middle, and a result that is not good enough."""

from __future__ import annotations

import importlib
import io
import pkgutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from explorer import catalogue
from explorer.engine.data import cifar10
from explorer.engine.models.recognition.resnet import cifar_resnet
from explorer.engine.recipes import recipe
from explorer.engine.recipes import recognition as package
from explorer.engine.recipes.recipe import RecipeFailed, RecipeStep, single
from explorer.engine.recipes.recognition import resnet, training
from explorer.engine.recipes.recognition.training import Expected, Recipe, Settings, prepare_test, prepare_training, work_done
from explorer.engine.weights.cards import Card
from explorer.words import InputError

TINY: dict[str, Any] = {
    "epochs": 4.0, "learning_rate": 0.05, "batch": 20, "kept_apart": 10, "train_limit": 110, "test_limit": 30, "network": {"depths": (1, 1, 1)},
}  # fmt: skip
RECIPE = resnet.RECIPE


def draw(path: Path, count: int, seed: int) -> None:
    """A file in the form of CIFAR-10's: each class has a colour of its own, under noise."""
    random = np.random.default_rng(seed)
    colours = np.random.default_rng(0).integers(40, 215, (10, 3))
    labels = np.sort(np.arange(count) % 10).astype(np.uint8)
    files = []
    for label in labels:
        noise = random.normal(0, 20, (32, 32, 3))
        picture = Image.fromarray(np.clip(colours[label] + noise, 0, 255).astype(np.uint8))
        out = io.BytesIO()
        picture.save(out, "JPEG")
        files.append(np.frombuffer(out.getvalue(), dtype=np.uint8))
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in files])]).astype(np.int64)
    np.savez(path, jpeg=np.concatenate(files), offsets=offsets, labels=labels, classes=np.array(cifar10.CLASSES))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    draw(folder / "cifar10_train.npz", 120, 1)
    draw(folder / "cifar10_test.npz", 50, 2)
    return folder


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smoke settings, smaller still."""
    monkeypatch.setattr(training, "SMOKE", TINY)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def run(data: Path, work: Path, of: Recipe = RECIPE, **more: Any) -> list[RecipeStep]:
    return list(of.train("resnet20", smoke=True, data=data, work=work, out=work / "out", **more))


@pytest.mark.usefixtures("tiny")
def test_smoke_writes_weights_and_a_true_card_apart_from_the_bundled_ones(drawn: Path, tmp_path: Path) -> None:
    steps = run(drawn, tmp_path)
    assert [one.fraction for one in steps] == sorted(one.fraction for one in steps) and steps[-1].fraction == 1
    file, card_file, atlas = steps[-1].files
    assert file.parent == tmp_path / "resnet20-smoke" and not (tmp_path / "out").exists()
    card = Card.read(card_file)
    network = cifar_resnet(8)
    network.load_state_dict(single(load_file(file)))
    assert card.differences(file.parent) == [] and atlas.name in card.companions
    assert card.parameters == sum(one.numel() for one in network.parameters())
    test = cifar10.load("test", drawn, 30)
    with torch.no_grad():
        answers = network.eval()(prepare_test(test.images)).argmax(1)
    assert card.metric.value == pytest.approx(100 * float((answers == test.labels).float().mean()), abs=0.01)
    assert card.data_sha256 == {one: cifar10.load(split, drawn, 1).sha256 for one, split in (("cifar10_train.npz", "train"), ("cifar10_test.npz", "test"))}
    assert card.train_split.startswith("cifar10_train.npz: 100 pictures, 10 others")
    assert card.settings["epochs"] == 4 == card.epochs and card.settings["network"] == {"depths": [1, 1, 1]}


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("where", [1, 13])
def test_killed_in_the_middle_and_gone_on_with_gives_the_same_weights(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: int) -> None:
    whole = run(drawn, tmp_path / "whole")[-1].files[0]

    class Killed(BaseException):
        pass

    written: list[int] = []

    def save_once(path: Path, checkpoint: dict[str, Any]) -> None:
        if written and written[-1] == where:
            raise Killed  # a killed program saves nothing more
        written.append(checkpoint["run"]["done"])
        save(path, checkpoint)

    save = recipe.save_checkpoint
    with monkeypatch.context() as patch:
        patch.setattr(recipe, "save_checkpoint", save_once)
        patch.setattr(recipe.Clock, "save_due", lambda self: True)
        with pytest.raises(Killed):
            run(drawn, tmp_path / "killed")
    assert written[-1] == where
    again: list[int] = []
    restore = training.Classify.restore
    monkeypatch.setattr(training.Classify, "restore", lambda self, state: (again.append(state["done"]), restore(self, state))[1])
    resumed = run(drawn, tmp_path / "killed")[-1].files[0]
    assert again == [where]
    assert resumed.read_bytes() == whole.read_bytes()


@pytest.mark.usefixtures("tiny")
def test_stopped_by_the_reader_it_saves_where_it_is(drawn: Path, tmp_path: Path) -> None:
    steps = RECIPE.train("resnet20", smoke=True, data=drawn, work=tmp_path, out=tmp_path)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    checkpoint = torch.load(tmp_path / "resnet20-smoke" / "checkpoint.pt", weights_only=True)
    assert checkpoint["run"]["done"] == 20


def test_the_budget_stops_the_training(drawn: Path, tmp_path: Path, tiny: None) -> None:
    hurried = replace(RECIPE, expected={"resnet20": Expected(0.9, cpu_minutes=0.0)})
    written = run(drawn, tmp_path, of=hurried)[-1].files
    weights = written[0].read_bytes()
    assert Card.read(written[1]).epochs == pytest.approx(1 / 5)
    run(drawn, tmp_path, of=hurried)
    assert written[0].read_bytes() == weights, "begun again, what has had its time is only measured"


def test_too_little_accuracy_writes_nothing(drawn: Path, tmp_path: Path) -> None:
    short = replace(RECIPE, settings={"resnet20": Settings(**{**TINY, "epochs": 0.2})})
    with pytest.raises(RecipeFailed, match="needed"):
        list(short.train("resnet20", data=drawn, work=tmp_path, out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_no_data_and_no_such_variant(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="CIFAR-10"):
        list(RECIPE.train(None, data=tmp_path, work=tmp_path, out=tmp_path))
    with pytest.raises(InputError, match="resnet20"):
        list(RECIPE.train("resnet19", data=tmp_path, work=tmp_path, out=tmp_path))


def test_small_pictures_first_then_whole_ones() -> None:
    settings = Settings(epochs=10, learning_rate=0.2, small_part=0.5)
    images = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    generator = torch.Generator().manual_seed(0)
    assert [prepare_training(settings, images, generator, share).shape[-1] for share in (0.0, 0.49, 0.5, 1.0)] == [24, 24, 32, 32]
    assert work_done(settings, 0, 0) == 0 and work_done(settings, 0, 1) == 1
    assert work_done(settings, 0, 0.5) == pytest.approx(0.5 * 0.5625 / (0.5 * 0.5625 + 0.5))


def test_still_smaller_pictures_at_the_very_beginning() -> None:
    settings = Settings(epochs=10, learning_rate=0.2, small_part=0.6, smallest_part=0.2)
    images = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    sides = [prepare_training(settings, images, torch.Generator().manual_seed(0), share).shape[-1] for share in (0.0, 0.19, 0.2, 0.59, 0.6)]
    assert sides == [16, 16, 24, 24, 32]
    work = [0.2 * 0.25, 0.4 * 0.5625, 0.4]
    assert work_done(settings, 0, 0.2) == pytest.approx(work[0] / sum(work))
    assert work_done(settings, 0, 0.4) == pytest.approx((work[0] + work[1] / 2) / sum(work))
    assert work_done(settings, 0, 1) == pytest.approx(1)
    assert work_done(replace(settings, small_part=0.0, smallest_part=0.0), 0, 0.3) == pytest.approx(0.3)


def test_a_last_part_has_whole_pictures_nothing_hidden_and_hard_labels() -> None:
    assert len(Settings(epochs=10, learning_rate=0.2).parts()) == 1
    settings = Settings(epochs=10, learning_rate=0.2, small_part=0.5, cutout=8, label_smoothing=0.1, last_epochs=2, last_rate=0.03)
    first, last = settings.parts()
    assert first is settings and (last.epochs, last.learning_rate, last.cutout, last.label_smoothing) == (2, 0.03, 0, 0.0)
    images = torch.full((1, 3, 32, 32), 255, dtype=torch.uint8)
    shown = prepare_training(last, images, torch.Generator().manual_seed(0), 0.0)
    assert shown.shape[-1] == 32 and torch.equal(shown, prepare_test(images))
    whole = 10 * (0.5 * 0.5625 + 0.5) + 2
    assert work_done(settings, 0, 1) == work_done(settings, 1, 0) == pytest.approx(1 - 2 / whole)
    assert work_done(settings, 1, 0.5) == pytest.approx(1 - 1 / whole) and work_done(settings, 1, 1) == 1


@pytest.mark.usefixtures("tiny")
def test_the_last_part_goes_on_from_the_first_and_its_time_and_epochs_count(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_last = Recipe("resnet", {"resnet20": replace(RECIPE.settings["resnet20"], last_epochs=3, last_rate=0.001)}, RECIPE.expected)
    plain = run(drawn, tmp_path / "plain")[-1]
    steps = list(with_last.train("resnet20", smoke=True, data=drawn, work=tmp_path, out=tmp_path / "out"))
    assert [one.fraction for one in steps] == sorted(one.fraction for one in steps) and [one.seconds for one in steps] == sorted(one.seconds for one in steps)
    card = Card.read(steps[-1].files[1])
    assert card.epochs == 5 and Card.read(plain.files[1]).epochs == 4  # shortened to one epoch, as the first part is
    before, after = load_file(plain.files[0]), load_file(steps[-1].files[0])
    moved = (single(after)["conv1.weight"] - single(before)["conv1.weight"]).abs()
    assert 0 < float(moved.mean()) < 0.01, "a little further than where the first part ended"
    again = list(with_last.train("resnet20", smoke=True, data=drawn, work=tmp_path, out=tmp_path / "out"))
    assert all(torch.equal(one, load_file(again[-1].files[0])[name]) for name, one in after.items()), "both parts are gone on with"
    monkeypatch.setattr(training, "SMOKE", {**TINY, "epochs": 2.0})
    other, clean = (list(with_last.train("resnet20", smoke=True, data=drawn, work=work, out=tmp_path / "out"))[-1].files[0] for work in (tmp_path, tmp_path / "clean"))
    assert all(torch.equal(one, load_file(clean)[name]) for name, one in load_file(other).items()), "after another first part the last one begins anew"


def test_flipped_in_turn_two_epochs_show_both_sides_of_every_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(epochs=4, learning_rate=0.1, batch=10, flip_in_turn=True, seed=3)
    run = training.make_run(settings, cifar_resnet(8), torch.zeros(40, 3, 32, 32, dtype=torch.uint8), torch.arange(40) % 10)
    seen: list[torch.Tensor] = []
    monkeypatch.setattr(training, "prepare_training", lambda settings, batch, generator, fraction, flipped: (seen.append(flipped), batch.float())[1])
    sides = torch.zeros(4, 40, dtype=torch.bool)
    for step in range(run.total):
        sides[step // 4, run.shuffle.indices(step)] = (run.step(), seen[-1])[1]
    assert torch.equal(sides[0], ~sides[1]) and torch.equal(sides[0], sides[2]) and torch.equal(sides[1], sides[3])
    assert 0.2 < sides[0].float().mean() < 0.8


def test_a_hidden_square_only_where_the_recipe_says_so() -> None:
    images = torch.full((4, 3, 32, 32), 255, dtype=torch.uint8)
    for side in (0, 8):
        batch = prepare_training(Settings(1, 0.1, small_part=0.0, cutout=side), images, torch.Generator().manual_seed(0), 0.5)
        assert ((batch == 0).sum((2, 3)) == side**2).all()


def test_in_place_changes_no_number() -> None:
    found = []
    for inplace in (True, False):
        torch.manual_seed(0)
        network = cifar_resnet(8)
        images = torch.randint(0, 256, (20, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
        run = training.make_run(Settings(2, 0.1, batch=10), network, images, torch.arange(20) % 10)
        relus = [module for module in network.modules() if isinstance(module, torch.nn.ReLU)]
        assert relus and all(one.inplace for one in relus)
        for one in relus:
            one.inplace = inplace
        found.append([step.loss for step in run.steps()])
    assert found[0] == found[1] and len(found[0]) == 4


def recipes() -> list[Recipe]:
    modules = [importlib.import_module(f"{package.__name__}.{one.name}") for one in pkgutil.iter_modules(package.__path__)]
    return [module.RECIPE for module in modules if hasattr(module, "RECIPE")]


@pytest.mark.parametrize("recipe_of", recipes(), ids=lambda one: one.system)
def test_every_recipe_goes_with_its_catalogue_entry(recipe_of: Recipe) -> None:
    assert recipe_of.settings.keys() == recipe_of.expected.keys()
    assert all(expected.cpu_minutes <= 120 for expected in recipe_of.expected.values())  # an hour on two cores
    for name in recipe_of.settings:
        variant = catalogue.system(recipe_of.system).variant(name)
        assert variant.classes == "cifar10" and variant.model
