"""A configuration in a folder of its own, made of a few lines."""

import subprocess

import pytest

from pipeline.config import parse


@pytest.fixture
def configured(tmp_path):
    """Makes a configuration of extra lines; `ids` are the author's."""

    def make(extra="", *, ids='"openalex:A9000000001"', order='"openalex"'):
        text = f'{extra}\n[[authors]]\nkey = "ada"\nids = [{ids}]\n[providers]\norder = [{order}]\n'
        return parse(text, name="test.toml", base=tmp_path)

    return make


@pytest.fixture
def git():
    """Runs git in a folder."""

    def run(folder, *args):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True)

    return run
