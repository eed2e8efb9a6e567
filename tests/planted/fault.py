"""A deliberate fault and the tests that must notice it.

A fault is named by the function it is planted in and by what changes there. Both sides of the change are code,
compared as syntax trees, so that neither formatting nor a line that moves hides the place.
"""

import ast
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """``says`` names the promise that is broken; ``where`` is ``module:name``, the name of a function, of a method
    (``Class.method``) or of a constant.

    ``old``, an expression or statements, stands in it exactly once; ``new`` is what a careless hand would write there
    instead, and empty where it would write nothing.
    """

    says: str
    where: str
    old: str
    new: str
    caught_by: tuple[str, ...]

    @property
    def file(self) -> str:
        module = self.where.partition(":")[0].replace(".", "/")
        return f"{module}.py" if (ROOT / f"{module}.py").exists() else f"{module}/__init__.py"

    def planted_in(self, text: str) -> str:
        """The file with the fault. Raises LookupError unless ``old`` stands exactly once in ``where``."""
        name = self.where.partition(":")[2]
        inside = _named(ast.parse(text), name.split("."))
        if inside is None:
            raise LookupError(f"{self.file} has no {name}")
        code, written = _change(self.old, self.new)
        found = list(_places(inside, code))
        if len(found) != 1:
            raise LookupError(f"{self.where} has this code {len(found)} times: {self.old!r}")
        return _spliced(text, found[0], written)


def fault(says: str, where: str, old: str, new: str, *caught_by: str) -> Fault:
    return Fault(says=says, where=where, old=old, new=new, caught_by=caught_by)


Code = ast.expr | list[ast.stmt]
Place = Sequence[ast.stmt] | Sequence[ast.expr]


def _change(old: str, new: str) -> tuple[Code, str]:
    """What to look for and what to put there: expressions where both are expressions, else statements."""
    looked_for, written = (textwrap.dedent(text).strip() for text in (old, new))
    found = _expression(looked_for)
    if found is not None and _expression(written) is not None:
        return found, f"({written})"
    return ast.parse(looked_for).body, written or "pass"


def _expression(text: str) -> ast.expr | None:
    body = ast.parse(text).body
    return body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None


def _named(module: ast.Module, names: Sequence[str]) -> ast.AST | None:
    """The definition or assignment with this name, looked for in classes and functions as the dots say."""
    inside: ast.AST = module
    for name in names:
        found = next((node for node in ast.iter_child_nodes(inside) if name in _names_of(node)), None)
        if found is None:
            return None
        inside = found
    return inside


def _names_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    if isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _places(inside: ast.AST, code: Code) -> Iterator[Place]:
    if isinstance(code, ast.expr):
        wanted = _dump(code)
        yield from (
            [node] for node in ast.walk(inside) if isinstance(node, ast.expr) and _dump(node) == wanted
        )
        return
    statements = [ast.dump(statement) for statement in code]
    for node in ast.walk(inside):
        for body in (getattr(node, field, None) for field in ("body", "orelse", "finalbody")):
            if isinstance(body, list):
                for start in range(len(body) - len(statements) + 1):
                    window = body[start : start + len(statements)]
                    if [ast.dump(statement) for statement in window] == statements:
                        yield window


def _dump(node: ast.expr) -> str:
    """The expression as if its names were only read, so that one that is assigned to counts as the same code."""
    return ast.dump(node).replace("ctx=Store()", "ctx=Load()").replace("ctx=Del()", "ctx=Load()")


def _spliced(text: str, place: Place, new: str) -> str:
    lines = text.splitlines(keepends=True)
    first, last = place[0], place[-1]
    start = _offset(lines, first.lineno, first.col_offset)
    end = _offset(lines, last.end_lineno or 0, last.end_col_offset or 0)
    written = textwrap.indent(new, " " * first.col_offset).lstrip(" ")
    return text[:start] + written + text[end:]


def _offset(lines: Sequence[str], line: int, column_bytes: int) -> int:
    before = lines[line - 1].encode()[:column_bytes].decode()
    return sum(map(len, lines[: line - 1])) + len(before)
