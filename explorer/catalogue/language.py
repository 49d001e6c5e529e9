"""Chapter 3: networks that read and write sentences."""

from __future__ import annotations

from explorer.catalogue.schema import Ancestor, Claim, Paper, System, Threshold, Variant
from explorer.words import Text, same

_EXPERIMENTS = "explorer.engine.experiments.language"
_SAME_TRAINING = Text("データ、ステップ数、バッチ、最適化手法", "Data, steps, batch size and optimiser")

RNN = System(
    id="rnn",
    section="language",
    name=same("RNN"),
    year=1986,
    papers=(
        Paper("Learning Representations by Back-propagating Errors", "Rumelhart, Hinton & Williams", 1986),
        Paper("Finding Structure in Time", "Elman", 1990),
    ),
    line=Text("状態を次へ渡す", "State passed along"),
    sentence=Text(
        "一語ずつ読み、それまでの内容を状態として次の段へ渡していくネットワークです。",
        "It reads one word at a time and hands what it has read so far to the next step as a state.",
    ),
    builds_on=(
        Ancestor(
            "dnn",
            Text("層と、誤差逆伝播による学習", "Layers trained by back-propagation"),
            Text("自分の前の状態を入力に加える輪", "A loop that feeds its last state back in"),
        ),
    ),
    claims=(
        Claim(
            id="rnn.recent",
            mark="+",
            text=Text("直前に来たものを使える。", "It uses what came just before."),
            quantity=Text(
                "次の記号を当てた割合の差", "Difference in the share of next symbols guessed right"
            ),
            compares=Text(
                "RNN から、状態のない同じ層を引いた差", "The RNN minus the same layer without a state"
            ),
            equal=Text(
                "データ、ステップ数、パラメータ数（±10 %）",
                "Data, steps and number of parameters (within 10 %)",
            ),
            thresholds=(Threshold("difference", 0.1, 0.02, spread="spread"),),
        ),
        Claim(
            id="rnn.forgets",
            mark="-",
            text=Text("間があくと忘れる。", "It forgets over long spans."),
            quantity=Text("正解率の低下（割合）", "Accuracy lost (share)"),
            compares=Text(
                "近くを思い出す問題から、40 語前を思い出す問題を引いた差", "Recall from 5 steps back minus 40"
            ),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.3, 0.1, spread="spread"),),
        ),
        Claim(
            id="rnn.sequential",
            mark="-",
            text=Text("各段を並べて計算できない。", "It cannot run its steps in parallel."),
            quantity=Text(
                "長さを 8 倍にしたときの時間の比（倍）",
                "Ratio of the time when the sentence is 8 times as long (times)",
            ),
            compares=Text(
                "RNN と、同じ計算を一度に行う層", "The RNN against a layer that does all steps at once"
            ),
            equal=Text("幅、積和の回数、計算機", "Width, multiply-adds and machine"),
            thresholds=(Threshold("seconds_ratio", 4.0, 2.0), Threshold("against_parallel", 2.0, 1.1)),
        ),
    ),
)

LSTM = System(
    id="lstm",
    section="language",
    name=same("LSTM"),
    year=1997,
    papers=(Paper("Long Short-Term Memory", "Hochreiter & Schmidhuber", 1997),),
    line=Text("門で覚え、門で忘れる", "Gates that keep or forget"),
    sentence=Text(
        "何を覚え、忘れ、出すかを門が決めるので、遠く離れた語も覚えていられる RNN です。",
        "An RNN whose gates decide what to keep, forget and put out, so it remembers far back.",
    ),
    builds_on=(
        Ancestor(
            "rnn",
            Text("状態を次の段へ渡すこと", "A state handed from step to step"),
            Text("記憶のセルと、それを開け閉めする門", "A memory cell, and gates that open and close it"),
        ),
    ),
    claims=(
        Claim(
            id="lstm.remembers",
            mark="+",
            text=Text("間があいても覚えている。", "It remembers over long spans."),
            quantity=Text(
                "40 語前を思い出す正解率の差（割合）", "Difference in accuracy at recall from 40 steps back"
            ),
            compares=Text("LSTM から RNN を引いた差", "The LSTM minus the RNN"),
            equal=Text(
                "データ、ステップ数、パラメータ数（±10 %）",
                "Data, steps and number of parameters (within 10 %)",
            ),
            thresholds=(Threshold("difference", 0.2, 0.05, spread="spread"),),
        ),
        Claim(
            id="lstm.cost",
            mark="-",
            text=Text("RNN より計算が多い。", "It takes more computation than an RNN."),
            quantity=Text(
                "一段の積和の比と時間の比（倍）", "Ratios of multiply-adds and time for a step (times)"
            ),
            compares=Text("LSTM と RNN", "The LSTM against the RNN"),
            equal=Text("幅、文の長さ、バッチ、計算機", "Width, sentence length, batch and machine"),
            thresholds=(Threshold("multiply_add_ratio", 3.0, 1.5), Threshold("seconds_ratio", 1.5, 1.1)),
        ),
    ),
)

