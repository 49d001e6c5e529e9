"""Section 2.3: networks that put boxes around objects and name them."""

from __future__ import annotations

from explorer.catalogue.schema import Ancestor, Claim, Paper, System, Threshold, Variant
from explorer.words import Text, same

_SAME_TRAINING = Text("データ、ステップ数、バッチ、最適化手法", "Data, steps, batch size and optimiser")
_SAME_RUN = Text("画像、入力の大きさ、計算機", "Pictures, input size and machine")
_MODELS = "explorer.engine.models.detection"
_TORCHVISION = "https://download.pytorch.org/models"
_EXPERIMENTS = "explorer.engine.experiments.detection"
_SAMPLES = ("smear 2", "street", "cat")
_FETCHED = ("bccd", "camvid")
_AP = Text("平均適合率（AP）の差（割合）", "Difference in average precision, AP (share)")

RCNN = System(
    id="rcnn",
    section="detection",
    name=same("R-CNN"),
    year=2014,
    papers=(
        Paper(
            "Rich feature hierarchies for accurate object detection and semantic segmentation",
            "Girshick et al.",
            2014,
            "1311.2524",
        ),
    ),
    line=Text("候補を出して分類", "Propose, then classify"),
    sentence=Text(
        "物のありそうな領域を先に出し、一つずつ CNN に通して特徴を取り、分類器で名前を付けます。",
        "Regions that may hold an object are cut out first, and each goes through a CNN and a classifier.",
    ),
    builds_on=(
        Ancestor(
            "cnn",
            Text("学習した特徴で画像を分類すること", "Classifying a picture by learnt features"),
            Text(
                "領域の候補を出す段と、箱を直す段",
                "A stage that proposes regions, and one that corrects the box",
            ),
        ),
    ),
    variants=(
        Variant(
            "rcnn-small",
            same("R-CNN"),
            model=f"{_MODELS}.rcnn:rcnn_small",
            parameters=522_415,
            weights="bundled",
            file="rcnn-small.safetensors",
            classes="smears_and_streets",
            size=320,
            taps=("trunk.layer3", "trunk.layer4"),
        ),
    ),
    claims=(
        Claim(
            id="rcnn.stages",
            mark="·",
            text=Text(
                "候補、特徴、分類の三段からなり、これが比較の基準になる。",
                "Proposals, features and classifier are separate stages; it is the baseline.",
            ),
            quantity=Text(
                "特徴の段が占める時間の割合と、候補が物を覆う割合",
                "Share of the time spent on features, and share of objects covered by a proposal",
            ),
            compares=Text("三つの段の時間どうし", "The times of the three stages"),
            equal=_SAME_RUN,
            experiment=f"{_EXPERIMENTS}.rcnn:stages",
            minutes=1.0,
            thresholds=(Threshold("feature_time_share", 0.5, 0.3), Threshold("recall", 0.8, 0.5)),
        ),
    ),
    page="detect",
    input="picture",
    lenses=("boxes", "box_activation", "stages", "layer_maps"),
    samples=_SAMPLES,
    fetched=_FETCHED,
)

