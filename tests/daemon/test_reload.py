"""Signals: what they ask for, and that they do no more."""

from __future__ import annotations

import os
import signal

import pytest

from gallery_daemon.daemon.reload import Signals, noop

HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def send(number: int) -> None:
    """This process gets the signal, and its handler has run."""
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_noted_by_its_name_and_wakes_the_loop(number: signal.Signals) -> None:
    """The log says which signal it was."""
    signals, wakes = Signals(), []
    signals.wake = lambda: wakes.append("wake")

    with signals.handled():
        before = (signals.is_waiting(), signals.stop_reason())
        send(number)

    assert (False, None) == before
    assert (True, number.name, ["wake"]) == (signals.is_waiting(), signals.stop_reason(), wakes)


def test_a_hangup_asks_for_a_reload_until_that_begins() -> None:
    """It is no reason to stop; one that comes during the reload asks for another."""
    signals = Signals()

    with signals.handled():
        send(signal.SIGHUP)
        asked = signals.is_waiting()
        signals.take_reload()
        taken = signals.is_waiting()
        send(signal.SIGHUP)

    assert (True, False, True) == (asked, taken, signals.is_waiting())
    assert signals.stop_reason() is None


def test_a_stop_outlives_a_reload() -> None:
    """Taking the reload leaves the stop."""
    signals = Signals()

    with signals.handled():
        send(signal.SIGHUP)
        send(signal.SIGTERM)
        signals.take_reload()

    assert "SIGTERM" == signals.stop_reason()
    assert signals.is_waiting()


def test_the_old_handlers_come_back() -> None:
    """After an error, too: a command that follows can be interrupted."""
    before = [signal.getsignal(number) for number in HANDLED]

    with pytest.raises(ZeroDivisionError), Signals().handled():
        raise ZeroDivisionError

    assert before == [signal.getsignal(number) for number in HANDLED]


def test_a_signal_between_two_loops_wakes_none() -> None:
    """It is noted all the same, and the next loop sees it."""
    signals = Signals()
    signals.wake = noop

    with signals.handled():
        send(signal.SIGHUP)
        signals.wake_up()

    assert signals.is_waiting()
