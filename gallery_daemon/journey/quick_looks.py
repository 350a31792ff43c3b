"""When a quick look at a photo is enough: the rules and the model say so together.

Where the rules ask for similar photos every look is a full one. The bits that photos are compared
by are nearly the same for a preview, but not quite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.config.settings import Looks
from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import find_bundle, knows_quick
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.quick import QuickLooks
from gallery_daemon.photo import LookKind
from gallery_daemon.rules.condition import Need
from gallery_daemon.rules.settled import is_settled

if TYPE_CHECKING:
    from gallery_daemon.classifier.host import IsEnough
    from gallery_daemon.config.settings import Config
    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.photo import Facts, Photo, Prediction


def why_only_full(config: Config, manifest: Manifest) -> str | None:
    """Why every look at a photo is a full one, in a clause; None: a quick one may be enough."""
    if config.looks is Looks.FULL:
        return "the configuration says looks: full"
    if Need.SIMILAR in config.rules.needs:
        return "the rules ask for similar photos"
    if not knows_quick(manifest):
        return f"the model {manifest.model_id} knows nothing of quick looks"
    return None


def is_enough_for(config: Config) -> IsEnough | None:
    """What says whether an answer may stand; None: quick looks are of no use.

    That is so where the configuration does not want them, or the model does not know them.
    """
    try:
        manifest = read_manifest(find_bundle(config.model.bundle))
    except BundleError:
        return None  # whoever needs the model says what is wrong with it
    quick, model, rules = QuickLooks.of(manifest), manifest.model_id, config.rules
    if quick is None or why_only_full(config, manifest) is not None:
        return None

    def is_enough(photo: Photo, facts: Facts, prediction: Prediction) -> bool:
        if prediction.look is LookKind.FULL:
            return True
        if prediction.model != model:
            return False  # the bundle is another one since
        return is_settled(photo, facts, prediction, quick.bounds(prediction), rules)

    return is_enough
