"""`python -m tests.docs`: the generated parts of manual and model card, and the schema, anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.config.schema import SCHEMA_FILE, schema_text
from gallery_daemon.config.settings import ModelChoice
from gallery_daemon.daemon.configuration import classes_of
from tests.docs.generate import regenerated, regenerated_card
from tests.docs.pages import CARD, MANUAL, ROOT

if TYPE_CHECKING:
    from pathlib import Path


def renew(path: Path, after: str) -> None:
    """Write the file if its text is another one."""
    if after != path.read_text("utf-8"):
        path.write_text(after, "utf-8")
        print(f"wrote {path}")


for page in sorted(MANUAL.glob("*.md")):
    renew(page, regenerated(page.read_text("utf-8")))
renew(ROOT / "gallery_daemon/share" / SCHEMA_FILE, schema_text(classes_of(ModelChoice())))
renew(CARD, regenerated_card(CARD.read_text("utf-8")))
