"""Pages of the chapters that are no surveyed system: what opens and closes a section, and everyday uses."""

from __future__ import annotations

from explorer.catalogue import detection, recognition, segmentation
from explorer.catalogue.classes import DIGITS as TEN_DIGITS
from explorer.catalogue.recognition import RESNET
from explorer.catalogue.schema import Scene, Variant
from explorer.catalogue.together import variants_of
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
        "深層学習が登場した 2012 年から三年で、人の見積もりを下回りました。\n\n"
        "ここにあるのは公表された値です。この計算機で測ったものではありません。点を選ぶと出典が出ます。"
        "このプログラムにあるネットワークなら、そのページを開けます。",
        "At the ILSVRC competition networks named what a photograph shows, out of 1,000 kinds; the error counts the photographs "
        "whose answer was not among five guesses. From 2012, when deep learning arrived, it took three years to fall below what was estimated for a person.\n\n"
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

_ON_EVERY = ("feature_maps", "filters", "receptive_field", "excites", "sightings", "class_activation", "attribution", "occlusion", "confusion", "atlas")

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
    lenses=(*_ON_EVERY, *(lens for entry in recognition.SYSTEMS for lens in entry.lenses if lens not in _ON_EVERY)),
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

SEGMENTATION_NETWORKS = Scene(
    id="segmentation_networks",
    section="segmentation",
    name=Text("三つを比べる", "The three compared"),
    line=Text("正確さ、計算、メモリ", "Accuracy, work, memory"),
    sentence=Text(
        "領域分割の三つのネットワークを、正確さと費用で並べます。同じ道路の写真で、同じくらいの時間をかけて学習した小さなものどうしです。\n\n"
        "IoU は、予測と正解の重なりをその両方を合わせた面積で割った値で、クラスごとに求めて平均します。値は同梱の重みのカードにある、CamVid のテスト画像での測定値です。"
        "積和は数え、メモリと時間はこの計算機で測ります。メモリは一枚から学ぶために残す値の大きさです。行や点を選ぶと、そのページが開きます。",
        "The three segmentation networks side by side: how right they are, and what that costs. All are small ones that learnt from the same photographs of streets for about the same time.\n\n"
        "IoU is the overlap of prediction and truth over the area of both, averaged over the classes; the figures are from the cards of the bundled weights, measured on CamVid's test pictures. "
        "Multiply-adds are counted; memory and time are measured on this machine. Memory is what is kept of a picture to learn from it. Choose a point, or open a row, to go to its page.",
    ),
    page="networks",
    variants=tuple(next(one for one in entry.variants if one.classes == "camvid") for entry in segmentation.SYSTEMS),
)

DETECTION_NETWORKS = Scene(
    id="detection_networks",
    section="detection",
    name=Text("速さと正確さ", "Speed against accuracy"),
    line=Text("検出器の選び方", "How to choose a detector"),
    sentence=Text(
        "検出器は、速さと正確さのどちらをどれだけ取るかで選びます。六つの検出器を一枚の図に並べました。左にあるほど速く、上にあるほど正確です。\n\n"
        "AP50 は、半分以上重なった箱を正解としたときの平均適合率です。値は同梱の重みのカードにある、BCCD（血球）と CamVid（道路）のテスト画像での測定値です。"
        "どの検出器も同じ小さなバックボーンから始め、同じ画像で学びました。時間は、描いた二枚の画像を使い、この計算機の一つのコアで測ります。点を選ぶと、そのページが開きます。",
        "Choosing a detector is trading speed against accuracy. Here are all six on one chart: the farther left the faster, the higher the more accurate.\n\n"
        "AP50 is the average precision where a box counts as right if it overlaps by half. The figures are from the cards of the bundled weights, measured on test pictures of BCCD (blood cells) and CamVid (streets). "
        "All detectors began with the same small backbone and learnt from the same pictures. The time is measured on one core of this machine, with two drawn pictures. Choose a point to open its page.",
    ),
    page="networks",
    variants=tuple(entry.variants[0] for entry in detection.SYSTEMS),
)

CAR_VIEW = Scene(
    id="car_view",
    section="detection",
    name=Text("車から見る", "A car's view"),
    line=Text("領域分割と検出を一緒に", "Mask and boxes together"),
    sentence=Text(
        "運転を助けるカメラの仕事を、二つのネットワークが分け合います。一つは画素ごとに道路、歩道、建物、空などを見分け、もう一つは車、歩行者、自転車を一つずつ箱で囲んで数えます。\n\n"
        "「描いたドライブ」は、このプログラムが描いた道を走る映像です。実写は、CamVid のテスト映像（学習に使っていない道）を取得して見られます。自分の動画やカメラも使えます。"
        "止めて一コマずつ見ることも、どちらかのネットワークを替えることもできます。",
        "Two networks share the work of a camera that helps to drive. One tells road, pavement, buildings and sky apart, pixel by pixel; the other puts a box around each car, pedestrian and bicyclist, and counts them.\n\n"
        "The drawn drive is a film of a street that this program draws. A real one is CamVid's test sequence, streets that no network here learnt from, fetched on request; films of your own and the camera work too. "
        "Stop it to look at one picture, or change either network.",
    ),
    page="together",
    input="picture",
    variants=variants_of("car_view"),
)

