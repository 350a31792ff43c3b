"""The configuration: YAML in, one frozen `Config` out, or every mistake with its line and column.

`load` reads the file; `document` turns its text into nodes that remember their place, and `syntax`
explains where that fails. `reader` walks the nodes with `tables` (which keys there are) of `kinds`,
`amounts` (with `units`) and `names` (what a value may be): the `folders`, the rules in `rule`,
their `when` made of `conditions` (with `ranges`, `calendar`, `distance`, `probability`), of which
`guide` makes the README's table, and their tests in `ruletests`, which have photos `given` (with
what is `predicted` of them) and ends `expected`; `telling` is what is told besides the log.
Mistakes go to `report`, with a way out from `hints`. The result is `settings`; `schema` says the
same to editors, with every key `described`; `oneshot` makes one for `sort`, and `synced` warns of
moving photos out of folders that a sync tool keeps in step.
"""
