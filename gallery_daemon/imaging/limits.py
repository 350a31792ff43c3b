"""How much one photo may ask for; the configuration's `limits` can say otherwise."""

from __future__ import annotations

# The largest phone photos known to us: 200 megapixels of a Galaxy, under 100 MB as JPEG, and a
# 48-megapixel ProRAW, under 100 MB. A photo is held in memory once while it is looked at.
DEFAULT_BYTES = 500 * 1000 * 1000
# 200 megapixels (Galaxy S23 Ultra and later) with room for a panorama. Decoded whole these take
# up to 1 GB; Pillow's own limit, 179 million, would refuse them.
DEFAULT_PIXELS = 250 * 1000 * 1000
# A 200-megapixel HEIC without a preview takes 7 to 10 s to decode on two slow cores.
DEFAULT_SECONDS = 30.0
