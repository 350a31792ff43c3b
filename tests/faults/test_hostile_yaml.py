"""Configurations that mean harm: one sentence, exit status 2, soon; and a daemon that goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import photo_bytes
from tests.faults.test_hostile_moments import GatedDaemon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.faults

# A process that wants more is ended by the system: some ten times what a usual check takes.
LIMITED = ("sh", "-c", 'ulimit -t 10; ulimit -v 1000000; exec "$@"', "limited")
HEAD = "version: 1\nwatch: /in\nlibrary: /out\n"


def laughs(levels: int) -> str:
    """Each line stands for nine of the line above."""
    nines = [", ".join([f"*a{level}"] * 9) for level in range(levels)]
    lines = [f"a{level}: &a{level} [{nine}]" for level, nine in enumerate(nines, start=1)]
    return "\n".join(["a0: &a0 ha", *lines])


def sparse(path: Path) -> None:
    """200 MB that take no disk."""
    with path.open("wb") as file:
        file.write(HEAD.encode())
        file.truncate(200_000_000)


# What is written, line and column of the mistake, and words of the sentence.
TEXTS: dict[str, tuple[str | bytes, str, str]] = {
    "laughs": (laughs(30), "6:15", "more than 20000 values, aliases counted"),
    "brackets": ("[" * 100_000, "1:22", "nests deeper than 20 levels"),
    "braces": ("{a: " * 60_000, "1:82", "nests deeper than 20 levels"),
    "dashes": ("- " * 100_000, "1:43", "nests deeper than 20 levels"),
    "questions": ("? " * 100_000, "1:43", "nests deeper than 20 levels"),
    "object": ("rules: !!python/object/apply:os.system [id]", "1:8", "is a tag of YAML"),
    "scalar": (f"{HEAD}rules: [{{name: x, to: {'x/' * 100_000}}}]", "4:84", "30 folders"),
    "large": ("a: " + "x" * 10_000_000, "1:1", "larger than 256 KiB"),
    "digits": ("%YAML 1." + "9" * 200_000 + "\n---\na: b", "1:1", "this is not YAML"),
    "half": (f'{HEAD}rules: [{{name: "\\ud800", to: A/}}]', "4:16", "half a character"),
    "binary": (bytes(range(256)) * 900, "2:118", "not UTF-8"),
    "zeros": (bytes(1000), "1:1", "U+0000 cannot stand in YAML"),
}
FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "fifo": (os.mkfifo, "not a regular file"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
    "folder": (lambda path: path.mkdir(), "is a directory"),
    "loop": (lambda path: path.symlink_to(path.name), "too many levels of symbolic links"),
    "sparse": (sparse, "larger than 256 KiB"),
}


def make(path: Path, name: str) -> tuple[str, str]:
    """The configuration lies at `path`; where its mistake is, and words of the sentence."""
    if name in FILES:
        make_it, words = FILES[name]
        make_it(path)
        return "1:1", words
    content, place, words = TEXTS[name]
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return place, words


def check(path: Path) -> subprocess.CompletedProcess[str]:
    """`gallery-daemon check`, with little time and little memory."""
    command = [*LIMITED, sys.executable, "-m", "gallery_daemon", "check", "--config"]
    return subprocess.run(
        [*command, os.fspath(path)], capture_output=True, text=True, timeout=60, check=False
    )


def test_a_hostile_configuration_is_one_sentence(tmp_path: Path) -> None:
    """With file, line and column, and exit status 2; none takes long, or much memory."""
    names = ("laughs", "brackets", "object", "binary", "fifo", "folder", "sparse")
    paths = [tmp_path / f"{name}.yaml" for name in names]
    made = [make(path, name) for path, name in zip(paths, names, strict=True)]

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(check, paths))

    for path, (place, words), each in zip(paths, made, done, strict=True):
        first, *rest = each.stderr.splitlines()
        assert (2, "") == (each.returncode, each.stdout), (path, each.stderr[:2000])
        assert first.startswith(f"{path}:{place}: error: "), first[:300]
        assert words in first
        assert len(first) < 300 + len(str(path))
        assert all(line.strip().startswith("hint: ") for line in rest), rest


def nested(depth: int, name: str) -> str:
    """An `any` of two, each an `any` of two, and so on."""
    if depth == 0:
        return f"{{name: {name}}}"
    return f"{{any: [{nested(depth - 1, name + 'a')}, {nested(depth - 1, name + 'b')}]}}"


def test_rules_that_cannot_be_compared_in_a_lifetime_are_no_mistake(tmp_path: Path) -> None:
    """They can be used; only the warnings are given up."""
    path = tmp_path / "config.yaml"
    rules = "".join(f"  - {{name: {each}, when: {nested(8, each)}, to: A/}}\n" for each in "xy")
    path.write_text(f"{HEAD}rules:\n{rules}")

    done = check(path)

    assert 0 == done.returncode
    assert [] == [line for line in done.stderr.splitlines() if "the watch folder" not in line]
    assert "2 rules" in done.stdout


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[GatedDaemon]:
    """One that runs."""
    daemon = GatedDaemon(tmp_path)
    daemon.start()
    yield daemon
    daemon.kill()


def test_a_daemon_keeps_its_rules(daemon: GatedDaemon, tmp_path: Path) -> None:
    """Each hostile configuration is rejected on SIGHUP, and the next photo goes by the old one."""
    before = memory_kb(daemon.process.pid)
    for name in (*TEXTS, *FILES):
        told = len(daemon.events)
        daemon.config.rmdir() if daemon.config.is_dir() else daemon.config.unlink()
        place, words = make(daemon.config, name)
        daemon.process.send_signal(signal.SIGHUP)
        wanted = ("config_rejected", f"{daemon.config}:{place}")
        # The daemon reads what is saved by itself, too, and may tell of it a second time.
        daemon.wait_for(
            lambda event, wanted=wanted, words=words: (  # type: ignore[misc]
                wanted == (event["event"], event.get("place")) and words in event["error"]
            ),
            told,
        )
    (daemon.watch / "a.jpg").write_bytes(photo_bytes(tmp_path, 10))

    filed = daemon.wait_for_photo("a.jpg")
    after = memory_kb(daemon.process.pid)
    daemon.stop()

    assert "photo_filed" == filed["event"]
    assert ["All/cars/none/a.jpg"] == daemon.placed()
    assert after - before < 100_000


def memory_kb(pid: int) -> int:
    """The most memory that the process has had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
