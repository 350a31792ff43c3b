"""Which picture of a photo the network is shown, quickly or in full.

A preview that is enough for a quick look only is shown quickly. A picture that was decoded whole is
good enough for both. If the model's full look is no larger than its quick one, it is shown in full
at once. Otherwise quickly first, and it is kept for a moment: if the quick look does not settle
what becomes of the photo, the file need not be read and decoded again.

Part of the classifier process.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from gallery_daemon.imaging.look import Look, look
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.classifier.messages import Request, Setup
    from gallery_daemon.photo import Identity

_KEPT_BATCHES = 4


class Looker:
    """Looks at photos; any thread may call it."""

    def __init__(self, setup: Setup, sizes: Mapping[LookKind, int]) -> None:
        """`sizes` are the sides of the model's pictures, of each look that it serves."""
        self._setup, self._sizes = setup, sizes
        self._kept: OrderedDict[tuple[str, Identity], Look] = OrderedDict()
        self._most_kept, self._lock = _KEPT_BATCHES * setup.batch_size, Lock()

    def __call__(self, request: Request) -> Look:
        """The photo's facts, and a picture with the look that it is to be shown in.

        Raises:
            PhotoChanged, NotAPhoto, BadPhoto, OSError: as `imaging.look`.
        """
        if request.look is LookKind.FULL and (found := self._take(request)):
            return found
        is_quick = request.look is LookKind.QUICK and LookKind.QUICK in self._sizes
        found = look(
            request.path,
            request.identity,
            max_bytes=self._setup.max_bytes,
            max_pixels=self._setup.max_pixels,
            want_hash=request.want_hash,
            kind=LookKind.QUICK if is_quick else LookKind.FULL,
        )
        if not is_quick or found.kind is LookKind.QUICK:
            return found
        if self._sizes[LookKind.FULL] <= self._sizes[LookKind.QUICK]:
            return found
        self._keep(request, found)
        return replace(found, kind=LookKind.QUICK)

    def _keep(self, request: Request, found: Look) -> None:
        with self._lock:
            self._kept[request.path, request.identity] = found
            if len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)

    def _take(self, request: Request) -> Look | None:
        with self._lock:
            return self._kept.pop((request.path, request.identity), None)
