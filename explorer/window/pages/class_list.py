"""The line under the strip: which classes the network knows, whether any fits, and where more classes are to be had."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from explorer.catalogue import SYSTEMS, System, Variant
from explorer.catalogue.classes import LEARNT_FROM
from explorer.window.look import look
from explorer.window.pages.captions import megabytes
from explorer.window.views.controls import Button, Field, Label
from explorer.words import Text

KNOWS_FEW = Text("知っているのは{names}。", "It knows only {names}.")
KNOWS_MANY = Text("知っているのは {count} 種類です。", "It knows {count} classes.")
SHOW_LIST = Text("一覧", "List")
MORE_CLASSES = Text("1,000 種類にする（{size}）", "Get 1,000 classes ({size})")
EVERYDAY = Text("日常の写真用の重みを使う（{size}）", "Get weights for everyday photographs ({size})")
LEARNT_ONLY = Text("学んだのは{what}だけ。ほかの写真では、別の物をこのどれかと取り違えます。", "It learnt only {what}: elsewhere it takes other things for these.")
ELSEWHERE = Text("日常の写真には {names} の重みがあります。", "For everyday photographs there are weights of {names}.")
AND = Text(" と ", " and ")
ALL_CLASSES = Text("知っている {count} 種類", "The {count} classes it knows")
FIND = Text("名前で探す", "Find a name")
FEW = 12


def larger_of(system: System) -> Variant | None:
    """The smallest download that knows other classes than the system's first network, if there is one."""
    own = system.variants[0].classes
    return min((v for v in system.variants if v.weights == "download" and v.model and v.classes not in ("", own)), key=lambda v: v.bytes, default=None)


def learnt_only(variant: Variant) -> Text | None:
    """What a bundled network learnt from, that it sees nothing else, and where one is for everyday photographs; None of networks that are for those."""
    what = LEARNT_FROM.get(variant.classes)
    if what is None:
        return None
    only, section = LEARNT_ONLY.format(what=what), next(one.section for one in SYSTEMS if variant in one.variants)
    others = [one for one in SYSTEMS if one.section == section and larger_of(one) is not None]
    if not others or any(variant in one.variants for one in others):  # then the button is on the page
        return only
    names = AND.ja.join(one.name.ja for one in others), AND.en.join(one.name.en for one in others)
    return Text(f"{only.ja}{ELSEWHERE.ja.format(names=names[0])}", f"{only.en} {ELSEWHERE.en.format(names=names[1])}")


class ClassesKnown(QWidget):
    """``wanted(variant name)``: the user wants the network that knows more."""

    wanted = Signal(str)

    def __init__(self, system: System) -> None:
        super().__init__()
        self.system = system
        self.names: tuple[str, ...] = ()
        self._more = self._offered = False
        self.note = Label("", "label", "ink2")
        self.list_button = Button(SHOW_LIST, "plain")
        self.more_button = Button(MORE_CLASSES, "plain", "download")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.note, 1)
        self._row.addWidget(self.list_button)
        self._row.addWidget(self.more_button)
        self.list_button.clicked.connect(self.open_list)
        self.more_button.clicked.connect(lambda: self._want_more())
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._row.setSpacing(look.px(8))
        for button in (self.list_button, self.more_button):
            button.setFixedHeight(look.px(24))

    def _want_more(self) -> None:
        if (larger := larger_of(self.system)) is not None:
            self.wanted.emit(larger.name)

    def show_classes(self, variant: Variant, words: Sequence[str], said: Text | None, doubtful: bool = True) -> None:
        """Say what the network knows; first ``said``, what of it was seen or, where ``doubtful``, that none of it fits."""
        self.names = tuple(words)
        few = len(self.names) <= FEW
        joined = ("、" if look.language == "ja" else ", ").join(self.names)
        known = KNOWS_FEW.format(names=joined) if few else KNOWS_MANY.format(count=f"{len(self.names):,}")
        if said is not None:
            known = Text(said.ja + known.ja, f"{said.en} {known.en}") if not few else said
        self.note.set_colour("caveat" if said is not None and doubtful else "ink2")
        self.note.set_text(known)
        self.note.setToolTip(f"{look.say(known).replace('**', '')}\n{joined if few else ''}".strip())
        self.list_button.setVisible(not few or said is not None)
        larger = larger_of(self.system)
        if larger is None:
            self.more_button.hide()
            return
        self.more_button.set_text((MORE_CLASSES if larger.classes == "imagenet1k" else EVERYDAY).format(size=megabytes(larger.bytes)))
        self._more = few and variant.classes != larger.classes
        self.set_offered(self._offered)

    def set_offered(self, offered: bool) -> None:
        """Whether more classes are offered elsewhere on the page: then not here."""
        self._offered = offered
        self.more_button.setVisible(self._more and not offered)

    def open_list(self) -> QDialog:
        """All names in a window of their own, to look through or search."""
        dialog = QDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = ALL_CLASSES.format(count=f"{len(self.names):,}")
        dialog.setWindowTitle(look.say(title))
        column = QVBoxLayout(dialog)
        field = Field(FIND, name=FIND, height=34)
        names = QListWidget()
        names.addItems(self.names)
        names.setFont(look.font("body"))
        column.addWidget(Label(title, "section"))
        column.addWidget(field)
        column.addWidget(names, 1)

        def narrow(typed: str) -> None:
            for index in range(names.count()):
                item = names.item(index)
                item.setHidden(typed.strip().lower() not in item.text().lower())

        field.textChanged.connect(narrow)
        dialog.resize(look.px(340), look.px(460))
        dialog.open()
        return dialog


class OthersKnown(ClassesKnown):
    """The same on pages that tell their classes elsewhere, too: only for systems with a network to be had that knows others, never in projection."""

    def _restyle(self) -> None:
        super()._restyle()
        self.setVisible(larger_of(self.system) is not None and not look.projection)
