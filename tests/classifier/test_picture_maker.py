"""Pictures for a page: the real process, and one that is as bad as it is told to be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from gallery_daemon.classifier.picture_cache import PictureCache
from gallery_daemon.classifier.picture_maker import PICTURE_WORKER, PictureMaker, PictureRefused
from gallery_daemon.classifier.picture_messages import PictureSetup
from gallery_daemon.clock import SystemClock
from tests.classifier.contract import make_photo
from tests.classifier.loop import is_running, until_true
from tests.imaging.pictures import identity_of

BAD = (sys.executable, "-P", str(Path(__file__).with_name("bad_picture_worker.py")))
SETUP = PictureSetup(50_000_000, 50_000_000, picture_s=60.0, idle_s=60.0)
HASTY = PictureSetup(50_000_000, 50_000_000, picture_s=0.3, idle_s=60.0)


def maker(setup: PictureSetup = SETUP, command: tuple[str, ...] = PICTURE_WORKER) -> PictureMaker:
    """One that has one process at most."""
    return PictureMaker(setup, processes=1, command=command)


def ask(pictures: PictureMaker, path: Path, side: int = 160) -> tuple[int, int]:
    """The size of the photo's picture."""
    found = pictures.thumbnail(os.fspath(path), identity_of(path), side)
    with Image.open(BytesIO(found.data)) as image:
        assert image.size == (found.width, found.height)
    return found.width, found.height


def named(folder: Path, *names: str) -> list[Path]:
    """Files of these names, each of its own bytes."""
    for name in names:
        (folder / f"{name}.jpg").write_text(name)
    return [folder / f"{name}.jpg" for name in names]


def test_a_photo_becomes_a_picture(tmp_path: Path) -> None:
    """In a process of its own, that has no model: neither torch nor OpenVINO is there."""
    photo = make_photo(tmp_path / "a.jpg")

    with closing(maker()) as pictures:
        assert not pictures.pids
        assert (160, 120) == ask(pictures, photo)
        (pid,) = pictures.pids
        libraries = Path(f"/proc/{pid}/maps").read_text()

    assert not is_running(pid)
    assert "torch" not in libraries
    assert "openvino" not in libraries


def test_what_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """And the process goes on."""
    whole = make_photo(tmp_path / "a.jpg")
    content = whole.read_bytes()
    (tmp_path / "b.jpg").write_bytes(content[: len(content) // 2])
    was = identity_of(whole)

    with closing(maker()) as pictures:
        with pytest.raises(PictureRefused, match="the JPEG data end early"):
            ask(pictures, tmp_path / "b.jpg")
        with pytest.raises(PictureRefused, match="No such file"):
            pictures.thumbnail(os.fspath(tmp_path / "gone.jpg"), was, 160)
        (pid,) = pictures.pids
        assert (160, 120) == ask(pictures, whole)
        assert (pid,) == pictures.pids


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("crash", "its picture crashed the program"),
        ("quit", "its picture crashed the program"),
        ("huge", "what came was no picture"),
        ("page", "what came was no picture"),
        ("svg", "what came was no picture"),
        ("text", "what came was no picture"),
        ("half a character", "what came was no picture"),
    ],
)
def test_a_photo_that_breaks_the_process_costs_its_own_picture(
    tmp_path: Path, name: str, sentence: str
) -> None:
    """It is not asked for again while it stays the same; the next one is made."""
    bad, good = named(tmp_path, name, "good")

    with closing(maker(command=BAD)) as pictures:
        with pytest.raises(PictureRefused, match=sentence):
            ask(pictures, bad)
        assert not pictures.pids
        with pytest.raises(PictureRefused, match=sentence):
            ask(pictures, bad)
        assert not pictures.pids
        assert (1, 1) == ask(pictures, good)


@pytest.mark.parametrize("name", ["hang", "half"])
def test_a_photo_that_hangs_the_process_is_given_up(tmp_path: Path, name: str) -> None:
    """Once its time is over; a busy machine's start of the process does not count."""
    bad, good, better = named(tmp_path, name, "good", "better")

    with closing(maker(HASTY, BAD)) as pictures:
        ask(pictures, good)
        (pid,) = pictures.pids
        with pytest.raises(PictureRefused, match=r"took longer than 0\.3 s"):
            ask(pictures, bad)
        assert not is_running(pid)
        assert (1, 1) == ask(pictures, better)


