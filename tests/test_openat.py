"""Opening what others can put in place."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from gallery_daemon.openat import NotRegularError, open_folder, open_in, open_regular


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file, a FIFO, a socket, and links to a file and a folder elsewhere."""
    root = tmp_path / "root"
    (root / "deep" / "er").mkdir(parents=True)
    (root / "deep" / "er" / "a\udcff.jpg").write_bytes(b"photo")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.jpg").write_bytes(b"secret")
    (root / "folder link").symlink_to(tmp_path / "elsewhere")
    (root / "file link").symlink_to(tmp_path / "elsewhere" / "b.jpg")
    os.mkfifo(root / "fifo")
    return root


def names_in(folder: int) -> list[str]:
    """What the open folder holds."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def open_descriptors() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_folder_is_reached_component_by_component(root: Path) -> None:
    """A name with broken UTF-8 in it is as good as any."""
    with open_folder(os.fspath(root), ("deep", "er")) as folder:
        names = names_in(folder)
        file = open_in(folder, names[0])

    with os.fdopen(file, "rb") as opened:
        assert (["a\udcff.jpg"], b"photo") == (names, opened.read())


def test_the_root_itself_may_be_a_link(tmp_path: Path, root: Path) -> None:
    """Its owner has put it there."""
    (tmp_path / "root link").symlink_to(root)

    with open_folder(os.fspath(tmp_path / "root link"), ("deep",)) as folder:
        assert ["er"] == names_in(folder)


@pytest.mark.parametrize("components", [("folder link",), ("deep", "nothing"), ("fifo",)])
def test_a_link_ends_the_walk(root: Path, components: tuple[str, ...]) -> None:
    """So does what is missing or no folder; and no descriptor is left open."""
    before = open_descriptors()

    with pytest.raises(OSError), open_folder(os.fspath(root), components):  # noqa: PT011
        pass

    assert before == open_descriptors()


def test_folders_can_be_made_on_the_way(root: Path) -> None:
    """Each is prepared in the folder above it, before it is opened."""
    with open_folder(
        os.fspath(root), ("new", "er"), lambda folder, name: os.mkdir(name, dir_fd=folder)
    ) as folder:
        assert [] == names_in(folder)

    assert (root / "new" / "er").is_dir()


def test_a_file_in_a_folder_is_no_link(root: Path) -> None:
    """Whatever it points to."""
    with open_folder(os.fspath(root), ()) as folder, pytest.raises(OSError) as caught:  # noqa: PT011
        open_in(folder, "file link")

    assert errno.ELOOP == caught.value.errno


def test_a_link_is_followed_only_where_that_is_wanted(root: Path) -> None:
    """A configuration may be one; a photo may not."""
    with open_regular(root / "file link", follow_links=True) as file:
        assert b"secret" == file.read()
    with pytest.raises(OSError) as caught:  # noqa: PT011
        open_regular(root / "file link", follow_links=False)

    assert errno.ELOOP == caught.value.errno


@pytest.mark.parametrize("follow_links", [False, True])
def test_a_fifo_is_not_waited_for(root: Path, follow_links: bool) -> None:
    """Nobody may ever write into it; it is closed again."""
    before = open_descriptors()

    with pytest.raises(NotRegularError):
        open_regular(root / "fifo", follow_links=follow_links)

    assert before == open_descriptors()


def test_a_folder_and_a_socket_are_no_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told by its own error."""
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket")
        for name, code in (("deep", errno.EISDIR), ("socket", errno.ENXIO)):
            with pytest.raises(OSError) as caught:  # noqa: PT011
                open_regular(name, follow_links=True)
            assert code == caught.value.errno
