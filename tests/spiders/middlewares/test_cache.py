"""Kept pages: what is unchanged costs no body, and nothing is kept that no spider accepted."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import Response

from pipeline.collect import Keeping
from spiders.cache import Kept, ListChanged, Store
from spiders.cache import store as storing
from spiders.errors import LayoutChanged, Unavailable
from spiders.items import OutcomeKind, PageVerdict, ParsedPage

NOW = datetime(2026, 3, 10, 3, 17, tzinfo=UTC)
DAY = timedelta(days=1)
TAG = {"ETag": '"1"', "Content-Type": "application/json"}
URL = "https://api.example.org/works?cursor=*"


def page(total=None):
    return ParsedPage(verdict=PageVerdict.PROFILE, total=total)


class Crawl:
    """A run of one provider, as the middleware and the page modules play it."""

    def __init__(self, root, *, at=NOW, **told):
        self.store = Store(root)
        told = {"provider": "openalex", "began": at} | told
        self.provider = told["provider"]
        self.kept = Kept(self.store, **told)

    def ask(self, url=URL, body=b"{}", *, headers=TAG, status=200, total=None, author="ada", **how):
        """The request as it was sent (`None` when it was not), and the response."""
        request = Request(url, meta={"author_key": author}, **how)
        served = self.kept.before(request)
        sent = None if served else request
        answer = served or Response(url, status=status, headers=headers, body=body)
        response = self.kept.after(request, answer)
        response.request = request
        request.meta["keep"](response, (page(total),))
        return sent, response

    def end(self, author="ada"):
        self.store.finish([(self.provider, author)])

    def condition(self, url=URL, **how):
        """What a request would be sent with, where nothing comes of it."""
        request = Request(url, meta={"author_key": "ada"}, **how)
        assert self.kept.before(request) is None
        return request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")


@pytest.fixture
def begin(tmp_path):
    """Begin a run on the same folder."""
    return lambda **told: Crawl(tmp_path / "kept", **told)


def keep(begin, **how):
    """A run that ended with one page."""
    crawl = begin()
    crawl.ask(**how)
    crawl.end()


def files(crawl):
    return [path for path in crawl.store.root.rglob("*.page") if path.is_file()]


# One crawl after another, over the network


def tagged(reply, answer, sent):
    """Answers with a validator, and counts the bytes of bodies."""

    def route(asked):
        whole = answer(asked) if callable(answer) else answer
        tag = f'"{hash(whole.body)}"'
        if asked.headers.get("If-None-Match") == tag:
            return reply(status=304, headers={"ETag": tag, "X-RateLimit-Remaining": "99"})
        sent.append(len(whole.body))
        return reply(body=whole.body, headers={**whole.headers, "ETag": tag})

    return route


def test_an_unchanged_page_costs_no_body(stand_in, reply, crawl, plan, answers, tmp_path):
    sent = []
    server = stand_in(
        {
            "/authors/A1": tagged(reply, answers.openalex_author(works=150), sent),
            "/works": tagged(reply, answers.openalex_pages(150), sent),
        }
    )
    asked = plan("openalex", server, api_key="CANARY-key", ada="openalex:A1")
    kept = Keeping(root=tmp_path / "kept", began=NOW)
    first = crawl(asked, keeping=kept)
    kept.finish(first.outcomes.values())
    assert len(sent) == 3
    sent.clear()
    again = crawl(asked, keeping=Keeping(root=tmp_path / "kept", began=NOW + DAY))
    assert sent == []
    assert len(server.asked) == 6
    assert again.collected == first.collected
    assert again.outcomes["openalex", "ada"].kind is OutcomeKind.FRESH
    assert again.stats["openalex/cache/confirmed"] == 3
    assert not [p for p in (tmp_path / "kept").rglob("*.page") if b"CANARY" in p.read_bytes()]


BAD = {
    "error": (404, b"nothing"),
    "layout": (200, b'{"meta": {}, "results": 3}'),
    "empty": (200, b""),
    "refusal": (403, b"{}"),
}


def test_nothing_is_kept_that_no_spider_accepted(stand_in, reply, crawl, plan, tmp_path):
    captcha = b'<html><form id="gs_captcha_f"><div id="gs_captcha_c"></div></form></html>'
    served = {f"/authors/A{n}": reply(body=b, status=s, headers=TAG) for n, (s, b) in BADS}
    server = stand_in(served | {"/citations": reply(body=captcha, headers=TAG)})
    authors = {f"a{n}": f"openalex:A{n}" for n, _ in BADS}
    done = crawl(
        plan("openalex", server, **authors),
        plan("google_scholar", server, ada="google_scholar:AAAAAAAAAAAJ"),
        keeping=Keeping(root=tmp_path / "kept", began=NOW),
    )
    assert OutcomeKind.FRESH not in {o.kind for o in done.outcomes.values()}
    assert len(server.asked) >= len(BAD) + 1
    assert not (tmp_path / "kept").exists()


BADS = list(enumerate(BAD.values()))


# What is asked on condition


def test_both_validators_are_sent_as_they_came(begin):
    keep(begin, headers={"ETag": 'W/"a"', "Last-Modified": "Tue, 10 Mar 2026 03:00:00 GMT"})
    assert begin(at=NOW + DAY).condition() == (b'W/"a"', b"Tue, 10 Mar 2026 03:00:00 GMT")


def test_a_confirmed_page_has_its_own_headers_and_todays_allowance(begin):
    keep(begin, headers={**TAG, "Date": "then", "X-RateLimit-Remaining": "7", "Set-Cookie": "a"})
    _, came = begin(at=NOW + DAY).ask(
        body=b"", status=304, headers={"Date": "now", "X-RateLimit-Remaining": "3"}
    )
    assert (came.status, came.body, came.flags) == (200, b"{}", ["confirmed"])
    assert (came.headers["Date"], came.headers["X-RateLimit-Remaining"]) == (b"then", b"3")
    assert "Set-Cookie" not in came.headers


def test_a_provider_that_says_not_modified_for_ever_is_believed_for_a_week(begin):
    keep(begin)
    for days in range(1, 7):
        crawl = begin(at=NOW + days * DAY)
        assert crawl.ask(body=b"", status=304, headers={})[1].body == b"{}"
        crawl.end()
    assert begin(at=NOW + 6.9 * DAY).condition()[0] == b'"1"'
    assert begin(at=NOW + 7.1 * DAY).condition() == (None, None)


def test_a_confirmed_page_that_is_removed_meanwhile_is_had_all_the_same(begin):
    keep(begin)
    crawl = begin(at=NOW + DAY)
    request = Request(URL, meta={"author_key": "ada"})
    crawl.kept.before(request)
    files(crawl)[0].unlink()
    assert crawl.kept.after(request, Response(URL, status=304)).body == b"{}"


def test_not_modified_that_nobody_asked_for_stays_what_it_is(begin):
    crawl = begin()
    request = Request(URL, meta={"author_key": "ada"})
    crawl.kept.before(request)
    assert crawl.kept.after(request, Response(URL, status=304)).status == 304


def test_a_list_that_is_read_a_second_time_in_a_run_is_asked_for_whole(begin):
    keep(begin)
    crawl = begin(at=NOW + DAY)
    assert crawl.ask(body=b"", status=304, headers={})[1].body == b"{}"
    sent, came = crawl.ask(body=b"new")
    assert (sent.headers.get("If-None-Match"), came.body) == (None, b"new")


@pytest.mark.parametrize(
    "how",
    [
        {"url": "https://other.example.org/works?cursor=*"},
        {"url": "http://api.example.org/works?cursor=*"},
        {"url": "https://api.example.org/works?cursor=a"},
        {"headers": {"Accept": "text/xml"}},
        {"method": "POST"},
        {"body": b"{}"},
    ],
)
def test_another_question_is_never_answered_by_it(begin, how):
    keep(begin)
    assert begin(at=NOW + DAY).condition(**how) == (None, None)


def test_another_provider_is_never_answered_by_it(begin):
    keep(begin)
    assert begin(at=NOW + DAY, provider="inspire").condition() == (None, None)


def test_the_condition_of_an_address_does_not_follow_a_redirect(begin):
    keep(begin)
    crawl = begin(at=NOW + DAY)
    request = Request(URL, meta={"author_key": "ada"})
    crawl.kept.before(request)
    moved = request.replace(url="https://api.example.org/moved")
    crawl.kept.before(moved)
    assert "If-None-Match" not in moved.headers
    assert crawl.kept.after(moved, Response(moved.url, status=304)).status == 304


def test_robots_and_searches_are_on_nobodys_account_and_are_not_kept(begin):
    crawl = begin()
    request = Request("https://api.example.org/robots.txt", meta={"is_robots": True})
    assert crawl.kept.before(request) is None
    assert "keep" not in request.meta


# What is kept


@pytest.mark.parametrize(
    "how",
    [
        {"headers": {"Content-Type": "application/json"}},
        {"headers": {**TAG, "Vary": "*"}},
        {"headers": {**TAG, "Cache-Control": "private, No-Store"}},
        {"status": 203},
        {"body": b"echo: CANARY-key"},
    ],
)
def test_some_pages_do_not_outlive_their_run(begin, how):
    crawl = begin(api_key="CANARY-key")
    crawl.ask(**how)
    crawl.end()
    assert files(crawl) == []


def test_no_key_is_in_a_kept_page_wherever_it_travels(begin):
    key = "CANARY+key/1"
    crawl = begin(api_key=key)
    url = "https://api.example.org/search?q=a&api_key=CANARY%2Bkey%2F1"
    headers = {**TAG, "Link": f"<{url}>", "X-Echo": key}
    crawl.ask(url, headers=headers, author="ada")
    assert b"CANARY" not in files(crawl)[0].read_bytes()
    crawl.end()
    other = begin(at=NOW + DAY, api_key="another-key")
    same = "https://api.example.org/search?q=a&api_key=another-key"
    assert other.condition(same)[0] == b'"1"'


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "bomb", "folder", "link", "other"])
def test_a_damaged_page_is_dropped_and_fetched_whole(begin, damage, tmp_path):
    keep(begin)
    crawl = begin(at=NOW + DAY)
    (path,) = files(crawl)
    data = path.read_bytes()
    if damage == "flip":
        path.write_bytes(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "bomb":
        path.write_bytes(b"\0" * (storing._LARGEST + 1))
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    elif damage == "link":
        (tmp_path / "elsewhere").write_bytes(data)
        path.unlink()
        path.symlink_to(tmp_path / "elsewhere")
    else:
        crawl.ask("https://api.example.org/other")
        crawl.end()
        (other,) = (p for p in files(crawl) if p != path)
        path.write_bytes(other.read_bytes())
    assert crawl.condition() == (None, None)
    assert crawl.ask(body=b"whole")[1].body == b"whole"


def test_a_body_that_grows_beyond_the_largest_is_damaged(begin, monkeypatch):
    keep(begin, body=b"0" * 5000)
    monkeypatch.setattr("spiders.cache.entry.MAX_BODY", 4999)
    assert begin(at=NOW + DAY).condition() == (None, None)


def test_a_disk_that_refuses_costs_the_keeping_and_not_the_run(begin, caplog):
    crawl = begin()
    crawl.store.root.write_text("a file where the folder should be")
    for number in range(2):
        assert crawl.ask(f"{URL}{number}")[1].body == b"{}"
    assert caplog.text.count("cache off") == 1


def test_a_link_in_the_place_of_a_folder_leads_nowhere(begin, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "a.page").write_text("mine")
    crawl = begin()
    crawl.store.root.mkdir()
    (crawl.store.root / "unfinished").symlink_to(precious)
    crawl.ask()
    crawl.end()
    crawl.store.prune(now=4e9)
    assert [p.name for p in precious.iterdir()] == ["a.page"]


def test_the_folder_is_bounded_and_the_oldest_go_first(begin, monkeypatch):
    crawl = begin()
    for number in range(6):
        crawl.ask(f"{URL}{number}", body=json.dumps(list(range(300))).encode())
    crawl.end()
    sizes = {path: path.stat().st_size for path in files(crawl)}
    monkeypatch.setattr(storing, "MAX_PAGES", 3 * max(sizes.values()))
    times = {path: 1e9 + place for place, path in enumerate(sizes)}
    for path, at in times.items():
        os.utime(path, (at, at))
    crawl.store.prune(now=2e9)
    assert sorted(files(crawl)) == sorted(list(times)[3:])


def test_pages_of_a_run_are_bounded_too(begin, monkeypatch):
    monkeypatch.setattr(storing, "MAX_UNFINISHED", 900)
    crawl = begin()
    for number in range(6):
        crawl.ask(f"{URL}{number}")
    assert 0 < sum(p.stat().st_size for p in files(crawl)) <= 900


def test_a_folder_with_nothing_to_keep_goes(begin):
    crawl = begin()
    crawl.ask(headers={})
    assert crawl.store.root.is_dir()
    crawl.end()
    crawl.store.prune(now=datetime.now(UTC).timestamp())
    assert not crawl.store.root.exists()


def test_git_and_backups_are_told_to_leave_it_alone(begin):
    crawl = begin()
    crawl.ask()
    assert (crawl.store.root / ".gitignore").read_text() == "*\n"
    assert (crawl.store.root / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f59")


# Pages of a run that was stopped


def test_a_page_of_a_stopped_run_is_served_without_a_request(begin):
    begin().ask(headers={}, body=b"old")
    crawl = begin(at=NOW + timedelta(hours=5))
    sent, came = crawl.ask(body=b"new")
    assert (sent, came.body) == (None, b"old")
    assert abs(crawl.kept.fetched_at("ada") - NOW) < timedelta(seconds=5)


@pytest.mark.parametrize("how", ["late", "early", "fresh", "author", "ended"])
def test_it_is_not_served_for_ever_nor_to_everybody(begin, how):
    first = begin()
    first.ask(headers={}, body=b"old")
    if how == "ended":
        first.end()
    told = {
        "late": {"at": NOW + timedelta(hours=24.1)},
        "early": {"at": NOW - timedelta(hours=1)},
        "fresh": {"at": NOW + timedelta(hours=1), "is_fresh": True},
    }.get(how, {"at": NOW + timedelta(hours=1)})
    sent, came = begin(**told).ask(body=b"new", author="bob" if how == "author" else "ada")
    assert (sent is None, came.body) == (False, b"new")


def test_a_run_never_serves_what_it_fetched_itself(begin):
    crawl = begin()
    crawl.ask(body=b"one")
    assert crawl.ask(body=b"two")[1].body == b"two"


def test_old_and_new_pages_are_one_list_while_both_say_how_long_it_is(begin):
    begin().ask(total=150)
    crawl = begin(at=NOW + timedelta(hours=1))
    assert crawl.ask(total=150)[0] is None
    assert crawl.ask("https://api.example.org/works?cursor=a", total=150)[0] is not None


@pytest.mark.parametrize("total", [149, 151, None])
def test_a_list_that_has_changed_is_read_from_the_start(begin, total):
    begin().ask(total=150)
    crawl = begin(at=NOW + timedelta(hours=1))
    crawl.ask(total=150)
    with pytest.raises(ListChanged) as told:
        crawl.ask("https://api.example.org/works?cursor=a", total=total)
    assert crawl.kept.starts_anew("ada", told.value)
    assert files(crawl) == []
    assert crawl.ask(total=total)[0] is not None
    assert crawl.ask("https://api.example.org/works?cursor=a", total=total)[0] is not None
    assert not crawl.kept.starts_anew("ada", told.value)


def test_a_list_without_a_total_is_never_joined_to_what_was_served(begin):
    begin().ask("https://api.example.org/author/1")
    crawl = begin(at=NOW + timedelta(hours=1))
    crawl.ask("https://api.example.org/author/1")
    with pytest.raises(ListChanged):
        crawl.ask("https://api.example.org/author/1/papers?offset=0")


def test_a_page_that_can_be_read_no_more_is_fetched_anew(begin):
    begin().ask()
    crawl = begin(at=NOW + timedelta(hours=1))
    assert crawl.kept.before(Request(URL, meta={"author_key": "ada"})) is not None
    assert crawl.kept.starts_anew("ada", LayoutChanged("a new version reads it differently"))
    assert crawl.ask(body=b"new")[1].body == b"new"


def test_a_network_that_fails_keeps_what_was_served(begin):
    begin().ask()
    crawl = begin(at=NOW + timedelta(hours=1))
    crawl.ask()
    assert not crawl.kept.starts_anew("ada", Unavailable("gone"))
    assert len(files(crawl)) == 1


def test_who_was_asked_for_with_others_is_as_old_as_the_oldest_of_them(begin):
    begin().ask()
    crawl = begin(at=NOW + timedelta(hours=1))
    crawl.ask()
    assert crawl.kept.fetched_at("bob") == crawl.kept.fetched_at("ada")
    assert begin().kept.fetched_at("ada") is None


TEN = range(1, 11)


def department(reply, total):
    """Ten authors, asked for together, and their works by cursor; `total` may change."""

    def author(number):
        name = {"id": f"https://openalex.org/A{number}", "display_name": f"Ada {number}"}
        return name | {"works_count": 25, "cited_by_count": 25}

    def authors(asked):
        people = [author(n) for n in TEN]
        return reply.json({"meta": {"count": 10, "per_page": 100}, "results": people})

    def works(asked):
        first = int("0" + asked.target.partition("cursor=")[2].partition("&")[0].strip("*"))
        numbers = range(first + 1, min(first + 100, total[0]) + 1)
        found = [
            {
                "id": f"https://openalex.org/W{n}",
                "title": f"Paper {n}",
                "cited_by_count": 1,
                "authorships": [{"author": {"id": f"https://openalex.org/A{n % 10 + 1}"}}],
            }
            for n in numbers
        ]
        after = str(first + 100) if len(found) == 100 else None
        meta = {"count": total[0], "per_page": 100, "next_cursor": after}
        return reply.json({"meta": meta, "results": found})

    return {"/authors": authors, "/works": works}


@pytest.mark.parametrize(("now", "requests"), [(250, 1), (240, 1 + 4)])
def test_authors_that_are_asked_for_together_go_on_together(
    stand_in, reply, crawl, plan, tmp_path, now, requests
):
    total = [250]
    server = stand_in(department(reply, total))
    whole, gone = server.routes["/works"], reply(fault="reset")
    server.routes["/works"] = lambda a: gone if "cursor=200" in a.target else whole(a)
    asked = plan("openalex", server, **{f"a{n}": f"openalex:A{n}" for n in TEN})
    first = crawl(asked, keeping=Keeping(root=tmp_path / "kept", began=NOW))
    assert {o.kind for o in first.outcomes.values()} == {OutcomeKind.OFFLINE}
    server.routes["/works"], total[0] = whole, now
    before = len(server.asked)
    later = NOW + timedelta(hours=5)
    done = crawl(asked, keeping=Keeping(root=tmp_path / "kept", began=later))
    assert len(server.asked) - before == requests
    assert {len(c.works) for c in done.collected.values()} == {now // 10}
    assert {c.fetched_at.replace(microsecond=0) for c in done.collected.values()} == {NOW}
