"""What holds for every condition, also for one that is added tomorrow."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.config.conditions import CONDITIONS
from gallery_daemon.decision import Truth
from gallery_daemon.photo import Facts, Similar
from gallery_daemon.rules import conditions
from gallery_daemon.rules.condition import Atom, Need
from tests.rules.photos import any_facts, photos, predictions
from tests.rules.strategies import ATOMS

for module in pkgutil.iter_modules(conditions.__path__):
    import_module(f"{conditions.__name__}.{module.name}")

atoms = st.one_of(*ATOMS.values())
pairs = st.one_of(*(st.tuples(each, each) for each in ATOMS.values()))


def kinds_of(kind: type) -> set[type]:
    """The classes below it that `conditions` names, at any depth."""
    subs: list[type] = kind.__subclasses__()
    below = {each for sub in subs for each in kinds_of(sub)}
    # `slots=True` makes a class anew; the first one stays among the subclasses, but has no name.
    is_named = getattr(import_module(kind.__module__), kind.__name__) is kind
    is_one = kind.__module__.startswith(conditions.__name__ + ".") and kind.__name__[0] != "_"
    return below | ({kind} if is_named and is_one else set())


def test_every_condition_is_drawn() -> None:
    """So each can be made, and is held against the properties here and wherever rules are drawn."""
    assert set(ATOMS) == kinds_of(Atom)


@pytest.mark.parametrize("kind", ATOMS, ids=lambda kind: kind.__name__)
def test_a_condition_says_all_of_itself(kind: type[Atom]) -> None:
    """Its text, its answer, what it covers and what it needs: none comes from `Atom` itself."""
    for name in ("text", "check", "covers", "needs"):
        owner = next(each for each in kind.__mro__ if name in vars(each))

        assert owner not in {Atom, *Atom.__mro__}


@given(atoms)
def test_the_yaml_has_every_condition(atom: Atom) -> None:
    """By the key that its text begins with."""
    assert atom.text.partition(":")[0] in {key.name for key in CONDITIONS}


@given(atoms, atoms, photos, any_facts, predictions)
def test_what_a_condition_covers_satisfies_it(atom, other, on, known, says) -> None:
    """A yes of `covers` is a proof, and so is one of `is_always`."""
    holds = other.check(on, known, says).truth is Truth.YES
    if atom.is_always or (holds and atom.covers(other)):
        assert Truth.YES == atom.check(on, known, says).truth


@given(pairs, photos, any_facts, predictions)
def test_what_one_of_its_kind_covers_satisfies_it(pair, on, known, says) -> None:
    """The same of two of one kind, which is where `covers` says yes."""
    atom, other = pair
    if other.check(on, known, says).truth is Truth.YES and atom.covers(other):
        assert Truth.YES == atom.check(on, known, says).truth


@given(atoms, photos, any_facts, predictions)
def test_a_condition_reads_no_more_than_it_needs(atom, on, known, says) -> None:
    """What needs no file answers alike where only the date is known; `similar` is read by need."""
    if Need.FILE not in atom.needs:
        journal = replace(Facts.unread(on.settled_at), taken=known.taken)
        assert atom.check(on, known, says) == atom.check(on, journal, says)
    if Need.SIMILAR not in atom.needs:
        alone = replace(known, similar=Similar())
        assert atom.check(on, known, says) == atom.check(on, alone, says)
