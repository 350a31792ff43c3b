"""Requests become answers in batches: read, wait in a bounded queue, classify together.

**Read.** A request becomes facts and a picture, or a refusal that says what is wrong with the file.
Whatever `look` raises ends here, so no file can disturb another. The file's own faults are told
from those that may pass (a disk error, too little memory), because the first is quarantined and the
second tried again.

**Queue.** A plain queue cannot tell a pause from an end, so filling a batch from it would wait the
whole time even for a lone photo. Here each item is announced when its request comes in, and later
given, or withdrawn if the photo could not be read. When nothing more is announced, `take` returns
at once: a lone photo is classified without waiting, and a backlog in full batches.

**Batch.** Up to N photos, or those that come within T seconds of the first. One by one wastes the
network (a batch of 16 costs far less than 16 of one); waiting for a full batch would never end for
a lone photo. The time counts from the first photo and not from the last call, so after a quiet hour
a burst is one batch. Source of the idea: mosec's `get_batch`, "counting from receiving the first
task".

**Classify.** As many answers as pictures, in the same order. The network's result (scores for each
picture, a probability for each class) is checked before anything is answered. If the network fails
on a batch, each photo is tried alone; one that fails alone is refused, but not as unreadable: the
network is at fault, and a later attempt may succeed.

Apart from `worker`, which is never imported: there is no process, pipe or clock here; `look`, the
network and the clock are arguments.
"""

from __future__ import annotations

import errno
import math
import traceback
from collections import deque
from dataclasses import dataclass
from threading import Condition
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from gallery_daemon.classifier.messages import Answer, Refusal, RefusalKind, Request
from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged
from gallery_daemon.photo import LookKind, Prediction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gallery_daemon.photo import Facts

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
Picture = TypeVar("Picture")
Picture_co = TypeVar("Picture_co", covariant=True)

# An error's words may contain the photo's bytes; a frame takes no more than a mebibyte.
_WORDS_LIMIT = 200

_KINDS_BY_ERRNO = {
    errno.ENOENT: RefusalKind.VANISHED,
    errno.ENOTDIR: RefusalKind.VANISHED,
    errno.ESTALE: RefusalKind.VANISHED,  # another machine removed it, on NFS
    errno.EACCES: RefusalKind.DENIED,
    errno.EPERM: RefusalKind.DENIED,
    errno.ELOOP: RefusalKind.NOT_A_PHOTO,  # a symbolic link, opened with O_NOFOLLOW
}


class LookResult(Protocol[Picture_co]):
    """What `look` returns: facts, and the picture for the network."""

    @property
    def facts(self) -> Facts:
        """What is known without the model."""
        ...

    @property
    def picture(self) -> Picture_co:
        """uint8 (S, S, 3), RGB."""
        ...

    @property
    def kind(self) -> LookKind:
        """How the network is to be shown the picture."""
        ...

    @property
    def remark(self) -> str | None:
        """What is wrong with the file although it could be read."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared(Generic[Picture]):
    """A photo that waits for the network; `started_s` is the process's monotonic time.

    `picture` and `look` are as in `LookResult`.
    """

    id: int
    facts: Facts
    picture: Picture
    started_s: float
    look: LookKind = LookKind.FULL
    remark: str | None = None


def read_photo(
    request: Request, look: Callable[[Request], LookResult[Picture]], now: float
) -> Prepared[Picture] | Refusal:
    """The photo as `look` reads it, or why it cannot; `now` is when it began. Raises nothing."""
    try:
        result = look(request)
    except Exception as error:  # noqa: BLE001 - whatever happens, the photo is answered
        return Refusal(request.id, *_meaning(error))
    return Prepared(request.id, result.facts, result.picture, now, result.kind, result.remark)


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
        case _:  # a bug in this program, which this photo would trigger again
            traceback.print_exception(error)
            name, words = type(error).__name__, ascii(str(error))[1:-1][:_WORDS_LIMIT]
            return RefusalKind.UNREADABLE, f"reading it failed unexpectedly: {name}: {words}"


class BoundedQueue(Generic[Item]):
    """A queue of at most `limit` items that knows whether more are on their way.

    Any thread may call any method.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[Item] = deque()
        self._announced = 0
        self._changed = Condition()

    def announce(self) -> None:
        """One more item is on its way."""
        with self._changed:
            self._announced += 1

    def give(self, item: Item) -> None:
        """An announced item is here. Blocks while the queue is full, to hold the readers back."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < self._limit)
            self._items.append(item)
            self._announced -= 1
            self._changed.notify_all()

    def withdraw(self) -> None:
        """An announced item will not come after all."""
        with self._changed:
            self._announced -= 1
            self._changed.notify_all()

    def take(self, timeout_s: float | None) -> Item | None:
        """The next item, in the order given.

        None after `timeout_s` seconds, or at once if none is on its way. Without a timeout it
        waits for the next item.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._is_over(timeout_s), timeout_s)
            if not self._items:
                return None
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def _is_over(self, timeout_s: float | None) -> bool:
        return timeout_s is not None and self._announced == 0


