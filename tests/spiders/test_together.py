"""Many authors of OpenAlex at once: few calls, everybody's own works, and no half list ever."""

from __future__ import annotations

import random
import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from spiders import together
from spiders.items import AuthorRecord, OutcomeKind, ParsedPage, Target, WorkRecord

pytestmark = pytest.mark.usefixtures("done")
MANY = 40
CUT = 100


class World:
    """A small OpenAlex: authors by id, works with their authors; lists cut authorships at 100."""

    def __init__(self, reply, *, works, authors=MANY, gone=(), orcids=None):
        self._reply = reply
        self.orcids = orcids or {}
        self.works = works
        self.authors = [f"A{n}" for n in range(1, authors + 1)]
        self.gone = gone
        self.fault = None

    def routes(self):
        return {
            "/authors": self._list_authors,
            "/works": self._list_works,
            **{f"/authors/{a}": self._author for a in self.authors},
            **{f"/works/{w}": self._work for w in self.works},
        }

    def said_of(self, author):
        own = [w for w, (authors, _) in self.works.items() if author in authors]
        return {
            "id": f"https://openalex.org/{author}",
            "orcid": self.orcids.get(author),
            "display_name": f"Author {author}",
            "works_count": len(own),
            "cited_by_count": sum(self.works[w][1] for w in own),
        }

    def said_of_work(self, work, *, most=None):
        authors, count = self.works[work]
        return {
            "id": f"https://openalex.org/{work}",
            "title": f"Paper {work}",
            "cited_by_count": count,
            "authorships": [
                {"author": {"id": f"https://openalex.org/{a}"}} for a in authors[:most]
            ],
        }

    def _asked(self, asked):
        query = {k: v[0] for k, v in parse_qs(urlsplit(unquote(asked.target)).query).items()}
        name, _, values = query["filter"].partition(":")
        return query, name, re.findall(r"[^|]+", values)

    def _list_authors(self, asked):
        _, name, values = self._asked(asked)
        found = [a for a in self.authors if a not in self.gone]
        if name == "orcid":
            found = [a for a in found if (self.orcids.get(a) or "").rpartition("/")[2] in values]
        else:
            found = [a for a in found if a in values]
        return self._reply.json(
            {
                "meta": {"count": len(found), "per_page": 100},
                "results": [self.said_of(a) for a in found],
            }
        )

    def _author(self, asked):
        author = asked.path.rpartition("/")[2]
        return self._reply.json(self.said_of(author))

    def _work(self, asked):
        return self._reply.json(self.said_of_work(asked.path.rpartition("/")[2]))

    def _list_works(self, asked):
        query, _, values = self._asked(asked)
        found = [w for w, (authors, _) in self.works.items() if set(values) & set(authors)]
        first = 0 if query["cursor"] == "*" else int(query["cursor"])
        shown = found[first : first + 100]
        if self.fault and (fault := self.fault(values, first)) is not None:
            return fault
        after = str(first + 100) if len(shown) == 100 else None
        return self._reply.json(
            {
                "meta": {"count": len(found), "per_page": 100, "next_cursor": after},
                "results": [self.said_of_work(w, most=CUT) for w in shown],
            }
        )

    def own(self, author):
        return {f"openalex:{w}": c for w, (authors, c) in self.works.items() if author in authors}


def made_up(seed, *, authors=MANY, works=330):
    dice = random.Random(seed)
    people = [f"A{n}" for n in range(1, authors)]  # the last one has no work at all
    return {
        f"W{n}": (tuple(dice.sample(people, dice.choice((1, 1, 2, 5)))), dice.randrange(50))
        for n in range(1, works + 1)
    }


def orcid(n):
    """A sound iD: its last character is the check of ISO 7064, mod 11-2."""
    digits, total = f"0000000100{n:05d}", 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    plain = digits + ("X" if check == 10 else str(check))
    return "-".join(plain[at : at + 4] for at in range(0, 16, 4))


def everybody(world, *, scheme="openalex"):
    if scheme == "orcid":
        return {a: f"orcid:{world.orcids[a].rpartition('/')[2]}" for a in world.authors}
    return {a: f"openalex:{a}" for a in world.authors}


@pytest.fixture(scope="module")
def worlds(reply):
    crowd = {
        **made_up(2),
        "W900": ((*tuple(f"B{n}" for n in range(150)), "A3"), 7),
        "W901": (("A4", *tuple(f"B{n}" for n in range(150)), "A5"), 9),
    }
    orcids = {f"A{n}": f"https://orcid.org/{orcid(n)}" for n in range(1, MANY + 1)}
    return {
        "plain": World(reply, works=made_up(1)),
        "crowd": World(reply, works=crowd),
        "gone": World(reply, works=made_up(3), gone=("A7", "A8")),
        "short": World(reply, works=made_up(4)),
        "spent": World(reply, works=made_up(5)),
        "stranger": World(reply, works=made_up(6)),
        "few": World(reply, works=made_up(7, authors=6, works=30), authors=6),
        "orcid": World(reply, works=made_up(8), orcids=orcids),
    }


