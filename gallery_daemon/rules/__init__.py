"""The rules: pure functions from a photo, its facts and its prediction to a decision.

No file system, no clock, no YAML, no torch: what is decided depends on the arguments alone, so
every decision can be tested, repeated and explained. `ruleset` is what `config` reads the YAML
into. Its conditions are `condition` (the model's word and the combinations), `probability` (the
model's second thoughts), `likeness` (names, through `glob`), `fact` (what the file says of itself),
`calendar` (when), `distance` (where), `aspect` (which shape), `screenshot` and `kin` (who was seen
before); `wording` writes them. Its destinations are `template`, filled from `values` and kept
harmless by `part`. `decide` walks the rules, the first match wins; `explain` asks those behind it
too, and `reliance` whether that takes the file or its kin; `ruletest` holds a decision against what
a person expects of a `supposed` prediction, but for what is `unsaid`; `analysis` warns of rules
that never can match, with `implication`; `changes` tells two rule sets apart.
"""
