"""No half version under kill -9: `learn`, killed at every call that changes anything.

    python -m tests.faults.learn_kills [--call fsync rename] [--every K]

For each system call that changes a name, a file or what is safe on the disk: a `learn --yes` is
killed by strace at the first such call, another at the second, and so on until one comes through.
Before it, one version serves and one was refused. After each kill what serves must be whole and one
of the two that may; every lesson is still there; and the next `learn` ends well, clears up, and is
the same as if nothing had happened. Prints a table; the exit status is 1 if anything is broken, or
if a call was not reached.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.journal.journal import Journal
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.model_version import ModelVersionState
from gallery_daemon.model.model_versions import ModelVersions
from tests.faults.tracing import CALLS, Kill, census, last_call, traced, why_not
from tests.learning.given import KINDS, give, wrong_calls
from tests.model.learned import REFUSED, adopt, write

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

NAMES = tuple(f"{kind}-{number}" for kind in KINDS for number in range(2))
PROGRAM = (sys.executable, "-m", "tests.faults.quick_learner", "learn", "--yes", "--config")
_CONFIG = 'version: 1\nwatch: {home}/in\nlibrary: {home}/library\nrules: [{{name: a, to: "A/"}}]\n'
_DEADLINE_S = 300.0


class LearnerHome:
    """A person's folders: lessons in the journal, a version that serves, one that was refused."""

    def __init__(self, home: Path) -> None:
        self.home, self.library = home, home / "library"
        self.state = home / "state" / "gallery-daemon"
        self.config = home / "config.yaml"
        self.environ = os.environ | {"XDG_STATE_HOME": str(home / "state"), "HOME": str(home)}

    @property
    def versions(self) -> ModelVersions:
        """As they lie there now."""
        return ModelVersions.of(find_bundle("default"), str(self.library), self.state)

    def furnish(self) -> None:
        """All is as before the first `learn`."""
        (self.home / "in").mkdir(parents=True)
        self.state.mkdir(parents=True)
        self.config.write_text(_CONFIG.format(home=self.home))
        give(self.state / "journal.sqlite3", self.library, NAMES, wrong_calls(self.versions))
        adopt(self.versions)
        write(self.versions, 1, gate=REFUSED)

    def learn(self, trace: Path, kill: Kill | None) -> int:
        """The status of a `learn` under strace, killed or not."""
        # A folder that the filter of opens names must be there.
        made_into = (self.versions.folder, *self.state.glob("journal.sqlite3*"))
        parts = [self.versions.folder / name for name in _MADE]
        command = traced((*PROGRAM, str(self.config)), trace, kill, (*made_into, *parts))
        done = subprocess.run(
            command, env=self.environ, capture_output=True, timeout=_DEADLINE_S, check=False
        )
        return done.returncode

    def again(self) -> subprocess.CompletedProcess[str]:
        """A `learn` that nobody disturbs."""
        return subprocess.run(
            (*PROGRAM, str(self.config)),
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=_DEADLINE_S,
            check=False,
        )

    def broken(self, allowed: set[int]) -> Iterator[str]:
        """What must not be, in clauses; one of `allowed` may serve."""
        serving = self.versions.serving()
        if serving.problem is not None:
            yield serving.problem
        if serving.version.number not in allowed:
            yield f"version {serving.version.number} serves"
        for each in self.versions.all():
            if each.state is ModelVersionState.UNUSABLE:
                yield f"version {each.number} is unusable: {each.problem}"
        with closing(Journal(self.state / "journal.sqlite3")) as journal:
            lessons = journal.lessons.active(str(self.library))
        if len(lessons) != len(NAMES):
            yield f"{len(lessons)} of {len(NAMES)} lessons are left"
        photos = len(list(self.library.glob("*.jpg")))
        if photos != len(NAMES):
            yield f"{photos} of {len(NAMES)} photos are left"


_MADE = tuple(
    f".made-{name}"
    for name in ("current", *(f"3/{part}" for part in ("model.json", "head.safetensors",
                                                       "lessons.safetensors")))
)  # fmt: skip


def trial(template: Path, kill: Kill) -> tuple[str | None, list[str]]:
    """The call that was cut (None: none was left to cut), and what was broken."""
    with tempfile.TemporaryDirectory() as scratch:
        # At the same path for each, for lessons have absolute ones.
        home = LearnerHome(template)
        kept = Path(scratch) / "kept"
        shutil.copytree(template, kept)
        try:
            trace = Path(scratch) / "trace"
            status = home.learn(trace, kill)
            if status != -signal.SIGKILL:
                return None, [] if status == 0 else [f"exit status {status}"]
            cut, found = last_call(trace), list(home.broken({1, 3}))
            done = home.again()
            if done.returncode:
                found.append(f"the next one ends with {done.returncode}: {done.stderr}")
            # What was whole and not adopted yet is learned once more.
            found += home.broken({3, 4})
            folder = home.versions.folder
            if left := [each.name for each in folder.iterdir() if each.name.startswith(".made-")]:
                found.append(f"left over: {', '.join(left)}")
            found += [
                f"version {each.number} is still there"
                for each in home.versions.all()
                if each.state in {ModelVersionState.REFUSED, ModelVersionState.CANDIDATE}
            ]
            return cut, found
        finally:
            shutil.rmtree(template)
            shutil.copytree(kept, template)


def main() -> int:
    """The exit status: 0 if nothing was broken and every call was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--call", nargs="+", choices=CALLS, metavar="CALL", default=list(CALLS))
    parser.add_argument("--every", type=int, default=1, metavar="K", help="every K-th point only")
    options = parser.parse_args()
    if reason := why_not():
        print(reason, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "home"
        LearnerHome(template).furnish()
        made = calls_of(template)
        print(f"{'call':<18}{'made':>6}{'kills':>7}{'broken':>8}", flush=True)
        is_well = True
        for call in (each for each in options.call if made[each]):
            kills, found = sweep(template, call, options.every)
            print(f"{call:<18}{made[call]:>6}{kills:>7}{len(found):>8}", *found, flush=True)
            is_well = is_well and not found and kills > 0
    return 0 if is_well else 1


def calls_of(template: Path) -> Counter[str]:
    """How often a `learn` that nobody disturbs makes each call; all is as before afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        kept, trace = Path(scratch) / "kept", Path(scratch) / "trace"
        shutil.copytree(template, kept)
        status = LearnerHome(template).learn(trace, None)
        shutil.rmtree(template)
        shutil.copytree(kept, template)
        assert status == 0, f"a learn that nobody disturbs ends with {status}"
        return census(trace, Path("/dev"))


def sweep(template: Path, call: str, every: int = 1) -> tuple[int, list[str]]:
    """How many kills there were, and what was broken after which."""
    broken = list[str]()
    for kills, at in enumerate(count(1, every)):
        cut, found = trial(template, Kill(call, at))
        broken += [f"\n    {each} (killed at {cut})" for each in found]
        if cut is None:
            return kills, broken
    raise AssertionError("calls run out")


if __name__ == "__main__":
    sys.exit(main())
