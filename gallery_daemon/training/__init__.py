"""Training and evaluating the model on the person's own labelled folders.

`dataset` finds and reads the pictures and splits them; `recipe` is the article's two phases as
data; `weights` is where the network starts from; `features` runs the frozen layers once a picture;
`loop` trains the rest, read in one sitting; `calibrate` makes the confidence true; `measure` counts
rights and wrongs; `plots` draws the curves; `run` walks through all of it; `evaluate` measures a
finished bundle. `display` is how they talk to a person.
"""
