"""Whom a refresh asks for what: from the configuration and the options to plans of providers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.collect import Collection, Keeping, ProviderPlan, collect, read_saved
from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.model import Collected, ProviderState
from spiders.items import Target
from spiders.registry import PROVIDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one call of the command asks for, beside the configuration."""

    authors: tuple[str, ...] = ()
    """Keys of the only authors to ask for; empty for all."""
    providers: tuple[str, ...] = ()
    """Names of the only providers to ask; empty for all in `order`."""
    from_html: Path | None = None
    """A saved page to read instead of asking the provider."""
    captured: date | None = None
    """Day on which that page was saved, for pages that leave the current year out of dates."""
    accept: bool = False
    """Whether a person vouches for figures that checks would hold back."""
    dry_run: bool = False
    """Whether to write nothing."""
    fresh: bool = False
    """Whether to ask for everything anew, whatever pages are kept."""


def plan_targets(config: Config, request: Request) -> dict[str, tuple[Target, ...]]:
    """Whom to ask each provider for, by provider name in the configured order.

    Raises:
        ConfigError: an unknown author or provider, or nobody to ask for.
    """
    known = [a.key for a in config.authors]
    for key in request.authors:
        if key not in known:
            raise ConfigError(f"--author {key}: no such author; there are {', '.join(known)}")
    for name in request.providers:
        if name not in PROVIDERS:
            raise ConfigError(
                f"--provider {name}: no such provider; there are {', '.join(PROVIDERS)}"
            )
    names = request.providers or tuple(config.providers.order)
    if request.from_html is not None and not request.providers:
        names = ("google_scholar",)
    wanted = [a.to_author() for a in config.authors if a.key in (request.authors or known)]
    targets = {
        name: tuple(
            found for author in wanted if (found := config.target_for(author, name)) is not None
        )
        for name in names
    }
    targets = {name: found for name, found in targets.items() if found}
    if not targets:
        raise ConfigError(
            f"none of {', '.join(names)} can be asked for {', '.join(a.key for a in wanted)}: "
            "add an id of theirs to the configuration"
        )
    return targets


def ask(
    config: Config,
    request: Request,
    targets: Mapping[str, tuple[Target, ...]],
    *,
    known: Mapping[str, Iterable[str]],
    believed: Callable[[Collection], Sequence[Collected]],
    progress: Callable[[str], None] | None,
    keeping: Keeping | None = None,
) -> Collection:
    """Ask every provider for its authors, or read the saved page.

    Providers that follow works are asked when the others have answered, about the ids that were
    known before or are in those answers that are believed: nobody counts a stranger's papers.

    Args:
        config: Where providers answer, with which keys.
        request: What this call asks for.
        targets: Whom to ask for, by provider.
        known: Ids of the works known before, by author.
        believed: The answers of the first round whose works may be followed.
        progress: Called with one line whenever an author is done.
        keeping: Where pages are kept.

    Raises:
        ConfigError: the saved page cannot be read, or is not one author's; or only providers are
            asked that follow works, and none is known.
    """
    if request.from_html is not None:
        return _read_page(request.from_html, targets, captured=request.captured)
    plans = [_provider_plan(config, name, found) for name, found in targets.items()]
    leading = [plan for plan in plans if not plan.provider.follows]
    following = [plan for plan in plans if plan.provider.follows]
    rounds = [_with_works(plan, known, ()) for plan in following] if not leading else []
    if not leading and not any(plan.targets for plan in rounds):
        raise ConfigError(
            f"{', '.join(targets)} can only be asked about works that other providers list, and "
            "none is known yet: run a refresh without --provider first"
        )

    def then(so_far: Collection) -> Sequence[ProviderPlan]:
        due = following.copy() if leading else []
        following.clear()
        answers = believed(so_far) if due else ()
        return [_with_works(plan, known, answers) for plan in due]

    return collect(
        leading or rounds,
        user_agent=user_agent(config),
        allow_private_hosts=config.allow_private_hosts,
        deadline=config.deadline,
        progress=progress,
        then=then,
        keeping=keeping,
    )


def plans_of(
    config: Config, targets: Mapping[str, tuple[Target, ...]], known: Mapping[str, Iterable[str]]
) -> list[ProviderPlan]:
    """Every provider's plan; one that follows works has those that are known before the run."""
    plans = [_provider_plan(config, name, found) for name, found in targets.items()]
    return [_with_works(plan, known, ()) if plan.provider.follows else plan for plan in plans]


def keeping_of(config: Config, request: Request, *, began: datetime) -> Keeping:
    """Pages are kept beside the history, hidden: they are neither results nor published."""
    history = config.history_path
    return Keeping(
        root=history.with_name(f".{history.name}-cache"),
        began=began,
        writes=not request.dry_run,
        is_fresh=request.fresh,
    )


def works_known(states: Iterable[ProviderState]) -> dict[str, set[str]]:
    """Ids of the works that providers list, by author; what only followed them adds none."""
    found: dict[str, set[str]] = {}
    for state in states:
        provider = PROVIDERS.get(state.provider)
        if provider is None or not provider.follows:
            own = found.setdefault(state.author_key, set())
            own.update(i for o in state.present for i in (o.record.record_id, *o.record.ids))
    return found


def _with_works(
    plan: ProviderPlan, known: Mapping[str, Iterable[str]], answers: Sequence[Collected]
) -> ProviderPlan:
    """The plan with the works that its provider is to be asked about; nobody without any."""
    found: dict[str, set[str]] = {key: set(ids) for key, ids in known.items()}
    for answer in answers:
        own = found.setdefault(answer.author_key, set())
        own.update(i for work in answer.works for i in (work.record_id, *work.ids))
    schemes = plan.provider.follows
    followed = {
        key: tuple(sorted(i for i in ids if i.partition(":")[0] in schemes))
        for key, ids in found.items()
    }
    targets = (replace(t, follow=followed.get(t.author_key, ())) for t in plan.targets)
    return replace(plan, targets=tuple(t for t in targets if t.follow))


def _provider_plan(config: Config, name: str, targets: tuple[Target, ...]) -> ProviderPlan:
    delay = config.delay(name)
    return ProviderPlan(
        provider=PROVIDERS[name],
        targets=targets,
        base_url=config.base_url(name),
        api_key=config.api_key(name),
        delay=PROVIDERS[name].delay if delay is None else delay,
    )


def _read_page(
    path: Path, targets: Mapping[str, tuple[Target, ...]], *, captured: date | None
) -> Collection:
    if len(targets) != 1 or len(next(iter(targets.values()))) != 1:
        raise ConfigError(
            "--from-html reads one page of one author: say whose with --author KEY "
            "(and --provider NAME when it is not Google Scholar's)"
        )
    ((name, (target,)),) = targets.items()
    try:
        body = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"--from-html {path}: cannot be read ({error.strerror})") from None
    return read_saved(PROVIDERS[name], body, target=target, captured=captured)


def user_agent(config: Config) -> str:
    """Who asks, and how to reach them."""
    contact = config.contact or "no contact configured"
    return f"scholar-metrics/{program_version()} ({contact})"


def program_version() -> str:
    """Version of the installed program."""
    try:
        return version("scholar-metrics")
    except PackageNotFoundError:
        return "0+unknown"
