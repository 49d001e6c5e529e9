"""Chapter 1: the neuron and the networks made of it."""

from __future__ import annotations

from explorer.catalogue.schema import Ancestor, Claim, Paper, System, Threshold, Variant
from explorer.words import Text

_EXPERIMENTS = "explorer.engine.experiments.basics"

NEURON = System(
    id="neuron",
    section="basics",
    name=Text("ニューロン", "Neuron, perceptron"),
    year=1943,
    years="1943, 1958",
    papers=(
        Paper("A Logical Calculus of the Ideas Immanent in Nervous Activity", "McCulloch & Pitts", 1943),
        Paper(
            "The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain",
            "Rosenblatt",
            1958,
        ),
    ),
    line=Text("重み付きの和と活性化", "A weighted sum, a switch"),
    sentence=Text(
        "入力に重みを掛けて足し、活性化関数に通して一つの値を出す、ネットワークの最小の部品です。",
        "The smallest part of a network: inputs times weights, added up and passed through an activation.",
    ),
    variants=(
        Variant(
            name="two-inputs",
            label=Text("二入力", "Two inputs"),
            model="explorer.engine.models.basics.neuron:Neuron",
            parameters=3,
            weights="live",
        ),
    ),
    claims=(
        Claim(
            id="neuron.weighted_sum",
            mark="·",
            text=Text(
                "重み付きの和を活性化関数に通すと、ニューロンのモデルになる。",
                "A weighted sum passed through an activation models a neuron.",
            ),
            quantity=Text(
                "計算が一致した割合と、直線で分けられる点の正解率（割合）",
                "Share of settings that agree, and accuracy on separable points (shares)",
            ),
            compares=Text(
                "実装の線形層と活性化関数に対し、式どおりに足した和",
                "The running linear layer and activation against the sum written out by hand",
            ),
            equal=Text("入力、重み、バイアス、活性化関数", "Inputs, weights, bias and activation"),
            thresholds=(Threshold("agreement", 1.0, 0.999), Threshold("line_accuracy", 0.99, 0.95)),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.neuron:weighted_sum",
            minutes=0.2,
        ),
        Claim(
            id="neuron.xor",
            mark="-",
            text=Text("パーセプトロン一つでは XOR を学べない。", "One perceptron cannot learn XOR."),
            quantity=Text(
                "XOR の四点の正解率（割合、全シードで最良）",
                "Accuracy on the four points of XOR (share, best of all seeds)",
            ),
            compares=Text(
                "パーセプトロン一つと、隠れ層を一つ足したもの",
                "One perceptron against the same with one hidden layer",
            ),
            equal=Text("四つの点、学習の回数、学習率", "The four points, steps and learning rate"),
            thresholds=(
                Threshold("best_accuracy", 0.75, 0.75, larger=False),
                Threshold("hidden_accuracy", 0.95, 0.75),
            ),
            seeds=10,
            experiment=f"{_EXPERIMENTS}.neuron:xor",
            minutes=0.5,
        ),
    ),
    page="neuron",
    input="points",
    lenses=("neuron_line",),
)

DNN = System(
    id="dnn",
    section="basics",
    name=Text("深層ネットワーク", "Deep network"),
    year=1986,
    papers=(
        Paper("Learning Representations by Back-propagating Errors", "Rumelhart, Hinton & Williams", 1986),
    ),
    line=Text("層を重ねて坂を下る", "Layers, trained downhill"),
    sentence=Text(
        "ニューロンを層に並べて重ね、損失の坂を下るように勾配降下法で重みを決めるネットワークです。",
        "Neurons stacked in layers, their weights found by stepping down the slope of the loss.",
    ),
    builds_on=(
        Ancestor(
            "neuron",
            Text("重み付きの和と活性化関数", "The weighted sum and its activation"),
            Text("隠れ層と、誤差逆伝播による学習", "Hidden layers, trained by back-propagation"),
        ),
    ),
    variants=(
        Variant(
            name="playground",
            label=Text("自分で組む", "Build your own"),
            model="explorer.engine.models.basics.dnn:MLP",
            weights="live",
        ),
    ),
    claims=(
        Claim(
            id="dnn.layers",
            mark="·",
            text=Text(
                "パーセプトロンを層につなぐと、一つでは分けられないものが分けられる。",
                "Perceptrons joined in layers fit what a single one cannot.",
            ),
            quantity=Text("検証データの正解率の差（割合）", "Difference in test accuracy (share)"),
            compares=Text(
                "隠れ層のあるネットワークとパーセプトロン一つ（三日月、円、渦、XOR）",
                "A network with hidden layers against one perceptron, on moons, circles, spiral and xor",
            ),
            equal=Text(
                "データ、ステップ数、バッチ、最適化手法",
                "Data, steps, batch size and optimiser",
            ),
            thresholds=(Threshold("difference", 0.1, 0.02, spread="spread"),),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.dnn:layers",
            minutes=1.0,
        ),
        Claim(
            id="dnn.gradient_descent",
            mark="·",
            text=Text(
                "重みは勾配降下法で見つかり、深さと幅で当てはまり方が変わる。",
                "Gradient descent finds the weights; depth and width change the fit.",
            ),
            quantity=Text(
                "損失の比（最後÷最初）と、幅・深さによる正解率の差（割合）",
                "Final over initial loss, and the accuracy gap across widths and depths (share)",
            ),
            compares=Text(
                "学習の前と後、小さいネットワークと大きいネットワーク",
                "Before against after training; the smallest networks against the largest",
            ),
            equal=Text("データ、ステップ数、学習率", "Data, steps and learning rate"),
            thresholds=(
                Threshold("loss_ratio", 0.5, 0.9, larger=False),
                Threshold("width_depth_effect", 0.05, 0.01, spread="spread"),
            ),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.dnn:gradient_descent",
            minutes=1.5,
        ),
    ),
    page="playground",
    input="points",
    lenses=("decision_surface", "loss", "loss_surface"),
    samples=("moons", "circles", "spiral", "xor"),
)

SYSTEMS: tuple[System, ...] = (NEURON, DNN)
