"""What a photo resembles, beside the rest of why."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.resemble_now import ResemblingNow
from gallery_daemon.daemon import learner_process
from gallery_daemon.daemon.learner_process import CommandProcess
from gallery_daemon.errors import GalleryError
from gallery_daemon.review.resemblances import Resemblances
from tests.review.photos import let_wait

if TYPE_CHECKING:
    from tests.review.conftest import Visit

SAID = {
    "resembles": {
        "classes": [{"class": "memes", "pictures": 7, "similarity": 0.8}],
        "lessons": [{"id": 5, "photo": "/a/<b>.jpg", "class": "cars", "similarity": 0.9}],
    }
}


def commands(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Commands are this program in Python."""
    monkeypatch.setattr(learner_process, "LEARNER", (sys.executable, "-c", program))


def test_the_part_says_so_once_it_is_found(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command gets the photo's path from the journal; a second time nothing is started."""
    let_wait(visit.scene, 1)
    visit.enter()
    log = visit.home / "asked"
    program = f"import sys; print(*sys.argv[1:], file=open({str(log)!r}, 'a'));"
    program += f"print({json.dumps(SAID)!r})"
    commands(monkeypatch, program)

    texts = [visit.client.get("/why/1/resembles").text for _ in range(2)]

    assert texts[0] == texts[1]
    assert "7 of the 7 nearest of the model&#39;s pictures are memes (0.80)." in texts[0]
    assert '<img src="/model/lesson/5/320" alt="&lt;b&gt;.jpg"' in texts[0]
    (line,) = log.read_text().splitlines()
    photo = visit.scene.library / "Review/memes/IMG_1.jpg"
    assert f"explain --resembles --json --config {visit.home / 'config.yaml'} {photo}" == line
    assert 'data-resembles="/why/1/resembles"' in visit.client.get("/why/1?part").text


def test_why_it_cannot_be_said_is_a_sentence(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's; and that there is no such photo."""
    let_wait(visit.scene, 1)
    visit.enter()
    commands(monkeypatch, "import sys; sys.exit('error: it has no bank')")
    accept = {"Accept": "application/json"}

    failed = visit.client.get("/why/1/resembles", headers=accept)
    missing = visit.client.get("/why/99/resembles", headers=accept)

    assert (409, 409) == (failed.status_code, missing.status_code)
    assert "it has no bank" == failed.json()["errors"][0]["sentence"]


@pytest.mark.parametrize("is_wanted", [True, False])
def test_a_look_that_lasts_or_that_nobody_waits_for_is_ended(
    monkeypatch: pytest.MonkeyPatch, *, is_wanted: bool
) -> None:
    """No process is left of it."""
    commands(monkeypatch, "import time; time.sleep(60)")
    started: list[CommandProcess] = []

    def start(*words: str) -> CommandProcess:
        started.append(CommandProcess(*words))
        return started[-1]

    answers = iter([True])

    async def wanted() -> bool:
        return is_wanted or next(answers, False)

    found = Resemblances(
        Path("c.yaml"), lambda file, photo: ResemblingNow(file, photo, start), within_s=0.3
    ).of(1, "/a.jpg", wanted)

    if is_wanted:
        with pytest.raises(GalleryError, match=r"longer than 0\.3 s"):
            asyncio.run(found)
    else:
        assert None is asyncio.run(found)
    assert [True] == [each._process.poll() is not None for each in started]
