"""What a user sees is what version 0.1.0 had: nothing was renamed on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import surface
from tests.logs.test_events import EVENTS

BEFORE: dict[str, Any] = json.loads(
    Path(__file__).with_name("surface-0.1.0.json").read_text("utf-8")
)
# What came since: in the changelog, and on purpose.
ADDED_COMMANDS = {"manual": ["topic"]}


def test_commands_and_options_are_as_before() -> None:
    """No command, option or argument is gone; what is new is known to be so."""
    now = surface.commands()

    assert BEFORE["commands"] | ADDED_COMMANDS == now


@pytest.mark.long
def test_the_keys_of_all_json_are_as_before() -> None:
    """A script that reads one of them still does."""
    assert BEFORE["json"] == surface.json_keys()


def test_events_and_their_fields_are_as_before() -> None:
    """A filter of the log still finds its lines; `tests.logs` holds each to the letter."""
    now: dict[str, set[str]] = {}
    for event in EVENTS:
        now.setdefault(event.NAME, set()).update(event.fields())

    assert BEFORE["events"] == {name: sorted(fields) for name, fields in now.items()}


def test_the_journal_is_as_before() -> None:
    """A journal of 0.1.0 is read, and 0.1.0 reads one of today."""
    assert BEFORE["journal"] == surface.journal_schema()


def test_the_words_in_journal_and_log_are_as_before() -> None:
    """States, outcomes, actions and the rest keep their spelling."""
    assert BEFORE["words"] == surface.words()
