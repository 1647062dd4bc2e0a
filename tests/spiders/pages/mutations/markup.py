"""Changes of form of HTML and XML: names, tables, rows, tags and figures as text.

The tree is changed and written anew, or the text is where a tag has to break. A figure is never
replaced by another plain one: nobody could see that.
"""

import copy
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from . import numerals
from .raw import text_of

Mutator = Callable[[bytes, Random, frozenset[str]], "bytes | None"]
Change = Callable[[Any, Random, frozenset[str]], "bool | None"]
"""Changes a tree in place; whether it did."""

_NAMED = ("id", "class")
_SCRIPTS = ("script", "style")


def is_xml(body: bytes) -> bool:
    """Whether a body is XML and no HTML."""
    return body.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml") and b"<html" not in body[:500]


def _on_tree(change: Change) -> Mutator:
    def mutate(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
        text, charset = text_of(body)
        if is_xml(body):
            try:
                root = etree.fromstring(body)
            except etree.XMLSyntaxError:
                return None  # refused as it is
            return etree.tostring(root, encoding="utf-8") if change(root, chance, known) else None
        root = lxml_html.document_fromstring(text)
        if not change(root, chance, known):
            return None
        written = etree.tostring(root, method="html", encoding="unicode", with_tail=False)
        return b"<!doctype html>" + written.encode(charset, "xmlcharrefreplace")

    return mutate


def _on_text(change: Callable[[str, Random, frozenset[str]], "str | None"]) -> Mutator:
    def mutate(body: bytes, chance: Random, known: frozenset[str]) -> bytes | None:
        text, charset = text_of(body)
        found = change(text, chance, known)
        return None if found is None else found.encode(charset, "xmlcharrefreplace")

    return mutate


def _elements(root: Any) -> list[Any]:
    return [e for e in root.iter() if isinstance(e.tag, str) and e.tag not in _SCRIPTS]


def _kind(element: Any) -> str:
    """What an element is called: its classes, its id or its tag."""
    return element.get("class") or element.get("id") or element.tag


def _by_kind(elements: list[Any], chance: Random, known: frozenset[str]) -> Any:
    """An element by kind first, so that the six cells of a table come up among a hundred rows."""
    kinds = sorted({_kind(e) for e in elements})
    read = [kind for kind in kinds if known & set(kind.split())]
    pool = read if read and chance.random() < 0.85 else kinds
    if not pool:
        return None
    kind = chance.choice(pool)
    return chance.choice([e for e in elements if _kind(e) == kind])


def _figures(root: Any) -> list[Any]:
    """Elements that hold a number and nothing else."""
    found = (e for e in _elements(root) if len(e) == 0 and e.text)
    return [e for e in found if e.text.strip().isascii() and e.text.strip().isdecimal()]


def _rows(root: Any) -> list[Any]:
    """Elements with a brother of the same kind: rows of tables and lists, entries of feeds."""
    found = []
    for element in _elements(root):
        above = element.getparent()
        if above is not None and sum(_kind(e) == _kind(element) for e in above) > 1:
            found.append(element)
    return found


def _tables(root: Any) -> list[Any]:
    return [e for e in root.iter("table") if any(True for _ in e.iter("td"))]


def _lines(table: Any) -> list[list[Any]]:
    """The cells of each row of a table."""
    return [[c for c in row if c.tag in ("td", "th")] for row in table.iter("tr")]


def _remove(element: Any) -> None:
    above = element.getparent()
    before = element.getprevious()
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            above.text = (above.text or "") + element.tail
    element.tail = None
    above.remove(element)


def _named(root: Any, attribute: str, chance: Random, known: frozenset[str]) -> str | None:
    """A class or an id that stands on the page, most often one that the page module reads."""
    names = sorted({n for e in _elements(root) for n in (e.get(attribute) or "").split()})
    read = [name for name in names if name in known]
    pool = read if read and chance.random() < 0.85 else names
    return chance.choice(pool) if pool else None


def _rename(attribute: str, *, everywhere: bool) -> Change:
    def change(root: Any, chance: Random, known: frozenset[str]) -> bool:
        name = _named(root, attribute, chance, known)
        if name is None:
            return False
        other = chance.choice([f"{name}x", f"x_{name}", name[:-1] or "q", name.upper(), ""])
        bearers = [e for e in _elements(root) if name in (e.get(attribute) or "").split()]
        for element in bearers if everywhere else [chance.choice(bearers)]:
            names = (element.get(attribute) or "").split()
            element.set(attribute, " ".join(other if n == name else n for n in names))
        return True

    return change


def _swap_names(root: Any, chance: Random, known: frozenset[str]) -> bool:
    one, two = (_named(root, "class", chance, known) for _ in range(2))
    if one is None or one == two:
        return False
    turn = {one: two, two: one}
    for element in _elements(root):
        if element.get("class"):
            element.set("class", " ".join(turn.get(n, n) for n in element.get("class").split()))
    return True


def _rename_tag(root: Any, chance: Random, known: frozenset[str]) -> bool:
    element = _by_kind(_elements(root), chance, known)
    was = element.tag
    for other in [e for e in _elements(root) if _kind(e) == _kind(element)]:
        other.tag = "span" if was != "span" else "div"
    return True


def _drop_attribute(root: Any, chance: Random, known: frozenset[str]) -> bool:
    element = _by_kind([e for e in _elements(root) if e.attrib], chance, known)
    if element is None:
        return False
    name = chance.choice(sorted(element.attrib))
    same = [e for e in _elements(root) if _kind(e) == _kind(element)]
    for other in same if chance.random() < 0.5 else [element]:
        other.attrib.pop(name, None)
    return True


def _swap_columns(*, headers: bool, only_headers: bool = False) -> Change:
    def change(root: Any, chance: Random, known: frozenset[str]) -> bool:
        tables = _tables(root)
        if not tables:
            return False
        lines = _lines(chance.choice(tables))
        width = max((len(line) for line in lines), default=0)
        if width < 2:
            return False
        one, two = chance.sample(range(width), 2)
        done = False
        for line in lines:
            is_header = all(cell.tag == "th" for cell in line)
            if len(line) <= max(one, two) or (is_header and not headers):
                continue
            if only_headers and not is_header:
                continue
            _exchange(line[one], line[two])
            done = True
        return done

    return change


def _exchange(one: Any, two: Any) -> None:
    above, other = one.getparent(), two.getparent()
    i, j = above.index(one), other.index(two)
    left, right = copy.deepcopy(one), copy.deepcopy(two)
    above[i], other[j] = right, left


def _insert_column(*, first: bool) -> Change:
    def change(root: Any, chance: Random, known: frozenset[str]) -> bool:
        tables = _tables(root)
        if not tables:
            return False
        lines = _lines(chance.choice(tables))
        width = max(len(line) for line in lines)
        at = 0 if first else chance.randrange(width + 1)
        like = chance.randrange(width)
        for line in lines:
            if not line:
                continue
            cell = copy.deepcopy(line[min(like, len(line) - 1)])
            for number in _figures(cell):
                number.text = str(chance.randrange(1, 99))
            line[0].getparent().insert(min(at, len(line)), cell)
        return True

    return change


def _delete_column(root: Any, chance: Random, known: frozenset[str]) -> bool:
    tables = _tables(root)
    if not tables:
        return False
    lines = _lines(chance.choice(tables))
    at = chance.randrange(max(len(line) for line in lines))
    for line in lines:
        if len(line) > at:
            _remove(line[at])
    return True


def _each(pick: Callable[[Any], list[Any]], act: Callable[[Any, Random], Any]) -> Change:
    """Acts on one of the elements that are picked."""

    def change(root: Any, chance: Random, known: frozenset[str]) -> bool:
        found = [e for e in pick(root) if e.getparent() is not None]
        element = _by_kind(found, chance, known)
        return element is not None and act(element, chance) is not False

    return change


def _cells(root: Any) -> list[Any]:
    return [cell for table in _tables(root) for line in _lines(table) for cell in line]


def _delete(element: Any, chance: Random) -> None:
    _remove(element)


def _duplicate(element: Any, chance: Random) -> None:
    element.addnext(copy.deepcopy(element))


def _comment_out(element: Any, chance: Random) -> None:
    inner = etree.tostring(element, encoding="unicode", with_tail=False)
    note = etree.Comment(inner.replace("--", "- -").rstrip("-"))
    element.addprevious(note)
    _remove(element)


def _unwrap(element: Any, chance: Random) -> bool:
    if isinstance(element, lxml_html.HtmlElement):
        element.drop_tag()
        return True
    return False


def _wrap(element: Any, chance: Random) -> None:
    around = element.makeelement(chance.choice(["div", "span", "b", "font"]), {})
    around.tail, element.tail = element.tail, None
    element.addprevious(around)
    around.append(element)


def _nest(element: Any, chance: Random) -> bool:
    """Puts an element into its brother before it."""
    before = element.getprevious()
    if before is None or not isinstance(before.tag, str):
        return False
    before.append(element)
    return True


def _move_away(element: Any, chance: Random) -> None:
    above = element.getparent()
    above.remove(element)
    top = above
    while top.getparent() is not None:
        top = top.getparent()
    chance.choice(list(top) or [top]).append(element)


def _hide(element: Any, chance: Random) -> None:
    element.set("style", "display:none")
    element.set("hidden", "hidden")


def _strike(element: Any, chance: Random) -> None:
    text, element.text = element.text, None
    struck = element.makeelement(chance.choice(["s", "del", "strike"]), {})
    struck.text = text
    element.append(struck)


def _correct(element: Any, chance: Random) -> None:
    """The old figure struck, another one beside it, as an editor's mark shows it."""
    _strike(element, chance)
    element[-1].tail = str(int(element[-1].text) + chance.randrange(1, 9))


def _embolden(element: Any, chance: Random) -> None:
    text, element.text = element.text, None
    inner = element.makeelement(chance.choice(["b", "span", "font", "strong"]), {})
    inner.text = text
    element.append(inner)


def _embolden_a_digit(element: Any, chance: Random) -> None:
    text = element.text.strip()
    inner = element.makeelement("span", {})
    element.text, inner.text = text[:-1], text[-1]
    element.append(inner)


def _note_beside(element: Any, chance: Random) -> None:
    note = element.makeelement(chance.choice(["sup", "span", "small"]), {})
    note.text = str(chance.randrange(1, 30))
    element.append(note)


def _image(element: Any, chance: Random) -> None:
    element.append(element.makeelement("img", {"alt": element.text, "src": "/n.png"}))
    element.text = None


def _foreign_row(root: Any, chance: Random, known: frozenset[str]) -> bool:
    """A row of another person: all its identifiers are other ones."""
    row = _by_kind(_rows(root), chance, known)
    if row is None:
        return False
    stranger = copy.deepcopy(row)
    turn = str.maketrans("abcdefABCDEF123456789", "bcdefaBCDEFA234567891")
    for element in stranger.iter():
        for name in ("href", "data-href", "data-eid", "key", "pid"):
            if element.get(name):
                head, mark, tail = element.get(name).rpartition("=")
                element.set(name, head + mark + tail.translate(turn))
    for number in _figures(stranger):
        number.text = str(chance.randrange(1, 50))
    row.addnext(stranger)
    return True


def _advertisement(root: Any, chance: Random, known: frozenset[str]) -> bool:
    row = _by_kind(_rows(root), chance, known)
    if row is None:
        return False
    cell = "td" if row.tag == "tr" else "span"
    extra = row.makeelement(row.tag, {"class": chance.choice(["ad", row.get("class") or "ad"])})
    for text in ("Sponsored", "Buy 3 for 2", str(chance.randrange(1, 99))):
        etree.SubElement(extra, cell).text = text
    row.addprevious(extra)
    return True


def _cut_rows(root: Any, chance: Random, known: frozenset[str]) -> bool:
    row = _by_kind(_rows(root), chance, known)
    if row is None:
        return False
    same = [e for e in row.getparent() if _kind(e) == _kind(row)]
    at = chance.randrange(len(same))
    for other in same[at : at + chance.randrange(1, 6)]:
        _remove(other)
    return True


def _reorder(root: Any, chance: Random, known: frozenset[str]) -> bool:
    row = _by_kind(_rows(root), chance, known)
    if row is None:
        return False
    above = row.getparent()
    same = [e for e in above if _kind(e) == _kind(row)]
    places = [above.index(e) for e in same]
    turned = same[::-1] if chance.random() < 0.3 else chance.sample(same, len(same))
    for place, element in zip(places, [copy.deepcopy(e) for e in turned], strict=True):
        above[place] = element
    return True


def _first_row(root: Any, chance: Random, known: frozenset[str]) -> bool:
    """A new first row with figures of its own, like those below it."""
    row = _by_kind(_rows(root), chance, known)
    if row is None:
        return False
    extra = copy.deepcopy(row)
    for number in _figures(extra):
        number.text = str(chance.randrange(1, 99))
    same = [e for e in row.getparent() if _kind(e) == _kind(row)]
    same[0].addprevious(extra)
    return True


_WORDED = ("th", "td", "button", "label", "h3", "a")
_LATIN = re.compile(r"[A-Za-z]{4,}")
_WORDS = ("Цитаты", "الكل", "被引用次数", "Seit", "h指数", "indeks", "Σύνολο", "כל", "ดัชนี")


def _other_language(root: Any, chance: Random, known: frozenset[str]) -> bool:
    """Words of the interface in another language; digits, titles and names stay as they are."""
    for element in _elements(root):
        link = element.get("href") or "javascript:"
        if element.tag in _WORDED and element.text and link.startswith("javascript:"):
            element.text = _LATIN.sub(lambda m: chance.choice(_WORDS), element.text)
    root.set("lang", chance.choice(["ar", "zh-CN", "de", "he"]))
    root.set("dir", "rtl")
    return True


def _written(form: numerals.Form, *, everywhere: bool) -> Change:
    def change(root: Any, chance: Random, known: frozenset[str]) -> bool:
        fit = [e for e in _figures(root) if form(e.text.strip(), Random(0)) is not None]
        element = _by_kind(fit, chance, known)
        if element is None:
            return False
        same = [e for e in fit if _kind(e) == _kind(element)]
        for one in same if everywhere else [element]:
            one.text = form(one.text.strip(), chance)
        return True

    return change


def _entities(text: str, chance: Random, known: frozenset[str]) -> str | None:
    places = list(re.finditer(r">(\d+)<", text, re.ASCII))
    if not places:
        return None
    place = chance.choice(places)
    said = "".join(chance.choice([f"&#{ord(d)};", f"&#x{ord(d):x};"]) for d in place[1])
    return text[: place.start(1)] + said + text[place.end(1) :]


def _tags(text: str, pattern: str, chance: Random, known: frozenset[str]) -> Any:
    """A tag of the body, most often one beside a name that the page module reads."""
    start = max(0, text.find("<body"))
    found = list(re.compile(pattern, re.ASCII).finditer(text, start))
    some = chance.sample(found, min(30, len(found)))
    near = [m for m in some if any(n in text[max(0, m.start() - 80) : m.end()] for n in known)]
    pool = near if near and chance.random() < 0.7 else some
    return chance.choice(pool) if pool else None


def _unclosed(text: str, chance: Random, known: frozenset[str]) -> str | None:
    tag = _tags(text, r"</[a-zA-Z]\w*>", chance, known)
    return None if tag is None else text[: tag.start()] + text[tag.end() :]


def _unopened(text: str, chance: Random, known: frozenset[str]) -> str | None:
    tag = _tags(text, r"<[a-zA-Z][^<>]*>", chance, known)
    return None if tag is None else text[: tag.start()] + text[tag.end() :]


def _broken_tag(text: str, chance: Random, known: frozenset[str]) -> str | None:
    tag = _tags(text, r"<[a-zA-Z][^<>]*>", chance, known)
    if tag is None:
        return None
    at = chance.randrange(tag.start() + 1, tag.end())
    return text[:at] + text[tag.end() :]


def _broken_quote(text: str, chance: Random, known: frozenset[str]) -> str | None:
    quote = _tags(text, r"\"(?=[ >])", chance, known)
    return None if quote is None else text[: quote.start()] + text[quote.end() :]


def _open_comment(text: str, chance: Random, known: frozenset[str]) -> str | None:
    tag = _tags(text, r"<[a-zA-Z][^<>]*>", chance, known)
    return None if tag is None else text[: tag.start()] + "<!--" + text[tag.start() :]


def _tag_within(text: str, chance: Random, known: frozenset[str]) -> str | None:
    """A tag that was not closed where it should be: table, form, script and the like."""
    tag = _tags(text, r"<[a-zA-Z][^<>]*>", chance, known)
    if tag is None:
        return None
    stray = chance.choice(
        [
            "<table>",
            "<form>",
            "<a>",
            "<script>",
            "<select>",
            "<textarea>",
            "<tr>",
            "</table>",
            "</tr>",
            "</td>",
            "</div>",
            "<template>",
            "<svg>",
            "<plaintext>",
            "</html>",
            "</body>",
        ]
    )
    return text[: tag.start()] + stray + text[tag.start() :]


def _upper_case(text: str, chance: Random, known: frozenset[str]) -> str:
    return re.sub(r"<(/?[a-z][a-z0-9]*)", lambda m: "<" + m[1].upper(), text)


def _minified(text: str, chance: Random, known: frozenset[str]) -> str:
    return re.sub(r">\s+<", "><", text)


def _nothing(root: Any, chance: Random, known: frozenset[str]) -> bool:
    return True


TREE: dict[str, Change] = {
    "written anew": _nothing,
    "class renamed": _rename("class", everywhere=True),
    "class renamed once": _rename("class", everywhere=False),
    "id renamed": _rename("id", everywhere=True),
    "classes swapped": _swap_names,
    "tag renamed": _rename_tag,
    "attribute dropped": _drop_attribute,
    "columns swapped": _swap_columns(headers=False),
    "columns swapped with headers": _swap_columns(headers=True),
    "headers swapped": _swap_columns(headers=True, only_headers=True),
    "column inserted": _insert_column(first=False),
    "column inserted first": _insert_column(first=True),
    "column deleted": _delete_column,
    "table deleted": _each(_tables, _delete),
    "table twice": _each(_tables, _duplicate),
    "cell deleted": _each(_cells, _delete),
    "cell twice": _each(_cells, _duplicate),
    "row deleted": _each(_rows, _delete),
    "row twice": _each(_rows, _duplicate),
    "rows cut out": _cut_rows,
    "rows reordered": _reorder,
    "row inserted first": _first_row,
    "row of another person": _foreign_row,
    "advertisement in the list": _advertisement,
    "element deleted": _each(_elements, _delete),
    "element twice": _each(_elements, _duplicate),
    "element commented out": _each(_elements, _comment_out),
    "element unwrapped": _each(_elements, _unwrap),
    "element wrapped": _each(_elements, _wrap),
    "element in its brother": _each(_elements, _nest),
    "element moved away": _each(_elements, _move_away),
    "element hidden": _each(_elements, _hide),
    "other language": _other_language,
    "figure struck": _each(_figures, _strike),
    "figure corrected": _each(_figures, _correct),
    "figure in bold": _each(_figures, _embolden),
    "digit in a span": _each(_figures, _embolden_a_digit),
    "note beside a figure": _each(_figures, _note_beside),
    "figure as an image": _each(_figures, _image),
}
TEXT = {
    "digits as entities": _entities,
    "tag not closed": _unclosed,
    "tag not opened": _unopened,
    "tag broken off": _broken_tag,
    "quote lost": _broken_quote,
    "comment not closed": _open_comment,
    "stray tag": _tag_within,
    "tags in upper case": _upper_case,
    "minified": _minified,
}
MUTATORS: dict[str, Mutator] = {
    **{name: _on_tree(change) for name, change in TREE.items()},
    **{name: _on_text(change) for name, change in TEXT.items()},
    **{f"figure {n}": _on_tree(_written(f, everywhere=False)) for n, f in numerals.FORMS.items()},
    **{f"figures {n}": _on_tree(_written(f, everywhere=True)) for n, f in numerals.FORMS.items()},
}


def names_of(source: str) -> Iterator[str]:
    """Words in the string literals of a page module: classes, ids and keys that it reads."""
    for literal in re.findall(r"[\"']([^\"'\n]{1,80})[\"']", source):
        yield from re.findall(r"[A-Za-z_][\w-]*", literal)
