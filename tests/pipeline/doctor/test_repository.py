import pytest

from pipeline.doctor import repository


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("https://github.com/ada/ada.github.io", "ada/ada.github.io"),
        ("https://github.com/ada/ada.github.io.git", "ada/ada.github.io"),
        ("https://github.com/ada/page/", "ada/page"),
        ("https://x-access-token:canary@github.com/ada/page.git", "ada/page"),
        ("git@github.com:ada/page.git", "ada/page"),
        ("ssh://git@github.com/ada/page", "ada/page"),
        ("ssh://git@ssh.github.com:443/ada/page.git", "ada/page"),
        ("https://gitlab.com/ada/page", None),
        ("https://github.com.evil.example/ada/page", None),
        ("https://evil.example/github.com/ada/page", None),
        ("/srv/git/page.git", None),
        ("", None),
    ],
)
def test_owner_and_name_are_read_out_of_every_spelling(address, slug):
    assert repository.slug(address) == slug


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://raw.githubusercontent.com/a/b/c/d.json", None),
        ("https://cdn.jsdelivr.net/gh/a/b@c/d.json", None),
        ("https://ada.github.io/d.json", None),
        ("https://github.com/a/b/raw/c/d.json", "domain is blocked"),
        ("https://gist.github.com/d.json", "domain is blocked"),
        ("https://notgithub.com/d.json", "domain is blocked"),
        ("https://img.shields.io/d.json", "domain is blocked"),
        ("https://GitHub.com/d.json", "domain is blocked"),
        ("http://raw.githubusercontent.com/d.json", "https only"),
        ("ftp://example.org/d.json", "no http(s) address"),
        ("https://[broken/d.json", "no address"),
        ("d.json", "no http(s) address"),
    ],
)
def test_shields_rules_for_addresses(url, why):
    found = repository.refusal(url)
    assert (found is None) if why is None else (found is not None and why in found)


def test_both_addresses_that_are_built_are_taken():
    urls = repository.badge_urls("ada/page", "google-scholar-stats")
    assert urls == (
        "https://raw.githubusercontent.com/ada/page/google-scholar-stats/gs_data_shieldsio.json",
        "https://cdn.jsdelivr.net/gh/ada/page@google-scholar-stats/gs_data_shieldsio.json",
    )
    assert [repository.refusal(url) for url in urls] == [None, None]


def test_a_repository_named_by_its_address_needs_no_folder(configured, tmp_path):
    config = configured('publish.repository = "https://github.com/ada/page"')
    place = repository.find(config, tmp_path)
    assert (place.slug, place.remote) == ("ada/page", "https://github.com/ada/page")


def test_a_repository_named_by_its_folder_is_asked_for_its_remote(configured, git, tmp_path):
    git(tmp_path / "page", "init", "-q")
    git(tmp_path / "page", "remote", "add", "origin", "git@github.com:ada/page.git")
    place = repository.find(configured('publish.repository = "page"'), tmp_path)
    assert (place.slug, place.remote, place.folder) == ("ada/page", "origin", tmp_path / "page")


def test_the_repository_that_the_configuration_lies_in_counts_when_none_is_named(
    configured, git, tmp_path
):
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", "https://github.com/ada/page.git")
    assert repository.find(configured(), tmp_path).slug == "ada/page"


def test_no_repository_is_no_place(configured, tmp_path):
    assert repository.find(configured(), tmp_path) is None


def test_a_machine_without_git_gives_no_answer(tmp_path):
    assert repository.run_git(["version"], folder=tmp_path, timeout=5, environ={"PATH": ""}) is None


def test_a_token_in_an_address_is_taken_out():
    line = "fatal: unable to access 'https://ada:canary@github.com/ada/page/': no"
    assert (
        repository.discreet(line)
        == "fatal: unable to access 'https://***@github.com/ada/page/': no"
    )
