"""The base of panels and of the lenses of pages: what each needs of its page, when it asks anew, and how it follows the cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.catalogue import Variant
from explorer.results import Boxes, Bundle, Picture, Result, Scores
from explorer.window.client import Job
from explorer.window.look import look
from explorer.window.views.controls import IconButton
from explorer.words import Text

OPTIONS = Text("表示の設定", "Display settings")


class Host(Protocol):
    """The page, as its lenses see it."""

    @property
    def version(self) -> int:
        """Grows with every new picture and network."""

    @property
    def layer(self) -> str:
        """The layer looked at: a module's path."""

    @property
    def variant(self) -> Variant: ...

    @property
    def given(self) -> Picture | None:
        """The pixels the network was given."""

    @property
    def scores(self) -> Scores | None: ...

    @property
    def whole(self) -> Picture | None:
        """The user's photograph, of which the network may have been given a part."""

    @property
    def whole_version(self) -> int:
        """Grows with every new photograph and network, not with another part of the same."""

    @property
    def plays(self) -> bool:
        """Whether the photograph is a frame of a film, and the next is on its way."""

    @property
    def part_used(self) -> tuple[int, int, int, int] | None:
        """x1, y1, x2, y2 of the part of the photograph that the page looks at; None: the whole."""

    def use_part(self, part: tuple[int, int, int, int] | None) -> None:
        """Look at a part of the photograph, or at the whole again."""

    def whole_request(self) -> dict[str, Any]:
        """As ``request``, with the whole photograph."""

    @property
    def highest(self) -> float:
        """The largest size of a value that a block puts out."""

    def part(self, name: str, kind: type[Any]) -> Any:
        """A part of the network's answer, if it is there and of this kind."""

    def fact(self, name: str, without: Any = None) -> Any:
        """A fact of the network's answer, if it is there."""

    def faces(self) -> dict[str, NDArray[Any]]:
        """The map that stands for each block."""

    def layers(self) -> tuple[str, ...]:
        """All layers whose output is a stack of maps."""

    def parameters(self) -> tuple[str, ...]:
        """The names of all learnt parameters."""

    def choose_layer(self, name: str) -> None:
        """Look at another layer."""

    def request(self) -> dict[str, Any]:
        """What every question to the engine says: system, variant, weights, picture."""

    def ask(self, lane: str, task: str, title: Text, on_result: Callable[[Any], object], **arguments: Any) -> Job:
        """Ask the engine (see ``BasePage.ask``)."""

    def outline(self, box: tuple[float, float, float, float] | None) -> None:
        """Outline x1, y1, x2, y2 (pixels of ``given``) on the input picture, or nothing."""

    def class_words(self, name: str) -> str:
        """A class's name in the language of the window."""

    def changed(self) -> None:
        """Something worth keeping was chosen."""


class LensPart(QWidget):
    """One lens under its tab. Subclasses fill ``refresh`` and whatever they can say of themselves."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host
        self.legend: QWidget | None = None
        self._answered: object = None
        look.changed.connect(self.restyle)

    def restyle(self) -> None:
        """Take up a new look or language."""

    def minimumSizeHint(self) -> QSize:
        """Never wider than the stage; in projection as high as there is room for."""
        return QSize(look.px(300), look.px(120) if look.projection else super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint() if look.projection else super().sizeHint()

    def hasHeightForWidth(self) -> bool:
        """The room is given by the page, however long the sentences are."""
        return False

    def depends_on(self) -> object:
        """What the answer depends on; the engine is asked again when it differs."""
        return self.host.version

    def show_now(self) -> None:
        """Ask for what should be on screen, unless it is there."""
        wanted = self.depends_on()
        if wanted != self._answered:
            self._answered = wanted
            self.refresh()

    def refresh(self) -> None:
        """Ask the engine."""

    def watch(self, job: Job) -> Job:
        """Ask again next time if this job brings nothing, unless something else is asked for by then."""
        wanted = self._answered

        def forget(*_: object) -> None:
            if self._answered == wanted:
                self._forget()

        job.failed.connect(forget)
        job.cancelled.connect(forget)
        return job

    def _forget(self, *_: object) -> None:
        self._answered = None

    def settings(self) -> dict[str, Any]:
        """What was chosen here, as JSON-able values."""
        return {}

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Choose what was chosen before; what does not fit is passed over."""

    def numbers(self) -> dict[str, Any]:
        """What is shown, as JSON-able values."""
        return {}

    def result(self) -> Result | None:
        """What the engine answered last."""
        return None

    def project(self, on: bool) -> None:
        """Lay out for projection, or back."""

    # beside the same lens on another network

    def narrow(self) -> None:
        """Lay out for a column of half the page: one below the other, without what needs more room. For good."""

    def shared(self) -> dict[str, Any]:
        """Of what was chosen, what means the same to another network."""
        return {}

    def follow(self, shared: Mapping[str, Any]) -> None:
        """Choose what was chosen in the same lens on another network, as far as this one has it."""
        if shared:
            self.apply({**self.settings(), **shared})


def boxes_of(bundle: Bundle | None, name: str = "boxes") -> Boxes:
    """The boxes of an answer that is there."""
    assert bundle is not None
    boxes = bundle.parts[name]
    assert isinstance(boxes, Boxes)
    return boxes


class Follower(QObject):
    """Follows the cursor: while one question is under way the newest waits, those between are dropped."""

    def __init__(self, host: Host, lane: str, task: str, title: Text, on_result: Callable[[Any], object], parent: QObject) -> None:
        super().__init__(parent)
        self._host, self._lane, self._task, self._title, self._on_result = host, lane, task, title, on_result
        self._job: Job | None = None
        self._next: dict[str, Any] | None = None

    def ask(self, **arguments: Any) -> None:
        """Ask now, or as soon as the question under way is answered."""
        if self._job is not None and self._job.state in ("waiting", "running"):
            self._next = arguments
            return
        self._next = None
        job = self._host.ask(self._lane, self._task, self._title, self._on_result, **self._host.request(), **arguments)
        self._job = job
        job.ended.connect(self._ended)

    def stop(self) -> None:
        """Forget what is under way."""
        self._next = None
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _ended(self) -> None:
        self._job = None
        if self._next is not None:
            self.ask(**self._next)


class CornerButtons(QWidget):
    """Buttons in the lower right corner of a widget that open what is one click away."""

    SIDE = 30

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self._target = target
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._buttons: list[IconButton] = []
        target.installEventFilter(self)
        look.changed.connect(self.place)
        self.place()

    def add(self, icon: str, tip: Text, toggled: Callable[[bool], object]) -> IconButton:
        """A button that shows or hides something."""
        button = IconButton(icon, tip, flat=True)
        button.setCheckable(True)
        button.toggled.connect(toggled)
        self._buttons.append(button)
        self._row.addWidget(button)
        self.place()
        return button

    def place(self) -> None:
        """Stay in the corner."""
        self._row.setSpacing(look.px(2))
        for button in self._buttons:
            button.setFixedSize(look.px(self.SIDE), look.px(self.SIDE))
        self.adjustSize()
        self.move(self._target.width() - self.width(), self._target.height() - self.height())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._target and event.type() == QEvent.Type.Resize:
            self.place()
        return False
