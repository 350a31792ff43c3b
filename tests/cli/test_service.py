"""`service install` and `service remove`, as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

GOOD = "version: 1\nwatch: ~/in\nlibrary: ~/out\nrules: [{name: a, to: A/}]\n"
FAILS = f"{GOOD}tests: [{{given: {{name: a.jpg}}, expect: {{to: B/}}}}]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "gallery-daemon check --init"),
        (f"{GOOD}rulez: []\n", "did you mean rules?"),
        (FAILS, "expected B/, got A/"),
        (GOOD, None),
    ],
)
def test_a_service_that_could_not_start_is_told_of(
    run: Run, tmp_path: Path, text: str | None, says: str | None
) -> None:
    """When it is installed, and not by the log of a service that ends at once."""
    home = tmp_path / "home/.config"
    (home / "gallery-daemon").mkdir(parents=True)
    _make_manager(tmp_path)
    if text is not None:
        (home / "gallery-daemon/config.yaml").write_text(text)

    done = run("service", "install")

    assert 0 == done.returncode
    assert (home / "systemd/user/gallery-daemon.service").exists()
    assert (says or "") in done.stderr
    assert (says is None) == ("" == done.stderr)
    assert (says is None) == ("now run:" in done.stdout)


def test_a_machine_without_a_user_manager_is_told_of(run: Run, tmp_path: Path) -> None:
    """There `systemctl --user` only says "Failed to connect to bus"."""
    without = run("service", "install")
    _make_manager(tmp_path)
    beside = run("service", "install")

    assert 0 == without.returncode
    assert "no systemd user manager runs here" in without.stdout
    assert without.stdout.endswith("start the daemon yourself: gallery-daemon run\n")
    assert "systemctl" not in without.stdout + without.stderr
    assert "journalctl" not in without.stdout + without.stderr
    assert "no systemd user manager" not in beside.stdout


def test_an_enabled_service_is_disabled(run: Run, tmp_path: Path) -> None:
    """With its unit gone systemd would keep a link to nowhere."""
    folder = tmp_path / "home/.config/systemd/user"
    _make_manager(tmp_path)
    run("service", "install")
    wants = folder / "default.target.wants"
    wants.mkdir()
    (wants / "gallery-daemon.service").symlink_to(folder / "gallery-daemon.service")

    done, again = run("service", "remove"), run("service", "remove")

    assert 0 == done.returncode
    assert "disabled and removed" in done.stdout
    assert "systemctl --user stop gallery-daemon" in done.stdout
    assert [] == [*wants.iterdir()]
    assert not (folder / "gallery-daemon.service").exists()
    assert "no unit is installed" in again.stdout


def _make_manager(tmp_path: Path) -> None:
    """The socket by which `systemctl --user` finds the manager."""
    (tmp_path / "runtime/systemd").mkdir(parents=True)
    (tmp_path / "runtime/systemd/private").touch()
