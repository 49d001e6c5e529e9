"""What an agent that learns looks like: its values, its memory, where it looks, its actors, as results for the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.learning.actors import Actor, Experience
from explorer.engine.learning.agent import History, Training
from explorer.engine.models.reinforcement.dueling import Dueling
from explorer.engine.models.reinforcement.prioritized import PrioritizedMemory
from explorer.engine.models.reinforcement.r2d2 import R2D2
from explorer.engine.models.reinforcement.replay import Memory
from explorer.results import Curves, Maps, Matrix, Scores, Series, Table
from explorer.results.base import Floats
from explorer.words import Text, same

POINTS = 200
"""Points of a curve, and cells of the memory's strip."""
BINS = 10
"""Cells a number would be cut into, were there a table."""
MOST_DRAWN = 8

STEPS, RETURN, LOSS, CORRECTIONS = Text("ステップ", "Steps"), Text("収益", "Return"), Text("損失", "Loss"), Text("修正の回数", "Corrections")
ON_CARD = Text("同梱の重みの学習", "training of the bundled weights")
THIS_RUN, ALL_SEEDS, EACH = Text("今回", "this run"), Text("すべてのシード", "all seeds"), Text("各エピソード", "each episode")
PLACE, ERROR, CHANCE, DRAWS = Text("場所", "place"), Text("TD 誤差", "TD error"), Text("引かれる確率", "probability"), Text("引かれた回数", "drawn")
ACTOR, EPSILON, MADE, RATE = Text("アクター", "actor"), same("ε"), Text("ステップ", "steps"), Text("毎秒", "per second")


def returns_curve(history: History, before: Sequence[History] = (), card: Sequence[Sequence[float]] = (), begun: int = 0) -> Curves:
    """Mean return of the last 100 episodes over steps; with runs of other ``before``, their mean and spread with this one's as well.

    ``card``: (steps, mean return) of the training that bundled weights come from; ``begun``: its steps, after which this one goes on.
    """
    series = []
    if len(card):
        steps, returns = np.array(card, float).T
        series.append(Series(ON_CARD, steps, returns))
    if before:
        runs = [run for run in (*before, history) if run.returns]
        top = min((run.steps[-1] for run in runs), default=0)
        if len(runs) > 1 and top:
            x = np.linspace(0, top, 60)[1:]
            y = np.array([np.interp(x, run.steps, _running_mean(run.returns)) for run in runs])
            series.append(Series(ALL_SEEDS, x, y.mean(0), y.std(0)))
    if 0 < len(history.returns) <= 200:
        series.append(Series(EACH, begun + np.array(history.steps, float), np.array(history.returns)))
    means = _running_mean(history.returns)
    places = np.unique(np.linspace(0, len(means) - 1, min(POINTS, len(means))).astype(int)) if len(means) else np.zeros(0, int)
    series.append(Series(THIS_RUN, begun + np.array(history.steps, float)[places], means[places], main=True))
    return Curves(tuple(series), STEPS, RETURN)


def _running_mean(values: Sequence[float], window: int = 100) -> Floats:
    """Mean of up to ``window`` values up to each place."""
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(values, float))])
    ends = np.arange(1, len(values) + 1)
    begins = np.maximum(0, ends - window)
    means: Floats = (sums[ends] - sums[begins]) / np.maximum(1, ends - begins)
    return means


def loss_curve(updates: Sequence[int], losses: Sequence[float]) -> Curves:
    """The loss, each point a mean over as many corrections."""
    x, y = np.array(updates, float), np.array(losses, float)
    return Curves((Series(LOSS, x, y, main=True),), CORRECTIONS, LOSS)


def table_cells(observation: tuple[int, ...], whole: bool, bins: int = BINS) -> float:
    """The decimal logarithm of how many states a table would have: every number cut into ``bins``, or every cell of a plane on or off."""
    return float(np.prod(observation)) * float(np.log10(2 if whole else bins))


def q_scores(network: nn.Module, actor: Actor) -> tuple[Floats, Floats | None, float]:
    """(actions,) Q of what the first environment shows now; with two streams also (actions,) A, and V."""
    look = torch.from_numpy(np.ascontiguousarray(actor.looks[0]))[None]
    with torch.no_grad():
        if isinstance(network, R2D2):
            out = _recalled(network, actor, look)
            value, advantage = network.value_and_advantage(out)
            return (value + advantage)[0, 0].numpy(), advantage[0, 0].numpy(), float(value[0, 0, 0])
        if isinstance(network, Dueling):
            value, advantage = network.value_and_advantage(look)
            return (value + advantage)[0].numpy(), advantage[0].numpy(), float(value[0, 0])
        q: Floats = network(look)[0].numpy()
    return q, None, float(q.max())


def _recalled(network: R2D2, actor: Actor, look: Tensor) -> Tensor:
    """What the memory gives for the first environment's look, without taking note of it: (1, 1, memory)."""
    state = network.start(1) if actor.state is None else (actor.state[0][:1], actor.state[1][:1])
    before, paid = torch.from_numpy(actor.before[:1].copy())[None], torch.from_numpy(actor.paid[:1].copy())[None]
    out, _ = network.remember(look[None], before, paid, state)
    return out


def action_scores(names: Sequence[Text], values: Floats) -> Scores:
    """A number for each action."""
    return Scores(tuple(name.en for name in names), np.asarray(values, float))


