"""Photos, facts and predictions to decide about, and how hypothesis draws them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.photo import (
    PLAIN,
    Candidate,
    Facts,
    Identity,
    Photo,
    Position,
    Prediction,
    Similar,
    SimilarPhoto,
    Taken,
    TakenFrom,
)

if TYPE_CHECKING:
    from gallery_daemon.decision import Truth
    from gallery_daemon.rules.condition import Condition

CLASSES = ("cars", "memes", "mountains", "other", "selfies", "trees", "whatsapp_screenshots")
SETTLED_AT = datetime(2026, 8, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
FACTS = Facts(
    format="jpeg",
    width=4000,
    height=3000,
    orientation=1,
    taken=Taken(datetime.fromisoformat("2026-07-15 18:30"), TakenFrom.EXIF),
    camera="Canon EOS 5D",
    has_exif=True,
    has_gps=False,
    content_hash="0123456789abcdef" * 4,
)


def photo(relative: str = "2026/IMG_1.JPG", source: str = "phone", size_bytes: int = 4_000_000):
    """A settled photo."""
    mtime_ns = int(datetime(2026, 7, 16, tzinfo=UTC).timestamp()) * 10**9
    identity = Identity(1, 2, size_bytes, mtime_ns)
    return Photo(Candidate(source, "/watch", relative), identity, SETTLED_AT)


def facts(**changes: object) -> Facts:
    """`FACTS` with some changed."""
    return replace(FACTS, **changes)  # type: ignore[arg-type]


def prediction(top: str = "cars", confidence: float = 0.9) -> Prediction:
    """The rest of the probability goes to the next class, so the margin is 2 * confidence - 1."""
    second = CLASSES[(CLASSES.index(top) + 1) % len(CLASSES)]
    return Prediction({top: confidence, second: 1 - confidence}, "default@01234567")


def truth_of(
    condition: Condition,
    on: Photo | None = None,
    known: Facts = FACTS,
    says: Prediction | None = None,
) -> Truth:
    """What a condition answers, by default of a usual photo."""
    return condition.check(on or photo(), known, says or prediction()).truth


texts = st.text() | st.text(alphabet="./\\\0\n{}|:%~ \ud800\udcff-_é", max_size=12)
offsets = st.none() | st.just(UTC) | st.just(timezone(timedelta(hours=-11, minutes=-30)))
moments = st.datetimes(timezones=offsets)
partial_dates = st.builds(PartialDate, moments, st.sampled_from(Granularity))

photos = st.builds(
    Photo,
    candidate=st.builds(Candidate, source=texts, root=texts, relative=texts),
    identity=st.builds(
        Identity,
        device=st.integers(),
        inode=st.integers(),
        size_bytes=st.integers(min_value=0),
        mtime_ns=st.integers(),
    ),
    settled_at=moments,
)
facts_of_file = st.builds(
    Facts,
    format=texts,
    width=st.integers(min_value=0),
    height=st.integers(min_value=0),
    orientation=st.integers(1, 8),
    taken=st.builds(Taken, moments, st.sampled_from(TakenFrom), st.sampled_from(Granularity)),
    camera=st.none() | texts,
    has_exif=st.booleans(),
    has_gps=st.booleans(),
    content_hash=st.none() | texts,
    position=st.none() | st.builds(Position, st.floats(-90, 90), st.floats(-180, 180)),
    dhash=st.none() | st.just(PLAIN) | st.binary(min_size=16, max_size=16).map(bytes.hex),
)
relatives = st.none() | st.builds(
    SimilarPhoto, texts, st.none() | st.integers(0, 128), st.none() | st.floats(-2, 2)
)
any_facts = st.builds(
    lambda facts, similar: replace(facts, similar=similar),
    facts_of_file,
    st.none() | st.builds(Similar, relatives, relatives, st.none() | texts),
)


def shared_out(weights: dict[str, int]) -> dict[str, float]:
    """Probabilities in these proportions, which add up to 1."""
    whole = sum(weights.values()) or 1
    return {name: weight / whole for name, weight in weights.items()}


known_shares = st.none() | st.sampled_from([0.0, 0.05, 0.3, 1.0]) | st.floats(0, 1)
predictions = st.builds(
    Prediction,
    probabilities=st.dictionaries(st.sampled_from(CLASSES), st.integers(0, 100), min_size=1).map(
        shared_out
    ),
    model=texts,
    precision=known_shares,
    familiarity=known_shares,
)
