"""Engines are measured while nobody waits, remembered, and given up for the next photo."""

from __future__ import annotations

import contextlib
import json
import math
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from gallery_daemon.model.engines import engine as engines
from gallery_daemon.model.engines import measure as measuring
from gallery_daemon.model.engines.engine import INT8, REFERENCE, EngineKind
from gallery_daemon.model.engines.measure import fastest, measure
from gallery_daemon.model.engines.measured import EngineCache, Measurement, circumstances
from gallery_daemon.model.manifest_file import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gallery_daemon.model.engines.choose import EngineOptions

HALF = EngineKind("torch", "cpu", "bfloat16")


@contextlib.contextmanager
def trials_say(python: Path, *lines: str, then: str = "") -> Iterator[None]:
    """Every trial is this program, which notes its arguments beside it and says these lines."""
    log = python.with_suffix(".log")
    said = "\n".join(f"echo '{each}'" for each in lines)
    python.write_text(f"#!/bin/sh\necho $* >> {log}\n{said}\n{then}\n")
    python.chmod(0o755)
    with patch.object(sys, "executable", str(python)):
        yield


def line(kind: EngineKind, speed: float, others: float = 0.0) -> str:
    """What a trial says of one engine."""
    return json.dumps({"kind": str(kind), "pictures_per_s": speed, "others": others})


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set what others take of the machine when a measurement is to begin; at first nothing."""

    def others_take(share: float) -> None:
        monkeypatch.setattr(measuring, "share_of_others", lambda: share)

    others_take(0.0)
    return others_take


@pytest.fixture
def memory(wanted: EngineOptions) -> EngineCache:
    """What is remembered for the bundle on this machine."""
    return EngineCache(wanted.memory, circumstances(read_manifest(wanted.bundle), "auto", "auto"))


pytestmark = pytest.mark.usefixtures("company")
NO_PHOTO = threading.Event()


@pytest.mark.parametrize(
    ("expected", "measured"),
    [
        (REFERENCE, {REFERENCE: 20.0}),
        (HALF, {REFERENCE: 20.0, HALF: 50.0}),
        (INT8, {INT8: 61.0, HALF: 50.0}),
        (HALF, {INT8: 59.0, HALF: 50.0}),
    ],
)
def test_the_fastest_is_taken_and_rounding_must_be_worth_it(
    expected: EngineKind, measured: dict[EngineKind, float]
) -> None:
    """Eight bits are preferred from a fifth more speed on."""
    assert expected == fastest(measured)


@pytest.mark.long
def test_every_engine_is_measured(
    wanted: EngineOptions, memory: EngineCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in a process of its own; the result is remembered."""
    # The other tests run beside this one.
    monkeypatch.setattr(measuring, "_BUSY", math.inf)
    found = measure(wanted, INT8, NO_PHOTO)

    assert found is not None
    assert {INT8, REFERENCE} <= set(found.speeds)
    assert all(speed > 0 for speed in found.speeds.values())
    assert (found, True) == (memory.recall(), found.is_settled)


def test_what_a_trial_babbles_is_not_believed(wanted: EngineOptions, tmp_path: Path) -> None:
    """Lines that are no measurement are passed over; a speed must be a number above 0."""
    with trials_say(
        tmp_path / "python",
        "{ some library said",
        '{"kind": "torch cpu float32"}',
        '{"kind": "warp", "pictures_per_s": 9, "others": 0}',
        '{"kind": "torch cpu bfloat16", "pictures_per_s": NaN, "others": 0}',
        '{"kind": "torch cpu float32", "pictures_per_s": 7, "others": 0}',
    ):
        assert Measurement(REFERENCE, {REFERENCE: 7.0}) == measure(wanted, INT8, NO_PHOTO)


