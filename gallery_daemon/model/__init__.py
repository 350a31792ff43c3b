"""The model: a bundle on disk becomes calibrated probabilities.

- `manifest` is what must be known of a bundle and needs no torch; `manifest_file` reads it from
  outside, and `manifest_checks` says what would be impossible in it. `tensors` tells without numpy
  whether a bundle's files fit; `bundle` reads and writes one.
- `model_versions` are heads that were learned from a person's lessons, for one library, each a
  `model_version`; `version_files` reads one, `version_record` says which serves.
- `network` is torchvision's ResNet34, parted into body and head, and the only place that
  normalises. The body makes features of a picture, `head` logits of features.
- `fit_head` fits a head to features, and `temperature` makes its confidence true; both without
  torch. `folds` parts pictures for cross-validation, and `doubts` names wrong labels by it.
- `bank` has the features of known pictures, and says how far a photo is from them; `precision`
  reads from the manifest's tallies how often such a call is right, `curves` how reliable all are;
  `quick` tells from a quick look what a full one may say, by the `reach` that was measured.
- `engines` run a body; `engines.predict` takes pictures and gives probabilities, precisions and
  familiarities.
- `quantise` makes the 8-bit body and compares it with the exact one; `onnx_file` writes a bundle
  for other tools.
"""
