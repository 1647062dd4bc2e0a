import pytest

from pipeline.doctor import people


def only(findings, state):
    return [f.what for f in findings if f.state == state]


def test_a_scholar_id_of_twelve_characters_is_no_news(configured):
    config = configured(ids='"google_scholar:SAMPLEadaAAJ"', order='"google_scholar"')
    assert not list(people.ids(config))


def test_a_scholar_id_of_another_length_is_noted(configured):
    config = configured(ids='"google_scholar:SAMPLEada"', order='"google_scholar"')
    (note,) = people.ids(config)
    assert note.state == "note"
    assert "has 9 characters" in note.what


def test_a_papers_id_in_the_place_of_an_authors_is_wrong(configured):
    config = configured(ids='"openalex:A9000000001", "google_scholar:SAMPLEadaAAJ:u5HHmVD_uO8C"')
    (wrong,) = people.ids(config)
    assert wrong.state == "wrong"
    assert wrong.what.endswith("google_scholar:SAMPLEadaAAJ")


def test_a_key_in_the_environment_is_named_and_not_shown(configured):
    found = list(people.providers(configured(), {"OPENALEX_API_KEY": "canary-1234"}))
    assert "with the key in OPENALEX_API_KEY" in only(found, "ok")[0]
    assert "canary" not in str(found)


def test_a_missing_key_is_noted(configured):
    found = list(people.providers(configured('contact = "ada@example.org"'), {}))
    assert len(only(found, "note")) == 1
    assert "no key in OPENALEX_API_KEY" in only(found, "note")[0]


def test_a_provider_that_takes_no_key_needs_none(configured):
    config = configured(ids='"google_scholar:SAMPLEadaAAJ"', order='"google_scholar"')
    assert "it takes no key" in only(people.providers(config, {}), "ok")[0]


def test_a_provider_without_an_id_is_noted(configured):
    found = people.providers(configured(order='"openalex", "semantic_scholar"'), {})
    assert any("semantic_scholar: no author has an id" in what for what in only(found, "note"))


def test_scholar_from_github_is_noted(configured):
    config = configured(ids='"google_scholar:SAMPLEadaAAJ"', order='"google_scholar"')
    found = people.providers(config, {"GITHUB_ACTIONS": "true"})
    assert any("nearly always refused" in what for what in only(found, "note"))


@pytest.mark.parametrize(
    ("url", "is_private"),
    [
        ("http://127.0.0.1:1", True),
        ("http://[::1]/", True),
        ("http://10.1.2.3", True),
        ("http://localhost.:80", True),
        ("http://api.localhost", True),
        ("https://api.openalex.org", False),
        ("https://8.8.8.8", False),
    ],
)
def test_private_addresses_are_told_from_public_ones(url, is_private):
    assert people.is_private(url) is is_private


@pytest.mark.parametrize(("allowed", "wrongs"), [("false", 1), ("true", 0)])
def test_a_private_address_must_be_allowed(configured, allowed, wrongs):
    config = configured(
        f"allow_private_hosts = {allowed}",
        order='"openalex"]\n[providers.openalex]\nbase_url = "http://127.0.0.1:9"\n#',
    )
    assert len(only(people.providers(config, {}), "wrong")) == wrongs
