"""What is told besides the log: how often, and to whom on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from gallery_daemon.config.settings import Listen, Telling, WhenToSumUp
from tests.config.texts import HEAD, RULES, config_of, errors_of, says


def told(text: str) -> Telling:
    """What a configuration with this line says."""
    return config_of(f"{HEAD}{RULES}{text}\n").telling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Telling()),
        ("summary: daily", Telling(WhenToSumUp.DAILY)),
        ("summary: off", Telling(WhenToSumUp.OFF)),
        ("metrics: {listen: '127.0.0.1:9464'}", Telling(metrics=Listen("127.0.0.1", 9464))),
        ("metrics: {listen: 'localhost:1'}", Telling(metrics=Listen("127.0.0.1", 1))),
        ("metrics: {listen: '[::1]:65535'}", Telling(metrics=Listen("::1", 65535))),
        ("metrics: {listen: 'unix:/run/m.sock'}", Telling(metrics=Listen(path="/run/m.sock"))),
    ],
)
def test_a_summary_is_daily_and_figures_are_off_unless_said(text: str, expected: Telling) -> None:
    """The loopback interface by any of its names, or a socket."""
    assert expected == told(text)


def test_a_socket_may_lie_at_home() -> None:
    """`~` is written out."""
    metrics = told("metrics: {listen: 'unix:~/m.sock'}").metrics

    assert Listen(path=str(Path.home() / "m.sock")) == metrics


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("listen: '0.0.0.0:9464'", "can be reached from other machines", "127.0.0.1:9464"),
        ("listen: '192.168.1.2:80'", "can be reached from other machines", "127.0.0.1:80"),
        ("listen: 'example.org:9464'", "can be reached from other machines", "127.0.0.1"),
        ("listen: '127.0.0.1.evil.org:9464'", "can be reached from other", "127.0.0.1"),
        ("listen: 9464", "is not 127.0.0.1:PORT, or unix:", "127.0.0.1:9464"),
        ("listen: ':9464'", "is not 127.0.0.1:PORT", "127.0.0.1:9464"),
        ("listen: '127.0.0.1:65536'", "is not 127.0.0.1:PORT", "127.0.0.1:9464"),
        ("listen: '127.0.0.1:0'", "is not 127.0.0.1:PORT", "127.0.0.1:9464"),
        ("listen: 'unix:m.sock'", "no absolute path", "unix:~/"),
        (f"listen: 'unix:/{'x' * 107}'", "at most 107 bytes", "unix:~/"),
        ("port: 9464", "metrics lacks the key listen", "add listen: 127.0.0.1:9464"),
    ],
)
def test_no_figure_leaves_the_machine(text: str, sentence: str, hint: str | None) -> None:
    """Every other interface is a mistake at its place, and so is what is no address."""
    first, *_ = errors_of(f"{HEAD}{RULES}metrics: {{{text}}}\n")

    assert says(first, sentence, hint)


def test_a_summary_is_one_of_two_words() -> None:
    """Anything else is named with both."""
    (error,) = errors_of(f"{HEAD}{RULES}summary: weekly\n")

    assert says(error, '"weekly" is not one of daily, off', None)
