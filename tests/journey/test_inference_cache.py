"""A look that is remembered is used where a new one would be the same, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.codec import object_of, to_text, value_of
from gallery_daemon.config.settings import Limits
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import CacheEntry
from gallery_daemon.journey.inference_cache import Inference, InferenceCache, forget_gone
from gallery_daemon.model.manifest import DEFAULT_BUNDLE, MANIFEST_FILE, find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import PLAIN, Facts, LookKind, Prediction, Taken, TakenFrom
from tests.faults.household import MODEL
from tests.rules.photos import facts_of_file, photo, predictions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUNDLE = find_bundle(DEFAULT_BUNDLE)
FACTS = replace(
    Facts.unread(datetime(2024, 1, 1, tzinfo=UTC)),
    taken=Taken(datetime(2024, 1, 1, tzinfo=UTC), TakenFrom.EXIF),
)
SEEN = Classified(photo("a/x.jpg"), FACTS, Prediction({"cars": 0.7, "memes": 0.3}, MODEL), 3, 1.5)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty one."""
    journal = Journal(tmp_path / "journal.sqlite3")
    yield journal
    journal.close()


def cache(
    journal: Journal, limits: Limits | None = None, *, needs_hash: bool = False
) -> InferenceCache:
    """Those of the default model."""
    return InferenceCache(journal, BUNDLE, limits or Limits(), needs_hash=needs_hash)


def remember(journal: Journal, report: Classified | Refused) -> CacheEntry | None:
    """What was seen is in the journal, if it is to be remembered."""
    note = cache(journal).entry_for(report)
    if note is not None:
        journal.inferences.remember([(report.photo.path, report.photo.identity, note)])
    return note


def test_what_was_seen_comes_back(journal: Journal) -> None:
    """Facts and probabilities to the last bit."""
    remember(journal, SEEN)

    found = cache(journal).get(SEEN.photo)

    assert found is not None
    assert (SEEN.facts, SEEN.prediction) == (found.facts, found.prediction)


@pytest.mark.parametrize("is_enough", [True, False])
def test_a_quick_look_is_used_where_it_is_enough(journal: Journal, *, is_enough: bool) -> None:
    """By the rules of now; where no quick look is wanted, never."""
    quick = replace(SEEN, prediction=replace(SEEN.prediction, look=LookKind.QUICK))
    remember(journal, quick)
    by_rules = InferenceCache(
        journal, BUNDLE, Limits(), needs_hash=False, is_enough=lambda *_: is_enough
    )

    assert is_enough is (by_rules.get(SEEN.photo) is not None)
    assert cache(journal).get(SEEN.photo) is None


def test_a_full_look_takes_the_place_of_the_quick_one(journal: Journal) -> None:
    """And serves where a quick one would be enough, too."""
    remember(journal, replace(SEEN, prediction=replace(SEEN.prediction, look=LookKind.QUICK)))
    remember(journal, SEEN)

    found = cache(journal).get(SEEN.photo)

    assert found is not None
    assert found.prediction == SEEN.prediction


@given(facts=facts_of_file, prediction=predictions)
def test_every_look_is_a_text_and_a_look_again(facts: Facts, prediction: Prediction) -> None:
    """Whatever stands in a photo."""
    # A model's name is no half character: the manifest refuses it, and JSON would join two of them.
    look = Inference(facts, replace(prediction, model="default@0123abcd"), None, None, Limits())

    once = value_of(Inference, object_of(to_text(look)), "look")  # joins half characters

    assert once == value_of(Inference, object_of(to_text(once)), "look")
    assert look.prediction == once.prediction


def test_a_look_within_other_limits_is_none(journal: Journal) -> None:
    """What was too large may be looked at now, and the reverse."""
    remember(journal, SEEN)

    assert cache(journal, Limits(photo_bytes=1)).get(SEEN.photo) is None


def test_a_look_without_the_hash_is_none_where_rules_ask_for_it(journal: Journal) -> None:
    """It is looked at anew, and then has one."""
    remember(journal, SEEN)
    without = cache(journal, needs_hash=True).get(SEEN.photo)
    remember(journal, replace(SEEN, facts=replace(FACTS, content_hash="ab" * 32)))

    assert without is None
    assert cache(journal, needs_hash=True).get(SEEN.photo) is not None


def test_an_entry_without_bits_counts_unless_the_rules_need_them(journal: Journal) -> None:
    """An older program wrote its text without that key."""
    note = cache(journal).entry_for(replace(SEEN, facts=replace(FACTS, dhash=None)))
    assert note is not None
    older = replace(note, text=note.text.replace(',"dhash":null', ""))
    assert "dhash" not in older.text
    journal.inferences.remember([(SEEN.photo.path, SEEN.photo.identity, older)])

    asked = InferenceCache(journal, BUNDLE, Limits(), needs_hash=False, needs_bits=True)
    found = cache(journal).get(SEEN.photo)
    without = asked.get(SEEN.photo)
    remember(journal, replace(SEEN, facts=replace(FACTS, dhash=PLAIN)))

    assert found is not None
    assert (FACTS, None) == (found.facts, without)
    assert asked.get(SEEN.photo) is not None


def test_a_date_that_an_older_program_read_is_read_again(journal: Journal) -> None:
    """It may be a midnight that nobody knows, or the date of a conflict."""
    note = cache(journal).entry_for(SEEN)
    assert note is not None
    older = replace(note, text=note.text.replace(',"granularity":"second"', ""))
    assert older != note
    journal.inferences.remember([(SEEN.photo.path, SEEN.photo.identity, older)])

    assert cache(journal).get(SEEN.photo) is None


