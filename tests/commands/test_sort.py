"""A single pass: every file comes to its end once, and the count says how many to which."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.sort import sort_once
from gallery_daemon.journal.record import State
from gallery_daemon.logs.setup import LogFormat, make_log
from tests.journey.foretold import Scene, photo_bytes, stood_in

if TYPE_CHECKING:
    from gallery_daemon.journey.pass_counts import PassCounts


class Display:
    """Keeps what a person was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[int, int]] = []
        self.waited_for: set[str] = set()

    def update(self, done: int, expected: int, waits_for: str = "") -> None:
        """So many of so many are done."""
        self.shown.append((done, expected))
        self.waited_for.add(waits_for)


def passed(scene: Scene, *, again: bool = False) -> tuple[PassCounts, Display, str]:
    """The count of a pass, what was shown, and its log."""
    display, stream = Display(), io.StringIO()
    log = make_log(LogFormat.JSON, stream=stream)
    with stood_in(scene.clock):
        tally = sort_once(scene.config(), log, scene.clock, display, again=again)
    return tally, display, stream.getvalue()


def test_the_count_is_by_ends_and_folders(scene: Scene) -> None:
    """A sidecar that travelled counts as filed; a second pass knows what came to its end."""
    scene.rules = 'rules: [{name: cars, when: {class: cars}, to: "{class}/"}]'
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.put("a.xmp", b"<x:xmpmeta/>")
    scene.put("b.jpg", photo_bytes("memes", 0))
    scene.put("c.jpg", photo_bytes("unreadable", 0))
    scene.put("d.jpg", photo_bytes("failing", 0))

    first, display, _ = passed(scene)
    second, _, _ = passed(scene)

    assert "2 filed, 1 left, 1 quarantined, 1 failed" == str(first)
    assert {"cars": 2} == first.by_folder
    assert (0, 5) == (first.known, first.files)
    assert first.stayed is not None
    stayed = {
        state: [(group.files, [path.rpartition("/")[2] for path in group.first])]
        for state in (State.LEFT, State.QUARANTINED, State.FAILED)
        for group in first.stayed.groups(state)
    }
    assert {
        State.LEFT: [(1, ["b.jpg"])],
        State.QUARANTINED: [(1, ["c.jpg"])],
        State.FAILED: [(1, ["d.jpg"])],
    } == stayed
    assert "0 filed, 0 left, 0 quarantined, 1 failed" == str(second)
    # The sidecar is in the watch folder as well, by its other name.
    assert 4 == second.known
    assert all(done <= expected for done, expected in display.shown)
    assert 5 == display.shown[-1][0]


def test_again_looks_at_all_that_is_not_in_the_library(scene: Scene) -> None:
    """What was left or undone is judged by the rules of today; what is filed stays filed once."""
    scene.rules = 'rules: [{name: cars, when: {class: cars}, to: "{class}/"}]'
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.put("b.jpg", photo_bytes("memes", 0))
    passed(scene)
    scene.rules = "rules: [{name: all, to: All/}]"

    usual, again = passed(scene)[0], passed(scene, again=True)[0]

    assert (0, 2) == (usual.files, usual.known)
    assert (1, {"All": 1}) == (again.filed, again.by_folder)


def test_photos_are_judged_in_the_order_of_their_paths(scene: Scene) -> None:
    """Of many that want one name, though what is remembered of some would be there at once."""
    scene.rules = 'rules: [{name: all, to: All/, as: "same.{ext}"}]'
    scene.put("b.jpg", photo_bytes("cars", 1))
    scene.plan()
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.put("c.jpg", photo_bytes("cars", 2))

    ends = scene.sort()

    places = [ends[f"{scene.watch}/{name}.jpg"].destination for name in "abc"]
    names = ["same.jpg", "same (2).jpg", "same (3).jpg"]
    assert [f"{scene.library}/All/{name}" for name in names] == places


@pytest.mark.parametrize("photos", [0, 1, 150])
def test_a_pass_ends_however_many_photos_there_are(scene: Scene, photos: int) -> None:
    """None at all, or more than one turn of the loop takes."""
    for number in range(photos):
        scene.put(f"{number:03}.jpg", photo_bytes("cars", number))

    tally, _, log = passed(scene)

    assert (photos, photos) == (tally.filed, log.count('"photo_filed"'))


def test_a_sidecar_goes_with_its_photo_when_that_can_be_filed(scene: Scene) -> None:
    """A photo that failed keeps its sidecar: both are filed by the pass after the mend."""
    scene.put("a.jpg", photo_bytes("secret", 0))
    scene.put("a.xmp", b"<x:xmpmeta/>")
    first = scene.sort()
    scene.put("a.jpg", photo_bytes("cars", 0))

    second = scene.sort()

    sidecar = f"{scene.watch}/a.xmp"
    assert ("left", "its photo was not filed in this pass") == (
        first[sidecar].state,
        first[sidecar].reason,
    )
    assert State.FILED == second[sidecar].state
    assert f"{scene.library}/All/a.xmp" == second[sidecar].destination


def test_a_sidecar_goes_beside_its_photo_that_was_edited_in_place(scene: Scene) -> None:
    """The photo is one file with two names, so there is a place for its sidecar."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()
    scene.edit(scene.watch / "a.jpg", "append")
    scene.put("a.xmp", b"<x:xmpmeta/>")

    foretold = {each.photo: each for each in scene.plan().files}
    ends = scene.sort()

    photo, sidecar = ends[f"{scene.watch}/a.jpg"], ends[f"{scene.watch}/a.xmp"]
    assert State.IDENTICAL == photo.state
    assert (State.FILED, f"{scene.library}/All/a.xmp") == (sidecar.state, sidecar.destination)
    assert foretold[f"{scene.watch}/a.xmp"].destination == sidecar.destination


def test_an_edited_photo_is_no_near_duplicate_of_what_it_was(scene: Scene) -> None:
    """Nobody sees the old version any more; a copy beside it is one."""
    scene.rules = 'rules: [{name: twins, when: {near_duplicate: true}, to: "Twins/"}]'
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()
    scene.put("a.jpg", photo_bytes("cars", 1))
    edited = scene.sort()
    scene.put("b.jpg", photo_bytes("cars", 2))

    copied = scene.sort()

    assert State.LEFT == edited[f"{scene.watch}/a.jpg"].state
    assert State.FILED == copied[f"{scene.watch}/b.jpg"].state
