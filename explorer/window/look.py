"""How everything looks: one file of tokens for both themes, the type scale, lengths, language and the colours of data.

No widget has a colour, a font size or a language of its own: it asks ``look``, and asks again when ``look.changed`` is emitted.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QPalette

from explorer.words import Language, Text, preferred_language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QApplication

Role = Literal["caption", "label", "body", "section", "value", "state", "key", "title"]
Token = Literal[
    "ink", "ink2", "ink3", "bg", "surface", "sunken", "line", "line2",
    "ok", "ok_tint", "caveat", "caveat_tint", "no", "no_tint", "idle", "idle_tint",
]  # fmt: skip

LIGHT: dict[str, str] = {
    "bg": "#FAFAF7", "surface": "#FFFFFF", "sunken": "#F2F1EC", "ink": "#1B1D21", "ink2": "#4E545B", "ink3": "#666C73",
    "line": "#E3E1DA", "line2": "#C9C6BC", "on_accent": "#FFFFFF", "ok": "#0C6A3C", "ok_tint": "#E2F3E8", "caveat": "#825000",
    "caveat_tint": "#FBF0DA", "no": "#A3302A", "no_tint": "#FBE8E5", "idle": "#4E545B", "idle_tint": "#EDEBE5",
}  # fmt: skip
DARK: dict[str, str] = {
    "bg": "#15181B", "surface": "#1D2125", "sunken": "#111316", "ink": "#ECEEF0", "ink2": "#B4BAC1", "ink3": "#9098A0",
    "line": "#2B3036", "line2": "#454C54", "on_accent": "#15181B", "ok": "#6FD39B", "ok_tint": "#173626", "caveat": "#EDBB62",
    "caveat_tint": "#3A2D12", "no": "#F59A90", "no_tint": "#42211E", "idle": "#B4BAC1", "idle_tint": "#2A2F35",
}  # fmt: skip
# Chapter 1–4: accent as text and fill, and its tint.
ACCENTS_LIGHT = (
    ("#5746B2", "#ECE9F8"),
    ("#0A716C", "#DFF1EF"),
    ("#A82A62", "#F9E6EE"),
    ("#566A0C", "#EDF2D9"),
)
ACCENTS_DARK = (
    ("#AC9FF2", "#2A2743"),
    ("#52C6BB", "#17332F"),
    ("#F291B6", "#3D2230"),
    ("#B9D05F", "#2B3218"),
)

DARK_INK = "#1B1D21"  # text on light data colours, the same in both themes
CLASSES = (
    "#56B4E9",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#0072B2",
    "#D55E00",
)  # Okabe–Ito, by contrast of their labels
SIGNED = ("#2166AC", "#F7F7F7", "#D97014")
VIRIDIS = (
    "#440154", "#481567", "#482677", "#453781", "#404788", "#39568C", "#33638D", "#2D708E", "#287D8E", "#238A8D",
    "#1F968B", "#20A387", "#29AF7F", "#3CBB75", "#55C667", "#73D055", "#95D840", "#B8DE29", "#DCE319", "#FDE725",
)  # fmt: skip

FAMILIES = (
    "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "Yu Gothic UI", "Meiryo UI", "Hiragino Sans", "Hiragino Kaku Gothic ProN",
    "IPAexGothic", "Noto Sans", "Segoe UI", "Helvetica Neue", "Arial",
)  # fmt: skip
TYPE: dict[Role, tuple[int, int]] = {  # px at 100 %, px in projection on a picture 1080 px high
    "caption": (12, 27), "label": (13, 28), "body": (14, 30), "section": (15, 32), "value": (15, 32), "state": (18, 36),
    "key": (25, 38), "title": (26, 60),
}  # fmt: skip
PROJECTION = 2.2
PROJECTION_HEIGHT = 1080


def luminance(colour: QColor) -> float:
    """Relative luminance (0–1) of a colour (WCAG 2.2)."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio (1–21) of two colours (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


