"""Chapter 4: learning from rewards."""

from __future__ import annotations

from explorer.catalogue.schema import Ancestor, Claim, Paper, System, Threshold, Variant
from explorer.words import Text, same

_EXPERIMENTS = "explorer.engine.experiments.reinforcement"
_MODELS = "explorer.engine.models.reinforcement"
_CARTPOLE = {"observation": (4,), "actions": 2}
_BREAKOUT, _HIDDEN = {"observation": (4, 10, 10), "actions": 3}, {"observation": (3, 10, 10), "actions": 3}
_GAMES = ("CartPole-v1", "Acrobot-v1", "FrozenLake-v1", "LunarLander-v3", "MinAtar/Breakout-v1", "MinAtar/SpaceInvaders-v1")
_LENSES = ("agent_values", "agent_looks", "agent_features")
_DOORKEY = {"observation": (20, 7, 7), "actions": 7}
_SAME_LEARNING = Text(
    "環境、環境のステップ数、ネットワーク、学習率",
    "Environment, environment steps, network and learning rate",
)
_AREA = Text(
    "学習曲線の下の面積の差（最良の方策を 1 とする）",
    "Difference in the area under the learning curve (best policy = 1)",
)

Q_LEARNING = System(
    id="q_learning",
    section="reinforcement",
    name=Text("Q 学習", "Q-learning"),
    year=1989,
    papers=(
        Paper("Learning from Delayed Rewards", "Watkins", 1989),
        Paper("Q-learning", "Watkins & Dayan", 1992),
    ),
    line=Text("行動の価値を表に", "A table of action values"),
    sentence=Text(
        "状態と行動の組ごとの価値を表に持ち、一歩動くたびに報酬と次の価値で書き直します。",
        "A table holds the value of each action in each state, corrected after every step by what followed.",
    ),
    variants=(
        Variant(
            name="table",
            label=Text("表", "Table"),
            model="explorer.engine.models.reinforcement.q_learning:QTable",
            weights="live",
        ),
    ),
    claims=(
        Claim(
            id="q_learning.converges",
            mark="·",
            text=Text(
                "初めは何も知らないが、十分に動けば正しくなる。",
                "Unknown at first, right after enough actions.",
            ),
            quantity=Text(
                "学んだ方策の価値÷最良の方策の価値（シードと地図で最も悪いもの）",
                "Value of the learnt policy over that of the best one (worst of seeds and maps)",
            ),
            compares=Text(
                "表から選ぶ方策の正確な価値と、価値反復で求めた最良の価値",
                "The exact value of the table's greedy policy against the optimum by value iteration",
            ),
            equal=Text(
                "環境の遷移表、割引率 0.99、時間制限なし", "Transition table, discount 0.99, no time limit"
            ),
            thresholds=(Threshold("worst_ratio", 0.98, 0.9),),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.q_learning:converges",
            minutes=4.0,
        ),
    ),
    page="agent",
    input="environment",
    lenses=("values", "visits", "q_table"),
    samples=(
        "FrozenLake-v1 4x4",
        "FrozenLake-v1 8x8",
        "FrozenLake-v1 generated",
        "CliffWalking-v1",
        "Taxi-v4",
    ),
)

