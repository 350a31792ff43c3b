"""`python -m tests.docs`: the generated parts of the manual are written anew."""

from __future__ import annotations

from tests.docs.generate import regenerated
from tests.docs.pages import MANUAL

for path in sorted(MANUAL.glob("*.md")):
    before = path.read_text("utf-8")
    after = regenerated(before)
    if after != before:
        path.write_text(after, "utf-8")
        print(f"wrote {path}")