FASTER_RCNN = System(
    id="faster_rcnn",
    section="detection",
    name=same("Faster R-CNN"),
    year=2015,
    papers=(
        Paper(
            "Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks",
            "Ren et al.",
            2015,
            "1506.01497",
        ),
    ),
    line=Text("候補もネットワークで", "Proposals by network"),
    sentence=Text(
        "領域の候補も同じ特徴の上の小さなネットワーク（RPN）が出し、全体を一つとして学習します。",
        "A small network (RPN) on the same features proposes the regions too, and all of it trains as one.",
    ),
    builds_on=(
        Ancestor(
            "rcnn",
            Text("候補を出してから分類し、箱を直す流れ", "Propose, classify, correct the box"),
            Text(
                "画像に一度だけ通す特徴、RPN とアンカー",
                "Features computed once a picture, the RPN and its anchors",
            ),
        ),
        Ancestor(
            "vgg",
            Text("特徴を取り出すバックボーン", "The backbone that finds features"),
            Text("その上の RPN と RoI ヘッド", "An RPN and an RoI head on top of it"),
        ),
    ),
    variants=(
        Variant(
            "faster-rcnn-small",
            same("Faster R-CNN"),
            model=f"{_MODELS}.faster_rcnn:faster_rcnn_small",
            parameters=679_712,
            weights="bundled",
            file="faster-rcnn-small.safetensors",
            classes="smears_and_streets",
            size=320,
            taps=("backbone.trunk.layer3", "backbone.trunk.layer4", "backbone.relu"),
        ),
        Variant(
            "faster-rcnn-vgg16",
            Text("Faster R-CNN（VGG-16）", "Faster R-CNN, VGG-16"),
            model=f"{_MODELS}.faster_rcnn:faster_rcnn_vgg16",
            parameters=137_073_622,
            size=600,
            metric=("VOC 2007 mAP, %", 73.2),
        ),
    ),
    claims=(
        Claim(
            id="faster_rcnn.better",
            mark="+",
            text=Text("R-CNN より速く、正確である。", "It is faster and more accurate than R-CNN."),
            quantity=Text(
                "一枚の時間の比（倍）と AP の差（割合）",
                "Ratio of the time for one picture (times) and difference in AP (share)",
            ),
            compares=Text("Faster R-CNN と R-CNN", "Faster R-CNN against R-CNN"),
            equal=Text("画像、バックボーン、計算機", "Pictures, backbone and machine"),
            experiment=f"{_EXPERIMENTS}.faster_rcnn:better",
            minutes=3.0,
            thresholds=(
                Threshold("seconds_ratio", 0.2, 0.8, larger=False),
                Threshold("difference", 0.02, 0.0, spread="spread"),
            ),
        ),
        Claim(
            id="faster_rcnn.slow",
            mark="-",
            text=Text("それでも速くはない。", "It is still not fast."),
            quantity=Text("一枚の時間の比（倍）", "Ratio of the time for one picture (times)"),
            compares=Text("Faster R-CNN と、一度で済ませる YOLO", "Faster R-CNN against the one-pass YOLO"),
            equal=_SAME_RUN,
            experiment=f"{_EXPERIMENTS}.faster_rcnn:slow",
            minutes=1.0,
            thresholds=(Threshold("seconds_ratio", 2.0, 1.2),),
        ),
    ),
    page="detect",
    input="picture",
    lenses=("boxes", "box_activation", "proposals", "layer_maps"),
    samples=_SAMPLES,
    fetched=_FETCHED,
)

