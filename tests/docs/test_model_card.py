"""The card of the shipped model: its figures are the manifest's, and a person wrote the rest."""

from __future__ import annotations

from gallery_daemon.model.manifest import (
    BANK_FILE,
    BIN_FILE,
    WEIGHTS_FILE,
    XML_FILE,
)
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.tensors import BANK_LIMIT_BYTES
from gallery_daemon.training.card import notes_of
from tests.docs.generate import regenerated_card
from tests.docs.pages import CARD

BUNDLE = CARD.parent
LARGEST_NETWORKS_BYTES, LARGEST_REST_BYTES = 65_000_000, 6_000_000
NETWORKS = {WEIGHTS_FILE, XML_FILE, BIN_FILE}


def test_the_card_is_the_manifest_s() -> None:
    """`python -m tests.docs` writes it anew; what a person wrote stays."""
    card = CARD.read_text("utf-8")

    assert regenerated_card(card) == card


def test_a_person_wrote_where_it_fails_and_whose_the_pictures_are() -> None:
    """Nothing is left to be written."""
    notes = notes_of(CARD.read_text("utf-8"))

    assert "Not written yet" not in notes
    assert "## Licences\n" in notes


def test_the_bundle_is_small_and_shows_nobody_s_pictures() -> None:
    """65 MB with its 8 bits, and no report, which would show pictures not ours to give."""
    sizes = {path.name: path.stat().st_size for path in BUNDLE.iterdir()}
    networks = sum(sizes[name] for name in NETWORKS)
    assert networks < LARGEST_NETWORKS_BYTES
    assert sum(sizes.values()) - networks < LARGEST_REST_BYTES
    assert sizes[BANK_FILE] < BANK_LIMIT_BYTES
    assert not list(BUNDLE.glob("*.html"))
    provenance = read_manifest(BUNDLE).provenance
    assert provenance
    assert provenance["finished"] is True
