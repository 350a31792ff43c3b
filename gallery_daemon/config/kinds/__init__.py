"""What one value of the YAML may be, kind by kind; each reads it or reports why it cannot.

`base` has the general kinds; `quantity`, `text`, `date`, `place`, `model` and `local` (paths and
addresses of this machine) have the others. A condition of `rules.conditions` has its value's kind
in the file of the same name.
"""
