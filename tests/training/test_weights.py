"""Where training starts from."""

from __future__ import annotations

import socket
import urllib.error
from typing import TYPE_CHECKING

import pytest
import torch
import torch.hub
from safetensors.torch import save_file

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.network import new_network
from gallery_daemon.training.weights import StartWeights, find_weights, start_from

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without network and without torchvision's cache."""

    def unreachable(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(torch.hub, "urlopen", unreachable)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))


def _find(weights: str | None, otherwise: str = "imagenet") -> StartWeights:
    return find_weights(weights, otherwise, lambda _: None)


@pytest.mark.usefixtures("offline")
def test_weights_that_cannot_be_had_are_one_sentence(tmp_path: Path) -> None:
    """No network, no file, a pickle, another network's weights."""
    (tmp_path / "pickled.pth").write_bytes(b"\x80\x04cos\nsystem\n")
    save_file({"conv1.weight": torch.zeros(2)}, tmp_path / "other.safetensors")

    with pytest.raises(TrainingError, match="cannot download the ImageNet weights"):
        _find("imagenet")
    with pytest.raises(BundleError, match="No such file"):
        _find(str(tmp_path / "absent.safetensors"))
    with pytest.raises(TrainingError, match="not a safetensors file"):
        _find(str(tmp_path / "pickled.pth"))
    with pytest.raises(TrainingError, match=r"other\.safetensors do not fit"):
        start_from(new_network(2), _find(str(tmp_path / "other.safetensors")))


@pytest.mark.usefixtures("offline")
def test_without_network_and_choice_the_shipped_model_is_the_start() -> None:
    """Training works offline, and says what it starts from."""
    said: list[str] = []

    found = find_weights(None, "imagenet", said.append)

    assert found.name == "default"
    assert "cannot download" in said[0]
    assert "starting from the shipped model" in said[0]


def test_the_classes_that_are_lost_are_told() -> None:
    """A person who trains cats and cars on the shipped model hears that memes are gone."""
    said: list[str] = []
    shipped = _find("default")
    classes = read_manifest(find_bundle("default")).classes

    shipped.tell_of_forgotten({"cats", *classes[1:]}, said.append)
    shipped.tell_of_forgotten({"cats", *classes}, said.append)
    StartWeights("none", None).tell_of_forgotten({"cats"}, said.append)

    (told,) = said
    assert f"alone, not {classes[0]} of default, which it starts from" in told


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 cut", b"\x80\x04cposix\nsystem\n(Vtouch x\ntR."]
)
def test_a_damaged_or_hostile_download_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """Empty, cut, or a pickle that would run a command: nothing of it is run."""
    file = tmp_path / "hub" / "checkpoints" / "resnet34-b627a593.pth"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    with pytest.raises(TrainingError, match="are damaged") as caught:
        _find("imagenet")

    assert str(file.parent) in (caught.value.hint or "")
    assert not (tmp_path / "x").exists()


def test_torchvisions_weights_are_taken_from_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What torchvision would download, taken from where it would put it: all but the hash."""
    network = new_network(1000)
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    torch.save(network.state_dict(), folder / "resnet34-b627a593.pth")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    found = _find(None)
    fresh = new_network(3)
    start_from(fresh, found)

    assert found.name == "imagenet"
    assert torch.equal(network.state_dict()["conv1.weight"], fresh.state_dict()["conv1.weight"])


def test_a_bundle_gives_its_layers_and_not_its_last_one() -> None:
    """`default` and the path of a bundle are the same kind of start."""
    network = new_network(5)

    start_from(network, _find("default"))

    state, source = network.state_dict(), load_bundle(find_bundle("default"))[0].state_dict()
    assert torch.equal(source["layer4.0.conv1.weight"], state["layer4.0.conv1.weight"])
    assert len(state["fc.weight"]) == 5


def test_none_changes_nothing() -> None:
    """A random start is a choice too."""
    network = new_network(2)
    before = network.state_dict()["conv1.weight"].clone()

    start_from(network, _find("none"))

    assert torch.equal(before, network.state_dict()["conv1.weight"])


def test_the_digest_is_of_the_weights_and_not_of_their_name() -> None:
    """In any order of keys; one number or one name another, and it is another."""
    one, two = torch.tensor([1.0, 2.0]), torch.tensor([[3.0]])
    start = StartWeights("a", {"x": one, "y": two})

    assert start.digest() == StartWeights("b", {"y": two.clone(), "x": one.clone()}).digest()
    others: list[dict[str, torch.Tensor]] = [
        {"x": one, "y": two + 1}, {"x": one, "z": two}, {"x": one}, {},
    ]  # fmt: skip
    digests = {StartWeights("a", state).digest() for state in others}
    assert 4 == len(digests)
    assert start.digest() not in digests
    assert StartWeights("none", None).digest() == StartWeights("a", {}).digest()


def test_a_home_folder_may_be_written_with_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a configuration no shell replaces it."""
    network = new_network(3)
    save_file(network.state_dict(), tmp_path / "mine.safetensors")
    monkeypatch.setenv("HOME", str(tmp_path))

    found = _find("~/mine.safetensors")

    assert "~/mine.safetensors" == found.name
    assert found.state is not None
    assert torch.equal(network.state_dict()["conv1.weight"], found.state["conv1.weight"])


def test_what_a_person_chose_is_never_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A path that does not exist is a mistake, whatever the recipe would start from."""
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    for otherwise in ("imagenet", "default"):
        with pytest.raises(BundleError):
            find_weights("mistyped.safetensors", otherwise, said.append)

    assert [] == said


@pytest.mark.usefixtures("offline")
def test_the_time_that_a_download_may_take_is_no_ones_else() -> None:
    """Whatever happens, sockets of the rest of the program wait as long as before."""
    before = socket.getdefaulttimeout()
    with pytest.raises(TrainingError):
        _find("imagenet")

    assert before == socket.getdefaulttimeout()
