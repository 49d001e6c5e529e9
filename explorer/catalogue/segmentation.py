"""Section 2.2: networks that give every pixel a class."""

from __future__ import annotations

from explorer.catalogue.schema import Ancestor, Claim, Paper, System, Threshold, Variant
from explorer.words import Text, same

_MODELS = "explorer.engine.models.segmentation"
_EXPERIMENTS = "explorer.engine.experiments.segmentation"

_SAME_TRAINING = Text("データ、ステップ数、バッチ、最適化手法", "Data, steps, batch size and optimiser")
_INSIDE = ("feature_maps", "filters", "receptive_field")
_STREETS = ("street", "street 3")
_SAME_RUN = Text("入力の大きさ、バッチ、計算機", "Input size, batch and machine")

UNET = System(
    id="unet",
    section="segmentation",
    name=same("U-Net"),
    year=2015,
    papers=(
        Paper(
            "U-Net: Convolutional Networks for Biomedical Image Segmentation",
            "Ronneberger et al.",
            2015,
            "1505.04597",
        ),
    ),
    line=Text("縮めて、広げて、つなぐ", "Down, up, and across"),
    sentence=Text(
        "画像を縮めて意味をつかみ、広げて元に戻すとき、縮める側の細部を橋渡しして使うネットワークです。",
        "It shrinks the picture to grasp it, then widens it again with details handed across.",
    ),
    builds_on=(
        Ancestor(
            "vgg",
            Text("3×3 を二つずつ積み、プーリングで縮める形", "Pairs of 3×3 convolutions, then pooling"),
            Text(
                "広げる側と、そこへ細部を渡すスキップ接続",
                "A way back up, and bridges that carry detail to it",
            ),
        ),
    ),
    variants=(
        Variant(
            "unet-membrane",
            Text("U-Net（細胞膜）", "U-Net, cells"),
            model=f"{_MODELS}.unet:unet_membrane",
            parameters=318_370,
            weights="bundled",
            file="unet-membrane.safetensors",
            classes="membrane",
            taps=("down1", "down2", "down3", "bottom", "join3", "join2", "join1"),
        ),
        Variant(
            "unet-camvid",
            Text("U-Net（街路）", "U-Net, streets"),
            model=f"{_MODELS}.unet:unet_small",
            parameters=1_286_875,
            weights="bundled",
            file="unet-camvid.safetensors",
            classes="camvid",
            taps=("down1", "down2", "down3", "down4", "bottom", "join4", "join3", "join2", "join1"),
        ),
        Variant(
            "unet-paper",
            Text("論文の形", "As in the paper"),
            model=f"{_MODELS}.unet:unet_paper",
            parameters=31_030_658,
            size=572,
            taps=("down1", "down2", "down3", "down4", "bottom", "join4", "join3", "join2", "join1"),
        ),
    ),
    claims=(
        Claim(
            id="unet.detail",
            mark="+",
            text=Text("細かいところが保たれる。", "It keeps local detail."),
            quantity=Text(
                "境目から二画素以内の IoU の差（割合）",
                "Difference in IoU within two pixels of a boundary (share)",
            ),
            compares=Text("スキップ接続のあるものとないもの", "The network with its skips against without"),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.03, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.unet:detail",
            minutes=3.0,
        ),
        Claim(
            id="unet.cost",
            mark="-",
            text=Text("計算量が多い。", "It takes much computation."),
            quantity=Text("一枚の積和の比（倍）", "Ratio of the multiply-adds for one picture (times)"),
            compares=Text(
                "U-Net と、同じ入力での ResNet-50",
                "U-Net against ResNet-50 on the same input",
            ),
            equal=Text("入力の大きさ", "Input size"),
            thresholds=(Threshold("multiply_add_ratio", 3.0, 1.0),),
            seeds=1,
            experiment=f"{_EXPERIMENTS}.unet:cost",
            minutes=0.1,
        ),
    ),
    page="segment",
    input="picture",
    lenses=("mask", "difference", "skips", *_INSIDE),
    samples=("membrane", "street", "street 2"),
    fetched=("camvid",),
)

