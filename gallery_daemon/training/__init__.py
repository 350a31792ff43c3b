"""Training and evaluating the model on the person's own labelled folders.

What it learns from: `dataset` finds the pictures and leaves identical ones out, `pictures` reads
the others into an array on disk, `split` says which train and which validate, and `made_from` knows
them again in an evaluation. What is to be done: `recipe` has the phases as data, `train_options`
what the person chose, `weights` where the network starts from.

How: `train` goes from folders to bundle. In it, `workspace` is the scratch folder and `trainer`
trains one network after another; `phase` has the training loop, to be read in one sitting. It takes
its `batches` from `features` of frozen layers, or from pictures that are varied, some of them
`synthetic`. `optimiser` says how weights move, `checkpoint` keeps what `--resume` needs. At the end
`learned` has what a bundle has of it all, with a last layer fitted for each look.

How good it is: `predictions` are what networks made of labelled pictures; `measures` counts rights
and wrongs in them, `coverage` how many photos reach a confidence, `sources` each source by itself.
`calibration` makes the confidence true. `plots` and `report` show all of it, with `advice` on what
it proves and what to do; `card` and `card_tables` say it in words. `evaluate` measures a finished
bundle, `evaluation_report` writes a page of that, `int8_bundle` adds an 8-bit network to one.
`doubtful_pictures` names pictures that lie in the wrong folder. Progress and results go to a person
through `display`.
"""