WORD2VEC = System(
    id="word2vec",
    section="language",
    name=same("word2vec"),
    year=2013,
    papers=(
        Paper(
            "Efficient Estimation of Word Representations in Vector Space",
            "Mikolov et al.",
            2013,
            "1301.3781",
        ),
        Paper(
            "Distributed Representations of Words and Phrases and their Compositionality",
            "Mikolov et al.",
            2013,
            "1310.4546",
        ),
    ),
    line=Text("言葉をベクトルに", "Words as vectors"),
    sentence=Text(
        "まわりの語を当てる問題を解かせて、意味の近い語が近くに並ぶベクトルを学びます。",
        "Guessing a word from its neighbours gives vectors in which words of like meaning lie close.",
    ),
    builds_on=(
        Ancestor(
            "dnn",
            Text("勾配降下法で学ぶ重み", "Weights learnt by gradient descent"),
            Text(
                "隠れ層の活性化をなくし、語を当てる問題にしたこと",
                "No hidden activation, and guessing words as the task",
            ),
        ),
    ),
    claims=(
        Claim(
            id="word2vec.arithmetic",
            mark="+",
            text=Text(
                "言葉の足し引きができる（王 − 男 + 女 → 女王、パリ − フランス + 日本 → 東京）。",
                "Words add up: king − man + woman → queen; Paris − France + Japan → Tokyo.",
            ),
            quantity=Text(
                "答えが上位五語に入った割合（二言語の低いほう）",
                "Share of questions answered among the first five words (the lower of two languages)",
            ),
            compares=Text(
                "ベクトルの足し引きと、三語目に最も近い語をそのまま答える方法",
                "Vector arithmetic against simply answering the nearest word to the third",
            ),
            equal=Text("語彙、ベクトル、問題の語を除くこと", "Vocabulary, vectors, question words left out"),
            thresholds=(Threshold("share", 0.6, 0.3), Threshold("difference", 0.1, 0.0, spread="spread")),
        ),
    ),
)

SEQ2SEQ = System(
    id="seq2seq",
    section="language",
    name=same("seq2seq"),
    year=2014,
    papers=(
        Paper("Sequence to Sequence Learning with Neural Networks", "Sutskever et al.", 2014, "1409.3215"),
    ),
    line=Text("文を一つのベクトルに", "A sentence in one vector"),
    sentence=Text(
        "読む側が文を一つのベクトルに縮め、書く側がそこから別の言語の文を一語ずつ書きます。",
        "An encoder squeezes a sentence into one vector, and a decoder writes another from it word by word.",
    ),
    builds_on=(
        Ancestor(
            "lstm",
            Text("状態を渡しながら一語ずつ進むこと", "Going word by word with a state"),
            Text(
                "読む側と書く側に分け、一つのベクトルで結ぶ形",
                "Two of them, reader and writer, joined by one vector",
            ),
        ),
    ),
    variants=(
        Variant(
            "en-ja",
            Text("英語 → 日本語", "English → Japanese"),
            model="explorer.engine.models.language.seq2seq:seq2seq",
            config={"source": 2800, "target": 3200},
            parameters=1_397_120,
            weights="bundled",
            file="seq2seq-en-ja.safetensors",
        ),
    ),
    claims=(
        Claim(
            id="seq2seq.long_sentences",
            mark="-",
            text=Text("長い文は一つのベクトルに入りきらない。", "Long sentences do not fit the vector."),
            quantity=Text("翻訳の質（chrF、0–100）の低下", "Translation quality lost (chrF, 0–100)"),
            compares=Text(
                "短い文の組から、最も長い文の組を引いた差", "The shortest bucket minus the longest"
            ),
            equal=Text("ネットワークと採点の仕方", "The network and the scoring"),
            thresholds=(Threshold("difference", 10.0, 3.0, spread="spread"),),
        ),
    ),
)

