"""The names of the classes that the networks tell apart, in both languages.

Only sets whose names the program writes itself are here; ImageNet's 1,000 names come with torchvision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from explorer.words import Text, same

CIFAR10: tuple[Text, ...] = (
    Text("飛行機", "airplane"),
    Text("自動車", "automobile"),
    Text("鳥", "bird"),
    Text("猫", "cat"),
    Text("鹿", "deer"),
    Text("犬", "dog"),
    Text("カエル", "frog"),
    Text("馬", "horse"),
    Text("船", "ship"),
    Text("トラック", "truck"),
)

DIGITS: tuple[Text, ...] = tuple(same(str(number)) for number in range(10))

CAMVID: tuple[Text, ...] = (
    Text("空", "sky"),
    Text("建物", "building"),
    Text("柱", "pole"),
    Text("道路", "road"),
    Text("歩道", "pavement"),
    Text("木", "tree"),
    Text("標識", "sign"),
    Text("柵", "fence"),
    Text("車", "car"),
    Text("歩行者", "pedestrian"),
    Text("自転車", "bicyclist"),
)

MEMBRANE: tuple[Text, ...] = (Text("膜", "membrane"), Text("細胞の中", "inside a cell"))

SMEARS_AND_STREETS: tuple[Text, ...] = (
    Text("赤血球", "RBC"),
    Text("白血球", "WBC"),
    Text("血小板", "Platelets"),
    Text("車", "car"),
    Text("歩行者", "pedestrian"),
    Text("自転車", "bicyclist"),
)

VOC: tuple[Text, ...] = (
    Text("背景", "background"),
    Text("飛行機", "aeroplane"),
    Text("自転車", "bicycle"),
    Text("鳥", "bird"),
    Text("船", "boat"),
    Text("瓶", "bottle"),
    Text("バス", "bus"),
    Text("自動車", "car"),
    Text("猫", "cat"),
    Text("椅子", "chair"),
    Text("牛", "cow"),
    Text("食卓", "dining table"),
    Text("犬", "dog"),
    Text("馬", "horse"),
    Text("オートバイ", "motorbike"),
    Text("人", "person"),
    Text("鉢植え", "potted plant"),
    Text("羊", "sheep"),
    Text("ソファー", "sofa"),
    Text("列車", "train"),
    Text("モニター", "monitor"),
)

COCO: tuple[Text, ...] = (
    Text("人", "person"), Text("自転車", "bicycle"), Text("自動車", "car"), Text("オートバイ", "motorcycle"), Text("飛行機", "airplane"),
    Text("バス", "bus"), Text("列車", "train"), Text("トラック", "truck"), Text("船", "boat"), Text("信号機", "traffic light"),
    Text("消火栓", "fire hydrant"), Text("欠番 12", "unused 12"), Text("一時停止の標識", "stop sign"), Text("パーキングメーター", "parking meter"),
    Text("ベンチ", "bench"), Text("鳥", "bird"), Text("猫", "cat"), Text("犬", "dog"), Text("馬", "horse"), Text("羊", "sheep"), Text("牛", "cow"),
    Text("象", "elephant"), Text("熊", "bear"), Text("シマウマ", "zebra"), Text("キリン", "giraffe"), Text("欠番 26", "unused 26"),
    Text("リュックサック", "backpack"), Text("傘", "umbrella"), Text("欠番 29", "unused 29"), Text("欠番 30", "unused 30"), Text("ハンドバッグ", "handbag"),
    Text("ネクタイ", "tie"), Text("スーツケース", "suitcase"), Text("フリスビー", "frisbee"), Text("スキー", "skis"), Text("スノーボード", "snowboard"),
    Text("ボール", "sports ball"), Text("凧", "kite"), Text("バット", "baseball bat"), Text("グローブ", "baseball glove"),
    Text("スケートボード", "skateboard"), Text("サーフボード", "surfboard"), Text("テニスラケット", "tennis racket"), Text("瓶", "bottle"),
    Text("欠番 45", "unused 45"), Text("ワイングラス", "wine glass"), Text("カップ", "cup"), Text("フォーク", "fork"), Text("ナイフ", "knife"),
    Text("スプーン", "spoon"), Text("ボウル", "bowl"), Text("バナナ", "banana"), Text("リンゴ", "apple"), Text("サンドイッチ", "sandwich"),
    Text("オレンジ", "orange"), Text("ブロッコリー", "broccoli"), Text("ニンジン", "carrot"), Text("ホットドッグ", "hot dog"), Text("ピザ", "pizza"),
    Text("ドーナツ", "donut"), Text("ケーキ", "cake"), Text("椅子", "chair"), Text("ソファー", "couch"), Text("鉢植え", "potted plant"),
    Text("ベッド", "bed"), Text("欠番 66", "unused 66"), Text("食卓", "dining table"), Text("欠番 68", "unused 68"), Text("欠番 69", "unused 69"),
    Text("トイレ", "toilet"), Text("欠番 71", "unused 71"), Text("テレビ", "tv"), Text("ノートパソコン", "laptop"), Text("マウス", "mouse"),
    Text("リモコン", "remote"), Text("キーボード", "keyboard"), Text("携帯電話", "cell phone"), Text("電子レンジ", "microwave"), Text("オーブン", "oven"),
    Text("トースター", "toaster"), Text("流し台", "sink"), Text("冷蔵庫", "refrigerator"), Text("欠番 83", "unused 83"), Text("本", "book"),
    Text("時計", "clock"), Text("花瓶", "vase"), Text("はさみ", "scissors"), Text("ぬいぐるみ", "teddy bear"), Text("ドライヤー", "hair drier"),
    Text("歯ブラシ", "toothbrush"),
)  # fmt: skip
"""COCO's 80 kinds of things by their published numbers, of which ten are not used."""
GAPS = frozenset(one.en for one in COCO if one.en.startswith("unused"))

