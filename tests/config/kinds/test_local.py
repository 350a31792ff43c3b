"""Addresses on this machine where figures can be fetched, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from gallery_daemon.config.kinds.local import Listen
from tests.config.texts import HEAD, RULES, config_of, errors_of, says


def listens(text: str) -> Listen | None:
    """Where a configuration with these metrics listens."""
    return config_of(f"{HEAD}{RULES}{text}\n").metrics.listen


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("metrics: {listen: '127.0.0.1:9464'}", Listen("127.0.0.1", 9464)),
        ("metrics: {listen: 'localhost:1'}", Listen("127.0.0.1", 1)),
        ("metrics: {listen: '[::1]:65535'}", Listen("::1", 65535)),
        ("metrics: {listen: 'unix:/run/m.sock'}", Listen(path="/run/m.sock")),
    ],
)
def test_figures_are_off_unless_an_address_is_written(text: str, expected: Listen | None) -> None:
    """The loopback interface by any of its names, or a socket."""
    assert expected == listens(text)


def test_a_socket_may_lie_at_home() -> None:
    """`~` is written out."""
    assert Listen(path=str(Path.home() / "m.sock")) == listens("metrics: {listen: 'unix:~/m.sock'}")


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


@pytest.mark.parametrize(
    ("path", "sentence", "hint"),
    [
        (r"C:\Users\me", "is a path of Windows", "/mnt/c/Users/me"),
        (r"d:\Photos\2024", "is a path of Windows", "/mnt/d/Photos/2024"),
        ("C:/Users/me", "is a path of Windows", "/mnt/c/Users/me"),
        ("C:", "is a path of Windows", "/mnt/c/"),
        (r"\\nas\photos", "is a share of Windows", "mount it"),
        ("smb://nas/photos", "is an address", "mount it"),
        ("sftp://me@nas/photos", "is an address", "mount it"),
        ("file:///home/me/My%20Photos", "is an address", "/home/me/My Photos"),
        (r"%USERPROFILE%\Pictures", "variables are not expanded", "~/"),
    ],
)
@pytest.mark.parametrize("key", ["watch", "library"])
def test_a_path_of_another_system_is_refused(key: str, path: str, sentence: str, hint: str) -> None:
    """It would be a folder of that strange name beside the configuration."""
    places = {"watch": "/in", "library": "/out"} | {key: path}
    lines = "".join(f"{each}: '{place}'\n" for each, place in places.items())

    (error,) = errors_of(f"version: 1\n{lines}{RULES}")

    assert sentence in error.sentence
    assert hint in (error.hint or "")


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        (r"D:\Photos", "/mnt/d/Photos"),
        (r"D:\Photos\new", "/mnt/d/Photos/new"),
        (r"C:\temp", "/mnt/c/temp"),
        (r"C:\Neu", "/mnt/c/Neu"),
        (r"C:\_old", "/mnt/c/_old"),
    ],
)
def test_a_path_of_windows_in_double_quotes_is_known(path: str, meant: str) -> None:
    """Where its backslash begins an escape that YAML knows, the path is said as it was written."""
    (error,) = errors_of(f'version: 1\nwatch: /in\nlibrary: "{path}"\n{RULES}')

    assert f'library: "{path}" is a path of Windows' == error.sentence
    assert (error.hint or "").endswith(f"write {meant}")


@pytest.mark.parametrize("path", ["/in/C:", "/mnt/c/Users/me", "~/a:b", "/srv/x://y", "/in/50%"])
def test_a_path_that_only_looks_so_is_one(path: str) -> None:
    """Names may hold colons, and drives are mounted somewhere."""
    assert 1 == len(config_of(f"version: 1\nwatch: '{path}'\nlibrary: /out\n{RULES}").watch)
