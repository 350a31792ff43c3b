"""Values as the YAML has them, and numbers as a reason shows them.

A condition's text is YAML that reads back as the same condition, so texts are quoted where YAML
needs it and numbers have all their digits. A reason is for people, and has as few as will do.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

End = TypeVar("End")

# What a YAML reader takes as it is, also within braces and brackets, where PyYAML refuses a `?`. It
# cannot begin with a star.
_PLAIN = re.compile(r"[\w./](?:[\w ./*()+=@-]*[\w./*()+=@-])?")
# What YAML 1.1 reads as true, false or nothing.
_OTHER_THINGS = frozenset({"true", "false", "yes", "no", "on", "off", "null"})
_ESCAPES = {'"': '\\"', "\\": "\\\\"}
_FOUR_DIGITS = 0xFFFF


def yaml_text(text: str) -> str:
    """The text, in double quotes where YAML would take it for something else."""
    if _PLAIN.fullmatch(text) and text.lower() not in _OTHER_THINGS:
        return text
    return f'"{"".join(_escaped(letter) for letter in text)}"'


def yaml_number(value: float) -> str:
    """The number with all its digits and no exponent."""
    whole, _, fraction = f"{Decimal(repr(value)):f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def one_or_list(texts: tuple[str, ...]) -> str:
    """Texts as the YAML has them: one plainly, several in brackets."""
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def ends_map(shown: Callable[[End], str], **ends: End | None) -> str:
    """A map of the ends that are given, in their order: `{min: 12}`."""
    written = (f"{key}: {shown(end)}" for key, end in ends.items() if end is not None)
    return f"{{{', '.join(written)}}}"


def shown_apart(value: float, limit: float) -> tuple[str, str]:
    """Both with two decimals, or with more where 0.7996 would read as 0.80."""
    for digits in (2, 3, 4, 5):
        shown, wanted = f"{value:.{digits}f}", f"{limit:.{digits}f}"
        if shown != wanted or value == limit:
            return shown, wanted
    return f"{value}", f"{limit}"


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04x}" if code <= _FOUR_DIGITS else f"\\U{code:08x}"
