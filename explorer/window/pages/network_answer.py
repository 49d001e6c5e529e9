"""What the lenses read from a network's answer: the part of their host that pages with one network and with several have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explorer.catalogue import Variant
from explorer.catalogue.classes import CLASSES
from explorer.results import Bundle, Maps, Picture, Scores
from explorer.window.look import look
from explorer.words import Text, same

NONE_FITS = Text(
    "この見方では、知っている {count} 種類の**どれにも見えません**（一番近いのは{name}）。",
    "Given this, it sees **none of the {count} classes** it knows (closest: {name}).",
)
MAYBE_NONE = Text(
    "「{name}」と答えますが、**{count} 種類のどれでもないかもしれません**。",
    "It says {name}, but this **may be none of its {count} classes**.",
)
UNSURE = Text(
    "**確かではありません**（一番近いのは{name}、{share}）。どれでもないかどうかは、この重みでは測られていません。",
    "It is **not sure** (closest: {name}, {share}). When nothing fits was never measured for these weights.",
)
FITS_FROM = 0.5
SAYS_FROM = 0.5  # the probability from which an answer that may be none is named as its answer


class NetworkAnswer:
    """Over ``answer``, what ``recognition.network`` said last, and ``variant``, the network that said it."""

    answer: Bundle | None

    if TYPE_CHECKING:

        @property
        def variant(self) -> Variant: ...

    def part(self, name: str, kind: type[Any]) -> Any:
        """A part of the answer, if it is there and of this kind."""
        part = self.answer.parts.get(name) if self.answer is not None else None
        return part if isinstance(part, kind) else None

    def fact(self, name: str, without: Any = None) -> Any:
        """A fact of the answer, if it is there."""
        return self.answer.facts.get(name, without) if self.answer is not None else without

    @property
    def plays(self) -> bool:
        """Whether the photograph is a frame of a film, and the next is on its way."""
        return False

    @property
    def given(self) -> Picture | None:
        """The pixels the network was given."""
        found: Picture | None = self.part("given", Picture)
        return found

    @property
    def scores(self) -> Scores | None:
        """What it answered."""
        found: Scores | None = self.part("scores", Scores)
        return found

    @property
    def highest(self) -> float:
        """The largest size of a value that a block puts out."""
        return float(self.fact("highest", 0.0))

    def layers(self) -> tuple[str, ...]:
        """All layers whose output is a stack of maps."""
        return tuple(self.fact("layers", ()))

    def parameters(self) -> tuple[str, ...]:
        """The names of all learnt parameters."""
        return tuple(self.fact("parameters", ()))

    def class_words(self, name: str) -> str:
        """A class's name in the language of the window."""
        return next((look.say(words) for words in CLASSES.get(self.variant.classes, ()) if words.en == name), name)

    def faces(self) -> dict[str, NDArray[Any]]:
        """The map that stands for each block."""
        parts = self.answer.parts if self.answer is not None else {}
        return {name.removeprefix("map:"): part.values[0] for name, part in parts.items() if name.startswith("map:") and isinstance(part, Maps)}

    @property
    def fits(self) -> bool | None:
        """Whether what the network was given looks like anything it knows, by the numbers on its card; without a card it is sure of a class, or
        None: nobody knows."""
        none = self.fact("none")
        if none is not None:
            return float(none) < FITS_FROM
        return True if self.scores is not None and float(self.scores.values.max()) >= FITS_FROM else None

    def doubt(self) -> Text | None:
        """In words, that what the network was given may be none of its classes, or that it is not sure; None where it fits."""
        if self.scores is None or self.fits:
            return None
        number = int(np.argmax(self.scores.values))
        share = float(self.scores.values[number])
        sentence = UNSURE if self.fits is None else NONE_FITS if share < SAYS_FROM else MAYBE_NONE
        return sentence.format(count=f"{len(self.scores.names):,}", name=same(self.class_words(self.scores.names[number])), share=f"{100 * share:.0f} %")
