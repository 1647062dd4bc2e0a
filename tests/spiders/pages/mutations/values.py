"""Changes of form of JSON: keys, types, nesting and lists; never of what is said.

A number that becomes another plain number of the same type is no change of form; nobody could
see it. So figures are only ever written otherwise, hidden, wrapped, lost or made impossible.
"""

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from . import numerals

Mutator = Callable[[bytes, Random, frozenset[str]], "bytes | None"]
Place = tuple[Any, Any]
"""A container and the key or index in it."""


def _places(value: Any) -> Iterator[Place]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _is_figure(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isdecimal()
    return isinstance(value, int) and not isinstance(value, bool)


def _tree(body: bytes) -> Any:
    """The value of a body that holds an object or a list, else `None`."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict | list) and found else None


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _chosen(found: list[Place], chance: Random, known: frozenset[str]) -> Place | None:
    """A place by key first, so that rare keys come up as often as common ones."""
    keys = sorted({key for _, key in found if isinstance(key, str)})
    read = [key for key in keys if key in known]
    pool = read if read and chance.random() < 0.85 else keys
    if not pool:
        return chance.choice(found) if found else None
    key = chance.choice(pool)
    return chance.choice([place for place in found if place[1] == key])


def _on_keys(change: Callable[[Place, Random], bool], *, everywhere: bool) -> Mutator:
    """A change of one key: at one place, or wherever it stands."""

    def mutate(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
        tree = _tree(body)
        found = list(_places(tree)) if tree is not None else []
        found = [place for place in found if isinstance(place[0], dict)]
        place = _chosen(found, chance, known)
        if place is None:
            return None
        wanted = [p for p in found if p[1] == place[1]] if everywhere else [place]
        seed = chance.random()
        done = [change(p, Random(seed)) for p in wanted]
        return _dumped(tree) if any(done) else None

    return mutate


def _renamed(place: Place, chance: Random) -> bool:
    parent, key = place
    others = [f"{key}s", f"_{key}", key.upper(), f"{key}_v2", key[:-1] or "x", f"total_{key}"]
    name = chance.choice([other for other in others if other not in parent])
    parent[name] = parent.pop(key)
    return True


def _recased(place: Place, chance: Random) -> bool:
    parent, key = place
    camel = re.sub(r"_(\w)", lambda m: m[1].upper(), key)
    snake = re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), key)
    name = camel if camel != key else snake
    if name == key or name in parent:
        return False
    parent[name] = parent.pop(key)
    return True


def _dropped(place: Place, chance: Random) -> bool:
    del place[0][place[1]]
    return True


def _nulled(place: Place, chance: Random) -> bool:
    was = place[0][place[1]]
    place[0][place[1]] = None
    return was is not None


def _emptied(place: Place, chance: Random) -> bool:
    was = place[0][place[1]]
    place[0][place[1]] = chance.choice([{}, [], ""])
    return bool(was)


def _in_a_list(place: Place, chance: Random) -> bool:
    place[0][place[1]] = [place[0][place[1]]]
    return True


def _in_an_object(place: Place, chance: Random) -> bool:
    place[0][place[1]] = {chance.choice(["value", "raw", "count", "0"]): place[0][place[1]]}
    return True


def _as_its_text(place: Place, chance: Random) -> bool:
    value = place[0][place[1]]
    place[0][place[1]] = json.dumps(value)
    return not isinstance(value, str)


def _figure(change: Callable[[int, Random], Any], *, everywhere: bool = False) -> Mutator:
    """A figure said in another type; `None` from the change: not for this one."""

    def mutate(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
        tree = _tree(body)
        found = [(p, k) for p, k in _places(tree) if _is_figure(p[k])] if tree is not None else []
        place = _chosen(found, chance, known)
        if place is None:
            return None
        wanted = [p for p in found if p[1] == place[1]] if everywhere else [place]
        done = False
        for parent, key in wanted:
            said = change(int(parent[key]), chance)
            if said is not None:
                parent[key] = said
                done = True
        return _dumped(tree) if done else None

    return mutate


def _written(form: numerals.Form) -> Mutator:
    return _figure(lambda value, chance: form(str(value), chance), everywhere=True)


def _literal(write: Callable[[int, Random], str]) -> Mutator:
    """A figure as a literal that `json.dumps` would not write."""
    mark = "\ue000literal\ue001"

    def mutate(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
        literals: list[str] = []

        def change(value: int, chance: Random) -> str:
            literals.append(write(value, chance))
            return mark

        marked = _figure(change)(body, chance, known)
        if marked is None:
            return None
        return marked.replace(f'"{mark}"'.encode(), literals[0].encode())

    return mutate


def _on_lists(change: Callable[[list[Any], Random], "list[Any] | None"]) -> Mutator:
    """A change of a list of objects or of an object of objects."""

    def mutate(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
        tree = {"": _tree(body)}
        found = [(p, k) for p, k in _places(tree) if isinstance(p[k], list) and p[k]]
        place = _chosen(found, chance, known) if tree[""] is not None else None
        if place is None:
            return None
        changed = change(place[0][place[1]], chance)
        if changed is None:
            return None
        place[0][place[1]] = changed
        return _dumped(tree[""])

    return mutate


def _element_twice(items: list[Any], chance: Random) -> list[Any]:
    at = chance.randrange(len(items))
    return [*items, items[at]] if chance.random() < 0.5 else [*items[: at + 1], *items[at:]]


def _one_lost(items: list[Any], chance: Random) -> list[Any]:
    at = chance.randrange(len(items))
    return items[:at] + items[at + 1 :]


def _half(items: list[Any], chance: Random) -> list[Any]:
    return items[: len(items) // 2]


def _shuffled(items: list[Any], chance: Random) -> list[Any]:
    return chance.sample(items, len(items))


def _one_null(items: list[Any], chance: Random) -> list[Any]:
    at = chance.randrange(len(items))
    return [*items[:at], None, *items[at + 1 :]]


def _one_odd(items: list[Any], chance: Random) -> list[Any]:
    odd = chance.choice(["ad", 7, [], {}, True, {"type": "advertisement", "id": "ad:1"}])
    return [*items, odd]


def _nested_list(items: list[Any], chance: Random) -> list[Any]:
    return [items]


def _by_number(items: list[Any], chance: Random) -> Any:
    return {str(i): item for i, item in enumerate(items)}


def _wrapped(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
    tree = _tree(body)
    if tree is None:
        return None
    name = chance.choice(["data", "result", "results", "response", "items", "message", "papers"])
    return _dumped({name: chance.choice([tree, [tree]])})


def _unwrapped(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
    tree = _tree(body)
    inner = (
        [v for v in tree.values() if isinstance(v, dict | list)] if isinstance(tree, dict) else tree
    )
    return _dumped(chance.choice(inner)) if inner else None


def _in_one_list(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
    tree = _tree(body)
    return None if tree is None else _dumped([tree])


def _keys_reordered(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: turned(value[k]) for k in chance.sample(list(value), len(value))}
        return [turned(v) for v in value] if isinstance(value, list) else value

    tree = _tree(body)
    return None if tree is None else _dumped(turned(tree))


def _as_text(body: bytes, chance: Random, known: frozenset[str]) -> bytes:
    return json.dumps(body.decode("utf-8", "replace")).encode()


def _with_padding(body: bytes, chance: Random, known: frozenset[str]) -> bytes:
    head, tail = chance.choice([(b"cb(", b");"), (b")]}',\n", b""), (b"", b","), (b"/* */", b"")])
    return head + body + tail


def _single_quotes(body: bytes, chance: Random, known: frozenset[str]) -> bytes:
    return body.replace(b'"', b"'")


def _key_twice(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
    marked = _figure(lambda value, chance: {"\ue000twice": value})(body, chance, known)
    if marked is None:
        return None
    twice = rb'"([^"]+)": \{"\xee\x80\x80twice": (\d+)\}'
    return re.sub(twice, rb'"\1": \2, "\1": 0', marked)


ONE_OR_ALL: dict[str, Callable[[Place, Random], bool]] = {
    "key renamed": _renamed,
    "key in another case": _recased,
    "key dropped": _dropped,
    "value null": _nulled,
    "value empty": _emptied,
    "value in a list": _in_a_list,
    "value in an object": _in_an_object,
    "value as its JSON text": _as_its_text,
}
MUTATORS: dict[str, Mutator] = {
    **{f"{name} once": _on_keys(change, everywhere=False) for name, change in ONE_OR_ALL.items()},
    **{f"{name} everywhere": _on_keys(c, everywhere=True) for name, c in ONE_OR_ALL.items()},
    **{f"figure as text {name}": _written(form) for name, form in numerals.FORMS.items()},
    "figure as text": _figure(lambda value, chance: str(value)),
    "figure as a whole float": _figure(lambda value, chance: float(value)),
    "figure as a fraction": _figure(lambda value, chance: value + 0.5),
    "figure below zero": _figure(lambda value, chance: -value - 1),
    "figure true or false": _figure(lambda value, chance: bool(value)),
    "figure beyond 64 bits": _figure(lambda value, chance: 2**70 + value),
    "figure of 1e308": _figure(lambda value, chance: 1e308),
    "figure NaN or infinite": _literal(lambda v, c: c.choice(["NaN", "Infinity", "-Infinity"])),
    "figure with an exponent": _literal(lambda v, c: f"{v}e0"),
    "figure with leading zeros": _literal(lambda v, c: f"00{v}"),
    "figure of 1e999": _literal(lambda v, c: "1e999"),
    "key said twice": _key_twice,
    "element twice": _on_lists(_element_twice),
    "element lost": _on_lists(_one_lost),
    "half of a list": _on_lists(_half),
    "list reordered": _on_lists(_shuffled),
    "element null": _on_lists(_one_null),
    "odd element": _on_lists(_one_odd),
    "list in a list": _on_lists(_nested_list),
    "list as an object": _on_lists(_by_number),
    "all wrapped": _wrapped,
    "all unwrapped": _unwrapped,
    "all in one list": _in_one_list,
    "keys reordered": _keys_reordered,
    "all as text": _as_text,
    "padding around it": _with_padding,
    "single quotes": _single_quotes,
}
