"""What the model is supposed to say of the photo of a test: a class, or every class's share.

`class` with `confidence` is enough for most rules. `probabilities` says what other classes have, or
all of it, as `classify --json` prints them; what nobody names is shared out alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.config.conditions import CONFIDENCE
from gallery_daemon.config.document import Mapping
from gallery_daemon.config.kinds.base import Text, refuse_unknown
from gallery_daemon.config.kinds.model import ProbabilitiesKind
from gallery_daemon.config.tables import Found, Key
from gallery_daemon.rules.supposed import NO_CLASS, prediction_like

if TYPE_CHECKING:
    from gallery_daemon.config.report import Report
    from gallery_daemon.photo import Prediction

CLASS = Key("class", Text("a class"))
CONFIDENCE_OF = Key("confidence", CONFIDENCE)
MARGIN_OF = Key("margin", CONFIDENCE)
PROBABILITIES = Key("probabilities", ProbabilitiesKind())


def read_prediction(
    found: Found, classes: tuple[str, ...] | None, report: Report
) -> Prediction | None:
    """The prediction that `given` says; none means that a mistake has been reported.

    Classes that could not be read are None, and then nothing can be said.
    """
    said = found.get_or(PROBABILITIES, {})
    name = found.get(CLASS) or max(said, key=lambda each: said[each], default=None)
    if name is None:
        for key in (CONFIDENCE_OF, MARGIN_OF):
            if key in found:
                report.error(found.place_of(key), f"{key.name} says nothing without a class")
        return NO_CLASS
    if not _are_known(found, classes, report) or classes is None:
        return None
    confidence = found.get_or(CONFIDENCE_OF, said.get(name, max(0.0, 1 - sum(said.values()))))
    if said.get(name, confidence) != confidence:
        sentence = f"confidence is {confidence:g}, but {name} has {said[name]:g} in probabilities"
        report.error(found.place_of(CONFIDENCE_OF), sentence, "remove one of them")
        return None
    prediction = prediction_like(name, confidence, found.get(MARGIN_OF), classes, said)
    if prediction is None:
        _refuse(found, name, confidence, len(classes), report)
    return prediction


def _are_known(found: Found, classes: tuple[str, ...] | None, report: Report) -> bool:
    """Whether the model has the classes; which it has not, is reported."""
    name, node = found.get(CLASS), found.nodes.get(PROBABILITIES.name)
    named = [] if name is None else [(name, found.place_of(CLASS))]
    if isinstance(node, Mapping):
        named += [(each.text, each.place) for each, _ in node.entries]
    for each, place in named:
        refuse_unknown(each, classes, "class", place, report)
    return classes is not None and all(each in classes for each, _ in named)


def _refuse(found: Found, name: str, confidence: float, classes: int, report: Report) -> None:
    """Report that no probabilities are as they are said."""
    margin, said = found.get(MARGIN_OF), dict(found.get_or(PROBABILITIES, {}))
    said.pop(name, None)
    margins = "" if margin is None else f" and a margin of {margin:g}"
    others = ", ".join(f"{each} has {share:g}" for each, share in said.items())
    where = f" where {others}" if others else ""
    sentence = f"no class of {classes} is the first with {confidence:g}{margins}{where}"
    place = found.place_of(CONFIDENCE_OF if CONFIDENCE_OF in found else PROBABILITIES)
    report.error(place, sentence, "their sum is 1")
