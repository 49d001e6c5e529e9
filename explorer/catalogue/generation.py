"""Section 2.4: networks that make pictures."""

from __future__ import annotations

from explorer.catalogue.schema import Ancestor, Claim, Paper, System, Threshold, Variant
from explorer.words import Text, same

_SAME_TRAINING = Text("データ、ステップ数、バッチ、最適化手法", "Data, steps, batch size and optimiser")

VAE = System(
    id="vae",
    section="generation",
    name=same("VAE"),
    year=2013,
    papers=(Paper("Auto-Encoding Variational Bayes", "Kingma & Welling", 2013, "1312.6114"),),
    line=Text("潜在空間を歩く", "A latent space to walk"),
    sentence=Text(
        "画像を少ない数の潜在変数の分布に縮め、そこから引いた値で画像を描き直すことを学びます。",
        "It shrinks a picture to a distribution over a few numbers and draws it again from a sample.",
    ),
    builds_on=(
        Ancestor(
            "dnn",
            Text("勾配降下法で学ぶ層の重ね", "Layers trained by gradient descent"),
            Text(
                "確率的な潜在変数と、それを通す勾配の工夫",
                "Random latent variables, and a way to pass gradients through",
            ),
        ),
    ),
    variants=(Variant("vae-784-400-20", same("784-400-20"), parameters=652_824, size=28),),
    claims=(
        Claim(
            id="vae.latent",
            mark="·",
            text=Text("潜在空間の中を歩ける。", "There is a latent space to walk through."),
            quantity=Text(
                "途中の画像が両端どちらかの種類に見える割合",
                "Share of pictures on the way that are recognised as one of the two ends",
            ),
            compares=Text(
                "潜在空間の直線の上と、画素どうしを混ぜたもの",
                "Along a line in latent space against mixing the pixels",
            ),
            equal=Text("両端の画像と、見分ける分類器", "The two ends and the classifier that judges"),
            thresholds=(Threshold("share", 0.8, 0.6), Threshold("difference", 0.05, 0.0, spread="spread")),
        ),
    ),
)

GAN = System(
    id="gan",
    section="generation",
    name=same("GAN"),
    year=2014,
    papers=(Paper("Generative Adversarial Nets", "Goodfellow et al.", 2014, "1406.2661"),),
    line=Text("偽物作りと鑑定の勝負", "A forger and a judge"),
    sentence=Text(
        "偽物を作る生成器と、本物かを見分ける識別器が競い合い、ともに上達していきます。",
        "A generator that forges and a discriminator that judges compete, and both improve.",
    ),
    builds_on=(
        Ancestor(
            "dnn",
            Text("勾配降下法で学ぶ層の重ね", "Layers trained by gradient descent"),
            Text("二つのネットワークを競わせる学習", "Training two networks against each other"),
        ),
    ),
    claims=(
        Claim(
            id="gan.sharper",
            mark="+",
            text=Text("VAE よりくっきりした画像になる。", "Its images are sharper than a VAE's."),
            quantity=Text(
                "鮮明さの差（ラプラシアンの分散の対数、実物を基準）",
                "Difference in sharpness (log variance of the Laplacian, relative to real pictures)",
            ),
            compares=Text("GAN から VAE を引いた差", "The GAN minus the VAE"),
            equal=Text("データ、パラメータ数、学習時間", "Data, number of parameters and training time"),
            thresholds=(Threshold("difference", 0.2, 0.0, spread="spread"),),
            seeds=5,
        ),
        Claim(
            id="gan.unstable",
            mark="-",
            text=Text(
                "一方が先に強くなりやすく、学習が不安定である。",
                "One side gets ahead, and training is unstable.",
            ),
            quantity=Text(
                "識別器の正解率が 95 % を超えるか、種類が半分以下に減った学習の割合",
                "Share of runs where the discriminator passes 95 % or more than half the modes are lost",
            ),
            compares=Text(
                "学習率の組を変えた学習どうし",
                "Runs with different pairs of learning rates",
            ),
            equal=Text("データ、ネットワーク、ステップ数", "Data, networks and steps"),
            thresholds=(Threshold("unstable_share", 0.3, 0.1),),
            seeds=10,
        ),
    ),
)

