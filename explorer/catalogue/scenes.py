"""Pages of the chapters that are no surveyed system: what opens and closes a section, and everyday uses."""

from __future__ import annotations

from explorer.catalogue.classes import DIGITS as TEN_DIGITS
from explorer.catalogue.recognition import RESNET
from explorer.catalogue.schema import Scene, Variant
from explorer.words import Text

FOUR_TASKS = Scene(
    id="four_tasks",
    section="recognition",
    name=Text("画像処理の四つの課題", "Four image tasks"),
    line=Text("一枚の画像で見比べる", "All four on one picture"),
    sentence=Text(
        "画像処理には四つの課題があります。認識は「何が写っているか」、領域分割は「どの画素が何か」、検出は「何がどこにあるか」、生成は「新しい画像を作る」ことです。\n\n"
        "ここでは一枚の画像で四つを見比べます。使うのは認識のネットワーク一つだけです。答えるのは認識だけなので、ほかの三つは工夫して引き出します。"
        "窓を滑らせて場所を、窓の中のどこを見たかで画素ごとのクラスを、画像のほうを変えることで新しい画像を得ます。\n\n"
        "だから三つの答えは粗いものです。それぞれのために作られたネットワークは、この章の続きにあります。› のある枠を押すと、そのページが開きます。",
        "Image processing has four tasks. Recognition says what a picture shows, segmentation which pixels are what, detection what is where, and generation makes a new picture.\n\n"
        "Here all four are shown on one picture, with a single network. It was made for recognition only, so the other three are drawn out of it: "
        "places by sliding a window, a class for each pixel by where it looked in the window, a new picture by changing the picture instead of the network.\n\n"
        "That is why these three are coarse. Networks made for each task follow in this chapter; a panel with › opens their page.",
    ),
    page="four_tasks",
    input="picture",
    samples=("cat", "coffee", "astronaut"),
    variants=tuple(one for one in RESNET.variants if one.weights in ("bundled", "download")),
    opens=True,
)

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

DIGITS = Scene(
    id="digits",
    section="recognition",
    name=Text("文字を読む", "Reading handwriting"),
    line=Text("AI-OCR：手書きの数字", "AI-OCR: digits as you write them"),
    sentence=Text(
        "手書きの数字を読む、小さな CNN です。マウス、ペン、指で数字を書くと、書いている途中から読みます。紙に書いた数字の写真も読めます。\n\n"
        "書いたものはそのままでは渡しません。学習に使った数字と同じように、切り出し、線の太さをそろえ、8×8 のマスにインクの量を数えます。"
        "学習したのは scikit-learn の手書き数字 1,147 枚だけ。回す、ずらす、歪める、太さを変えるという変形を毎回加えて学びました。\n\n"
        "郵便番号や帳票を読む AI-OCR も、まず一文字ずつ切り出し、同じ仕組みで読みます。",
        "A small CNN that reads handwritten digits. Write one with mouse, pen or finger: it reads while you write. A photograph of a digit on paper works too.\n\n"
        "It is not given your drawing as it is. As with the digits it learnt from, yours is cut out, its strokes are made equally thick, and the ink in 8×8 fields is counted. "
        "It learnt from only 1,147 of scikit-learn's handwritten digits, turned, moved, bent and thickened anew each time.\n\n"
        "AI-OCR that reads postcodes and forms begins the same way: cut out one character, then read it.",
    ),
    page="draw",
    input="picture",
    samples=tuple(digit.en for digit in TEN_DIGITS),
    variants=(
        Variant(
            name="digits", label=Text("手書き数字の CNN", "CNN for digits"), model="explorer.engine.models.recognition.cnn:digits_cnn", parameters=27_482,
            weights="bundled", file="digits.safetensors", classes="digits", size=16, taps=("stage1.activation", "stage2.activation"),
        ),
    ),
)  # fmt: skip

COMPARE = Scene(
    id="compare",
    section="recognition",
    name=Text("並べて比べる", "Side by side"),
    line=Text("二つのネットワークを一枚の画像で", "Two networks on one picture"),
    sentence=Text(
        "二つのネットワークに同じ画像を見せ、同じレンズで並べて比べます。画像、クラス、深さはどちらにも同じものを使います。\n\n"
        "深さは層の数に対する割合です。層の数が違っても、入口からの道のりが同じくらいの層を並べます。同梱の重みのほか、ダウンロード済みの重みや自分の重みも選べます。",
        "Two networks look at the same picture, through the same lens. Picture, class and depth are the same for both.\n\n"
        "Depth is a share of the layers, so that layers about equally far from the picture stand side by side, however many there are. "
        "Choose among the bundled weights, those you downloaded, and your own.",
    ),
    page="compare",
    input="picture",
    lenses=("feature_maps", "filters", "receptive_field", "excites", "sightings", "class_activation", "attribution", "occlusion", "confusion", "atlas"),
    samples=("cat", "coffee", "astronaut"),
)

NETWORKS = Scene(
    id="networks",
    section="recognition",
    name=Text("すべてのネットワーク", "All networks"),
    line=Text("正解率と大きさ、計算量、時間", "Accuracy against size, work and time"),
    sentence=Text(
        "認識のネットワークを一枚の図に並べます。正解率、パラメータ数、重みのバイト数、積和演算の回数、一枚にかかる時間から、縦と横を選べます。\n\n"
        "パラメータと積和は数え、時間はこの計算機の一つのコアで測ります。同梱の重みの正解率はテスト画像 CIFAR-10 で測った値です。"
        "ImageNet の値は公表されたもので、別の問題（1,000 種類）の正解率ですから、高さを同梱のものと比べることはできません。点を選ぶと、そのページが開きます。",
        "All recognition networks on one chart. Choose what stands up and across: accuracy, parameters, bytes of weights, multiply-adds, or time a picture.\n\n"
        "Parameters and multiply-adds are counted, times are measured on one core of this machine. The accuracy of bundled weights was measured on CIFAR-10 test pictures. "
        "Figures for ImageNet are published ones, for another task of 1,000 classes: their height cannot be compared with the others. Choose a point to open its page.",
    ),
    page="networks",
)

TRANSFER = Scene(
    id="transfer",
    section="recognition",
    name=Text("自分のクラスを教える", "Teach it your own classes"),
    line=Text("転移学習：数枚の画像から", "Transfer from a few pictures"),
    sentence=Text(
        "学習済みのネットワークに、新しいクラスを数枚の画像で教えます。ネットワークはそのまま使い、画像ごとに取り出した特徴から、最後の層だけをその場で学び直します。数秒で終わります。\n\n"
        "クラスを二つから五つ作り、それぞれに画像を数枚入れてください。学ばなかった画像での正解は、画像を順に外して学び、外した画像を当てさせて数えます。"
        "見本は三枚の写真の切り抜きです。同じ写真どうしなので、やさしい問題です。\n\n"
        "特徴を取り出すネットワークは、この計算機に重みがあるものから選べます。",
        "A trained network is taught new classes with a few pictures. It stays as it is; only its last layer is learnt anew, here and now, from the features it takes from each picture. That takes seconds.\n\n"
        "Make two to five classes and give each a few pictures. To count how many unseen pictures it gets right, pictures are left out in turn and it is asked about those. "
        "The example classes are cut out of three photographs: pieces of the same photograph are alike, so they are easy.\n\n"
        "Choose the network that gives the features among those whose weights are on this machine.",
    ),
    page="transfer",
    input="picture",
)

SCENES: tuple[Scene, ...] = (FOUR_TASKS, COMPARE, NETWORKS, ILSVRC, DIGITS, TRANSFER, WORDS)
