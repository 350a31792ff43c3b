"""Free space: of the library, and of the journal where it lies elsewhere."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from gallery_daemon.doctor.finding import bad, odd, well
from gallery_daemon.doctor.library import nearest_folder

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.doctor.finding import Finding

ABOUT = "space"
_MB, _GB = 1_000_000, 1_000_000_000
# A single photo may not fit, nor the journal's next page.
_NONE_BYTES = 50 * _MB
_LOW_BYTES, _LOW_SHARE = _GB, 0.05
# A twentieth of a large disk is room for a thousand photos and more.
_PLENTY_BYTES = 10 * _GB


def look_at_space(path: Path) -> tuple[int, int]:
    """Free and total bytes where the folder lies, or would lie."""
    usage = shutil.disk_usage(nearest_folder(path))
    return usage.free, usage.total


def judge_space(name: str, free_bytes: int, total_bytes: int) -> Finding:
    """Enough for photos that are copied, and for what the journal writes."""
    share = free_bytes / total_bytes if total_bytes else 0.0
    what = f"{name}: {size(free_bytes)} free of {size(total_bytes)} ({share:.0%})"
    if free_bytes < _NONE_BYTES:
        return bad(ABOUT, what, "make room: nothing can be filed")
    is_low = share < _LOW_SHARE and free_bytes < _PLENTY_BYTES
    if free_bytes < _LOW_BYTES or is_low:
        return odd(ABOUT, what, "make room before it is full: photos would wait then")
    return well(ABOUT, what)


def size(count_bytes: int) -> str:
    """`12 MB`, `3.4 GB`."""
    if count_bytes >= _GB:
        return f"{count_bytes / _GB:.1f} GB"
    return f"{count_bytes / _MB:.1f} MB" if count_bytes < 10 * _MB else f"{count_bytes // _MB} MB"
