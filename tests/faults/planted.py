"""Bugs, one for each promise, that the oracle must find: an oracle that cannot fail proves nothing.

`python -m tests.faults.kills --planted` plants them in the quick daemon, one after the other.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from gallery_daemon.decision import Action
from gallery_daemon.filing import recover
from gallery_daemon.filing.act import Act, Placed
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import JournalEntry, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager


def _copy_under_the_final_name() -> AbstractContextManager[object]:
    def copy(act: Act, name: str) -> None:
        act.disk.copy(act.source, act.target, name, act.step.file.identity)

    return patch.object(Act, "_copy", copy)


def _unlink_before_the_copy() -> AbstractContextManager[object]:
    def move(act: Act, name: str) -> Placed:
        with contextlib.suppress(FileNotFoundError):
            act.disk.unlink(*act.home)
        act._copy(name)
        return Placed(State.FILED, Action.MOVE, name)

    return patch.object(Act, "_move", move)


def _intent_after_the_act() -> AbstractContextManager[object]:
    """The rows are written down when they are closed."""
    record, close = Journal.record_each, Journal.close_intents
    waiting: list[tuple[Any, ...]] = []

    def remember(journal: Journal, entries: Sequence[JournalEntry], *rest: Any) -> list[Any]:
        if any(entry.state is not State.INTENT for entry in entries):
            return list(record(journal, entries, *rest))
        waiting.append((entries, *rest))
        numbers = journal._database.execute("SELECT coalesce(max(id), 0) + 1 FROM filings")
        first = int(numbers.fetchone()[0])
        return list(range(first, first + len(entries)))

    def write_down(journal: Journal, ends: Any) -> None:
        record(journal, *waiting.pop())
        close(journal, ends)

    return patch.multiple(Journal, record_each=remember, close_intents=write_down)


def _intents_stay_open() -> AbstractContextManager[object]:
    return patch.object(Journal, "close_intents", lambda *_: None)


def _temporaries_stay() -> AbstractContextManager[object]:
    return patch.object(recover, "temporary_name", lambda token: f"{token}.forgotten")


def _halves_are_not_noted() -> AbstractContextManager[object]:
    return patch.object(Journal, "unfinished", lambda *_: None)


def _move_that_copies() -> AbstractContextManager[object]:
    def move(act: Act, name: str) -> Placed:
        act._copy(name)
        return Placed(State.FILED, Action.MOVE, name)

    return patch.object(Act, "_move", move)


BUGS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "a copy is written under its final name": _copy_under_the_final_name,
    "a moved source goes before its copy is there": _unlink_before_the_copy,
    "an intent is written down after the act": _intent_after_the_act,
    "an intent is never closed": _intents_stay_open,
    "recovery leaves temporaries behind": _temporaries_stay,
    "a move copies and leaves the source": _move_that_copies,
    "an unfinished copy is not noted": _halves_are_not_noted,
}
