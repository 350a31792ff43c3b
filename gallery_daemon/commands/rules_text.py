"""The text of a configuration while a person changes it: read, checked, saved.

The text is the person's own from the first letter to the last, so comments and order survive; what
is read of it only decides whether it is saved. Saved is only what loads and passes its tests, and
only over the very text that the person had read: whoever edits the file meanwhile loses nothing.

It is written beside and renamed, so a daemon that reads it finds what was before or what is now. A
link stays: what it leads to is replaced. The text before is kept once, below the state folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.commands.classify import run_all_tests
from gallery_daemon.config.load import BYTES_LIMIT, digest_of, text_of
from gallery_daemon.config.schema import SCHEMA_FILE, schema_text
from gallery_daemon.config.settings import ModelChoice
from gallery_daemon.daemon.configuration import (
    classes_of,
    configuration_of,
    missing_folders,
    warnings_of,
)
from gallery_daemon.daemon.journals import state_folder
from gallery_daemon.daemon.unit import EXAMPLE_CONFIG, shipped_text
from gallery_daemon.errors import ConfigErrors, GalleryError
from gallery_daemon.filing.attributes import give, read_attributes
from gallery_daemon.model.version_record import sync_folder, write_synced
from gallery_daemon.openat import open_regular
from gallery_daemon.rules.ruletest import run_tests

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.errors import ConfigError
    from gallery_daemon.rules.analysis import RuleWarning
    from gallery_daemon.rules.ruletest import RuleTestResult

_MODELINE = re.compile(r"(# yaml-language-server: \$schema=)\S+")
_BOM = b"\xef\xbb\xbf"
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class RulesText:
    """The text in the file at `path`; `digest` tells it from any other."""

    path: Path
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class CheckedRules:
    """What there is to say of a text; `config` is None where it has `mistakes`."""

    text: str
    config: Config | None
    mistakes: tuple[ConfigError, ...] = ()
    warnings: tuple[RuleWarning, ...] = ()
    tests: tuple[RuleTestResult, ...] = ()

    @property
    def why_not(self) -> str | None:
        """Why it is not saved, in a sentence; None: it can be."""
        failed = [each for each in self.tests if each.failure is not None]
        if self.mistakes:
            count = len(self.mistakes)
            return "the text has a mistake" if count == 1 else f"the text has {count} mistakes"
        if failed:
            return f"the test {failed[0].test.name} fails: {failed[0].failure}"
        return None


@dataclass(frozen=True, slots=True)
class SavedRules:
    """The text that lies in the file now; `kept` is where the one before is, if it was another."""

    rules: RulesText
    kept: Path | None


class RulesChanged(GalleryError):
    """The file has another text than the person had read."""


def read_rules(path: Path) -> RulesText:
    """The text of the file.

    Raises:
        ConfigErrors: it cannot be read.
    """
    text = text_of(os.fspath(path))
    return RulesText(path, text, digest_of(text))


def check_rules(text: str, path: Path, clock: Clock, *, looks: bool) -> CheckedRules:
    """What there is to say of the text, as if it stood in the file.

    `looks`: the tests of pictures are run, too, for which the classifier process is started.
    """
    try:
        config = configuration_of(text, path)
    except ConfigErrors as wrong:
        return CheckedRules(text, None, wrong.errors)
    tests = run_all_tests(config, clock) if looks else run_tests(config.tests, config.rules)
    warnings = (*missing_folders(config), *warnings_of(config))
    return CheckedRules(text, config, (), warnings, tests)


def save_rules(text: str, path: Path, read: str, clock: Clock) -> SavedRules:
    """The file has the text, if all that stands in it is right.

    `read` is the digest of the text that the person changed.

    Raises:
        RulesChanged: the file has another text by now.
        GalleryError: the text is wrong, a test fails, or the file cannot be written; it is as it
            was.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _content_of(path, read)
    why_not = check_rules(text, path, clock, looks=True).why_not
    if why_not is not None:
        raise GalleryError(f"not saved: {why_not}", hint="mend it, then save")
    content = _as_written(text, found)
    if content == found:
        return SavedRules(RulesText(path, text, digest_of(text)), None)
    try:
        kept = _keep(path, found)
        _replace(path, content, found, read)
    except OSError as error:
        raise GalleryError(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}",
            hint="it is as it was; see who may write it, and whether its disk has space",
        ) from error
    return SavedRules(RulesText(path, text, digest_of(text)), kept)