YOLO = System(
    id="yolo",
    section="detection",
    name=same("YOLO"),
    year=2015,
    papers=(
        Paper("You Only Look Once: Unified, Real-Time Object Detection", "Redmon et al.", 2015, "1506.02640"),
    ),
    line=Text("一度見て箱を全部", "One look, all boxes"),
    sentence=Text(
        "画像を格子に分け、各マスが箱とクラスをまとめて一度に答える、とても速い検出器です。",
        "The picture is divided into a grid, and every cell answers with boxes and classes in one pass.",
    ),
    builds_on=(
        Ancestor(
            "rcnn",
            Text("分類で学んだ CNN の特徴から箱を直すこと", "Boxes corrected from features of a classifier"),
            Text("候補の段をなくし、格子で一度に答える形", "No proposals: a grid that answers in one pass"),
        ),
    ),
    variants=(
        Variant(
            "yolo-small",
            same("YOLO"),
            model=f"{_MODELS}.yolo:yolo_small",
            parameters=668_320,
            weights="bundled",
            file="yolo-small.safetensors",
            classes="smears_and_streets",
            size=320,
            taps=("features.trunk.layer4", "features.halve", "features.mix"),
        ),
        Variant(
            "yolo-paper",
            Text("論文の YOLO", "The paper's YOLO"),
            model=f"{_MODELS}.yolo:yolo_paper",
            parameters=271_703_550,
            size=448,
            metric=("VOC 2007 mAP, %", 63.4),
        ),
    ),
    claims=(
        Claim(
            id="yolo.fast",
            mark="+",
            text=Text("とても速い。", "It is very fast."),
            quantity=Text("一枚の時間の比（倍）", "Ratio of the time for one picture (times)"),
            compares=Text("YOLO と Faster R-CNN", "YOLO against Faster R-CNN"),
            equal=_SAME_RUN,
            experiment=f"{_EXPERIMENTS}.yolo:fast",
            minutes=1.0,
            thresholds=(Threshold("seconds_ratio", 0.5, 0.8, larger=False),),
        ),
        Claim(
            id="yolo.background",
            mark="+",
            text=Text("背景を物と間違えることが少ない。", "It raises few false alarms on background."),
            quantity=Text(
                "背景に出した箱の割合の差",
                "Difference in the share of boxes put on background",
            ),
            compares=Text(
                "Faster R-CNN の誤りから YOLO の誤りを引いた差",
                "Faster R-CNN's false alarms minus YOLO's",
            ),
            equal=Text("画像と、正しく見つけた数", "Pictures and the number of objects found"),
            experiment=f"{_EXPERIMENTS}.yolo:background",
            minutes=1.0,
            thresholds=(Threshold("difference", 0.02, 0.0, spread="spread"),),
        ),
        Claim(
            id="yolo.dense",
            mark="-",
            text=Text("密集した物に弱い。", "It is weak on dense objects."),
            quantity=Text("見つけた割合の低下（割合）", "Recall lost (share)"),
            compares=Text("まばらな場面から密集した場面を引いた差", "Sparse scenes minus dense scenes"),
            equal=Text("ネットワーク、物の種類と大きさ", "The network, kinds and sizes of objects"),
            experiment=f"{_EXPERIMENTS}.yolo:dense",
            minutes=1.0,
            thresholds=(Threshold("difference", 0.1, 0.03, spread="spread"),),
        ),
        Claim(
            id="yolo.sizes",
            mark="-",
            text=Text("大きさがいろいろな物に弱い。", "It is weak on objects of many sizes."),
            quantity=Text("見つけた割合の低下（割合）", "Recall lost (share)"),
            compares=Text(
                "大きさがそろった場面から、まちまちな場面を引いた差",
                "Scenes of one size minus scenes of many sizes",
            ),
            equal=Text("ネットワーク、物の種類と数", "The network, kinds and number of objects"),
            experiment=f"{_EXPERIMENTS}.yolo:sizes",
            minutes=1.0,
            thresholds=(Threshold("difference", 0.1, 0.03, spread="spread"),),
        ),
    ),
    page="detect",
    input="picture",
    lenses=("boxes", "box_activation", "cells", "layer_maps"),
    samples=_SAMPLES,
    fetched=_FETCHED,
)

