"""What sets R2D3 apart: demonstrations, the user's own or a planner's, and the share of each batch that is drawn from them."""

from __future__ import annotations

from explorer.results import Bundle, Result
from explorer.window.panels.agents import Halves, Host, LensBase, beside, group, numbers_of, picture_of, stacked
from explorer.window.views.controls import Bar, Button, Label, Slider, Switch
from explorer.window.views.picture import PictureView
from explorer.words import Text

RECORD, PLANNER = Text("自分の手本を録る", "Record mine"), Text("計画器の手本 20 回", "20 by the planner")
SHARE = Text("手本の割合", "Share shown")
HOW = Text("矢印キーか数字キーで動かします。エピソードが終わると手本になります。", "Arrow or number keys act; each finished episode becomes a demonstration.")
NONE = Text("手本はまだありません。", "No demonstrations yet.")
THERE = Text("手本 **{episodes}** 回、{count} 系列", "**{episodes}** demonstrations, {count} sequences")
DRAWN = Text("引いたうち手本は **{share}**（設定 {wanted}）", "**{share}** of what is drawn was shown (set: {wanted})")
WITHOUT = Text("手本を使わずに学んでいます。", "It learns without demonstrations.")
PICTURE = Text("画面", "Picture")
EPISODES = 20


class Panel(LensBase):
    """A lens: the picture to play on, buttons that record or plan demonstrations, the share drawn from them (0: without)."""

    lens = "agent_shown"
    shows = "returns"

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.picture = PictureView(name=PICTURE)
        self.record = Switch(RECORD)
        self.planner = Button(PLANNER, "tint")
        self.how = Label(HOW, "caption", "ink3", wrap=True)
        self.there, self.drawn = Label(NONE, "body"), Label(WITHOUT, "body", "ink2")
        self.bar = Bar(0.0)
        self.share = Slider(SHARE, 0.0, 1.0, 0.25, 0.05, label_width=96)
        controls = group(beside(self.record, self.planner), self.how, self.there, self.share, self.drawn, self.bar)
        stacked(self, Halves(self.picture, controls, (1, 0)), stretch=0)
        self._found: dict[str, float] = {}
        self.record.toggled.connect(lambda on: page.send("record", {"on": on}))
        self.planner.clicked.connect(lambda: page.send("demonstrate", {"episodes": EPISODES}))
        self.share.changed.connect(lambda value: page.send("set", {"demonstrations": float(value)}))

    def take(self, bundle: Bundle) -> None:
        facts, numbers, picture = bundle.facts, numbers_of(bundle), picture_of(bundle)
        if picture is not None:
            self.picture.set_result(picture)
        self.record.blockSignals(True)
        self.record.setChecked(bool(facts["recording"]))
        self.record.blockSignals(False)
        wanted = float(facts["settings"]["demonstrations"])
        if not self.share.dragging:
            self.share.set_value(wanted)
        count, share = numbers.get("demonstrations", 0.0), numbers.get("demonstrated_share", 0.0)
        self.there.set_text(THERE.format(episodes=int(facts["demonstrated"]), count=f"{int(count):,}") if count else NONE)
        self.drawn.set_text(DRAWN.format(share=f"{100 * share:.0f}%", wanted=f"{100 * wanted:.0f}%") if count and wanted > 0 else WITHOUT)
        self.bar.set_fraction(share)
        self._found = {"demonstrations": float(facts["demonstrated"]), "sequences": count, "share": wanted, "drawn_share": share}

    def result(self, bundle: Bundle) -> Result | None:
        return bundle.parts.get("returns")

    def numbers(self) -> dict[str, float]:
        """What the panel shows."""
        return dict(self._found)
