import json

import pytest

from spiders.errors import LayoutChanged
from spiders.pages import reading
from spiders.pages.reading import Fields


def fields(**data):
    return Fields(data, "Somebody: results[3]")


@pytest.mark.parametrize("value", [0, 12, 10**12])
def test_a_whole_number_is_read(value):
    assert fields(n=value).count("n") == value


@pytest.mark.parametrize("value", ["12", "012", 12.0])
def test_digits_and_whole_fractions_are_numbers(value):
    assert fields(n=value).count("n") == 12


@pytest.mark.parametrize("value", [True, "1.5", "-1", "", "\u0661\u0662", "1" * 16, 1.5, [1], {}])
def test_other_values_are_no_whole_number(value):
    assert reading.as_int(value) is None


def test_what_is_absent_or_null_is_not_said():
    nothing = fields(n=None)
    for key in ("n", "absent"):
        assert nothing.count(key) is None
        assert nothing.year(key) is None
        assert nothing.number(key) is None
        assert nothing.text(key) is None
        assert nothing.date(key) is None
        assert nothing.flag(key) is None
        assert nothing.items(key) is None
        assert nothing.objects(key) == ()
        assert nothing.object(key) is None


@pytest.mark.parametrize(
    ("how", "value"),
    [
        ("count", "x"),
        ("count", -1),
        ("required_count", None),
        ("year", "x"),
        ("number", "1.5"),
        ("number", True),
        ("number", float("inf")),
        ("number", 10**400),
        ("text", 5),
        ("required_text", " "),
        ("date", 2020),
        ("flag", 1),
        ("items", {}),
        ("objects", [1]),
        ("object", []),
    ],
)
def test_what_cannot_be_read_names_its_place_and_field(how, value):
    with pytest.raises(LayoutChanged, match=r"^Somebody: results\[3\].*\bn\b.*report this line$"):
        getattr(fields(n=value), how)("n")


@pytest.mark.parametrize("value", [0, 0.5, -2, 3.0])
def test_a_figure_is_carried_as_it_is(value):
    assert fields(n=value).number("n") == value


@pytest.mark.parametrize("value", [True, False])
def test_a_flag_is_read(value):
    assert fields(n=value).flag("n") is value


def test_objects_of_a_list_know_their_place():
    inner = fields(n=[{"x": 1}, {"x": "many"}]).objects("n")
    assert inner[0].count("x") == 1
    with pytest.raises(LayoutChanged, match=r"results\[3\]: n\[1\]: x"):
        inner[1].count("x")


def test_an_object_inside_knows_its_place():
    with pytest.raises(LayoutChanged, match=r"results\[3\] \(W7\): n: x is missing"):
        Fields.of({"n": {}}, "Somebody: results[3]").named("W7").object("n").required_count("x")


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(LayoutChanged) as caught:
        fields(n="x" * 10_000).count("n")
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_is_read_in_every_encoding_it_may_have(encoding):
    assert reading.load('{"name": "Zoë"}'.encode(encoding), where="x") == {"name": "Zoë"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "empty"),
        (b"\n ", "empty"),
        (b"<html>", "web page"),
        (b"\xef\xbb\xbf <?xml?>", "web page"),
        (b'{"a": 1', "cut off"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": {"b": 1, "c": 1, "b": 1}}', "'b' is said twice"),
        (b'{"a": "\xff"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"9" * 5000, "not JSON"),
    ],
)
def test_what_is_not_json_says_why(body, problem):
    with pytest.raises(LayoutChanged, match=problem):
        reading.load(body, where="Somebody")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("  A \n title\t", "A title"),
        ("On <i>E. coli</i> and CO<sub>2</sub>", "On E. coli and CO2"),
        ("On &lt;b&gt;bold&lt;/b&gt; claims", "On bold claims"),
        ("Ask &amp; tell &#x3b1;&#946;", "Ask & tell αβ"),
        ("R&D in AT&T, 1 &copy 2", "R&D in AT&T, 1 &copy 2"),
        ("First<br/>second", "First second"),
        ('<mml:math display="inline"><mml:mi>K</mml:mi></mml:math>-theory', "K-theory"),
        ("Bounds for a<b and c>d", "Bounds for a<b and c>d"),
        ("When x < y and y > z", "When x < y and y > z"),
        ("The class List<String> in Java", "The class List<String> in Java"),
        ("On $K_{\\infty}$ and $<x, y>$", "On $K_{\\infty}$ and $<x, y>$"),
        ("<i></i>", None),
        ("", None),
        (None, None),
    ],
)
def test_a_title_is_freed_of_markup_and_keeps_its_formulas(raw, read):
    assert reading.title(raw) == read


def test_text_can_always_be_written_as_utf8():
    broken = json.loads('"a\\ud800b\\u0000c\\u0085d\\ue000"')
    assert reading.fold(broken) == "abc d\ue000"
    assert reading.fold(broken).encode("utf-8")


@pytest.mark.parametrize(
    ("raw", "read"),
    [("a\nb", "a"), ("\n\n a  b", "a b"), ("", ""), ("\x07", ""), ("x" * 500, "x" * 200)],
)
def test_a_message_of_others_becomes_one_short_line(raw, read):
    assert reading.one_line(raw) == read


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        (" 0.5 ", 0.5),
        ("0", 0.0),
        ("54000", 54000.0),
        ("-1", None),
        ("inf", None),
        ("1e9", None),
        ("", None),
        ("Sat, 21 Nov 2026 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_where_it_is_a_number(value, seconds):
    assert reading.retry_after_seconds({"x": "1", "retry-AFTER": value}) == seconds


def test_without_headers_no_wait_is_told():
    assert reading.retry_after_seconds(None) is None
    assert reading.retry_after_seconds({}) is None


@pytest.mark.parametrize("text", ["https://a.org/~x", "HTTP://a.org"])
def test_a_web_address_is_kept(text):
    assert reading.web_address(text) == text


@pytest.mark.parametrize("text", ["javascript:alert(1)", "a.org", "https://a b", None, " ", "x"])
def test_another_address_is_not(text):
    assert reading.web_address(text) is None


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"\xff", b"[" * 100_000])
def test_an_error_answer_may_have_any_body(body):
    assert reading.peek(body) == {}


def test_identifiers_are_kept_once_in_their_order():
    assert reading.unique("b:1", None, "a:1", "b:1", "") == ("b:1", "a:1")
