"""What is changed in a module: one number, one operator, one word of an expression at a time.

Cosmic-ray and mutmut make such changes too, and mutmut makes those of the logic. Neither changes a
number or an operator that stands as text, as limits do (`">", Decimal("0.5")`), mutmut changes
nothing outside of functions, and cosmic-ray starts Python and pytest anew for every change.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

__all__ = ["KINDS", "Mutant", "mutants"]

_NUMBER = re.compile(r"\d+(\.\d+)?")
_LIMITS = {"<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<=")}
_OPERATORS = {
    "&": "|",
    "|": "&",
    "and": "or",
    "or": "and",
    "+": "-",
    "-": "+",
    "*": "+",
    "%": "*",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "is": "is not",
    "is not": "is",
    "in": "not in",
    "not in": "in",
}
_PAIRS = (("all_of", "any_of"), ("yes", "no"), ("low", "high"), ("present", "absent"))
_WORDS = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
_LEFT_OUT = {"annotation", "returns", "decorator_list"}
_GAP = re.compile(r"is\s+not|not\s+in|\b(?:and|or|is|in)\b|[<>=!]=|[-&|+*%<>]")

_Change = tuple[ast.AST | tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change; `name` shows the line with it, and stays where lines move."""

    name: str
    source: str


class _Source:
    """The text of a module, and where the nodes of its tree stand in it, in bytes of UTF-8."""

    def __init__(self, text: str) -> None:
        self.bytes = text.encode()
        self.tree = ast.parse(text)
        self._lines = [0]
        for line in self.bytes.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        at: ast.expr = node  # type: ignore[assignment]
        assert at.end_lineno is not None
        assert at.end_col_offset is not None
        return (
            self._lines[at.lineno - 1] + at.col_offset,
            self._lines[at.end_lineno - 1] + at.end_col_offset,
        )

    def nodes(self, node: ast.AST | None = None) -> Iterator[ast.AST]:
        """Give every node but types, decorators, and texts with braces: 3.11 misplaces those."""
        for field, value in ast.iter_fields(node or self.tree):
            if field not in _LEFT_OUT:
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                        yield child
                        yield from self.nodes(child)


def _numbers(source: _Source) -> Iterator[_Change]:
    """Numbers one up and one down, as text by their last place; operators of limits."""
    for node in source.nodes():
        match node:
            case ast.Constant(value=bool()):
                pass
            case ast.Constant(value=int() | float() as value):
                yield from ((node, str(value + by)) for by in (1, -1))
            case ast.Constant(value=str(text)) if _NUMBER.fullmatch(text):
                number = Decimal(text)
                step = Decimal(1).scaleb(-len(text.partition(".")[2]))
                yield from ((node, f'"{changed}"') for changed in (number + step, number - step))
            case ast.Constant(value=str(text)) if text in _LIMITS:
                yield from ((node, f'"{other}"') for other in _LIMITS[text])


def _expressions(source: _Source) -> Iterator[_Change]:
    """Numbers and limits, and what joins, negates and names conditions; null where one was said."""
    yield from _numbers(source)
    for node in source.nodes():
        match node:
            case ast.BoolOp(values=parts):
                yield from _between(source, *parts)
            case ast.BinOp(left=left, right=right):
                yield from _between(source, left, right)
            case ast.Compare(left=left, comparators=others):
                yield from _between(source, left, *others)
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
                yield node, source.bytes[slice(*source.span(operand))].decode()
            case ast.Constant(value=bool(value)):
                yield node, str(not value)
            case ast.Name(id=name, ctx=ast.Load()) if name in _WORDS:
                yield node, _WORDS[name]
            case ast.Attribute(attr=name) if name in _WORDS:
                end = source.span(node)[1]
                yield (end - len(name), end), _WORDS[name]
            case ast.Call(func=ast.Attribute(value=before, attr="otherwise" | "fill_null")):
                yield (source.span(before)[1], source.span(node)[1]), ""


def _between(source: _Source, *parts: ast.expr) -> Iterator[_Change]:
    for left, right in pairwise(parts):
        start, end = source.span(left)[1], source.span(right)[0]
        if found := _GAP.search(source.bytes[start:end].decode()):
            at = start + found.start(), start + found.end()
            if other := _OPERATORS.get(" ".join(found[0].split())):
                yield at, other


KINDS: dict[str, Callable[[_Source], Iterator[_Change]]] = {
    "numbers": _numbers,
    "expressions": _expressions,
}


def mutants(kind: str, module: str, text: str) -> Iterator[Mutant]:
    """Make every change of a kind in the text of a module, by their order in it.

    >>> [one.name for one in mutants("numbers", "of.py", 'LEAST = 4, ">"')]
    ['of.py: LEAST = [4 -> 5], ">"', 'of.py: LEAST = [4 -> 3], ">"', \
'of.py: LEAST = 4, [">" -> ">="]', 'of.py: LEAST = 4, [">" -> "<"]']
    """
    source = _Source(text)
    places = [
        ((place if isinstance(place, tuple) else source.span(place)), new)
        for place, new in KINDS[kind](source)
    ]
    seen: Counter[str] = Counter()
    for (start, end), new in sorted(places, key=lambda place: place[0]):
        before, old, after = source.bytes[:start], source.bytes[start:end], source.bytes[end:]
        line = before.rpartition(b"\n")[2] + b"[%b -> %b]" % (old, new.encode())
        line += after.partition(b"\n")[0]
        name = " ".join(f"{module}: {line.decode()}".split())
        seen[name] += 1
        again = f" ({seen[name]})" if seen[name] > 1 else ""
        yield Mutant(name + again, (before + new.encode() + after).decode())