@pytest.fixture(scope="module")
def servers(worlds, stand_in, reply):
    def short(values, first):
        listed = {"meta": {"count": 500, "per_page": 100}, "results": []}
        return reply.json(listed) if len(values) > 1 and first else None

    def spent(_values, first):
        refused = {"error": "Insufficient budget", "message": "come back"}
        return reply.json(refused, status=429, Retry_After="40000") if first else None

    def stranger(values, _first):
        work = {"id": "https://openalex.org/W77", "title": "x", "cited_by_count": 1}
        work["authorships"] = [{"author": {"id": "https://openalex.org/A999"}}]
        listed = {"meta": {"count": 1, "per_page": 100}, "results": [work]}
        return reply.json(listed) if len(values) > 1 else None

    worlds["short"].fault, worlds["spent"].fault = short, spent
    worlds["stranger"].fault = stranger
    return {name: stand_in(world.routes()) for name, world in worlds.items()}


@pytest.fixture(scope="module")
def done(worlds, servers, crawl, plan):
    plans = [
        plan(
            "openalex",
            servers[name],
            **{
                f"{name}.{key}": identifier
                for key, identifier in everybody(
                    world, scheme="orcid" if name == "orcid" else "openalex"
                ).items()
            },
        )
        for name, world in worlds.items()
    ]
    return crawl(*plans, deadline=60.0, level="WARNING")


def lists(done, name):
    """What each author's answer says: their works with counts."""
    return {
        key.partition(".")[2]: {w.record_id: w.cited_by_count for w in answer.works}
        for (_, key), answer in done.collected.items()
        if key.startswith(f"{name}.")
    }


@pytest.mark.parametrize("name", ["plain", "crowd", "gone", "short", "stranger", "few", "orcid"])
def test_everybody_gets_their_own_works_and_no_other(name, done, worlds):
    assert lists(done, name) == {a: worlds[name].own(a) for a in worlds[name].authors}


@pytest.mark.parametrize("name", ["plain", "orcid"])
def test_many_authors_cost_a_call_for_their_profiles_and_one_a_hundred_works(name, servers, worlds):
    works = {w for a in worlds[name].authors for w in worlds[name].own(a)}
    assert len(servers[name].asked) == 1 + -(-len(works) // 100)


def test_a_list_of_authors_that_was_cut_is_looked_up_at_the_work_itself(servers):
    asked = [p for p in servers["crowd"].paths() if p.startswith("/works/")]
    assert sorted(asked) == ["/works/W900", "/works/W901"]


def test_whoever_is_not_in_the_list_is_asked_for_alone(servers):
    asked = [p for p in servers["gone"].paths() if p.startswith("/authors/")]
    assert sorted(asked) == ["/authors/A7", "/authors/A8"]


@pytest.mark.parametrize("name", ["short", "stranger"])
def test_a_common_list_that_is_no_use_has_each_asked_for_alone(name, servers, worlds):
    asked = {p for p in servers[name].paths() if p.startswith("/authors/")}
    assert asked == {f"/authors/{a}" for a in worlds[name].authors}


def test_a_budget_that_ends_in_the_middle_leaves_nobody_with_half_a_list(done, worlds, servers):
    assert lists(done, "spent") == {}
    kinds = {o.kind for (_, key), o in done.outcomes.items() if key.startswith("spent.")}
    assert kinds == {OutcomeKind.BUDGET_SPENT}
    assert len(servers["spent"].asked) == 3


def test_a_handful_of_authors_is_asked_one_by_one_since_profiles_are_free_then(servers):
    assert [p for p in servers["few"].paths() if p == "/authors"] == []


def test_an_answer_says_that_the_list_is_whole(done):
    answer = done.collected["openalex", "plain.A1"]
    assert answer.author.works_expected == len(answer.works)
    assert answer.author.is_truncated is False


def target(n, **more):
    return Target(author_key=f"k{n}", id=f"openalex:A{n}", **more)


def test_a_hundred_ids_at_most_are_joined_and_who_has_several_profiles_comes_alone():
    targets = [*(target(n) for n in range(250)), target(999, also=("openalex:A1000",))]
    assert [len(batch) for batch in together.batches(targets)] == [100, 100, 50, 1]


def test_an_orcid_that_two_profiles_carry_is_not_shared_out():
    orcid = "orcid:0000-0001-0000-0001"
    authors = [
        AuthorRecord(provider="openalex", author_id=a, ids=(f"openalex:{a}", orcid))
        for a in ("A1", "A2")
    ]
    asked = [Target(author_key="ada", id=orcid), target(2)]
    assert [p.target.author_key for p in together.profiles(asked, authors)] == ["k2"]


def test_lists_stay_short_going_by_what_profiles_state():
    profiles = [
        together.Profile(
            target=target(n),
            author=AuthorRecord(provider="openalex", author_id=f"A{n}", works_count=c),
        )
        for n, c in enumerate((4000, 900, 200, 9000, 1, None))
    ]
    sizes = [[p.author.works_count for p in group] for group in together.portions(profiles)]
    assert sizes == [[4000, 900], [200], [9000], [1, None]]


def test_a_joint_work_comes_to_each_of_its_authors_once():
    work = WorkRecord(provider="openalex", record_id="openalex:W1", title="x", cited_by_count=3)
    group = [
        together.Profile(
            target=target(n), author=AuthorRecord(provider="openalex", author_id=f"A{n}")
        )
        for n in (1, 2)
    ]
    owners = {"openalex:W1": ("openalex:A2", "openalex:A1", "openalex:A2", "openalex:A5")}
    page = ParsedPage(verdict="profile", works=(work,))
    found = together.shared_out(group, [page], owners)
    assert {key: pages[0].works for key, pages in found.items()} == {"k1": (work,), "k2": (work,)}
