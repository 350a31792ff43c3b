"""What one value of the YAML may be, kind by kind; each reads it or reports why it cannot.

`base` has the general kinds, `quantity` numbers with their units and ranges, `text` globs and
templates, `local` paths and addresses of this machine. `date`, `place` and `model` read the values
of the conditions in the files of those names in `rules.conditions`.
"""
