"""Make and model as one name, as people say it: "Apple iPhone 7", "NIKON D70", "KODAK DC240".

The make is a company's name in full ("NIKON CORPORATION", "EASTMAN KODAK COMPANY"), and many models
begin with the brand as well. So what companies are called besides their brand is left out, and so
is the make where the model begins with a word of it, or with another brand of the same company.

Sources: the makes and models in public collections of test files; the makes that dcraw, LibRaw and
rawspeed know.
"""

from __future__ import annotations

import re

# Companies whose brand is not the first word of their name.
_BRANDS = {
    "eastman kodak": "KODAK",
    "seiko epson": "EPSON",
    "fuji photo film": "FUJIFILM",
    "asahi optical": "PENTAX",
    "hewlett-packard": "HP",
    "hewlett packard": "HP",
    "general imaging": "GE",
    "research in motion": "BlackBerry",
    "hmd global": "Nokia",
    "jk imaging": "KODAK",
}
# Another brand that a company's models may begin with.
_OTHER_BRANDS = {"ricoh": "pentax", "lge": "lg"}
# From here on a make is no brand: "Minolta Co., Ltd.", "OLYMPUS IMAGING CORP.", "FLIR Systems AB".
_OF_COMPANIES = re.compile(
    r"[\s,]+(?:corporation|corp|company|co|limited|ltd|incorporated|inc|llc|plc|gmbh|ag|ab|a/s|oy"
    r"|(?:digital\s+)?(?:imaging|cameras?)|optical|optics|(?:opto-)?electronics|electric|computer|systems"
    r"|techwin|technology|technologies|industries|industrial|international"
    r"|koki|mobility|mobile\s+communications)(?=[\s.,]|$).*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]{2,}")
# A word of two letters may begin another: HP and "HPX", LG and "LGM".
_SHORT = 2


def camera_name(make: str, model: str) -> str | None:
    """The name of a camera; None if it has none. Both texts are clean (`texts`)."""
    known = next((each for each in _BRANDS if make.casefold().startswith(each)), None)
    brand = _BRANDS[known] if known else _OF_COMPANIES.sub("", make)
    if not model:
        return brand or None
    brands = _WORD.findall(brand.casefold())
    brands += [other for maker, other in _OTHER_BRANDS.items() if maker in brands]
    if any(_begins_with(model.casefold(), each) for each in brands):
        return model
    return f"{brand} {model}".strip()


def _begins_with(model: str, brand: str) -> bool:
    if not model.startswith(brand):
        return False
    return len(brand) > _SHORT or not model[len(brand) : len(brand) + 1].isalpha()
