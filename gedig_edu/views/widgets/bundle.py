"""One text for the page: a widget's script with all that it imports, and its style sheets."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from gedig_edu.errors import GedigError
from gedig_edu.views.colours import css_variables

HERE = Path(__file__).resolve().parent
ROOTS = ".gedig-hero, .gedig-form, .gedig-quiz, .gedig-badge, .gedig-ledger, .gedig-tally"
# How a page around says that it is light or dark: JupyterLab, a site, Colab, VS Code.
LIGHT = (
    '[data-jp-theme-light="true"], [data-theme="light"], .vscode-light, .vscode-high-contrast-light'
)
DARK = (
    '[data-jp-theme-light="false"], [data-theme="dark"], [theme="dark"], .vscode-dark, '
    ".vscode-high-contrast:not(.vscode-high-contrast-light)"
)
IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+\.js)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
LISTED = re.compile(r"^export \{((?:(?! as )[^}])*)\};\n", re.MULTILINE)
LEFT = re.compile(r"^[ \t]*(?:import\b|export\b).*", re.MULTILINE)


def bundle(name: str) -> str:
    """Return the script `name` of this folder after everything that it imports, as one module.

    A script of the folder beside this one is ``"../engine/name.js"``.

    Every other file becomes a function that is called once and returns what the file exports, so
    each keeps a scope of its own: two files may use the same name inside. What the script itself
    exports stays exported. The forms understood are ``import { a, b as c } from "./file.js"`` and
    ``export`` before a function, a class, a const or a list ``{ a, b };``.

    Raises
    ------
    GedigError
        If a file imports or exports in another form, asks another for a name that it does not
        export, is not there, or stands in a circle of imports.

    Examples
    --------
    >>> print(bundle("rope.js").splitlines()[0])
    // Rotary positions, as `gedig_edu.theory.rope` computes them: a speed θ_i for each pair.
    """
    *inner, entry = _in_order((HERE / name).resolve(), [], ())
    return "\n".join([*map(_as_function, inner), _body(entry, entry=True)])


def styles(*names: str) -> str:
    """Return the colours, light or dark as the page around is, and then sheets of this folder."""
    sheets = [(HERE / name).read_text(encoding="utf-8") for name in names]
    schemes = [
        f":is({around}) {root} {{ color-scheme: {scheme}; }}"
        for around, scheme in ((LIGHT, "light"), (DARK, "dark"))
        for root in ROOTS.split(", ")
    ]
    colours = f"{ROOTS} {{\ncolor-scheme: light dark;\n{css_variables()}\n}}"
    return "\n".join([colours, *schemes, *sheets])


def _in_order(path: Path, found: list[Path], above: tuple[Path, ...]) -> list[Path]:
    """Add to `found` the files that `path` imports, each after those it imports, and `path`."""
    if path in above:
        names = " → ".join(one.name for one in (*above[above.index(path) :], path))
        raise GedigError(f"The scripts {names} import one another; move what they share.")
    if path in found:
        return found
    for asked, names in _imports(path):
        if missing := set(names) - set(_exports(asked)):
            raise GedigError(
                f"{path.name} imports {min(missing)}, which {asked.name} does not export; "
                f"write export before it in {asked.name}."
            )
        _in_order(asked, found, (*above, path))
    found.append(path)
    return found


def _as_function(path: Path) -> str:
    exported = ", ".join(_exports(path))
    return f"const {_scope(path)} = (() => {{\n{_body(path)}\nreturn {{ {exported} }};\n}})();"


def _scope(path: Path) -> str:
    name = path.relative_to(HERE.parent).with_suffix("").as_posix()
    return "$" + re.sub(r"\W", lambda sign: f"${ord(sign[0]):x}", name)


@cache
def _source(path: Path) -> str:
    if not path.is_file():
        raise GedigError(f"There is no script {path.name} in {path.parent.name}; check its import.")
    return path.read_text(encoding="utf-8")


def _imports(path: Path) -> list[tuple[Path, list[str]]]:
    """Return each file that a script imports from, and under which names that file knows them."""
    found = IMPORT.findall(_source(path))
    return [((path.parent / file).resolve(), _names(names)) for names, file in found]


def _names(names: str) -> list[str]:
    return [name.split()[0] for name in names.split(",") if name.strip()]


def _exports(path: Path) -> list[str]:
    source = _source(path)
    listed = [name for names in LISTED.findall(source) for name in _names(names)]
    for name in listed:
        if re.search(rf"^let {name}\b", source, re.MULTILINE):
            raise GedigError(
                f"{path.name} exports {name}, which it sets with let, and whoever imports it would "
                "keep the first value; export a function that returns it."
            )
    return [*EXPORT.findall(source), *listed]


def _body(path: Path, *, entry: bool = False) -> str:
    """Return a script that takes its imports out of scopes; an inner one exports nothing."""

    def taken(found: re.Match[str]) -> str:
        names = found[1].replace(" as ", ": ")
        return f"const {{{names}}} = {_scope((path.parent / found[2]).resolve())};"

    body = IMPORT.sub(taken, _source(path))
    inner = LISTED.sub("", EXPORT.sub("", body))
    for line in LEFT.findall(inner):
        if not (entry and line.startswith("export default ")):
            raise GedigError(
                f"{path.name} says {line!r}, which cannot be put into one text; write "
                'import { name } from "./file.js", or export before a function, a class or a const.'
            )
    return body if entry else inner
