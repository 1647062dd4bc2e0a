from __future__ import annotations

from base64 import b64decode

import pytest

from pipeline.writers.logos import data_uri
from spiders.registry import PROVIDERS


def picture(slug, **colour):
    return b64decode(data_uri(slug, **colour).partition(",")[2]).decode()


@pytest.mark.parametrize("slug", sorted({p.logo for p in PROVIDERS.values() if p.logo}))
def test_every_logo_that_a_provider_names_is_there(slug):
    assert picture(slug).count("<path ") == 1


@pytest.mark.parametrize(
    ("slug", "fill"),
    [("googlescholar", "#4285F4"), ("orcid", "#A6CE39"), ("arxiv", "#f5f5f5"), ("dblp", "#f5f5f5")],
)
def test_a_dark_brand_is_drawn_light_as_shields_does(slug, fill):
    assert f'fill="{fill}"' in picture(slug)


def test_a_wanted_colour_is_taken():
    assert 'fill="#123456"' in picture("arxiv", colour="#123456")


@pytest.mark.parametrize("slug", ["openalex", "crossref", "nosuchlogo"])
def test_what_simple_icons_has_no_icon_of_has_no_logo(slug):
    assert data_uri(slug) is None
