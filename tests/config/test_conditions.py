"""Every condition: what it becomes, and what is said of one that was not understood."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.rules.conditions.date import DatePart, Span, TakenBetween, TakenIn
from gallery_daemon.rules.conditions.model import (
    ClassIs,
    Comparison,
    Familiar,
    MinConfidence,
    MinFamiliarity,
    MinMargin,
    MinPrecision,
    Probability,
)
from gallery_daemon.rules.conditions.name import CameraLike, ExtIs, NameLike, PathLike, SourceLike
from gallery_daemon.rules.conditions.place import HasGps, Near, Spot
from gallery_daemon.rules.conditions.screenshot import Screenshot
from gallery_daemon.rules.conditions.shape import (
    AspectIs,
    Between,
    HasExif,
    Measure,
    Orientation,
    OrientationIs,
    Ratio,
)
from tests.config.texts import RULE, TO, config_of, errors_of, says

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Condition

JULY_1 = datetime.fromisoformat("2026-07-01")
JULY_21 = datetime.fromisoformat("2026-07-21 18:30")


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{class: cars, min_confidence: 0}", (ClassIs(("cars",)), MinConfidence(0))),
        ("{min_confidence: .5}", (MinConfidence(0.5),)),
        ("{min_margin: 1}", (MinMargin(1),)),
        ("{min_precision: 0.95}", (MinPrecision(0.95),)),
        ("{familiar: false}", (Familiar(wanted=False),)),
        ("{familiar: yes, min_familiarity: 0.1}", (Familiar(wanted=True), MinFamiliarity(0.1))),
        ("{name: IMG_*}", (NameLike(("IMG_*",)),)),
        ("{name: 2026}", (NameLike(("2026",)),)),
        ("{path: ['**/a', b/*]}", (PathLike(("**/a", "b/*")),)),
        ("{ext: [.jpg, png]}", (ExtIs(("jpg", "png")),)),
        ("{source: cam*}", (SourceLike(("cam*",)),)),
        ("{camera: Canon EOS*}", (CameraLike(("Canon EOS*",)),)),
        ("{has_exif: true, has_gps: no}", (HasExif(wanted=True), HasGps(wanted=False))),
        ("{taken: {after: 2026-07-01}}", (TakenBetween(JULY_1, None),)),
        (
            "{taken: {after: 2026-07-01, before: '2026-07-21T18:30'}}",
            (TakenBetween(JULY_1, JULY_21),),
        ),
        ("{taken: {year: 2024}}", (TakenIn(DatePart.YEAR, (Span(2024, 2024),)),)),
        (
            "{taken: {month: [6, jul, August], weekday: {min: Fri, max: sunday}}}",
            (
                TakenIn(DatePart.MONTH, (Span(6, 6), Span(7, 7), Span(8, 8))),
                TakenIn(DatePart.WEEKDAY, (Span(5, 7),)),
            ),
        ),
        (
            "{taken: {hour: {min: 22, max: 5}, after: 2026-07-01}}",
            (TakenBetween(JULY_1, None), TakenIn(DatePart.HOUR, (Span(22, 5),))),
        ),
        (
            "{taken: {year: [2019, {min: 2022}]}}",
            (TakenIn(DatePart.YEAR, (Span(2019, 2019), Span(2022, None))),),
        ),
        ("{near: {lat: 48.1, lon: -11.6, km: 5}}", (Near((Spot(48.1, -11.6, 5),)),)),
        (
            "{near: [{lat: -90, lon: 0, km: 0.5, name: pole}, {lat: 0, lon: 180, km: 1}]}",
            (Near((Spot(-90, 0, 0.5, "pole"), Spot(0, 180, 1))),),
        ),
        ("{screenshot: no}", (Screenshot(wanted=False),)),
        ("{aspect: 4:3}", (AspectIs((Ratio(4, 3),)),)),
        ("{aspect: ['19.5:9', '3 : 2']}", (AspectIs((Ratio(19.5, 9), Ratio(3, 2))),)),
        ("{aspect: {min: 1.9}}", (Between(Measure.ASPECT, 1.9, None),)),
        (
            "{probability: {memes: '>= 0.3'}}",
            (Probability("memes", Comparison.AT_LEAST, 0.3),),
        ),
        (
            "{probability: {memes: '>.3, <=0.5', cars: < 1}}",
            (
                Probability("memes", Comparison.ABOVE, 0.3),
                Probability("memes", Comparison.AT_MOST, 0.5),
                Probability("cars", Comparison.BELOW, 1),
            ),
        ),
        ("{width: {min: 4_000}}", (Between(Measure.WIDTH, 4000, None),)),
        ("{height: {max: 10}}", (Between(Measure.HEIGHT, None, 10),)),
        ("{megapixels: {min: 0.5, max: 0.5}}", (Between(Measure.MEGAPIXELS, 0.5, 0.5),)),
        ("{size: {min: 20MB, max: 1 gib}}", (Between(Measure.SIZE, 20_000_000, 2**30),)),
        (
            "{orientation: [portrait, square]}",
            (OrientationIs((Orientation.PORTRAIT, Orientation.SQUARE)),),
        ),
    ],
)
def test_a_condition_is_what_it_says(when: str, expected: tuple[Condition, ...]) -> None:
    """Numbers, dates and sizes as people write them, in the order of the YAML."""
    (rule,) = config_of(f"{RULE}    when: {when}\n{TO}").rules.rules

    assert expected == rule.conditions


CONDITIONS = [
    ("{class: car}", 19, 'unknown class "car"; the model\'s classes are cars, memes', "cars?"),
    (
        "{class: dogs}",
        19,
        'unknown class "dogs"',
        "a class of your own is learned",
    ),
    ("{class: [cars, trese]}", 26, 'unknown class "trese"', "did you mean trees?"),
    ("{not: {class: car}}", 25, 'unknown class "car"', "did you mean cars?"),
    ("{class: {a: b}}", 19, "class: a map is not a class", None),
    ("{class: []}", 19, "class: the list is empty", "leave out class"),
    ("{class: no}", 19, "YAML reads no as false, not as a class", 'quotes: "no"'),
    ("{taken: {}}", 19, "taken: the map is empty, so it could match nothing", None),
    ("{taken: {month: juny}}", 27, 'month: "juny" is not a month such as jun or 6', "did you mean"),
    ("{taken: {year: 24}}", 26, '"24" is not a year such as 2024', None),
    ("{taken: {month: 13}}", 27, '"13" is not a month', None),
    ("{taken: {month: []}}", 27, "month: the list is empty", "leave out month"),
    ("{taken: {month: {}}}", 27, "month: the map is empty", None),
    ("{taken: {weekday: 6}}", 29, '"6" is not a weekday', "write its name: mon, tue"),
    ("{taken: {weekday: [sat, sund]}}", 35, '"sund" is not a weekday', "did you mean sun?"),
    ("{taken: {hour: 24}}", 26, '"24" is not an hour from 0 to 23', None),
    ("{taken: {hour: {min: 22, mx: 5}}}", 36, 'unknown key "mx" in hour', "did you mean max?"),
    ("{taken: {year: {min: 2025, max: 2024}}}", 26, "min is greater than max", None),
    ("{taken: {yeer: 2024}}", 20, 'unknown key "yeer" in taken', "did you mean year?"),
    ("{near: {lat: 48.1, lon: 11.6}}", 18, "near lacks the key km", "add km: 5"),
    ("{near: {lat: 91, lon: 0, km: 1}}", 24, '"91" is not a number from -90 to 90', None),
    ("{near: {lat: 1, lon: -181, km: 1}}", 32, '"-181" is not a number from -180', None),
    ("{near: {lat: 1, lon: 1, km: 0}}", 39, '"0" is not a number from 0.001', None),
    ("{near: []}", 18, "near: the list is empty", "leave out near"),
    ("{near: Munich}", 18, "near must be a map with the keys lat, lon, km, name", None),
    ("{screenshot: 1}", 24, '"1" is not true or false', None),
    ("{aspect: 1.5}", 20, '"1.5" is not a ratio such as "4:3"', "write aspect: {min: 1.5}"),
    ("{aspect: '4:0'}", 20, '"4:0" is not a ratio', None),
    ("{aspect: wide}", 20, '"wide" is not a ratio', None),
    ("{aspect: {min: 0.5}}", 26, '"0.5" is not a number from 1 to 10000', None),
    ("{probability: {meme: '> 0.3'}}", 26, 'unknown class "meme"', "did you mean memes?"),
    ("{probability: {memes: 0.3}}", 33, '"0.3" is not a limit', 'write memes: ">= 0.3"'),
    ("{probability: {memes: '< 30%'}}", 33, '"< 30%" is not a limit', 'memes: "<= 0.3"'),
    ("{probability: {memes: '>= 1.1'}}", 33, '">= 1.1" is not a limit', None),
    ("{probability: {memes: high}}", 33, '"high" is not a limit', None),
    ("{probability: {memes: '>= 0.3,'}}", 33, '">= 0.3," is not a limit', '">= 0.3"'),
    ("{probability: {memes: '> 1'}}", 33, "memes: no probability is > 1", None),
    ("{probability: {}}", 25, "probability must be a map such as", 'memes: ">= 0.3"'),
    ("{probability: '> 0.3'}", 25, "probability must be a map such as", 'memes: ">= 0.3"'),
    ("{probability: {memes: [a]}}", 33, "memes: a list is not a limit", None),
    ("{min_confidence: 80%}", 28, '"80%" is not a number from 0 to 1', "min_confidence: 0.8"),
    ("{min_precision: 95%}", 27, '"95%" is not a number from 0 to 1', "min_precision: 0.95"),
    ("{familiar: 0.1}", 22, '"0.1" is not true or false', None),
    ("{min_confidence: 80}", 28, '"80" is not a number from 0 to 1', "min_confidence: 0.8"),
    ("{min_confidence: 1.5}", 28, '"1.5" is not a number from 0 to 1', None),
    ("{min_confidence: -1}", 28, '"-1" is not a number from 0 to 1', None),
    ("{min_confidence: '0.8'}", 28, '"0.8" is not a number', "min_confidence: 0.8"),
    ("{min_confidence: high}", 28, '"high" is not a number from 0 to 1', None),
    ("{min_confidence: .nan}", 28, '".nan" is not a number from 0 to 1', None),
    ("{min_confidence: [0.8]}", 28, "a list is not a number from 0 to 1", None),
    ("{min_confidence: }", 27, "min_confidence has no value", None),
    ("{}", 11, "a map of conditions cannot be empty", "leave out `when`"),
    ("", 10, "a map of conditions cannot be empty", "leave out `when`"),
    ("[]", 11, "a map of conditions cannot be empty", "leave out `when`"),
    ("[{class: cars}]", 11, "when must be a map with the keys class,", None),
    ("always", 11, "when must be a map with the keys class,", None),
    ("{any: []}", 17, "any must be a list of maps", "any: [{class: cars}, {ext: png}]"),
    ("{all: {class: cars}}", 17, "all must be a list of maps", "all: [{class: cars}"),
    ("{any: [{}]}", 18, "a map of conditions cannot be empty", "leave out"),
    ("{any: [cars]}", 18, "when must be a map with the keys class,", None),
    ("{not: [{class: cars}]}", 17, "not must be a map of conditions", "not: {any: [...]}"),
    ("{not: {}}", 17, "a map of conditions cannot be empty", "leave out"),
    ("{name: a/b}", 18, '"a/b": it holds a /', "use path for folders"),
    ("{camera: a/b}", 20, '"a/b": it holds a /', None),
    ("{name: '!a'}", 18, "cannot be negated with !", 'not: {name: "a"}'),
    (f"{{name: '{'*a' * 501}'}}", 18, "cannot have more than 1000 letters", "list of shorter"),
    (f"{{path: ['{'**/' * 400}a']}}", 19, "cannot have more than 1000 letters", "list of shorter"),
    ("{path: /Trips/x}", 18, "begins below the watch folder", "path: Trips/x"),
    ("{path: ~/}", 18, "begins below the watch folder", "path: **"),
    ("{path: Trips/}", 18, "no photo's path ends with a /", 'path: "Trips/**"'),
    ("{path: a/../b}", 18, "no empty, . or ..", None),
    ("{path: [a, {b: c}]}", 22, "path: a map is not a pattern", None),
    ("{ext: '*.jpg'}", 17, '"*.jpg" is not an extension such as jpg', "write ext: jpg"),
    ("{ext: .}", 17, '"." is not an extension such as jpg', None),
    ("{ext: 1: 2}", 18, "", None),
    ("{source: phone}", 20, 'source "phone" matches no watch folder; they are called Camera', None),
    ("{source: [Camera, camra]}", 29, 'source "camra"', "did you mean Camera?"),
    ("{taken: 2026}", 19, "taken must be a map with the keys after, before", None),
    ("{taken: {}}", 19, "the map is empty", None),
    ("{taken: {after: 2026-02-30}}", 27, '"2026-02-30" is not a day such as', None),
    ("{taken: {after: July}}", 27, '"July" is not a day such as', None),
    ("{taken: {after: [x]}}", 27, "after: a list is not a day", None),
    ("{taken: {after: 2026-02-02, before: 2026-02-02}}", 19, "after is not earlier", None),
    ("{has_exif: maybe}", 22, '"maybe" is not true or false', None),
    ("{has_gps: []}", 21, "a list is not true or false", None),
    ("{width: 4000}", 19, '"4000" is not a map such as', "write width: {min: 4000}"),
    ("{width: }", 18, "width must be a map with the keys min, max", None),
    ("{width: {}}", 19, "the map is empty", None),
    ("{width: {min: 1.5}}", 25, "a whole number from 0", None),
    ("{width: {min: 5, max: 2}}", 19, "min is greater than max", None),
    ("{size: {min: 20}}", 24, '"20" is not a size such as 20MB', "min: 20MB"),
    ("{size: {min: [20]}}", 24, "a list is not a size", None),
    ("{orientation: wide}", 25, "one of landscape, portrait, square", None),
    ("{orientation: [square, portraid]}", 34, '"portraid"', "did you mean portrait?"),
]


@pytest.mark.parametrize(("when", "column", "sentence", "hint"), CONDITIONS)
def test_a_condition_not_understood_is_a_mistake(
    when: str, column: int, sentence: str, hint: str | None
) -> None:
    """And never one that matches everything."""
    error = errors_of(f"{RULE}    when: {when}\n{TO}")[0]

    assert (6, column) == (error.line, error.column)
    assert says(error, sentence, hint)
