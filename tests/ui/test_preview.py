"""What a program reads that shows a link to the page: no script is run, and the first of each tag counts."""

import struct
from html.parser import HTMLParser

import httpx
import pytest

from pricer.ui.components.header import LEAD


class Head(HTMLParser):
    """The title, and for each name what its tags say, in their order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.title, self.tags, self.icons, self._inside = "", {}, [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self._inside = tag
        if tag == "meta" and (name := given.get("property") or given.get("name")):
            self.tags.setdefault(name, []).append(given["content"])
        if tag == "link" and given["rel"] == "icon":
            self.icons.append(given["href"])

    def handle_data(self, data):
        self.title += data.strip() if self._inside == "title" else ""


@pytest.fixture(scope="module")
def head(address):
    return Head(httpx.get(address).text)


def test_a_link_to_the_page_shows_its_own_title_words_and_picture_and_none_of_gradios(head, address):
    assert "The Price Is Right" == head.title
    for kind in ("og", "twitter"):
        shown = [head.tags[f"{kind}:{name}"] for name in ("title", "description", "image")]
        assert [["The Price Is Right"], [LEAD], [f"{address}preview.jpg"]] == shown
    assert (["summary_large_image"], [address]) == (head.tags["twitter:card"], head.tags["og:url"])
    assert "twitter:creator" not in head.tags


def test_the_picture_is_as_large_as_the_page_says_and_small_to_fetch(head, address):
    picture = httpx.get(f"{address}preview.jpg")
    frame = picture.content.partition(b"\xff\xc0")[2]  # length, precision, height, width
    height, width = struct.unpack(">HH", frame[3:7])

    assert "image/jpeg" == picture.headers["content-type"]
    assert ([str(width)], [str(height)]) == (head.tags["og:image:width"], head.tags["og:image:height"])
    assert len(picture.content) < 60_000


def test_behind_a_proxy_the_picture_has_the_address_that_the_world_sees(address):
    forwarded = {"x-forwarded-host": "you-price.hf.space", "x-forwarded-proto": "https"}
    page = httpx.get(address, headers=forwarded).text

    assert ["https://you-price.hf.space/preview.jpg"] == Head(page).tags["og:image"]


def test_the_icon_is_a_price_tag_of_our_own(head, address):
    [icon] = head.icons
    found = httpx.get(f"{address}{icon}")

    assert "image/svg+xml" == found.headers["content-type"]
    assert "<path" in found.text


def test_the_page_is_sent_compressed_and_whole_to_those_who_cannot_unpack_it(address):
    plain = httpx.get(address, headers={"accept-encoding": "identity"})
    packed = httpx.get(address, headers={"accept-encoding": "gzip"})

    assert "gzip" == packed.headers["content-encoding"]
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert "<gradio-app" in plain.text
    assert "<gradio-app" in packed.text
