"""The code of a lesson in two languages, string literals and comments blanked."""

import ast
from itertools import zip_longest

import jupytext


class _Blank(ast.NodeTransformer):
    """Empties every literal that a translator may write anew, f-strings as a whole."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Constant:
        return ast.Constant("")


def blanked(source: str) -> list[str]:
    """Return the code cells of a jupytext file, each as one line without its words."""
    cells = jupytext.reads(source, fmt="py:percent").cells
    return [
        " | ".join(ast.unparse(_Blank().visit(part)) for part in ast.parse(cell.source).body)
        for cell in cells
        if cell.cell_type == "code"
    ]


def code_differences(english: str, other: str) -> list[str]:
    """Return the cells of a lesson in another language whose code is not that of English."""
    pairs = zip_longest(blanked(english), blanked(other))
    return [
        f"cell {number}: {ours}" for number, (theirs, ours) in enumerate(pairs, 1) if ours != theirs
    ]
