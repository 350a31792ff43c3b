"""The page of the rules: checked as one types, planned, saved; mended where it is wrong."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gallery_daemon.config.load import digest_of
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.journal.journal import Journal
from tests.review.library import file_some

if TYPE_CHECKING:
    from tests.review.conftest import Visit


def text_of(visit: Visit) -> str:
    """What lies in the file."""
    return (visit.home / "config.yaml").read_text()


def said(visit: Visit, path: str, **sent: object) -> dict[str, Any]:
    """What the page's script gets."""
    answer = visit.send(path, sent, Accept="application/json")
    assert 200 == answer.status_code, answer.text
    found = answer.json()
    assert isinstance(found, dict)
    return found


def checked(visit: Visit, text: str) -> dict[str, Any]:
    """What is said of a text while one types."""
    return said(visit, "/rules/check", text=text, digest=digest_of(text_of(visit)), looks=False)


def planned(visit: Visit, text: str) -> str:
    """The plan of the change, as HTML."""
    number = said(visit, "/rules/plan", text=text, looks=False)["plan"]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = visit.client.get(f"/rules/plan/{number}", headers={"Accept": "application/json"})
        assert 200 == answer.status_code, answer.text
        if answer.json()["is_done"]:
            return str(answer.json()["html"])
    pytest.fail("the plan did not end")


def test_the_page_has_the_text_letter_by_letter(visit: Visit) -> None:
    """Markup in it is text, a first empty line stays, and lines are lines."""
    visit.enter()
    file = visit.home / "config.yaml"
    file.write_text("\n# <script>alert(1)</script> </textarea>\n" + text_of(visit))

    page = visit.client.get("/rules").text

    assert "\n\n# &lt;script&gt;alert(1)&lt;/script&gt; &lt;/textarea&gt;\nversion: 1\n" in page
    assert "<script>alert" not in page
    assert f'data-digest="{digest_of(text_of(visit))}"' in page
    assert "No mistakes" in page


def test_a_mistake_is_marked_with_its_line_and_what_to_do(visit: Visit) -> None:
    """It cannot be saved so, and the page says why."""
    visit.enter()
    was = text_of(visit)
    text = was.replace("{class: cars,", "{clas: cars,")

    found = checked(visit, text)
    refused = visit.send(
        "/rules/save", {"text": text, "digest": digest_of(was)}, Accept="application/json"
    )

    assert [{"line": 5, "kind": "mistake"}] == found["marks"]
    assert "1 mistake" in found["html"]
    assert 'data-line="5" data-column=' in found["html"]
    assert "class" in found["html"]
    assert "the text has a mistake" == found["why_not"]
    assert 409 == refused.status_code
    assert "not saved: the text has a mistake" == refused.json()["errors"][0]["sentence"]
    assert was == text_of(visit)


def test_a_test_that_fails_is_marked(visit: Visit) -> None:
    """With what it got, and where it stands."""
    visit.enter()
    text = (
        text_of(visit)
        + "tests:\n  - given: {name: a.jpg, class: cars}\n    expect: {rule: memes}\n"
    )

    found = checked(visit, text)

    assert "1 failed" in found["html"]
    assert "expected rule memes, got rule cars" in found["html"]
    assert [{"line": 9, "kind": "mistake"}] == found["marks"]


def test_what_passes_is_saved_and_the_page_goes_on_from_there(visit: Visit) -> None:
    """The answer has the digest for the next time, and where the text before is."""
    visit.enter()
    was = text_of(visit)
    text = was.replace("rules:\n", "# mine\nrules:\n")

    saved = said(visit, "/rules/save", text=text, digest=digest_of(was))
    again = said(visit, "/rules/save", text=text + "# more\n", digest=saved["digest"])

    assert text + "# more\n" == text_of(visit)
    assert digest_of(text + "# more\n") == again["digest"]
    assert text == Path(saved["kept"]).read_text()


def test_a_file_that_was_changed_meanwhile_is_not_written_over(visit: Visit) -> None:
    """The page is told while one types, and again when one saves."""
    visit.enter()
    was = text_of(visit)
    (visit.home / "config.yaml").write_text(was + "# theirs\n")

    found = said(visit, "/rules/check", text=was, digest=digest_of(was), looks=False)
    refused = visit.send(
        "/rules/save", {"text": was + "# ours\n", "digest": digest_of(was)},
        Accept="application/json",
    )  # fmt: skip

    assert found["is_stale"]
    assert 409 == refused.status_code
    assert "was changed meanwhile" in refused.json()["errors"][0]["sentence"]
    assert was + "# theirs\n" == text_of(visit)