DQN = System(
    id="dqn",
    section="reinforcement",
    name=same("DQN"),
    year=2013,
    papers=(
        Paper("Playing Atari with Deep Reinforcement Learning", "Mnih et al.", 2013, "1312.5602"),
        Paper("Human-level control through deep reinforcement learning", "Mnih et al.", 2015),
    ),
    line=Text("表をネットワークに", "A network for the table"),
    sentence=Text(
        "Q の表をネットワークに置き換え、画面そのものからでも各行動の価値を答えられるようにしました。",
        "A network takes the place of the table and gives the value of each action, even from the screen.",
    ),
    builds_on=(
        Ancestor(
            "q_learning",
            Text("報酬と次の価値で今の価値を直すこと", "Correcting a value by the reward and the next value"),
            Text(
                "表の代わりのネットワークと、固定した目標ネットワーク",
                "A network as the table, and a target network held still",
            ),
        ),
        Ancestor(
            "replay",
            Text("過去の一歩を無作為に引いて学ぶこと", "Learning from past steps drawn at random"),
            Text("画面と深いネットワークへの応用", "Its use with screens and a deep network"),
        ),
        Ancestor(
            "cnn",
            Text("画面を読む畳み込み", "Convolutions that read the screen"),
            Text("クラスの代わりに行動の価値を出す層", "A last layer of action values instead of classes"),
        ),
    ),
    variants=(
        Variant("cartpole", same("CartPole"), model=f"{_MODELS}.dqn:dqn", config=_CARTPOLE, parameters=17_410, weights="bundled", file="dqn-cartpole.safetensors"),
        Variant("atari-6", Text("Atari、行動 6", "Atari, 6 actions"), model=f"{_MODELS}.dqn:dqn_atari", parameters=1_687_206, size=84),
    ),
    claims=(
        Claim(
            id="dqn.table_explodes",
            mark="-",
            text=Text(
                "状態が多いか連続だと、表が大きくなりすぎる。",
                "A table explodes with many or continuous states.",
            ),
            quantity=Text(
                "精度を二倍にしたときの表の大きさの比（倍）と、訪れた欄の割合",
                "Ratio of the table's sizes at twice the precision (times), and share of cells ever visited",
            ),
            compares=Text(
                "刻みを細かくした表どうし（CartPole）", "Tables of finer and finer steps (CartPole)"
            ),
            equal=Text("環境、行動の数、ステップ数", "Environment, number of actions and steps"),
            thresholds=(
                Threshold("size_ratio", 8.0, 3.0),
                Threshold("visited_share", 0.2, 0.5, larger=False),
            ),
            seeds=3,
            experiment=f"{_EXPERIMENTS}.dqn:table_explodes",
            minutes=1.0,
        ),
        Claim(
            id="dqn.network",
            mark="+",
            text=Text("ネットワークなら大きくならない。", "A network does not explode."),
            quantity=Text(
                "状態の数を増やしたときのパラメータの比（倍）と得点の割合",
                "Ratio of parameters as states grow (times), and share of the best return",
            ),
            compares=Text("同じ環境での DQN と表", "DQN against a table on the same environment"),
            equal=Text("環境とステップ数", "Environment and steps"),
            thresholds=(
                Threshold("parameter_ratio", 1.1, 2.0, larger=False),
                Threshold("return_share", 0.8, 0.5, grows=True),
            ),
            experiment=f"{_EXPERIMENTS}.dqn:network",
            minutes=2.0,
        ),
    ),
    page="deep_agent",
    input="environment",
    lenses=(*_LENSES, "agent_table"),
    samples=("CartPole-v1", "FrozenLake-v1", "Acrobot-v1", "LunarLander-v3", "MinAtar/Breakout-v1", "MinAtar/SpaceInvaders-v1"),
)

REPLAY = System(
    id="replay",
    section="reinforcement",
    name=Text("経験再生", "Experience replay"),
    year=1992,
    years="1992, 2013",
    papers=(
        Paper(
            "Self-Improving Reactive Agents Based on Reinforcement Learning, Planning and Teaching",
            "Lin",
            1992,
        ),
        Paper("Playing Atari with Deep Reinforcement Learning", "Mnih et al.", 2013, "1312.5602"),
    ),
    line=Text("過去の一歩を引き直す", "Past steps drawn again"),
    sentence=Text(
        "体験した一歩一歩をためておき、無作為に引いて何度も学び直すしくみです。",
        "Every step is stored, and the agent learns again and again from steps drawn at random.",
    ),
    builds_on=(
        Ancestor(
            "q_learning",
            Text("一歩ごとの価値の直し方", "The correction made after a step"),
            Text("一歩をためる記憶と、無作為に引くこと", "A memory of steps, and drawing from it at random"),
        ),
    ),
    claims=(
        Claim(
            id="replay.learning",
            mark="+",
            text=Text("これがあるとよく学べる。", "Learning is better with it."),
            quantity=_AREA,
            compares=Text("経験再生のあるものから、ないものを引いた差", "With replay minus without"),
            equal=_SAME_LEARNING,
            thresholds=(Threshold("difference", 0.1, 0.0, spread="spread"),),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.replay:learning",
            minutes=2.5,
        ),
    ),
    variants=(Variant("memory", Text("記憶", "Memory"), model=f"{_MODELS}.replay:Memory", config={"capacity": 50_000, "fields": {}}, weights="live"),),
    page="deep_agent",
    input="environment",
    lenses=(*_LENSES, "agent_memory"),
    samples=_GAMES,
)

