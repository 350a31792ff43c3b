"""What a bundle says of its network in whole numbers. Needs no numpy: the idle daemon reads it.

A bundle may hold the network a second time, with weights and activations of 8 bits (OpenVINO's
format): four times as fast on a processor that multiplies bytes, and a quarter of the memory. How
often it names the class that float32 names was measured when it was made. Processors differ in how
they add bytes, though, so its answers to a few pictures that anybody can make again (`probes`)
stand beside it: where an engine answers otherwise, it is not taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

XML_FILE, BIN_FILE = "int8.xml", "int8.bin"
# An 8-bit network that names another class more often than this is of no use.
LEAST_AGREEMENT = 0.99
PROBES = 4


@dataclass(frozen=True, slots=True)
class Int8:
    """The 8-bit network of a bundle.

    `agreement` is the share of `pictures` held-out pictures whose class is that of float32,
    `difference` the mean absolute difference of their confidence, 0..1. `answers` are the
    probabilities that it gave to the probes, (PROBES, C).
    """

    xml_sha256: str
    bin_sha256: str
    agreement: float
    difference: float
    pictures: int
    answers: tuple[tuple[float, ...], ...]

    @classmethod
    def of_json(cls, raw: Mapping[str, object]) -> Int8:
        """What `asdict` made and JSON carried.

        Raises:
            KeyError, TypeError, ValueError, OverflowError: it is something else.
        """
        answers = cast("list[list[float]]", raw["answers"])
        found = cls(
            xml_sha256=str(raw["xml_sha256"]),
            bin_sha256=str(raw["bin_sha256"]),
            agreement=float(cast("float", raw["agreement"])),
            difference=float(cast("float", raw["difference"])),
            pictures=int(cast("int", raw["pictures"])),
            answers=tuple(tuple(float(value) for value in row) for row in answers),
        )
        if len(found.answers) != PROBES or not found.answers[0]:
            raise ValueError(f"int8 has no {PROBES} answers")
        if len({len(row) for row in found.answers}) != 1:
            raise ValueError("int8 has answers of different lengths")
        if not (0 <= found.agreement <= 1 and 0 <= found.difference <= 1):
            raise ValueError("int8 has a share outside 0 to 1")
        return found