DCGAN = System(
    id="dcgan",
    section="generation",
    name=same("DCGAN"),
    year=2015,
    papers=(
        Paper(
            "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
            "Radford et al.",
            2015,
            "1511.06434",
        ),
    ),
    line=Text("畳み込みで作る GAN", "A GAN of convolutions"),
    sentence=Text(
        "生成器も識別器も畳み込みだけで作り、学習が安定する形を示した GAN です。",
        "A GAN whose generator and discriminator are all convolutions, in a form that trains well.",
    ),
    builds_on=(
        Ancestor(
            "gan",
            Text("生成器と識別器の勝負", "The generator against the discriminator"),
            Text("畳み込みとバッチ正規化だけの構成", "Convolutions and batch normalisation throughout"),
        ),
        Ancestor(
            "cnn",
            Text("場所によらない畳み込み", "Convolution with shared weights"),
            Text(
                "プーリングの代わりの歩幅と、広げる畳み込み",
                "Strides in place of pooling, and convolutions that widen",
            ),
        ),
    ),
    variants=(
        Variant("dcgan64-generator", Text("生成器 64×64", "Generator, 64×64"), parameters=3_576_704, size=64),
        Variant(
            "dcgan64-discriminator",
            Text("識別器 64×64", "Discriminator, 64×64"),
            parameters=2_765_568,
            size=64,
        ),
    ),
    claims=(
        Claim(
            id="dcgan.resolution",
            mark="+",
            text=Text("GAN より高い解像度で作れる。", "It reaches a higher resolution than the GAN."),
            quantity=Text(
                "64×64 での分布のずれの差（特徴のフレシェ距離、相対値）",
                "Difference in distance from real pictures at 64×64 (Fréchet distance of features, relative)",
            ),
            compares=Text("全結合の GAN から DCGAN を引いた差", "The dense GAN minus the DCGAN"),
            equal=Text(
                "データ、パラメータ数（±10 %）、学習時間", "Data, parameters (within 10 %) and training time"
            ),
            thresholds=(Threshold("difference", 0.2, 0.0, spread="spread"),),
        ),
        Claim(
            id="dcgan.readable",
            mark="+",
            text=Text("特徴マップの意味が読み取れる。", "Its feature maps can be read."),
            quantity=Text(
                "最良の一枚が図形の部分と重なる IoU（部分ごとの平均）",
                "IoU of the best map with a part of the drawing (mean over parts)",
            ),
            compares=Text(
                "学習した識別器と、学習前の識別器", "The trained discriminator against the untrained"
            ),
            equal=Text("画像、層、しきい値", "Pictures, layer and cut-off"),
            thresholds=(Threshold("iou", 0.3, 0.15), Threshold("difference", 0.1, 0.0, spread="spread")),
        ),
    ),
)

