"""What a page says of the model: its versions, its lessons, one of them taken back."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.model_choice import roll_back, use_version
from gallery_daemon.commands.model_overview import (
    how_many_looked_at,
    overview_of,
    photo_of_lesson,
    take_back_lesson,
)
from gallery_daemon.daemon.configuration import read_configuration, versions_of
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind, NewLesson
from gallery_daemon.photo import Identity
from tests.model.learned import REFUSED, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.config.settings import Config
    from gallery_daemon.model.model_versions import ModelVersions

CLOCK = SystemClock()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration, and a state folder of the test's."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    path = tmp_path / "rules.yaml"
    home = f"watch: {tmp_path}/watch\nlibrary: {tmp_path}/library\n"
    path.write_text(
        f"version: 1\n{home}rules:\n  - {{name: cars, when: {{class: cars}}, to: C/}}\n"
    )
    return path


@pytest.fixture
def config(file: Path) -> Config:
    """As it is read."""
    return read_configuration(file)


@pytest.fixture
def versions(config: Config) -> ModelVersions:
    """None was learned yet."""
    return versions_of(config.model.bundle, config.library)


@pytest.fixture
def journal(config: Config, tmp_path: Path) -> Iterator[Journal]:
    """With two lessons: a photo in the library, and one that is gone."""
    state = tmp_path / "state/gallery-daemon"
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"photo")
    with closing(Journal(state / "journal.sqlite3")) as journal:
        for path, identity in (
            (photo, Identity.of(photo.lstat())),
            (tmp_path / "gone.jpg", Identity(1, 2, 3, 4)),
        ):
            lesson = NewLesson(
                config.library, os.fspath(path), identity, LessonKind.LABEL, "memes", before="cars"
            )
            journal.lessons.give([lesson], CLOCK.wall())
        yield journal


def test_all_versions_are_told_the_newest_first(
    config: Config, versions: ModelVersions, journal: Journal
) -> None:
    """With the gate's word on one, and where a rollback goes."""
    write(versions)
    write(versions, gate=REFUSED)

    found = overview_of(config, journal)

    assert [2, 0] == [each.number for each in found.versions]
    assert "refused" == found.versions[0].state
    assert (0, None, None, None) == (
        found.serving.number, found.trouble, found.before, found.cannot_learn
    )  # fmt: skip
    assert ["gone.jpg", "photo.jpg"] == [each.path.rpartition("/")[2] for each in found.lessons]


def test_lessons_since_the_newest_version_are_counted(
    config: Config, versions: ModelVersions, journal: Journal
) -> None:
    """All of them where none was made; later ones afterwards, adopted or not."""
    before = overview_of(config, journal).new
    write(versions)  # of March 2025
    after = overview_of(config, journal).new
    later = datetime.now(UTC) + timedelta(days=1)

    assert (2, 2) == (before, after)
    assert 0 == sum(each.given_at > later for each in overview_of(config, journal).lessons)


def test_a_version_serves_and_the_one_before_again(
    file: Path, config: Config, versions: ModelVersions, journal: Journal
) -> None:
    """As the commands do it; then there is none before."""
    write(versions)

    used = use_version(read_configuration(file), "1")
    then = overview_of(config, journal)
    back = roll_back(read_configuration(file))
    at_last = overview_of(config, journal)

    assert (1, 1, 0) == (used.number, then.serving.number, then.before)
    assert (0, 0, None) == (back.number, at_last.serving.number, at_last.before)
    with pytest.raises(GalleryError, match="none did before it"):
        roll_back(read_configuration(file))


def test_one_lesson_is_taken_back_once(config: Config, journal: Journal) -> None:
    """Its photo stays; two tabs at once are told so."""
    newest, oldest = overview_of(config, journal).lessons

    taken = take_back_lesson(oldest.id, journal, CLOCK, config.library)

    assert oldest.id == taken.id
    assert [newest.id] == [each.id for each in overview_of(config, journal).lessons]
    assert (oldest.path, oldest.identity) == photo_of_lesson(oldest.id, journal, config.library)
    for number in (oldest.id, 99):
        with pytest.raises(GalleryError, match="does not hold any more"):
            take_back_lesson(number, journal, CLOCK, config.library)


def test_a_photo_that_is_gone_is_a_sentence(config: Config, journal: Journal) -> None:
    """A thumbnail that cannot be made must not end a page."""
    gone, _ = overview_of(config, journal).lessons

    for number, why in ((gone.id, "moved or deleted"), (99, "no such lesson")):
        with pytest.raises(GalleryError, match=why):
            photo_of_lesson(number, journal, config.library)


def test_another_library_s_lesson_is_neither_shown_nor_taken_back(
    config: Config, journal: Journal
) -> None:
    """One journal may have many libraries; a review is of one."""
    newest, _ = overview_of(config, journal).lessons

    with pytest.raises(GalleryError, match="no such lesson"):
        photo_of_lesson(newest.id, journal, "/another")
    with pytest.raises(GalleryError, match="does not hold any more"):
        take_back_lesson(newest.id, journal, CLOCK, "/another")
    assert newest.id in {each.id for each in overview_of(config, journal).lessons}


def test_how_far_learning_is_can_be_asked(
    config: Config, versions: ModelVersions, journal: Journal
) -> None:
    """By the photos that the body was shown."""
    lesson = overview_of(config, journal).lessons[0]
    before = how_many_looked_at(config, journal)
    journal.lessons.keep_features(versions.base.weights_sha256, {lesson.id: (b"", b"")})

    assert (0, 2) == before
    assert (1, 2) == how_many_looked_at(config, journal)
