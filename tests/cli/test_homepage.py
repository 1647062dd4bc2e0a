"""`scholar-metrics homepage`: what a person sees, and the exit codes."""

import json

import pytest

from pipeline.cli import run

PAGE = """# Publications

- [Paper number one on synthetic homepages](https://arxiv.org/abs/2401.00001), Ada Test
- [Paper number two on synthetic homepages](https://arxiv.org/abs/2401.00002), Ada Test
"""
DATA = {
    "scholar_id": "AAAAAAAAAAAJ",
    "name": "Ada Test",
    "citedby": 161,
    "publications": {"arxiv:2401.00001": {"bib": {"title": "P"}, "num_citations": 12}},
    "updated": "2026-03-01T03:00:00+00:00",
    "provider": "openalex",
}
MARK = "<span class='show_paper_citations' data='arxiv:2401.00001'></span>"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "about.md").write_text(PAGE)
    (tmp_path / "gs_data.json").write_text(json.dumps(DATA))
    return tmp_path


@pytest.fixture
def said(folder, capsys):
    """Exit code, stdout and stderr of a command in the folder."""

    def command(*args, data="gs_data.json"):
        options = ["--data", data] if data else []
        code = run(["homepage", *args, *options])
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return code, shown.out, shown.err

    return command


def test_annotate_writes_shows_the_difference_and_names_what_it_left(said, folder):
    code, out, err = said("annotate", "about.md", "--no-badge")
    assert code == 0
    assert "+Citations: <span id='total_cit'>161</span>\n" in out
    assert "\x1b" not in out
    assert "about.md: added the total, 1 paper\n" in err
    assert "arxiv:2401.00002: left without citations" in err
    assert MARK in (folder / "about.md").read_text()


def test_a_dry_run_shows_the_same_and_writes_nothing(said, folder):
    code, dry, err = said("annotate", "about.md", "--dry-run")
    assert (code, (folder / "about.md").read_text()) == (0, PAGE)
    assert "would add" in err
    assert said("annotate", "about.md")[1] == dry


def test_check_leaves_with_1_until_the_page_has_everything(said, folder):
    assert said("annotate", "about.md", "--check")[0] == 1
    assert (folder / "about.md").read_text() == PAGE
    said("annotate", "about.md")
    assert said("annotate", "about.md", "--check")[:2] == (0, "")


def test_a_span_that_nobody_knows_leaves_with_1(said, folder):
    (folder / "about.md").write_text(f"{PAGE}{MARK.replace('00001', '99999')}\n")
    code, _, err = said("annotate", "about.md")
    assert code == 1
    assert "data='arxiv:2401.99999': no paper in the data has this id" in err


def test_the_data_are_the_configurations_by_default(said, folder):
    (folder / "scholar-metrics.toml").write_text('[[authors]]\nkey = "me"\n')
    code, _, err = said("annotate", "about.md", data=None)
    assert (code, (folder / "about.md").read_text()) == (2, PAGE)
    assert "nothing is known yet" in err
    (folder / "output").mkdir()
    (folder / "gs_data.json").rename(folder / "output" / "gs_data.json")
    assert said("annotate", "about.md", data=None)[0] == 0


def test_a_link_is_followed_and_said(said, folder):
    (folder / "link.md").symlink_to("about.md")
    _, _, err = said("annotate", "link.md")
    assert f"link.md: is a link: {folder / 'about.md'} is changed" in err
    assert MARK in (folder / "about.md").read_text()


WRONG = {
    "a missing page": (["nowhere.md"], "nowhere.md: cannot be read"),
    "a folder": (["."], ".: cannot be read (Is a directory)"),
    "no papers": (["plain.md"], "plain.md: homepage:"),
    "a binary file": (["image.png"], "image.png: is no text"),
    "data that is no JSON": (["about.md", "--data", "about.md"], "is no gs_data.json"),
    "data that is missing": (["about.md", "--data", "none.json"], "none.json: cannot be read"),
    "data that is a list": (["about.md", "--data", "list.json"], "is no gs_data.json"),
    "data of another person": (["other.md"], "the data are of AAAAAAAAAAAJ"),
    "a repository that is none": (["about.md", "--repository", "x"], "OWNER/NAME"),
    "a configuration that is missing": (["about.md", "--config", "x.toml"], "x.toml: no such"),
}


@pytest.mark.parametrize(("args", "wanted"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_one_line_and_writes_nothing(args, wanted, said, folder):
    (folder / "plain.md").write_text("Hello.\n")
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    (folder / "list.json").write_text('{"publications": []}')
    scholar = "https://scholar.google.com/citations?user=BBBBBBBBBBBJ"
    (folder / "other.md").write_text(f"[Google Scholar]({scholar})\n\n{PAGE}")
    before = {p: p.read_bytes() for p in folder.iterdir()}
    own = "--data" in args or "--config" in args
    code, out, err = said("annotate", *args, data=None if own else "gs_data.json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert wanted in err
    assert {p: p.read_bytes() for p in folder.iterdir()} == before


def test_scan_shows_a_line_a_paper(said):
    code, out, err = said("scan", "about.md")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[1].split()[-5:] == ["arxiv:2401.00001", "12", "openalex", "2026-03-01", "–"]
    assert lines[2].split()[-5:] == ["arxiv:2401.00002", "–", "–", "–", "–"]
    assert "known: 1 of 2; total 161 (openalex, 2026-03-01)" in lines


def test_scan_prints_one_document(said):
    document = json.loads(said("scan", "about.md", "--json")[1])
    assert (document["file"], document["listed"]) == ("about.md", 2)
    assert document["papers"][0]["cited_by_count"] == 12
    assert document["papers"][1]["cited_by_count"] is None


def test_scan_without_any_data_says_what_to_run(said):
    code, out, _ = said("scan", "about.md", data=None)
    assert code == 0
    assert "nothing is known of them yet: run `scholar-metrics init`, then `refresh`" in out


def test_a_page_cannot_speak_to_a_terminal_or_a_ci_job(said, folder):
    (folder / "about.md").write_text(f"{PAGE}  ::error::x\n\x1b[31m##[warning]y\n")
    _, out, _ = said("annotate", "about.md", "--dry-run")
    assert "\x1b" not in out
    assert "##[" not in out
    assert not [line for line in out.splitlines() if line.lstrip(" +-").startswith("::")]
