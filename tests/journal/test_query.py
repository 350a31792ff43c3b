"""Rows that a person asks for."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import JournalEntry, State
from tests.filing.conftest import NOW, make_files

if TYPE_CHECKING:
    from tests.filing.conftest import World


def test_a_question_finds_what_fits(world: World) -> None:
    """By time, class, rule, name and state, the newest first; the limit counts what fits."""
    make_files(world.watch, {f"IMG_{number}.jpg": bytes([number]) for number in range(5)})
    for number in range(5):
        world.execute(world.plan(f"IMG_{number}.jpg", Action.COPY))
    make_files(world.watch, {"x.jpg": b"photo"})
    entry = JournalEntry(world.photo("x.jpg"), State.LEFT, "no rule matched")
    world.journal.record(entry, os.fspath(world.library), NOW + timedelta(hours=1))

    def found(query: Query) -> list[str]:
        return [row.relative for row in world.journal.find(query)]

    assert ["x.jpg", "IMG_4.jpg"] == found(Query(limit=2))
    assert ["IMG_3.jpg"] == found(Query(names=("img_3*",), limit=1))
    assert ["x.jpg"] == found(Query(since=NOW + timedelta(minutes=1)))
    assert 5 == len(found(Query(before=NOW + timedelta(minutes=1))))
    assert 5 == len(found(Query(top_class="memes", rule="memes", states=(State.FILED,))))
    assert [] == found(Query(top_class="cars"))


def test_rows_are_found_by_confidence_id_and_kind(world: World) -> None:
    """Open rows are found only where they are asked for; a sidecar is no photo."""
    make_files(world.watch, {f"{number}.jpg": bytes([number]) for number in range(3)})
    make_files(world.watch, {"0.xmp": b"about it", "open.jpg": b"open"})
    world.execute(world.plan("0.jpg", Action.COPY, sidecars=("0.xmp",)))
    for name in ("1.jpg", "2.jpg"):
        world.execute(world.plan(name, Action.COPY))
    world.journal.record(
        JournalEntry(world.photo("open.jpg"), State.INTENT), os.fspath(world.library), NOW
    )

    def found(query: Query) -> list[str]:
        return [row.relative for row in world.journal.find(query)]

    assert ["2.jpg", "1.jpg", "0.jpg"] == found(Query(is_photo=True))
    assert ["2.jpg", "1.jpg", "0.xmp", "0.jpg"] == found(Query())
    assert ["open.jpg"] == found(Query(states=(State.INTENT,)))
    assert 3 == len(found(Query(min_confidence=0.9, max_confidence=0.9)))
    assert [] == found(Query(min_confidence=0.91))
    assert ["2.jpg", "1.jpg"] == found(Query(since_number=(3, ())))
    assert ["2.jpg", "0.jpg"] == found(Query(since_number=(4, (1,))))
