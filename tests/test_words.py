"""Words in two languages."""

from __future__ import annotations

import pytest

from explorer.words import InputError, Text, preferred_language, same


def test_a_text_needs_both_languages() -> None:
    with pytest.raises(ValueError):
        Text("", "only English")


@pytest.mark.parametrize(("variable", "value", "language"), [
    ("DS_EXPLORER_LANGUAGE", "ja", "ja"), ("LANG", "ja_JP.UTF-8", "ja"), ("LANG", "C.UTF-8", "en"), ("LC_ALL", "de_DE.UTF-8", "en"),
])
def test_the_shells_language(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, language: str) -> None:
    for name in ("DS_EXPLORER_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)
    assert preferred_language() == language
    error = InputError(Text("だめです。", "No."))
    assert str(error) == ("だめです。" if language == "ja" else "No.") and isinstance(error, ValueError)


def test_format_fills_both() -> None:
    assert Text("{n} 枚", "{n} pictures").format(n=3) == Text("3 枚", "3 pictures")
    assert same("ResNet").ja == same("ResNet").en == "ResNet"
    assert Text("{what}を見た", "saw a {what}").format(what=Text("猫", "cat")) == Text("猫を見た", "saw a cat")
