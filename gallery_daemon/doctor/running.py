"""The daemon: does one run on these folders, does it answer, and by which configuration?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.daemon.instance import ask, name_of, running
from gallery_daemon.doctor.finding import bad, odd, well

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.doctor.finding import Finding

ABOUT = "daemon"
_RELOAD = "systemctl --user reload gallery-daemon, or send it SIGHUP"


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon that holds one of the folders; `is_busy` if it did not answer.

    `digest` is that of its configuration, empty where it did not say; `is_told_of` and
    `is_watched_over`: the service manager hears when it is ready, and restarts it when it hangs.
    """

    pid: int
    is_busy: bool = False
    digest: str = ""
    paused_because: str | None = None
    is_told_of: bool = False
    is_watched_over: bool = False


def look_at_running(folders: Iterable[str]) -> tuple[Running, ...]:
    """The daemons of this user that hold one of the folders."""
    wanted = {name_of(folder) for folder in folders}
    found: dict[int, Running] = {}
    for name in wanted.intersection(running()):
        try:
            pid, words = ask(name)
        except OSError:
            continue  # it has ended meanwhile
        found.setdefault(pid, _of_words(pid, words))
    return tuple(found.values())


def judge_running(seen: tuple[Running, ...], digest: str) -> Iterator[Finding]:
    """`digest` is that of the configuration as it is now."""
    if not seen:
        advice = "systemctl --user start gallery-daemon, or gallery-daemon run"
        yield odd(ABOUT, "none is running on these folders", advice)
    for each in seen:
        who = f"process {each.pid}"
        if each.is_busy:
            yield bad(ABOUT, f"{who} does not answer", "see its log; if it hangs, restart it")
            continue
        if each.paused_because is not None:
            yield bad(ABOUT, f"{who} files nothing: {each.paused_because}", "mend that; it goes on")
        if each.digest not in {"", digest}:
            what = f"{who} runs by another configuration, or by an older text of this one"
            yield odd(ABOUT, what, _RELOAD)
        yield well(ABOUT, f"{who} runs and answers, {_care(each)}")


def _care(seen: Running) -> str:
    if not seen.is_told_of:
        return "on its own: no service manager looks after it"
    return "told to the service manager" + (", with a watchdog" if seen.is_watched_over else "")


def _of_words(pid: int, words: str) -> Running:
    try:
        said = json.loads(words)
    except ValueError:
        return Running(pid, is_busy=True)
    environ = _environment_of(pid)
    return Running(
        pid,
        digest=str(said.get("digest") or ""),
        paused_because=said.get("paused_because"),
        is_told_of=b"NOTIFY_SOCKET" in environ,
        is_watched_over=b"WATCHDOG_USEC" in environ,
    )


def _environment_of(pid: int) -> frozenset[bytes]:
    """The names of the variables that the process was started with."""
    try:
        pairs = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return frozenset()
    return frozenset(pair.partition(b"=")[0] for pair in pairs)