DEEPLABV3 = System(
    id="deeplabv3",
    section="segmentation",
    name=same("DeepLab v3"),
    year=2017,
    papers=(
        Paper(
            "Rethinking Atrous Convolution for Semantic Image Segmentation", "Chen et al.", 2017, "1706.05587"
        ),
    ),
    line=Text("間をあけた畳み込み", "Convolution with gaps"),
    sentence=Text(
        "間をあけた畳み込み（膨張畳み込み）を並べ、縮めすぎずに広い範囲を見て、画素ごとに分類します。",
        "Convolutions with gaps of several widths see far without shrinking the picture too much.",
    ),
    builds_on=(
        Ancestor(
            "resnet",
            Text("特徴を取り出すバックボーン", "The backbone that finds features"),
            Text(
                "膨張畳み込みと、それを並べた ASPP",
                "Dilated convolution, and ASPP that sets several side by side",
            ),
        ),
    ),
    variants=(
        Variant(
            "deeplabv3-camvid",
            Text("DeepLab v3（街路）", "DeepLab v3, streets"),
            model=f"{_MODELS}.deeplabv3:deeplabv3_small",
            parameters=811_099,
            weights="bundled",
            file="deeplabv3-camvid.safetensors",
            classes="camvid",
            taps=("backbone.layer1", "backbone.layer2", "backbone.layer3", "backbone.layer4", "classifier.0"),
        ),
        Variant(
            "deeplabv3-resnet50",
            Text("ResNet-50（COCO、補助ヘッド付き）", "ResNet-50, COCO, with the auxiliary head"),
            model=f"{_MODELS}.deeplabv3:deeplabv3_resnet50",
            parameters=42_004_074,
            weights="download",
            url="https://download.pytorch.org/models/deeplabv3_resnet50_coco-cd0a2569.pth",
            bytes=168_312_152,
            classes="voc",
            taps=("backbone.layer1", "backbone.layer2", "backbone.layer3", "backbone.layer4", "classifier.0"),
            metric=("torchvision's weights, mean IoU, %", 66.4),
        ),
    ),
    claims=(
        Claim(
            id="deeplabv3.view",
            mark="+",
            text=Text("広い範囲を見られる。", "It has a wide view."),
            quantity=Text(
                "測った受容野の面積の比（倍）", "Ratio of the measured receptive fields' areas (times)"
            ),
            compares=Text("間をあけたものとあけないもの", "With the dilation against without"),
            equal=Text("重み、層の数、出力の大きさ", "Weights, layers and size of the output"),
            thresholds=(Threshold("area_ratio", 2.0, 1.2),),
            experiment=f"{_EXPERIMENTS}.deeplabv3:view",
            minutes=0.2,
        ),
        Claim(
            id="deeplabv3.boundary",
            mark="+",
            text=Text("境目の近くで正確になる。", "It is better near boundaries."),
            quantity=Text(
                "境目から三画素以内の IoU の差（割合）",
                "Difference in IoU within three pixels of a boundary (share)",
            ),
            compares=Text(
                "縮めずに間をあけたものと、縮めたもの",
                "Dilation at full output size against a network that shrinks",
            ),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.02, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.deeplabv3:boundary",
            minutes=3.0,
        ),
        Claim(
            id="deeplabv3.computation",
            mark="-",
            text=Text("計算量が多い。", "It takes much computation."),
            quantity=Text("一枚の時間の比（倍）", "Ratio of the time for one picture (times)"),
            compares=Text(
                "膨張畳み込みのバックボーンと、縮めるバックボーン",
                "The dilated backbone against the shrinking one",
            ),
            equal=_SAME_RUN,
            thresholds=(Threshold("seconds_ratio", 1.5, 1.1),),
            experiment=f"{_EXPERIMENTS}.deeplabv3:computation",
            minutes=0.5,
        ),
        Claim(
            id="deeplabv3.memory",
            mark="-",
            text=Text("メモリを多く使う。", "It takes much memory."),
            quantity=Text(
                "中間の値に要るメモリの比（倍）", "Ratio of the memory for intermediate values (times)"
            ),
            compares=Text(
                "膨張畳み込みのバックボーンと、縮めるバックボーン",
                "The dilated backbone against the shrinking one",
            ),
            equal=_SAME_RUN,
            thresholds=(Threshold("memory_ratio", 1.5, 1.1),),
            seeds=1,
            experiment=f"{_EXPERIMENTS}.deeplabv3:memory",
            minutes=0.2,
        ),
    ),
    page="segment",
    input="picture",
    lenses=("mask", "difference", "gaps", *_INSIDE),
    samples=_STREETS,
    fetched=("camvid",),
)

