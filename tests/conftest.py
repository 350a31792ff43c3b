"""Fixtures that every room's tests share, and the hypothesis profiles."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# Tests run side by side, one process for each core, and the processes that they start inherit this:
# without it torch takes every core in each of them, and the whole run takes half as long again.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# Bytecode is kept (Git ignores it), whatever the environment says, as container images like to:
# without it each program that a test starts compiles itself anew, for a third of a second of CPU
# time, and each process of tests all the tests, for ten seconds.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# CI draws more examples; `deterministic` repeats one run exactly, to look into a failure.
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deterministic", settings.get_profile("dev"), derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as cores: the tests wait for programs a third of their time."""
    return len(os.sched_getaffinity(0)) * 3 // 2 or 1


# What takes its time alone takes several times that beside another such test on a busy machine.
LONG_TIMEOUT_S = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a `long` test a limit of its own, where it names none."""
    for item in items:
        if item.get_closest_marker("long") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONG_TIMEOUT_S))


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is measured of engines is kept out of the person's own cache."""
    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    os.environ["XDG_CACHE_HOME"] = os.fspath(run / "cache")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos beside the checkout; tests that need it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs ../shared/data")
    return SHARED_DATA
