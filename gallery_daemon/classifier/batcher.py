"""Photos become batches: up to N of them, or those that come within T seconds of the first.

One by one wastes the network (a batch of 16 costs far less than 16 times one), and to wait for a
full batch would let a lone photo wait for ever. The time counts from the first photo of the batch,
not from the last call: after a quiet hour a burst is one batch, not one photo and then the rest.

Pure: the source and the clock are arguments. A source that knows that nothing more is on its way
says so at once (see `handover`), and then nobody waits at all; T is the upper bound.

Source of the idea: mosec's `get_batch`, "counting from receiving the first task".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class Take(Protocol[Item_co]):
    """Where the items come from."""

    def __call__(self, timeout_s: float | None) -> Item_co | None:
        """The next item; None after `timeout_s` seconds, or sooner if none is on its way.

        A timeout of None waits for ever; then None means that the source has stopped for good.
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