CLASSES: Mapping[str, tuple[Text, ...]] = {"cifar10": CIFAR10, "digits": DIGITS, "camvid": CAMVID, "membrane": MEMBRANE, "voc": VOC, "coco": COCO, "smears_and_streets": SMEARS_AND_STREETS}

COLOURS: Mapping[str, tuple[str, ...]] = {
    "camvid": ("#56B4E9", "#D55E00", "#1B1D21", "#8C8F96", "#CC79A7", "#009E73", "#FFFFFF", "#8C564B", "#0072B2", "#F0E442", "#E69F00"),
    "membrane": ("#1B1D21", "#E69F00"),
    "voc": (
        "#1B1D21", "#753400", "#009E73", "#56B4E9", "#0072B2", "#CC79A7", "#E69F00",
        "#F0E442", "#ECB78C", "#8CD3C0", "#B3DDF5", "#8CC0DC", "#E8C3D7", "#F4D48C",
        "#F8F3AA", "#D55E00", "#00573F", "#2F6380", "#003F62", "#70435C", "#7F5700",
    ),
    "smears_and_streets": ("#D55E00", "#56B4E9", "#009E73", "#0072B2", "#F0E442", "#E69F00"),
}  # Okabe–Ito where it reaches, then lighter and darker; grey for the road, brown for fences, white for signs, near black for what is background


LEARNT_FROM: Mapping[str, Text] = {
    "smears_and_streets": Text("血液の塗抹と道路の写真", "blood smears and streets seen from a car"),
    "camvid": Text("車から見た道路の写真", "streets seen from a car"),
    "membrane": Text("電子顕微鏡で見た細胞膜", "cell membranes seen by an electron microscope"),
}
"""By label set, what the bundled networks learnt from that are not made for everyday photographs."""


def used(names: Iterable[str]) -> list[str]:
    """Of a network's classes (in English) those that stand for something: without the gaps in COCO's numbers."""
    return [name for name in names if name not in GAPS]


def class_names(name: str) -> tuple[Text, ...]:
    """The names of a label set, in the order of the network's outputs. Raises KeyError for another set."""
    return CLASSES[name]
