"""The host and the two looks: a quick one where it is enough, else a full one."""

from __future__ import annotations

from pathlib import Path

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.photo import Facts, LookKind, Photo, Prediction
from tests.classifier.loop import FAKE, running


def look_of(report: Classified | Refused) -> LookKind:
    assert isinstance(report, Classified)
    return report.prediction.look


def test_without_a_word_on_when_it_is_enough_no_look_is_quick() -> None:
    """The host cannot know it by itself."""
    with running() as loop:
        assert LookKind.FULL is look_of(loop.classify(["/in/a.jpg"])["a.jpg"])


def test_a_quick_look_that_is_enough_is_the_answer() -> None:
    """The one who says so is shown the photo, its facts and the prediction."""
    asked: list[tuple[str, int, LookKind]] = []

    def is_enough(photo: Photo, facts: Facts, prediction: Prediction) -> bool:
        asked.append((photo.name, facts.orientation, prediction.look))
        return True

    with running(is_enough=is_enough) as loop:
        found = loop.classify(["/in/a.jpg", "/in/b.jpg"])

    assert [LookKind.QUICK] * 2 == list(map(look_of, found.values()))
    assert [("a.jpg", 1, LookKind.QUICK), ("b.jpg", 1, LookKind.QUICK)] == asked


def test_where_it_is_not_enough_only_the_full_look_comes_back() -> None:
    """One report for each photo, and the full look is final whatever is said of it."""
    with running(is_enough=lambda photo, _, __: photo.name == "b.jpg") as loop:
        found = loop.classify(["/in/a.jpg", "/in/b.jpg", "/in/c.jpg"])

        assert 0 == loop.host.outstanding
        assert 3 == len(loop.answers)
    looks = {name: look_of(report) for name, report in found.items()}
    assert {"a.jpg": "full", "b.jpg": "quick", "c.jpg": "full"} == looks


def test_a_full_look_goes_before_photos_that_had_none(tmp_path: Path) -> None:
    """So a photo is not overtaken by all that come after it."""
    names = [f"{number:02}.jpg" for number in range(40)]
    with running(batch_size=1, is_enough=lambda *_: False) as loop:
        loop.classify(tmp_path / name for name in names)

        came = [report.photo.name for report in loop.answers]
    # Four are out at a time.
    assert all(abs(names.index(name) - place) <= 4 for place, name in enumerate(came))


def test_a_refusal_is_final() -> None:
    """What cannot be read is not read again."""
    with running(is_enough=lambda *_: False) as loop:
        found = loop.classify(["/in/broken.jpg"])["broken.jpg"]

    assert isinstance(found, Refused)
    assert RefusalKind.UNREADABLE is found.kind


def test_a_process_that_never_looks_in_full_is_not_asked_for_ever(tmp_path: Path) -> None:
    """It may have been taken over by a photo: its second answer is the last."""
    worker = tmp_path / "quick.py"
    source = Path(FAKE[-1]).read_text()
    worker.write_text(
        source.replace("request.look)", "LookKind.QUICK)").replace(
            "import Facts, Prediction", "import Facts, LookKind, Prediction"
        )
    )
    with running(command=(*FAKE[:-1], str(worker)), is_enough=lambda *_: False) as loop:
        found = loop.classify(["/in/a.jpg"])["a.jpg"]

    assert LookKind.QUICK is look_of(found)