def test_a_plan_shows_where_photos_would_go(visit: Visit) -> None:
    """By ways, with pictures by numbers and never by paths."""
    file_some(visit.home, {"Cars": 3, "Memes": 2})
    visit.enter()
    text = text_of(visit).replace('"Memes/"', '"Funny/"')

    html = planned(visit, text)

    assert "2 photos of the library would go elsewhere, of 5 that were judged." in html
    assert "Memes/</span>" in html
    assert "Funny/</span>" in html
    assert 'src="/rules/plan/1/0/1/320"' in html
    assert os.fspath(visit.home) not in html
    assert "gallery-daemon refile" in html
    shown = visit.client.get("/rules/plan/1/0/1/320")
    assert f"320 of {visit.home}/library/Memes/memes-0.jpg".encode() == shown.content
    for place in ("1/0/2", "1/1/0", "2/0/0"):
        assert 409 == visit.client.get(f"/rules/plan/{place}/320").status_code


def test_a_change_of_comments_alone_moves_nothing(visit: Visit) -> None:
    """And it says so."""
    file_some(visit.home, {"Cars": 1})
    visit.enter()

    html = planned(visit, text_of(visit) + "# done\n")

    assert "No photo would go elsewhere, of 1 that were judged." in html
    assert "Nothing that files photos is changed" in html


def test_another_plan_ends_the_one_before(visit: Visit) -> None:
    """Its page is told; a plan of a text with mistakes says why there is none."""
    visit.enter()
    json = {"Accept": "application/json"}
    first = said(visit, "/rules/plan", text=text_of(visit), looks=False)["plan"]
    second = said(visit, "/rules/plan", text="nonsense", looks=False)["plan"]
    deadline = time.monotonic() + 20
    answer = visit.client.get(f"/rules/plan/{second}", headers=json)
    while answer.status_code == 200 and time.monotonic() < deadline:
        answer = visit.client.get(f"/rules/plan/{second}", headers=json)

    assert "mistake" in answer.json()["errors"][0]["sentence"]
    before = visit.client.get(f"/rules/plan/{first}", headers=json)
    assert "another plan was asked for" in before.json()["errors"][0]["sentence"]
    assert 200 == visit.send(f"/rules/plan/{second}/end", {}).status_code


def test_a_wrong_configuration_is_mended_on_the_page(visit: Visit) -> None:
    """The other pages say what is wrong; this one shows the text, and saves what is right."""
    visit.enter()
    was = text_of(visit)
    wrong = was.replace("version: 1", "version: 7")
    (visit.home / "config.yaml").write_text(wrong)

    review, page = visit.client.get("/review"), visit.client.get("/rules")
    said(visit, "/rules/save", text=was, digest=digest_of(wrong))

    assert (409, 200) == (review.status_code, page.status_code)
    assert (
        "version: &#34;7&#34; is not known" in page.text.replace("'", "&#34;") or "7" in page.text
    )
    assert 200 == visit.client.get("/review").status_code


def test_where_there_is_none_the_example_is_offered_once(visit: Visit) -> None:
    """It is written on demand, with its comments."""
    visit.enter()
    (visit.home / "config.yaml").unlink()

    review, page = visit.client.get("/review"), visit.client.get("/rules")
    said(visit, "/rules/example")
    again = visit.send("/rules/example", {}, Accept="application/json")

    assert 'href="/rules">Mend it in Rules' in review.text
    assert "There are no rules yet" in page.text
    assert text_of(visit).startswith("#")
    assert 409 == again.status_code
    assert "exists already" in again.json()["errors"][0]["sentence"]


def test_a_file_that_is_no_text_is_told_as_an_error(visit: Visit) -> None:
    """There is nothing to show, and nothing to save over it."""
    visit.enter()
    (visit.home / "config.yaml").write_bytes(b"\xff\xfe")

    page = visit.client.get("/rules")

    assert 409 == page.status_code
    assert "not UTF-8" in page.text


def test_pages_need_the_cookie_and_their_own_origin(visit: Visit) -> None:
    """As all do: nobody else saves a configuration."""
    stranger = visit.client.get("/rules")
    visit.enter()
    foreign = visit.client.post(
        "/rules/save",
        json={},
        headers={"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"},
    )

    assert (403, 403) == (stranger.status_code, foreign.status_code)


def test_what_was_filed_stays_where_it_is(visit: Visit) -> None:
    """Saving is no filing: the journal has what it had."""
    file_some(visit.home, {"Memes": 1})
    visit.enter()
    was = text_of(visit)

    said(visit, "/rules/save", text=was.replace("Memes/", "Funny/"), digest=digest_of(was))

    with closing(Journal(journal_path())) as journal:
        (row,) = list(journal.newest_first())
    assert ("filed", ("Memes",)) == (row.state, row.folder)
