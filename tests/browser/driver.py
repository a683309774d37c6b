"""Everything in a notebook's outputs that a learner can move, driven to its extremes."""

OUTPUTS = ".jp-OutputArea-output"
# What the first would load is tested with its own answers, hints are asked for one by one.
PAUSED = ".gedig-remote, .gedig-remote *, .gedig-exercise button"
LONG = "Ünïcode 🙂 and a verylongwordthatneverends " * 2

MARK = """([outputs, paused]) => {
  const kinds = {
    range: "input[type=range]",
    knob: "[role=slider]:not(input)",
    number: "input[type=number]",
    text: "input[type=text], textarea",
    check: "input[type=checkbox], input[type=radio]",
    select: "select",
    fold: "summary",
    button: "button, [role=button], [role=tab], [role=option], [role=gridcell][tabindex]",
  };
  const found = [];
  for (const [kind, selector] of Object.entries(kinds)) {
    for (const node of document.querySelectorAll(`${outputs} :is(${selector})`)) {
      if (node.matches(paused) || node.disabled || node.closest(".jp-mod-noOutputs")) continue;
      if (!node.checkVisibility({ visibilityProperty: true })) continue;
      node.dataset.drive = found.length;
      found.push([kind, node.getAttribute("aria-label") || node.textContent.trim().slice(0, 40)]);
    }
  }
  return found;
}"""


def controls(notebook) -> list[tuple[int, str, str]]:
    """Return every control of the outputs: its number, its kind and its name."""
    found = notebook.page.evaluate(MARK, [OUTPUTS, PAUSED])
    return [(number, kind, name) for number, (kind, name) in enumerate(found)]


def drive(notebook, number: int, kind: str) -> bool:
    """Drive one control to its extremes; False where an earlier move has taken it away."""
    node = notebook.page.locator(f"[data-drive='{number}']")
    if node.count() == 0 or not node.is_visible():
        return False
    MOVES[kind](node)
    notebook.settle(milliseconds=20)
    return True


def _keys(*keys):
    def press(node):
        node.focus()
        for key in keys:
            node.press(key)

    return press


def _fill(*texts):
    def write(node):
        for text in texts:
            node.fill(text)
            node.press("Enter")

    return write


def _toggle(node):
    node.click(force=True)
    node.click(force=True)


def _choose(node):
    values = "(list) => [...list.options].filter((one) => !one.disabled).map((one) => one.value)"
    for value in node.evaluate(values):
        node.select_option(value)


def _ends(node):
    low, high = (node.get_attribute(name) for name in ("min", "max"))
    _fill(low or "-1e9", high or "1e9")(node)


MOVES = {
    "range": _keys("End", "Home", "PageUp", "ArrowRight"),
    "knob": _keys("End", "Home", "PageUp", "ArrowUp", "ArrowRight"),
    "number": _ends,
    "text": _fill("", LONG, "a"),
    "check": _toggle,
    "select": _choose,
    "fold": _toggle,
    "button": _keys("Enter"),
}
