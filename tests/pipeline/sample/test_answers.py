import pytest

from pipeline.errors import ConfigError
from pipeline.sample.answers import load


def test_a_folder_without_routes_is_refused_by_name(tmp_path):
    with pytest.raises(ConfigError, match=r"routes\.json.*write a JSON list"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("routes", "complaint"),
    [
        ({"path": "/a"}, "not a list"),
        ([{"body": "a.txt"}], 'route 1 has no "path"'),
        (["/a"], 'route 1 has no "path"'),
        ([{"path": "/a"}, {"path": "/b", "stats": 1}], "route 2 has the unknown key 'stats'"),
        ([{"path": "/a", "kind": "tape"}], "unknown kind 'tape'.*openalex_works"),
        ([{"path": "/a", "body": "gone.txt"}], "'gone.txt', which is no file"),
        ([{"path": "/a", "body": "../secret.txt"}], "'../secret.txt', which is no file"),
        ([{"path": "/a", "kind": "openalex_works", "body": "word.txt"}], "its body is no JSON"),
        (
            [{"path": "/a", "kind": "openalex_works", "body": "table.json"}],
            "its body is no list of works",
        ),
        (
            [{"path": "/a", "kind": "semantic_scholar_papers", "body": "table.json"}],
            "its body is no author with a list",
        ),
        (
            [{"path": "/a", "kind": "semantic_scholar_author", "body": "list.json"}],
            "its body is no author with a list",
        ),
    ],
)
def test_a_wrong_route_is_refused_with_its_place_and_fault(folder, tmp_path, routes, complaint):
    (tmp_path / "secret.txt").write_text("not yours")
    place = folder(routes, word_txt="word", table_json="{}", list_json="[]")
    with pytest.raises(ConfigError, match=complaint) as caught:
        load(place)
    assert "\n" not in str(caught.value)


def test_a_link_out_of_the_folder_is_refused(folder, tmp_path):
    (tmp_path / "secret.txt").write_text("not yours")
    place = folder([{"path": "/a", "body": "link.txt"}])
    (place / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(ConfigError, match=r"link\.txt"):
        load(place)
