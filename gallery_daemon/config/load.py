"""A configuration file to a `Config`, or to all that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.config.document import compose
from gallery_daemon.config.reader import Classes, digest_of, read_config
from gallery_daemon.config.report import Place, Report
from gallery_daemon.errors import ConfigErrors
from gallery_daemon.openat import NotRegularError, open_regular

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config

BYTES_LIMIT = 256 * 1024
"""Some hundred times a long configuration, and two seconds' work for the YAML reader."""

_TOP = Place(1, 1)


def load(path: str, classes: Classes) -> Config:
    """The configuration in the file at `path`.

    `classes` gives the classes of a model bundle (`default`, or an absolute path) and raises a
    GalleryError where it cannot.

    Raises:
        ConfigErrors: the file cannot be read, or says something wrong; every mistake is in it.
    """
    return check_text(_text(path, Report(path)), path, classes)


def digest_of_file(path: str) -> str | None:
    """The digest that the configuration in the file would have; None: it cannot be read."""
    try:
        return digest_of(_text(path, Report(path)))
    except ConfigErrors:
        return None


def check_text(text: str, file: str, classes: Classes) -> Config:
    """The configuration in `text`, as if it stood in `file`, where relative paths begin.

    Raises:
        ConfigErrors: the text says something wrong; every mistake is in it.
    """
    report = Report(file)
    base = str(Path(file).absolute().parent)
    root = compose(text, report)
    return read_config(root, text=text, base=base, classes=classes, report=report)


def _text(path: str, report: Report) -> str:
    """The file's text.

    Raises:
        ConfigErrors: it cannot be read.
    """
    try:
        with open_regular(path, follow_links=True) as file:
            content = file.read(BYTES_LIMIT + 1)
    except FileNotFoundError as error:
        hint = f"write one with: gallery-daemon check --init --config {path}"
        raise report.fatal(_TOP, "there is no such file", hint) from error
    except NotRegularError as error:
        sentence = "the configuration is not a regular file"
        raise report.fatal(_TOP, sentence, "give the path of a text file") from error
    except OSError as error:
        sentence = f"the configuration cannot be read: {str(error.strerror).lower()}"
        raise report.fatal(_TOP, sentence, "give the path of a readable file") from error
    if len(content) > BYTES_LIMIT:
        sentence = f"the configuration is larger than {BYTES_LIMIT // 1024} KiB"
        raise report.fatal(_TOP, sentence, "is this the right file?")
    return _decode(content, report)


def _decode(content: bytes, report: Report) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode("utf-8", "replace")) + 1
        place = Place(before.count(b"\n") + 1, column)
        hint = "save the file as UTF-8"
        raise report.fatal(place, "the configuration is not UTF-8", hint) from error
