"""What runs a network: a library on a device at a precision. Needs neither of them, nor numpy.

`REFERENCE` is float32, the measure of all others; which one is the fastest here is measured
(`choice`), not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pictures = NDArray[np.uint8]
    Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a network is run: `torch cpu bfloat16`, `openvino cpu int8`."""

    library: str
    device: str
    precision: str

    def __str__(self) -> str:
        return f"{self.library} {self.device} {self.precision}"

    @classmethod
    def parse(cls, text: str) -> Kind:
        """What `str` made.

        Raises:
            ValueError: it did not.
        """
        library, device, precision = text.split(" ")
        if library not in {"torch", "openvino"}:
            raise ValueError(f"{library} is no library")
        return cls(library, device, precision)

    @property
    def is_exact(self) -> bool:
        """Whether its weights are those that were trained, and not rounded to whole numbers."""
        return self.precision != "int8"


REFERENCE = Kind("torch", "cpu", "float32")
INT8 = Kind("openvino", "cpu", "int8")


class Engine(Protocol):
    """A loaded network. Not for two threads at once."""

    @property
    def kind(self) -> Kind:
        """How it runs."""
        ...

    def logits(self, pictures: Pictures) -> Logits:
        """What the network makes of uint8 (N, S, S, 3), RGB: float32 (N, C), before softmax."""
        ...
