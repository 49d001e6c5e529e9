"""R2D2: Ape-X with a memory of its own.

Kapturowski et al., *Recurrent Experience Replay in Distributed Reinforcement Learning*, ICLR 2019. An LSTM stands between the body and
the two streams, and reads the last action and the last reward as well. Sequences are replayed instead of steps. The state the LSTM had when
a sequence was played is stored with it, and before learning it is unrolled over a *burn-in* of steps that are not learnt from, so that
it is once more what the network of today would have had (section 3). Rewards are not clipped; values are squashed by

    h(x) = sign(x) · (√(|x| + 1) − 1) + ε x        y = h(Σ γ^k r_k + γ^n h⁻¹(Q⁻(s_n, a*)))

(section 2.3), and a sequence's priority is η · max |δ| + (1 − η) · mean |δ| with η = 0.9.

Here the steps of an episode are cut into sequences that overlap by the burn-in only, so that each step is learnt from in one sequence (the
paper's overlap by half); the first sequence of an episode begins with an empty state after its burn-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.models.reinforcement.dqn import SCREEN, Body, DQNConfig, next_value
from explorer.engine.models.reinforcement.dueling import Streams
from explorer.engine.models.reinforcement.replay import Array, Fields

RESCALING = 1e-3
ETA = 0.9
State = tuple[Tensor, Tensor]
"""Of the LSTM: (N, memory) output and (N, memory) cell."""


@dataclass(frozen=True)
class R2D2Config(DQNConfig):
    """``squeeze``: neurons of a linear layer before the LSTM, 0 for none, as in the paper; ``remembers``: False makes it forget everything
    between steps."""

    squeeze: int = 0
    remembers: bool = True


class R2D2(nn.Module):
    """Sequences of looks to values of the actions, with an LSTM between."""

    def __init__(self, config: R2D2Config) -> None:
        super().__init__()
        self.config = config
        self.body = Body(config)
        features = config.squeeze or self.body.features
        self.squeeze: nn.Module = nn.Sequential(nn.Linear(self.body.features, config.squeeze), nn.ReLU()) if config.squeeze else nn.Sequential()
        self.lstm = nn.LSTM(features + config.actions + 1, config.hidden)
        self.streams = Streams(config.hidden, config.hidden, config.actions)

    def start(self, count: int) -> State:
        """The empty state of ``count`` sequences."""
        return torch.zeros(count, self.config.hidden), torch.zeros(count, self.config.hidden)

    def remember(self, looks: Tensor, actions: Tensor, rewards: Tensor, state: State) -> tuple[Tensor, State]:
        """What the LSTM gives at each step, (T, N, hidden), and its state after the last.

        ``looks``: (T, N, *observation); ``actions``: (T, N) the action *before* each look, −1 for none; ``rewards``: (T, N) the one before.
        """
        steps, count = looks.shape[:2]
        features: Tensor = self.squeeze(self.body(looks.flatten(0, 1))).reshape(steps, count, -1)  # (T, N, features)
        before = nn.functional.one_hot(actions + 1, self.config.actions + 1)[..., 1:].to(features.dtype)  # (T, N, actions)
        x = torch.cat([features, before, rewards[..., None]], dim=2)
        if not self.config.remembers:
            nothing = self.start(steps * count)
            out, _ = self.lstm(x.flatten(0, 1)[None], (nothing[0][None], nothing[1][None]))
            return out[0].reshape(steps, count, -1), self.start(count)
        out, (hidden, cell) = self.lstm(x, (state[0][None], state[1][None]))
        return out, (hidden[0], cell[0])

    def forward(self, looks: Tensor, actions: Tensor, rewards: Tensor, state: State) -> tuple[Tensor, State]:
        """Values (T, N, actions), and the state after the last step. Arguments as for :meth:`remember`."""
        out, state = self.remember(looks, actions, rewards, state)
        value, advantage = self.streams(out)
        return value + advantage, state

    def value_and_advantage(self, out: Tensor) -> tuple[Tensor, Tensor]:
        """V (…, 1) and A (…, actions) from what the LSTM gave (…, hidden)."""
        value, advantage = self.streams(out)
        return value, advantage


def rescale(x: Tensor) -> Tensor:
    """h: large values become small, small ones hardly change."""
    return x.sign() * ((x.abs() + 1.0).sqrt() - 1.0) + RESCALING * x


def unscale(x: Tensor) -> Tensor:
    """h⁻¹, in closed form (Pohlen et al., 2018, arXiv 1805.11593, proposition A.2)."""
    exact = x.double()  # a small difference of large numbers follows
    inner = (1.0 + 4.0 * RESCALING * (exact.abs() + 1.0 + RESCALING)).sqrt()
    return (exact.sign() * (((inner - 1.0) / (2.0 * RESCALING)).square() - 1.0)).to(x.dtype)


def sequence_targets(
    rewards: Tensor, ended: Tensor, valid: Tensor, q_online: Tensor, q_target: Tensor, n: int, gamma: float, rescaled: bool = True, double: bool = True
) -> Tensor:
    """(T, N) n-step targets of the steps of sequences. Where a sequence is over sooner, fewer steps are summed.

    ``rewards``, ``ended``, ``valid``: (T, N); a sequence's steps are valid from its beginning up to where it is over. ``q_online``,
    ``q_target``: (T + 1, N, actions), one look more than steps: the one after the last. Targets of steps that are not valid are meaningless.
    """
    steps, count = rewards.shape
    following = next_value(q_online.flatten(0, 1), q_target.flatten(0, 1), double).reshape(steps + 1, count)  # (T + 1, N)
    if rescaled:
        following = unscale(following)
    total, factor = torch.zeros_like(rewards), torch.ones_like(rewards)  # factor: γ^k while the sequence goes on, 0 after an ending
    last = torch.arange(steps)[:, None].expand(steps, count)  # the look from which to bootstrap
    for k in range(min(n, steps)):
        ahead = steps - k
        going = torch.zeros_like(valid)
        going[:ahead] = valid[k:]  # step t + k exists
        shifted_reward, shifted_end = torch.zeros_like(rewards), torch.zeros_like(ended)
        shifted_reward[:ahead], shifted_end[:ahead] = rewards[k:], ended[k:]
        total = total + factor * going * shifted_reward
        factor = factor * torch.where(going > 0, gamma * (1.0 - shifted_end), torch.ones_like(factor))
        last = last + (going > 0)
    y = total + factor * following.gather(0, last)
    return rescale(y) if rescaled else y


def sequence_priority(errors: Tensor, valid: Tensor) -> Tensor:
    """(N,) η · max |δ| + (1 − η) · mean |δ| over the valid steps of each sequence. ``errors``, ``valid``: (T, N)."""
    size = errors.abs() * valid
    mean = size.sum(0) / valid.sum(0).clamp(min=1.0)
    return ETA * size.amax(0) + (1.0 - ETA) * mean


class Sequences:
    """Cuts the steps of one environment into sequences: ``burn_in`` steps that lead in, up to ``trace`` steps to learn from, one look more.

    Parts of an item, with T = burn_in + trace + 1: ``looks`` (T, *observation), ``before`` (T,) the action before each look (−1 for none) and
    ``paid`` (T,) the reward before it; ``actions``, ``rewards``, ``ended``, ``valid`` (trace,); ``states`` (2, 2, memory): output and cell of the
    LSTM at the first step of the burn-in and at the first one learnt from; ``fresh``: the episode begins after the burn-in.
    """

    def __init__(self, burn_in: int, trace: int) -> None:
        if burn_in > trace:
            raise ValueError(f"a burn-in of {burn_in} steps is longer than a trace of {trace}")
        self.burn_in, self.trace = burn_in, trace
        self.steps: list[tuple[Array, int, float, Array, int, float, bool]] = []
        self.led_in = 0  # how many of the steps were learnt from already and lead in to the next sequence

    def push(self, look: Array, before: int, paid: float, state: Array, action: int, reward: float, next_look: Array, ended: bool, cut: bool) -> list[dict[str, Array]]:
        """Add a step, with the LSTM's ``state`` (2, memory) before it; gives the sequence that is complete now, if any."""
        self.steps.append((look, before, paid, state, action, reward, ended))
        over = ended or cut
        if not over and len(self.steps) - self.led_in < self.trace:
            return []
        item = self._item(next_look)
        self.steps = [] if over or not self.burn_in else self.steps[-self.burn_in :]
        self.led_in = len(self.steps)
        return [item]

    def _item(self, next_look: Array) -> dict[str, Array]:
        fresh = self.led_in == 0 and self.burn_in > 0
        length = self.burn_in + self.trace + 1
        begin = self.burn_in - self.led_in  # of the known steps, in the item
        count = len(self.steps) - self.led_in
        looks, before, paid, states, actions, rewards, ended = zip(*self.steps, strict=True)
        end = begin + len(looks)
        item: dict[str, Array] = {
            "looks": np.zeros((length, *next_look.shape), next_look.dtype), "before": np.full(length, -1, np.int64), "paid": np.zeros(length, np.float32),
            "actions": np.zeros(self.trace, np.int64), "rewards": np.zeros(self.trace, np.float32), "ended": np.zeros(self.trace, np.float32),
            "valid": np.zeros(self.trace, np.float32), "states": np.stack([states[0], states[self.led_in]]).astype(np.float32),
            "fresh": np.array(fresh, np.float32),
        }
        item["looks"][begin:end], item["looks"][end] = looks, next_look
        item["before"][begin:end], item["before"][end] = before, actions[-1]
        item["paid"][begin:end], item["paid"][end] = paid, rewards[-1]
        for name, values in (("actions", actions), ("rewards", rewards), ("ended", ended)):
            item[name][:count] = values[self.led_in :]
        item["valid"][:count] = 1.0
        return item


def fields(observation: tuple[int, ...], kind: np.dtype[Any], hidden: int, burn_in: int, trace: int) -> Fields:
    """The parts of a sequence, for a memory."""
    length = burn_in + trace + 1
    return {
        "looks": ((length, *observation), kind), "before": ((length,), np.int64), "paid": ((length,), np.float32), "actions": ((trace,), np.int64),
        "rewards": ((trace,), np.float32), "ended": ((trace,), np.float32), "valid": ((trace,), np.float32), "states": ((2, 2, hidden), np.float32),
        "fresh": ((), np.float32),
    }


def r2d2(observation: tuple[int, ...] = (4,), actions: int = 2, **changes: Any) -> R2D2:
    """The network for one environment."""
    return R2D2(R2D2Config(observation, actions, **changes))


def r2d2_atari(actions: int = 6) -> R2D2:
    """The paper's network: four screens, an LSTM of 512; 8,096,423 parameters with six actions."""
    return R2D2(R2D2Config((4, SCREEN, SCREEN), actions, hidden=512, scale=1 / 255))
