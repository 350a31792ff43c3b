"""Which of many pictures are nearly the same, without comparing each with each. Pure.

Pictures that differ in fewer than eight of 128 bits are the same in at least one of eight pieces of
those, so only those are compared that share a piece. Of those that differ in just eight, one in
four hundred has one in each piece, and is missed. What everybody shares, such as the piece of a
black border, would be too many pairs again: of such a piece each picture is compared with its
nearest by their bits. Pictures whose bits are all the same are one from the start.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NEAR_BITS: Final = 8
"""As of the condition `near_duplicate`."""
PIECES: Final = 8
"""So many are the steps of a search."""
_PIECE_BITS: Final = 16
_PIECE: Final = (1 << _PIECE_BITS) - 1
# Each picture with so many of its neighbours, where more than these share a piece.
_COMPARED: Final = 8


@dataclass(frozen=True, slots=True)
class NearGroup:
    """Pictures that are nearly the same: each is near to another one of them.

    `bits` are those by which the two nearest neighbours that are farthest apart differ, 0 to
    `NEAR_BITS`.
    """

    numbers: tuple[int, ...]
    bits: int


class NearSearch:
    """A search among pictures; some groups are found before it is done."""

    def __init__(self, pictures: Iterable[tuple[int, int]]) -> None:
        """Args: `pictures` are the number of each, which rises with time, and its bits."""
        # Nearly all are alone with their bits, and a list for each would take as much again.
        self._first: dict[int, int] = {}
        self._same: defaultdict[int, list[int]] = defaultdict(list)
        self.pictures = 0
        for number, bits in pictures:
            self.pictures += 1
            if self._first.setdefault(bits, number) != number:
                self._same[bits].append(number)
        self._families = _Families()

    def steps(self) -> Iterator[int]:
        """Search on; gives how many of `PIECES` were compared, from none on."""
        yield 0
        different = list(self._first)
        for place in range(PIECES):
            self._families.join(_near_pairs(different, _PIECE_BITS * place))
            yield place + 1

    def groups(self) -> list[NearGroup]:
        """Those found so far, those that are most alike first, then the newest first."""
        found: list[NearGroup] = []
        joined: set[int] = set()
        for family, differ in self._families.all():
            joined.update(family)
            found.append(self._group(family, differ))
        found += [self._group([bits], 0) for bits in self._same if bits not in joined]
        return sorted(found, key=lambda each: (each.bits, -each.numbers[-1]))

    def _group(self, family: Sequence[int], differ: int) -> NearGroup:
        numbers = [self._first[bits] for bits in family]
        numbers += chain.from_iterable(self._same.get(bits, ()) for bits in family)
        return NearGroup(tuple(sorted(numbers)), differ)


def _near_pairs(different: Sequence[int], low: int) -> Iterator[tuple[int, int]]:
    """Pairs that differ in at most `NEAR_BITS`, and not in the piece that begins at bit `low`."""
    first: dict[int, int] = {}
    more: defaultdict[int, list[int]] = defaultdict(list)
    for bits in different:
        piece = bits >> low & _PIECE
        if first.setdefault(piece, bits) is not bits:
            more[piece].append(bits)
    for piece, others in more.items():
        yield from _compared([first[piece], *others])


def _compared(alike: list[int]) -> list[tuple[int, int]]:
    if len(alike) > _COMPARED:
        alike.sort()
    return [
        (one, other)
        for place, one in enumerate(alike)
        for other in alike[place + 1 : place + 1 + _COMPARED]
        if (one ^ other).bit_count() <= NEAR_BITS
    ]


class _Families:
    """Pictures that belong together, and the widest step within each family."""

    def __init__(self) -> None:
        self._pairs: set[tuple[int, int, int]] = set()

    def join(self, pairs: Iterable[tuple[int, int]]) -> None:
        """The two of each pair are of one family."""
        self._pairs.update(
            ((one ^ other).bit_count(), min(one, other), max(one, other)) for one, other in pairs
        )

    def all(self) -> list[tuple[list[int], int]]:
        """Each family, with the widest step that it needs to hang together."""
        above: dict[int, int] = {}
        widest: dict[int, int] = {}
        for differ, one, other in sorted(self._pairs):
            ours, theirs = _head(above, one), _head(above, other)
            if ours != theirs:
                above[theirs] = ours
                widest[ours] = differ
        families: defaultdict[int, list[int]] = defaultdict(list)
        for bits in above:
            families[_head(above, bits)].append(bits)
        return [(members, widest[head]) for head, members in families.items()]


def _head(above: dict[int, int], bits: int) -> int:
    """The one picture of a family that stands for it."""
    while above.setdefault(bits, bits) != bits:
        above[bits] = bits = above[above[bits]]
    return bits
