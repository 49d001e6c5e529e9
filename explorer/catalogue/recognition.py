"""Section 2.1: networks that name what a picture shows."""

from __future__ import annotations

from explorer.catalogue.schema import Ancestor, Claim, Paper, System, Threshold, Variant
from explorer.words import Text, same

_EXPERIMENTS = "explorer.engine.experiments.recognition"
_MODELS = "explorer.engine.models.recognition"
_RESNET = f"{_MODELS}.resnet"
_TORCHVISION = "https://download.pytorch.org/models"

_LENSES = ("feature_maps", "filters", "receptive_field", "excites", "sightings", "class_activation", "attribution", "occlusion", "confusion", "atlas")
_SAMPLES = ("cat", "coffee", "astronaut")

_ACCURACY = Text("検証データの正解率の差（割合）", "Difference in test accuracy (share)")
_SAME_TRAINING = Text("データ、ステップ数、バッチ、最適化手法", "Data, steps, batch size and optimiser")
_SECONDS = Text("学習一ステップの時間の比（倍）", "Ratio of the time of one training step (times)")
_PARAMETERS = Text("パラメータ数の比（倍）", "Ratio of the numbers of parameters (times)")
_COUNTED = Text("クラス数と入力の大きさ", "Number of classes and size of the input")

CNN = System(
    id="cnn",
    section="recognition",
    name=same("CNN"),
    year=1989,
    years="1989, 1998",
    papers=(
        Paper("Backpropagation Applied to Handwritten Zip Code Recognition", "LeCun et al.", 1989),
        Paper("Gradient-Based Learning Applied to Document Recognition", "LeCun et al.", 1998),
    ),
    line=Text("畳み込みとプーリング", "Convolution and pooling"),
    sentence=Text(
        "小さな窓を画像の上で動かして特徴を取り出し、プーリングで位置のずれに強くしたネットワークです。",
        "A small window slides over the picture to find features; pooling makes small shifts matter less.",
    ),
    builds_on=(
        Ancestor(
            "dnn",
            Text("層を重ね、誤差逆伝播で学ぶこと", "Stacked layers trained by back-propagation"),
            Text(
                "場所によらず同じ重みの畳み込みと、プーリング", "Convolution with shared weights, and pooling"
            ),
        ),
    ),
    variants=(
        Variant(
            "cnn",
            Text("CNN（三層）", "CNN, three layers"),
            model=f"{_MODELS}.cnn:cnn",
            parameters=114_186,
            weights="bundled",
            file="cnn.safetensors",
            classes="cifar10",
            size=32,
            taps=("stage1.conv", "stage1", "stage2", "stage3"),
        ),
    ),
    claims=(
        Claim(
            id="cnn.features",
            mark="·",
            text=Text("畳み込みは特徴を取り出す。", "Convolution extracts features."),
            quantity=_ACCURACY,
            compares=Text(
                "学習した畳み込みの出力に線形分類器を付けたものと、画素に直接付けたもの（手書き数字）",
                "A linear classifier on learnt convolution maps against one on raw pixels (digits)",
            ),
            equal=Text("データ、線形分類器、ステップ数", "Data, the linear classifier and steps"),
            thresholds=(Threshold("difference", 0.01, 0.0, spread="spread"),),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.cnn:features",
            minutes=0.3,
        ),
        Claim(
            id="cnn.pooling",
            mark="·",
            text=Text(
                "プーリングがあると、少しずらしても出力があまり変わらない。",
                "Pooling keeps the output steady under small shifts.",
            ),
            quantity=Text(
                "一画素ずらしても答えが変わらない割合の差",
                "Difference in the share of answers unchanged by a shift of one pixel",
            ),
            compares=Text(
                "プーリングのあるネットワークと、間引きだけのネットワーク",
                "A network with pooling against one that only skips pixels",
            ),
            equal=Text("データ、ステップ数、パラメータ数", "Data, steps and number of parameters"),
            thresholds=(Threshold("difference", 0.01, 0.0, spread="spread"),),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.cnn:pooling",
            minutes=0.7,
        ),
        Claim(
            id="cnn.neighbours",
            mark="+",
            text=Text(
                "隣り合う画素の関係が保たれる。",
                "Neighbouring pixels stay neighbours.",
            ),
            quantity=Text(
                "画素を並べ替えたときの正解率の低下の差（割合）",
                "Difference in the accuracy lost when all pixels are shuffled (share)",
            ),
            compares=Text("CNN と全結合ネットワーク", "A CNN against a dense network"),
            equal=Text(
                "データ、並べ替え方、ステップ数、パラメータ数",
                "Data, the shuffle, steps and number of parameters",
            ),
            thresholds=(Threshold("difference", 0.02, 0.0, spread="spread"),),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.cnn:neighbours",
            minutes=0.4,
        ),
        Claim(
            id="cnn.viewpoint",
            mark="-",
            text=Text("見る向きや背景が変わると弱い。", "It is weak when viewpoint or background changes."),
            quantity=Text("正解率の低下（割合）", "Accuracy lost (share)"),
            compares=Text(
                "そのままの数字と、回した数字や背景を変えた数字",
                "Digits as they are against digits turned or set on another background",
            ),
            equal=Text("ネットワークと検証用の数字", "The network and the test digits"),
            thresholds=(
                Threshold("rotation_drop", 0.15, 0.05, spread="spread"),
                Threshold("background_drop", 0.15, 0.05, spread="spread"),
            ),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.cnn:viewpoint",
            minutes=0.4,
        ),
    ),
    page="classify",
    input="picture",
    lenses=("pooling", *_LENSES),
    samples=_SAMPLES,
)

