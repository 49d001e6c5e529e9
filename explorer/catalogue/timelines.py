"""Two timelines of the survey: falling errors on ImageNet, and networks that handle language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.words import Text, same


@dataclass(frozen=True)
class Milestone:
    """A point of a timeline.

    ``system``: its id in the catalogue, or empty. ``value``: in the unit of the timeline, or None where
    only the year counts. ``source``: who published it. ``about``: shown as "about", quoted at second hand.
    """

    year: int
    name: Text
    source: Text
    system: str = ""
    value: float | None = None
    about: bool = False


@dataclass(frozen=True)
class Timeline:
    """Milestones in order of time. ``unit``: of their values. ``reference``: what to hold them against."""

    name: Text
    milestones: tuple[Milestone, ...]
    unit: Text | None = None
    reference: Milestone | None = None


_REVIEW = "Russakovsky et al. (2014), arXiv 1409.0575"

ILSVRC = Timeline(
    name=Text("ILSVRC の top-5 誤り率", "Top-5 error at ILSVRC"),
    unit=same("%"),
    milestones=(
        Milestone(
            2012,
            same("AlexNet"),
            Text(f"ILSVRC 2012 の結果（追加データあり）。{_REVIEW}", f"ILSVRC 2012 results (with extra data); {_REVIEW}"),
            value=15.3,
            about=True,
        ),
        Milestone(
            2013, same("Clarifai"), Text(f"ILSVRC 2013 の結果。{_REVIEW}", f"ILSVRC 2013 results; {_REVIEW}"), value=11.7, about=True
        ),
        Milestone(
            2013,
            same("ZFNet"),
            Text("Zeiler & Fergus の論文、arXiv 1311.2901", "Paper of Zeiler & Fergus, arXiv 1311.2901"),
            value=14.8,
            about=True,
        ),
        Milestone(
            2014, same("GoogLeNet"), Text(f"ILSVRC 2014 の結果。{_REVIEW}", f"ILSVRC 2014 results; {_REVIEW}"), value=6.67, about=True
        ),
        Milestone(
            2014,
            same("VGGNet"),
            Text(f"ILSVRC 2014 の結果。{_REVIEW}", f"ILSVRC 2014 results; {_REVIEW}"),
            system="vgg",
            value=7.3,
            about=True,
        ),
        Milestone(
            2015,
            same("ResNet"),
            Text("He et al. の論文、arXiv 1512.03385、複数モデルの平均", "Paper of He et al., arXiv 1512.03385, an ensemble"),
            system="resnet",
            value=3.57,
        ),
        Milestone(
            2016,
            same("Trimps-Soushen"),
            Text("ILSVRC 2016 の結果、image-net.org", "ILSVRC 2016 results, image-net.org"),
            value=2.99,
            about=True,
        ),
        Milestone(2017, same("SENet"), Text("Hu et al. の論文、arXiv 1709.01507", "Paper of Hu et al., arXiv 1709.01507"), value=2.25),
    ),
    reference=Milestone(
        2014,
        Text("人", "A person"),
        Text(f"Karpathy による見積もり。{_REVIEW}", f"Estimated by Karpathy; {_REVIEW}"),
        value=5.1,
        about=True,
    ),
)

LANGUAGE = Timeline(
    name=Text("言語のネットワークの歩み", "Networks for language"),
    milestones=(
        Milestone(1986, same("RNN"), same("Rumelhart, Hinton & Williams"), system="rnn"),
        Milestone(1997, same("LSTM"), same("Hochreiter & Schmidhuber"), system="lstm"),
        Milestone(2013, same("word2vec"), same("Mikolov et al."), system="word2vec"),
        Milestone(2014, same("seq2seq"), same("Sutskever et al."), system="seq2seq"),
        Milestone(2015, Text("注意機構", "Attention"), same("Bahdanau et al."), system="attention"),
        Milestone(2017, same("Transformer"), same("Vaswani et al."), system="transformer"),
        Milestone(2018, same("BERT"), same("Devlin et al."), system="bert"),
    ),
)

TIMELINES: Mapping[str, Timeline] = {"ilsvrc": ILSVRC, "language_timeline": LANGUAGE}
"""By the id of the scene that shows it."""
