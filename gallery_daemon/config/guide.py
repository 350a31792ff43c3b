"""The README's table of conditions, made of what the reader knows of them."""

from __future__ import annotations

from gallery_daemon.config.conditions import CONDITIONS


def condition_table() -> str:
    """A Markdown table: each condition with an example, and what that asks."""
    rows = (f"| `{key.name}: {key.sample}` | {key.says} |" for key in CONDITIONS)
    return "\n".join(("| condition | holds if |", "|---|---|", *rows))
