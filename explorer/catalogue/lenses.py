"""The lenses: ways of looking at a running model, listed by the systems that have them."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.catalogue.schema import Lens
from explorer.words import Text

_ALL = (
    Lens("sightings", Text("どこに何が", "Where it saw what"), "recognition.sightings",
         Text("写真の上を窓で滑らせ、どこに何が見えたかを示します。", "The network slid over the photograph: where each class was seen, and how sure."), "places"),
    Lens("mask", Text("クラスの地図", "Class of each pixel"), "segmentation.network",
         Text("画素ごとのクラスを写真に重ねます。", "The class of each pixel, over the photograph."), "places"),
    Lens("boxes", Text("見つけた物体", "Objects found"), "detection.network",
         Text("見つけた物体の箱と確からしさ。", "The boxes of the objects found, and how sure each is."), "places"),
    Lens("feature_maps", Text("特徴マップ", "Feature maps"), "recognition.feature_maps",
         Text("選んだ層の出力を一枚ずつ並べます。", "The output of the chosen layer, one map a channel."), "inside"),
    Lens("filters", Text("フィルタ", "Filters"), "recognition.filters",
         Text("学習された重みそのものです。", "The learnt weights themselves."), "inside"),
    Lens("class_activation", Text("どこを見たか", "Where it looked"), "recognition.class_activation",
         Text("選んだクラスの根拠になった場所です。", "The places that spoke for the chosen class."), "places"),
    Lens("attribution", Text("画素ごとの寄与", "Pixel attribution"), "recognition.attribution",
         Text("各画素がクラスのスコアにどれだけ効いたか。", "How much each pixel counted for the class's score."), "places"),
    Lens("occlusion", Text("隠してみる", "Occlusion"), "recognition.occlusion",
         Text("画像の一部を隠すと、クラスの確率がどれだけ下がるか。", "How far the class's probability falls when a part is covered."), "places"),
    Lens("excites", Text("ユニットの好み", "What excites a unit"), "recognition.excites",
         Text("一つのユニットやクラスを最も強く反応させる画像です。", "The picture that excites one unit, or one class, most."), "inside"),
    Lens("confusion", Text("混同行列", "Confusion matrix"), "recognition.confusion",
         Text("テスト画像のどのクラスをどのクラスと答えたか。", "Which class of test pictures was taken for which."), "tests"),
    Lens("atlas", Text("テスト画像の地図", "Map of the test pictures"), "recognition.atlas",
         Text("ネットワークから見て似たテスト画像ほど近くに並びます。", "Test pictures that look alike to the network lie close together."), "tests"),
    Lens("gradients", Text("勾配", "Gradients"), "recognition.gradients",
         Text("層ごとの勾配の大きさを、残差接続あり・なしで比べます。", "Gradient norm by layer, with and without the residual connections.")),
    Lens("pooling", Text("プーリングとずれ", "Pooling and shifts"), "recognition_panels.pooling",
         Text("画像をずらしたとき、特徴マップと答えがどれだけ変わるか。", "How much the maps and the answer change when the picture is moved.")),
    Lens("stacked", Text("3×3 を重ねる", "Stacked 3×3"), "recognition_panels.stacked",
         Text("小さな窓を重ねると、大きな窓一つと同じ範囲が少ない重みで見えます。", "Small windows stacked see what a large one sees, with fewer weights.")),
    Lens("receptive_field", Text("受容野", "Receptive field"), "recognition.receptive_field",
         Text("一つの値が画像のどこに依存するかを測ります。", "Which pixels one value depends on, measured."), "inside"),
    Lens("separable", Text("分けた畳み込み", "Separable convolution"), "recognition_panels.separable",
         Text("深さごと・点ごとの二段階と、その計算量です。", "A convolution in two steps, depthwise and pointwise, and what it costs.")),
    Lens("fire", Text("Fire モジュール", "Fire module"), "recognition_panels.fire",
         Text("しぼってから二つの枝で広げる様子です。", "Squeezed, then expanded by two branches.")),
    Lens("dense", Text("密な接続", "Dense connections"), "recognition_panels.dense",
         Text("各層が前のどの層をどれだけ使うかを、重みから読みます。", "How much each layer uses every earlier one, read off its weights.")),
    Lens("scaling", Text("三つの大きさ", "Compound scaling"), "recognition_panels.scaling",
         Text("幅、深さ、解像度を変えて、重みと計算と時間を比べます。", "Width, depth and resolution: what they cost in weights, work and time.")),
    Lens("width", Text("幅と深さ", "Width against depth"), "recognition_panels.width",
         Text("広いネットワークと、積和が同じ細く深いネットワークの大きさと時間です。", "A wide network beside a thin, deep one of equal multiply-adds: size and time.")),
    Lens("widths", Text("幅の増え方", "How widths grow"), "recognition_panels.widths",
         Text("ブロックごとのチャンネルの数を、三つのネットワークで比べます。", "Channels block by block, in three kinds of network.")),
    Lens("attention", Text("注意の地図", "Attention map"), "language.translate",
         Text("訳語を書くたびに、原文のどこを見たか。", "Where each written word looked in the source.")),
    Lens("hidden_states", Text("隠れ状態", "Hidden states"), "language.hidden_states",
         Text("エンコーダが単語ごとに持つ状態です。", "The state the encoder holds at each word.")),
    Lens("hypotheses", Text("候補の木", "Candidates"), "language.translate",
         Text("ビーム探索で残っている文です。", "The sentences still in the running in beam search.")),
    Lens("decision_surface", Text("決定面", "Decision surface"), "basics.playground",
         Text("平面の各点でネットワークが何と答えるか。", "What the network answers at each point of the plane.")),
    Lens("loss", Text("損失", "Loss"), "basics.playground",
         Text("訓練と検証の損失の推移です。", "Training and test loss over time.")),
    Lens("loss_surface", Text("損失の地形", "Loss surface"), "basics.loss_surface",
         Text("損失の断面と、その上を学習が歩いた道です。", "A slice of the loss and the path training walked on it.")),
    Lens("neuron_line", Text("境界の直線", "Decision line"), "basics.neuron",
         Text("重み付き和がゼロになる直線です。", "The line on which the weighted sum is zero.")),
    Lens("values", Text("価値の地図", "Map of values"), "reinforcement.table",
         Text("各マスの四つの行動の価値です。", "The value of the four actions in each cell.")),
    Lens("visits", Text("訪問回数", "Visits"), "reinforcement.table",
         Text("どのマスに何回来たか。", "How often each cell was visited.")),
    Lens("q_table", Text("Q テーブル", "Q table"), "reinforcement.table",
         Text("学習している表そのものです。", "The table that is being learnt.")),
)

LENS_GROUPS: Mapping[str, Text] = {
    "inside": Text("層の中", "Inside the layers"),
    "places": Text("画像のどこ", "Where in the picture"),
    "tests": Text("テスト画像", "Test pictures"),
    "apart": Text("この仕組み", "What sets it apart"),
}
"""Where a page has many lenses, they are offered in these groups; a lens that only one system has is of the last."""

LENSES: Mapping[str, Lens] = {lens.id: lens for lens in _ALL}
