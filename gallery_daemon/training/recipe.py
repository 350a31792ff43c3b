"""Recipes as data: which layers learn, in which order, how fast and on what.

`ARTICLE` is exactly the notebook that this program's classes come from (n0obcoder, 2019):
ResNet34, the last layer replaced, all frozen but `layer4` and `fc`, cross-entropy, Adam at 1e-5,
batches of 64, 5 epochs; then only `fc` at 3e-4 for 3 more; mirrored at random.

`DEFAULT` keeps its idea, phases of freezing and unfreezing, with what has been learned since; each
number's source stands beside it. `FAST` has no phase: only the last layers are new, fitted as at
the end of `DEFAULT`, for someone who just added a class.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.manifest import INPUT_SIZE

VALIDATION_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: what trains (from `first_trained` to the end), how fast, how long, on what.

    `sizes` are the sides of its training pictures in pixels, of which each batch has one at random.
    An `augmented` phase sees another crop in other colours each time, and the share `thumbnails`
    of its pictures as a camera's thumbnail; any other sees the features of whole pictures, computed
    once.
    """

    name: str
    first_trained: str
    learning_rate: float
    epochs: int
    sizes: tuple[int, ...] = (INPUT_SIZE,)
    augmented: bool = False
    thumbnails: float = 0.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """Phases, and how all of them learn; the values not given are the article's.

    Without a phase the body stays as it is, and nothing but a head for each look is fitted.
    `starts_from` counts where a person names no weights; a `batch_size` of 0 is chosen for the
    machine. `mirrored` adds the features of mirror images, `quick_look` those of thumbnails: the
    best epoch is then the best for both looks, and at the end each look gets a head of its own.
    `layer_decay` divides the learning rate from one block to the one below; `warm_up` is a share of
    a phase's steps, after which the rate falls by a cosine if `cosine`; `average` is the largest
    decay of the average of the weights over steps; `balance` 0 draws every picture once, 1 every
    class as often as every other; `source_balance` does the same for the sources inside a class.
    """

    name: str
    phases: tuple[Phase, ...]
    starts_from: str = "imagenet"
    batch_size: int = 64
    mirrored: bool = True
    quick_look: bool = False
    weight_decay: float = 0.0
    layer_decay: float = 1.0
    warm_up: float = 0.0
    cosine: bool = False
    label_smoothing: float = 0.0
    average: float = 0.0
    balance: float = 0.0
    source_balance: float = 0.0


ARTICLE = Recipe(
    "article",
    (
        Phase("layer4 and fc", "layer4", learning_rate=1e-5, epochs=5),
        Phase("fc", "fc", learning_rate=3e-4, epochs=3),
    ),
)

DEFAULT = Recipe(
    "default",
    (
        # The head first: random, it would distort the layers below while they learn.
        # Source: Kumar et al. 2022, arXiv 2202.10054. This head does not ship, as each look's is
        # fitted to the body in the end. But the body learns through it, and is kept only if it
        # becomes better than with this phase's best epoch.
        Phase("head", "fc", learning_rate=3e-3, epochs=8),
        # Of many sizes, so that one network serves thumbnails and whole pictures. Source: Touvron
        # et al. 2019, arXiv 1906.06423 (a network is only good at sizes near those it learned at).
        # The first layers know edges, which need no change, and cost half of the time.
        Phase(
            "the upper layers",
            "layer3",
            learning_rate=5e-4,
            epochs=3,
            sizes=(112, 128, 160, 192),
            augmented=True,
            thumbnails=0.3,
        ),
    ),
    batch_size=0,
    mirrored=False,  # of the head's features; the other phases mirror by themselves
    quick_look=True,
    # Source: Loshchilov, Hutter 2019, arXiv 1711.05101 (decoupled, as in torch's AdamW).
    weight_decay=0.05,
    # Lower layers know edges and textures, which need the least change. Source: Howard, Ruder 2018,
    # arXiv 1801.06146; a gentler step than their 2.6, as ResNet34 has only six blocks.
    layer_decay=1.3,
    # Source: Goyal et al. 2017, arXiv 1706.02677; Loshchilov, Hutter 2017, arXiv 1608.03983.
    warm_up=0.1,
    cosine=True,
    # Source: Szegedy et al. 2016, arXiv 1512.00567.
    label_smoothing=0.05,
    # Source: Tarvainen, Valpola 2017, arXiv 1703.01780; `optimiser.new_average` has its ramp.
    average=0.998,
    # A power of the frequency, between ignoring the rare and repeating few pictures. Source:
    # Mahajan et al. 2018, arXiv 1805.00932.
    balance=0.5,
    source_balance=0.5,
)

FAST = Recipe(
    "fast",
    phases=(),
    # The shipped model knows the classes that a person's own ones stand beside.
    starts_from="default",
    mirrored=False,
    quick_look=True,
    label_smoothing=DEFAULT.label_smoothing,
    balance=DEFAULT.balance,
    source_balance=DEFAULT.source_balance,
)

RECIPES = {recipe.name: recipe for recipe in (ARTICLE, DEFAULT, FAST)}


def with_epochs(recipe: Recipe, epochs: tuple[int, ...]) -> Recipe:
    """The same recipe for other numbers of epochs; a phase of no epochs is left out.

    Raises:
        TrainingError: the recipe has no phases, there are more or fewer numbers than phases, or all
            are 0.
    """
    if not recipe.phases:
        raise TrainingError(
            f"the recipe {recipe.name} has no epochs: its last layers are fitted to the end",
            hint="leave --epochs out",
        )
    if len(epochs) != len(recipe.phases) or not any(epochs):
        names = ", ".join(phase.name for phase in recipe.phases)
        raise TrainingError(
            f"{len(epochs)} numbers of epochs for the {len(recipe.phases)} phases of the recipe "
            f"{recipe.name}, of which at least one must have an epoch",
            hint=f"its phases are: {names}",
        )
    changed = (
        replace(phase, epochs=count) for phase, count in zip(recipe.phases, epochs, strict=True)
    )
    return replace(recipe, phases=tuple(phase for phase in changed if phase.epochs > 0))
