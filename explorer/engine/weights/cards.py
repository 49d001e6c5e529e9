"""Cards: what is known about a file of weights, in JSON beside it (``resnet20.safetensors`` and ``resnet20.json``)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from safetensors import safe_open

BUFFERS = ("running_mean", "running_var", "num_batches_tracked")  # kept in the file, not learned by gradient


@dataclass(frozen=True)
class Metric:
    """One figure: ``value`` of ``name`` (with its unit in the name, such as ``accuracy_percent``) on ``split``."""

    name: str
    value: float
    split: str


@dataclass(frozen=True)
class Card:
    """All facts about one file of weights.

    ``data_sha256``: file of data -> its hash. ``parameters``: trainable ones. ``metrics``: further figures on the test
    split. ``input``: how what the network takes is made (``size``, ``mean``, ``std``, ``classes``; what the system needs).
    ``companions``: further files that go with the weights (a tokenizer) -> their hashes. ``notes``: other facts, such as
    the signature of a score. ``seconds``: of training by the clock, on ``cores``; ``cpu_seconds``: of work.
    """

    name: str
    system: str
    variant: str
    file: str
    bytes: int
    sha256: str
    parameters: int
    data: str
    data_sha256: Mapping[str, str]
    data_licence: str
    train_split: str
    test_split: str
    metric: Metric
    metrics: Mapping[str, float]
    seconds: float
    cores: int
    epochs: float
    seed: int
    command: str
    settings: Mapping[str, Any]
    torch: str
    date: str
    cpu_seconds: float = 0.0
    input: Mapping[str, Any] = field(default_factory=dict)
    companions: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Card:
        """The card in this file. Raises FileNotFoundError, or ValueError for a file that is not a card."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            unknown = set(values) - {one.name for one in fields(cls)}
            if unknown:
                raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
            return cls(**{**values, "metric": Metric(**values["metric"])})
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{path} is not a card: {error}") from error

    def write(self, path: Path) -> None:
        """Write the card as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def differences(self, folder: Path) -> list[str]:
        """What is not as the card says in this folder: one line each, none when all is well."""
        path = folder / self.file
        if not path.is_file():
            return [f"{self.file} is missing"]
        found: list[str] = []
        if path.stat().st_size != self.bytes:
            found.append(f"{self.file} has {path.stat().st_size} bytes, the card says {self.bytes}")
        if file_sha256(path) != self.sha256:
            found.append(f"{self.file} has another sha256 than its card")
            return found
        counted = count_parameters(path)
        if counted != self.parameters:
            found.append(f"{self.file} has {counted} parameters, the card says {self.parameters}")
        for name, sha256 in self.companions.items():
            if not (folder / name).is_file():
                found.append(f"{name} is missing")
            elif file_sha256(folder / name) != sha256:
                found.append(f"{name} has another sha256 than the card of {self.file} says")
        return found


def read_cards(folder: Path) -> Iterator[Card]:
    """Every card of a folder, by name."""
    for path in sorted(folder.glob("*.json")):
        yield Card.read(path)


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def count_parameters(path: Path) -> int:
    """How many numbers in a safetensors file are learned: all but the buffers of batch normalisation."""
    with safe_open(path, framework="numpy") as file:
        names = [name for name in file.keys() if name.rpartition(".")[2] not in BUFFERS]  # noqa: SIM118 - not a dict
        return sum(math.prod(file.get_slice(name).get_shape()) for name in names)