VGG = System(
    id="vgg",
    section="recognition",
    name=same("VGGNet"),
    year=2014,
    papers=(
        Paper(
            "Very Deep Convolutional Networks for Large-Scale Image Recognition",
            "Simonyan & Zisserman",
            2014,
            "1409.1556",
        ),
    ),
    line=Text("3×3 だけを積む", "Only 3×3, stacked deep"),
    sentence=Text(
        "3×3 の畳み込みだけを、規則正しく 16 層や 19 層まで積み重ねたネットワークです。",
        "Nothing but 3×3 convolutions, stacked evenly to 16 or 19 layers.",
    ),
    builds_on=(
        Ancestor(
            "cnn",
            Text("畳み込みとプーリングの繰り返し", "Convolution and pooling in turn"),
            Text("小さな 3×3 だけを深く重ねる形", "Small 3×3 kernels only, stacked deep"),
        ),
    ),
    variants=(
        Variant(
            "vgg16-third",
            Text("VGG-16（幅 0.31 倍）", "VGG-16, 0.31 × width"),
            model=f"{_MODELS}.vgg:vgg16_third",
            parameters=1_442_510,
            weights="bundled",
            file="vgg16-third.safetensors",
            classes="cifar10",
            size=32,
            taps=("features.0", "features.6", "features.13", "features.23", "features.32", "features.41"),
        ),
        Variant(
            "vgg16-imagenet",
            Text("VGG-16（ImageNet）", "VGG-16, ImageNet"),
            model=f"{_MODELS}.vgg:vgg16",
            parameters=138_357_544,
            weights="download",
            url=f"{_TORCHVISION}/vgg16-397923af.pth",
            bytes=553_433_881,
            classes="imagenet1k",
            size=224,
            taps=("features.0", "features.4", "features.9", "features.16", "features.23", "features.30"),
            metric=("ImageNet top-1 accuracy, %", 71.592),
        ),
        Variant(
            "vgg19",
            Text("VGG-19（ImageNet）", "VGG-19, ImageNet"),
            model=f"{_MODELS}.vgg:vgg19",
            parameters=143_667_240,
            weights="download",
            url=f"{_TORCHVISION}/vgg19-dcbb9e9d.pth",
            bytes=574_673_361,
            classes="imagenet1k",
            size=224,
            taps=("features.0", "features.4", "features.9", "features.18", "features.27", "features.36"),
            metric=("ImageNet top-1 accuracy, %", 72.376),
        ),
    ),
    claims=(
        Claim(
            id="vgg.adapts",
            mark="+",
            text=Text(
                "単純なので、いろいろな用途に転用できる。",
                "It is simple, so it adapts to many uses.",
            ),
            quantity=Text(
                "特徴を転用したときの正解率の差（割合、三つの課題で最小）",
                "Difference in accuracy with its features reused (share, smallest of three tasks)",
            ),
            compares=Text(
                "VGG の特徴に線形分類器を付けたものと、画素に直接付けたもの",
                "A linear classifier on its features against one on raw pixels",
            ),
            equal=Text("データ、線形分類器、ステップ数", "Data, the linear classifier and steps"),
            thresholds=(Threshold("difference", 0.05, 0.02, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.vgg:adapts",
            minutes=0.5,
        ),
        Claim(
            id="vgg.small",
            mark="+",
            text=Text("モデルが小さい。", "The model is small."),
            quantity=_PARAMETERS,
            compares=Text("VGG-16 と ResNet-50", "VGG-16 against ResNet-50"),
            equal=_COUNTED,
            thresholds=(Threshold("parameter_ratio", 1.0, 1.5, larger=False),),
            seeds=1,
            shaky=True,
            experiment=f"{_EXPERIMENTS}.vgg:small",
            minutes=0.1,
        ),
        Claim(
            id="vgg.accuracy",
            mark="-",
            text=Text("ResNet より正解率が低い。", "It is less accurate than ResNet."),
            quantity=_ACCURACY,
            compares=Text(
                "ResNet から、同じ深さの VGG を引いた差",
                "A ResNet minus a VGG of the same depth",
            ),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.01, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.vgg:accuracy",
            minutes=0.8,
        ),
    ),
    page="classify",
    input="picture",
    lenses=("stacked", *_LENSES),
    samples=_SAMPLES,
)

RESNET = System(
    id="resnet",
    section="recognition",
    name=same("ResNet"),
    year=2015,
    papers=(Paper("Deep Residual Learning for Image Recognition", "He et al.", 2015, "1512.03385"),),
    line=Text("層を飛び越す近道", "Shortcuts around blocks"),
    sentence=Text(
        "各ブロックは入力に足す「差」だけを学び、近道が入力と勾配をそのまま通すので、とても深くできます。",
        "Each block learns only what to add to its input; shortcuts carry the signal through great depth.",
    ),
    builds_on=(
        Ancestor(
            "vgg",
            Text("3×3 の畳み込みを規則正しく積む形", "Evenly stacked 3×3 convolutions"),
            Text(
                "入力を足し戻す残差接続と、バッチ正規化", "The residual connection, and batch normalisation"
            ),
        ),
    ),
    variants=(
        Variant(
            "resnet20",
            same("ResNet-20"),
            model=f"{_RESNET}:resnet20",
            parameters=269_722,
            weights="bundled",
            file="resnet20.safetensors",
            classes="cifar10",
            size=32,
            taps=("conv1", "layer1", "layer2", "layer3"),
        ),
        Variant(
            "resnet32",
            same("ResNet-32"),
            model=f"{_RESNET}:resnet32",
            parameters=464_154,
            classes="cifar10",
            size=32,
            taps=("conv1", "layer1", "layer2", "layer3"),
        ),
        Variant(
            "resnet18-imagenet",
            Text("ResNet-18（ImageNet）", "ResNet-18, ImageNet"),
            model=f"{_RESNET}:resnet18",
            parameters=11_689_512,
            weights="download",
            url=f"{_TORCHVISION}/resnet18-f37072fd.pth",
            bytes=46_830_571,
            classes="imagenet1k",
            size=224,
            taps=("conv1", "layer1", "layer2", "layer3", "layer4"),
            metric=("ImageNet top-1 accuracy, %", 69.758),
        ),
        Variant(
            "resnet50-imagenet",
            Text("ResNet-50（ImageNet）", "ResNet-50, ImageNet"),
            model=f"{_RESNET}:resnet50",
            parameters=25_557_032,
            weights="download",
            url=f"{_TORCHVISION}/resnet50-11ad3fa6.pth",
            bytes=102_540_417,
            classes="imagenet1k",
            size=224,
            taps=("conv1", "layer1", "layer2", "layer3", "layer4"),
            metric=("ImageNet top-1 accuracy, %", 80.858),
        ),
        Variant(
            "resnet152",
            Text("ResNet-152（ImageNet）", "ResNet-152, ImageNet"),
            model=f"{_RESNET}:resnet152",
            parameters=60_192_808,
            weights="download",
            url=f"{_TORCHVISION}/resnet152-f82ba261.pth",
            bytes=241_668_981,  # at least: torchvision says 230.474 MB of 2^20 bytes
            classes="imagenet1k",
            size=224,
            taps=("conv1", "layer1", "layer2", "layer3", "layer4"),
            metric=("ImageNet top-1 accuracy, %", 82.284),
        ),
        Variant(
            "resnet110",
            same("ResNet-110"),
            model=f"{_RESNET}:resnet110",
            parameters=1_730_714,
            classes="cifar10",
            size=32,
            taps=("conv1", "layer1", "layer2", "layer3"),
            metric=("CIFAR-10 error, %", 6.43),
        ),
    ),
    claims=(
        Claim(
            id="resnet.gradient",
            mark="+",
            text=Text(
                "残差接続があると勾配が消えず、はるかに深いネットワークが学習できる。",
                "Residual connections keep the gradient from vanishing, so far deeper networks train.",
            ),
            quantity=Text(
                "最初のブロックの勾配の大きさの比（倍、最も深いもの）",
                "Ratio of the gradient norm in the first block (times, at the deepest depth)",
            ),
            compares=Text(
                "残差接続のあるネットワークとないネットワーク。バッチ正規化なしとあり",
                "With against without the residual connections, without and with batch normalisation",
            ),
            equal=Text(
                "深さ、幅、重みの初期化、入力の束",
                "Depth, width, initial weights and the batch of inputs",
            ),
            thresholds=(Threshold("ratio", 100.0, 2.0), Threshold("ratio_bn", 2.0, 0.0)),
            seeds=3,
            experiment=f"{_EXPERIMENTS}.resnet:gradient",
            minutes=0.5,
        ),
        Claim(
            id="resnet.accuracy",
            mark="+",
            text=Text("正解率が高い。", "It is accurate."),
            quantity=_ACCURACY,
            compares=Text(
                "残差接続のあるネットワークから、同じ深さのないネットワークを引いた差",
                "The residual network minus the plain network of equal depth",
            ),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.02, 0.0, spread="spread"),),
            seeds=3,
            experiment=f"{_EXPERIMENTS}.resnet:accuracy",
            minutes=2.0,
        ),
        Claim(
            id="resnet.training_time",
            mark="-",
            text=Text("深いほど学習に時間がかかる。", "More depth means longer training."),
            quantity=_SECONDS,
            compares=Text("深いネットワークと浅いネットワーク", "A deeper network against a shallower one"),
            equal=Text("データ、ステップ数、幅、バッチ、入力の大きさ、計算機", "Data, steps, width, batch, input size and machine"),
            thresholds=(Threshold("seconds_ratio", 1.5, 1.1),),
            seeds=3,
            experiment=f"{_EXPERIMENTS}.resnet:training_time",
            minutes=2.5,
        ),
    ),
    page="classify",
    input="picture",
    lenses=(*_LENSES, "gradients"),
    samples=_SAMPLES,
)

