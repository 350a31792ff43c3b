"""Engines that were measured while others were at work: again, but where the machine is quiet."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.model.engines import choose as choosing
from gallery_daemon.model.engines.choose import EngineOptions, choose
from gallery_daemon.model.engines.engine import INT8, EngineKind
from gallery_daemon.model.engines.measured import EngineCache, Measurement, circumstances
from gallery_daemon.model.manifest_file import read_manifest
from tests.model.engines.test_choose import HALF, recalled, trials_say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def line(kind: EngineKind, speed: float, others: float) -> str:
    """What a trial says of one engine."""
    return json.dumps({"kind": str(kind), "pictures_per_s": speed, "others": others})


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set what others take of the machine when the process starts."""

    def others_take(share: float) -> None:
        monkeypatch.setattr(choosing, "share_of_others", lambda: share)

    others_take(0.0)
    return others_take


@pytest.mark.usefixtures("company")
def test_what_was_measured_beside_other_work_is_measured_again(
    wanted: EngineOptions, tmp_path: Path
) -> None:
    """The engine that was slowed then is preferred once the machine is quiet, and it stays so."""
    memory = EngineCache(wanted.memory, circumstances(read_manifest(wanted.bundle), "auto", "auto"))
    with trials_say(tmp_path / "busy", line(INT8, 55, 0.4), line(HALF, 50, 0.02)):
        first = choose(wanted)
    doubtful = recalled(memory)
    with trials_say(tmp_path / "quiet", line(INT8, 110, 0.01), line(HALF, 48, 0.0)):
        second = choose(wanted)
    with trials_say(tmp_path / "unheard", line(HALF, 500, 0.0)):
        third = choose(wanted)

    assert (HALF, False) == (first.kind, doubtful.is_settled)
    assert Measurement(INT8, {INT8: 110.0, HALF: 50.0}, tries=2) == recalled(memory)
    assert (INT8, INT8, {}) == (second.kind, third.kind, third.measured)


def test_a_busy_machine_is_not_measured_twice(
    wanted: EngineOptions, tmp_path: Path, company: Callable[[float], None]
) -> None:
    """The first photo of all waits for trials; later ones only where they can say something."""
    memory = EngineCache(wanted.memory, circumstances(read_manifest(wanted.bundle), "auto", "auto"))
    company(0.5)
    with trials_say(tmp_path / "busy", line(INT8, 55, 0.4), line(HALF, 50, 0.02)):
        first, second = choose(wanted), choose(wanted)

    assert (HALF, HALF) == (first.kind, second.kind)
    assert {} == second.measured
    assert (1, False) == (recalled(memory).tries, recalled(memory).is_settled)


@pytest.mark.usefixtures("company")
def test_a_machine_that_never_stays_quiet_is_measured_three_times(
    wanted: EngineOptions, tmp_path: Path
) -> None:
    """By then the best figure of each engine counts, and no start waits any longer."""
    memory = EngineCache(wanted.memory, circumstances(read_manifest(wanted.bundle), "auto", "auto"))
    for number, speed in enumerate((30, 90, 40), 1):
        assert number == 1 or not recalled(memory).is_settled
        with trials_say(tmp_path / str(number), line(INT8, speed, 0.5), line(HALF, 51, 0.3)):
            choose(wanted)

    assert Measurement(INT8, {INT8: 90.0, HALF: 51.0}, tries=3) == recalled(memory)


@pytest.mark.usefixtures("company")
def test_trials_that_told_nothing_settle_nothing(wanted: EngineOptions, tmp_path: Path) -> None:
    """All ran out of time on a busy machine: what torch likes best serves until the next start."""
    memory = EngineCache(wanted.memory, circumstances(read_manifest(wanted.bundle), "auto", "cpu"))
    with trials_say(tmp_path / "mute"):
        first = choose(replace(wanted, device="cpu"))
    with trials_say(tmp_path / "quiet", line(INT8, 110, 0.01), line(HALF, 48, 0.0)):
        second = choose(replace(wanted, device="cpu"))

    assert ("torch", {}) == (first.kind.library, first.measured)
    assert INT8 == second.kind
    assert Measurement(INT8, {INT8: 110.0, HALF: 48.0}, tries=2) == recalled(memory)