SSD = System(
    id="ssd",
    section="detection",
    name=same("SSD"),
    year=2015,
    papers=(Paper("SSD: Single Shot MultiBox Detector", "Liu et al.", 2015, "1512.02325"),),
    line=Text("何段もの特徴から箱", "Boxes at six scales"),
    sentence=Text(
        "大きさの違う複数の特徴マップに既定の箱を置き、一度で箱のずれとクラスを答えます。",
        "Default boxes lie on feature maps of several sizes; one pass corrects and names them all.",
    ),
    builds_on=(
        Ancestor(
            "yolo",
            Text("候補なしで一度に答えること", "One pass, no proposals"),
            Text("大きさの違う複数の特徴マップから答える形", "Answers from feature maps of several sizes"),
        ),
        Ancestor(
            "faster_rcnn",
            Text(
                "形の決まった箱（アンカー）からのずれを学ぶこと",
                "Learning offsets from boxes of fixed shapes",
            ),
            Text("箱に直接クラスを答えさせること", "Classes answered for the boxes directly"),
        ),
        Ancestor(
            "vgg",
            Text("特徴を取り出すバックボーン", "The backbone that finds features"),
            Text("さらに小さくなっていく畳み込みの段", "Further convolutions that keep shrinking"),
        ),
    ),
    variants=(
        Variant(
            "ssd-small",
            same("SSD"),
            model=f"{_MODELS}.ssd:ssd_small",
            parameters=865_946,
            weights="bundled",
            file="ssd-small.safetensors",
            classes="smears_and_streets",
            size=320,
            taps=("backbone.trunk.layer3", "backbone.trunk.layer4", "backbone.extra.0", "backbone.extra.1", "backbone.extra.2", "backbone.extra.3"),
        ),
        Variant(
            "ssd300",
            same("SSD300"),
            model=f"{_MODELS}.ssd:ssd300",
            parameters=26_285_486,
            size=300,
            metric=("VOC 2007 mAP, %", 77.2),
        ),
        Variant(
            "ssd300-coco",
            Text("SSD300（COCO）", "SSD300, COCO"),
            model=f"{_MODELS}.ssd:ssd300",
            config={"classes": 90},
            parameters=35_641_826,
            weights="download",
            url=f"{_TORCHVISION}/ssd300_vgg16_coco-b556d3b4.pth",
            bytes=142_594_222,
            classes="coco",
            size=300,
            taps=("backbone.features", "backbone.extra.0", "backbone.extra.1", "backbone.extra.2", "backbone.extra.3", "backbone.extra.4"),
            metric=("COCO val2017 box AP, %", 25.1),
        ),
        Variant(
            "ssdlite320-coco",
            Text("SSDLite320（COCO）", "SSDLite320, COCO"),
            model=f"{_MODELS}.ssd:ssdlite320",
            parameters=3_440_060,
            weights="download",
            url=f"{_TORCHVISION}/ssdlite320_mobilenet_v3_large_coco-a79551df.pth",
            bytes=14_069_355,
            classes="coco",
            size=320,
            taps=("backbone.features.0", "backbone.features.1", "backbone.extra.0", "backbone.extra.1", "backbone.extra.2", "backbone.extra.3"),
            metric=("COCO val2017 box AP, %", 21.3),
        ),
    ),
    claims=(
        Claim(
            id="ssd.accuracy",
            mark="+",
            text=Text("Faster R-CNN と同じくらい正確である。", "It has the accuracy of Faster R-CNN."),
            quantity=_AP,
            compares=Text("SSD から Faster R-CNN を引いた差", "SSD minus Faster R-CNN"),
            equal=_SAME_TRAINING,
            experiment=f"{_EXPERIMENTS}.ssd:accuracy",
            minutes=1.0,
            thresholds=(Threshold("difference", -0.02, -0.05),),
        ),
        Claim(
            id="ssd.resolution",
            mark="+",
            text=Text("低い解像度でも働く。", "It works at low resolution."),
            quantity=Text(
                "解像度を半分にしたときの AP の低下（割合）", "AP lost at half the resolution (share)"
            ),
            compares=Text("Faster R-CNN の低下から SSD の低下を引いた差", "Faster R-CNN's loss minus SSD's"),
            equal=Text("画像、二つの解像度", "Pictures and the two resolutions"),
            experiment=f"{_EXPERIMENTS}.ssd:resolution",
            minutes=2.0,
            thresholds=(Threshold("difference", 0.01, -0.02, spread="spread"),),
        ),
        Claim(
            id="ssd.speed",
            mark="-",
            text=Text("YOLO より少し遅い。", "It is a little slower than YOLO."),
            quantity=Text("一枚の時間の比（倍）", "Ratio of the time for one picture (times)"),
            compares=Text("SSD と YOLO", "SSD against YOLO"),
            equal=_SAME_RUN,
            experiment=f"{_EXPERIMENTS}.ssd:speed",
            minutes=1.0,
            thresholds=(
                Threshold("seconds_ratio", 1.1, 1.0),
                Threshold("seconds_ratio", 2.0, 3.0, larger=False),
            ),
            shaky=True,
        ),
    ),
    page="detect",
    input="picture",
    lenses=("boxes", "box_activation", "default_boxes", "layer_maps"),
    samples=_SAMPLES,
    fetched=_FETCHED,
)

