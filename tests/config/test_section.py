"""A map with known keys becomes a dataclass whose fields are declared once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gallery_daemon.config.document import compose
from gallery_daemon.config.kinds.base import Flag, Text
from gallery_daemon.config.kinds.quantity import Duration, Whole
from gallery_daemon.config.mistakes import Mistakes
from gallery_daemon.config.section import Section, Written, option


@dataclass(frozen=True)
class Kettle:
    """Four options: one that must be given, one whose key has another name, two with defaults."""

    name: str = option(Text(), "What it is called.", example="red")
    cups: int = option(Whole(1, 9), "How many it holds ({default}).", "2")
    wait_s: float = option(Duration(0, 60), "So long it boils ({default}).", "1.5s", key="wait")
    lid: bool | None = option(Flag(), "whether it has a lid", unwritten=None)


KETTLE = Section("a kettle", Kettle)


def read(text: str) -> tuple[Kettle | None, list[str]]:
    mistakes = Mistakes("/kettle.yaml")
    found = KETTLE.table.read(compose(text, mistakes), mistakes)
    made = None if found is None or mistakes.errors else KETTLE.make(found)
    return made, [error.sentence for error in mistakes.errors]


def test_what_is_written_comes_out_and_the_rest_is_the_default() -> None:
    """In the units of the fields, which the class knows as well."""
    assert (Kettle("red", 2, 1.5, lid=None), []) == read("name: red")
    assert (Kettle("red", 9, 3, lid=True), []) == read("{name: red, cups: 9, wait: 3s, lid: yes}")
    assert (2, 1.5, None) == (Kettle.cups, Kettle.wait_s, Kettle.lid)


def test_keys_are_known_by_their_names_in_the_order_of_the_fields() -> None:
    """And the one with an example must be there."""
    assert read("cup: 1") == (
        None,
        [
            'unknown key "cup" in a kettle; the keys are name, cups, wait, lid',
            "a kettle lacks the key name",
        ],
    )


def test_the_schema_tells_each_key_with_its_default() -> None:
    """A meaning that is no sentence yet becomes one."""
    told = {key.name: key.description for key in KETTLE.table.keys}

    assert told == {
        "name": "What it is called.",
        "cups": "How many it holds (2).",
        "wait": "So long it boils (1.5s).",
        "lid": "Whether it has a lid.",
    }
    assert KETTLE.schema["required"] == ["name"]


def test_a_section_is_a_kind_of_value() -> None:
    """It may stand in another map; of a wrong value the mistake is noted, and the default holds."""
    mistakes = Mistakes("/kettle.yaml")
    node = compose("{name: red, cups: 10}", mistakes)

    assert Kettle("red") == KETTLE.read(node, "kettle", mistakes)
    assert ["cups"] == [error.sentence.partition(":")[0] for error in mistakes.errors]
    assert None is KETTLE.read(compose("red", mistakes), "kettle", mistakes)


def test_values_that_are_found_elsewhere_take_precedence() -> None:
    """As the name of a watch folder that has none of its own."""
    found = Written(compose("{}", Mistakes("")).mark, {}, {"cups": 3})

    assert Kettle("blue", 4) == KETTLE.make(found, name="blue", cups=4)


def test_a_default_that_its_own_kind_refuses_is_no_declaration() -> None:
    """The module cannot even be imported."""
    with pytest.raises(ValueError, match="whole number from 1 to 9"):
        option(Whole(1, 9), "How many it holds ({default}).", "10")
