"""The configuration file: what is accepted, and what is refused in one helpful line."""

from pathlib import Path

import pytest

from pipeline import config
from pipeline.errors import ConfigError

BASE = """\
output = "out"

[[authors]]
key = "ada"
name = "Ada Sample"
ids = ["google_scholar:SAMPLEadaAAJ", "openalex:A5000000001"]

[providers]
order = ["google_scholar", "openalex"]

[providers.openalex]
base_url = "http://127.0.0.1:8000/"
delay = 0
"""


def parsed(text: str, base: Path = Path("/srv/home")) -> config.Config:
    return config.parse(text, name="x.toml", base=base)


def test_relative_paths_count_from_the_folder_of_the_file():
    assert parsed(BASE).output == Path("/srv/home/out")


def test_history_lies_below_output_unless_it_is_named():
    assert parsed(BASE).history_path == Path("/srv/home/out/history")
    assert parsed('history = "h"\n' + BASE).history_path == Path("/srv/home/h")


@pytest.mark.parametrize(
    "ids",
    [
        '["google_scholar:SAMPLEadaAAJ", "openalex:A5000000001"]',
        '{google_scholar = "SAMPLEadaAAJ", openalex = "A5000000001"}',
        '{scholar = ["SAMPLEadaAAJ"], openalex = "https://openalex.org/A5000000001"}',
        '{google_scholar = "google_scholar:SAMPLEadaAAJ", openalex = "a5000000001"}',
    ],
)
def test_ids_may_be_written_as_a_list_or_as_a_table(ids):
    text = BASE.replace('["google_scholar:SAMPLEadaAAJ", "openalex:A5000000001"]', ids)
    author = parsed(text).authors[0].to_author()
    assert author.ids == ("google_scholar:SAMPLEadaAAJ", "openalex:A5000000001")


def test_a_number_is_an_id_where_the_scheme_has_numbers():
    text = BASE.replace('"openalex:A5000000001"]', '"semantic_scholar:2262347"]')
    table = text.replace(
        '["google_scholar:SAMPLEadaAAJ", "semantic_scholar:2262347"]',
        '{google_scholar = "SAMPLEadaAAJ", semantic_scholar = 2262347}',
    )
    assert parsed(text).authors == parsed(table).authors


def test_a_provider_is_asked_for_the_best_id_that_it_takes():
    text = BASE.replace('"openalex:A5000000001"', '"orcid:0000-0002-1825-0097"')
    found = parsed(text)
    author = found.authors[0].to_author()
    assert found.id_for(author, "openalex") == "orcid:0000-0002-1825-0097"
    assert found.id_for(author, "google_scholar") == "google_scholar:SAMPLEadaAAJ"
    assert found.id_for(author, "semantic_scholar") is None


def test_a_base_address_and_a_delay_may_differ_from_the_providers_own():
    found = parsed(BASE)
    assert found.base_url("openalex") == "http://127.0.0.1:8000"
    assert found.delay("openalex") == 0
    assert found.base_url("google_scholar") == "https://scholar.google.com"
    assert found.delay("google_scholar") is None


def test_a_key_comes_from_the_environment_variable_that_is_named():
    found = parsed(BASE + 'api_key_env = "MY_KEY"\n')
    assert found.api_key("openalex", {"MY_KEY": " s3cret "}) == "s3cret"
    assert found.api_key("openalex", {"MY_KEY": ""}) is None
    assert parsed(BASE).api_key("openalex", {"OPENALEX_API_KEY": "k"}) == "k"
    assert parsed(BASE).api_key("google_scholar", {"OPENALEX_API_KEY": "k"}) is None


WRONG = [
    ("output =", "outptu =", "outptu: unknown key; did you mean 'output'?"),
    ("name =", "nmae =", "authors.0.nmae: unknown key; did you mean 'name'?"),
    ("delay =", "dellay =", "providers.openalex.dellay: unknown key; did you mean 'delay'?"),
    ("order =", "ordr =", "unknown key 'ordr'; did you mean 'order'?"),
    (
        '"openalex"]\n\n[providers',
        '"opnalex"]\n\n[providers',
        "no provider is called 'opnalex'; did you mean 'openalex'?",
    ),
    ("[providers.openalex]", "[providers.openalx]", "did you mean 'openalex'?"),
    ("openalex:A5", "openalex:B5", "that is not how a value of openalex looks"),
    ("openalex:A5", "opanelex:A5", "did you mean 'openalex'?"),
    ('"ada"', '"../ada"', "is no author key"),
    ("http://127.0.0.1:8000/", "ftp://127.0.0.1/", "is no http(s) address"),
    ("http://127.0.0.1:8000/", "http://me:pw@host/", "user name or password"),
    ("http://127.0.0.1:8000/", "http://host/?a=b", "leave out everything after '?'"),
    ("delay = 0", "delay = -1", "greater than or equal to 0"),
    ("delay = 0", 'api_key_env = "sk-12 34"', "NAME of an environment variable"),
    ('key = "ada"\n', "", "authors.0.key: is missing; add it"),
    ("output =", "figures = 'best'\noutput =", "'stated', 'resolved' or 'combined'"),
    ("output =", 'same_work = [["doi:10.5555/a"]]\noutput =', "at least 2 items"),
    ("output =", 'same_work = [["doi:10.5555/a", "W1"]]\noutput =', "is no identifier"),
    ("output =", "[publis]\n[x]\noutput =", "publis: unknown key; did you mean 'publish'?"),
    ("[providers]", '[publish]\nrepository = "https://me:tok@host/x"\n[providers]', "is refused"),
    ("[providers]", '[publish]\nbranch = "-x"\n[providers]', "is no branch name"),
    ("[providers]", '[publish]\nbrnch = "x"\n[providers]', "did you mean 'branch'?"),
    ("[providers]", "[schedule]\ngrace = 0\n[providers]", "greater than 0"),
    ("output =", "output = = ", "not valid TOML"),
]