DISTRIBUTED = System(
    id="distributed",
    section="reinforcement",
    name=Text("分散学習", "Distributed learning"),
    year=2015,
    papers=(
        Paper(
            "Massively Parallel Methods for Deep Reinforcement Learning",
            "Nair et al.",
            2015,
            "1507.04296",
        ),
    ),
    line=Text("大勢で同時に体験", "Many actors at once"),
    sentence=Text(
        "何体ものアクターが並行して動いて体験を集め、一か所でまとめて学びます。",
        "Many actors play at the same time, and what they meet is learnt from in one place.",
    ),
    builds_on=(
        Ancestor(
            "dqn",
            Text("Q ネットワークと経験再生", "The Q network and replay"),
            Text(
                "並行して動く複数のアクターと、分けられた学習器",
                "Several actors in parallel, apart from the learner",
            ),
        ),
    ),
    claims=(
        Claim(
            id="distributed.wall_time",
            mark="+",
            text=Text(
                "アクターを増やすと、同じ時間でよく学べる。",
                "With more actors, more is learnt in the same time.",
            ),
            quantity=Text(
                "同じ得点に届く時間が縮んだ割合",
                "Share of the time to an equal return that is saved",
            ),
            compares=Text(
                "アクター一体と、計算機のコアの数だけ", "One actor against one for each core of the machine"
            ),
            equal=Text("環境、ネットワーク、計算機", "Environment, network and machine"),
            thresholds=(Threshold("time_saved", 0.2, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.distributed:wall_time",
            minutes=4.8,
        ),
    ),
    variants=(Variant("cartpole", same("CartPole"), model=f"{_MODELS}.distributed:distributed", config=_CARTPOLE, parameters=17_410, weights="live"),),
    page="deep_agent",
    input="environment",
    lenses=(*_LENSES, "agent_actors"),
    samples=_GAMES,
)

DUELING = System(
    id="dueling",
    section="reinforcement",
    name=same("Dueling"),
    year=2015,
    papers=(
        Paper(
            "Dueling Network Architectures for Deep Reinforcement Learning", "Wang et al.", 2015, "1511.06581"
        ),
    ),
    line=Text("Q を V と A に分ける", "Q split into V and A"),
    sentence=Text(
        "Q を「その状態の良さ V」と「行動ごとの差 A」に分けて学び、最後に足し合わせます。",
        "Q is learnt as the worth of the state, V, plus what each action adds to it, A.",
    ),
    builds_on=(
        Ancestor(
            "dqn",
            Text("Q ネットワークの学び方", "How the Q network learns"),
            Text(
                "V と A の二つの流れと、その足し合わせ方", "Two streams, V and A, and the way they are joined"
            ),
        ),
    ),
    variants=(
        Variant("cartpole", same("CartPole"), model=f"{_MODELS}.dueling:dueling", config=_CARTPOLE, parameters=34_051, weights="bundled", file="dueling-cartpole.safetensors"),
        Variant("atari-6", Text("Atari、行動 6", "Atari, 6 actions"), model=f"{_MODELS}.dueling:dueling_atari", parameters=3_293_863, size=84),
    ),
    claims=(
        Claim(
            id="dueling.separates",
            mark="+",
            text=Text(
                "行動で変わらないものを分けて学べる。",
                "It separates what no action changes.",
            ),
            quantity=Text(
                "行動に意味のない状態での A の幅÷意味のある状態での A の幅",
                "Range of A where actions do not matter over its range where they do",
            ),
            compares=Text(
                "行動が効く状態と効かない状態、二つの流れと一つの流れ",
                "States where actions matter against those where not; two streams against one",
            ),
            equal=_SAME_LEARNING,
            thresholds=(
                Threshold("range_ratio", 0.3, 0.7, larger=False),
                Threshold("error_difference", 0.02, 0.0, spread="spread"),
            ),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.dueling:separates",
            minutes=0.5,
        ),
    ),
    page="deep_agent",
    input="environment",
    lenses=(*_LENSES, "agent_streams"),
    samples=_GAMES,
)

PRIORITIZED = System(
    id="prioritized",
    section="reinforcement",
    name=Text("優先度付き再生", "Prioritised replay"),
    year=2015,
    papers=(Paper("Prioritized Experience Replay", "Schaul et al.", 2015, "1511.05952"),),
    line=Text("驚いた一歩をよく引く", "Surprises drawn more often"),
    sentence=Text(
        "予想との差（TD 誤差）が大きかった一歩ほど、よく引いて学び直します。",
        "Steps that surprised the agent, with a large TD error, are drawn more often.",
    ),
    builds_on=(
        Ancestor(
            "dqn",
            Text("Q ネットワーク", "The Q network"),
            Text("一歩ごとに残す TD 誤差", "The TD error kept with every step"),
        ),
        Ancestor(
            "replay",
            Text("ためた一歩から学ぶこと", "Learning from stored steps"),
            Text(
                "優先度に応じた引き方と、偏りを直す重み",
                "Drawing by priority, and weights that undo the bias",
            ),
        ),
    ),
    variants=(Variant("cartpole", same("CartPole"), model=f"{_MODELS}.prioritized:prioritized", config=_CARTPOLE, parameters=17_410, weights="bundled", file="prioritized-cartpole.safetensors"),),
    claims=(
        Claim(
            id="prioritized.faster",
            mark="+",
            text=Text("速く学べる。", "It learns faster."),
            quantity=Text(
                "同じ得点に届くステップが減った割合",
                "Share of the steps to an equal return that is saved",
            ),
            compares=Text("優先度で引くものと、均等に引くもの", "Drawing by priority against drawing evenly"),
            equal=_SAME_LEARNING,
            thresholds=(Threshold("steps_saved", 0.15, 0.0, spread="spread"),),
            seeds=5,
            experiment=f"{_EXPERIMENTS}.prioritized:faster",
            minutes=1.0,
        ),
    ),
    page="deep_agent",
    input="environment",
    lenses=(*_LENSES, "agent_memory"),
    samples=_GAMES,
)

APEX = System(
    id="apex",
    section="reinforcement",
    name=same("Ape-X"),
    year=2018,
    papers=(Paper("Distributed Prioritized Experience Replay", "Horgan et al.", 2018, "1803.00933"),),
    line=Text("三つの工夫を合わせる", "Three ideas in one"),
    sentence=Text(
        "多くのアクターが優先度を付けながら体験を集め、一つの Dueling が優先度に沿って学びます。",
        "Many actors gather steps and rate them as they go; one dueling learner draws by priority.",
    ),
    builds_on=(
        Ancestor(
            "prioritized",
            Text("TD 誤差による優先度", "Priority by TD error"),
            Text("アクターの側で最初の優先度を付けること", "First priorities given by the actors themselves"),
        ),
        Ancestor(
            "distributed",
            Text("並行して動く多くのアクター", "Many actors in parallel"),
            Text("勾配でなく体験を共有すること", "Sharing experience rather than gradients"),
        ),
        Ancestor(
            "dueling",
            Text("V と A の二つの流れ", "The two streams V and A"),
            Text("n 歩先までの報酬での学習", "Learning from rewards n steps ahead"),
        ),
    ),
    variants=(Variant("breakout", Text("ブロック崩し（MinAtar）", "Breakout (MinAtar)"), model=f"{_MODELS}.apex:apex", config=_BREAKOUT, parameters=263_508, weights="bundled", file="apex-breakout.safetensors"),),
    claims=(
        Claim(
            id="apex.training_time",
            mark="+",
            text=Text("学習時間が短い。", "Its training is short."),
            quantity=Text(
                "同じ得点に届く時間が縮んだ割合", "Share of the time to an equal return that is saved"
            ),
            compares=Text("Ape-X と DQN", "Ape-X against DQN"),
            equal=Text("環境、学習率、計算機", "Environment, learning rate and machine"),
            thresholds=(Threshold("time_saved", 0.3, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.apex:training_time",
            minutes=4.8,
        ),
        Claim(
            id="apex.better",
            mark="+",
            text=Text("それまでのものより良い。", "It is better than those before it."),
            quantity=Text(
                "同じ時間での得点の差（最良を 1 とする）", "Difference in return after equal time (best = 1)"
            ),
            compares=Text(
                "Ape-X から、DQN・優先度付き・Dueling のうち最良のものを引いた差",
                "Ape-X minus the best of DQN, prioritised replay and dueling",
            ),
            equal=Text("環境、時間、計算機", "Environment, time and machine"),
            thresholds=(Threshold("difference", 0.05, -0.05, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.apex:better",
            minutes=4.8,
        ),
    ),
    page="deep_agent",
    input="environment",
    lenses=(*_LENSES, "agent_actors", "agent_streams", "agent_memory"),
    samples=("CartPole-v1", "MinAtar/Breakout-v1", "MinAtar/SpaceInvaders-v1", "MinAtar/Freeway-v1", "MinAtar/Asterix-v1"),
)

R2D2 = System(
    id="r2d2",
    section="reinforcement",
    name=same("R2D2"),
    year=2019,
    papers=(
        Paper(
            "Recurrent Experience Replay in Distributed Reinforcement Learning", "Kapturowski et al.", 2019
        ),
    ),
    line=Text("記憶を持つ Ape-X", "Ape-X with a memory"),
    sentence=Text(
        "Ape-X に LSTM の記憶を持たせ、保存した状態と助走（burn-in）で正しく学び直せるようにしました。",
        "Ape-X with the memory of an LSTM; its stored state and a burn-in make replay of sequences work.",
    ),
    builds_on=(
        Ancestor(
            "apex",
            Text("多くのアクター、優先度、二つの流れ", "Many actors, priorities, two streams"),
            Text("連続した歩みの再生、保存した状態、助走", "Replay of sequences, stored state and burn-in"),
        ),
        Ancestor(
            "lstm",
            Text("門のある記憶のセル", "The memory cell with its gates"),
            Text("見えないものを覚えて行動すること", "Acting on what is no longer in sight"),
        ),
    ),
    variants=(
        Variant(
            "breakout-hidden",
            Text("軌跡を隠したブロック崩し（MinAtar）", "Breakout without the trail (MinAtar)"),
            model=f"{_MODELS}.r2d2:r2d2",
            config={**_HIDDEN, "squeeze": 128},
            parameters=299_332,
            weights="bundled",
            file="r2d2-breakout-hidden.safetensors",
        ),
        Variant(
            "atari-6",
            Text("Atari、行動 6、四画面", "Atari, 6 actions, 4 frames"),
            model=f"{_MODELS}.r2d2:r2d2_atari",
            parameters=8_096_423,
            size=84,
        ),
    ),
    claims=(
        Claim(
            id="r2d2.memory",
            mark="+",
            text=Text(
                "一枚の画面では足りない場面でも動ける。",
                "It acts where one frame is not enough.",
            ),
            quantity=Text("得点の差（最良を 1 とする）", "Difference in return (best = 1)"),
            compares=Text(
                "LSTM のあるものから、一枚だけを見るものを引いた差",
                "With the LSTM minus a network that sees one frame only",
            ),
            equal=_SAME_LEARNING,
            thresholds=(Threshold("difference", 0.2, 0.05, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.r2d2:memory",
            minutes=1.0,
        ),
        Claim(
            id="r2d2.stable",
            mark="·",
            text=Text("保存した状態と助走で安定する。", "Stored state and burn-in make it stable."),
            quantity=Text(
                "再生した Q と行動時の Q のずれの差（相対値）",
                "Difference in the gap between replayed and acting Q values (relative)",
            ),
            compares=Text(
                "状態をゼロから始めるものから、保存した状態と助走のあるものを引いた差",
                "Starting from a zero state minus stored state with burn-in",
            ),
            equal=_SAME_LEARNING,
            thresholds=(Threshold("difference", 0.05, 0.0, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.r2d2:stable",
            minutes=1.5,
        ),
    ),
    page="deep_agent",
    input="environment",
    lenses=(*_LENSES, "agent_state"),
    samples=("CartPole-v1 hide=velocity", "CartPole-v1", "MinAtar/Breakout-v1 hide=trail", "MinAtar/Breakout-v1"),
)

R2D3 = System(
    id="r2d3",
    section="reinforcement",
    name=same("R2D3"),
    year=2019,
    papers=(
        Paper(
            "Making Efficient Use of Demonstrations to Solve Hard Exploration Problems",
            "Paine et al.",
            2019,
            "1909.01387",
        ),
    ),
    line=Text("人の手本を混ぜて学ぶ", "Your own play mixed in"),
    sentence=Text(
        "人が遊んだ記録を一定の割合で混ぜて学び、報酬がめったに出ない課題も解けるようにしました。",
        "A share of recorded human play is mixed into what it learns from, for tasks of rare reward.",
    ),
    builds_on=(
        Ancestor(
            "r2d2",
            Text("記憶を持つ学習器と連続した再生", "The learner with memory and replay of sequences"),
            Text("手本の記憶と、混ぜる割合", "A second memory of demonstrations, and their share"),
        ),
    ),
    variants=(
        Variant(
            "doorkey",
            Text("鍵と扉の部屋（minigrid）", "Room with key and door (minigrid)"),
            model=f"{_MODELS}.r2d3:r2d3",
            config={**_DOORKEY, "hidden": 96, "squeeze": 96},
            parameters=138_360,
            weights="bundled",
            file="r2d3-doorkey.safetensors",
        ),
    ),
    claims=(
        Claim(
            id="r2d3.rare_reward",
            mark="+",
            text=Text("報酬がめったに出ない課題も学べる。", "It learns where reward is rare."),
            quantity=Text("得点の差（最良を 1 とする）", "Difference in return (best = 1)"),
            compares=Text(
                "手本を混ぜたものから、混ぜないものを引いた差", "With demonstrations minus without"
            ),
            equal=_SAME_LEARNING,
            thresholds=(Threshold("difference", 0.3, 0.05, spread="spread"),),
            experiment=f"{_EXPERIMENTS}.r2d3:rare_reward",
            minutes=1.0,
        ),
    ),
    page="deep_agent",
    input="environment",
    lenses=(*_LENSES, "agent_shown"),
    samples=("MiniGrid-DoorKey-5x5-v0", "MiniGrid-DoorKey-6x6-v0", "MiniGrid-Empty-5x5-v0", "MountainCar-v0"),
)

SYSTEMS: tuple[System, ...] = (
    Q_LEARNING,
    DQN,
    REPLAY,
    DISTRIBUTED,
    DUELING,
    PRIORITIZED,
    APEX,
    R2D2,
    R2D3,
)