CYCLEGAN = System(
    id="cyclegan",
    section="generation",
    name=same("CycleGAN"),
    year=2017,
    papers=(
        Paper(
            "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
            "Zhu et al.",
            2017,
            "1703.10593",
        ),
    ),
    line=Text("行って戻って元どおり", "There and back again"),
    sentence=Text(
        "A から B へ変え、B から A へ戻すと元に戻ることを手がかりに、対でない画像から変換を学びます。",
        "It learns to turn A into B from unpaired pictures, because B turned back must give A again.",
    ),
    builds_on=(
        Ancestor(
            "dcgan",
            Text("畳み込みの生成器と識別器", "Convolutional generator and discriminator"),
            Text("二組を輪につなぐ循環の損失", "Two pairs joined in a ring by the cycle loss"),
        ),
        Ancestor(
            "resnet",
            Text("残差ブロック", "The residual block"),
            Text("画像から画像を描く生成器への応用", "Its use in a generator from picture to picture"),
        ),
    ),
    variants=(
        Variant(
            "generator-9",
            Text("生成器（9 ブロック）", "Generator, 9 blocks"),
            parameters=11_378_179,
            size=256,
        ),
        Variant(
            "discriminator-70",
            Text("識別器（70×70）", "Discriminator, 70×70"),
            parameters=2_764_737,
            size=256,
        ),
    ),
    claims=(
        Claim(
            id="cyclegan.both_ways",
            mark="+",
            text=Text("両方向に変換できる。", "It works in both directions."),
            quantity=Text(
                "変換先の種類と判定された割合（二方向の低いほう）",
                "Share judged to be of the other domain (the lower of the two directions)",
            ),
            compares=Text("A→B と B→A", "A→B and B→A"),
            equal=Text("一度の学習、見分ける分類器", "One training, and the classifier that judges"),
            thresholds=(Threshold("share", 0.8, 0.5),),
        ),
        Claim(
            id="cyclegan.unpaired",
            mark="+",
            text=Text("対になった画像が要らない。", "It needs no paired images."),
            quantity=Text(
                "正しい対との誤差の差（画素の平均、0–1）",
                "Difference in the error against the true pair (mean over pixels, 0–1)",
            ),
            compares=Text(
                "循環の損失のないものから、あるものを引いた差（対は採点だけに使う）",
                "Without the cycle loss minus with it; the pairs are used only for scoring",
            ),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.03, 0.0, spread="spread"),),
        ),
        Claim(
            id="cyclegan.one_pair",
            mark="-",
            text=Text("モデル一つで一組の変換しかできない。", "One model serves one pair of domains only."),
            quantity=Text(
                "三つ目の種類に変換できた割合",
                "Share turned into a third domain",
            ),
            compares=Text(
                "学習した組と、学習していない種類", "The pair it learnt against a domain it did not"
            ),
            equal=Text("モデルと、見分ける分類器", "The model and the classifier that judges"),
            thresholds=(Threshold("third_share", 0.1, 0.3, larger=False),),
        ),
    ),
)

STARGAN = System(
    id="stargan",
    section="generation",
    name=same("StarGAN"),
    year=2017,
    papers=(
        Paper(
            "StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image Translation",
            "Choi et al.",
            2017,
            "1711.09020",
        ),
    ),
    line=Text("一つで何種類も変換", "One model, many domains"),
    sentence=Text(
        "画像と「なりたい種類」のラベルを一つの生成器に渡し、何通りもの変換を一つのモデルで行います。",
        "One generator takes a picture and the label of the domain wanted, so it serves them all.",
    ),
    builds_on=(
        Ancestor(
            "cyclegan",
            Text("循環の損失と残差ブロックの生成器", "The cycle loss and the generator of residual blocks"),
            Text(
                "種類のラベルと、種類も当てる識別器",
                "Domain labels, and a discriminator that names the domain",
            ),
        ),
    ),
    variants=(
        Variant("generator", Text("生成器", "Generator"), parameters=8_430_528, size=128),
        Variant(
            "discriminator-128",
            Text("識別器（128、属性 5）", "Discriminator, 128 px, 5 attributes"),
            parameters=44_762_048,
            size=128,
        ),
    ),
    claims=(
        Claim(
            id="stargan.many",
            mark="+",
            text=Text("一つのモデルで何種類にも変えられる。", "One model gives many styles."),
            quantity=Text(
                "望んだ種類と判定された割合（最も低い種類）",
                "Share judged to be of the domain asked for (the lowest domain)",
            ),
            compares=Text(
                "一つの StarGAN と、組ごとに学習した CycleGAN",
                "One StarGAN against a CycleGAN for each pair",
            ),
            equal=Text(
                "データ、ステップ数の合計、見分ける分類器", "Data, total steps and the judging classifier"
            ),
            thresholds=(Threshold("share", 0.8, 0.5), Threshold("difference", -0.05, -0.2)),
        ),
    ),
)

