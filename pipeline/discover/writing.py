"""The configuration file out of ids that were taken. Pure."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.discover.evidence import (
    Evidence,
    Finding,
    Kind,
    askable,
    provider_of,
    scheme_of,
)
from pipeline.discover.places import Places
from spiders.items import OutcomeKind, Provider
from spiders.registry import PROVIDERS

OPTIONS = {
    "orcid": "--orcid",
    "google_scholar": "--scholar",
    "openalex": "--openalex",
    "semantic_scholar": "--semantic-scholar",
    "dblp": "--dblp",
    "inspire": "--inspire",
    "inspire_bai": "--inspire",
    "arxiv_author": "--arxiv-author",
    "homepage": "--homepage",
}
"""Options of `init`, by scheme."""

_PREFERRED = (
    *("openalex", "google_scholar", "semantic_scholar", "inspire"),
    *("orcid", "dblp", "arxiv", "homepage"),
)
_OWN_LISTS = ("orcid", "dblp", "arxiv", "homepage")
_LOST = (OutcomeKind.NOT_FOUND, OutcomeKind.LAYOUT_CHANGED)
_TEMPLATE = """\
# Who is followed, whom to ask, where results go: `scholar-metrics config schema` lists all keys.
output = "output"
# A mail or web address, so that providers can reach you about your requests.
{contact}
{private}
[[authors]]
key = {key}
{name}ids = [
{ids}]
{own_list}
[providers]
# Badges show the first that ever answered and counts citations. Google Scholar answers homes and
# offices, hardly ever cloud machines.
order = [{order}]
{tables}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What goes into the file."""

    ids: tuple[Finding, ...]
    """The taken ones."""
    order: tuple[str, ...]
    name: str | None
    key: str | None
    contact: str | None
    places: Places = field(default_factory=Places)


def in_order(taken: Sequence[Finding], evidence: Evidence) -> tuple[str, ...]:
    """Providers to be asked: who counts citations first, own lists last.

    One that is asked by another's id (arXiv by the ORCID iD) is in it only if it has answered;
    OpenAlex, which knows most people by that id, also when it could not be asked.
    """
    ids = {f.id for f in taken}
    found = [row for row in askable() if _is_useful(row, ids, evidence)]
    # Where nobody knows any of the ids, the file still holds what was given.
    found = found or [row for row in askable() if any(_is_of(row, i) for i in ids)]
    return tuple(row.name for row in sorted(found, key=_rank))


def write(choice: Choice) -> str:
    """The text of `scholar-metrics.toml`."""
    own = [p for p in choice.order if p in _OWN_LISTS]
    named = ", ".join(_quoted(p) for p in own)
    places = choice.places
    return _TEMPLATE.format(
        contact=_contact(choice.contact),
        private="allow_private_hosts = true\n" if places.allow_private_hosts else "",
        key=_quoted(choice.key or key_of(choice.name) or "me"),
        name=f"name = {_quoted(choice.name)}\n" if choice.name else "",
        ids="".join(_line(f, choice.ids) for f in sorted(choice.ids, key=_by_scheme)),
        own_list=f"# Count only papers that your own lists name:\n# own_list = [{named}]\n"
        if own
        else "",
        order=", ".join(_quoted(p) for p in choice.order),
        tables="".join(_table(name, places) for name in places.providers),
    )


def key_of(name: str | None) -> str | None:
    """A short name for paths and commands out of a person's name."""
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64] or None


def as_option(identifier: str) -> str | None:
    """An id as `init` takes it: `--dblp 12/3456`."""
    scheme, _, value = identifier.partition(":")
    return f"{OPTIONS[scheme]} {shlex.quote(value)}" if scheme in OPTIONS else None


def why(finding: Finding) -> str:
    """Where an id is from, in a few words."""
    if finding.kind is Kind.GIVEN:
        return "given"
    if finding.statement is None:
        return "you confirmed it" if finding.kind is Kind.CONFIRMED else "found by a search"
    who = PROVIDERS[finding.statement.provider].title
    beside = finding.statement.beside.removeprefix("page:")
    return f"{who} names it beside {beside}"


def _line(finding: Finding, every: Sequence[Finding]) -> str:
    first = next(f for f in every if scheme_of(f.id) == scheme_of(finding.id))
    is_second = finding is not first and finding.kind is not Kind.GIVEN
    more = f"another profile at {finding.title}; " if is_second else ""
    comment = "" if finding.kind is Kind.GIVEN else f"  # {more}{_plain(why(finding))}"
    return f"  {_quoted(finding.id)},{comment}\n"


def _by_scheme(finding: Finding) -> tuple[int, str]:
    row = provider_of(scheme_of(finding.id))
    # The ORCID iD is what others are found by, and heads the list.
    return (-1, "") if scheme_of(finding.id) == "orcid" else (_rank(row), scheme_of(finding.id))


def _rank(row: Provider | None) -> int:
    if row is None or row.name not in _PREFERRED:
        return len(_PREFERRED) if row is None or not row.counts else _PREFERRED.index("orcid")
    return _PREFERRED.index(row.name)


def _is_useful(row: Provider, ids: set[str], evidence: Evidence) -> bool:
    asked_by = [i for i in ids if scheme_of(i) in row.id_schemes]
    is_own = any(scheme_of(i) == row.id_schemes[0] for i in asked_by) or row.name == "openalex"
    answered = any(
        a.provider == row.name and ids & {a.asked, a.own or ""} for a in evidence.answers
    )
    lost = any(
        f.provider == row.name and f.kind in _LOST and f.asked in ids for f in evidence.failures
    )
    return bool(asked_by) and (answered or (is_own and not lost))


def _is_of(row: Provider, identifier: str) -> bool:
    return scheme_of(identifier) == row.id_schemes[0]


def _contact(contact: str | None) -> str:
    return f"contact = {_quoted(contact)}" if contact else '# contact = "you@example.org"'


def _table(name: str, places: Places) -> str:
    row = places.providers[name]
    lines = [f"\n[providers.{name}]"]
    lines += [f"base_url = {_quoted(row.base_url)}"] if row.base_url else []
    lines += [f"api_key_env = {_quoted(row.api_key_env)}"] if row.api_key_env else []
    lines += [f"delay = {row.delay:g}"] if row.delay is not None else []
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text in a comment: a line break would end it."""
    return "".join(c for c in text if c.isprintable())


def _quoted(text: str) -> str:
    """A TOML basic string; control characters are escaped as TOML wants them."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else _escape(c) for c in escaped) + '"'


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}"  # noqa: PLR2004 - BMP
