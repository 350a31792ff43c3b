"""What a place is made of that a test does not say: a name with a hash that nobody gave.

Such a place would be one thing in the test and another when the photo is filed, so that a test
which expects it could neither hold nor fail with reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.rules.fields import DIGITS, HASH_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.rules.fields import Values
    from gallery_daemon.rules.template import Field, Template

_ANY = "0"
_HASH8_DIGITS = 8

HASH_LEAST = 8
"""So many digits of a hash a test says at least."""


def unsaid_in(template: Template, values: Values, unsaid: Mapping[str, str]) -> str | None:
    """The first field that the text is made of and that is not known, and why not.

    `unsaid` has such fields with the reason; of a hash, `values` may have the first digits only. It
    reads `{hash8}, which given does not say`; None: all that the template uses is known.
    """
    # What is not said has some value all the same when the photo is filed: no fallback is taken.
    some = dict.fromkeys((*unsaid, *HASH_FIELDS), _ANY)
    known = str(values["hash"] or "")
    for field in template.used({**values, **some}):
        is_hash = field.name in HASH_FIELDS
        why = _why_short(field, known) if is_hash else unsaid.get(field.name)
        if why is not None:
            return f"{_shown(field)}, {why}"
    return None


def _why_short(field: Field, known: str) -> str | None:
    """Why the digits of the hash are too few."""
    needed = _HASH8_DIGITS if field.name == "hash8" else field.digits or DIGITS["hash"]
    if len(known) >= needed:
        return None
    said = f"of which given says {len(known)} digits" if known else "which given does not say"
    return f"{said} (add hash: of {max(needed, HASH_LEAST)} digits)"


def _shown(field: Field) -> str:
    return f"{{{field.name}}}" if field.digits is None else f"{{{field.name}:{field.digits}}}"