def test_a_process_that_is_killed_between_two_pictures_costs_none(tmp_path: Path) -> None:
    """Nor does one that ended because it was idle."""
    first, second, third = named(tmp_path, "first", "second", "third")
    hurried = PictureSetup(10**6, 10**6, picture_s=60.0, idle_s=0.2)

    with closing(maker(command=BAD)) as pictures:
        ask(pictures, first)
        (pid,) = pictures.pids
        os.kill(pid, signal.SIGKILL)
        until_true(lambda: not is_running(pid))
        assert (1, 1) == ask(pictures, second)
    photo = make_photo(third)
    with closing(maker(hurried)) as pictures:
        ask(pictures, photo)
        until_true(lambda: not pictures.pids)
        assert (160, 120) == ask(pictures, photo)


def test_a_process_that_is_killed_in_the_middle_costs_one(tmp_path: Path) -> None:
    """By whoever, as the kernel does when memory runs out."""
    bad, good = named(tmp_path, "hang", "good")

    with closing(maker(command=BAD)) as pictures, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, pictures, bad)
        until_true(lambda: bool(pictures.pids))
        os.kill(pictures.pids[0], signal.SIGKILL)
        with pytest.raises(PictureRefused, match="crashed"):
            waiting.result()
        assert (1, 1) == ask(pictures, good)


def test_many_threads_may_ask_at_once(tmp_path: Path) -> None:
    """There are never more processes than it was told."""
    photos = [make_photo(tmp_path / f"{number}.jpg") for number in range(12)]

    with (
        closing(PictureMaker(SETUP, processes=2)) as pictures,
        ThreadPoolExecutor(6) as threads,
    ):
        sizes = list(threads.map(lambda each: ask(pictures, each), photos))
        assert 1 <= len(pictures.pids) <= 2

    assert [(160, 120)] * 12 == sizes


def test_a_process_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    """A server's threads come and go."""
    photo = make_photo(tmp_path / "a.jpg")

    with closing(maker()) as pictures:
        thread = threading.Thread(target=ask, args=(pictures, photo))
        thread.start()
        thread.join()
        (pid,) = pictures.pids
        time.sleep(0.2)  # noqa: TID251 - a signal would have come by now
        assert is_running(pid)
        assert (pid,) == pictures.pids


def test_who_waits_when_it_is_closed_is_refused(tmp_path: Path) -> None:
    """And nothing is left."""
    (bad,) = named(tmp_path, "hang")
    pictures = maker(command=BAD)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, pictures, bad)
        until_true(lambda: bool(pictures.pids))
        (pid,) = pictures.pids

        pictures.close()

        with pytest.raises(PictureRefused):
            waiting.result()
    assert not is_running(pid)
    with pytest.raises(PictureRefused, match="is ending"):
        ask(pictures, bad)


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    """As every other refusal."""
    (photo,) = named(tmp_path, "a")

    with (
        closing(maker(command=("/nowhere/at/all",))) as pictures,
        pytest.raises(PictureRefused, match="cannot be started"),
    ):
        ask(pictures, photo)


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    """Though nobody closes it."""
    photo = make_photo(tmp_path / "a.jpg")
    script = (
        "import os, sys, time\n"
        "from tests.classifier.test_picture_maker import *\n"
        "pictures = maker()\n"
        f"ask(pictures, Path({os.fspath(photo)!r}))\n"
        "print(pictures.pids[0], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=False)

    pid = int(done.stdout)
    until_true(lambda: not is_running(pid))


def test_a_picture_is_made_once_and_kept(tmp_path: Path) -> None:
    """For each side; another program has it from the disk, without a process."""
    photo = make_photo(tmp_path / "a.jpg")
    cache = tmp_path / "cache"
    with closing(PictureMaker(SETUP, PictureCache(cache, SystemClock()))) as pictures:
        first = pictures.thumbnail(os.fspath(photo), identity_of(photo), 160)

    with closing(PictureMaker(SETUP, PictureCache(cache, SystemClock()))) as pictures:
        again = pictures.thumbnail(os.fspath(photo), identity_of(photo), 160)
        assert not pictures.pids
        other = pictures.thumbnail(os.fspath(photo), identity_of(photo), 80)

    assert first == again
    assert 80 == other.width


@pytest.mark.data
@pytest.mark.timeout(600)
def test_hostile_files_crash_nothing(shared_data: Path) -> None:
    """Each becomes a picture or a sentence, and one process sees all of them."""
    files = sorted((shared_data / "torture").iterdir())
    ends: list[str] = []

    with closing(maker()) as pictures:
        for each in files:
            try:
                ask(pictures, each, 240)
                ends.append("made")
            except PictureRefused as error:
                ends.append(error.sentence)
        assert 1 == len(pictures.pids)

    assert len(files) == len(ends)
    assert all(ends)
    assert not [each for each in ends if "crash" in each or "longer" in each]
    assert 100 < ends.count("made") < len(files) - 100