def kept_rules(path: Path) -> Path:
    """Where the text is kept that the file had before it was saved last."""
    number = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:_DIGITS]
    return state_folder() / f"configuration-before-{number}.yaml"


def write_example(path: Path) -> None:
    """The shipped example lies at `path`, its schema beside it; nothing is replaced.

    Raises:
        GalleryError: there is a file already, or none can be written.
    """
    # In the checkout the example names the schema by its place in the package.
    text = _MODELINE.sub(rf"\g<1>{SCHEMA_FILE}", shipped_text(EXAMPLE_CONFIG), count=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise GalleryError(f"{path} exists already", hint="edit it, or move it aside") from error
    except OSError as error:
        raise GalleryError(f"cannot write {path}: {error.strerror}") from error
    try:
        with path.with_name(SCHEMA_FILE).open("x", encoding="utf-8") as file:
            file.write(schema_text(classes_of(ModelChoice())))
    except OSError:
        pass  # one that is there, or the editor goes without


def _content_of(path: Path, read: str) -> bytes:
    """The bytes of the file, which still has the text that the person had read.

    Raises:
        RulesChanged: it has not.
    """
    try:
        with open_regular(path, follow_links=True) as file:
            content = file.read(BYTES_LIMIT + 1)
    except OSError as error:
        raise RulesChanged(
            f"{path} is not there any more: {(error.strerror or str(error)).lower()}",
            hint="copy your text, and see what became of the file",
        ) from error
    if digest_of(content.decode("utf-8-sig", "surrogateescape")) != read:
        raise RulesChanged(
            f"{path} was changed meanwhile by another program, and is as that left it",
            hint="copy your text, load the file anew, and put your change in again",
        )
    return content


def _as_written(text: str, before: bytes) -> bytes:
    """The text in bytes, with the line ends and the byte order mark of the file before."""
    first, ending, _ = before.partition(b"\n")
    if ending and first.endswith(b"\r"):
        text = text.replace("\n", "\r\n")
    return (_BOM if before.startswith(_BOM) else b"") + text.encode()


def _keep(path: Path, content: bytes) -> Path:
    """The content is kept, instead of what was kept before.

    Raises:
        OSError: it cannot be.
    """
    kept = kept_rules(path)
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(f".{kept.name}.{secrets.token_hex(4)}")
    try:
        write_synced(part, content)
        part.chmod(0o600)
        part.replace(kept)
    finally:
        part.unlink(missing_ok=True)
    return kept


def _replace(path: Path, content: bytes, found: bytes, read: str) -> None:
    """What the path leads to has the content and is as it was otherwise: its rights, its owner.

    Raises:
        OSError: it cannot be written.
        RulesChanged: it had not what was `found` any more.
    """
    real = path.resolve()
    if not os.access(real, os.W_OK):
        # A rename would not ask.
        raise PermissionError(0, "you may only read it", os.fspath(real))
    part = real.with_name(f".{real.name}.{secrets.token_hex(4)}")
    try:
        part.touch(0o600, exist_ok=False)
        with part.open("r+b") as file:
            file.write(content)
            file.flush()
            give(file.fileno(), read_attributes(os.fspath(real)))
            os.utime(file.fileno())
            os.fsync(file.fileno())
        if _content_of(path, read) != found:
            raise RulesChanged(f"{path} was changed meanwhile", hint="load the file anew")
        part.replace(real)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(real.parent)
