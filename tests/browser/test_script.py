"""`scholar-metrics.js` in a real page: what it fills, and what it leaves as it is."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "pipeline/writers/assets"
TODAY = datetime.now(tz=UTC)
ONE, TWO, THREE = "SAMPLEadaAAJ:one", "arxiv:2401.00001", "doi:10.1000/three"
PAPERS = {
    ONE: {"num_citations": 12, "provider": "google_scholar"},
    TWO: {"num_citations": 0, "provider": "openalex"},
    THREE: {"num_citations": 1234, "provider": "google_scholar", "as_of": "2020-02-03T00:00:00Z"},
}
GOOD = {
    "citedby": 1250,
    "hindex": 7,
    "i10index": 0,
    "publications": PAPERS,
    "updated": TODAY.isoformat(),
    "provider": "google_scholar",
}
MARKUP = f"""
<p>Cited <span id="total_cit">many</span> times, h-index
<b id="h" data-scholar-metrics="h_index">unsaid</b>,
<b id="i10" data-scholar-metrics="i10_index">unsaid</b>,
<b id="recent" data-scholar-metrics="citations_recent">unsaid</b>
<b id="papers" data-scholar-metrics="constructor">unsaid</b></p>
<p><i id="unknown" class="show_paper_citations" data="arxiv:2399.99999">unsaid</i>
<i id="trap" data-scholar-paper="__proto__">unsaid</i>
<i id="one" class="show_paper_citations" data="{ONE}">unsaid</i>
<i id="two" data-scholar-paper="{TWO}">unsaid</i>
<i id="three" data-scholar-paper="{THREE}">unsaid</i></p>
"""
UNSAID = {"total_cit": "many"} | dict.fromkeys(
    ["h", "i10", "recent", "papers", "unknown", "trap", "one", "two", "three"], "unsaid"
)
KNOWN = UNSAID | {
    "total_cit": "1250",
    "h": "7",
    "i10": "0",
    "one": "| Citations: 12",
    "two": "0",
    "three": "1234",
}
MINIMAL = UNSAID | {"total_cit": "161", "one": "| Citations: 3"}


def minimal(**fields):
    return {"citedby": 161, "publications": {ONE: {"num_citations": 3}}} | fields


def document(source, markup, attributes=""):
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Page</title>"
        f"<script src='/scholar-metrics.js' defer data-source='{source.url}' {attributes}></script>"
        f"{markup}"
    )


@pytest.fixture
def opened(page, serve):
    """Opens a page of ours whose numbers come from another origin; gives the page."""

    def go(body=None, *, markup=MARKUP, attributes="", policy=None):
        home, source = serve(ASSETS), serve()
        source.answer("/gs_data.json", json.dumps(body or GOOD))
        page.source = source
        headers = {"Content-Security-Policy": policy.format(source.url)} if policy else {}
        home.answer("/", document(source, markup, attributes), headers=headers)
        page.goto(home.url + "/")
        page.evaluate("scholarMetrics.fill()")
        return page

    return go


def texts(page):
    read = "[...document.querySelectorAll('[id]')].map((e) => [e.id, e.textContent])"
    return dict(page.evaluate(read))


HTML = "<img src=x onerror='throw 1'><script>throw 2</script>"
FAULTS = {
    "good": ({}, KNOWN),
    "two keys": ({"body": minimal()}, MINIMAL),
    "a byte order mark": ({"body": "\ufeff" + json.dumps(minimal())}, MINIMAL),
    "plain text": ({"headers": {"Content-Type": "text/plain; charset=utf-8"}}, KNOWN),
    "404": ({"status": 404}, UNSAID),
    "a redirect to nowhere": ({"body": "", "status": 302, "headers": {"Location": "/x"}}, UNSAID),
    "an HTML body": ({"body": HTML}, UNSAID),
    "an empty body": ({"body": b""}, UNSAID),
    "no content": ({"body": b"", "status": 204}, UNSAID),
    "half a body": ({"body": json.dumps(GOOD)[:-20]}, UNSAID),
    "NaN": ({"body": '{"citedby": NaN}'}, UNSAID),
    "no CORS header": ({"cors": False}, UNSAID),
    "null": ({"body": "null"}, UNSAID),
    "a list": ({"body": "[1]"}, UNSAID),
    "too large": ({"body": b" " * 16_000_001 + json.dumps(GOOD).encode()}, UNSAID),
    "papers as a list": (
        {"body": minimal(publications=[None, 1, {"author_pub_id": ONE, "num_citations": 3}])},
        MINIMAL,
    ),
    "no papers": ({"body": minimal(publications=None)}, MINIMAL | {"one": "unsaid"}),
    "papers as text": ({"body": minimal(publications="no")}, MINIMAL | {"one": "unsaid"}),
    "a paper that is null": ({"body": minimal(publications={ONE: None})}, {"one": "unsaid"}),
    "null counts": (
        {"body": {"citedby": None, "publications": {ONE: {"num_citations": None}}}},
        UNSAID,
    ),
    "floats": ({"body": minimal(citedby=161.0, hindex=1.5)}, MINIMAL),
    "a negative": ({"body": minimal(citedby=-1)}, {"total_cit": "many"}),
    "text": ({"body": minimal(citedby="1,023", hindex="7")}, {"total_cit": "many", "h": "unsaid"}),
    "true": ({"body": minimal(hindex=True)}, {"h": "unsaid"}),
    "a number beyond counting": ({"body": minimal(citedby=2**63)}, {"total_cit": "many"}),
    "the largest number": ({"body": minimal(citedby=2**53 - 1)}, {"total_cit": str(2**53 - 1)}),
    "HTML as a number": ({"body": minimal(citedby=HTML)}, {"total_cit": "many"}),
    "a lower bound": (
        {"body": minimal(lower_bounds=["citedby"])},
        {"total_cit": "≥ 161", "one": "| Citations: 3"},
    ),
    "bounds as text": ({"body": minimal(lower_bounds="citedby")}, MINIMAL),
}


AGES = {
    "today": (GOOD, False),
    "stale by its own word": (GOOD | {"is_stale": True}, True),
    "13 days": (GOOD | {"updated": (TODAY - timedelta(days=13)).isoformat()}, False),
    "17 days": (GOOD | {"updated": (TODAY - timedelta(days=17)).isoformat()}, True),
    "no age": (minimal(), False),
    "nonsense": (minimal(updated="2020-13-99", provider=["x"]), False),
}


@pytest.fixture(scope="module")
def shown(browse, complaints_of, serve_all):
    """What a page of many people shows of each, one fault or age a person; by name and id."""
    complaints = complaints_of()
    complaints.allow("Failed to load resource|blocked by CORS policy")
    home, source = serve_all(ASSETS), serve_all()
    people = {name: answer for name, (answer, _) in FAULTS.items()}
    people |= {name: {"body": data} for name, (data, _) in AGES.items()}
    parts = []
    for number, answer in enumerate(people.values()):
        answered = {"body": GOOD} | answer
        if not isinstance(answered["body"], (str, bytes)):
            answered["body"] = json.dumps(answered["body"])
        source.answer(f"/authors/{number}/gs_data.json", **answered)
        part = MARKUP.replace(" id=", f" data-author='{number}' id=")
        parts.append(f"<section>{part}</section>")
    home.answer("/", document(source, "".join(parts)))
    read = """[...document.querySelectorAll('section')].map((one) => Object.fromEntries(
        [...one.querySelectorAll('[id]')].map((e) => [e.id, [e.textContent, e.title, e.className]])
    ))"""
    with browse(complaints) as new_page:
        page = new_page()
        page.goto(home.url + "/")
        page.evaluate("scholarMetrics.fill()")
        return dict(zip(people, page.evaluate(read), strict=True))


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_is_answered_only_whole_numbers_are_shown(shown, name):
    wanted = FAULTS[name][1]
    assert {key: shown[name][key][0] for key in wanted} == wanted


@pytest.mark.parametrize("name", AGES)
def test_old_numbers_say_that_they_are_old(shown, name):
    (_, title, classes), is_stale = shown[name]["total_cit"], AGES[name][1]
    assert ("scholar-metrics-stale" in classes) is is_stale
    assert ("out of date" in title) is is_stale


def test_the_file_is_asked_for_once_and_nothing_is_told(opened, page):
    page.add_init_script(
        """const usual = fetch;
        window.fetch = (url, how) => { window.how = {...how}; return usual(url, how); };"""
    )
    opened().evaluate("scholarMetrics.fill()")
    assert page.source.asked == ["/gs_data.json"]
    how = page.evaluate("({...how, signal: undefined})")
    assert {name: value for name, value in how.items() if value} == {
        "cache": "no-cache",
        "credentials": "omit",
        "referrerPolicy": "no-referrer",
    }


def test_hovering_says_whose_number_it_is_and_from_when(opened):
    page = opened(
        GOOD | {"updated": "2020-11-02 08:05:19.992692"}, attributes="data-stale-days=1e9"
    )
    title = page.locator("#total_cit").get_attribute
    assert title("title") == "Google Scholar, as of 2 Nov 2020"
    assert title("class") in (None, "")


def test_another_providers_count_is_not_given_this_ones_date(opened):
    title = opened().locator("#two").get_attribute("title")
    assert title == "OpenAlex"


def test_an_older_count_says_its_own_day(opened):
    three = opened().locator("#three").get_attribute
    assert three("title") == "Google Scholar, as of 3 Feb 2020 (out of date)"
    assert three("class") == "scholar-metrics-stale"


def test_the_page_says_what_is_old(opened):
    month = GOOD | {"updated": (TODAY - timedelta(days=31)).isoformat()}
    total = opened(month, attributes="data-stale-days=31").locator("#total_cit")
    assert "scholar-metrics-stale" not in (total.get_attribute("class") or "")


def test_numbers_are_formatted_where_that_is_asked_for(opened):
    page = opened(
        GOOD | {"citedby": 1234567},
        markup="""<b id=plain data-scholar-metrics=citations></b>
        <b id=grouped data-scholar-metrics=citations data-format=grouped></b>
        <b id=short data-scholar-metrics=citations data-format=short></b>
        <b id=german lang=de data-scholar-metrics=citations data-format=grouped></b>
        <b id=wrong lang=!! data-scholar-metrics=citations data-format=grouped></b>
        <b id=day data-scholar-metrics=updated></b><b id=by data-scholar-metrics=provider></b>""",
    )
    assert texts(page) == {
        "plain": "1234567",
        "grouped": "1,234,567",
        "short": "1.2M",
        "german": "1.234.567",
        "wrong": "1,234,567",
        "day": f"{TODAY.day} {TODAY:%b %Y}",
        "by": "Google Scholar",
    }


def test_several_authors_share_a_page(page, serve):
    site = serve(ASSETS)
    for key, count in (("", 1), ("authors/ada/", 2), ("authors/..%2Fbob/", 3)):
        site.answer(f"/{key}gs_data.json", json.dumps({"citedby": count}))
    elements = [
        f"<b id={n} data-scholar-metrics=citations data-author='{key}'></b>"
        for n, key in (("none", ""), ("ada", "ada"), ("bob", "../bob"))
    ]
    site.answer("/", f"<title>Page</title><script src=/scholar-metrics.js></script>{elements}")
    page.goto(site.url + "/")
    page.evaluate("scholarMetrics.fill()")
    assert texts(page) == {"none": "1", "ada": "2", "bob": "3"}


def test_the_script_may_name_the_author_of_the_whole_page(opened, complaints):
    complaints.allow("404")
    page = opened(attributes="data-author=ada")
    assert set(page.source.asked) == {"/authors/ada/gs_data.json"}


def test_elements_that_come_later_are_filled_when_asked(opened):
    page = opened()
    filled = page.evaluate(
        """async () => {
            const later = document.createElement('b');
            later.dataset.scholarMetrics = 'citations';
            document.body.append(later);
            const box = document.createElement('div');
            return [await scholarMetrics.fill(later), later.textContent,
                    await scholarMetrics.fill(box)];
        }"""
    )
    assert filled == [1, "1250", 0]


def test_a_strict_policy_is_enough(opened):
    policy = (
        "default-src 'none'; script-src 'self'; connect-src {0}; require-trusted-types-for 'script'"
    )
    assert texts(opened(policy=policy)) == KNOWN


def test_the_script_leaves_one_name_and_nothing_else(opened):
    page = opened()
    assert page.evaluate(
        """() => {
            const frame = document.body.appendChild(document.createElement('iframe'));
            const usual = new Set(Object.getOwnPropertyNames(frame.contentWindow));
            return [Object.getOwnPropertyNames(window).filter((x) => !usual.has(x) && isNaN(x)
                      && !document.getElementById(x)), localStorage.length, document.cookie,
                    Object.keys(scholarMetrics), document.querySelectorAll('[style]').length];
        }"""
    ) == [["scholarMetrics"], 0, "", ["fill"], 0]


def test_a_source_that_never_answers_is_given_up(page, serve):
    """Ten seconds of the page's own clock."""
    page.clock.install()
    site = serve(ASSETS)
    site.answer("/", f"<title>Page</title><script src=/scholar-metrics.js></script>{MARKUP}")
    held = []

    def hold(route):
        held.append(route)

    page.route("**/gs_data.json", hold)
    warnings = []
    page.on("console", lambda said: warnings.append(said.text))
    page.goto(site.url + "/", wait_until="commit")
    page.wait_for_function("window.scholarMetrics")
    page.evaluate("void scholarMetrics.fill().then((count) => { window.filled = count; })")
    page.clock.fast_forward(9_000)
    assert warnings == []
    page.clock.fast_forward(2_000)
    page.wait_for_function("window.filled === 0", timeout=3_000)
    assert texts(page) == UNSAID
    assert len(warnings) == 1
    assert "gs_data.json was not read" in warnings[0]
