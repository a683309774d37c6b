"""axe-core on a page or a part of it: what it calls serious or critical."""

from tests.browser.npm import script

PACKAGE = ("axe-core@4.14.1", "axe.min.js")
ASK = """async (scope) => {
  // Style sheets are not asked for again: a page from a file may not.
  const options = { resultTypes: ["violations"], preload: false };
  const { violations } = await window.axe.run(scope, options);
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).flatMap(
    ({ id, help, nodes }) => nodes.map(({ html, failureSummary }) =>
      `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary.slice(0, 240)}`));
}"""


def violations(page, folder, scope: str = "body") -> list[str]:
    """Return the serious and critical issues below `scope`, one line for each element."""
    if page.evaluate("() => typeof window.axe === 'undefined'"):
        page.evaluate(script(*PACKAGE, folder))
    return page.evaluate(ASK, scope)
