"""What crosses the pipes comes out as it went in, or as a CodecError."""

from __future__ import annotations

import io
import os
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.classifier.messages import (
    FRAME_LIMIT_BYTES,
    Answer,
    Broken,
    FromChild,
    Ready,
    Refusal,
    RefusalKind,
    Request,
    Setup,
    Started,
    ToChild,
    read_from_child,
    read_to_child,
    write_message,
)
from gallery_daemon.codec import CodecError, object_of, to_text, value_of
from gallery_daemon.photo import (
    PLAIN,
    Facts,
    Identity,
    Position,
    Prediction,
    Similar,
    Taken,
    TakenFrom,
)

# Names as the system gives them: any bytes, decoded as Python decodes paths.
paths = st.binary(max_size=40).map(os.fsdecode)
texts = st.text(max_size=20)
numbers = st.integers(0, 2**64)
sides = st.integers(0, 2**31)
shares = st.floats(0, 1)
zones = st.none() | st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m)))
facts = st.builds(
    Facts,
    format=texts,
    width=sides,
    height=sides,
    orientation=st.integers(1, 8),
    taken=st.builds(Taken, st.datetimes(timezones=zones), st.sampled_from(TakenFrom)),
    camera=st.none() | texts,
    has_exif=st.booleans(),
    has_gps=st.booleans(),
    content_hash=st.none() | st.just("0123456789abcdef" * 4),
    position=st.none() | st.builds(Position, st.floats(-90, 90), st.floats(-180, 180)),
    dhash=st.none() | st.just(PLAIN) | st.binary(min_size=16, max_size=16).map(bytes.hex),
)
predictions = st.builds(Prediction, st.dictionaries(texts, shares, min_size=1, max_size=5), texts)
identities = st.builds(Identity, numbers, numbers, numbers, st.integers(-(2**63), 2**63))
times = st.floats(0, 1e9)
to_child = st.one_of(
    st.builds(
        Setup,
        bundle=paths,
        engine=texts,
        device=texts,
        memory=paths,
        batch_size=numbers,
        batch_wait_s=times,
        max_bytes=numbers,
        max_pixels=numbers,
        reading_threads=numbers,
        network_threads=st.none() | numbers,
    ),
    st.builds(Request, numbers, paths, identities, st.booleans()),
)
from_child = st.one_of(
    st.builds(Ready, texts, texts, times, st.dictionaries(texts, times, max_size=3)),
    st.builds(Broken, texts, st.none() | texts),
    st.builds(Started, numbers),
    st.builds(Answer, numbers, facts, predictions, st.integers(1, 99), times),
    st.builds(Refusal, numbers, st.sampled_from(RefusalKind), texts, st.none() | facts),
)

FACTS = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))
ANSWER = Answer(1, FACTS, Prediction({"cars": 1.0}, "m@1"), 1, 1.0)


def written(*messages: ToChild | FromChild) -> io.BytesIO:
    """A pipe with these messages in it."""
    pipe = io.BytesIO()
    for message in messages:
        write_message(pipe, message)
    pipe.seek(0)
    return pipe


@given(st.lists(to_child, max_size=3))
def test_messages_to_the_process_come_out_as_they_went_in(messages: list[ToChild]) -> None:
    """All of them, in order, and then the end."""
    pipe = written(*messages)

    assert [*messages, None] == [read_to_child(pipe) for _ in range(len(messages) + 1)]


@given(st.lists(from_child, max_size=3))
def test_messages_from_the_process_come_out_as_they_went_in(messages: list[FromChild]) -> None:
    """All of them, in order, and then the end."""
    pipe = written(*messages)

    assert [*messages, None] == [read_from_child(pipe) for _ in range(len(messages) + 1)]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_codec_error(garbage: bytes) -> None:
    """Whatever comes over the pipe, no other exception comes out."""
    for pipe in (io.BytesIO(garbage), io.BytesIO(struct.pack(">I", len(garbage)) + garbage)):
        try:
            read_from_child(pipe)
        except CodecError:
            continue


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_truncated_frame_is_an_error(cut: int) -> None:
    """A pipe that ends inside a frame has not ended well."""
    whole = written(Started(7)).getvalue()

    with pytest.raises(CodecError, match="the pipe ended"):
        read_from_child(io.BytesIO(whole[:-cut]))


