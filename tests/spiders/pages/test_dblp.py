"""dblp's odd forms: titles, links, namesakes, and JSON that was made of XML."""

import json
from pathlib import Path

import pytest

from spiders.errors import BadRequest, Blocked, LayoutChanged, NotFound, Truncated, Unavailable
from spiders.items import PageVerdict
from spiders.pages import dblp

FIXTURES = Path(__file__).parent / "fixtures/dblp"


def body(case):
    (path,) = (FIXTURES / case).glob("body.*")
    return path.read_bytes()


def parse(text, **told):
    data = text if isinstance(text, bytes) else text.encode()
    (page,) = dblp.parse(data, **told)
    return page


def person(record="", *, n=1, head="", name="Ada Test"):
    rows = f"<r>{record}</r>" if record else ""
    return f'<dblpperson name="{name}" pid="1/2" n="{n}">{head}{rows}</dblpperson>'


def article(inner, *, key="journals/x/Y20", title="<title>A title.</title>", **attributes):
    more = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'<article key="{key}"{more}>{title}<year>2020</year>{inner}</article>'


def work(record):
    (found,) = parse(person(record)).works
    return found


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("A plain one.", "A plain one"),
        ("Is it?", "Is it?"),
        ("And so on...", "And so on..."),
        ("On <i>k</i>-<b>means</b> in <tt>C</tt>.", "On k-means in C"),
        ("O(<i>n</i><sup>2</sup>)\n of H<sub>2</sub>O.", "O(n2) of H2O"),
        ("The Ph.D.", "The Ph.D"),
        (".", "."),
    ],
)
def test_a_title_is_plain_text_without_the_full_stop(title, read):
    assert work(article("", title=f"<title>{title}</title>")).title == read


@pytest.mark.parametrize(
    ("link", "identifier"),
    [
        ("https://doi.org/10.1145/3292500.3330701", "doi:10.1145/3292500.3330701"),
        ("http://doi.ieeecomputersociety.org/10.1109/TVCG.2010.63", "doi:10.1109/tvcg.2010.63"),
        ("https://dl.acm.org/doi/10.1145/1.2", None),
        ("https://arxiv.org/abs/2311.16503", "arxiv:2311.16503"),
        ("https://doi.org/10.48550/arXiv.2311.16503", "arxiv:2311.16503"),
        ("https://openreview.net/forum?id=rJXMpikCZ", "openreview:rJXMpikCZ"),
        ("https://aclanthology.org/P19-1001/", "acl:P19-1001"),
        ("https://www.aclweb.org/anthology/2020.acl-main.1/", "acl:2020.acl-main.1"),
        ("https://www.wikidata.org/entity/Q51701964", None),
        ("https://example.org/10.1234/no-doi", None),
        ("https://[broken", None),
    ],
)
def test_a_link_gives_the_id_that_it_is_known_by(link, identifier):
    found = work(article(f"<ee>{link}</ee>")).ids
    assert found[0] == "dblp:journals/x/Y20"
    if identifier is not None:
        assert identifier in found[1:]
    elif "dl.acm.org" not in link:
        assert found[1:] == ()


@pytest.mark.parametrize(
    ("key", "preprint"),
    [
        ("journals/corr/abs-2311-16503", "arxiv:2311.16503"),
        ("journals/corr/abs-0704-0001", "arxiv:0704.0001"),
        ("journals/corr/abs-math-0310334", "arxiv:math/0310334"),
        ("journals/corr/cs-CL-9405001", None),
        ("journals/corr/Kipf16", None),
    ],
)
def test_the_key_of_a_preprint_tells_its_arxiv_number(key, preprint):
    found = work(article("", key=key, publtype="informal"))
    assert found.work_type == "preprint"
    assert found.ids[1:] == ((preprint,) if preprint else ())


def test_what_was_withdrawn_says_so():
    assert work(article("", publtype="informal withdrawn")).is_retracted is True
    assert work(article("")).is_retracted is None


def test_numbers_that_tell_namesakes_apart_are_in_no_name():
    found = parse(person(article("<author>Bob Sample 0012</author>"), name="Ada Test 0001"))
    assert found.author.name == "Ada Test"
    assert found.works[0].authors == ("Bob Sample",)


def test_addresses_of_namesakes_are_not_the_persons():
    other = "<person><url>https://orcid.org/0000-0002-1694-233X</url></person>"
    head = f"<person/><homonyms><h>{other}</h></homonyms>"
    assert parse(person(article(""), head=head)).author.ids == ("dblp:1/2",)


