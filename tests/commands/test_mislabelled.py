"""Photos that look mislabelled: by their likes, a person's word, or the model that serves now."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.commands.lessons import label
from gallery_daemon.commands.mislabelled import (
    DoubtedPhoto,
    Mislabelled,
    OneOfLike,
    WhyDoubted,
    doubted_among,
    doubted_by_model,
    most_doubted_first,
)
from gallery_daemon.commands.near_pictures import NearGroup
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.shot_rows import LookedAtSince
from tests.journey.foretold import photo_bytes

if TYPE_CHECKING:
    from tests.journey.foretold import Scene

CAR = OneOfLike(1, "cars", None, 0.6)
MEME = OneOfLike(2, "memes", None, 0.9)


def test_a_like_of_which_the_model_was_surer_contradicts() -> None:
    """The surer one is not contradicted by the other."""
    assert [DoubtedPhoto(1, "cars", "memes", WhyDoubted.LIKE, 0.9, 2)] == list(
        doubted_among([CAR, MEME])
    )


def test_a_person_s_word_on_a_like_counts_more_than_the_model() -> None:
    """However sure that was."""
    said = OneOfLike(3, "other", "cars", 0.1)

    assert [DoubtedPhoto(2, "memes", "cars", WhyDoubted.LESSON, 1.0, 3)] == list(
        doubted_among([CAR, MEME, said])
    )


def test_two_words_that_contradict_each_other_contradict_nobody() -> None:
    """Two of the person's own classes may look alike."""
    likes = [CAR, OneOfLike(3, "a", "cars", 1.0), OneOfLike(4, "b", "memes", 1.0)]

    assert [] == list(doubted_among(likes))


likes = st.lists(
    st.builds(
        OneOfLike,
        st.integers(1, 99),
        st.sampled_from(["cars", "memes", None]),
        st.sampled_from([None, None, "cars", "memes"]),
        st.none() | st.floats(0, 1),
    ),
    min_size=1,
    unique_by=lambda each: each.id,
)


@given(likes)
def test_nobody_is_contradicted_who_was_spoken_of_or_is_of_that_class(
    among: list[OneOfLike],
) -> None:
    """And each at most once, by one of them."""
    by_id = {each.id: each for each in among}
    found = list(doubted_among(among))

    assert len({each.id for each in found}) == len(found)
    for each in found:
        assert each.like in by_id
        assert by_id[each.id].said is None
        assert by_id[each.id].class_name == each.class_name != each.likelier


def test_what_the_model_calls_otherwise_now_is_doubted() -> None:
    """By its first guess."""
    seen = [
        LookedAtSince(1, "cars", {"cars": 0.4, "memes": 0.6}),
        LookedAtSince(2, "cars", {"cars": 0.9, "memes": 0.1}),
        LookedAtSince(3, None, {"cars": 0.9}),
        LookedAtSince(4, "cars", {}),
    ]

    assert [DoubtedPhoto(1, "cars", "memes", WhyDoubted.MODEL, 0.6)] == list(doubted_by_model(seen))


def test_each_photo_is_named_once_by_what_speaks_most_against_it() -> None:
    """And what people said comes first of all."""
    weak = DoubtedPhoto(1, "cars", "memes", WhyDoubted.MODEL, 0.6)
    strong = DoubtedPhoto(1, "cars", "other", WhyDoubted.LIKE, 0.9, 2)
    said = DoubtedPhoto(5, "cars", "memes", WhyDoubted.LESSON, 1.0, 6)

    assert [said, strong] == most_doubted_first([weak, strong, said])


RULES = """
rules:
  - {name: cars, when: {class: cars}, to: "Cars/"}
  - {name: memes, when: {class: memes}, to: "Memes/"}
"""


def test_a_lesson_names_the_likes_of_its_photo_until_they_are_put_right(scene: Scene) -> None:
    """What was said of meanwhile is shown no more."""
    scene.rules = RULES
    for number in (1, 2):
        scene.put(f"IMG_{number}.jpg", photo_bytes("cars", number))
    scene.sort()
    library = str(scene.library)
    with closing(Journal(journal_path())) as journal:
        seen = dict(journal.inferences.seen.pictures())
        group = NearGroup(tuple(seen), 0)
        label(f"{library}/Cars/IMG_1.jpg", "memes", library, journal, scene.clock)
        mislabelled = Mislabelled(journal, library)

        found = [each for _, each in mislabelled.search([group], None) if each is not None]

        assert [DoubtedPhoto(2, "cars", "memes", WhyDoubted.LESSON, 1.0, 1)] == found
        (shown,) = mislabelled.shown(found)
        assert ("IMG_2.jpg", "IMG_1.jpg") == (shown.photo.name, shown.like and shown.like.name)
        label(f"{library}/Cars/IMG_2.jpg", "cars", library, journal, scene.clock)
        assert () == mislabelled.shown(found)
