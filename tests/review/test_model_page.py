"""The page of the model: versions and figures, lessons taken back, learning, another version."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from gallery_daemon.daemon import learner_process
from gallery_daemon.daemon.configuration import read_configuration, versions_of
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind, NewLesson
from gallery_daemon.photo import Identity
from gallery_daemon.review.pages import model_page
from tests.learning.given import KINDS, give, wrong_calls
from tests.model.learned import REFUSED, write
from tests.review.library import NOW

if TYPE_CHECKING:
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.model.model_versions import ModelVersions
    from tests.review.conftest import Visit

JSON = {"Accept": "application/json"}


@pytest.fixture
def versions(visit: Visit) -> ModelVersions:
    """None was learned yet."""
    config = read_configuration(visit.home / "config.yaml")
    return versions_of(config.model.bundle, config.library)


def teach(visit: Visit, *names: str) -> list[int]:
    """A lesson of each photo, which lies nowhere."""
    library = str(visit.home / "library")
    journal_path().parent.mkdir(parents=True, exist_ok=True)
    with closing(Journal(journal_path())) as journal:
        return journal.lessons.give(
            [
                NewLesson(library, f"/p/{name}", Identity(1, at + 1, at, at), LessonKind.LABEL,
                          "memes", before="cars")
                for at, name in enumerate(names)
            ],
            NOW,
        )  # fmt: skip


def lessons(visit: Visit) -> list[Lesson]:
    """Those that hold."""
    with closing(Journal(journal_path())) as journal:
        return journal.lessons.active(str(visit.home / "library"))


def test_the_model_as_it_came_has_its_figures(visit: Visit) -> None:
    """Two curves as drawings without a style, with their points as words."""
    visit.enter()

    page = visit.client.get("/model")

    assert 200 == page.status_code
    assert "the model as it came, with 7 classes" in page.text
    assert 2 == page.text.count('<figure class="chart">')
    assert "style=" not in page.text
    assert "are right</title>" in page.text
    assert "There are none yet." in page.text
    assert 'id="learn" class="main" disabled' in page.text
    assert "roll-back" not in page.text


def test_versions_say_what_became_of_them(visit: Visit, versions: ModelVersions) -> None:
    """What serves, what may, and why the gate refused one and how many lessons are wanted."""
    write(versions)
    with versions.locked():
        versions.adopt(1)
    write(versions, gate=REFUSED)
    visit.enter()

    page = visit.client.get("/model").text

    assert "no better on lessons" in page
    assert "About 12 more lessons could change that." in page
    assert 'data-version="0"' in page
    assert 'data-version="2"' not in page
    assert "Roll back to the model as it came" in page


def test_another_version_serves_and_the_one_before_again(
    visit: Visit, versions: ModelVersions
) -> None:
    """By the commands' own code; one that was refused is not used, in words."""
    write(versions)
    visit.enter()

    used = visit.send("/model/use", {"version": "1"}, **JSON)
    page = visit.client.get("/model").text
    back = visit.send("/model/roll-back", {}, **JSON)
    write(versions, gate=REFUSED)
    refused = visit.send("/model/use", {"version": "2"}, **JSON)
    none = visit.send("/model/roll-back", {}, **JSON)

    assert (1, 0) == (used.json()["version"], back.json()["version"])
    assert f"{used.json()['model']}</strong> serves: version 1" in page
    assert 0 == versions.serving().version.number
    assert (409, 409) == (refused.status_code, none.status_code)
    assert "version 2 was refused" in refused.json()["errors"][0]["sentence"]


def test_a_lesson_is_taken_back_and_two_tabs_are_told(visit: Visit) -> None:
    """Names of photos are text, whatever they hold."""
    teach(visit, "<b>one.jpg", "two.jpg")
    visit.enter()
    first, second = lessons(visit)

    page = visit.client.get("/model").text
    taken = visit.send("/model/lessons/take-back", {"ids": [first.id]}, **JSON)
    again = visit.send("/model/lessons/take-back", {"ids": [first.id]}, **JSON)

    assert "&lt;b&gt;one.jpg" in page
    assert "it was called cars" in page
    assert {"class": "memes"} == taken.json()
    assert 409 == again.status_code
    assert [second.id] == [each.id for each in lessons(visit)]