def test_an_oversized_frame_is_not_even_read() -> None:
    """The length alone is enough to refuse it; no memory is taken for it."""
    pipe = io.BytesIO(struct.pack(">I", FRAME_LIMIT_BYTES + 1) + b"x" * 10)

    with pytest.raises(CodecError, match="too large"):
        read_from_child(pipe)

    assert 4 == pipe.tell()


def test_an_oversized_message_is_not_sent() -> None:
    """Nothing of it goes into the pipe, so the next message is still understood."""
    pipe = io.BytesIO()

    with pytest.raises(CodecError, match="too large"):
        write_message(pipe, Broken("x" * FRAME_LIMIT_BYTES, None))

    assert b"" == pipe.getvalue()


def test_the_process_may_not_give_orders() -> None:
    """Each side accepts only what the other may say."""
    with pytest.raises(CodecError, match="Request"):
        read_from_child(written(Request(1, "/a", Identity(1, 2, 3, 4), want_hash=False)))
    with pytest.raises(CodecError, match="Started"):
        read_to_child(written(Started(1)))


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"kind":"Started"}',
        b'{"kind":["Started"],"message":{"id":1}}',
        b'{"kind":"Started","message":{"id":1},"more":1}',
        b'{"kind":"Started","message":{"id":1,"more":1}}',
        b'{"kind":"Started","message":{}}',
        b'{"kind":"Exec","message":{}}',
        b"\xff\xfe",
    ],
)
def test_an_unknown_or_crooked_message_is_an_error(body: bytes) -> None:
    """Unknown kinds, unknown fields and missing fields are all refused."""
    with pytest.raises(CodecError):
        read_from_child(io.BytesIO(struct.pack(">I", len(body)) + body))


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (replace(ANSWER, prediction=Prediction({}, "m@1")), "without a class"),
        (replace(ANSWER, prediction=Prediction({"cars": 1.5}, "m@1")), "outside 0 to 1"),
        (replace(ANSWER, prediction=Prediction({"cars": -0.5}, "m@1")), "outside 0 to 1"),
        (replace(ANSWER, batch=0), "without a photo"),
        (replace(ANSWER, facts=replace(FACTS, orientation=9)), "orientation"),
        (replace(ANSWER, facts=replace(FACTS, width=-1)), "no picture has"),
        (replace(ANSWER, facts=replace(FACTS, height=10**400)), "no picture has"),
        (replace(ANSWER, facts=replace(FACTS, camera="\udcff")), "half a character"),
        (replace(ANSWER, prediction=Prediction({"cars": 1.0}, "m@1", precision=1.5)), "precision"),
        (replace(ANSWER, prediction=Prediction({"cars": 1.0}, "m@1", familiarity=-1)), "familiar"),
        (replace(ANSWER, prediction=Prediction({"\ud800": 1.0}, "m@1")), "half a character"),
        (Refusal(1, RefusalKind.FAILED, "\ud83d"), "half a character"),
        (Refusal(1, RefusalKind.FAILED, "x", replace(FACTS, orientation=0)), "orientation"),
        (replace(ANSWER, facts=replace(FACTS, content_hash="../../etc")), "SHA-256"),
        (replace(ANSWER, facts=replace(FACTS, dhash="0" * 31)), "picture's bits"),
        (replace(ANSWER, facts=replace(FACTS, dhash="-" + "0" * 31)), "picture's bits"),
        (replace(ANSWER, facts=replace(FACTS, position=Position(90.1, 0))), "not on earth"),
        (replace(ANSWER, facts=replace(FACTS, position=Position(0, -180.1))), "not on earth"),
    ],
)
def test_an_impossible_answer_is_an_error(reply: Answer | Refusal, problem: str) -> None:
    """The process parses hostile files; what it says is checked for sense too."""
    with pytest.raises(CodecError, match=problem):
        read_from_child(written(reply))


def test_a_photo_s_kin_never_cross() -> None:
    """They are the daemon's to know: a process that speaks of them breaks a rule."""
    similar = Similar(group="../../etc")
    answer = replace(ANSWER, facts=replace(FACTS, similar=similar))
    lie = to_text(answer).replace('"dhash":null', '"dhash":null,"similar":{"group":"../../etc"}')

    assert ANSWER == read_from_child(written(answer))
    with pytest.raises(CodecError, match="similar"):
        value_of(Answer, object_of(lie), "Answer")
