"""A worked solution as code that runs where it is pasted.

A solution is a function of its lesson's module. What it uses of that module, constants, helpers
and imports, is set above it, so a learner can paste the whole into a cell and run it.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any


def worked(solution: Callable[..., Any], *, call: bool) -> str:
    """Return the source of a function under everything of its module that it needs.

    Parameters
    ----------
    solution : callable
        A function that stands by itself in a module.
    call : bool
        Whether the last line calls it, without arguments.

    Examples
    --------
    >>> from gedig_edu.course.lessons.l04.exercises import temperature_from_spreads
    >>> print(worked(temperature_from_spreads, call=True))
    import numpy as np
    <BLANKLINE>
    LOGIT_STD, COSINE_STD, R2 = 2.5, 0.2, 0.64
    <BLANKLINE>
    <BLANKLINE>
    def temperature_from_spreads() -> float:
        \"\"\"Return T against cosines from the spread of both, pooled within rows, and R².\"\"\"
        return COSINE_STD / (np.sqrt(R2) * LOGIT_STD)
    <BLANKLINE>
    <BLANKLINE>
    temperature_from_spreads()
    """
    source = inspect.getsource(sys.modules[solution.__module__])
    found = {name: node for node in _statements(ast.parse(source)) for name in _given(node)}
    if solution.__name__ not in found:  # a lambda, or a function within another
        return textwrap.dedent(inspect.getsource(solution)).rstrip()
    lines, wanted = source.splitlines(), _reached(solution.__name__, found)
    last = found[solution.__name__]
    nodes = sorted({found[name] for name in wanted} - {last}, key=lambda node: node.lineno)
    imports = [_import(node, wanted) for node in nodes if isinstance(node, _IMPORTS)]
    plain = [_text(node, lines) for node in nodes if not isinstance(node, _IMPORTS + _BLOCKS)]
    blocks = [_text(node, lines) for node in nodes if isinstance(node, _BLOCKS)]
    heads = ["\n".join(part) for part in (imports, plain) if part]
    tail = [f"{solution.__name__}()"] if call else []
    above = ["\n\n".join(heads)] if heads else []
    return "\n\n\n".join([*above, *blocks, _text(last, lines), *tail])


_IMPORTS = (ast.Import, ast.ImportFrom)
_BLOCKS = (ast.FunctionDef, ast.ClassDef)


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield what stands at a module's outermost level, also under ``if TYPE_CHECKING:``."""
    for node in tree.body:
        yield from node.body if isinstance(node, ast.If) else [node]


def _given(node: ast.stmt) -> Iterable[str]:
    """Return the names that a statement gives to its module."""
    if isinstance(node, _IMPORTS):
        return [alias.asname or alias.name for alias in node.names]
    if isinstance(node, _BLOCKS):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    named = (one for target in targets if target for one in ast.walk(target))
    return [one.id for one in named if isinstance(one, ast.Name)]


def _reached(start: str, found: dict[str, ast.stmt]) -> set[str]:
    """Return the names of the module that a function uses, and those that these use."""
    reached, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in found:
            continue
        reached.add(name)
        if not isinstance(found[name], _IMPORTS):
            used = (one for one in ast.walk(found[name]) if isinstance(one, ast.Name))
            waiting += [one.id for one in used]
    return reached


def _import(node: ast.Import | ast.ImportFrom, wanted: set[str]) -> str:
    """Return an import of what is wanted alone."""
    node.names = [alias for alias in node.names if (alias.asname or alias.name) in wanted]
    return ast.unparse(node)


def _text(node: ast.stmt, lines: list[str]) -> str:
    """Return a statement's own lines, with its decorators and comments."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return "\n".join(lines[first - 1 : node.end_lineno])