class Look(QObject):
    """The one source of colours, fonts, lengths and language. ``changed``: ask again for all of them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._language: Language = preferred_language()
        self._dark = False
        self._projection = False
        self._projection_height = PROJECTION_HEIGHT
        self._reduced_motion = bool(os.environ.get("DS_EXPLORER_REDUCED_MOTION"))
        self._tables: dict[str, Any] = {}
        self._fonts: dict[tuple[int, int], QFont] = {}

    # --- what the user chooses ---

    @property
    def language(self) -> Language:
        """Japanese or English."""
        return self._language

    @language.setter
    def language(self, value: Language) -> None:
        self._set("_language", value)

    @property
    def dark(self) -> bool:
        """The dark theme."""
        return self._dark

    @dark.setter
    def dark(self, value: bool) -> None:
        self._set("_dark", bool(value))

    @property
    def projection(self) -> bool:
        """Bigger type and thicker lines, for a projector."""
        return self._projection

    @projection.setter
    def projection(self, value: bool) -> None:
        self._set("_projection", bool(value))

    @property
    def projection_height(self) -> int:
        """Height in px of the projected window: type and lines are made for 1080 and follow it."""
        return self._projection_height

    @projection_height.setter
    def projection_height(self, value: int) -> None:
        value = min(max(int(value), 540), 4320)
        if value != self._projection_height:
            self._projection_height = value
            if self._projection:
                self.changed.emit()

    @property
    def reduced_motion(self) -> bool:
        """Nothing moves by itself."""
        return self._reduced_motion

    @reduced_motion.setter
    def reduced_motion(self, value: bool) -> None:
        self._set("_reduced_motion", bool(value))

    def _set(self, name: str, value: object) -> None:
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.changed.emit()

    def motion(self, milliseconds: int = 180) -> int:
        """Duration of a movement in ms: 0 under reduced motion."""
        return 0 if self._reduced_motion else milliseconds

    # --- words ---

    def say(self, text: Text) -> str:
        """The text in the language of the window."""
        return text.get(self._language)

    # --- colours of the window ---

    def colour(self, token: Token) -> QColor:
        """A colour of the theme. Raises KeyError for an unknown token."""
        return QColor((DARK if self._dark else LIGHT)[token])

    def accent(self, chapter: int) -> QColor:
        """The accent of a chapter (1–4), as text, line and fill."""
        return QColor((ACCENTS_DARK if self._dark else ACCENTS_LIGHT)[chapter - 1][0])

    def tint(self, chapter: int) -> QColor:
        """The soft fill of a chapter (1–4), behind its accent."""
        return QColor((ACCENTS_DARK if self._dark else ACCENTS_LIGHT)[chapter - 1][1])

    def on_accent(self) -> QColor:
        """Text on a fill of any accent."""
        return QColor((DARK if self._dark else LIGHT)["on_accent"])

    # --- lengths and type ---

    @property
    def factor(self) -> float:
        """What lengths are multiplied by: 1, or 2.2 in projection on a window 1080 px high."""
        return PROJECTION * self._projection_height / PROJECTION_HEIGHT if self._projection else 1.0

    def px(self, length: float) -> int:
        """A length of the design in whole px."""
        return round(length * self.factor)

    def line(self, width: float) -> float:
        """The width of a line in px, not rounded."""
        return width * self.factor

    def size(self, role: Role) -> int:
        """Size of type in px."""
        plain, projected = TYPE[role]
        return (
            max(8, round(projected * self._projection_height / PROJECTION_HEIGHT))
            if self._projection
            else plain
        )

    def font(self, role: Role, weight: int | None = None) -> QFont:
        """A font of the type scale with tabular figures. ``weight``: 400, 500 or 700; titles, section heads and key numbers are bold."""
        if weight is None:
            weight = 700 if role in ("title", "section", "key", "state") else 400
        key = (self.size(role), weight)
        if key not in self._fonts:
            font = QFont()
            font.setFamilies(list(FAMILIES))
            font.setPixelSize(key[0])
            font.setWeight(QFont.Weight(weight))
            font.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[key] = font
        return QFont(self._fonts[key])  # the caller's own

    # --- colours of data, the same in both themes ---

    def viridis(self, values: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
        """Colours of magnitudes 0–1 (clipped): uint8 of shape (…, 3). Not a number counts as 0."""
        return self._table("viridis", VIRIDIS)[self._indices(values)]

    def signed(self, values: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
        """Colours of signed values −1–1 (clipped), white at 0: uint8 of shape (…, 3). Not a number counts as 0."""
        import numpy as np

        values = np.asarray(values, float)
        return self._table("signed", SIGNED)[self._indices(np.where(np.isnan(values), 0.5, (values + 1.0) / 2.0))]

    def _table(self, name: str, anchors: tuple[str, ...]) -> NDArray[np.uint8]:
        import numpy as np

        if name not in self._tables:
            rgb = np.array([[int(a[i : i + 2], 16) for i in (1, 3, 5)] for a in anchors], float)
            at, known = np.linspace(0, 1, 257), np.linspace(0, 1, len(anchors))
            self._tables[name] = (
                np.stack([np.interp(at, known, rgb[:, c]) for c in range(3)], axis=1).round().astype(np.uint8)
            )
        table: NDArray[np.uint8] = self._tables[name]
        return table

    @staticmethod
    def _indices(values: NDArray[np.floating[Any]]) -> NDArray[np.intp]:
        import numpy as np

        clipped = np.fmin(np.fmax(np.asarray(values, float), 0.0), 1.0)  # not a number: 0
        indices: NDArray[np.intp] = np.rint(clipped * 256).astype(np.intp)
        return indices

    def data_colour(self, share: float, signed: bool) -> QColor:
        """One colour of the signed values' scale or of the magnitudes', from its lower end (0) to its upper one (1)."""
        name = "signed" if signed else "viridis"
        colours = self._tables.get(f"{name} colours")
        if colours is None:
            colours = [QColor(*rgb) for rgb in self._table(name, SIGNED if signed else VIRIDIS).tolist()]
            self._tables[f"{name} colours"] = colours
        return QColor(colours[round(256 * min(1.0, max(0.0, share)))])

    def class_colour(self, index: int) -> QColor:
        """The colour of class number ``index``: Okabe–Ito; then the same darker, then lighter, then repeating."""
        colour, turn = QColor(CLASSES[index % len(CLASSES)]), index // len(CLASSES) % 3
        return (colour, colour.darker(175), colour.lighter(150))[turn]

    def digit_colour(self, background: QColor) -> QColor:
        """White or dark ink, whichever is read on a data cell of this colour."""
        return QColor("#FFFFFF" if luminance(background) < 0.18 else DARK_INK)

    # --- the toolkit's own widgets ---

    def apply(self, app: QApplication) -> None:
        """Give the few stock widgets the palette, font and style sheet of the theme."""
        palette = QPalette()
        roles = QPalette.ColorRole
        pairs: list[tuple[QPalette.ColorRole, Token]] = [
            (roles.Window, "bg"), (roles.WindowText, "ink"), (roles.Base, "surface"), (roles.AlternateBase, "sunken"),
            (roles.Text, "ink"), (roles.Button, "surface"), (roles.ButtonText, "ink"), (roles.ToolTipBase, "ink"),
            (roles.ToolTipText, "bg"), (roles.PlaceholderText, "ink3"), (roles.Mid, "line2"), (roles.Dark, "line2"),
            (roles.Light, "surface"), (roles.Midlight, "line"), (roles.Shadow, "line2"), (roles.HighlightedText, "ink"),
        ]  # fmt: skip
        for role, token in pairs:
            palette.setColor(role, self.colour(token))
        palette.setColor(roles.Highlight, self.selection())
        if app.palette() != palette:
            app.setPalette(palette)
        if app.font() != self.font("body"):
            app.setFont(self.font("body"))
        sheet = self.style_sheet()
        if app.styleSheet() != sheet:  # it restyles every widget: not for a change of language
            app.setStyleSheet(sheet)

    def selection(self) -> QColor:
        """Behind selected text."""
        return QColor("#3A4A58" if self._dark else "#D5E3EE")

    def style_sheet(self) -> str:
        """The style sheet of line edits, scroll bars, tooltips, menus and drop-downs."""
        theme = DARK if self._dark else LIGHT
        c = {
            name: theme[name] for name in ("ink", "ink2", "ink3", "bg", "surface", "sunken", "line", "line2")
        }
        p = self.px
        return f"""
