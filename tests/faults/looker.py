"""Looking at hostile files in a process that may die of them: `python -m tests.faults.looker`.

The process is shown one path a line and answers with a line of JSON. It goes by the product's own
`look`; what that may raise is an answer like any other, and anything else is a bug. A decoder that
crashes or hangs takes this process with it, is counted, and another one goes on.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged
from gallery_daemon.imaging.look import look
from gallery_daemon.photo import LookKind
from tests.imaging.pictures import identity_of

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

READ, REFUSED, UNEXPECTED, CRASHED, SLOW = "read", "refused", "unexpected", "crashed", "slow"
_PATIENCE_S = 30.0
_MEMORY_BYTES = 8 << 30


class Looker:
    """The process, started again whenever it died."""

    def __init__(self, module: str = "tests.faults.looker") -> None:
        """It runs the `module`, which answers in the same way."""
        self._module = module
        self._process = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._end()

    def look(self, *paths: Path) -> tuple[str, str]:
        """What came of the file, and in words; what else the module wants to know follows it."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it is dead already, as its answer will say
            process.stdin.write(b"\0".join(map(os.fsencode, paths)) + b"\n")
            process.stdin.flush()
        if not select.select([process.stdout], [], [], _PATIENCE_S)[0]:
            self._end()
            self._process = self._start()
            return SLOW, f"longer than {_PATIENCE_S:g} s"
        answer = process.stdout.readline()
        if not answer:
            self._end()
            self._process = self._start()
            return CRASHED, f"exit status {process.returncode}"
        outcome, words = json.loads(answer)
        return outcome, words

    def _start(self) -> subprocess.Popen[bytes]:
        # A warning that escapes is an error, as in the tests.
        command = [sys.executable, "-W", "error", "-m", self._module]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def _end(self) -> None:
        process = self._process
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def outcome_of(path: Path) -> tuple[str, str]:
    """What the product makes of the file."""
    limits = {"max_bytes": Limits.photo_bytes, "max_pixels": Limits.photo_pixels}
    try:
        seen = look(
            os.fspath(path), identity_of(path), **limits, want_hash=False, kind=LookKind.FULL
        )
    except (BadPhoto, NotAPhoto, PhotoChanged) as error:
        return (REFUSED, error.sentence) if error.sentence.isprintable() else _bug(error)
    except OSError as error:
        return REFUSED, str(error)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return _bug(error)
    camera = seen.facts.camera or "none"
    is_sound = seen.picture.shape == (224, 224, 3) and camera.isprintable()
    return READ if is_sound else UNEXPECTED, repr(seen.facts)


def _bug(error: Exception) -> tuple[str, str]:
    return UNEXPECTED, "".join(traceback.format_exception(error))


def limit_memory() -> None:
    """What asks for more is told that there is none; what crashes leaves no core."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def main() -> None:
    """Answer until there is no more to look at."""
    limit_memory()
    for line in sys.stdin.buffer:
        answer = outcome_of(Path(os.fsdecode(line.rstrip(b"\n"))))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