def test_an_orcid_that_papers_do_not_agree_on_is_left_out():
    author = '<author pid="1/2" orcid="{}">Ada Test</author>'
    both = "".join(author.format(o) for o in ("0000-0002-1825-0097", "0000-0002-1694-233X"))
    assert parse(person(article(both))).author.ids == ("dblp:1/2",)


@pytest.mark.parametrize(("n", "error"), [(3, Truncated), (0, LayoutChanged)])
def test_a_list_that_is_not_as_long_as_it_says_is_refused(n, error):
    with pytest.raises(error):
        parse(person(article(""), n=n))


def test_a_record_that_stands_twice_is_refused():
    twice = f"{article('')}</r><r>{article('')}"
    with pytest.raises(LayoutChanged, match="n is 2, and other records came"):
        parse(person(twice, n=2))


@pytest.mark.parametrize(
    "record",
    [
        "<article><title>T</title></article>",
        '<article key="a b"><title>T</title></article>',
        '<article key="x/y/z"/>',
        '<article key="x/y/z"><title>T</title><title>U</title></article>',
        '<article key="x/y/z"><title>T</title><year>MMXX</year></article>',
        '<article key="x/y/z"><title>T</title></article>',
        "",
    ],
)
def test_a_record_that_lost_what_it_must_have_is_refused(record):
    with pytest.raises((LayoutChanged, Truncated)):
        parse(person(record))


def test_a_disambiguation_page_is_nobody_even_when_it_lists_papers():
    with pytest.raises(NotFound, match="is nobody's page"):
        parse(body("disambiguation"))


def test_a_single_record_is_read_without_an_author():
    page = parse(f"<dblp>{article('<journal>J</journal>')}</dblp>")
    assert (page.author, page.works[0].venue) == (None, "J")


@pytest.mark.parametrize("wall", ["bot_wall_200", "bot_wall_500"])
@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/xml", ""])
@pytest.mark.parametrize("status", [200, 403, 500, None])
def test_a_wall_is_told_by_what_came_whatever_it_is_called(wall, kind, status):
    with pytest.raises(Blocked):
        parse(body(wall), status=status, headers={"Content-Type": kind})


@pytest.mark.parametrize("kind", ["text/html", "text/plain", ""])
def test_good_data_is_read_whatever_it_is_called(kind):
    assert len(parse(body("person"), status=200, headers={"content-type": kind}).works) == 6


def test_a_wall_in_plain_words_is_told_by_its_type_where_dblp_fails():
    with pytest.raises(Blocked):
        parse("Just a moment", status=500, headers={"Content-Type": "text/html"})
    with pytest.raises(Unavailable):
        parse("Just a moment", status=500, headers={"Content-Type": "text/plain"})


def search(**changed):
    page = json.loads(body("search_page"))
    page["result"]["hits"].update(changed)
    return json.dumps(page)


def test_a_search_whose_hits_are_one_object_or_none_is_read():
    assert len(parse(body("search_one_hit")).works) == 1
    page = parse(body("search_no_hits"))
    assert (page.verdict, page.works, page.total) == (PageVerdict.EMPTY, (), 0)


@pytest.mark.parametrize("address", ["https://dblp.org/rec/conf/a/B20", None])
def test_a_hit_without_a_key_has_it_in_its_address(address):
    page = json.loads(body("search_one_hit"))
    info = page["result"]["hits"]["hit"]["info"]
    del info["key"]
    info["url"] = address
    if address is None:
        with pytest.raises(LayoutChanged, match="key '' is no id"):
            parse(json.dumps(page))
    else:
        assert parse(json.dumps(page)).works[0].record_id == "dblp:conf/a/B20"


@pytest.mark.parametrize("value", ["many", "-1", "", None, 1.5])
def test_a_total_that_is_none_is_refused(value):
    with pytest.raises(LayoutChanged):
        parse(search(**{"@total": value}))


def test_more_hits_than_there_are_is_refused():
    with pytest.raises(LayoutChanged, match="@total is 1, and 2 hits came"):
        parse(search(**{"@total": "1"}))


@pytest.mark.parametrize(("code", "error"), [("400", BadRequest), ("503", Unavailable)])
def test_the_status_within_an_answer_counts(code, error):
    page = json.loads(body("search_page"))
    page["result"]["status"]["@code"] = code
    with pytest.raises(error):
        parse(json.dumps(page))
