"""The markup that a page needs; every value in it is ours or was checked letter by letter."""

from __future__ import annotations

import re

from pipeline.errors import ConfigError
from pipeline.homepage.data import Known

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_BRANCH = re.compile(r"[A-Za-z0-9._/-]{1,200}")
_FILE = "gs_data_shieldsio.json"
_LOOKS = "labelColor=f6f6f6&color=9cf&style=flat&label=citations"
_LOGO = "logo=Google%20Scholar&"
_LIQUID = "{{ url | url_encode }}"


def span(key: str) -> str:
    """A paper's citations; the theme's script writes `| Citations: 12` into it."""
    return f"<strong><span class='show_paper_citations' data='{key}'></span></strong>"


def total(count: int) -> str:
    """The total; what it says until the script has run is written once and never renewed."""
    return f"Citations: <span id='total_cit'>{count}</span>"


def badge(known: Known, address: str | None) -> str:
    """The badge of shields.io, with a link to the profile where the figures are Scholar's.

    Args:
        known: whose figures they are.
        address: of the endpoint file; `None` for the one that the page's Liquid puts together.
    """
    from urllib.parse import quote

    url = _LIQUID if address is None else quote(address, safe="")
    is_scholar = known.provider == "google_scholar"
    logo = _LOGO if is_scholar else ""
    image = f'<img src="https://img.shields.io/endpoint?url={url}&{logo}{_LOOKS}" alt="citations">'
    if not is_scholar or known.scholar_id is None:
        return image
    profile = f"https://scholar.google.com/citations?user={known.scholar_id}"
    return f"<a href='{profile}'>{image}</a>"


def address(repository: str, branch: str) -> str:
    """Where shields.io reads the badge of a repository at GitHub.

    Raises:
        ConfigError: it is no such repository.
    """
    from pipeline.publish.urls import github, raw

    slug = repository if _SLUG.fullmatch(repository) else github(repository)
    if slug is None or not _SLUG.fullmatch(slug):
        raise ConfigError(
            f"--repository {repository!r}: write OWNER/NAME of the repository at GitHub that is "
            "published to (shields.io reads its raw.githubusercontent.com address)"
        )
    if not _BRANCH.fullmatch(branch):
        raise ConfigError(f"--branch {branch!r}: write the name of the data branch")
    return raw(slug, branch, _FILE)
