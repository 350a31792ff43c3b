"""The pages of the manual: which there are, what each is about, and its text.

A page is a Markdown file beside this one. It begins with its title, then one sentence that says
what it is about. Comments mark the parts that are generated from the code (`python -m tests.docs`);
a reader never sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

TOPICS = ("commands", "rules", "operating", "training", "design", "figures")
"""In the order in which a newcomer needs them."""

_COMMENT = re.compile(r"^<!--.*-->\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """One topic; `says` is a sentence, `text` is Markdown without comments."""

    topic: str
    says: str
    text: str


def read_page(topic: str) -> Page:
    """The page of a topic, which is one of `TOPICS`."""
    file = resources.files("gallery_daemon.manual") / f"{topic}.md"
    text = _COMMENT.sub("", file.read_text("utf-8"))
    return Page(topic, " ".join(text.split("\n\n", maxsplit=2)[1].split()), text)