QToolTip {{ background: {c["ink"]}; color: {c["bg"]}; border: none; padding: {p(4)}px {p(8)}px; font-size: {self.size("caption")}px; }}
QMenu {{ background: {c["surface"]}; color: {c["ink"]}; border: 1px solid {c["line"]}; border-radius: {p(8)}px; padding: {p(6)}px;
  font-size: {self.size("body")}px; }}
QMenu::item {{ padding: {p(6)}px {p(16)}px; border-radius: {p(5)}px; background: transparent; }}
QMenu::item:selected {{ background: {c["sunken"]}; }}
QMenu::item:disabled {{ color: {c["ink3"]}; }}
QMenu::separator {{ height: 1px; background: {c["line"]}; margin: {p(4)}px {p(8)}px; }}
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox {{ background: {c["surface"]}; color: {c["ink"]}; border: 1px solid {c["line"]};
  border-radius: {p(8)}px; padding: {p(4)}px {p(10)}px; selection-background-color: {self.selection().name()}; selection-color: {c["ink"]}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus {{ border: 2px solid {c["ink2"]}; }}
QLineEdit:disabled {{ color: {c["ink3"]}; background: {c["sunken"]}; }}
QComboBox {{ background: {c["surface"]}; color: {c["ink"]}; border: 1px solid {c["line"]}; border-radius: {p(8)}px;
  padding: {p(4)}px {p(10)}px; min-height: {p(20)}px; }}
QComboBox:focus {{ border: 2px solid {c["ink2"]}; }}
QComboBox::drop-down {{ border: none; width: {p(22)}px; }}
QComboBox QAbstractItemView {{ background: {c["surface"]}; color: {c["ink"]}; border: 1px solid {c["line"]}; outline: none;
  selection-background-color: {c["sunken"]}; selection-color: {c["ink"]}; }}
QScrollArea, QAbstractScrollArea {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: {p(10)}px; margin: 0; border: none; }}
QScrollBar:horizontal {{ background: transparent; height: {p(10)}px; margin: 0; border: none; }}
QScrollBar::handle {{ background: {c["line2"]}; border-radius: {p(3)}px; margin: {p(2)}px; }}
QScrollBar::handle:vertical {{ min-height: {p(28)}px; }}
QScrollBar::handle:horizontal {{ min-width: {p(28)}px; }}
QScrollBar::handle:hover {{ background: {c["ink3"]}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; border: none; width: 0; height: 0; }}
QDialog, QMessageBox {{ background: {c["bg"]}; color: {c["ink"]}; }}
"""


look = Look()