STYLEGAN = System(
    id="stylegan",
    section="generation",
    name=same("StyleGAN"),
    year=2018,
    papers=(
        Paper(
            "A Style-Based Generator Architecture for Generative Adversarial Networks",
            "Karras et al.",
            2018,
            "1812.04948",
        ),
    ),
    line=Text("層ごとにスタイルを渡す", "Style fed to every layer"),
    sentence=Text(
        "乱数をまず「スタイル」に写し、粗い層から細かい層まで別々に渡して、似せ方を選べるようにしました。",
        "Noise is first mapped to a style, which each layer from coarse to fine receives on its own.",
    ),
    builds_on=(
        Ancestor(
            "dcgan",
            Text("畳み込みの生成器と識別器", "Convolutional generator and discriminator"),
            Text(
                "マッピングネットワーク、層ごとのスタイルと雑音",
                "A mapping network, style and noise at every layer",
            ),
        ),
    ),
    variants=(
        Variant(
            "mapping",
            Text("マッピングネットワーク", "Mapping network"),
            parameters=2_101_248,
        ),
    ),
    claims=(
        Claim(
            id="stylegan.mixing",
            mark="+",
            text=Text(
                "二枚のスタイルを、粗いところから細かいところまで混ぜられる。",
                "It mixes two images' styles, coarse to fine.",
            ),
            quantity=Text(
                "粗い層から形が、細かい層から色が移った割合（低いほう）",
                "Share of mixes taking shape from coarse and colour from fine layers (the lower)",
            ),
            compares=Text(
                "粗い層だけ入れ替えた画像と、細かい層だけ入れ替えた画像",
                "Swapping only the coarse layers against only the fine ones",
            ),
            equal=Text("二枚の元の画像と雑音", "The two source images and the noise"),
            thresholds=(Threshold("share", 0.8, 0.6),),
        ),
        Claim(
            id="stylegan.resolution",
            mark="+",
            text=Text("解像度が高く、自然な画像になる。", "Its images are of high resolution and natural."),
            quantity=Text(
                "分布のずれの差（特徴のフレシェ距離、相対値）",
                "Difference in distance from real pictures (Fréchet distance of features, relative)",
            ),
            compares=Text("DCGAN から StyleGAN を引いた差", "The DCGAN minus the StyleGAN"),
            equal=Text("データ、解像度、学習時間", "Data, resolution and training time"),
            thresholds=(Threshold("difference", 0.1, 0.0, spread="spread"),),
        ),
    ),
)

TEXT_TO_IMAGE = System(
    id="text_to_image",
    section="generation",
    name=Text("文から画像", "Text to image"),
    year=2020,
    years="2020–22",
    papers=(
        Paper("Denoising Diffusion Probabilistic Models", "Ho et al.", 2020, "2006.11239"),
        Paper(
            "High-Resolution Image Synthesis with Latent Diffusion Models",
            "Rombach et al.",
            2021,
            "2112.10752",
        ),
    ),
    line=Text("文に沿って雑音を除く", "Noise removed by a text"),
    sentence=Text(
        "雑音だけの画像から、文に沿って少しずつ雑音を取り除き、絵を浮かび上がらせる拡散モデルです。",
        "A diffusion model: a sentence guides it as noise is taken away, step by step.",
    ),
    builds_on=(
        Ancestor(
            "unet",
            Text("縮めて広げ、細部を渡す形", "Down and up, with bridges for detail"),
            Text(
                "雑音の量を教えて、雑音を当てさせること",
                "Telling it the noise level and letting it guess the noise",
            ),
        ),
        Ancestor(
            "vae",
            Text("画像を縮めた潜在空間", "A latent space smaller than the picture"),
            Text("その中で進める拡散", "Diffusion carried out inside it"),
        ),
        Ancestor(
            "transformer",
            Text("文を読む自己注意", "Self-attention that reads the sentence"),
            Text("絵の各所から文の語を見る注意", "Attention from places in the picture to words"),
        ),
    ),
    claims=(
        Claim(
            id="text_to_image.steers",
            mark="·",
            text=Text(
                "文が絵を導き、途中の段も見られる。",
                "A sentence steers the picture, and its steps can be seen.",
            ),
            quantity=Text(
                "文のとおりの色・形・位置になった割合",
                "Share of pictures with the colour, shape and place the sentence asks for",
            ),
            compares=Text(
                "その文で描いた絵と、別の文で描いた絵",
                "Pictures drawn under the sentence against those under another one",
            ),
            equal=Text("最初の雑音、段数、ネットワーク", "The first noise, number of steps and network"),
            thresholds=(Threshold("share", 0.8, 0.5), Threshold("difference", 0.3, 0.1, spread="spread")),
        ),
    ),
)

SYSTEMS: tuple[System, ...] = (VAE, GAN, DCGAN, CYCLEGAN, STARGAN, STYLEGAN, TEXT_TO_IMAGE)
