"""What is to be seen, by the pixels of screenshots: what no computed style can promise."""

from __future__ import annotations

from base64 import b64encode

from playwright.sync_api import Browser, Page

# Reads two PNG pictures; a pixel counts where a channel differs by so much that an eye sees it.
_DIFFERING = """async ([before, after]) => {
  const [first, second] = await Promise.all([before, after].map(async (png) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    canvas.drawImage(picture, 0, 0);
    return canvas.getImageData(0, 0, picture.width, picture.height).data;
  }));
  let count = 0;
  for (let i = 0; i < first.length; i += 4) {
    count += [0, 1, 2].some((channel) => Math.abs(first[i + channel] - second[i + channel]) > 40);
  }
  return count;
}"""

_COLOR = """async ([png, x, y]) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  return [...canvas.getImageData(x, y, 1, 1).data];
}"""


def color_at(page: Page, png: bytes, x: int, y: int) -> list[int]:
    """Red, green, blue and opacity of one pixel of a PNG picture, each from 0 to 255."""
    return page.evaluate(_COLOR, [b64encode(png).decode(), x, y])


class Eye:
    """Compares screenshots on an empty page of its own."""

    def __init__(self, browser: Browser) -> None:
        self._page = browser.new_page()

    def differing(self, before: bytes, after: bytes) -> int:
        """How many pixels are another color in the second of two PNG pictures of one size."""
        return self._page.evaluate(_DIFFERING, [b64encode(picture).decode() for picture in (before, after)])

    def close(self) -> None:
        self._page.close()
