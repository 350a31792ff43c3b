"""An engine's name goes through a file and comes back; and it is cheap to know."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gallery_daemon.model.engines.engine import INT8, LIBRARIES, REFERENCE, EngineKind

KINDS = [REFERENCE, INT8, EngineKind("torch", "cuda", "float16")]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_an_engine_is_read_from_its_own_words(kind: EngineKind) -> None:
    """Three words: the library, the device, the precision."""
    assert kind == EngineKind.parse(str(kind))


@pytest.mark.parametrize("text", ["", "torch cpu", "torch cpu float32 more", "warp cpu float32"])
def test_other_words_are_refused(text: str) -> None:
    """A damaged file or a later version's engine is an error and no engine."""
    with pytest.raises(ValueError, match=r"unpack|no library"):
        EngineKind.parse(text)


def test_only_eight_bits_are_not_exact() -> None:
    """Half the bits of each weight are rounding, not another network."""
    assert [True, False, True] == [kind.is_exact for kind in KINDS]


def test_to_know_engines_costs_no_library() -> None:
    """The idle daemon reads names and measurements; it never pays for numpy or a library."""
    heavy = {"numpy", *LIBRARIES}
    code = (
        "import sys, gallery_daemon.model.engines.measured\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )

    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert "[]" == told.stdout.strip()
