"""What a plan says of two names of one file: as much as a pass then does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journey.foretold import Scene, photo_bytes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A watch folder with two names of one photo, and a sidecar beside the second."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    scene = Scene(tmp_path, tmp_path / "library")
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    scene.put_no_file("IMG_2.jpg", "hard link")
    scene.put("IMG_2.xmp", b"<x:xmpmeta/>")
    return scene


def foretold(scene: Scene) -> dict[str, str | None]:
    """Each file that the plan has, with its destination."""
    return {each.photo: each.destination for each in scene.plan().files}


@pytest.mark.parametrize("action", ["hardlink", "copy"])
def test_two_names_of_one_file_are_filed_once(scene: Scene, action: str) -> None:
    """By the second name it is known already; its sidecar goes beside the one that was filed."""
    scene.rules = f"rules: [{{name: all, to: All/, action: {action}}}]"

    planned = foretold(scene)
    done = {path: end.destination for path, end in scene.sort().items()}

    where = {"IMG_1.jpg": "IMG_1.jpg", "IMG_2.xmp": "IMG_1.xmp"}
    wanted = {f"{scene.watch}/{of}": f"{scene.library}/All/{to}" for of, to in where.items()}
    assert wanted == planned == done


def test_a_rule_for_the_second_name_alone_has_its_say(scene: Scene) -> None:
    """A name that a rule leaves has an end of its own."""
    scene.rules = 'rules: [{name: two, when: {name: "*2*"}, leave: true}, {name: all, to: All/}]'

    planned = {each.photo: each.reason for each in scene.plan().files}
    done = {path: end.reason for path, end in scene.sort().items()}

    assert "the rule two leaves it" == planned[f"{scene.watch}/IMG_2.jpg"]
    assert planned == done


def test_a_rule_that_takes_no_sidecars_leaves_the_second_name_s(scene: Scene) -> None:
    """As it leaves those of the first."""
    scene.rules = "defaults: {sidecars: alone}\nrules: [{name: all, to: All/}]"

    planned = {each.photo: each.reason for each in scene.plan().files}
    done = {path: end.reason for path, end in scene.sort().items()}

    why = "its photo was filed by a rule that takes no sidecars"
    assert {f"{scene.watch}/IMG_1.jpg": None, f"{scene.watch}/IMG_2.xmp": why} == planned == done
