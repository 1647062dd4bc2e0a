"""A homepage's folder with its configuration, and providers on loopback that it asks."""

import json
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline.sample import AUTHOR_IDS, PAGES
from pipeline.sample.server import ReplayServer


class Home:
    """One person's folder; each provider answers with the sample's pages until told otherwise."""

    def __init__(self, root: Path, servers: ExitStack, commands) -> None:
        self.root = root
        self._commands = commands
        self.output = root / "out"
        self._servers = servers
        self.running: dict[str, ReplayServer] = {}
        self._folders: dict[str, Path] = {}

    def pages(self, provider: str) -> Path:
        """The provider's own copy of its pages, to be changed before it is served."""
        if provider not in self._folders:
            folder = self.root / "providers" / provider
            shutil.copytree(PAGES / provider, folder)
            self._folders[provider] = folder
        return self._folders[provider]

    def serve(self, provider: str, folder: Path) -> None:
        """Let a provider that the sample has no pages of answer from a folder."""
        self._folders[provider] = folder

    def answer(self, provider: str, *routes: dict) -> None:
        """Let these routes come before the sample's own."""
        path = self.pages(provider) / "routes.json"
        path.write_text(json.dumps([*routes, *json.loads(path.read_text())]))

    def configure(self, *providers: str, extra: str = "", ids=AUTHOR_IDS) -> None:
        """Start the providers and write the configuration that asks them in this order."""
        lines = [
            'output = "out"',
            'history = "kept"',
            "allow_private_hosts = true",
            extra,
            "[[authors]]",
            'key = "ada"',
            'name = "Ada Sample"',
            f"ids = {json.dumps(list(ids))}",
            "[providers]",
            f"order = {json.dumps(list(providers))}",
        ]
        for name in providers:
            self.stop(name)
            server = ReplayServer(self.pages(name))
            server.__enter__()
            self._servers.callback(self.stop, name)
            self.running[name] = server
            base = "/graph/v1" if name == "semantic_scholar" else ""
            lines += [f"[providers.{name}]", f'base_url = "{server.url}{base}"', "delay = 0"]
        # Pictures and pages cost time, and have tests of their own.
        lines += ["[badges]", "svg = false", "[report]", "pages = false"]
        (self.root / "scholar-metrics.toml").write_text("\n".join(lines))

    def stop(self, provider: str) -> None:
        """The provider is gone from the network."""
        server = self.running.pop(provider, None)
        if server is not None:
            server.__exit__(None, None, None)

    def run(self, *args: str, env: dict | None = None) -> subprocess.CompletedProcess[str]:
        """The command, as a person types it in this folder."""
        return self._commands.run(*args, cwd=self.root, env=env)

    def json(self, *args: str) -> dict:
        """What the command prints with --json; it must be one document and nothing else."""
        return json.loads(self.run(*args, "--json").stdout)

    def read(self, name: str) -> dict:
        """A JSON file of the outputs."""
        return json.loads((self.output / name).read_text())

    def files(self) -> dict[str, bytes]:
        """Every output but the record of the run."""
        found = (p for p in self.output.rglob("*") if p.is_file() and p.name != "run.json")
        return {str(p.relative_to(self.output)): p.read_bytes() for p in found}


@pytest.fixture
def home(tmp_path, commands):
    with ExitStack() as servers:
        yield Home(tmp_path, servers, commands)


@pytest.fixture(scope="module")
def homes(tmp_path_factory, commands):
    """Call it for a folder that a whole module of tests shares."""
    with ExitStack() as servers:
        yield lambda: Home(tmp_path_factory.mktemp("home"), servers, commands)