MEDICAL = Scene(
    id="medical",
    section="detection",
    name=Text("医療の画像", "Medical pictures"),
    line=Text("血球を数え、細胞膜をたどる", "Counting cells, tracing membranes"),
    sentence=Text(
        "血液の塗抹では、検出のネットワークが赤血球（RBC）、白血球（WBC）、血小板を一つずつ箱で囲んで数えます。電子顕微鏡の画像では、U-Net が細胞の中と膜を画素ごとに見分けます。U-Net はこの課題のために作られました。\n\n"
        "見本はこのプログラムが描いたもので、本物の塗抹（BCCD）は取得して見られます。ネットワークは BCCD の塗抹と ISBI 2012 の切片でも学んでいるので、自分の顕微鏡の画像も試せます。診断のためのものではありません。",
        "On a blood smear a detector puts a box around each red cell (RBC), white cell (WBC) and platelet, and counts them. On a picture from an electron microscope U-Net tells the insides of cells from their membranes, the very task it was made for.\n\n"
        "The samples are drawn by this program; a real smear (BCCD) is fetched on request. The networks learnt from BCCD's smears and the slices of ISBI 2012 as well, so open a picture of your own. This is not for diagnosis.",
    ),
    page="together",
    input="picture",
    variants=variants_of("medical"),
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

REWARDS_ANSWERS = Scene(
    id="rewards_answers",
    section="reinforcement",
    name=Text("答えと報酬", "Answers and rewards"),
    line=Text("同じ課題を二通りに学ぶ", "One task, two ways"),
    sentence=Text(
        "これまでの章のネットワークは、正解を教わって学びました。強化学習では、誰も正解を教えません。動いてみて、その結果として報酬だけを受け取ります。\n\n"
        "ここでは同じ小さな氷の湖を二通りに学びます。左は、状態を一つ見せられるたびに正解の行動を教わります。右は、自分で動き、ゴールに着いたときだけ報酬 1 をもらいます。"
        "どちらも覚えるのは、状態と行動ごとの数だけです。\n\n"
        "答えからなら数十回で足りますが、すべての正解を知る先生が要ります。報酬からは何百、何千歩もかかりますが、先生は要りません。"
        "「答えの間違い」を増やすと、左は先生の間違いまで覚えます。枠を押すと、それぞれのページが開きます。",
        "The networks of the chapters before learnt from right answers. In reinforcement learning nobody knows them: the learner acts, and all it gets is a reward.\n\n"
        "Here one small frozen lake is learnt in both ways. At the left, for a state at a time, the right action is told. At the right the learner walks by itself and gets a reward of 1 "
        "only when it reaches the goal. All that either keeps is a number for each action in each state.\n\n"
        "From answers, some dozens are enough, but it takes a teacher who knows all of them. From rewards it takes hundreds or thousands of steps, and no teacher. "
        "With more wrong answers the left one learns its teacher's mistakes as well. Click a panel to open its page.",
    ),
    page="rewards_answers",
    samples=("FrozenLake-v1 4x4 firm", "FrozenLake-v1 4x4 slippery", "FrozenLake-v1 generated"),
    leads_to=("dnn", "q_learning"),
    opens=True,
)

TABLE_NETWORK = Scene(
    id="table_network",
    section="reinforcement",
    name=Text("表とネットワーク", "Table and network"),
    line=Text("九つの状態から無限へ", "Nine states, then endless"),
    sentence=Text(
        "同じ部屋を、左では表（Q 学習）が、右ではネットワーク（DQN）が、同じ歩数だけ学びます。真ん中に穴があり（−1）、右下の隅がゴール（+1）です。\n\n"
        "九つの状態なら、表は 36 個の数ですみ、すぐに正しくなります。ネットワークには大げさな課題です。\n\n"
        "「無限の状態」では、立つ場所が連続した数になり、同じ場所には二度と立ちません。表は部屋をマスに区切るしかなく、粗ければ穴と道の区別がつかず、細かければほとんどのマスが「?」のまま残ります。"
        "ネットワークは同じ重みのまま、来たことのない場所でも近くの経験から答えます。地図は、両方ともマスの中心での値です。",
        "One room, learnt at the left by a table (Q-learning) and at the right by a network (DQN), as many steps each. In the middle is a pit (−1), in the corner below the goal (+1).\n\n"
        "With nine states the table is 36 numbers and soon right; a network is more than it takes.\n\n"
        "With endless states a place is two real numbers, and no place is met twice. The table has to cut the room into cells: coarse ones cannot tell the way from the pit, "
        "and of fine ones most stay “?”. The network, with the same weights as before, answers from what it met nearby, wherever it is. Both maps show the values in the middle of each cell.",
    ),
    page="table_network",
    samples=("nine", "endless"),
    leads_to=("q_learning", "dqn"),
)

SCENES: tuple[Scene, ...] = (FOUR_TASKS, COMPARE, NETWORKS, ILSVRC, DIGITS, TRANSFER, SEGMENTATION_NETWORKS, DETECTION_NETWORKS, CAR_VIEW, MEDICAL, WORDS, REWARDS_ANSWERS, TABLE_NETWORK)
