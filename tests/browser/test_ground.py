"""The ground itself: a page that complains or leaves the machine cannot pass."""

import asyncio

import pytest


@pytest.mark.parametrize(
    "markup",
    [
        "<script>console.error('oh')</script>",
        "<script>throw new Error('oh')</script>",
        "<img src='https://example.org/pixel.png'>",
        "<img src='/missing.png'>",
        "<script>new WebSocket('wss://example.org/')</script>",
    ],
)
def test_a_page_that_complains_is_heard(page, serve, complaints, markup):
    site = serve()
    site.answer("/", f"<!doctype html><title>A page</title>{markup}")
    page.goto(site.url + "/")
    for _ in range(100):
        if not complaints.heard:
            page.wait_for_timeout(10)
    assert complaints.left()
    complaints.allow(".")


def test_a_quiet_page_is_quiet_and_nothing_of_it_stays(page, serve, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html><h1>Quiet</h1>")
    page.goto(serve(tmp_path).url + "/")
    assert page.inner_text("h1") == "Quiet"
    assert page.evaluate("document.cookie") == ""


def test_other_tests_of_the_worker_may_run_a_loop_of_their_own(browsing):
    async def answer():
        return 42

    assert asyncio.run(answer()) == 42
