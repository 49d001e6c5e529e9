"""The line beside a page's title: who, when, how large."""

from __future__ import annotations

from explorer.catalogue import Scene, System, Variant
from explorer.words import LANGUAGES, Text, same

WEIGHTS = Text("{count} 個の重み", "{count} weights")


def caption(system: System, variant: Variant | None = None) -> Text:
    """Who, when, how large: ``He et al., 2015 · 11.7 M weights``; of the default variant if none is given."""
    if isinstance(system, Scene):
        return system.line
    paper = system.papers[0] if system.papers else None
    who = Text(f"{ja_authors(paper.authors)}、{paper.year}", f"{paper.authors}, {paper.year}") if paper else same(str(system.year))
    entry = variant or (system.variants[0] if system.variants else None)
    if entry is None or not entry.parameters:
        return who
    ja, en = (WEIGHTS.get(language).format(count=counted(entry.parameters, language)) for language in LANGUAGES)
    return Text(f"{who.ja} · {ja}", f"{who.en} · {en}")


def ja_authors(authors: str) -> str:
    """Authors as a Japanese caption has them: ``He ら``."""
    return authors.replace(" et al.", " ら").replace(" & ", "・")


def counted(count: int, language: str) -> str:
    """A number of weights as it is read: 272,474; 11.7 M; 1170 万."""
    if language == "ja":
        return f"{count / 10_000:,.0f} 万" if count >= 100_000 else f"{count:,}"
    return f"{count / 1e6:.1f} M" if count >= 1_000_000 else f"{count:,}"


def megabytes(size: int) -> str:
    """A size in MB, or kB when small."""
    return f"{size / 1e6:,.0f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3))} kB"