def test_the_photo_of_a_lesson_is_shown_by_its_number(visit: Visit) -> None:
    """Where it lies now; of one that is gone, why there is none."""
    photo = visit.home / "one.jpg"
    photo.write_bytes(b"one")
    library = str(visit.home / "library")
    journal_path().parent.mkdir(parents=True, exist_ok=True)
    with closing(Journal(journal_path())) as journal:
        lesson = NewLesson(
            library, str(photo), Identity.of(photo.lstat()), LessonKind.LABEL, "memes"
        )
        (number,) = journal.lessons.give([lesson], NOW)
    visit.enter()

    shown = visit.client.get(f"/model/lesson/{number}/320")
    photo.unlink()
    gone = visit.client.get(f"/model/lesson/{number}/320", headers=JSON)

    assert (f"320 of {photo}".encode(), "image/webp") == (
        shown.content, shown.headers["content-type"]
    )  # fmt: skip
    assert "moved or deleted since" in gone.json()["errors"][0]["sentence"]


def test_more_lessons_come_in_parts(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest first, none twice, until there are no more."""
    monkeypatch.setattr(model_page, "_LESSONS", 2)
    ids = teach(visit, *(f"{number}.jpg" for number in range(5)))
    visit.enter()

    page = visit.client.get("/model").text
    parts = [visit.client.get(f"/model/lessons?before={ids[at]}").json() for at in (3, 1)]

    assert [True, True, False] == [f'data-id="{number}"' in page for number in (5, 4, 3)]
    assert [(1, True), (0, True)] == [
        (part["more"], f'data-id="{number}"' in part["html"])
        for part, number in zip(parts, (ids[2], ids[0]), strict=True)
    ]


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The learner's process has a stand-in for the classifier."""
    program = (sys.executable, "-m", "tests.faults.quick_daemon")
    monkeypatch.setattr(learner_process, "LEARNER", program)
    monkeypatch.setattr(learner_process, "_NICENESS", 0)


def learned(visit: Visit) -> dict[str, Any]:
    """What the page gets when learning has ended."""
    deadline = time.monotonic() + 50
    while time.monotonic() < deadline:
        answer = visit.client.get("/model/learning", headers=JSON)
        told = answer.json()
        assert isinstance(told, dict)
        if answer.status_code != 200 or told["is_done"]:
            return told
        time.sleep(0.05)  # noqa: TID251 - as the page does
    pytest.fail("learning did not end")


def test_learning_makes_a_version_that_is_offered(
    visit: Visit, versions: ModelVersions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came of it is said; it serves when somebody says so, and then it is nothing new."""
    quick(monkeypatch)
    names = [f"{kind}-{number}" for kind in KINDS for number in range(12)]
    journal_path().parent.mkdir(parents=True)
    give(journal_path(), visit.home / "library", names, wrong_calls(versions))
    visit.enter()

    assert 200 == visit.send("/model/learn", {}).status_code
    told = learned(visit)
    offered = versions.serving().version.number
    used = visit.send("/model/use", {"version": "1"}, **JSON)

    assert "learned from 36 lessons." in told["html"]
    assert "Let it serve" in told["html"]
    assert (0, 200, 1) == (offered, used.status_code, versions.serving().version.number)
    gone = visit.client.get("/model/learning", headers=JSON)
    assert "nothing is being learned" in gone.json()["errors"][0]["sentence"]


def test_why_nothing_could_be_learned_is_told(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the command says it."""
    quick(monkeypatch)
    visit.enter()

    visit.send("/model/learn", {})
    told = learned(visit)

    assert "there are no lessons for this library" in told["errors"][0]["sentence"]


def test_learning_can_be_ended(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """And begun anew."""
    program = (sys.executable, "-c", "import time; time.sleep(60)")
    monkeypatch.setattr(learner_process, "LEARNER", program)
    visit.enter()

    visit.send("/model/learn", {})
    is_at_work = 'data-learning="yes"' in visit.client.get("/model").text
    visit.send("/model/learning/end", {})
    told = learned(visit)

    assert is_at_work
    assert "ended before it was done" in told["errors"][0]["sentence"]
    assert 'data-learning="no"' in visit.client.get("/model").text


def test_the_server_needs_no_numpy_for_it() -> None:
    """Its memory stays small: figures are read from the manifest, learning is another process."""
    code = (
        "import sys\n"
        "from gallery_daemon.review.pages import PAGES\n"
        "print({'numpy', 'torch', 'PIL', 'openvino'} & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )

    assert "set()" == done.stdout.strip()
