"""Training and evaluating the model on the person's own labelled folders.

What is learned from: `dataset` finds the pictures, `twins` takes identical ones out, `pictures`
reads the others into `arrays` on disk, `split` has the ways to say who trains and who validates,
and `parties` chooses one. What is to be done: `recipe` has the phases as data, `options` what the
person chose, `weights` where the network starts from.

How: `run` walks from folders to bundle. In it, `workshop` is the scratch folder, `classroom` holds
one `course` after another, `loop` trains one phase and is read in one sitting, on `material`:
`features` of frozen layers, or pictures that `augment` varies and `imagined/` draws anew.
`schedule` says how fast, `average` averages the weights, `checkpoint` keeps what `--resume` needs.

How good it is: `judgement` is what was predicted and what is true, `calibrate` makes the confidence
true, `measure` counts rights and wrongs, `verdict` does so on all who judge, `thresholds` says how
sure is sure enough, `plots` and `report` show it, `provenance` says how it came to be. `evaluate`
measures a finished bundle, `eightbit` adds an 8-bit network to one. `display` is how all of it
talks to a person.
"""
