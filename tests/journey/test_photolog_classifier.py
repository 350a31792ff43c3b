"""What is known of the classifier process, report by report."""

from __future__ import annotations

from datetime import UTC, datetime

from gallery_daemon.errors import ClassifierLost
from gallery_daemon.journey.classifier_state import ClassifierState
from gallery_daemon.logs.events import ClassifierFailed, ClassifierStarted, ClassifierStopped

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_process_is_followed_through_its_life() -> None:
    """Idle, starting, running, idle again with the reason, failing, and running once more."""
    state = ClassifierState()
    words = [state.word(None), state.word(7)]
    start = ClassifierStarted("default@1", "torch cpu float32", 900.0, 7, {})

    state.note_start(start, NOW)
    words.append(state.word(7))
    state.note_stop(ClassifierStopped("idle for 300 s"))
    words.append(state.word(None))
    ended = state.stopped_because
    state.note_failure(ClassifierFailed(ClassifierLost("no model"), True, 5.0))
    words.append(state.word(None))
    state.note_start(start, NOW)

    assert ["idle", "starting", "running", "idle", "failing"] == words
    assert ("idle for 300 s", None, None) == (ended, state.stopped_because, state.trouble)
    assert (2, "torch cpu float32", NOW) == (state.starts, state.engine, state.started)
