"""The list of keys, over the window (F1)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.window.chrome import Painted, fill, put_text
from explorer.window.look import look
from explorer.words import Text

TITLE = Text("キー操作", "Keys")
CLOSE = Text("Esc で閉じる", "Esc closes this")
KEYS: tuple[tuple[str, Text], ...] = (
    ("Ctrl 1 … 4", Text("章を選ぶ", "Choose a chapter")),
    ("↑ ↓", Text("一覧で系を選ぶ", "Choose a system in the list")),
    ("Ctrl Tab", Text("次の系", "Next system")),
    ("Ctrl ← →", Text("前のレンズ、次のレンズ", "Previous lens, next lens")),
    ("Ctrl T", Text("系統図", "Family tree")),
    ("Ctrl O", Text("ファイルを開く", "Open a file")),
    ("Ctrl V", Text("貼り付ける", "Paste")),
    ("Ctrl S", Text("図を保存（PNG、SVG、CSV）", "Save the view (PNG, SVG, CSV)")),
    ("Ctrl G", Text("章の案内を順に見る", "Guided steps of the chapter")),
    ("Alt ← →", Text("案内の前へ、次へ", "Guided steps: back, next")),
    ("Ctrl Shift S, O", Text("状態を保存、開く", "Save a state or open it")),
    ("Ctrl .", Text("いちばん新しい仕事を中止", "Cancel the newest job")),
    ("F5, F11", Text("投影する、戻る", "Project, and back")),
    ("← →", Text("投影中：前の系、次の系", "Projecting: previous, next system")),
    ("↑ ↓, C", Text("投影中：レンズ、主張を替える", "Projecting: lens, claim")),
    ("Ctrl D", Text("明るい、暗い", "Light, dark")),
    ("Ctrl M", Text("動きを減らす、戻す", "Less motion, and back")),
    ("Ctrl L", Text("日本語、English", "日本語, English")),
    ("Ctrl I", Text("狭い窓で解説を開く", "About and claims, in a narrow window")),
    ("Tab, F6", Text("次の部品、次の場所へ", "Next control, next area")),
)


class KeyList(Painted):
    """Lies over the window; Escape, F1 or a click closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(look.say(TITLE))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        veil = QColor(look.colour("bg"))
        veil.setAlpha(225)
        painter.fillRect(self.rect(), veil)
        row = look.px(31)
        cap_font, text_font = look.font("label", 500), look.font("body")
        metrics = QFontMetricsF(text_font)
        text_width = max(metrics.horizontalAdvance(look.say(what)) for _, what in KEYS)
        keys_width = max(QFontMetricsF(cap_font).horizontalAdvance(k) for k, _ in KEYS) + look.px(20)
        width = keys_width + text_width + look.px(24 + 56)
        height = len(KEYS) * row + look.px(28 + 44 + 30)
        panel = QRectF((self.width() - width) / 2, max(0.0, (self.height() - height) / 2), width, height)
        fill(painter, panel.adjusted(-1, -1, 1, 1), look.px(12), look.colour("line"))
        fill(painter, panel, look.px(12), look.colour("surface"))
        x, y = panel.left() + look.px(28), panel.top() + look.px(38)
        put_text(painter, look.say(TITLE), look.font("state"), look.colour("ink"), x, y)
        put_text(
            painter,
            look.say(CLOSE),
            look.font("label"),
            look.colour("ink3"),
            panel.right() - look.px(28),
            y,
            "right",
        )
        y += look.px(38)
        for key, what in KEYS:
            used = QFontMetricsF(cap_font).horizontalAdvance(key) + look.px(16)
            fill(painter, QRectF(x, y - look.px(12), used, look.px(24)), look.px(6), look.colour("sunken"))
            put_text(painter, key, cap_font, look.colour("ink"), x + look.px(8), y)
            put_text(painter, look.say(what), text_font, look.colour("ink2"), x + keys_width + look.px(24), y)
            y += row

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