@pytest.mark.parametrize(("old", "new", "says"), WRONG, ids=[w[1].strip() or "gone" for w in WRONG])
def test_wrong_input_is_refused_in_one_line_that_says_where_and_what(old, new, says):
    assert old in BASE
    with pytest.raises(ConfigError) as caught:
        parsed(BASE.replace(old, new, 1))
    assert says in str(caught.value)
    assert str(caught.value).startswith("x.toml: ")
    assert "\n" not in str(caught.value)


def test_two_authors_of_one_key_are_refused_whatever_their_case():
    again = '\n[[authors]]\nkey = "ADA"\nids = ["openalex:A5000000002"]\n'
    with pytest.raises(ConfigError, match="two authors have the key 'ada'"):
        parsed(BASE + again)


def test_a_group_is_of_authors_and_has_a_key_of_its_own():
    group = '[[groups]]\nkey = "lab"\nname = "The Lab"\nmembers = ["ada"]\n'
    (found,) = parsed(BASE + group).groups
    assert (found.key, found.name, found.members) == ("lab", "The Lab", ["ada"])
    with pytest.raises(ConfigError, match="no author has the key 'adda'; did you mean 'ada'"):
        parsed(BASE + group.replace('"ada"', '"adda"'))
    with pytest.raises(ConfigError, match="two authors or groups have the key 'ada'"):
        parsed(BASE + group.replace('"lab"', '"Ada"'))


def test_several_ids_of_one_scheme_are_one_person_whom_a_provider_took_for_several():
    text = BASE.replace('"openalex:A5000000001"', '"openalex:A5000000001", "openalex:A7"')
    found = parsed(text)
    target = found.target_for(found.authors[0].to_author(), "openalex")
    assert (target.id, target.also) == ("openalex:A5000000001", ("openalex:A7",))


def test_an_own_list_is_that_of_a_provider_that_is_asked():
    text = BASE.replace('name = "Ada Sample"', 'own_list = ["openalex"]')
    assert parsed(text).authors[0].own_list == ["openalex"]
    with pytest.raises(ConfigError, match=r"own_list names 'semantic_scholar', which nobody asks"):
        parsed(text.replace('["openalex"]', '["semantic_scholar"]'))


def test_an_author_nobody_can_be_asked_for_is_refused():
    text = BASE.replace(
        '["google_scholar:SAMPLEadaAAJ", "openalex:A5000000001"]', '["semantic_scholar:1"]'
    )
    with pytest.raises(ConfigError, match="'ada' has no id that a provider in `order`"):
        parsed(text)


def test_a_key_that_stands_in_the_file_is_not_repeated_in_the_error():
    with pytest.raises(ConfigError) as caught:
        parsed(BASE + 'api_key_env = "sk live 9988776655"\n')
    assert "9988776655" not in str(caught.value)


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="scholar-metrics init"):
        config.load(tmp_path / "scholar-metrics.toml")


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(b'output = "\xff"')
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(path)


def test_the_schema_names_every_key_and_every_provider():
    document = config.schema()
    assert {"output", "history", "allow_private_hosts", "authors", "providers", "figures"} <= set(
        document["properties"]
    )
    assert "openalex" in document["$defs"]["ProvidersConfig"]["properties"]
    assert document["additionalProperties"] is False


def test_a_repository_is_a_folder_beside_the_file_or_an_address():
    def place(value):
        return parsed(f'{BASE}[publish]\nrepository = "{value}"\n').publish.repository

    assert place("..") == "/srv/home/.."
    assert place("https://github.com/me/me.github.io") == "https://github.com/me/me.github.io"
    assert place("git@github.com:me/me.github.io.git") == "git@github.com:me/me.github.io.git"


def test_nobody_is_notified_unless_it_stands_there():
    assert parsed(BASE).notify is None
    assert parsed(f"{BASE}[notify]\n").notify.urls_env == "SCHOLAR_METRICS_NOTIFY"
