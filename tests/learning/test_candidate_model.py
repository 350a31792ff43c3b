"""A model of lessons: it learns them, forgets nothing, and is the base where none were given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery_daemon.learning.calibrate import MOST_CHANGE
from gallery_daemon.learning.candidate_model import ServingModel, make_candidate
from gallery_daemon.learning.cross_validation import cross_validate, without_later
from gallery_daemon.learning.fit import DEFAULT, between, extended, fit
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.head import Head
from gallery_daemon.model.manifest_checks import first_problem
from gallery_daemon.photo import LookKind
from tests.learning.photos_taught import CLASSES, MANIFEST, base, cloud, lessons, strange_lessons

if TYPE_CHECKING:
    from gallery_daemon.learning.fit import Taught
    from gallery_daemon.learning.gate import Gate

HEAD, BANK = base()


def test_what_many_lessons_say_is_learned_and_nothing_is_forgotten() -> None:
    """Other photos of the same house are right now, and those of the bank still are."""
    found = make_candidate(MANIFEST, HEAD, BANK, strange_lessons(40))

    assert found.gate.passed, found.gate.reasons
    for look in LookKind:
        new = found.head.logits(cloud(10, 50, 99), look).argmax(1)
        assert (new == CLASSES.index("cats")).mean() > 0.9
    known = found.head.logits(BANK.full.astype("f4")).argmax(1) == BANK.labels
    before = HEAD.logits(BANK.full.astype("f4")).argmax(1) == BANK.labels
    assert known.mean() >= before.mean() - 0.02


def test_a_withdrawn_lesson_leaves_no_trace() -> None:
    """Given, learned and withdrawn, it is as if it had never been given."""
    taught = strange_lessons(20)
    without = taught.take(np.arange(19))

    make_candidate(MANIFEST, HEAD, BANK, taught)
    after, never = (make_candidate(MANIFEST, HEAD, BANK, without) for _ in range(2))

    assert after.head.to_bytes() == never.head.to_bytes()
    assert after.manifest == never.manifest
    assert after.taught_bank.to_bytes() == never.taught_bank.to_bytes()


def test_a_head_that_serves_both_looks_gets_a_layer_for_each() -> None:
    """A bundle may say that the quick look has the same layer; what is learned may differ."""
    found = make_candidate(MANIFEST, Head(HEAD.weight, HEAD.bias), BANK, strange_lessons(40))

    assert found.head.quick is not None
    assert {LookKind.FULL, LookKind.QUICK} == found.manifest.looks.keys()


def test_a_model_of_one_look_learns_that_look() -> None:
    """No quick look comes of it."""
    only = replace(MANIFEST, looks={LookKind.FULL: MANIFEST.full})

    found = make_candidate(only, Head(HEAD.weight, HEAD.bias), BANK, strange_lessons(40))

    assert found.gate.passed
    assert found.head.quick is None
    assert {LookKind.FULL} == found.manifest.looks.keys()


def test_no_step_from_the_base_is_the_base() -> None:
    """None of the way to any head: its numbers as they are."""
    other = make_candidate(MANIFEST, HEAD, BANK, strange_lessons(20)).head

    found = between(HEAD, other, 0.0)

    assert HEAD.weight.tolist() == found.weight.tolist()
    assert HEAD.bias.tolist() == found.bias.tolist()


def test_old_classes_keep_their_order_and_new_ones_follow() -> None:
    """A number in the bank means the class that it meant, whatever the new ones are called."""
    names = ["zebras", "apes"] * 15
    rows = np.concatenate([cloud(14 + place % 2, 1, 500 + place) for place in range(30)])

    found = make_candidate(MANIFEST, HEAD, BANK, lessons(rows, names))

    assert (*CLASSES, "apes", "zebras") == found.manifest.classes
    assert {4, 3} == set(found.taught_bank.labels.tolist())
    assert 5 == len(found.head.bias)
    assert found.head.logits(cloud(14, 20, 77)).argmax(1).tolist().count(4) > 15


def test_a_new_class_begins_as_hardly_any_picture() -> None:
    """Before it is learned, the old classes are called as they were."""
    taught = lessons(cloud(14, 15, 5), ["apes"] * 15)

    start = extended(HEAD, taught, (*CLASSES, "apes"))

    rows = np.concatenate([BANK.full.astype("f4"), taught.full])
    assert HEAD.logits(rows).argmax(1).tolist() == start.logits(rows).argmax(1).tolist()


def test_its_manifest_is_possible_and_of_the_base() -> None:
    """Whoever reads it back finds nothing wrong, and the same body and bank."""
    found = make_candidate(MANIFEST, HEAD, BANK, lessons(cloud(14, 20, 5), ["apes"] * 20)).manifest

    assert first_problem(found) is None
    kept = replace(found, classes=CLASSES, looks=MANIFEST.looks, metrics=MANIFEST.metrics)
    assert MANIFEST == kept


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**20), st.integers(1, 25))
def test_its_calibration_stays_within_bounds(seed: int, count: int) -> None:
    """Whatever is taught, it is not much surer, and no nearer to a quick look."""
    random = np.random.default_rng(seed)
    names = random.choice(CLASSES, count).tolist()

    found = make_candidate(
        MANIFEST, HEAD, BANK, lessons(cloud(5, count, seed, spread=1.0), names)
    ).manifest

    for look, settings_of in found.looks.items():
        was = MANIFEST.looks[look]
        assert 1 / MOST_CHANGE <= settings_of.temperature / was.temperature <= MOST_CHANGE
        assert all(settings_of.reach[name] >= reach for name, reach in was.reach.items())
        for name, tally in settings_of.tallies.items():
            assert sum(tally.called) >= sum(was.tallies[name].called)
        total = sum(sum(each.called) for each in settings_of.tallies.values())
        assert total == sum(sum(each.called) for each in was.tallies.values()) + count


@pytest.mark.parametrize("count", [1, 2, 4])
def test_too_few_lessons_change_nothing(count: int) -> None:
    """However clear they are: the gate wants more, and says how many."""
    found = make_candidate(MANIFEST, HEAD, BANK, strange_lessons(count)).gate

    assert not found.passed
    assert "chance may do as much" in found.reasons[0]
    assert found.wanted_more is None or found.wanted_more >= 1


def test_what_a_second_version_must_beat_is_the_first() -> None:
    """Lessons of another kind of photo pass; what the first knew decides nothing, and does not."""
    taught = strange_lessons(60)
    order = np.argsort(np.array(taught.classes), kind="stable")
    cats = order[:30]

    def gate(first: Taught) -> Gate:
        version = make_candidate(MANIFEST, HEAD, BANK, first).manifest
        serving = ServingModel(first, version.full.temperature)
        return make_candidate(MANIFEST, HEAD, BANK, taught, serving=serving).gate

    assert gate(taught.take(cats)).passed
    same = gate(taught)
    assert not same.passed
    assert same.reasons == ("it decides every lesson as the version that serves does",)


def test_a_worse_second_version_is_refused() -> None:
    """The first learned from good lessons, then slips came; better than the base is not all."""
    good = strange_lessons(40)
    slips = strange_lessons(24, seed=90)
    names = ["dogs" if name == "cats" else "cats" for name in slips.classes[:14]]
    taught = lessons(
        np.concatenate([good.full, slips.full]), [*good.classes, *names, *slips.classes[14:]]
    )
    first = ServingModel(good, MANIFEST.full.temperature)

    alone = make_candidate(MANIFEST, HEAD, BANK, taught).gate
    found = make_candidate(MANIFEST, HEAD, BANK, taught, serving=first).gate

    assert alone.passed
    assert not found.passed
    assert found.figures.since is not None
    assert found.figures.since.worse >= found.figures.since.better


def test_heads_like_the_version_that_serves_do_not_know_what_they_are_asked() -> None:
    """Had it known all lessons, they would answer as those of the candidate that left them out."""
    taught = strange_lessons(20)
    validated = cross_validate(HEAD, BANK, taught, CLASSES, DEFAULT)

    found = without_later(validated, HEAD, BANK, taught, taught, DEFAULT)

    assert np.abs(found - validated.left_out.lessons[LookKind.FULL]).max() < 1e-3


def test_where_a_search_begins_changes_nothing() -> None:
    """From another head the same one is found, but for what is close enough."""
    taught = strange_lessons(20)
    far = Head(-HEAD.weight, -HEAD.bias)

    one, other = (fit(HEAD, BANK, taught, CLASSES, DEFAULT, near) for near in (None, far))

    rows = np.concatenate([BANK.full.astype("f4"), taught.full])
    assert np.abs(softmax(one.logits(rows)) - softmax(other.logits(rows))).max() < 0.02
