import http.client
import socket
import threading
import time

import pytest

from pipeline.sample.server import ReplayServer

HELLO = {"path": "/hello", "body": "hello.txt"}


def test_the_first_matching_route_answers(serve, get):
    server = serve([HELLO, {"path": "*", "status": 410}], hello_txt="hi")
    assert get(f"{server.url}/hello").body == b"hi"
    assert get(f"{server.url}/other").status == 410


def test_it_listens_on_loopback_only(serve):
    assert serve([HELLO], hello_txt="hi").url.startswith("http://127.0.0.1:")


def test_the_query_of_a_route_is_a_subset_of_the_requests(serve, get):
    server = serve([{**HELLO, "query": {"user": "ada", "hl": "*"}}], hello_txt="hi")
    assert get(f"{server.url}/hello?user=ada&hl=&pagesize=100").status == 200
    assert get(f"{server.url}/hello?user=ada").status == 404
    assert get(f"{server.url}/hello?user=bob&hl=en").status == 404


def test_a_star_ends_a_path_that_matches_any_rest(serve, get):
    server = serve([{"path": "/author/*", "status": 403}])
    assert get(f"{server.url}/author/1/papers").status == 403
    assert get(f"{server.url}/authors").status == 404


def test_status_and_headers_are_those_of_the_route(serve, get):
    server = serve([{**HELLO, "status": 429, "headers": {"Retry-After": "60"}}], hello_txt="no")
    reply = get(f"{server.url}/hello")
    assert (reply.status, reply.headers["Retry-After"], reply.body) == (429, "60", b"no")


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.html", "text/html; charset=UTF-8"),
        ("a.json", "application/json"),
        ("a.txt", "text/plain; charset=UTF-8"),
        ("a.bin", "application/octet-stream"),
    ],
)
def test_the_content_type_follows_the_ending(serve, get, name, content_type):
    server = serve([{"path": "/", "body": name}], **{name.replace(".", "_"): "{}"})
    assert get(f"{server.url}/").headers["Content-Type"] == content_type


def test_a_route_can_say_its_own_content_type(serve, get):
    latin = {"Content-Type": "text/html; charset=ISO-8859-1"}
    server = serve([{"path": "/", "body": "a.html", "headers": latin}], a_html=b"\xe9")
    reply = get(f"{server.url}/")
    assert reply.headers["Content-Type"] == latin["Content-Type"]
    assert reply.body == b"\xe9"


def test_a_route_that_is_used_up_gives_way_to_the_next(serve, get):
    server = serve([{"path": "/hello", "status": 503, "times": 2}, HELLO], hello_txt="hi")
    assert [get(f"{server.url}/hello").status for _ in range(3)] == [503, 503, 200]


def test_a_known_tag_is_answered_with_304_and_no_body(serve, get):
    server = serve([{**HELLO, "headers": {"ETag": '"1"'}}], hello_txt="hi")
    known = get(f"{server.url}/hello", headers={"If-None-Match": '"1"'})
    assert (known.status, known.body) == (304, b"")
    assert get(f"{server.url}/hello", headers={"If-None-Match": '"0"'}).status == 200


def test_head_has_the_length_but_no_body(serve, get):
    reply = get(serve([HELLO], hello_txt="hi").url + "/hello", method="HEAD")
    assert (reply.status, reply.headers["Content-Length"], reply.body) == (200, "2", b"")


def test_every_request_is_noted_in_order_with_its_headers(serve, get):
    server = serve([HELLO], hello_txt="hi")
    get(f"{server.url}/hello?b=2&a=1", headers={"User-Agent": "tester/1"})
    get(f"{server.url}/missing", method="HEAD")
    noted = [(one.method, one.target) for one in server.requests]
    assert noted == [("GET", "/hello?b=2&a=1"), ("HEAD", "/missing")]
    assert server.requests[0].headers["user-agent"] == "tester/1"


@pytest.mark.parametrize(
    "target",
    ["/../secret.txt", "/%2e%2e/secret.txt", "//secret.txt", "/routes.json", "/hello.txt"],
)
def test_no_address_reaches_a_file_that_no_route_names(serve, get, tmp_path, target):
    (tmp_path / "secret.txt").write_text("not yours")
    server = serve([HELLO], hello_txt="hi")
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)
    connection.request("GET", target)
    assert connection.getresponse().status == 404
    connection.close()


def test_one_connection_carries_many_requests_without_a_wait(serve):
    server = serve([HELLO], hello_txt="hi")
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)
    started = time.perf_counter()
    for _ in range(50):
        connection.request("GET", "/hello")
        assert connection.getresponse().read() == b"hi"
    assert time.perf_counter() - started < 1.0  # a delayed acknowledgement costs 40 ms each
    connection.close()


def test_requests_are_answered_while_another_connection_is_idle(serve, get):
    server = serve([HELLO], hello_txt="hi")
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))):
        assert get(f"{server.url}/hello").status == 200


def test_closing_does_not_wait_for_a_client_that_stays_connected(folder):
    threads = threading.active_count()
    with ReplayServer(folder([HELLO], hello_txt="hi")) as server:
        address = server.url.removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=5)
        connection.request("GET", "/hello")
        connection.getresponse().read()
        assert threading.active_count() == threads + 2
        started = time.perf_counter()
    assert time.perf_counter() - started < 0.5
    assert threading.active_count() == threads
    host, _, port = address.partition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=1).close()
    connection.close()


def test_a_client_that_resets_leaves_the_server_working_and_quiet(serve, get, capfd):
    server = serve([HELLO], hello_txt="x" * 1_000_000)
    host, _, port = server.url.removeprefix("http://").partition(":")
    for _ in range(3):
        rude = socket.create_connection((host, int(port)))
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        rude.sendall(b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        rude.close()
    assert get(f"{server.url}/hello").status == 200
    assert capfd.readouterr() == ("", "")


def test_it_can_be_opened_again_and_remembers_what_was_asked(folder, get):
    server = ReplayServer(folder([HELLO], hello_txt="hi"))
    for _ in range(2):
        with server:
            get(f"{server.url}/hello")
    assert len(server.requests) == 2


def test_it_has_no_address_while_it_is_closed(folder):
    with pytest.raises(RuntimeError, match="enter it with `with`"):
        _ = ReplayServer(folder([HELLO], hello_txt="hi")).url


def test_leaving_it_unopened_is_harmless(folder):
    server = ReplayServer(folder([HELLO], hello_txt="hi"))
    server.__exit__(None, None, None)
    assert server.requests == ()