ATTENTION = System(
    id="attention",
    section="language",
    name=Text("注意機構", "Attention"),
    year=2015,
    papers=(
        Paper(
            "Neural Machine Translation by Jointly Learning to Align and Translate",
            "Bahdanau et al.",
            2014,
            "1409.0473",
        ),
        Paper(
            "Effective Approaches to Attention-based Neural Machine Translation",
            "Luong et al.",
            2015,
            "1508.04025",
        ),
    ),
    line=Text("原文を見ながら訳す", "Looks back as it writes"),
    sentence=Text(
        "一語書くたびに原文のすべての語を見直し、必要な語に重みを置いて訳すしくみです。",
        "For every word it writes, the decoder looks back at all source words and weighs those it needs.",
    ),
    builds_on=(
        Ancestor(
            "seq2seq",
            Text("読む側と書く側の二つの RNN", "Two RNNs, a reader and a writer"),
            Text(
                "一つのベクトルの代わりに、全語への重み付きの和",
                "A weighted sum over all words in place of one vector",
            ),
        ),
    ),
    variants=(
        Variant(
            "en-ja",
            Text("英語 → 日本語", "English → Japanese"),
            model="explorer.engine.models.language.attention:attention",
            config={"source": 2800, "target": 3200},
            parameters=1_462_656,
            weights="bundled",
            file="attention-en-ja.safetensors",
        ),
        Variant(
            "ja-en",
            Text("日本語 → 英語", "Japanese → English"),
            model="explorer.engine.models.language.attention:attention",
            config={"source": 3200, "target": 2800},
            parameters=1_462_256,
            weights="bundled",
            file="attention-ja-en.safetensors",
        ),
    ),
    claims=(
        Claim(
            id="attention.long_sentences",
            mark="+",
            text=Text(
                "一つのベクトルでは失われるものが、長い文でも保たれる。",
                "What one fixed vector loses in long sentences is kept.",
            ),
            quantity=Text(
                "最も長い文の組での質の差と、短い文から長い文への差の広がり（割合）",
                "Difference in quality on the longest bucket, and its growth from short to long (share)",
            ),
            compares=Text(
                "注意機構のあるものから、ないものを引いた差",
                "The network with attention minus the same without",
            ),
            equal=_SAME_TRAINING,
            thresholds=(
                Threshold("difference_long", 0.05, 0.0, spread="spread"),
                Threshold("difference_growth", 0.02, 0.0, spread="spread"),
            ),
            seeds=3,
            experiment=f"{_EXPERIMENTS}.attention:long_sentences",
            minutes=4.5,
        ),
        Claim(
            id="attention.soccer",
            mark="·",
            text=Text(
                "“soccer” を書くとき、「サッカー」を見ている。",
                "Writing “soccer”, it looks at 「サッカー」.",
            ),
            quantity=Text(
                "最も強い注意が、対応する原語に向いた割合",
                "Share of words whose strongest attention is on their translation",
            ),
            compares=Text(
                "対訳の分かっている語の注意と、原文の正しい位置",
                "The attention of words with a known translation against its place in the source",
            ),
            equal=Text("学習済みの重みと試す文", "The trained weights and the sentences"),
            thresholds=(Threshold("share", 0.7, 0.5),),
            seeds=1,
            experiment=f"{_EXPERIMENTS}.attention:soccer",
            minutes=0.5,
        ),
    ),
    page="translate",
    input="text",
    lenses=("attention", "hidden_states", "hypotheses"),
    samples=(
        "I like to play soccer.",
        "Where is the station?",
        "She went home because she was tired.",
        "私はサッカーが好きです。",
        "駅はどこですか。",
        "彼は毎朝コーヒーを飲みます。",
    ),
)

