"""A web page is told from XML by its first element."""

import pytest

from spiders.pages.webpages import is_web_page


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html>",
        b"\xef\xbb\xbf \r\n<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>",
        b"<!-- one --><!-- two -->\n<html lang='xx'>",
        b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">',
        b"<h1>busy</h1>",
        b"<div class='x'>",
        b"<script>1</script>",
    ],
)
def test_html_is_a_web_page(body):
    assert is_web_page(body)


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><dblpperson name="x"/>',
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title>html</title></feed>",
        b"<!-- html --><works/>",
        b"<htmlish/>",
        b"<!DOCTYPE dblp><dblp/>",
        b'{"a": "<html>"}',
        b"",
        b"html",
    ],
)
def test_data_is_none(body):
    assert not is_web_page(body)
