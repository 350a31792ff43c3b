"""What a pass tells of files that it did not file, however many they are."""

from __future__ import annotations

from gallery_daemon.journal.record import State
from gallery_daemon.journey.stayed import StayedFiles


def test_each_reason_has_its_files_and_the_first_names() -> None:
    """The largest first; ends do not mix, though the reason is the same."""
    stayed = StayedFiles()
    stayed.note(State.LEFT, "/in/a.mov", "a video")
    for number in range(7):
        stayed.note(State.LEFT, f"/in/{number}.jpg", "no rule matched")
    stayed.note(State.QUARANTINED, "/in/b.mov", "a video")

    found = [(group.reason, group.files, group.first) for group in stayed.groups(State.LEFT)]
    assert [
        ("no rule matched", 7, ["/in/0.jpg", "/in/1.jpg", "/in/2.jpg"]),
        ("a video", 1, ["/in/a.mov"]),
    ] == found
    assert [1] == [group.files for group in stayed.groups(State.QUARANTINED)]
    assert [] == stayed.groups(State.FAILED)


def test_what_is_kept_has_a_bound_and_no_file_is_forgotten() -> None:
    """A reason may have the file's own figures in it."""
    stayed = StayedFiles()
    for number in range(10_000):
        stayed.note(State.QUARANTINED, f"/in/{number}.jpg", f"{number} x 9 pixels are too many")

    groups = stayed.groups(State.QUARANTINED)
    assert len(groups) <= 101
    assert 10_000 == sum(group.files for group in groups)
    assert "other reasons, which the log has" == groups[0].reason
