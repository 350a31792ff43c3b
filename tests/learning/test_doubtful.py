"""Doubtful lessons: a slip of the mouse is named, and a lesson with company is not."""

from __future__ import annotations

from gallery_daemon.learning.candidate_model import make_candidate
from gallery_daemon.learning.doubtful import doubtful_lessons
from tests.learning.photos_taught import CLASSES, MANIFEST, base, cloud, lessons, strange_lessons

HEAD, BANK = base()


def test_slips_are_named_and_what_others_agree_with_is_not() -> None:
    """Of forty lessons a cat and a dog were dropped into the wrong folder."""
    taught = strange_lessons(40)
    names = list(taught.classes)
    slips = (names.index("cats"), names.index("dogs"))
    for place in slips:
        names[place] = "other"

    found = doubtful_lessons(
        make_candidate(MANIFEST, HEAD, BANK, lessons(taught.full, names)), BANK
    )

    named = {doubt.place: CLASSES[doubt.likelier] for doubt in found}
    assert {"cats", "dogs"} == {named.pop(place, None) for place in slips}
    assert len(named) <= 1, "of thirty-eight"


def test_to_contradict_the_base_is_no_slip() -> None:
    """All lessons say another class than the base does, and they agree with each other."""
    rows = cloud(1, 20, 400) + 2 * cloud(9, 20, 401)

    found = doubtful_lessons(
        make_candidate(MANIFEST, HEAD, BANK, lessons(rows, ["cats"] * 20)), BANK
    )

    assert () == found
