"""load(): from a catalogue entry to a running model. The Python face of the program.

>>> net = load("resnet")
>>> net.run("cat").labels[0]

**How a section joins.** A section's running systems live in ``explorer/engine/systems/<section>.py``, in a class named ``Running``
that extends :class:`RunningSystem` here::

    class Running(RunningSystem):
        def __init__(self, entry, variant, *, weights, device, **settings):
            super().__init__(entry, variant, device)
            ...                                  # build, load weights, eval mode; refuse unknown settings with `no_settings`
        def run(self, x, **settings): ...        # the answer, a small frozen dataclass of the section's own (text, returns …)
        def _look(self, lens, x, settings): ...  # a results.* object for one of `self.lenses()`

Nothing else is registered: :func:`load` finds the module by the entry's section. The class may use anything below the tasks
(models, lenses, inputs, weights, learning); it never uses tasks.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from explorer.catalogue import SYSTEMS, page
from explorer.catalogue.schema import System, Variant
from explorer.engine.weights.cards import Card
from explorer.engine.weights.load import fit, fit_state, read_weights
from explorer.engine.weights.store import card_of, locate
from explorer.results import Result
from explorer.words import InputError, Text

UNKNOWN_SYSTEM = Text("「{name}」というシステムはありません。近いもの: {near}。", "There is no system called “{name}”; near it are {near}.")
UNKNOWN_VARIANT = Text(
    "{system}に「{name}」はありません。選べるもの: {known}。",
    "{system} has no variant called “{name}”; it has {known}.",
)
UNKNOWN_LENS = Text("{system}に「{name}」という見方はありません。選べるもの: {known}。", "{system} has no lens called “{name}”; it has {known}.")
UNKNOWN_SETTING = Text("{system}に「{name}」という設定はありません。", "{system} has no setting called “{name}”.")
UNKNOWN_DEVICE = Text(
    "計算装置「{name}」はこの計算機で使えません。auto か cpu を選んでください。",
    "The device “{name}” cannot be used on this machine; choose auto or cpu.",
)
NOT_BUILT = Text("{system}はまだ動かせません。", "{system} cannot be run yet.")


def about(sentence: Text, system: Text, **values: object) -> Text:
    """A sentence with the name of a system, in each language its own, and further fields filled in."""
    return sentence.format(system=system, **values)


class RunningSystem(ABC):
    """A surveyed system, built and ready. ``entry``, ``variant``: what the catalogue says about it; ``device``: where it runs."""

    def __init__(self, entry: System, variant: Variant | None, device: str = "auto") -> None:
        self.entry = entry
        self.variant = variant
        self.device = choose_device(device)

    @abstractmethod
    def run(self, x: Any, **settings: Any) -> Any:
        """The system's answer to one input. Raises InputError when the input cannot be used."""

    def lenses(self) -> tuple[str, ...]:
        """The ids of the ways of looking at this system."""
        return self.entry.lenses

    def look(self, lens: str, x: Any = None, **settings: Any) -> Result:
        """What one lens shows for one input. Raises InputError for an unknown lens or input."""
        if lens not in self.lenses():
            raise InputError(
                about(UNKNOWN_LENS, self.entry.name, name=lens, known=", ".join(self.lenses()) or "–")
            )
        return self._look(lens, x, settings)

    @abstractmethod
    def _look(self, lens: str, x: Any, settings: Mapping[str, Any]) -> Result:
        """The result of a lens that the catalogue lists for this system."""

    def no_settings(self, settings: Mapping[str, Any]) -> None:
        """Refuse settings this system does not have. Raises InputError naming the first."""
        for name in settings:
            raise InputError(about(UNKNOWN_SETTING, self.entry.name, name=name))


def load(
    name: str, variant: str | None = None, *, weights: str | None = None, device: str = "auto", **settings: Any
) -> RunningSystem:
    """Build a surveyed system, load its weights, set evaluation mode and return it ready to run.

    Args:
        name: catalogue id, such as ``"resnet"``.
        variant: catalogue variant; by default the first, which is the bundled one, or with ``weights`` the first they fit.
        weights: path of the user's own checkpoint.
        device: ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"mps"``.
        settings: what the section's systems take besides.

    Raises:
        InputError: unknown system, variant, device or setting, or weights that do not fit.
        WeightsMissing: the weights have to be downloaded first.
    """
    entry = find_system(name)
    chosen = find_variant(entry, variant)
    module = f"explorer.engine.systems.{entry.section}"
    if importlib.util.find_spec(module) is None:
        raise InputError(about(NOT_BUILT, entry.name))
    running: Callable[..., RunningSystem] = importlib.import_module(module).Running
    if weights is None or variant is not None:
        return running(entry, chosen, weights=weights, device=device, **settings)
    refused: InputError | None = None
    candidates: list[Variant | None] = [one for one in entry.variants if one.model]
    for candidate in candidates or [chosen]:  # whichever the user's weights fit
        try:
            return running(entry, candidate, weights=weights, device=device, **settings)
        except InputError as error:
            refused = refused or error
    assert refused is not None
    raise refused


def find_system(name: str) -> System:
    """The catalogue entry of a system or a scene. Raises InputError for an unknown id, naming near ones."""
    try:
        return page(name)
    except KeyError:
        import difflib

        ids = [entry.id for entry in SYSTEMS]
        near = difflib.get_close_matches(str(name).lower(), ids, n=3, cutoff=0.5) or ids[:3]
        raise InputError(UNKNOWN_SYSTEM.format(name=str(name)[:60], near=", ".join(near))) from None


def find_variant(entry: System, name: str | None) -> Variant | None:
    """The variant of an entry, by default the first; None where it has none. Raises InputError for an unknown name."""
    if name is None:
        return entry.variants[0] if entry.variants else None
    try:
        return entry.variant(name)
    except KeyError:
        known = ", ".join(one.name for one in entry.variants) or "–"
        raise InputError(about(UNKNOWN_VARIANT, entry.name, name=str(name)[:60], known=known)) from None


def build(variant: Variant, **changes: Any) -> Any:
    """Call the builder a variant names, with its settings and these changes to them."""
    module, _, builder = variant.model.partition(":")
    return getattr(importlib.import_module(module), builder)(**{**variant.config, **changes})


def trained(variant: Variant, weights: str | Path | None) -> tuple[Any, Card | None]:
    """The network of a variant with its own weights and, where they are bundled, their card; or with the user's from a file.

    Raises InputError for weights that do not fit, WeightsMissing for some that have to be fetched or that nobody has.
    """
    if weights is None:
        return fit(functools.partial(build, variant), locate(variant)), card_of(variant)
    return fit_state(functools.partial(build, variant), read_weights(weights), Path(weights).name), None


def choose_device(name: str) -> torch.device:
    """``auto`` is the fastest device there is. Raises InputError for one that is not there."""
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        raise InputError(UNKNOWN_DEVICE.format(name=str(name)[:60])) from error
    if device.type == "meta":
        raise InputError(UNKNOWN_DEVICE.format(name=name))
    return device
