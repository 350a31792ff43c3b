"""The rules: pure functions from a photo, its facts and its prediction to a decision.

No file system, no clock, no YAML, no torch: what is decided depends on the arguments alone, so
every decision can be tested, repeated and explained.

`condition` says what a condition is and combines them; each one, with all that is known of it, is
in `conditions`, where names are matched through `glob` and texts written by `yamltext`. A place is
a `template`, filled from `fields`, each part of it made harmless by `component`. `decide` has the
rule set and walks it: the first match wins; `settled` says whether a full look at the photo could
change that, and `explain` asks the rules behind it, too. `ruletest` holds decisions against what a
person expects, `analysis` warns of rules that never can match, `demands` says which precision is
asked of which classes, `places` which folders stand for which class, and `changes` tells two rule
sets apart.
"""
