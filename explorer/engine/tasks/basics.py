"""Chapter 1: the neuron and the playground, live; points from a table; a slice of the loss."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.door import Command, Inbox
from explorer.engine.data import toy
from explorer.engine.learning.perceptron import Look, Perceptron
from explorer.engine.learning.player import one_core
from explorer.engine.learning.playground import DIVERGED, FEATURES, UNKNOWN, Playground, Settings
from explorer.engine.lenses.plane import surface
from explorer.engine.models.basics.neuron import ACTIVATIONS, MIDDLE, Neuron
from explorer.results import Bundle, Curves, Numbers, Progress, Result, Series, Surface
from explorer.words import InputError, Text

SLICE_OF_TIME = 0.010  # s of learning between two looks at the inbox
FASTEST = 10_000.0  # steps a second; at and above it goes as fast as it can
BETWEEN_SLICES = 0.35  # s between two slices of the loss while it learns
DRAWN = (*toy.KINDS, "own")

STEP, EPOCH = Text("ステップ", "step"), Text("エポック", "epoch")
LABELS: Mapping[str, Text] = {
    "step": STEP,
    "epoch": EPOCH,
    "train_loss": Text("訓練の損失", "training loss"),
    "test_loss": Text("検証の損失", "test loss"),
    "train_accuracy": Text("訓練の正解率", "training accuracy"),
    "test_accuracy": Text("検証の正解率", "test accuracy"),
    "weights": Text("重みの数", "weights"),
}
UNITS = {"train_loss": "nat", "test_loss": "nat"}


# --- the playground -------------------------------------------------------------------------------------------------------------------


class _PlaygroundSession:
    """What one open playground holds, and what its commands do."""

    def __init__(
        self,
        *,
        data: str = "moons",
        noise: float = 0.1,
        count: int = 200,
        split: float = 0.5,
        seed: int = 0,
        points: Sequence[Sequence[float]] = (),
        names: Sequence[str] = ("A", "B"),
        hidden: Sequence[int] = (4, 2),
        features: Sequence[str] = ("x1", "x2"),
        weights: Sequence[float] | None = None,
        step: int = 0,
        epoch: float = 0.0,
        speed: float = 60.0,
        playing: bool = False,
        until: int | None = None,
        look: str = "out",
        slice: str = "off",
        slice_seed: int = 0,
        **settings: Any,
    ) -> None:
        self.data: dict[str, Any] = {"data": data, "noise": noise, "count": count, "split": split, "seed": seed}
        self.own, self.names = [list(p) for p in points], names
        self.speed, self.playing, self.look = float(speed), bool(playing), look
        self.slice, self.slice_seed = slice, int(slice_seed)
        self.until = until
        self.diverged, self.obeyed = False, 0
        self._directions: Tensor | None = None
        known = set(asdict(Settings()))
        for name in settings:
            if name not in known:
                raise InputError(UNKNOWN.format(name=name, value=settings[name]))
        self.world = Playground(self._points(), Settings(**settings), hidden=hidden, features=features, seed=seed)
        self.steps = self.world.steps()
        if weights is not None:
            self._load(weights)
            self.world.step, self.world.epoch = int(step), float(epoch)

    def _load(self, weights: Sequence[float]) -> None:
        try:
            self.world.network.load_flat(torch.tensor([float(w) for w in weights]))
        except ValueError:
            raise InputError(UNKNOWN.format(name="weights", value=f"[{len(weights)}]")) from None

    def _points(self) -> toy.PointSet:
        if self.data["data"] == "own":
            found = toy.placed(self.own, split=self.data["split"], seed=int(self.data["seed"]))
            return toy.PointSet(found.xy, found.labels, found.held_out, (str(self.names[0]), str(self.names[1])))
        values = self.data
        return toy.draw(values["data"], count=int(values["count"]), noise=values["noise"], split=values["split"], seed=int(values["seed"]))

    # --- commands ---

    def obey(self, command: Command) -> None:
        """Do what a command asks. Raises InputError where it cannot be done; then nothing has changed."""
        values = command.values
        self.obeyed += 1
        if command.name in ("play", "pause", "step"):
            self.until = None
        if command.name == "play":
            self.playing = not self.diverged
            self.until = self.world.step + int(values["steps"]) if "steps" in values else None
        elif command.name == "pause":
            self.playing = False
        elif command.name == "step":
            self.playing = False
            self.learn(int(values.get("count", 1)))
        elif command.name == "reset":
            self.reset(values.get("seed"))
        elif command.name == "set":
            self.set(**values)
        elif command.name == "edit":
            self.world.edit(str(values["source"]), str(values["target"]), float(values["value"]))
        elif command.name == "add_neuron":
            self.world.add_neuron(int(values["layer"]))
        elif command.name == "remove_neuron":
            self.world.remove_neuron(int(values["layer"]), int(values.get("index", -1)))
        elif command.name == "add_layer":
            self.world.add_layer()
        elif command.name == "remove_layer":
            self.world.remove_layer()

    def set(self, **values: Any) -> None:
        """Change settings: of the learning, the data, the network, or of what is looked at."""
        learning = {name: values.pop(name) for name in asdict(self.world.settings) if name in values}
        if learning:
            new = Settings(**{**asdict(self.world.settings), **learning})
            self.world.settings = new
            self.world.network.activation = new.activation
        if "speed" in values:
            self.speed = float(values.pop("speed"))
        if "look" in values:
            self.look = str(values.pop("look"))
        if "slice" in values or "slice_seed" in values:
            self.slice = str(values.pop("slice", self.slice))
            self.slice_seed = int(values.pop("slice_seed", self.slice_seed))
            self._directions = None
        if "features" in values:
            self.world.set_features(values.pop("features"))
        if "hidden" in values:
            self.world.set_hidden(values.pop("hidden"))
        if any(name in values for name in (*self.data, "points", "names")):
            before = dict(self.data), self.own, self.names
            self.own, self.names = values.pop("points", self.own), values.pop("names", self.names)
            self.data.update({name: values.pop(name) for name in list(values) if name in self.data})
            try:
                self.world.set_points(self._points())
            except InputError:
                self.data, self.own, self.names = before
                raise
            self.steps = self.world.steps()
        if "weights" in values:
            self._load(values.pop("weights"))
            self.world.forget()
        for name, value in values.items():
            raise InputError(UNKNOWN.format(name=name, value=value))

    def reset(self, seed: int | None = None) -> None:
        """Begin anew with the network as it stands now."""
        self.world.reset(seed if seed is None else int(seed))
        self.steps = self.world.steps()
        self.diverged = False
        self._directions = None

    def learn(self, count: int) -> None:
        """Take steps. Raises InputError when the loss runs away."""
        if self.diverged or not len(self.world.x):
            self.playing = False
            return
        try:
            for _ in range(count):
                next(self.steps)
            if self.until is not None and self.world.step >= self.until:
                self.playing, self.until = False, None
        except InputError:
            self.playing, self.diverged = False, True
            raise

    # --- what is shown ---

    def snapshot(self) -> Bundle:
        """Everything but the slice of the loss."""
        world = self.world
        scores = world.scores()
        parameters = sum(p.numel() for p in world.network.parameters())
        numbers = {"step": world.step, "epoch": world.epoch, **asdict(scores), "weights": parameters}
        maps = world.neuron_maps()
        facts = {
            **self.data, **asdict(world.settings), "playing": self.playing, "speed": self.speed, "hidden": list(world.network.hidden),
            "features": list(world.features), "weights": world.network.flat().tolist(), "look": self.look, "diverged": self.diverged,
            "slice": self.slice, "obeyed": self.obeyed,
        }  # fmt: skip
        parts: dict[str, Result] = {
            "surface": self._surface(),
            "neurons": maps,
            "network": world.graph(),
            "points": world.points.as_points(),
            "loss": world.curves(),
            "numbers": Numbers({name: float(value) for name, value in numbers.items()}, LABELS, UNITS),
        }
        return Bundle(parts, facts=facts)

    def _surface(self) -> Surface:
        names = [name for column in self.world.node_names() for name in column]
        if self.look not in names or self.look == "out":
            return self.world.surface(64)
        values = self.world.neuron_maps(64).values[names.index(self.look)]
        size = float(np.abs(values).max()) or 1.0
        return Surface(values / max(1.0, size), (-toy.SPAN, toy.SPAN), (-toy.SPAN, toy.SPAN), signed=True)

    def loss_surface(self) -> Bundle:
        """The slice of the loss that was asked for."""
        found, self._directions = self.world.loss_surface(self.slice, seed=self.slice_seed, before=self._directions)
        return Bundle({"loss_surface": found}, facts={"slice": self.slice, "step": self.world.step})


@one_core
def playground(inbox: Inbox, **settings: Any) -> Iterator[Result]:
    """Session: a network that learns from points while it is played with.

    Settings, all of them also to be changed by "set": ``data`` (a drawn set or "own"), ``noise``, ``count``, ``split``, ``seed``,
    ``points`` [[x, y, class], …] and ``names`` for "own", ``hidden``, ``features``, ``activation``, ``optimiser``, ``rate``, ``keep``,
    ``regularisation``, ``strength``, ``batch``, ``weights`` (all of them, flat), ``speed`` (steps/s, from 10,000 on without a limit),
    ``look`` (name of the neuron whose surface is shown), ``slice`` ("off", "path", "random") and ``slice_seed``.

    ``until``: it pauses by itself at this step. ``facts["obeyed"]`` counts the commands obeyed so far.

    Commands: "play" (steps: pause after so many), "pause", "step" (count), "reset" (seed), "set", "edit" (source, target, value; source "1" is the bias),
    "add_neuron" (layer), "remove_neuron" (layer, index), "add_layer", "remove_layer".

    Results: a Bundle with "surface", "neurons", "network", "points", "loss" and "numbers", at most 60 times a second; a Bundle with
    "loss_surface" about three times a second where it is asked for; an empty Bundle whose note says what could not be done.
    """
    session = _PlaygroundSession(**settings)
    yield session.snapshot()
    sliced_at, slice_wanted = 0.0, session.slice != "off"
    credit, before = 0.0, time.monotonic()
    fresh = False  # something changed that has not been shown
    while not inbox.stopped.is_set():
        if session.playing:
            commands = inbox.poll()
        elif fresh or slice_wanted:
            commands = inbox.wait(0.002)
        else:
            commands = inbox.wait(0.5)
        for command in commands:
            if command.name == "stop":
                return
            try:
                session.obey(command)
            except InputError as error:
                yield Bundle({}, notes=(error.text,))
            except (IndexError, KeyError, TypeError, ValueError) as error:
                yield Bundle({}, notes=(UNKNOWN.format(name=command.name, value=str(error)[:60]),))
            fresh = True
            slice_wanted = session.slice != "off"
        now = time.monotonic()
        if session.playing:
            credit = min(credit + (now - before) * session.speed, max(1.0, session.speed * 0.1))
            try:
                learnt = _learn_a_little(session, credit)
            except InputError as error:
                learnt = 1
                yield Bundle({}, notes=(error.text,))
            if session.speed < FASTEST:
                credit -= learnt
            fresh, slice_wanted = fresh or learnt > 0, slice_wanted or (learnt > 0 and session.slice != "off")
            if learnt == 0:
                for command in inbox.wait(min(0.02, 1.0 / session.speed)):
                    inbox.put(command)  # read at the head of the loop
        else:
            credit = 0.0
        before = now
        if fresh and (inbox.due() or not session.playing):
            fresh = False
            yield session.snapshot()
        if slice_wanted and (not session.playing or time.monotonic() - sliced_at > BETWEEN_SLICES):
            slice_wanted, sliced_at = False, time.monotonic()
            yield session.loss_surface()


def _learn_a_little(session: _PlaygroundSession, credit: float) -> int:
    """Steps for at most SLICE_OF_TIME, and no more than the speed gives credit for. Returns how many."""
    free = session.speed >= FASTEST
    end = time.monotonic() + SLICE_OF_TIME
    learnt = 0
    while session.playing and (free or learnt + 1 <= credit):
        session.learn(1)
        learnt += 1
        if time.monotonic() >= end:
            break
    return learnt


def read_points(source: str, split: float = 0.5, seed: int = 0) -> Iterator[Result]:
    """Query: the points of a table, from a path or a pasted text. Raises InputError where it does not fit."""
    found = toy.read_table(source, split=split, seed=seed)
    yield Bundle({"points": found.as_points()}, notes=found.notes)


def loss_surface(steps: int = 300, directions: str = "path", **settings: Any) -> Iterator[Result]:
    """Query: train a network of these settings (see :func:`playground`) and cut a slice of the loss along its path."""
    session = _PlaygroundSession(**settings)
    begin = time.monotonic()
    for done in range(0, steps, 20):
        session.learn(min(20, steps - done))
        share = min(1.0, (done + 20) / steps)
        yield Progress(Text("学習しています", "Learning"), share, (time.monotonic() - begin) * (1 - share) / share)
    yield session.world.loss_surface(directions, seed=session.slice_seed)[0]


# --- the neuron -----------------------------------------------------------------------------------------------------------------------

NEURON_DATA = ("and", "or", "xor", "gaussians", "own")
MISTAKES = Text("直した回数", "corrections")
PASS = Text("周回", "pass")
WALKED = 100  # passes shown in the curve


class _NeuronSession:
    """One drawn neuron, points, and the rule it learns by."""

    def __init__(
        self,
        *,
        inputs: int = 2,
        x: Sequence[float] = (1.0, -0.5, 1.0),
        weights: Sequence[float] = (1.0, -1.0, 0.5),
        bias: float = 0.0,
        activation: str = "step",
        data: str = "gaussians",
        points: Sequence[Sequence[float]] = (),
        noise: float = 0.1,
        seed: int = 0,
        rate: float = 0.1,
        speed: float = 20.0,
        playing: bool = False,
    ) -> None:
        self.inputs = 2
        self.x, self.spare = [1.0, -0.5, 1.0], 0.5
        self.data, self.noise, self.seed, self.own = data, float(noise), int(seed), [list(p) for p in points]
        self.speed, self.playing, self.obeyed = float(speed), bool(playing), 0
        self.neuron = Neuron(2)
        self.learner = Perceptron(self.neuron, torch.zeros(0, 2), torch.zeros(0), rate=float(rate), seed=self.seed)
        self.seen: Look | None = None
        self._read_points()
        self.steps = self.learner.steps()
        self.set(inputs=inputs, x=x, weights=weights, bias=bias, activation=activation, rate=rate)

    def _read_points(self) -> None:
        if self.data in ("and", "or", "xor"):
            self.points = toy.corners(self.data)
        elif self.data == "own":
            self.points = toy.placed(self.own)
        else:
            self.points = toy.draw(self.data, count=60, noise=self.noise, split=1.0, seed=self.seed)
        self._give_examples()

    def _give_examples(self) -> None:
        self.learner.set_examples(self._with_third(torch.from_numpy(self.points.xy)), torch.from_numpy(self.points.labels))
        self.steps = self.learner.steps()
        self.seen = None

    def _with_third(self, xy: Tensor) -> Tensor:
        """The third input is the same for every point."""
        return xy if self.inputs == 2 else torch.cat([xy, torch.full((len(xy), 1), float(self.x[2]))], dim=1)

    def obey(self, command: Command) -> None:
        """Do what a command asks. Raises InputError where it cannot be done."""
        self.obeyed += 1
        if command.name == "play":
            self.playing = True
        elif command.name == "pause":
            self.playing = False
        elif command.name == "step":
            self.playing = False
            self.learn()
        elif command.name == "reset":
            self.playing = False
            chance = np.random.default_rng(command.values.get("seed"))
            self.set(weights=chance.uniform(-1, 1, 3).round(2).tolist(), bias=round(float(chance.uniform(-1, 1)), 2))
            self._give_examples()
        elif command.name == "set":
            self.set(**command.values)

    def set(self, **values: Any) -> None:
        """Change inputs, weights, bias, activation, learning rate, speed or the points."""
        for name in values:
            known = ("inputs", "x", "weights", "bias", "activation", "rate", "speed", "data", "points", "noise", "seed")
            if name not in known:
                raise InputError(UNKNOWN.format(name=name, value=values[name]))
        if values.get("activation", self.neuron.activation) not in ACTIVATIONS:
            raise InputError(UNKNOWN.format(name="activation", value=values["activation"]))
        self.neuron.activation = values.get("activation", self.neuron.activation)
        if "x" in values:
            self.x = [float(v) for v in values["x"]] + self.x[len(values["x"]) :]
        weights = [float(w) for w in self.neuron.weight.detach()]
        weights = weights if len(weights) == 3 else [*weights, self.spare]
        if "weights" in values:
            weights = [float(v) for v in values["weights"]] + weights[len(values["weights"]) :]
        if "inputs" in values:
            self.inputs = 3 if int(values["inputs"]) == 3 else 2
        self.spare = weights[2]
        if self.neuron.weight.shape[0] != self.inputs:
            self.neuron.weight = torch.nn.Parameter(torch.zeros(self.inputs))
        with torch.no_grad():
            self.neuron.weight.copy_(torch.tensor(weights[: self.inputs]))
            if "bias" in values:
                self.neuron.bias.fill_(float(values["bias"]))
        self.learner.rate = float(values.get("rate", self.learner.rate))
        self.speed = float(values.get("speed", self.speed))
        if any(name in values for name in ("data", "points", "noise", "seed")):
            before = self.data, self.own, self.noise, self.seed
            self.data, self.own = str(values.get("data", self.data)), values.get("points", self.own)
            self.noise, self.seed = float(values.get("noise", self.noise)), int(values.get("seed", self.seed))
            try:
                self._read_points()
            except InputError:
                self.data, self.own, self.noise, self.seed = before
                raise
        elif "inputs" in values or ("x" in values and self.inputs == 3):
            self._give_examples()

    def learn(self) -> None:
        """Look at one example and correct the weights where the answer is wrong. The drawn neuron shows that example."""
        self.seen = next(self.steps, None)
        if self.seen is None:
            self.playing = False
            return
        self.x[:2] = [float(v) for v in self.points.xy[self.seen.index]]
        if self.learner.finished:
            self.playing = False

    @torch.no_grad()
    def snapshot(self) -> Bundle:
        """The neuron, its plane, the points and every number of its arithmetic."""
        neuron, activation = self.neuron, self.neuron.activation
        x = torch.tensor(self.x[: self.inputs])
        products = x * neuron.weight
        total, output = float(neuron.weighted_sum(x)), float(neuron(x))
        values = {"inputs": float(self.inputs), "bias": float(neuron.bias), "sum": total, "output": output}
        for k in range(self.inputs):
            values |= {f"x{k + 1}": float(x[k]), f"w{k + 1}": float(neuron.weight[k]), f"p{k + 1}": float(products[k])}
        values |= {"accuracy": self.learner.accuracy(), "looks": float(self.learner.looks), "corrections": float(self.learner.corrections)}

        def on_plane(xy: Tensor) -> Tensor:
            out: Tensor = neuron(self._with_third(xy)) - MIDDLE[activation]
            return out * 2 if activation in ("step", "sigmoid") else out / max(1.0, float(out.abs().max()))

        reach = max(6.0, math.ceil(abs(total)) + 1.0)
        z = torch.linspace(-reach, reach, 241)
        curve = Series(Text("活性化", "activation"), z.double().numpy(), ACTIVATIONS[activation].value(z).double().numpy(), main=True)
        passes = self.learner.passes[-WALKED:]
        first = len(self.learner.passes) - len(passes)
        mistakes = Series(MISTAKES, np.arange(first + 1, first + 1 + len(passes), dtype=float), np.array(passes, dtype=float), main=True)
        facts = {
            "data": self.data, "activation": activation, "playing": self.playing, "speed": self.speed, "rate": self.learner.rate,
            "inputs": self.inputs, "x": list(self.x), "weights": [*map(float, neuron.weight), self.spare][:3], "bias": float(neuron.bias),
            "line": self._line(), "finished": self.learner.finished, "noise": self.noise, "seed": self.seed,
            "obeyed": self.obeyed,
            "seen": None if self.seen is None else asdict(self.seen),
        }  # fmt: skip
        parts: dict[str, Result] = {
            "surface": surface(on_plane, toy.SPAN, 128),
            "points": self.points.as_points(),
            "activation": Curves((curve,), Text("重み付き和 z", "weighted sum z"), Text("出力", "output")),
            "mistakes": Curves((mistakes,), PASS, MISTAKES),
            "numbers": Numbers(values),
        }
        return Bundle(parts, facts=facts)

    def _line(self) -> list[list[float]]:
        """Two ends of the line on which the sum is zero, on the border of the plane; empty where it does not cross the plane."""
        w1, w2, *rest = (float(w) for w in self.neuron.weight)
        constant = float(self.neuron.bias) + (rest[0] * self.x[2] if rest else 0.0)
        return line_across(w1, w2, constant, toy.SPAN)


def line_across(a: float, b: float, c: float, span: float) -> list[list[float]]:
    """Where a·x + b·y + c = 0 meets the border of the square from −span to span: two points, or none."""
    ends: list[list[float]] = []
    for side in (-span, span):
        if abs(b) > 1e-12 and abs(y := -(c + a * side) / b) <= span:
            ends.append([side, y])
        if abs(a) > 1e-12 and abs(x := -(c + b * side) / a) <= span:
            ends.append([x, side])
    if len(ends) < 2:
        return []
    first = ends[0]
    last = max(ends[1:], key=lambda p: (p[0] - first[0]) ** 2 + (p[1] - first[1]) ** 2)
    return [first, last] if math.dist(first, last) > 1e-9 else []


@one_core
def neuron(inbox: Inbox, **settings: Any) -> Iterator[Result]:
    """Session: one neuron, its line among points, and Rosenblatt's rule.

    Settings, also by "set": ``inputs`` (2 or 3), ``x``, ``weights``, ``bias``, ``activation``, ``data`` ("and", "or", "xor", a drawn set,
    "own"), ``points`` [[x, y, class], …], ``noise``, ``seed``, ``rate``, ``speed`` (examples a second).
    Commands: "play", "pause", "step" (one example), "reset" (random weights), "set".
    Results: a Bundle with "surface", "points", "activation", "mistakes" and "numbers"; or an empty one with a note.
    """
    session = _NeuronSession(**settings)
    yield session.snapshot()
    next_look = time.monotonic()
    while not inbox.stopped.is_set():
        wait = max(0.0, next_look - time.monotonic()) if session.playing else 0.5
        commands = inbox.wait(min(0.5, wait)) if wait > 0 else inbox.poll()
        for command in commands:
            if command.name == "stop":
                return
            try:
                session.obey(command)
            except InputError as error:
                yield Bundle({}, notes=(error.text,))
            except (IndexError, KeyError, TypeError, ValueError) as error:
                yield Bundle({}, notes=(UNKNOWN.format(name=command.name, value=str(error)[:60]),))
        looked = False
        if session.playing and time.monotonic() >= next_look:
            end = time.monotonic() + SLICE_OF_TIME
            while session.playing and time.monotonic() >= next_look:
                session.learn()
                next_look = max(next_look + 1.0 / max(0.1, session.speed), time.monotonic() - 0.2)
                looked = True
                if time.monotonic() > end:
                    break
        elif not session.playing:
            next_look = time.monotonic()
        if commands or (looked and (inbox.due() or not session.playing or session.speed < 60)):
            yield session.snapshot()


__all__ = ["DIVERGED", "DRAWN", "FEATURES", "line_across", "loss_surface", "neuron", "playground", "read_points"]