FPN = System(
    id="fpn",
    section="detection",
    name=same("FPN"),
    year=2016,
    papers=(Paper("Feature Pyramid Networks for Object Detection", "Lin et al.", 2016, "1612.03144"),),
    line=Text("上から下へ戻る道", "A path back down"),
    sentence=Text(
        "深い層の意味を上から下へ戻し、浅い層の細かさと足し合わせて、どの大きさの物も見つけます。",
        "What deep layers know flows back down and is added to fine layers, so all sizes are found.",
    ),
    builds_on=(
        Ancestor(
            "faster_rcnn",
            Text("RPN と RoI ヘッド", "The RPN and the RoI head"),
            Text("段ごとにヘッドを当てる特徴のピラミッド", "A pyramid of features, a head on every level"),
        ),
        Ancestor(
            "resnet",
            Text("四つの段の特徴", "The features of its four stages"),
            Text("上から下への道と、横からの足し込み", "A top-down path with lateral connections"),
        ),
    ),
    variants=(
        Variant(
            "fpn-small",
            same("FPN"),
            model=f"{_MODELS}.fpn:fpn_small",
            parameters=794_818,
            weights="bundled",
            file="fpn-small.safetensors",
            classes="smears_and_streets",
            size=320,
            taps=("backbone.trunk.layer2", "backbone.trunk.layer3", "backbone.trunk.layer4", "backbone.fpn.layer_blocks.2", "backbone.fpn.layer_blocks.1", "backbone.fpn.layer_blocks.0"),
        ),
        Variant(
            "pyramid-resnet50",
            Text("ピラミッドのみ", "Pyramid alone"),
            model=f"{_MODELS}.fpn:pyramid_resnet50",
            parameters=3_344_384,
        ),
        Variant(
            "faster-rcnn-resnet50-fpn",
            Text("Faster R-CNN R50-FPN（COCO）", "Faster R-CNN R50-FPN, COCO"),
            model=f"{_MODELS}.fpn:faster_rcnn_resnet50_fpn",
            parameters=41_755_286,
            weights="download",
            url=f"{_TORCHVISION}/fasterrcnn_resnet50_fpn_coco-258fb6c6.pth",
            bytes=167_502_836,
            classes="coco",
            size=480,
            taps=(
                "backbone.body.layer1", "backbone.body.layer2", "backbone.body.layer3", "backbone.body.layer4",
                "backbone.fpn.layer_blocks.3", "backbone.fpn.layer_blocks.2", "backbone.fpn.layer_blocks.1", "backbone.fpn.layer_blocks.0",
            ),
            metric=("COCO val2017 box AP, %", 37.0),
        ),
    ),
    claims=(
        Claim(
            id="fpn.small_objects",
            mark="+",
            text=Text("小さな物がよく見つかる。", "Small objects are found better."),
            quantity=Text("小さな物を見つけた割合の差", "Difference in recall on small objects (share)"),
            compares=Text("ピラミッドのあるものとないもの", "With the pyramid against without"),
            equal=_SAME_TRAINING,
            experiment=f"{_EXPERIMENTS}.fpn:small_objects",
            minutes=1.0,
            thresholds=(Threshold("difference", 0.05, 0.01, spread="spread"),),
        ),
        Claim(
            id="fpn.cost",
            mark="+",
            text=Text("費用はわずかで済む。", "It costs little."),
            quantity=Text("一枚の時間とパラメータの比（倍）", "Ratios of time and parameters (times)"),
            compares=Text("ピラミッドのあるものとないもの", "With the pyramid against without"),
            equal=_SAME_RUN,
            experiment=f"{_EXPERIMENTS}.fpn:cost",
            minutes=1.0,
            thresholds=(
                Threshold("seconds_ratio", 1.2, 1.5, larger=False),
                Threshold("parameter_ratio", 1.2, 1.5, larger=False),
            ),
        ),
    ),
    page="detect",
    input="picture",
    lenses=("boxes", "box_activation", "levels", "layer_maps"),
    samples=_SAMPLES,
    fetched=_FETCHED,
)

