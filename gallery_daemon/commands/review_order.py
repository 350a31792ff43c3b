"""In which order a person is shown the photos that wait: the most useful first. Pure.

A word is worth most where the model hesitates between two classes (doubt), and where a photo is
unlike all that it was taught (strangeness). And ten shots of one burst teach little more than one
(variety): photos of one burst, of one minute, or that look the same are kin; of kin each further
one is worth less, and no two follow one another while there are others to show.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

STRANGENESS: Final = 0.5
"""What being utterly strange counts, beside the 1 of not knowing at all between two classes."""
_EQUAL_BITS, _PIECES, _BITS = 8, 8, 16
_PIECE = (1 << _BITS) - 1
_HALF_BITS = 64
_HALF = (1 << _HALF_BITS) - 1
# Of pictures that share sixteen bits so many are compared: all black frames share them.
_COMPARED = 20

Bits: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ToOrder:
    """A photo of which the order is asked.

    `usefulness` is 0 or more; `kin` are marks, of which photos that share one are kin.
    """

    id: int
    usefulness: float
    kin: tuple[Hashable, ...] = ()


def usefulness_of(margin: float, familiarity: float | None) -> float:
    """What a word about the photo is worth, by how the model saw it; both 0 to 1."""
    strange = 0.0 if familiarity is None else 1.0 - familiarity
    return (1.0 - margin) + STRANGENESS * strange


class ReviewOrder:
    """The order of the photos that wait: kept from one time to the next, and little of each photo.

    A photo keeps its place while others come and go, so nothing jumps before a person's eyes.
    """

    def __init__(self) -> None:
        # One number of each photo that waits, in the order of their worth.
        self._worth, self._ids, self._families = array("d"), array("q"), array("q")

    def ids(self) -> list[int]:
        """The photos in their order: no two kin in a row for as long as there are others."""
        return list(_spread(zip(self._ids, self._families, strict=True)))

    def known(self) -> set[int]:
        """The photos that have their place."""
        return set(self._ids)

    def families(self) -> dict[int, int]:
        """For each photo the first of its family."""
        return dict(zip(self._ids, self._families, strict=True))

    def keep(self, waiting: set[int]) -> None:
        """Only those wait still."""
        if len(waiting) >= len(self._ids) and waiting.issuperset(self._ids):
            return
        rest = [place for place, number in enumerate(self._ids) if number in waiting]
        self._take(rest)

    def add(self, photos: Sequence[ToOrder]) -> None:
        """These photos wait, too; kin are found among them, and not among those before."""
        families = families_of(photos)
        elder: Counter[int] = Counter()
        for photo in sorted(photos, key=_most_useful):
            family = families[photo.id]
            elder[family] += 1
            self._worth.append(photo.usefulness / elder[family])
            self._ids.append(photo.id)
            self._families.append(family)
        self._take(sorted(range(len(self._ids)), key=self._rank))

    def _rank(self, place: int) -> tuple[float, int]:
        return -self._worth[place], self._ids[place]

    def _take(self, places: Sequence[int]) -> None:
        """Those at the places, in that order, are what is left."""
        self._worth = array("d", [self._worth[place] for place in places])
        self._ids = array("q", [self._ids[place] for place in places])
        self._families = array("q", [self._families[place] for place in places])


def _most_useful(photo: ToOrder) -> tuple[float, int]:
    return -photo.usefulness, photo.id


def families_of(photos: Iterable[ToOrder]) -> dict[int, int]:
    """For each photo by id the family that it belongs to: the first of all that are its kin.

    Kin of kin are of one family.
    """
    above: dict[int, int] = {}
    first_with: dict[Hashable, int] = {}
    for photo in photos:
        above[photo.id] = photo.id
        for mark in photo.kin:
            first = first_with.setdefault(mark, photo.id)
            if first != photo.id:
                ours, theirs = _head(above, photo.id), _head(above, first)
                above[max(ours, theirs)] = min(ours, theirs)
    return {number: _head(above, number) for number in above}


def _head(above: dict[int, int], number: int) -> int:
    while above[number] != number:
        above[number] = above[above[number]]
        number = above[number]
    return number


def _spread(ranked: Iterable[tuple[int, int]]) -> Iterator[int]:
    """The ids in their order, but that a photo waits whose family was shown just before.

    Whoever waits is of the family that was shown last, so each other one lets one of them in.
    """
    last: int | None = None
    held: deque[int] = deque()
    for number, family in ranked:
        if family == last:
            held.append(number)
            continue
        yield number
        if held:
            yield held.popleft()
        else:
            last = family
    yield from held


class Lookalikes:
    """Finds the first picture that another looks like, of those that were shown to it."""

    def __init__(self) -> None:
        self._with_piece: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)

    def mark_of(self, number: int, halves: Bits | None) -> int | None:
        """The id of the first picture like that of the photo; its own, if there is none before.

        Args:
            number: the photo's id.
            halves: the picture's 128 bits as two signed numbers of 64; None: it has none.
        """
        if halves is None:
            return None
        bits = (halves[0] & _HALF) << _HALF_BITS | (halves[1] & _HALF)
        pieces = [(place, bits >> (_BITS * place) & _PIECE) for place in range(_PIECES)]
        for piece in pieces:
            for theirs, earlier in self._with_piece.get(piece, ()):
                if (bits ^ theirs).bit_count() <= _EQUAL_BITS:
                    return earlier
        for piece in pieces:
            alike = self._with_piece[piece]
            if len(alike) < _COMPARED:
                alike.append((bits, number))
        return number
