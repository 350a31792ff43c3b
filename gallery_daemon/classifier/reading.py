"""A request becomes facts and a picture, or a refusal that says what is the matter with the file.

Whatever `look` raises ends here, photo by photo: no file can disturb another. What is the file's
own fault is told apart from what may pass (a disk error, too little memory), because the first is
quarantined and the second tried again.
"""

from __future__ import annotations

import errno
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from gallery_daemon.classifier.messages import Refusal, RefusalKind, Request
from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.photo import Facts

Picture = TypeVar("Picture")
Picture_co = TypeVar("Picture_co", covariant=True)

# An error's words may hold the photo's bytes, of which a frame takes a mebibyte.
_WORDS_LIMIT = 200

_KINDS_BY_ERRNO = {
    errno.ENOENT: RefusalKind.VANISHED,
    errno.ENOTDIR: RefusalKind.VANISHED,
    errno.ESTALE: RefusalKind.VANISHED,  # another machine removed it, on NFS
    errno.EACCES: RefusalKind.DENIED,
    errno.EPERM: RefusalKind.DENIED,
    errno.ELOOP: RefusalKind.NOT_A_PHOTO,  # a symbolic link, opened with O_NOFOLLOW
}


class Seen(Protocol[Picture_co]):
    """What `look` gives: facts, and the picture for the network."""

    @property
    def facts(self) -> Facts:
        """What is known without the model."""
        ...

    @property
    def picture(self) -> Picture_co:
        """uint8 (S, S, 3), RGB."""
        ...


@dataclass(frozen=True, slots=True)
class Looked(Generic[Picture]):
    """A photo that waits for the network; `started_s` is the process's monotonic time."""

    id: int
    facts: Facts
    picture: Picture
    started_s: float


def read_photo(
    request: Request, look: Callable[[Request], Seen[Picture]], now: float
) -> Looked[Picture] | Refusal:
    """What `look` makes of the photo; `now` is when it began. Raises nothing."""
    try:
        seen = look(request)
    except Exception as error:  # noqa: BLE001 - whatever happens, the photo is answered
        return Refusal(request.id, *_meaning(error))
    return Looked(request.id, seen.facts, seen.picture, now)


def _meaning(error: Exception) -> tuple[RefusalKind, str]:
    match error:
        case NotAPhoto():
            return RefusalKind.NOT_A_PHOTO, error.reason
        case BadPhoto():
            return RefusalKind.UNREADABLE, error.reason
        case PhotoChanged():
            return RefusalKind.CHANGED, error.sentence
        case OSError():
            kind = _KINDS_BY_ERRNO.get(error.errno or 0, RefusalKind.FAILED)
            return kind, f"cannot be read: {error.strerror or error}"
        case MemoryError():
            return RefusalKind.FAILED, "there is too little memory to read it"
        case _:  # a bug of ours; the photo brought it out and would do so again
            traceback.print_exception(error)
            name, words = type(error).__name__, ascii(str(error))[1:-1][:_WORDS_LIMIT]
            return RefusalKind.UNREADABLE, f"reading it failed unexpectedly: {name}: {words}"
