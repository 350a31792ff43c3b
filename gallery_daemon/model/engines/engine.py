"""What an engine is: a library that runs a network's body on a device at a precision.

Imports no library and no numpy, because the idle daemon reads this file. `REFERENCE`, float32 on
the processor, is what all others are compared with; which engine is the fastest on this machine is
measured (`choose`), not guessed.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gallery_daemon.model.manifest import LEAST_AGREEMENT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gallery_daemon.model.manifest import Manifest

    PictureBatch = NDArray[np.uint8]
    Features = NDArray[np.float32]
    Logits = NDArray[np.float32]


LIBRARIES = ("torch", "openvino")
"""Each has a module of its name beside this one."""


@dataclass(frozen=True, slots=True)
class EngineKind:
    """How a network is run: `torch cpu bfloat16`, `openvino cpu int8`."""

    library: str
    device: str
    precision: str

    def __str__(self) -> str:
        return f"{self.library} {self.device} {self.precision}"

    @classmethod
    def parse(cls, text: str) -> EngineKind:
        """The kind that `str` turned into `text`.

        Raises:
            ValueError: `text` is not of that form.
        """
        library, device, precision = text.split(" ")
        if library not in LIBRARIES:
            raise ValueError(f"{library} is no library")
        return cls(library, device, precision)

    @property
    def is_exact(self) -> bool:
        """Whether the weights are as trained, not rounded to whole numbers."""
        return self.precision != "int8"


REFERENCE = EngineKind("torch", "cpu", "float32")
INT8 = EngineKind("openvino", "cpu", "int8")


def is_installed(name: str) -> bool:
    """Whether the package `name` can be imported. Does not import it."""
    return importlib.util.find_spec(name) is not None


def libraries(manifest: Manifest, device: str) -> tuple[str, ...]:
    """The libraries that `auto` lets run the bundle, the likely fastest first.

    That of the 8-bit network only if it can be used and agrees with float32 well enough.
    """
    can_int8 = (
        device in {"auto", INT8.device}
        and manifest.int8 is not None
        and manifest.int8.agreement >= LEAST_AGREEMENT
        and is_installed(INT8.library)
    )
    return (INT8.library, REFERENCE.library) if can_int8 else (REFERENCE.library,)


class Engine(Protocol):
    """A loaded body, for one thread at a time."""

    @property
    def kind(self) -> EngineKind:
        """How it runs."""
        ...

    @property
    def has_head(self) -> bool:
        """Whether it runs the head as well, and gives logits: that of an old 8-bit network does."""
        ...

    def features(self, pictures: PictureBatch) -> Features:
        """The pooled features, float32 (N, F), of pictures uint8 (N, S, S, 3), RGB.

        S is that of either look; with `has_head` they are the logits (N, C), and S the full look's.
        """
        ...
