"""When a quick look at a photo is enough: the rules and the model say so together.

Where the rules ask for similar photos every look is a full one. The bits that photos are compared
by are nearly the same for a preview, but not quite.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gallery_daemon.config.settings import Looks
from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import MANIFEST_FILE, knows_quick
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.quick import QuickLooks
from gallery_daemon.photo import Identity, LookKind
from gallery_daemon.rules.condition import Need
from gallery_daemon.rules.settled import is_settled

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.classifier.host import IsEnough
    from gallery_daemon.config.settings import Config
    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.photo import Facts, Photo, Prediction


def why_only_full(config: Config, manifest: Manifest) -> str | None:
    """Why every look at a photo is a full one, in a clause; None: a quick one may be enough."""
    if why := _why_unwanted(config):
        return why
    if not knows_quick(manifest):
        return f"the model {manifest.model_id} knows nothing of quick looks"
    return None


def is_enough_for(config: Config) -> IsEnough | None:
    """What says whether an answer may stand; None: quick looks are of no use.

    That is so where the configuration does not want them, or the model does not know them.
    """
    if _why_unwanted(config) is not None:
        return None
    folder = config.model.folder
    try:
        quick, model = _known(folder, Identity.of((folder / MANIFEST_FILE).stat()))
    except (OSError, BundleError):
        return None  # whoever needs the model says what is wrong with it
    rules = config.rules
    if quick is None:
        return None

    def is_enough(photo: Photo, facts: Facts, prediction: Prediction) -> bool:
        if prediction.look is LookKind.FULL:
            return True
        if prediction.model != model:
            return False  # the bundle is another one since
        return is_settled(photo, facts, prediction, quick.bounds(prediction), rules)

    return is_enough


def _why_unwanted(config: Config) -> str | None:
    """Why no quick look may be enough, whatever the model; None: it may."""
    if config.looks is Looks.FULL:
        return "the configuration says looks: full"
    if Need.SIMILAR in config.rules.needs:
        return "the rules ask for similar photos"
    return None


# A daemon, and each pass of a command, asks several times; the manifest itself is large.
@lru_cache(maxsize=1)
def _known(folder: Path, _manifest: Identity) -> tuple[QuickLooks | None, str]:
    """What is known of the quick looks of the model whose manifest is this file; its model.

    Raises:
        BundleError: it is missing or damaged.
    """
    manifest = read_manifest(folder)
    return QuickLooks.of(manifest), manifest.model_id
