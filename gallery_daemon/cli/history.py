"""`history`: what became of the latest files, from the journal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from gallery_daemon.cli.render import shown
from gallery_daemon.filing.journal import Journal
from gallery_daemon.service.wiring import journal_path

if TYPE_CHECKING:
    from gallery_daemon.filing.record import Row


def history(
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many files, the newest first.")] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per file.")
    ] = False,
) -> None:
    """Show what became of the latest files.

    Example: gallery-daemon history --limit 100
    """
    path = journal_path()
    if not path.exists():
        typer.echo("nothing was filed yet", err=True)
        return
    journal = Journal(path, read_only=True)
    try:
        rows = journal.history(limit)
    finally:
        journal.close()
    if as_json:
        for row in rows:
            print(json.dumps(_public(row)))
        return
    table = Table("id", "when", "photo", "became", "class", "rule", "destination or reason")
    for row in rows:
        sure = "" if row.confidence is None else f" {row.confidence:.2f}"
        where = row.destination if row.state == "filed" else row.reason
        table.add_row(
            str(row.id),
            row.decided_at[:19].replace("T", " "),
            shown(row.relative),
            row.state,
            f"{row.top_class or ''}{sure}",
            row.rule or row.outcome or "",
            shown(where or ""),
        )
    Console(highlight=False, markup=False).print(table)


def _public(row: Row) -> dict[str, object]:
    """The row under the log's field names."""
    fields = {
        "id": row.id,
        "when": row.decided_at,
        "photo": row.path,
        "state": row.state,
        "outcome": row.outcome,
        "rule": row.rule,
        "class": row.top_class,
        "confidence": row.confidence,
        "model": row.model,
        "action": row.action,
        "destination": row.destination,
        "reason": row.reason,
        "sidecar_of": row.parent,
    }
    return {key: value for key, value in fields.items() if value is not None}
