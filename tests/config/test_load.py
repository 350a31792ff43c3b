"""From a file to a configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.load import BYTES_LIMIT, load
from gallery_daemon.errors import ConfigError, ConfigErrors
from tests.config.texts import HEAD, RULES, default_classes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def error_of(path: Path) -> ConfigError:
    with pytest.raises(ConfigErrors) as caught:
        load(str(path), default_classes)
    (error,) = caught.value.errors
    return error


def written(folder: Path, content: bytes) -> Path:
    path = folder / "config.yaml"
    path.write_bytes(content)
    return path


def test_relative_paths_begin_at_the_file(tmp_path: Path) -> None:
    """Wherever the command was started."""
    text = "version: 1\nwatch: in\nlibrary: ./out\nmodel: models/mine\n" + RULES
    path = written(tmp_path, text.encode())

    config = load(str(path), default_classes)

    assert str(path) == config.file
    assert str(tmp_path / "in") == config.watch[0].path
    assert str(tmp_path / "out") == config.library
    assert str(tmp_path / "models/mine") == config.model.bundle


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    path = written(tmp_path, b"\xef\xbb\xbf" + (HEAD + RULES).encode())

    assert load(str(path), default_classes).rules.rules


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The hint says how to get one."""
    error = error_of(tmp_path / "no.yaml")

    assert (1, 1, "there is no such file") == (error.line, error.column, error.sentence)
    assert f"gallery-daemon check --init --config {tmp_path}/no.yaml" in str(error.hint)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Said in the system's words."""
    assert "the configuration cannot be read: is a directory" == error_of(tmp_path).sentence


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_regular_file_is_not_read(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    """A FIFO is not waited for, and a device that never ends is not begun."""
    make(tmp_path / "config.yaml")

    error = error_of(tmp_path / "config.yaml")

    assert "the configuration is not a regular file" == error.sentence


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    """People keep their configurations elsewhere; this folder is theirs."""
    written(tmp_path, (HEAD + RULES).encode())
    (tmp_path / "link.yaml").symlink_to("config.yaml")

    assert load(str(tmp_path / "link.yaml"), default_classes).rules.rules


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    """Said in the system's words."""
    path = written(tmp_path, b"")
    path.chmod(0)

    assert "the configuration cannot be read: permission denied" == error_of(path).sentence


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    """The place is that of the first wrong byte, in characters."""
    error = error_of(written(tmp_path, "a: b\nä: é".encode() + b"\xe9\n"))

    assert (2, 5, "the configuration is not UTF-8") == (error.line, error.column, error.sentence)
    assert "save the file as UTF-8" == error.hint


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    """It is not even read to its end."""
    error = error_of(written(tmp_path, b"#" * (BYTES_LIMIT + 1)))

    assert "the configuration is larger than 256 KiB" == error.sentence