class Take(Protocol[Item_co]):
    """A source of items, such as `BoundedQueue.take`."""

    def __call__(self, timeout_s: float | None) -> Item_co | None:
        """The next item; None after `timeout_s` seconds, or sooner if none is on its way.

        Without a timeout, None means that the source has stopped for good.
        """
        ...


def collect(
    take: Take[Item], size: int, wait_s: float, monotonic: Callable[[], float]
) -> list[Item]:
    """The next batch, in order: 1 to `size` items; empty only when the source has stopped.

    Blocks for the first item, then at most `wait_s` seconds for the others.
    """
    first = take(None)
    if first is None:
        return []
    batch = [first]
    deadline = monotonic() + wait_s
    while len(batch) < size:
        item = take(max(0.0, deadline - monotonic()))
        if item is None:
            break
        batch.append(item)
    return batch


@dataclass(frozen=True, slots=True)
class Scores:
    """What a model says of one picture: a probability for each class, and as in `Prediction`.

    `features` are as in `messages.Answer`.
    """

    probabilities: Sequence[float]
    precision: float | None = None
    familiarity: float | None = None
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Network(Generic[Picture]):
    """A loaded model, `name@hash8`.

    `predict` turns N pictures, shown as the look says, into N scores, with probabilities in the
    order of `classes`.
    """

    predict: Callable[[Sequence[Picture], LookKind], Sequence[Scores]]
    classes: tuple[str, ...]
    model: str


def classify(
    batch: Sequence[Prepared[Picture]], network: Network[Picture], monotonic: Callable[[], float]
) -> list[Answer | Refusal]:
    """One answer or refusal for each photo of the batch, look by look. Raises nothing."""
    by_look = ([photo for photo in batch if photo.look is look] for look in LookKind)
    return [reply for some in by_look for reply in _classify(some, network, monotonic)]


def _classify(
    batch: Sequence[Prepared[Picture]], network: Network[Picture], monotonic: Callable[[], float]
) -> list[Answer | Refusal]:
    """One answer or refusal for each photo, of which all have the same look, in their order."""
    if not batch:
        return []
    try:
        found = _predict(batch, network)
    except Exception as error:  # noqa: BLE001 - whatever a network raises, every photo is answered
        traceback.print_exc()
        if len(batch) == 1:
            return [_refuse(batch[0], error)]
        return [reply for photo in batch for reply in _classify([photo], network, monotonic)]
    now = monotonic()
    return [
        Answer(
            id=photo.id,
            facts=photo.facts,
            prediction=prediction,
            batch=len(batch),
            classify_ms=round((now - photo.started_s) * 1000, 1),
            remark=photo.remark,
            features=features,
        )
        for photo, (prediction, features) in zip(batch, found, strict=True)
    ]


def _predict(
    batch: Sequence[Prepared[Picture]], network: Network[Picture]
) -> list[tuple[Prediction, tuple[str, ...]]]:
    """The prediction for each photo, and its features if they are wanted."""
    look = batch[0].look
    found = network.predict([photo.picture for photo in batch], look)
    if len(found) != len(batch):
        raise ValueError(f"{len(found)} predictions for {len(batch)} photos")
    return [(_prediction(scores, network, look), scores.features) for scores in found]


def _prediction(scores: Scores, network: Network[Picture], look: LookKind) -> Prediction:
    named = zip(network.classes, map(_share, scores.probabilities), strict=True)
    precision, familiarity = (
        None if share is None else _share(share) for share in (scores.precision, scores.familiarity)
    )
    return Prediction(dict(named), network.model, precision, familiarity, look)


def _share(value: float) -> float:
    """A share of 0 to 1; rounding may have given slightly more."""
    share = float(value)
    if not math.isfinite(share):
        raise ValueError("a probability is not a number")
    return min(max(share, 0.0), 1.0)


def _refuse(photo: Prepared[Picture], error: Exception) -> Refusal:
    reason = f"the network failed on it: {type(error).__name__}: {error}"
    return Refusal(photo.id, RefusalKind.FAILED, reason, photo.facts)
