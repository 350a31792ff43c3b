#!/bin/sh
# simplejpeg 1.9.0 passes over `min_factor` where neither `min_height` nor `min_width` is given.
#
# Its documentation calls it the minimum scaling factor, original size / decoded size. Alone it does
# nothing: the picture is decoded whole, at 64 times the pixels asked for. With one minimum of 1
# pixel it is an eighth, and then it is an eighth for `min_factor=1` too, as that is the smallest
# picture that keeps the minimum.
#
# Seen: as the last lines of this script compare. Ends with 1 if that changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet "simplejpeg==1.9.0" "numpy==2.4.6"
cat > "$place/program.py" <<'PROGRAM'
import numpy
import simplejpeg

slope = numpy.linspace(0, 255, 800 * 1600 * 3).astype(numpy.uint8).reshape(800, 1600, 3)
jpeg = simplejpeg.encode_jpeg(slope)
for words in (
    {"min_factor": 8},
    {"min_factor": 8, "min_height": 1},
    {"min_factor": 1, "min_height": 1},
):
    print(words, simplejpeg.decode_jpeg(jpeg, **words).shape)
PROGRAM
"$place/venv/bin/python" "$place/program.py" > "$place/seen"
cat "$place/seen"
cat > "$place/expected" <<'EXPECTED'
{'min_factor': 8} (800, 1600, 3)
{'min_factor': 8, 'min_height': 1} (100, 200, 3)
{'min_factor': 1, 'min_height': 1} (100, 200, 3)
EXPECTED
cmp "$place/seen" "$place/expected"
