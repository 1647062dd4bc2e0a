"""XML that is made to cost or to fetch is refused; plain XML is read."""

import os
import tracemalloc
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.errors import LayoutChanged
from spiders.pages.weight import MAX_ELEMENTS
from spiders.pages.xml import read_xml

FUZZED = settings(settings.get_profile("pages"))
MB = 1_000_000
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
BOMBS = {
    "a billion laughs": f'<!DOCTYPE l [<!ENTITY l0 "lol">{LAUGHS}]><l>&l9;</l>'.encode(),
    "a quadratic blow-up": b'<!DOCTYPE l [<!ENTITY a "%b">]><l>%b</l>' % (b"x" * MB, b"&a;" * MB),
    "an external entity": b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>',
    "an entity of a server": b'<!DOCTYPE l [<!ENTITY a SYSTEM "http://127.0.0.1:9/">]><l>&a;</l>',
    "a parameter entity": b'<!DOCTYPE l [<!ENTITY %% a SYSTEM "file:///dev/zero"> %%a;]><l/>',
    "an unknown entity": b"<l>&nothing;</l>",
    "a text of 10 MB": b"<l>" + b"x" * (10 * MB + 1) + b"</l>",
    "a depth of 100,000": b"<l>" * 100_000 + b"</l>" * 100_000,
    "a depth of 257": b"<l>" * 257 + b"</l>" * 257,
    "4e6 elements": b"<l>" + b"<a/>" * (4 * MB) + b"</l>",
    "1e6 attributes": b"<l " + b" ".join(b'a%x=""' % n for n in range(MB)) + b"/>",
    "an attribute said twice": b'<l a="1" a="2"/>',
    "UTF-16, which could hide a DTD": '<?xml version="1.0"?><l/>'.encode("utf-16"),
    "UTF-7, which could hide a DTD": b'<?xml version="1.0" encoding="UTF-7"?><l/>',
    "bytes of no character": b"<l>\xff</l>",
    "a NUL": b"<l>\0</l>",
    "half a character": b"<l>&#xD800;</l>",
    "a document that ends early": b"<l><a>",
    "a document and more": b"<l/><l/>",
    "nothing": b" \n",
    "JSON": b'{"a": 1}',
    "a web page": b"<!doctype html><p>Sorry<br>",
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_it_is_refused_at_once(body):
    began = process_time()
    with pytest.raises(LayoutChanged, match=r"^Test: ") as caught:
        read_xml(body, where="Test")
    assert process_time() - began < 3
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


GOOD = {
    "UTF-8": '<?xml version="1.0" encoding="UTF-8"?><l>Gödel</l>'.encode(),
    "no declaration": "<l>Gödel</l>".encode(),
    "a byte order mark": b"\xef\xbb\xbf<?xml version='1.0'?>" + "<l>Gödel</l>".encode(),
    "ISO-8859-1": '<?xml version="1.0" encoding="ISO-8859-1"?><l>Gödel</l>'.encode("latin-1"),
    "ASCII": b'<?xml version="1.0" encoding="US-ASCII"?><l>G&#246;del</l>',
    "a plain DOCTYPE": '<!DOCTYPE l SYSTEM "l.dtd"><l>Gödel</l>'.encode(),
    "a comment": "<!-- <a> --><l>Gö<!-- b -->del</l>".encode(),
    "an instruction": "<?a b?><l>Gödel<?c d?></l>".encode(),
    "CDATA": "<l><![CDATA[Gödel]]></l>".encode(),
    "space before": b'\n <?xml version="1.0"?>' + "<l>Gödel</l>".encode(),
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD)
def test_plain_xml_is_read(body):
    root = read_xml(body, where="Test")
    assert root.tag == "l"
    assert "".join(root.itertext()) == "Gödel"


def test_no_file_is_opened_for_a_dtd(tmp_path):
    pipe = tmp_path / "dtd"
    os.mkfifo(pipe)  # whoever opened it to read would wait for ever
    assert read_xml(f'<!DOCTYPE l SYSTEM "{pipe}"><l/>'.encode(), where="Test").tag == "l"


def test_a_list_as_long_as_allowed_is_read():
    root = read_xml(b"<l>" + b"<a/>" * (MAX_ELEMENTS - 1) + b"</l>", where="Test")
    assert len(root) == MAX_ELEMENTS - 1


def test_what_is_too_heavy_is_refused_before_it_takes_memory():
    body = BOMBS["4e6 elements"]
    tracemalloc.start()
    with pytest.raises(LayoutChanged, match="too heavy"):
        read_xml(body, where="Test")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MB


WORDS = [
    *("<l>", "</l>", "<l/>", "<a b='1'>", "</a>", "<?xml version='1.0'?>", "<!DOCTYPE l>", "<!--"),
    *(
        "-->",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&x;",
        "&#0;",
        "&#x41;",
        "<?p",
        "?>",
        "xmlns:a='b'",
        "<a:b/>",
    ),
    *("<!ENTITY", "\ufeff", "\ud800", "\0", "é", "]", "[", ">", "<"),
]


@FUZZED
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=30).map("".join))
def test_whatever_is_put_together_gives_an_element_or_a_refusal(text):
    try:
        root = read_xml(text.encode("utf-8", "surrogatepass"), where="Test")
    except LayoutChanged:
        return
    assert isinstance(root.tag, str)
