"""The log's lines, for machines and for people."""

from __future__ import annotations

import io
import json

import pytest

from gallery_daemon.logs.events import PhotoFiled, PhotoLeft, PhotoLine, PhotoQuarantined
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log, suitable_format

LINE = PhotoLine(
    photo="/in/IMG_1.jpg",
    source="phone",
    outcome="rule",
    rule="memes",
    top_class="memes",
    confidence=0.97,
    action="hardlink",
    destination="/out/Memes/IMG_1.jpg",
    taken="2026-03-04T12:00:00",
    model="default@12345678",
    batch=3,
    total_ms=412.0,
)


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def test_json_is_one_object_a_line_with_the_public_names() -> None:
    """A filed photo's line has the fields of the design, `class` among them, and no empty ones."""
    out = io.StringIO()

    make_log(LogFormat.JSON, stream=out).write(PhotoFiled(LINE))

    (line,) = out.getvalue().splitlines()
    event = json.loads(line)
    assert (
        event["event"],
        event["level"],
        event["class"],
        event["confidence"],
    ) == ("photo_filed", "info", "memes", 0.97)
    assert not {"top_class", "sidecars", "reason", "taken_from"} & event.keys()


@pytest.mark.parametrize("form", list(LogFormat))
def test_no_name_can_forge_a_line(form: LogFormat) -> None:
    """Newlines, escape sequences and broken UTF-8 in a name stay on one printable line."""
    out = io.StringIO()
    hostile = PhotoLine(photo="a\n{}\x1b[2J\udcff\u202e.jpg", source="phone")

    make_log(form, stream=out).write(PhotoLeft(hostile, "no rule matched"))

    text = out.getvalue()
    assert text.count("\n") == 1
    assert text.rstrip("\n").isprintable()
    text.encode("utf-8")


def test_the_console_line_is_short_and_says_where() -> None:
    """On a terminal: time, event, photo, destination, class with its confidence."""
    out = io.StringIO()

    make_log(LogFormat.CONSOLE, stream=out).write(PhotoFiled(LINE))

    assert "photo_filed" in out.getvalue()
    assert "/in/IMG_1.jpg -> /out/Memes/IMG_1.jpg (memes 0.97)" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_the_level_silences_what_is_less_important() -> None:
    """At `warning` a filed photo is not mentioned, a quarantined one is."""
    out = io.StringIO()
    log = make_log(LogFormat.JSON, LogLevel.WARNING, out)

    log.write(PhotoFiled(LINE))
    log.write(PhotoQuarantined(LINE, "the JPEG data end early"))

    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == [
        "photo_quarantined"
    ]


def test_people_get_the_console_and_the_journal_gets_json() -> None:
    """A terminal means console, unless systemd listens; everything else means JSON."""
    assert LogFormat.CONSOLE is suitable_format(Terminal(), {})
    assert LogFormat.JSON is suitable_format(Terminal(), {"JOURNAL_STREAM": "8:1"})
    assert LogFormat.JSON is suitable_format(io.StringIO(), {})
