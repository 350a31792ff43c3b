"""The service walks photos through the rooms.

`pipeline` is the table of contents: one short method for each step of the journey through the
`rooms`; `ends` has what becomes of files that are not filed, `retry` when they are tried again, and
`sidecars` brings a sidecar to its photo, for which `company` lets it wait; `tell` has the line of
every file written and counted in `tally`. `loop` turns it: `inbox` is the one door into the main
thread, `listing` and `watching` are what is due from time to time, and `report` tells the service
manager and whoever asks how things are, with a `snapshot` of the `pace`, the `classifier_state` and
all else; `summary` sums up each day, and `metrics` are `figures` that the `exporter` hands out.
`wiring` constructs everything for one `configuration`, with the `setup` of the classifier process
and the journal that `journals` opens. On it stand `daemon`, which takes `orders` from signals and
from `edits` of the configuration and is the `sole` one on its folders, `sort`, `undoing`,
`classify`, `explaining` and the `picturetests` of `check`.

Before one acts: a `survey` looks at files, with `answers` from the classifier process where there
are no `looks` that the journal remembers, and `kinship` says which photos are alike; `planning`
decides about each on paper, a `forecast` has them all, and `refiling` files anew what was `filed`
and goes elsewhere by the present rules.

`clock` is the only clock; `systemd` speaks to the service manager, `unit` installs the unit,
`shipped` finds the files that come with the package. For who asks: `unfiled` has the photos in
trouble, `following` the journal as it grows, and the `doctor` looks at all that the daemon needs.
"""
