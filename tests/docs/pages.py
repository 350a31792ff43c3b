"""The README and the manual as text, and what stands in them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "gallery_daemon/manual"
README = ROOT / "README.md"
CARD = ROOT / "gallery_daemon/models/default/MODEL_CARD.md"
DOCUMENTS = (README, *sorted(MANUAL.glob("*.md")), ROOT / ".github/CONTRIBUTING.md")

_SENTENCE = 8


def whole_text() -> str:
    """The README and all pages of the manual."""
    return "\n".join(path.read_text("utf-8") for path in DOCUMENTS)


def without_generated(text: str) -> str:
    """What people write: the parts between marks of `tests.docs.generate` are left out."""
    return re.sub(r"<!-- generated: .*?<!-- end -->", "", text, flags=re.DOTALL)


def sentences(text: str) -> list[str]:
    """The sentences of eight words or more that people wrote, in one spelling."""
    prose = re.sub(r"```.*?```|<!--.*?-->", "\n\n", without_generated(text), flags=re.DOTALL)
    # A cell of a table, a point of a list and a paragraph each begin a sentence.
    parts = re.split(r"\n\n|\n(?=[-|#] |\d\. )|\||(?<=[.:;!?])\s", prose)
    words = (re.findall(r"\w+", part.lower()) for part in parts)
    return [" ".join(each) for each in words if len(each) >= _SENTENCE]