@pytest.mark.parametrize(
    ("installed", "expected"), [(True, ["openvino", "torch"]), (False, ["torch"])]
)
def test_each_library_that_may_run_it_is_tried(
    wanted: EngineOptions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    installed: bool,
    expected: list[str],
) -> None:
    """And no other."""
    monkeypatch.setattr(engines, "is_installed", lambda _name: installed)

    with trials_say(tmp_path / "python"):
        measure(wanted, INT8, NO_PHOTO)

    tried = (tmp_path / "python").with_suffix(".log")
    assert expected == [words.split()[4] for words in tried.read_text().splitlines()]


def test_a_photo_ends_a_trial_and_nothing_is_remembered(
    wanted: EngineOptions, tmp_path: Path
) -> None:
    """The trial is killed within moments, and the other library is not tried."""
    photo = threading.Event()
    tried = (tmp_path / "python").with_suffix(".log")

    def photo_comes() -> None:
        while not tried.exists():
            threading.Event().wait(0.01)
        photo.set()

    with trials_say(tmp_path / "python", line(INT8, 110), then="exec sleep 60"):
        threading.Thread(target=photo_comes).start()
        began = time.monotonic()
        assert measure(wanted, INT8, photo) is None

    assert time.monotonic() - began < 30
    assert 1 == len(tried.read_text().splitlines())
    assert not wanted.memory.exists()


def test_a_trial_that_hangs_is_ended_and_what_it_told_counts(
    wanted: EngineOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One engine was timed before the library hung."""
    monkeypatch.setattr(measuring, "_TRIALS_S", 0.5)

    with trials_say(tmp_path / "python", line(REFERENCE, 7), then="exec sleep 60"):
        found = measure(replace(wanted, device="cuda"), INT8, NO_PHOTO)

    assert found is not None
    assert (REFERENCE, {REFERENCE: 7.0}) == (found.kind, found.speeds)


def test_trials_that_cannot_be_started_leave_what_serves(
    wanted: EngineOptions, memory: EngineCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system is out of processes, or Python is gone: photos are classified all the same."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    assert Measurement(INT8, {}, is_settled=False) == measure(wanted, INT8, NO_PHOTO)
    assert Measurement(INT8, {}, is_settled=False) == memory.recall()


def test_on_a_busy_machine_nothing_is_begun(
    wanted: EngineOptions, tmp_path: Path, company: Callable[[float], None]
) -> None:
    """It would take longest there and say least."""
    company(0.5)
    with trials_say(tmp_path / "python", line(INT8, 55)):
        assert measure(wanted, INT8, NO_PHOTO) is None

    assert not (tmp_path / "python").with_suffix(".log").exists()
    assert not wanted.memory.exists()


def test_what_was_measured_beside_other_work_is_not_final(
    wanted: EngineOptions, memory: EngineCache, tmp_path: Path
) -> None:
    """The engine that was slowed then is preferred once the machine is quiet."""
    with trials_say(tmp_path / "busy", line(INT8, 55, 0.4), line(HALF, 50, 0.02)):
        first = measure(wanted, INT8, NO_PHOTO)
    assert first == memory.recall()
    with trials_say(tmp_path / "quiet", line(INT8, 110, 0.01), line(HALF, 48)):
        second = measure(wanted, INT8, NO_PHOTO)

    assert Measurement(HALF, {INT8: 55.0, HALF: 50.0}, is_settled=False) == first
    assert Measurement(INT8, {INT8: 110.0, HALF: 50.0}, tries=2) == second == memory.recall()


def test_a_machine_that_never_stays_quiet_is_measured_three_times(
    wanted: EngineOptions, memory: EngineCache, tmp_path: Path
) -> None:
    """By then the best figure of each engine counts."""
    for number, speed in enumerate((30, 90, 40), 1):
        with trials_say(tmp_path / str(number), line(INT8, speed, 0.5), line(HALF, 51, 0.3)):
            found = measure(wanted, INT8, NO_PHOTO)
        assert found is not None
        assert (number == 3) is found.is_settled
        assert number == found.tries

    assert Measurement(INT8, {INT8: 90.0, HALF: 51.0}, tries=3) == memory.recall()