def where_it_looks(network: nn.Module, actor: Actor) -> Maps | Matrix:
    """How strongly each cell of the look moves V and each A (or each Q): gradient × input, summed over planes and without sign.

    Maps for planes and screens, a matrix (values × numbers) for a row of numbers.
    """
    look = torch.from_numpy(np.ascontiguousarray(actor.looks[0])).float()[None].requires_grad_(True)
    names = [name.en for name in actor.shape.names]
    if isinstance(network, R2D2):
        value, advantage = network.value_and_advantage(_recalled(network, actor, look))
        heads, labels = torch.cat([value.reshape(1), advantage.reshape(-1)]), ["V", *(f"A {name}" for name in names)]
    elif isinstance(network, Dueling):
        value, advantage = network.value_and_advantage(look)
        heads, labels = torch.cat([value.reshape(1), advantage.reshape(-1)]), ["V", *(f"A {name}" for name in names)]
    else:
        heads, labels = network(look).reshape(-1), [f"Q {name}" for name in names]
    found = []
    for head in heads:
        (gradient,) = torch.autograd.grad(head, look, retain_graph=True)
        found.append((gradient * look).detach()[0].numpy())
    strength = np.abs(np.array(found))
    if strength.ndim == 2:
        numbers = tuple(text.en for text in actor.shape.numbers) or tuple(str(i) for i in range(strength.shape[1]))
        return Matrix(strength, tuple(labels), numbers, low=0.0)
    return Maps(strength.sum(axis=1), "look", tuple(labels))


def features(network: nn.Module, actor: Actor) -> Maps | Matrix:
    """What the body makes of the look: maps of its first convolution, or the activations of its neurons."""
    body: Any = network.body
    look = torch.from_numpy(np.ascontiguousarray(actor.looks[0])).float()[None]
    with torch.no_grad():
        x = look * body.scale
        if look.dim() == 4:
            maps = body[1](body[0](x))[0].numpy()
            return Maps(maps, "body", tuple(str(i) for i in range(len(maps))))
        x = body(look)
        hidden = getattr(network, "hidden", None)
        rows = [x[0].numpy()]
        if isinstance(hidden, nn.Linear) and hidden.out_features == len(rows[0]):
            rows.append(torch.relu(hidden(x))[0].numpy())
    return Matrix(np.array(rows), tuple(f"layer {i + 1}" for i in range(len(rows))), tuple(str(i) for i in range(len(rows[0]))), low=0.0)


def memory_strip(memory: Memory, drawn: Sequence[int]) -> Matrix:
    """The ring from the oldest item to the newest, in up to 200 cells: how often items there were drawn, how many are in the newest batch, and with
    priorities the mean TD error and the mean chance to be drawn, relative to an even one."""
    count = len(memory)
    order = (memory.next - count + np.arange(count)) % memory.capacity
    cells = max(1, min(POINTS, count))
    cell_of = np.arange(count) * cells // max(1, count)
    sizes = np.maximum(1, np.bincount(cell_of, minlength=cells))

    def mean(values: Floats) -> Floats:
        found: Floats = np.bincount(cell_of, values, cells) / sizes
        return found

    now = np.zeros(memory.capacity)
    np.add.at(now, np.asarray(drawn, dtype=np.int64), 1.0)
    rows, names = [mean(memory.draws[order].astype(float)), mean(now[order]) * sizes], ["drawn", "drawn now"]
    if isinstance(memory, PrioritizedMemory) and count:
        rows += [mean(memory.errors[order]), mean(memory.probabilities(order) * count)]
        names += ["TD error", "priority"]
    return Matrix(np.array(rows), tuple(names), tuple(str(i) for i in range(cells)), low=0.0)


def most_drawn(memory: Memory) -> tuple[Table, list[int]]:
    """The items drawn most often, and their places in the ring."""
    count = len(memory)
    if not count:
        return Table((PLACE, DRAWS), ()), []
    places = np.argsort(-memory.draws[:count], kind="stable")[:MOST_DRAWN]
    if isinstance(memory, PrioritizedMemory):
        chances = memory.probabilities(places)
        rows = tuple((int(p), int(memory.draws[p]), float(memory.errors[p]), float(c)) for p, c in zip(places, chances, strict=True))
        return Table((PLACE, DRAWS, ERROR, CHANCE), rows), [int(p) for p in places]
    return Table((PLACE, DRAWS), tuple((int(p), int(memory.draws[p])) for p in places)), [int(p) for p in places]


def looks_of(memory: Memory, places: Sequence[int]) -> Maps | None:
    """The looks of these items, planes put on top of each other with a shade each; None for rows of numbers."""
    if not places or "look" not in memory.parts or memory.parts["look"].ndim != 4:
        return None
    looks = memory.parts["look"][list(places)].astype(float)  # (n, planes, height, width)
    shades = np.arange(1, looks.shape[1] + 1)[None, :, None, None]
    return Maps((looks * shades).max(axis=1), "look", tuple(str(place) for place in places))


def state_over_time(actor: Actor) -> Matrix:
    """What the memory of the first environment gave at each of its last steps: (memory, steps)."""
    trail = np.array(actor.trail).T if actor.trail else np.zeros((0, 0))
    if not trail.size:
        width = actor.settings.hidden
        trail = np.zeros((width, 1))
    rows = tuple(str(i) for i in range(trail.shape[0]))
    return Matrix(trail, rows, tuple(str(i - trail.shape[1] + 1) for i in range(trail.shape[1])), signed=True, low=-1.0, high=1.0)


def actors_table(run: Training, made_before: Sequence[int], seconds: float) -> Table:
    """Each actor's ε (the smallest and the largest of its environments), its steps and how many a second since the last look."""
    rows = []
    for number, experience in enumerate(run.newest):
        before = made_before[number] if number < len(made_before) else 0
        epsilons = experience.epsilons if isinstance(experience, Experience) else ()
        span = f"{min(epsilons):.3g}–{max(epsilons):.3g}" if epsilons else "–"
        rows.append((number + 1, span, run.made[number], (run.made[number] - before) / max(seconds, 1e-9)))
    return Table((ACTOR, EPSILON, MADE, RATE), tuple(rows))
