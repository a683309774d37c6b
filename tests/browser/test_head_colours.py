"""What of a head's pictures stands out from what lies around it, on a light and a dark page."""

import numpy as np
import pytest

from tests.browser.test_attention_explorer import show

pytestmark = pytest.mark.browser


def painted(host, selector):
    """Return the stroke and the page behind it as they reach the eye, RGB in 0…1."""
    return np.array(host.page.evaluate("""(selector) => {
      const style = getComputedStyle(document.querySelector(selector));
      const context = document.createElement("canvas").getContext("2d", { colorSpace: "srgb" });
      const page = getComputedStyle(document.querySelector(".gedig-hero")).backgroundColor;
      return [[page, 1], [style.stroke, Number(style.strokeOpacity)]].map(([colour, opacity]) => {
        context.globalAlpha = opacity;
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((one) => one / 255);
      });
    }""", selector))  # fmt: skip


def contrast(pair):
    """Return WCAG's contrast of two colours."""
    linear = np.where(pair <= 0.04045, pair / 12.92, ((pair + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    return high / low


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_that_carry_meaning_stand_out_from_the_page_and_cells_from_each_other(page, theme):
    host = show(page, theme=theme)
    for line in (".gx-arcs .gx-link", ".gx-graph .gx-link", ".gx-path", ".gx-look",
                 ".gx-edge:not(.gx-halo)"):  # fmt: skip
        assert contrast(painted(host, line)) >= 3, line
    assert contrast(painted(host, ".gx-cell")) >= 1.5
    assert contrast(painted(host, ".gx-halo")) == 1
    halo, edge = (page.locator(f".gx-matrix path.gx-edge{style}").first for style in
                  (".gx-halo", ":not(.gx-halo)"))  # fmt: skip
    assert halo.get_attribute("d") == edge.get_attribute("d")
    width = [float(one.get_attribute("stroke-width")) for one in (halo, edge)]
    assert width[0] > 2 * width[1]
    assert host.problems == []