TRANSFORMER = System(
    id="transformer",
    section="language",
    name=same("Transformer"),
    year=2017,
    papers=(Paper("Attention Is All You Need", "Vaswani et al.", 2017, "1706.03762"),),
    line=Text("注意だけで作る", "Nothing but attention"),
    sentence=Text(
        "RNN をなくし、すべての語が一度に互いを見る注意だけで文を読み書きするネットワークです。",
        "No recurrence: all words look at each other at once, and attention alone reads and writes.",
    ),
    builds_on=(
        Ancestor(
            "attention",
            Text("全語への重み付きの和", "The weighted sum over all words"),
            Text("自己注意、マルチヘッド、位置の符号化", "Self-attention, several heads, position codes"),
        ),
        Ancestor(
            "resnet",
            Text("残差接続", "The residual connection"),
            Text("注意の層のまわりでの利用", "Its use around layers of attention"),
        ),
    ),
    variants=(Variant("base-body", Text("base の本体", "Body of the base model"), parameters=44_138_496),),
    claims=(
        Claim(
            id="transformer.parallel",
            mark="+",
            text=Text(
                "並べて計算できるので RNN より速く、言語以外にも使える。",
                "It runs in parallel, so it is faster than an RNN, and it is used beyond language.",
            ),
            quantity=Text(
                "長さ 256 での一ステップの時間の比（倍）と、小さな ViT の数字の正解率（割合）",
                "Ratio of step times at length 256 (times), and a small ViT's accuracy on digits (share)",
            ),
            compares=Text("Transformer と RNN", "The Transformer against the RNN"),
            equal=Text(
                "パラメータ数（±10 %）、長さ、バッチ、計算機",
                "Number of parameters (within 10 %), length, batch and machine",
            ),
            thresholds=(
                Threshold("seconds_ratio", 0.7, 1.0, larger=False),
                Threshold("vit_accuracy", 0.9, 0.7),
            ),
        ),
    ),
)

BERT = System(
    id="bert",
    section="language",
    name=same("BERT"),
    year=2018,
    papers=(
        Paper(
            "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
            "Devlin et al.",
            2018,
            "1810.04805",
        ),
    ),
    line=Text("穴埋めで予習する", "Pre-trained on gaps"),
    sentence=Text(
        "大量の文の穴埋めで先に学び、用途ごとに一層足すだけで使える Transformer の読む側です。",
        "The reading half of a Transformer, pre-trained on filling gaps; each task adds one layer.",
    ),
    builds_on=(
        Ancestor(
            "transformer",
            Text("自己注意を重ねた読む側", "The encoder of stacked self-attention"),
            Text(
                "穴埋めによる事前学習と、用途ごとの一層", "Pre-training on gaps, and one layer for each task"
            ),
        ),
    ),
    variants=(Variant("base-uncased", same("base, uncased"), parameters=109_482_240),),
    claims=(
        Claim(
            id="bert.tasks",
            mark="+",
            text=Text("いろいろな課題に使える。", "It serves many tasks."),
            quantity=Text(
                "三つの課題での正解率の差（割合、最小）",
                "Difference in accuracy over three tasks (share, the smallest)",
            ),
            compares=Text(
                "事前学習した本体に一層足したものと、事前学習なし",
                "One layer on the pre-trained body against no pre-training",
            ),
            equal=_SAME_TRAINING,
            thresholds=(Threshold("difference", 0.03, 0.0, spread="spread"),),
        ),
        Claim(
            id="bert.fine_tuning",
            mark="+",
            text=Text("微調整がやさしい。", "Fine-tuning is easy."),
            quantity=Text(
                "最終の正解率の 95 % に届くまでのステップが減った割合",
                "Share of the steps to 95 % of the final accuracy that is saved",
            ),
            compares=Text(
                "事前学習した本体と、初めからの学習", "The pre-trained body against training from scratch"
            ),
            equal=Text("データ、バッチ、ネットワークの形", "Data, batch and shape of the network"),
            thresholds=(Threshold("steps_saved", 0.5, 0.1, spread="spread"),),
        ),
        Claim(
            id="bert.accuracy",
            mark="+",
            text=Text("正解率が高い。", "It is accurate."),
            quantity=Text(
                "感情の判定の正解率の差（割合）", "Difference in accuracy at judging sentiment (share)"
            ),
            compares=Text("BERT から LSTM を引いた差", "BERT minus the LSTM"),
            equal=Text("学習と検証の文", "Sentences for training and testing"),
            thresholds=(Threshold("difference", 0.02, 0.0, spread="spread"),),
        ),
    ),
)

SYSTEMS: tuple[System, ...] = (RNN, LSTM, WORD2VEC, SEQ2SEQ, ATTENTION, TRANSFORMER, BERT)
