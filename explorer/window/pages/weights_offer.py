"""The offer of the first start: ImageNet weights for the network on the page, fetched with one button while the page stays as it is."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue import Variant
from explorer.results import Bundle, Progress
from explorer.window.client import Job
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.captions import megabytes
from explorer.window.pages.class_list import larger_of
from explorer.window.settings import OFFER, settings
from explorer.window.views.controls import Bar, Button, Label, time_left
from explorer.window.views.drawing import rounded
from explorer.words import ExplorerError, Text

URL_VARIABLE = "DS_EXPLORER_WEIGHTS_URL"
QUESTION = Text("**1,000 種類を見分けられるようにしますか。**", "**Would you like 1,000 classes?**")
ABOUT = Text(
    "{name}の重み（{size}）を {host} から一度だけ取得します。なくてもこのプログラムは使えます。",
    "{name}: weights of {size}, fetched once from {host}. The program works without them.",
)
FETCH, LATER = Text("{size} をダウンロード", "Download {size}"), Text("今はしない", "Not now")
FETCHING = Text("{name} の重みを取得しています", "Downloading the weights of {name}")
ABOUT_LATER = Text("あとでネットワークの一覧からも取得できます。それまでは今の重みで動きます。", "The list of networks has them too, later. Until then the page works with what it has.")
CANCEL, AGAIN, CLOSE = Text("中止", "Cancel"), Text("もう一度", "Try again"), Text("閉じる", "Close")
LOOKING = Text("重みがあるか調べる", "Looking for weights")


def offline() -> bool:
    """Whether the system says that there is no network, so that nothing can be fetched from the internet. A server that was named is taken to be there."""
    if os.environ.get(URL_VARIABLE) or not QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
        return False
    return QNetworkInformation.instance().reachability() == QNetworkInformation.Reachability.Disconnected


class WeightsOffer(QWidget):
    """``arrived(variant name)``: its weights are here now. Hidden unless this is the first start, there is a network and the weights are not here;
    ``consider`` asks."""

    arrived = Signal(str)
    turned = Signal(bool)
    """The offer came on screen, or left it."""

    def __init__(self, page: BasePage) -> None:
        super().__init__()
        self._page = page
        self.variant: Variant | None = larger_of(page.system)
        self.job: Job | None = None
        self._asked = self._wanted = False
        self.title = Label(QUESTION, "body", wrap=True)
        self.about = Label("", "label", "ink2", wrap=True)
        self.bar = Bar(None)
        self.first = Button(FETCH, "tint", "download")
        self.second = Button(LATER, "plain")
        words = QVBoxLayout()
        words.setSpacing(0)
        for widget in (self.title, self.about, self.bar):
            words.addWidget(widget)
        self._words = words
        self._row = QHBoxLayout(self)
        self._row.addLayout(words, 1)
        self._row.addWidget(self.first)
        self._row.addWidget(self.second)
        self.first.clicked.connect(lambda: self.fetch())
        self.second.clicked.connect(lambda: self._decline())
        look.changed.connect(self._restyle)
        self._restyle()
        self._show_question()
        self.hide()

    def _restyle(self) -> None:
        side = look.px(14)
        self._row.setContentsMargins(side, look.px(9), look.px(8), look.px(9))
        self._row.setSpacing(look.px(8))
        self._words.setSpacing(look.px(2))
        self._place()

    def _place(self) -> None:
        """On screen where it is wanted, never in projection, gone once it is answered anywhere."""
        on = self._wanted and (self.job is not None or settings.may_offer(OFFER))
        self.setVisible(on and not look.projection)
        self.turned.emit(on)

    # whether to offer

    def consider(self) -> None:
        """The page is on screen and has its first answer: on the first start, find out whether the weights are still to be fetched."""
        if self.variant is not None and not self._asked and settings.may_offer(OFFER) and not offline():
            self._asked = True
            client, system = self._page.client, self._page.system.id
            client.query(f"{system}:weights here", "recognition.weights_here", title=LOOKING, system=system).result.connect(self._told)
        self._place()

    def _told(self, bundle: Bundle) -> None:
        assert self.variant is not None
        if self.variant.name not in bundle.facts["here"] and settings.may_offer(OFFER):
            settings.offered(OFFER)
            self._wanted = True
            self._place()

    def _decline(self) -> None:
        if self.job is not None:
            self.job.cancel()
            return
        settings.offered(OFFER, answered=True)
        self._wanted = False
        self._place()

    # the three states

    def _say(self, title: Text, about: Text, first: Text | None, second: Text) -> None:
        self.title.set_text(title)
        self.about.set_text(about)
        self.bar.setVisible(self.job is not None)
        self.first.setVisible(first is not None)
        if first is not None:
            self.first.set_text(first)
        self.second.set_text(second)

    def _show_question(self) -> None:
        if self.variant is not None:
            name, size = self.variant.label, megabytes(self.variant.bytes)
            host = urlsplit(os.environ.get(URL_VARIABLE) or self.variant.url).netloc
            about = Text(*(text.format(name=words, host=host, size=size) for text, words in ((ABOUT.ja, name.ja), (ABOUT.en, name.en))))
            self._say(QUESTION, about, FETCH.format(size=size), LATER)

    def fetch(self) -> None:
        """Download, and say how far it is; the page stays usable."""
        if self.variant is None or self.job is not None:
            return
        name = self.variant.label
        title = FETCHING.format(name=name)
        self.job = job = self._page.client.query(f"{self._page.system.id}:offer", "recognition.fetch_weights", title=title, system=self._page.system.id, variant=self.variant.name)
        self.bar.set_fraction(None)
        self._say(Text(f"**{title.ja}**", f"**{title.en}**"), Text(" ", " "), None, CANCEL)
        job.progress.connect(self._progress)
        job.failed.connect(self._failed)
        job.cancelled.connect(self._cancelled)
        job.done.connect(self._done)

    def _progress(self, progress: Progress) -> None:
        left = time_left(progress.seconds_left)
        words = progress.text if left is None else Text(f"{progress.text.ja}　{left.ja}", f"{progress.text.en}, {left.en}")
        self.bar.set_fraction(progress.fraction)
        self.about.set_text(words)

    def _failed(self, error: ExplorerError) -> None:
        self.job = None
        self._say(error.text, ABOUT_LATER, AGAIN, CLOSE)
        self._place()

    def _cancelled(self) -> None:
        self.job = None
        self._show_question()
        self._place()

    def _done(self) -> None:
        assert self.variant is not None
        self.job = None
        self._wanted = False
        settings.offered(OFFER, answered=True)
        self._place()
        self.arrived.emit(self.variant.name)

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(QPainter(self), QRectF(self.rect()), look.px(8), look.colour("surface"), look.colour("line"))
