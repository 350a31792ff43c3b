"""What the program learns from a person, who drags photos from one folder to another.

- `statements` has what the place of one photo says, `corrections` what all say together; both are
  pure. `whereabouts` finds the photos that were carried away, `library_places` what folders stand
  for on the library's disk, and `library_scan` looks at the library with both and writes the
  lessons into the journal.
- `candidate_model` makes a model of the base and of all lessons, never of the model before: what is
  withdrawn leaves no trace. In it, `fit` fits the head; `cross_validation` says what such heads
  make of pictures that they did not learn from; `calibrate` finds how sure the model may be, and
  `gate` whether it may serve, by what `decisions` it would take. `doubtful` names lessons that
  contradict all others.
- `learn` is the whole act: the photos of lessons become features (`lesson_features`), these a
  candidate, whose `proposal` tells a person what it would bring; `adoption` makes a version of it.
- `class_names` says what a class may be called, and how many photos a new one needs.
- `nearest` says what a photo is most like, of the model's pictures and of the lessons; `resembled`
  has it in words.
- `drift` says whether the model fits new photos as well as it did; pure.

No torch and no decoder: photos become features in the classifier process.
"""
