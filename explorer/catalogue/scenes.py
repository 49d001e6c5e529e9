"""Pages of the chapters that are no surveyed system: what opens and closes a section, and everyday uses."""

from __future__ import annotations

from explorer.catalogue.schema import Scene
from explorer.words import Text

ILSVRC = Scene(
    id="ilsvrc",
    section="recognition",
    name=Text("誤り率の歩み", "Errors over the years"),
    line=Text("ILSVRC の top-5 誤り率", "Top-5 error at ILSVRC"),
    sentence=Text(
        "画像認識の競技会 ILSVRC では、1,000 種類のうち正解を五つの候補に入れられなかった割合を競いました。"
        "深層学習が登場した 2012 年から五年で、人の見積もりを下回りました。\n\n"
        "ここにあるのは公表された値です。この計算機で測ったものではありません。点を選ぶと出典が出ます。"
        "このプログラムにあるネットワークなら、そのページを開けます。",
        "At the ILSVRC competition networks named what a photograph shows, out of 1,000 kinds; the error counts the photographs "
        "whose answer was not among five guesses. From 2012, when deep learning arrived, it took five years to fall below what was estimated for a person.\n\n"
        "These are published figures, not measured on this machine. Choose a point to see its source; a network that this program has can be opened from there.",
    ),
    page="timeline",
)

WORDS = Scene(
    id="language_timeline",
    section="language",
    name=Text("言語モデルの歩み", "Language over the years"),
    line=Text("RNN から BERT まで", "From RNN to BERT"),
    sentence=Text(
        "文章を扱うネットワークの歩みです。前の言葉を覚える RNN に始まり、長く覚える LSTM、単語をベクトルにする word2vec、"
        "文を訳す seq2seq、必要な場所を見返す注意機構、そして注意機構だけで作る Transformer と BERT へ続きます。",
        "How networks learnt to handle language: the RNN that remembers what came before, the LSTM that remembers longer, word2vec that turns words into vectors, "
        "seq2seq that translates, attention that looks back where it needs to, and the Transformer and BERT, made of attention alone.",
    ),
    page="timeline",
)

SCENES: tuple[Scene, ...] = (ILSVRC, WORDS)
