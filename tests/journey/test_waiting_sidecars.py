"""Sidecars that wait for their photos, and what is asked about those."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.daemon.wiring import root_of
from gallery_daemon.filing.disk import Disk
from gallery_daemon.imaging.formats import TEXT, VIDEO
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journey.examined import Predicted, unread_facts
from gallery_daemon.journey.judge import Late, Leave, Wait
from gallery_daemon.journey.known_files import KnownFiles
from gallery_daemon.journey.siblings import Siblings
from gallery_daemon.journey.waiting_sidecars import WaitingSidecars
from gallery_daemon.photo import Candidate, Identity, Photo, Prediction
from gallery_daemon.rules.decide import RuleSet
from tests.journey.foretold import FILM, Scene, photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.journey.judge import SidecarVerdict


def file(name: str, size_bytes: int = 1) -> Photo:
    """A settled file."""
    identity = Identity(1, 2, size_bytes, 4)
    return Photo(Candidate("phone", "/in", name), identity, datetime(2026, 1, 1, tzinfo=UTC))


@contextmanager
def waiting_in(path: Path, siblings: Siblings) -> Iterator[WaitingSidecars]:
    """No sidecar waits yet; with a new journal at that path."""
    with closing(Journal(path)) as journal:
        known = KnownFiles(journal, Disk(), "/library", ())
        yield WaitingSidecars(journal, Disk(), "/library", RuleSet(()), known, siblings=siblings)


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[WaitingSidecars]:
    """No sidecar waits yet."""
    with waiting_in(tmp_path / "journal.sqlite3", Siblings(())) as waiting:
        yield waiting


def test_a_sidecar_that_is_seen_again_waits_once_and_as_it_is_now(waiting: WaitingSidecars) -> None:
    """A listing every quarter of an hour finds those that wait for a photo that fails for weeks."""
    for size_bytes in (1, 2, 3):
        waiting.wait(file("a.xmp", size_bytes), "/in/a.jpg")
    waiting.wait(file("a.mov"), "/in/a.jpg")

    waited = waiting.take(file("a.jpg"))

    assert (file("a.xmp", 3), file("a.mov")) == waited
    assert () == waiting.take(file("a.jpg")) == waiting.take_all()


def test_all_that_still_wait_are_taken_at_the_end(waiting: WaitingSidecars) -> None:
    """Whoever's they are, in the order in which they came."""
    waiting.wait(file("b.xmp"), "/in/b.jpg")
    waiting.wait(file("a.xmp"), "/in/a.jpg")

    assert (file("b.xmp"), file("a.xmp")) == waiting.take_all()
    assert () == waiting.take_all()


@contextmanager
def asked(scene: Scene, *, includes_known: bool = False) -> Iterator[WaitingSidecars]:
    """With the journal as it is now."""
    config = scene.config()
    with closing(Journal(journal_path())) as journal:
        yield WaitingSidecars(
            journal,
            Disk(),
            config.library,
            config.rules,
            KnownFiles(journal, Disk(), config.library, ()),
            siblings=Siblings(root_of(folder, config.library) for folder in config.watch),
            includes_known=includes_known,
        )


def verdict(scene: Scene, name: str, *, includes_known: bool = False) -> SidecarVerdict:
    """What is to become of that sidecar now."""
    path = scene.watch / name
    photo = Photo(
        Candidate("phone", str(scene.watch), name), Identity.of(path.lstat()), scene.clock.wall()
    )
    with asked(scene, includes_known=includes_known) as sidecars:
        return sidecars.verdict_on(photo, VIDEO if name.endswith(".mov") else TEXT)


def test_a_sidecar_waits_for_a_photo_that_is_new_or_changed(scene: Scene) -> None:
    """And goes late to one that is filed, unless that is planned once more."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()
    scene.put("a.xmp", b"<x:xmpmeta/>")
    late = verdict(scene, "a.xmp")
    planned = verdict(scene, "a.xmp", includes_known=True)
    scene.edit(scene.watch / "a.jpg", "append")

    changed = verdict(scene, "a.xmp")

    assert isinstance(late, Late)
    assert f"{scene.watch}/a.jpg" == late.owner.path
    assert planned == changed == Wait(f"{scene.watch}/a.jpg")


def test_a_sidecar_goes_to_its_photo_that_was_renamed_after_it_was_filed(scene: Scene) -> None:
    """By its inode the photo is known, and never comes to an end under its new name."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.put("left.jpg", photo_bytes("memes", 0))
    scene.rules = "rules: [{name: cars, when: {class: cars}, to: All/}]"
    scene.sort()
    (scene.watch / "a.jpg").rename(scene.watch / "beach.jpg")
    (scene.watch / "left.jpg").rename(scene.watch / "joke.jpg")
    scene.put("beach.xmp", b"<x:xmpmeta/>")
    scene.put("joke.xmp", b"<x:xmpmeta/> ")

    assert Leave("its photo was left") == verdict(scene, "joke.xmp")
    foretold = {each.photo: (each.destination, each.sidecar_of) for each in scene.plan().files}
    done = {path: (end.destination, end.sidecar_of) for path, end in scene.sort().items()}

    path = f"{scene.watch}/beach.xmp"
    assert (f"{scene.library}/All/a.xmp", f"{scene.watch}/a.jpg") == foretold[path] == done[path]


def test_what_only_has_the_name_of_a_photo_is_not_waited_for(scene: Scene) -> None:
    """A link or a folder never comes to an end, and no sidecar waits for ever."""
    scene.put("a.xmp", b"<x:xmpmeta/>")
    scene.put_no_file("a.jpg", "link")
    scene.put("b.mov", FILM)
    scene.put_no_file("b.heic", "folder")

    assert Leave("a sidecar without its photo") == verdict(scene, "a.xmp")
    assert Leave("a video, not a photo") == verdict(scene, "b.mov")


def test_a_film_finds_the_photo_that_was_moved_away(scene: Scene) -> None:
    """If it is of the same day: a camera counts from the beginning again."""
    scene.rules = "rules: [{name: all, to: All/, action: move}]"
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    scene.sort()
    scene.put("IMG_1.mov", FILM)
    same_day = verdict(scene, "IMG_1.mov")
    scene.number += 25 * 3600
    scene.put("IMG_1.mov", FILM)

    assert isinstance(same_day, Late)
    assert Leave("a video, not a photo") == verdict(scene, "IMG_1.mov")


def test_versions_wait_with_what_waits_for_them(waiting: WaitingSidecars) -> None:
    """And go along together, or are judged by themselves while their own sidecars wait on."""
    version, film = file("IMG_E1.jpg"), file("IMG_E1.mov")
    examined = Predicted(version, unread_facts(version), Prediction({"cars": 1.0}, "m@00000000"))

    def wait() -> None:
        waiting.wait(version, "/in/IMG_1.jpg", examined)
        waiting.wait(film, "/in/IMG_E1.jpg")
        waiting.wait(file("IMG_1.xmp"), "/in/IMG_1.jpg")

    wait()
    along = waiting.take_along(file("IMG_1.jpg"))
    waiting.went(along)
    gone = waiting.next_version()
    wait()
    waiting.give_back(waiting.take_along(file("IMG_1.jpg")))
    left = waiting.release(waiting.take(file("IMG_1.jpg")))

    assert (version, file("IMG_1.xmp"), film) == along
    assert gone is None
    assert (file("IMG_1.xmp"),) == left
    assert examined == waiting.next_version()
    assert (film,) == waiting.take(version)
    assert () == waiting.take_all()
