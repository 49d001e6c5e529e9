"""The full text of a page: ``assets/texts/<id>.<language>.md``, one fixed form for all systems.

The form, with its headings in this order; in Japanese the first two are ``# 何をする系か`` and
``# なぜ大事か``::

    # What it is
    Two or three short sentences.

    # Why it mattered
    One or two sentences.

    # For
    - a point in favour

    # Against
    - a point against
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer.resources import resource
from explorer.words import Language

HEADINGS: Mapping[Language, tuple[str, str, str, str]] = {
    "en": ("What it is", "Why it mattered", "For", "Against"),
    "ja": ("何をする系か", "なぜ大事か", "For", "Against"),
}


@dataclass(frozen=True)
class PageText:
    """The text of one page in one language. An empty line parts paragraphs."""

    what: str
    why: str
    for_: tuple[str, ...]
    against: tuple[str, ...]


def path_of(system_id: str, language: Language, folder: Path | None = None) -> Path:
    """Where the text of a system lies, or would lie."""
    name = f"{system_id}.{language}.md"
    return folder / name if folder is not None else resource("assets", f"texts/{name}")


def read(system_id: str, language: Language, folder: Path | None = None) -> PageText:
    """The text of a system's page.

    Args:
        system_id: catalogue id.
        language: ``"ja"`` or ``"en"``.
        folder: where to look instead of ``assets/texts``.

    Raises:
        FileNotFoundError: the text is not written yet.
        ValueError: the file does not have the fixed form.
    """
    path = path_of(system_id, language, folder)
    return parse(path.read_text(encoding="utf-8"), language, path.name)


def parse(text: str, language: Language, name: str = "text") -> PageText:
    """Read the fixed form. Raises ValueError, naming the file, where the text departs from it."""
    sections: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("# "):
            sections.append((line[2:].strip(), []))
        elif sections:
            sections[-1][1].append(line.strip())
        elif line.strip():
            raise ValueError(f"{name}: text before the first heading: {line!r}")
    headings = tuple(heading for heading, _ in sections)
    if headings != HEADINGS[language]:
        raise ValueError(f"{name}: headings are {headings}, not {HEADINGS[language]}")
    what, why, for_, against = (lines for _, lines in sections)
    page = PageText(
        _paragraphs(what, language), _paragraphs(why, language), _bullets(for_, name), _bullets(against, name)
    )
    if not (page.what and page.why and page.for_ and page.against):
        raise ValueError(f"{name}: a section is empty")
    return page


def _paragraphs(lines: list[str], language: Language) -> str:
    glue = "" if language == "ja" else " "
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join(glue.join(lines) for lines in paragraphs if lines)


def _bullets(lines: list[str], name: str) -> tuple[str, ...]:
    bullets = [line for line in lines if line]
    for line in bullets:
        if not line.startswith("- "):
            raise ValueError(f"{name}: not a bullet: {line!r}")
    return tuple(line[2:].strip() for line in bullets)
