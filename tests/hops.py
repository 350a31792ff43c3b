"""Follow one photo through the files: started by `tests.structure`, with the checkout on the path.

    python tests/hops.py CHECKOUT PHOTO_FOLDER LIBRARY

`sort` files the one photo with the stand-in for the classifier process, and the main thread is
watched from the moment the pipeline sees the photo until its line is written. A hop is a call from
a function of one file to a function of another; one that is made again (the loop turns while the
photo settles) is the same hop. Prints one JSON object on standard error.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType, FrameType


class Walk:
    """Notes who calls whom while the photo is on its way."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._stack: list[CodeType] = []
        self._is_on = False
        self.hops: set[tuple[CodeType, CodeType]] = set()

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        """For `sys.setprofile`."""
        code = frame.f_code
        if event not in {"call", "return"} or not code.co_filename.startswith(self._package):
            return
        if code.co_name.startswith("<"):  # comprehensions and modules
            return
        if event == "return":
            if self._stack and self._stack[-1] is code:
                self._stack.pop()
            return
        if code.co_name == "saw" and code.co_filename.endswith("pipeline.py"):
            self._is_on = True
        if self._is_on and self._stack and self._stack[-1].co_filename != code.co_filename:
            self.hops.add((self._stack[-1], code))
        self._stack.append(code)

    def stop(self) -> None:
        """The line is written."""
        self._is_on = False

    def result(self) -> dict[str, int]:
        """Hops between files and between rooms, and the files and rooms that were entered."""
        pairs = [(one.co_filename, other.co_filename) for one, other in self.hops]
        files = {file for pair in pairs for file in pair}
        rooms = {os.path.dirname(file) for file in files}  # noqa: PTH120 - a string is asked for
        between = [pair for pair in pairs if Path(pair[0]).parent != Path(pair[1]).parent]
        return {
            "hops": len(pairs),
            "room_hops": len(between),
            "files": len(files),
            "rooms": len(rooms),
        }


def main() -> None:
    """Sort, watched."""
    checkout, photos, library = sys.argv[1:]
    walk = Walk(os.path.join(checkout, "gallery_daemon") + os.sep)  # noqa: PTH118 - as above
    written = sys.stdout.write

    def write(text: str) -> int:
        if '"photo_filed"' in text:
            walk.stop()
        return written(text)

    from tests.faults.quick_daemon import run  # noqa: PLC0415 - the checkout's, not this file's

    sys.argv = ["gallery-daemon", "sort", photos, "--library", library, "--log-format", "json"]
    sys.stdout.write = write  # type: ignore[method-assign]
    sys.setprofile(walk.note)
    try:
        run()
    finally:
        sys.setprofile(None)
        print(json.dumps(walk.result()), file=sys.stderr)


if __name__ == "__main__":
    main()
