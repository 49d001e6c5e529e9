"""Weights of the user's own on the page of a system: those of another network of it are looked at with that, those of another system on its page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.catalogue import System, Variant, system
from explorer.catalogue.readiness import ready
from explorer.results import Bundle
from explorer.words import ExplorerError, InputError, Text

if TYPE_CHECKING:
    from explorer.window.pages.picture_page import Choice, PicturePage

WHOSE = Text("どのネットワークの重みか調べる", "Finding out whose weights these are")
OTHERS = Text(
    "「{name}」は{owner}の重みで、{here}のネットワークには合いません。",
    "“{name}” holds the weights of {owner}: they fit no network of {here}.",
)
OPEN_THERE = Text("{system}のページで開く", "Open it on the page of {system}")


class OwnWeights:
    """What a page does when the engine refuses what it is to look at, which may be for weights of another network."""

    def __init__(self, page: PicturePage) -> None:
        self._page = page

    def refused(self, choice: Choice, error: ExplorerError) -> None:
        """This cannot be looked at: said on the page, unless it is for weights that are new here and fit another network."""
        page = self._page
        in_use = page.shows.weights if page.answer is not None else None
        if not isinstance(error, InputError) or choice.weights in (None, in_use):
            page.show_error(error, partial(page.load, choice))
            return
        found = partial(self._found, choice, error)
        if page.system.section == "recognition":
            job = page.ask("owner", "comparison.whose", WHOSE, found, on_error=lambda _: page.show_error(error), weights=choice.weights)
        else:  # the first network of this system that they fit
            asked = {**page.request(choice), "variant": None}
            job = page.ask("owner", page.task, WHOSE, found, on_error=lambda _: page.show_error(error), **asked)
        job.cancelled.connect(lambda: page.stopped(choice))

    def _found(self, choice: Choice, error: ExplorerError, bundle: Bundle) -> None:
        page, path = self._page, choice.weights
        if path is None or path != page.wanted.weights:
            return  # something else was chosen meanwhile
        owner = system(str(bundle.facts["system"])) if "system" in bundle.facts else page.system
        variant = owner.variant(str(bundle.facts["variant"]))
        if variant == page.system.variant(choice.variant):  # they fit: it was for something else
            page.show_error(error, partial(page.load, choice))
        elif variant in page.system.variants:
            page.choose_network(variant.name, path)
        else:
            there = [(OPEN_THERE.format(system=owner.name), partial(self._hand_over, owner, variant, path))] if ready(owner) else []
            page.show_error(InputError(OTHERS.format(name=Path(path).name, owner=variant.label, here=page.system.name)), actions=there)

    def _hand_over(self, owner: System, variant: Variant, path: str) -> None:
        """Open them on the page of the system they belong to."""
        self._page.clear_error()
        self._page.state_wanted.emit(owner.id, {"variant": variant.name, "weights": path})
