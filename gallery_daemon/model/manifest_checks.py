"""What would be impossible in a manifest: a text from outside may say anything.

Each check is a sentence with whether it is so, in the order in which a person should hear of them.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from gallery_daemon.codec import lone_surrogate
from gallery_daemon.model.manifest import (
    FORMAT_VERSION,
    PROBES,
    QUANTILES,
    TALLY_BINS,
    WHOLE_NETWORK_VERSION,
)
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.model.manifest import Int8Network, Manifest

_CHANNELS = 3
_SIZES = range(32, 1025)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FARTHEST = 2.0  # of cosine distances


def first_problem(manifest: Manifest) -> str | None:
    """The first thing that is impossible in the manifest, in a clause; None: nothing is."""
    return next((problem for problem, is_so in _problems(manifest) if is_so), None)


def _problems(manifest: Manifest) -> Iterator[tuple[str, bool]]:
    """What would be impossible in a manifest, and whether it is so in this one."""
    classes = manifest.classes
    for text in (manifest.name, *classes, manifest.weights_sha256):
        yield f"{text!r} is not a text", lone_surrogate(text) is not None
    yield "it has no classes", not classes
    yield "a class is named twice", len(set(classes)) != len(classes)
    yield (
        "a class has an empty name or one with a slash",
        any(not name.strip() or "/" in name for name in classes),
    )
    yield (
        "mean and std are not three numbers each",
        (len(manifest.mean), len(manifest.std)) != (_CHANNELS, _CHANNELS)
        or not all(value > 0 for value in manifest.std),
    )
    yield "the weights' hash is not a SHA-256", not _is_sha256(manifest.weights_sha256)
    if manifest.format_version == FORMAT_VERSION:
        yield "the head's hash is not a SHA-256", not _is_sha256(manifest.head_sha256)
    yield from _problems_of_looks(manifest)
    yield from _problems_of_bank(manifest)
    if manifest.int8 is not None:
        yield from _problems_of_int8(manifest.int8, manifest)


def _problems_of_looks(manifest: Manifest) -> Iterator[tuple[str, bool]]:
    yield "it has no full look", LookKind.FULL not in manifest.looks
    for look in manifest.looks.values():
        yield "the temperature is not above 0", not look.temperature > 0
        yield "the input size is not between 32 and 1024", look.size not in _SIZES
        yield (
            "it has the reach of some classes only",
            bool(look.reach) and look.reach.keys() != set(manifest.classes),
        )
        yield "a reach is below 0", not all(reach >= 0 for reach in look.reach.values())
        for name, tally in look.tallies.items():
            yield f"it has a tally of {name!r}, which is no class", name not in manifest.classes
            lengths = {len(tally.called), len(tally.right)}
            yield f"the tally of {name!r} has not {TALLY_BINS} places", lengths != {TALLY_BINS}
            pairs = zip(tally.called, tally.right, strict=True)
            yield (
                f"the tally of {name!r} has more right than called",
                not all(0 <= right <= called for called, right in pairs),
            )


def _problems_of_bank(manifest: Manifest) -> Iterator[tuple[str, bool]]:
    scale, digest = manifest.familiarity, manifest.bank_sha256
    yield "it has a bank or a scale of familiarity, not both", (scale is None) != (digest is None)
    if scale is None:
        return
    yield "the bank's hash is not a SHA-256", not _is_sha256(digest)
    yield "the familiarity has no neighbours", scale.neighbours < 1
    yield f"the familiarity has not {QUANTILES} distances", len(scale.distances) != QUANTILES
    yield (
        "the familiarity's distances do not ascend from 0 to 2",
        any(low > high for low, high in itertools.pairwise((0.0, *scale.distances, _FARTHEST))),
    )


def _problems_of_int8(int8: Int8Network, manifest: Manifest) -> Iterator[tuple[str, bool]]:
    yield "int8 has not the looks of the model", int8.looks.keys() != manifest.looks.keys()
    yield (
        "int8 has a hash that is no SHA-256",
        not (_is_sha256(int8.xml_sha256) and _is_sha256(int8.bin_sha256)),
    )
    for look in int8.looks.values():
        lengths = {len(row) for row in look.answers}
        yield f"int8 has no {PROBES} answers", len(look.answers) != PROBES or 0 in lengths
        yield "int8 has answers of different lengths", len(lengths) > 1
        yield (
            "int8 has a share outside 0 to 1",
            not (0 <= look.agreement <= 1 and 0 <= look.difference <= 1),
        )
        if manifest.format_version == WHOLE_NETWORK_VERSION:
            yield "int8 has not an answer for each class", lengths != {len(manifest.classes)}


def _is_sha256(digest: str | None) -> bool:
    return digest is not None and _SHA256.fullmatch(digest) is not None