FASTFCN = System(
    id="fastfcn",
    section="segmentation",
    name=same("FastFCN"),
    year=2019,
    papers=(
        Paper(
            "FastFCN: Rethinking Dilated Convolution in the Backbone for Semantic Segmentation",
            "Wu et al.",
            2019,
            "1903.11816",
        ),
    ),
    line=Text("膨張の代わりに JPU", "JPU in place of dilation"),
    sentence=Text(
        "重い膨張畳み込みの代わりに、普通のバックボーンの三段をまとめて拡大する JPU を使います。",
        "Instead of a costly dilated backbone, its JPU upsamples three stages of an ordinary one together.",
    ),
    builds_on=(
        Ancestor(
            "deeplabv3",
            Text("高い解像度の特徴にヘッドを付ける形", "A head on features of high resolution"),
            Text("バックボーンの膨張畳み込みに代わる JPU", "The JPU in place of dilation in the backbone"),
        ),
        Ancestor(
            "mobilenet",
            Text("深さ方向に分けた畳み込み", "Depthwise separable convolution"),
            Text("間隔の違う四つを並べた使い方", "Four of them side by side with different gaps"),
        ),
    ),
    variants=(
        Variant(
            "fastfcn-camvid",
            Text("FastFCN（街路）", "FastFCN, streets"),
            model=f"{_MODELS}.fastfcn:fastfcn_small",
            parameters=720_795,
            weights="bundled",
            file="fastfcn-camvid.safetensors",
            classes="camvid",
            taps=("backbone.layer1", "backbone.layer2", "backbone.layer3", "backbone.layer4", "jpu", "head.2"),
        ),
        Variant(
            "fastfcn-resnet50",
            Text("論文の形（ResNet-50）", "As in the paper, on ResNet-50"),
            model=f"{_MODELS}.fastfcn:fastfcn_resnet50",
            parameters=52_692_565,
        ),
        Variant("jpu", same("JPU (512/1024/2048 → 512)"), model=f"{_MODELS}.fastfcn:jpu", parameters=19_735_552),
    ),
    claims=(
        Claim(
            id="fastfcn.accuracy",
            mark="+",
            text=Text(
                "DeepLab と同じかそれ以上の正確さになる。",
                "It is as accurate as DeepLab or better.",
            ),
            quantity=Text("平均 IoU の差（割合）", "Difference in mean IoU (share)"),
            compares=Text("FastFCN から DeepLab v3 を引いた差", "FastFCN minus DeepLab v3"),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.0, -0.02),),
            experiment=f"{_EXPERIMENTS}.fastfcn:accuracy",
            minutes=3.0,
        ),
        Claim(
            id="fastfcn.cost",
            mark="+",
            text=Text("費用は三分の一以下で済む。", "It needs a third of the cost or less."),
            quantity=Text(
                "一枚の時間とメモリの比（倍）", "Ratios of time and memory for one picture (times)"
            ),
            compares=Text("FastFCN と DeepLab v3（ResNet-101、512 画素）", "FastFCN against DeepLab v3, on ResNet-101 and 512 pixels"),
            equal=_SAME_RUN,
            thresholds=(
                Threshold("seconds_ratio", 0.34, 0.8, larger=False),
                Threshold("memory_ratio", 0.34, 0.8, larger=False),
            ),
            experiment=f"{_EXPERIMENTS}.fastfcn:cost",
            minutes=2.0,
        ),
    ),
    page="segment",
    input="picture",
    lenses=("mask", "difference", "jpu", *_INSIDE),
    samples=_STREETS,
    fetched=("camvid",),
)

SYSTEMS: tuple[System, ...] = (UNET, DEEPLABV3, FASTFCN)
