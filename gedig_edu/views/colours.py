"""The one table of colours: one meaning, one colour, in every plot, widget and page.

Categories are Okabe and Ito's palette (2008), which survives the common colour deficiencies.
"""

from __future__ import annotations

from gedig_edu.errors import check_choice

OKABE_ITO = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "orange": "#E69F00",
    "yellow": "#F0E442",
}
GREYS = {"paper": "#FFFFFF", "pale": "#8A8A8A", "grey": "#767676"}
STRUCTURE = OKABE_ITO["blue"]
HEAT = OKABE_ITO["vermillion"]
PATHS = OKABE_ITO["green"]

PAGES = {
    "light": {"page": GREYS["paper"], "ink": "#1F1F1F", "soft": "#616161", "line": "#D0D0D0",
              "accent": "#A6347F", "deep": "#08306B",
              "band": "#EEF3F9", "glow": "#F6D5EA", "button": "#EEEEEE",
              "structure": STRUCTURE, "heat": HEAT, "paths": PATHS},
    "dark": {"page": "#111111", "ink": "#E8E8E8", "soft": "#A8A8A8", "line": "#454545",
             "accent": "#EE9CCB", "deep": "#8FC7FF",
             "band": "#1D2936", "glow": "#6B2A55", "button": "#2B2B2B",
             "structure": OKABE_ITO["sky"], "heat": OKABE_ITO["orange"], "paths": "#2BC79B"},
}  # fmt: skip


def page_colours(theme: str = "light") -> dict[str, str]:
    """Return the colours of a theme: page, ink, accent, and one for each meaning.

    ``structure`` is for density and edges, ``heat`` for entropy, ``paths`` for path gain,
    ``deep`` the far end of the ramp for attention; on a dark page each is its lighter kin. The
    ground of what is chosen is ``band``, of what just changed ``glow``.

    Examples
    --------
    >>> page_colours("dark")["page"]
    '#111111'
    """
    check_choice("theme", theme, PAGES)
    return PAGES[theme]


def term_colours(theme: str = "light") -> dict[str, str]:
    """Return the colour of each term of F.

    Examples
    --------
    >>> term_colours()["entropy"] == OKABE_ITO["vermillion"]
    True
    """
    colours = page_colours(theme)
    names = {"density": "structure", "entropy": "heat", "path_gain": "paths"}
    return {term: colours[name] for term, name in names.items()}


def css_variables() -> str:
    """Return the table as variables of CSS: ``--gedig-ink`` of a page, ``--gedig-blue`` of any.

    The colours of a page follow the colour scheme of the element that uses them.

    Examples
    --------
    >>> print(css_variables().splitlines()[0])
      --gedig-page: light-dark(#FFFFFF, #111111);
    """
    light, dark = PAGES["light"], PAGES["dark"]
    pages = {name: f"light-dark({light[name]}, {dark[name]})" for name in light}
    named = pages | OKABE_ITO | GREYS
    return "\n".join(f"  --gedig-{name}: {colour};" for name, colour in named.items())