M2DET = System(
    id="m2det",
    section="detection",
    name=same("M2Det"),
    year=2018,
    papers=(
        Paper(
            "M2Det: A Single-Shot Object Detector based on Multi-Level Feature Pyramid Network",
            "Zhao et al.",
            2018,
            "1811.04533",
        ),
    ),
    line=Text("ピラミッドを何重にも", "A pyramid of pyramids"),
    sentence=Text(
        "U 字のモジュールを何段も重ねて、深さの違うピラミッドをいくつも作り、まとめて使う検出器です。",
        "U-shaped modules in a row make pyramids of several depths, which are then used together.",
    ),
    builds_on=(
        Ancestor(
            "ssd",
            Text("一度で答えることと、既定の箱", "One pass, and default boxes"),
            Text(
                "バックボーンの特徴を混ぜて作り直したマップ", "Maps rebuilt by mixing the backbone's features"
            ),
        ),
        Ancestor(
            "fpn",
            Text("上から下への道を持つピラミッド", "The pyramid with its path back down"),
            Text(
                "それを何重にも重ねた MLFPN（FFM、TUM、SFAM）",
                "Many of them in a row: MLFPN (FFM, TUM, SFAM)",
            ),
        ),
    ),
    variants=(
        Variant(
            "m2det-small",
            same("M2Det"),
            model=f"{_MODELS}.m2det:m2det_small",
            parameters=1_185_864,
            weights="bundled",
            file="m2det-small.safetensors",
            classes="smears_and_streets",
            size=320,
            taps=("backbone.trunk.layer3", "backbone.trunk.layer4", "backbone.ffm", "backbone.norm"),
        ),
        Variant(
            "m2det512-vgg",
            same("M2Det-512 VGG"),
            model=f"{_MODELS}.m2det:m2det512",
            parameters=132_633_140,
            size=512,
        ),
        Variant(
            "m2det512-vgg-sfam",
            Text("M2Det-512 VGG（SFAM あり）", "M2Det-512 VGG with SFAM"),
            model=f"{_MODELS}.m2det:m2det512",
            config={"sfam": True},
            parameters=133_159_604,
            size=512,
        ),
    ),
    claims=(
        Claim(
            id="m2det.accurate_fast",
            mark="+",
            text=Text("とても正確で、しかも速い。", "It is very accurate and fast."),
            quantity=Text(
                "AP の差（割合）と一枚の時間の比（倍）",
                "Difference in AP (share) and ratio of the time for one picture (times)",
            ),
            compares=Text("M2Det と SSD", "M2Det against SSD"),
            equal=Text("画像、入力の大きさ、ステップ数、計算機", "Pictures, input size, steps and machine"),
            experiment=f"{_EXPERIMENTS}.m2det:accurate_fast",
            minutes=1.5,
            thresholds=(
                Threshold("difference", 0.02, 0.0, spread="spread"),
                Threshold("seconds_ratio", 1.5, 3.0, larger=False),
            ),
            shaky=True,
        ),
    ),
    page="detect",
    input="picture",
    lenses=("boxes", "box_activation", "levels", "layer_maps"),
    samples=_SAMPLES,
    fetched=_FETCHED,
)

SYSTEMS: tuple[System, ...] = (RCNN, FASTER_RCNN, YOLO, SSD, FPN, M2DET)
