"""InferenceCache in the journal: found again by every name of the same file, and for no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.journal.record import CacheEntry, JournalEntry, State
from tests.filing.conftest import NOW, World, make_files

MODEL = "default@00000000"
NOTE = CacheEntry(MODEL, '{"a":1}')


def test_a_look_is_found_by_each_name_of_the_file(world: World) -> None:
    """By its path on another disk, by its inode under another path; never with other bytes."""
    make_files(world.watch, {"x.jpg": b"photo"})
    photo = world.photo("x.jpg")
    identity = photo.identity

    world.journal.inferences.remember([(photo.path, identity, NOTE)])

    elsewhere = replace(photo, identity=replace(identity, device=1, inode=1))
    renamed = replace(photo, candidate=replace(photo.candidate, relative="y.jpg"))
    for same in (photo, elsewhere, renamed):
        assert (photo.path, NOTE.text) == world.journal.inferences.recall(same, MODEL)
    rewritten = replace(renamed, identity=replace(identity, mtime_ns=1))
    copied = replace(renamed, identity=replace(identity, inode=1))
    for other in (rewritten, copied, replace(photo, identity=rewritten.identity)):
        assert world.journal.inferences.recall(other, MODEL) is None
    assert world.journal.inferences.recall(photo, "another@00000000") is None


def test_a_path_has_one_look_for_each_model(world: World) -> None:
    """The photo that takes a name takes the place of the look at the one before."""
    make_files(world.watch, {"x.jpg": b"photo"})
    photo, other = world.photo("x.jpg"), CacheEntry("another@00000000", "{}")
    before = replace(photo.identity, mtime_ns=1)

    world.journal.inferences.remember(
        (photo.path, identity, note)
        for identity, note in ((before, NOTE), (photo.identity, NOTE), (photo.identity, other))
    )

    assert world.journal.inferences.recall(replace(photo, identity=before), MODEL) is None
    assert (photo.path, NOTE.text) == world.journal.inferences.recall(photo, MODEL)
    assert (photo.path, "{}") == world.journal.inferences.recall(photo, other.model)


@pytest.mark.parametrize("is_filed", [True, False])
def test_the_note_is_remembered_with_the_photo_s_end(world: World, is_filed: bool) -> None:
    """Whether it is filed or left; and a photo in the library is none of those to forget."""
    make_files(world.watch, {"x.jpg": b"photo"})
    plan = replace(world.plan("x.jpg", Action.MOVE), cache_entry=NOTE)

    if is_filed:
        world.execute(plan)
    else:
        world.journal.record(
            JournalEntry(plan.photo, State.LEFT, cache_entry=NOTE), str(world.library), NOW
        )

    assert (plan.photo.path, NOTE.text) == world.journal.inferences.recall(plan.photo, MODEL)
    assert ([] if is_filed else [plan.photo.path]) == list(world.journal.inferences.unfiled())


def test_what_is_forgotten_is_not_found(world: World) -> None:
    """The look is gone for all models, and others stay."""
    make_files(world.watch, {"x.jpg": b"photo", "y.jpg": b"another"})
    gone, stays = world.photo("x.jpg"), world.photo("y.jpg")
    world.journal.inferences.remember((each.path, each.identity, NOTE) for each in (gone, stays))

    world.journal.inferences.forget([gone.path])

    assert world.journal.inferences.recall(gone, MODEL) is None
    assert (stays.path, NOTE.text) == world.journal.inferences.recall(stays, MODEL)