@pytest.mark.parametrize("granularity", Granularity)
def test_a_date_in_part_is_looked_for_in_a_new_name_too(
    journal: Journal, granularity: Granularity
) -> None:
    """The new name may say it more finely."""
    taken = replace(FACTS.taken, origin=TakenFrom.XMP, granularity=granularity)
    remember(journal, replace(SEEN, facts=replace(FACTS, taken=taken)))
    candidate = replace(SEEN.photo.candidate, relative="a/IMG_20240101_101112.jpg")

    found = cache(journal).get(replace(SEEN.photo, candidate=candidate))

    assert (granularity is Granularity.SECOND) == (found is not None)


@pytest.mark.parametrize("origin", list(TakenFrom))
def test_a_renamed_photo_keeps_no_date_of_its_old_name(journal: Journal, origin: TakenFrom) -> None:
    """A date that stands in the file itself is the same under every name."""
    facts = replace(FACTS, taken=replace(FACTS.taken, origin=origin))
    remember(journal, replace(SEEN, facts=facts))
    candidate = SEEN.photo.candidate
    moved = replace(SEEN.photo, candidate=replace(candidate, relative="b/x.jpg"))
    renamed = replace(SEEN.photo, candidate=replace(candidate, relative="a/2019-05-01.jpg"))

    assert cache(journal).get(moved) is not None
    found = cache(journal).get(renamed)
    in_the_file = {TakenFrom.EXIF, TakenFrom.XMP, TakenFrom.IPTC}
    assert (origin in in_the_file) == (found is not None)


@pytest.mark.parametrize("kind", list(RefusalKind))
def test_a_refusal_that_may_pass_is_not_remembered(journal: Journal, kind: RefusalKind) -> None:
    """What is the bytes' own fault is: kind and reason come back."""
    refused = Refused(SEEN.photo, kind, "its end is missing", None)

    note = remember(journal, refused)

    lasts = kind in {RefusalKind.UNREADABLE, RefusalKind.NOT_A_PHOTO}
    found = cache(journal).get(SEEN.photo)
    assert lasts == (note is not None) == (found is not None)
    if found is not None:
        assert (kind, "its end is missing") == (found.kind, found.reason)


def test_what_was_refused_is_looked_at_again_on_demand(journal: Journal) -> None:
    """And what was classified need not be."""
    remember(journal, Refused(SEEN.photo, RefusalKind.UNREADABLE, "its end is missing", None))
    again = InferenceCache(journal, BUNDLE, Limits(), needs_hash=False, again=True)
    refused = again.get(SEEN.photo)
    remember(journal, SEEN)

    assert refused is None
    assert again.get(SEEN.photo) is not None


@pytest.mark.parametrize("text", ["", "{", '{"facts":null}', "[]"])
def test_a_text_of_another_program_is_no_look(journal: Journal, text: str) -> None:
    """Facts that were others then are looked at anew; nothing fails."""
    journal.inferences.remember([(SEEN.photo.path, SEEN.photo.identity, CacheEntry(MODEL, text))])

    assert cache(journal).get(SEEN.photo) is None


def test_precision_and_familiarity_come_back(journal: Journal) -> None:
    """They belong to the prediction; None stays None."""
    prediction = replace(SEEN.prediction, precision=0.97, familiarity=0.4)
    remember(journal, replace(SEEN, prediction=prediction))

    found = cache(journal).get(SEEN.photo)

    assert found is not None
    assert prediction == found.prediction


def test_a_text_without_precision_and_familiarity_is_read_as_such(journal: Journal) -> None:
    """An older program's inference counts, and knows neither."""
    note = remember(journal, SEEN)
    assert note is not None
    older = note.text.replace(',"precision":null,"familiarity":null', "")
    assert older != note.text
    journal.inferences.remember([(SEEN.photo.path, SEEN.photo.identity, CacheEntry(MODEL, older))])

    found = cache(journal).get(SEEN.photo)

    assert found is not None
    assert SEEN.prediction == found.prediction


@pytest.mark.parametrize("look", [{"temperature": 2.0}, {"tallies": {}}])
def test_a_model_that_says_something_else_recalls_nothing(
    journal: Journal, tmp_path: Path, look: dict[str, object]
) -> None:
    """The same weights under another temperature are as sure as never before."""
    remember(journal, SEEN)
    before = read_manifest(BUNDLE)
    looks = before.looks | {LookKind.FULL: replace(before.full, **look)}  # type: ignore[arg-type, operator]
    for manifest in (before, replace(before, looks=looks)):
        (tmp_path / MANIFEST_FILE).write_text(manifest.to_json(), "utf-8")

        found = InferenceCache(journal, tmp_path, Limits(), needs_hash=False).get(SEEN.photo)

        assert (found is not None) == (manifest is before)


def test_without_a_model_nothing_is_recalled(journal: Journal, tmp_path: Path) -> None:
    """A bundle that is gone is no error here; who needs it will say so."""
    remember(journal, SEEN)

    assert InferenceCache(journal, tmp_path, Limits(), needs_hash=False).get(SEEN.photo) is None


def test_looks_at_files_that_are_gone_are_forgotten(journal: Journal, tmp_path: Path) -> None:
    """Not if their folder is gone as well: its disk may not be mounted."""
    (tmp_path / "there.jpg").write_bytes(b"photo")
    paths = [str(tmp_path / name) for name in ("there.jpg", "gone.jpg", "away/x.jpg")]
    journal.inferences.remember(
        (path, SEEN.photo.identity, CacheEntry(MODEL, "{}")) for path in paths
    )

    forget_gone(journal)

    assert {paths[0], paths[2]} == set(journal.inferences.unfiled())
