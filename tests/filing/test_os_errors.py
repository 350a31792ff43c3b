"""What the system's errors mean to a person."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.errors import FilingError, PhotoGone
from gallery_daemon.filing.os_errors import library_errors, source_errors

if TYPE_CHECKING:
    from pathlib import Path

AGAIN = "then say the command again"


def library_error(library: str, code: int) -> FilingError:
    """What becomes of that error in the library's folder Memes."""
    with pytest.raises(FilingError) as caught, library_errors(library, ("Memes",)):
        raise OSError(code, os.strerror(code))
    return caught.value


@pytest.mark.parametrize(
    ("code", "sentence", "transient", "of_library", "hint"),
    [
        (errno.ENOSPC, "no space is left in {}", True, True, f"make room; {AGAIN}"),
        (errno.EDQUOT, "the quota of {} is used up", True, True, f"make room; {AGAIN}"),
        (errno.EROFS, "{} is read-only", True, True, f"mount it writable; {AGAIN}"),
        (errno.EIO, "{} gives input/output errors", True, True, "see the disk's health"),
        (errno.EACCES, "no permission to write in {}", True, False, "see who owns the folder"),
        (errno.EPERM, "the file system refuses to write in {}", True, False, None),
        (errno.ENOENT, "{} is not there", True, False, "is its disk mounted?"),
        (
            errno.ELOOP,
            "{} has a symbolic link in it",
            False,
            False,
            "filing never follows links there",
        ),
        (
            errno.ENOTDIR,
            "{} has a link or a file where a folder should be",
            False,
            False,
            None,
        ),
        (
            errno.ENAMETOOLONG,
            "the name is too long for {}",
            False,
            False,
            "shorten `to` or `as`",
        ),
        (errno.ENFILE, "Too many open files in system in {}", True, False, None),
    ],
)
def test_an_error_in_the_library_names_the_folder(
    tmp_path: Path, code: int, sentence: str, transient: bool, of_library: bool, hint: str | None
) -> None:
    """And says whether it may pass, and whether the next photo would fail as well."""
    error = library_error(f"{tmp_path}/", code)

    assert sentence.format(f"{tmp_path}/Memes") == error.sentence
    assert (transient, of_library, hint) == (error.transient, error.of_library, error.hint)


def test_a_library_that_is_gone_is_at_fault_itself(tmp_path: Path) -> None:
    """No photo can be filed until it is back; what lasts is one photo's alone all the same."""
    gone = os.fspath(tmp_path / "gone")

    assert library_error(gone, errno.ENOENT).of_library
    assert not library_error(gone, errno.ENAMETOOLONG).of_library


@pytest.mark.parametrize(
    ("code", "sentence", "transient"),
    [
        (errno.ENOTDIR, "the photo's folder was replaced", False),
        (errno.ELOOP, "the photo's folder was replaced by a symbolic link", False),
        (errno.EACCES, "no permission to read the photo", True),
        (errno.EIO, "reading the photo gives input/output errors", True),
        (errno.ENFILE, "Too many open files in system in the watch folder", True),
    ],
)
def test_an_error_of_the_photo_is_never_the_library_s(
    code: int, sentence: str, transient: bool
) -> None:
    """The next photo may well be filed."""
    with pytest.raises(FilingError) as caught, source_errors():
        raise OSError(code, os.strerror(code))

    assert sentence == caught.value.sentence
    assert (transient, False) == (caught.value.transient, caught.value.of_library)


def test_a_photo_that_is_gone_is_not_a_failure() -> None:
    """There is nothing to try again."""
    with pytest.raises(PhotoGone), source_errors():
        raise FileNotFoundError(errno.ENOENT, "gone")