WIDE_RESNET = System(
    id="wide_resnet",
    section="recognition",
    name=same("WideResNet"),
    year=2016,
    papers=(Paper("Wide Residual Networks", "Zagoruyko & Komodakis", 2016, "1605.07146"),),
    line=Text("深さより幅", "Wide rather than deep"),
    sentence=Text(
        "層を増やす代わりに各層のチャンネルを増やし、浅くても正解率を上げた ResNet です。",
        "A ResNet that grows more channels in each layer instead of more layers.",
    ),
    builds_on=(
        Ancestor(
            "resnet",
            Text("残差ブロック", "The residual block"),
            Text(
                "幅の倍率と、ブロックの中のドロップアウト", "A widening factor, and dropout inside the block"
            ),
        ),
    ),
    variants=(
        Variant(
            "wrn16-2",
            same("WRN-16-2"),
            model=f"{_MODELS}.wide_resnet:wrn16_2",
            parameters=691_674,
            weights="bundled",
            file="wrn16-2.safetensors",
            classes="cifar10",
            size=32,
            taps=("conv1", "layer1", "layer2", "layer3"),
        ),
        Variant(
            "wrn50-2-imagenet",
            Text("WRN-50-2（ImageNet）", "WRN-50-2, ImageNet"),
            model=f"{_MODELS}.wide_resnet:wrn50_2",
            parameters=68_883_240,
            weights="download",
            url=f"{_TORCHVISION}/wide_resnet50_2-9ba9bcbe.pth",
            bytes=275_904_988,  # at least: torchvision says 263.124 MB of 2^20 bytes
            classes="imagenet1k",
            size=224,
            taps=("conv1", "layer1", "layer2", "layer3", "layer4"),
            metric=("ImageNet top-1 accuracy, %", 81.602),
        ),
        Variant(
            "wrn28-10",
            same("WRN-28-10"),
            model=f"{_MODELS}.wide_resnet:wrn28_10",
            parameters=36_479_194,
            classes="cifar10",
            size=32,
            taps=("conv1", "layer1", "layer2", "layer3"),
            metric=("CIFAR-10 error, %", 4.0),
        ),
        Variant(
            "wrn40-4",
            same("WRN-40-4"),
            model=f"{_MODELS}.wide_resnet:wrn40_4",
            parameters=8_949_210,
            classes="cifar10",
            size=32,
            taps=("conv1", "layer1", "layer2", "layer3"),
        ),
    ),
    claims=(
        Claim(
            id="wide_resnet.accuracy",
            mark="+",
            text=Text("層が少なくても正解率が高い。", "It is accurate with few layers."),
            quantity=_ACCURACY,
            compares=Text(
                "浅く広いネットワークから、細く深いネットワークを引いた差",
                "A shallow wide network minus a deep thin one",
            ),
            equal=Text("データ、ステップ数、積和の回数", "Data, steps and multiply-adds"),
            thresholds=(Threshold("difference", 0.01, -0.01, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.wide_resnet:accuracy",
            minutes=1.8,
        ),
        Claim(
            id="wide_resnet.parameters",
            mark="+",
            text=Text("パラメータが少ない。", "It has few parameters."),
            quantity=_PARAMETERS,
            compares=Text(
                "WRN-28-10 と、深さで勝負する ResNet-110",
                "WRN-28-10 against ResNet-110, which relies on depth",
            ),
            equal=_COUNTED,
            thresholds=(Threshold("parameter_ratio", 1.0, 1.5, larger=False),),
            seeds=1,
            shaky=True,
            experiment=f"{_EXPERIMENTS}.wide_resnet:parameters",
            minutes=0.1,
        ),
        Claim(
            id="wide_resnet.training_time",
            mark="+",
            text=Text(
                "ResNet と同じ正解率に、より短い学習時間で届く。",
                "It reaches ResNet's accuracy in less training time.",
            ),
            quantity=Text(
                "同じ正解率に届く時間が縮んだ割合",
                "Share of the time to equal accuracy that is saved",
            ),
            compares=Text(
                "広いネットワークと、細く深いネットワーク", "A wide network against a deep thin one"
            ),
            equal=Text(
                "データ、目標の正解率、バッチ、計算機", "Data, the accuracy aimed at, batch and machine"
            ),
            thresholds=(Threshold("time_saved", 0.1, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.wide_resnet:training_time",
            minutes=0.3,
        ),
    ),
    page="classify",
    input="picture",
    lenses=("width", *_LENSES),
    samples=_SAMPLES,
)

PYRAMIDNET = System(
    id="pyramidnet",
    section="recognition",
    name=same("PyramidNet"),
    year=2016,
    papers=(Paper("Deep Pyramidal Residual Networks", "Han et al.", 2016, "1610.02915"),),
    line=Text("幅を少しずつ増やす", "A little wider each block"),
    sentence=Text(
        "段の境目で急に倍にするのではなく、ブロックごとに少しずつチャンネルを増やす ResNet です。",
        "A ResNet whose channels grow a little at every block instead of doubling at each stage.",
    ),
    builds_on=(
        Ancestor(
            "resnet",
            Text("残差ブロックと三つの段", "The residual block and the three stages"),
            Text("ブロックごとに一定の数だけ広がる幅", "A width that grows by a fixed step at every block"),
        ),
    ),
    variants=(
        Variant(
            "pyramidnet20-48",
            same("PyramidNet-20 (α 48)"),
            model=f"{_MODELS}.pyramidnet:pyramidnet20_a48",
            parameters=306_237,
            weights="bundled",
            file="pyramidnet20-48.safetensors",
            classes="cifar10",
            size=32,
            taps=("conv1", "layer1", "layer2", "layer3"),
        ),
        Variant(
            "pyramidnet110-48",
            same("PyramidNet-110 (α 48)"),
            model=f"{_MODELS}.pyramidnet:pyramidnet110_a48",
            parameters=1_772_706,
            classes="cifar10",
            size=32,
            taps=("conv1", "layer1", "layer2", "layer3"),
            metric=("CIFAR-10 error, %", 4.62),
        ),
        Variant(
            "pyramidnet110-270",
            same("PyramidNet-110 (α 270)"),
            model=f"{_MODELS}.pyramidnet:pyramidnet110_a270",
            parameters=28_485_477,
            classes="cifar10",
            size=32,
            taps=("conv1", "layer1", "layer2", "layer3"),
        ),
    ),
    claims=(
        Claim(
            id="pyramidnet.accuracy",
            mark="+",
            text=Text("正解率が高い。", "It is accurate."),
            quantity=_ACCURACY,
            compares=Text(
                "少しずつ広がるネットワークから、段ごとに倍になる ResNet を引いた差",
                "The gradually widening network minus a ResNet that doubles at each stage",
            ),
            equal=Text(
                "データ、深さ、ステップ数、パラメータ数（±5 %）",
                "Data, depth, steps and number of parameters (within 5 %)",
            ),
            thresholds=(Threshold("difference", 0.01, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.pyramidnet:accuracy",
            minutes=4.0,
        ),
        Claim(
            id="pyramidnet.training_time",
            mark="-",
            text=Text("深いほど学習に時間がかかる。", "More depth means longer training."),
            quantity=_SECONDS,
            compares=Text("深さを二倍にしたものと元のもの", "Twice the depth against the original"),
            equal=Text("データ、ステップ数、広がる幅、バッチ、入力の大きさ、計算機", "Data, steps, widening, batch, input size and machine"),
            thresholds=(Threshold("seconds_ratio", 1.5, 1.1),),
            experiment=f"{_EXPERIMENTS}.pyramidnet:training_time",
            minutes=3.0,
        ),
    ),
    page="classify",
    input="picture",
    lenses=("widths", *_LENSES),
    samples=_SAMPLES,
)

DENSENET = System(
    id="densenet",
    section="recognition",
    name=same("DenseNet"),
    year=2016,
    papers=(Paper("Densely Connected Convolutional Networks", "Huang et al.", 2016, "1608.06993"),),
    line=Text("前の全層を見る", "Sees all earlier layers"),
    sentence=Text(
        "各層が、それより前にあるすべての層の出力をつなげて受け取るネットワークです。",
        "Every layer receives the outputs of all layers before it, joined side by side.",
    ),
    builds_on=(
        Ancestor(
            "resnet",
            Text("層を飛び越す近道", "Shortcuts past layers"),
            Text(
                "足す代わりにつなげ、すべての前の層へ伸ばすこと",
                "Joining instead of adding, to every earlier layer",
            ),
        ),
    ),
    variants=(
        Variant(
            "densenet-bc-40-12",
            same("DenseNet-BC (40, 12)"),
            model=f"{_MODELS}.densenet:densenet_bc_40_12",
            parameters=176_122,
            weights="bundled",
            file="densenet-bc-40-12.safetensors",
            classes="cifar10",
            size=32,
            taps=("features.conv0", "features.denseblock1", "features.denseblock2", "features.denseblock3"),
        ),
        Variant(
            "densenet121-imagenet",
            Text("DenseNet-121（ImageNet）", "DenseNet-121, ImageNet"),
            model=f"{_MODELS}.densenet:densenet121",
            parameters=7_978_856,
            weights="download",
            url=f"{_TORCHVISION}/densenet121-a639ec97.pth",
            bytes=32_342_954,
            classes="imagenet1k",
            size=224,
            taps=("features.conv0", "features.denseblock1", "features.denseblock2", "features.denseblock3", "features.denseblock4"),
            metric=("ImageNet top-1 accuracy, %", 74.434),
        ),
        Variant(
            "densenet-bc-100-12",
            same("DenseNet-BC (100, 12)"),
            model=f"{_MODELS}.densenet:densenet_bc_100_12",
            parameters=769_162,
            classes="cifar10",
            size=32,
            taps=("features.conv0", "features.denseblock1", "features.denseblock2", "features.denseblock3"),
            metric=("CIFAR-10 error, %", 4.51),
        ),
        Variant(
            "densenet-bc-190-40",
            same("DenseNet-BC (190, 40)"),
            model=f"{_MODELS}.densenet:densenet_bc_190_40",
            parameters=25_624_430,
            classes="cifar10",
            size=32,
            taps=("features.conv0", "features.denseblock1", "features.denseblock2", "features.denseblock3"),
            metric=("CIFAR-10 error, %", 3.46),
        ),
    ),
    claims=(
        Claim(
            id="densenet.deeper",
            mark="+",
            text=Text("ResNet より深くできる。", "It can be deeper than ResNet."),
            quantity=Text(
                "深くしたときの正解率の伸びの差（割合）",
                "Difference in the accuracy gained by more depth (share)",
            ),
            compares=Text(
                "DenseNet を深くしたときの伸びから、ResNet の伸びを引いた差",
                "The gain of a deeper DenseNet minus the gain of a deeper ResNet",
            ),
            equal=Text("データ、ステップ数、深さの組、各深さのパラメータ数", "Data, steps, the pair of depths and, at each, the number of parameters"),
            thresholds=(Threshold("difference", 0.01, 0.0, spread="spread"),),
            shaky=True,
            experiment=f"{_EXPERIMENTS}.densenet:deeper",
            minutes=3.0,
        ),
        Claim(
            id="densenet.small",
            mark="+",
            text=Text("小さいのに正解率が高い。", "It is smaller and yet more accurate."),
            quantity=Text(
                "正解率の差（割合）とパラメータ数の比（倍）",
                "Difference in accuracy (share) and ratio of parameters (times)",
            ),
            compares=Text("DenseNet と ResNet", "A DenseNet against a ResNet"),
            equal=Text("データ、ステップ数、バッチ", "Data, steps and batch size"),
            thresholds=(
                Threshold("difference", 0.005, -0.005, spread="spread"),
                Threshold("parameter_ratio", 0.8, 1.0, larger=False),
            ),
            experiment=f"{_EXPERIMENTS}.densenet:small",
            minutes=0.3,
        ),
        Claim(
            id="densenet.cost",
            mark="-",
            text=Text("計算もメモリも多く使う。", "It takes much computation and memory."),
            quantity=Text(
                "パラメータあたりの時間とメモリの比（倍）",
                "Ratios of time and of memory for each parameter (times)",
            ),
            compares=Text(
                "DenseNet と ResNet の一ステップ", "One training step of a DenseNet and of a ResNet"
            ),
            equal=Text(
                "正解率（±1 ポイント）、バッチ、計算機", "Accuracy (within a point), batch and machine"
            ),
            thresholds=(Threshold("time_ratio", 1.2, 1.0), Threshold("memory_ratio", 1.2, 1.0)),
            experiment=f"{_EXPERIMENTS}.densenet:cost",
            minutes=0.5,
        ),
    ),
    page="classify",
    input="picture",
    lenses=("dense", *_LENSES),
    samples=_SAMPLES,
)

MOBILENET = System(
    id="mobilenet",
    section="recognition",
    name=same("MobileNet"),
    year=2017,
    papers=(
        Paper(
            "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
            "Howard et al.",
            2017,
            "1704.04861",
        ),
    ),
    line=Text("畳み込みを二つに分ける", "Convolution split in two"),
    sentence=Text(
        "畳み込みを「場所ごと」と「チャンネルごと」の二つに分け、携帯電話でも動くほど軽くしました。",
        "It splits convolution into one over space and one over channels, light enough for a phone.",
    ),
    builds_on=(
        Ancestor(
            "vgg",
            Text("畳み込みをまっすぐ積む形", "A straight stack of convolutions"),
            Text(
                "深さ方向に分けた畳み込みと、幅の倍率",
                "Depthwise separable convolution, and a width multiplier",
            ),
        ),
    ),
    variants=(
        Variant(
            "mobilenet-half",
            Text("MobileNet（幅 0.5 倍）", "MobileNet, 0.5 × width"),
            model=f"{_MODELS}.mobilenet:mobilenet_half",
            parameters=823_722,
            weights="bundled",
            file="mobilenet-half.safetensors",
            classes="cifar10",
            size=32,
            taps=("stem", "block3", "block5", "block9", "block13"),
        ),
        Variant(
            "mobilenet-v1",
            same("MobileNet v1"),
            model=f"{_MODELS}.mobilenet:mobilenet",
            parameters=4_231_976,
            classes="imagenet1k",
            size=224,
            taps=("stem", "block3", "block5", "block9", "block13"),
            metric=("ImageNet top-1 accuracy, %", 70.6),
        ),
    ),
    claims=(
        Claim(
            id="mobilenet.training_time",
            mark="+",
            text=Text("学習時間がとても短い。", "Its training is far shorter."),
            quantity=_SECONDS,
            compares=Text(
                "分けた畳み込みと、同じ形の普通の畳み込み",
                "The separable convolutions against plain ones of the same shape",
            ),
            equal=Text("データ、ステップ数、層の数、幅、バッチ、計算機", "Data, steps, layers, width, batch and machine"),
            thresholds=(Threshold("seconds_ratio", 0.5, 0.9, larger=False),),
            experiment=f"{_EXPERIMENTS}.mobilenet:training_time",
            minutes=3.5,
        ),
        Claim(
            id="mobilenet.small",
            mark="+",
            text=Text("モデルが小さい。", "The model is small."),
            quantity=_PARAMETERS,
            compares=Text("MobileNet と ResNet-50", "MobileNet against ResNet-50"),
            equal=_COUNTED,
            thresholds=(Threshold("parameter_ratio", 0.25, 0.75, larger=False),),
            seeds=1,
            experiment=f"{_EXPERIMENTS}.mobilenet:small",
            minutes=0.1,
        ),
        Claim(
            id="mobilenet.accuracy",
            mark="-",
            text=Text("ResNet より正解率が低い。", "It is less accurate than ResNet."),
            quantity=_ACCURACY,
            compares=Text("ResNet から MobileNet を引いた差", "A ResNet minus a MobileNet"),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.01, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.mobilenet:accuracy",
            minutes=0.5,
        ),
    ),
    page="classify",
    input="picture",
    lenses=("separable", *_LENSES),
    samples=_SAMPLES,
)

SQUEEZENET = System(
    id="squeezenet",
    section="recognition",
    name=same("SqueezeNet"),
    year=2016,
    papers=(
        Paper(
            "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size",
            "Iandola et al.",
            2016,
            "1602.07360",
        ),
    ),
    line=Text("しぼって広げる Fire", "Fire: squeeze, expand"),
    sentence=Text(
        "1×1 でチャンネルをしぼり、1×1 と 3×3 で広げる Fire モジュールを積んだ、とても小さいモデルです。",
        "A very small network of Fire modules: squeeze channels by 1×1, expand by 1×1 and 3×3.",
    ),
    builds_on=(
        Ancestor(
            "vgg",
            Text("小さな畳み込みを積む形", "Small convolutions, stacked"),
            Text(
                "チャンネルをしぼってから広げる Fire モジュール",
                "The Fire module that squeezes before it expands",
            ),
        ),
    ),
    variants=(
        Variant(
            "squeezenet1.1-small",
            Text("SqueezeNet 1.1（32 画素）", "SqueezeNet 1.1, 32 px"),
            model=f"{_MODELS}.squeezenet:squeezenet1_1_small",
            parameters=733_514,
            weights="bundled",
            file="squeezenet1.1-small.safetensors",
            classes="cifar10",
            size=32,
            taps=("features.0", "features.4", "features.7", "features.12"),
        ),
        Variant(
            "squeezenet1.1-imagenet",
            Text("SqueezeNet 1.1（ImageNet）", "SqueezeNet 1.1, ImageNet"),
            model=f"{_MODELS}.squeezenet:squeezenet1_1",
            parameters=1_235_496,
            weights="download",
            url=f"{_TORCHVISION}/squeezenet1_1-b8a52dc0.pth",
            bytes=4_958_839,
            classes="imagenet1k",
            size=224,
            taps=("features.0", "features.3", "features.6", "features.9", "features.12"),
            metric=("ImageNet top-1 accuracy, %", 58.178),
        ),
        Variant(
            "squeezenet1.0-imagenet",
            Text("SqueezeNet 1.0（ImageNet）", "SqueezeNet 1.0, ImageNet"),
            model=f"{_MODELS}.squeezenet:squeezenet1_0",
            parameters=1_248_424,
            weights="download",
            url=f"{_TORCHVISION}/squeezenet1_0-b66bff10.pth",
            bytes=5_009_572,  # at least: torchvision says 4.778 MB of 2^20 bytes
            classes="imagenet1k",
            size=224,
            taps=("features.0", "features.3", "features.7", "features.12"),
            metric=("ImageNet top-1 accuracy, %", 58.092),
        ),
    ),
    claims=(
        Claim(
            id="squeezenet.training_time",
            mark="+",
            text=Text("学習時間が短い。", "Its training is short."),
            quantity=_SECONDS,
            compares=Text("SqueezeNet と ResNet-18", "SqueezeNet against ResNet-18"),
            equal=Text("データ、ステップ数、バッチ、入力の大きさ、計算機", "Data, steps, batch, input size and machine"),
            thresholds=(Threshold("seconds_ratio", 0.7, 1.0, larger=False),),
            experiment=f"{_EXPERIMENTS}.squeezenet:training_time",
            minutes=2.0,
        ),
        Claim(
            id="squeezenet.small",
            mark="+",
            text=Text("モデルが小さい。", "The model is small."),
            quantity=_PARAMETERS,
            compares=Text("SqueezeNet と ResNet-18", "SqueezeNet against ResNet-18"),
            equal=_COUNTED,
            thresholds=(Threshold("parameter_ratio", 0.25, 0.75, larger=False),),
            seeds=1,
            experiment=f"{_EXPERIMENTS}.squeezenet:small",
            minutes=0.1,
        ),
        Claim(
            id="squeezenet.accuracy",
            mark="-",
            text=Text("ResNet より正解率が低い。", "It is less accurate than ResNet."),
            quantity=_ACCURACY,
            compares=Text("ResNet から SqueezeNet を引いた差", "A ResNet minus a SqueezeNet"),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.01, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.squeezenet:accuracy",
            minutes=1.8,
        ),
    ),
    page="classify",
    input="picture",
    lenses=("fire", *_LENSES),
    samples=_SAMPLES,
)

EFFICIENTNET = System(
    id="efficientnet",
    section="recognition",
    name=same("EfficientNet"),
    year=2019,
    papers=(
        Paper(
            "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
            "Tan & Le",
            2019,
            "1905.11946",
        ),
    ),
    line=Text("幅・深さ・解像度を一緒に", "Scaled three ways at once"),
    sentence=Text(
        "幅、深さ、入力の解像度を一つの係数でそろえて大きくする、効率のよいネットワークの家族です。",
        "A family of networks whose width, depth and input resolution grow together by one factor.",
    ),
    builds_on=(
        Ancestor(
            "mobilenet",
            Text("深さ方向に分けた畳み込み", "Depthwise separable convolution"),
            Text("三つの大きさを一つの係数で増やす規則", "One rule that scales width, depth and resolution"),
        ),
        Ancestor(
            "resnet",
            Text("残差接続", "The residual connection"),
            Text(
                "細いところどうしを結ぶ、広げてしぼるブロック",
                "Blocks that expand and squeeze, joined where thin",
            ),
        ),
    ),
    variants=(
        Variant(
            "efficientnet-half",
            Text("EfficientNet（幅 0.5 倍）", "EfficientNet, 0.5 × width"),
            model=f"{_MODELS}.efficientnet:efficientnet_half",
            parameters=1_077_932,
            weights="bundled",
            file="efficientnet-half.safetensors",
            classes="cifar10",
            size=32,
            taps=("features.0", "features.2", "features.3", "features.5", "features.7"),
        ),
        Variant(
            "efficientnet-b0-imagenet",
            Text("EfficientNet-B0（ImageNet）", "EfficientNet-B0, ImageNet"),
            model=f"{_MODELS}.efficientnet:efficientnet_b0",
            parameters=5_288_548,
            weights="download",
            url=f"{_TORCHVISION}/efficientnet_b0_rwightman-7f5810bc.pth",
            bytes=21_444_401,
            classes="imagenet1k",
            size=224,
            taps=("features.0", "features.2", "features.3", "features.5", "features.7"),
            metric=("ImageNet top-1 accuracy, %", 77.692),
        ),
        Variant(
            "efficientnet-b7",
            Text("EfficientNet-B7（ImageNet）", "EfficientNet-B7, ImageNet"),
            model=f"{_MODELS}.efficientnet:efficientnet_b7",
            parameters=66_347_960,
            weights="download",
            url=f"{_TORCHVISION}/efficientnet_b7_lukemelas-c5b4e57e.pth",
            bytes=267_045_569,  # at least: torchvision says 254.675 MB of 2^20 bytes
            classes="imagenet1k",
            size=600,
            taps=("features.0", "features.2", "features.3", "features.5", "features.7"),
            metric=("ImageNet top-1 accuracy, %", 84.122),
        ),
    ),
    claims=(
        Claim(
            id="efficientnet.accuracy",
            mark="+",
            text=Text("大きさのわりに正解率が高い。", "It is accurate for its size."),
            quantity=_ACCURACY,
            compares=Text(
                "三つを一緒に大きくしたものから、深さだけを大きくしたものを引いた差",
                "All three scaled together minus depth alone scaled",
            ),
            equal=Text(
                "データ、ステップ数、積和の回数（±10 %）", "Data, steps and multiply-adds (within 10 %)"
            ),
            thresholds=(Threshold("difference", 0.01, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.efficientnet:accuracy",
            minutes=3.5,
        ),
        Claim(
            id="efficientnet.transfer",
            mark="+",
            text=Text("転移学習に向く。", "It is good for transfer learning."),
            quantity=Text(
                "新しいクラスでの正解率の差（割合、各クラス五枚）",
                "Difference in accuracy on new classes (share, five pictures each)",
            ),
            compares=Text(
                "学習済みの特徴の上の最後の層だけを学ばせたものと、初めから学ばせたもの",
                "Training only the head on pre-trained features against training from scratch",
            ),
            equal=Text("画像、時間", "Pictures and time"),
            thresholds=(Threshold("difference", 0.05, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.efficientnet:transfer",
            minutes=1.0,
        ),
    ),
    page="classify",
    input="picture",
    lenses=("scaling", *_LENSES),
    samples=_SAMPLES,
)

SYSTEMS: tuple[System, ...] = (
    CNN,
    VGG,
    RESNET,
    WIDE_RESNET,
    PYRAMIDNET,
    DENSENET,
    MOBILENET,
    SQUEEZENET,
    EFFICIENTNET,
)
