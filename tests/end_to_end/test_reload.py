"""A configuration that is saved while a real daemon runs."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.end_to_end.conftest import photo_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Daemon

TEST = "tests:\n  - {given: {name: WA-1.jpg}, expect: {to: Chats/}}\n"


def save(path: Path, text: str) -> None:
    """As editors do: written beside, renamed over."""
    beside = path.with_name(f".{path.name}.swp")
    beside.write_text(text)
    beside.rename(path)


def test_a_saved_configuration_is_in_force(daemon: Daemon, tmp_path: Path) -> None:
    """Without a signal; the log says what changed, and the next photo goes by the new rules."""
    daemon.start()

    save(daemon.config, daemon.config.read_text().replace("to: WhatsApp/", "to: Chats/") + TEST)
    told = daemon.wait_for(lambda event: event["event"] == "config_reloaded")
    (daemon.watch / "WA-1.jpg").write_bytes(photo_bytes(tmp_path, 10))
    filed = daemon.wait_for_photo("WA-1.jpg")
    daemon.stop()

    assert ["tests changed", 'rule "by name" changed: to WhatsApp/ -> Chats/'] == told["changes"]
    assert filed["destination"].endswith("/Chats/WA-1.jpg")
    assert 1 == sum(event["event"] == "config_reloaded" for event in daemon.events)


def test_rules_that_fail_their_tests_do_not_come_into_force(daemon: Daemon, tmp_path: Path) -> None:
    """Rejected with the test's place when it is saved, and again on SIGHUP; the old rules stay."""
    daemon.start()
    good = daemon.config.read_text()

    save(daemon.config, good + TEST)
    rejected = daemon.wait_for(lambda event: event["event"] == "config_rejected")
    before = len(daemon.events)
    daemon.process.send_signal(signal.SIGHUP)
    again = daemon.wait_for(lambda event: event["event"] == "config_rejected", before)
    (daemon.watch / "WA-1.jpg").write_bytes(photo_bytes(tmp_path, 20))
    filed = daemon.wait_for_photo("WA-1.jpg")
    daemon.stop()

    line = good.count("\n") + 2
    assert f"{daemon.config}:{line}:5" == rejected["place"] == again["place"]
    assert "expected Chats/, got WhatsApp/ by rule by name" in rejected["error"]
    assert filed["destination"].endswith("/WhatsApp/WA-1.jpg")
    assert not [event for event in daemon.events if event["event"] == "config_reloaded"]


def test_a_broken_save_is_told_with_its_place_and_the_next_one_counts(daemon: Daemon) -> None:
    """Through a link, as where configurations are kept elsewhere."""
    kept = daemon.config.with_name("kept.yaml")
    daemon.config.rename(kept)
    daemon.config.symlink_to("kept.yaml")
    daemon.start()
    good = kept.read_text()

    save(kept, good.replace("to: WhatsApp/", "too: WhatsApp/"))
    daemon.wait_for(lambda event: event.get("place") == f"{daemon.config}:8:5")
    save(kept, good.replace("to: WhatsApp/", "to: Chats/"))
    told = daemon.wait_for(lambda event: event["event"] == "config_reloaded")
    daemon.stop()

    assert ['rule "by name" changed: to WhatsApp/ -> Chats/'] == told["changes"]


def test_photos_of_former_rules_are_told_of(daemon: Daemon, tmp_path: Path) -> None:
    """They stay; the log says how many, by which rules, and by which command they move."""
    daemon.start()
    (daemon.watch / "WA-1.jpg").write_bytes(photo_bytes(tmp_path, 10))
    daemon.wait_for_photo("WA-1.jpg")

    save(daemon.config, daemon.config.read_text().replace("name: by name", "name: chats"))
    told = daemon.wait_for(lambda event: event["event"] == "former_rules_found")
    daemon.stop()

    assert (1, {"by name": 1}) == (told["photos"], told["rules"])
    assert "gallery-daemon refile" in told["hint"]
    assert 1 == sum(event["event"] == "former_rules_found" for event in daemon.events)
