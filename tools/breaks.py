"""Breaks one place of a module at a time, its constants too, and lists what no test notices.

    python tools/breaks.py fer_core.tracking.cuts tests/fer_core/tracking/test_cuts.py

mutmut (`make mutants`) starts the tests anew for each change and leaves constants of modules alone.
Here the tests are collected once; each break is tried in a fork of that process, where the broken
source takes the module's place and every `from module import name` is set anew. So it is for
modules whose tests start no threads and no engine before the fork. A break that ends a fork by a
signal (it takes more than ten times the processor time, or crashes) is listed with the others.

    --lines 40-60   only these; --sample 50: so many, drawn by chance; --list: only says which
"""

import argparse
import ast
import copy
import importlib
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

_COMPARED = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_CALLED = {
    "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all",
    "all": "any", "floor": "ceil", "ceil": "floor", "sum": "mean", "mean": "sum", "sin": "cos",
    "cos": "sin", "exp": "log", "log": "exp", "argmax": "argmin", "argmin": "argmax",
}  # fmt: skip
#: Leaving these out gives their first argument, or what they are called on.
_LEFT_OUT = frozenset({
    "abs", "clip", "round", "sorted", "min", "max", "minimum", "maximum", "sqrt", "square", "copy",
    "strip", "lower", "casefold", "reversed",
})  # fmt: skip


def breaks(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node that can be broken, and what stands in its place then."""
    spared = set(_spared(tree))
    for node in ast.walk(tree):
        if id(node) not in spared:
            for broken in _broken(node):
                yield node, broken


def _spared(tree: ast.Module) -> Iterator[int]:
    """Docstrings, annotations and imports change nothing that a test could see."""
    for node in ast.walk(tree):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts.append(node)
        if isinstance(node, ast.Import | ast.ImportFrom):
            parts.append(node)
        for part in parts:
            if isinstance(part, ast.AST):
                yield from (id(inner) for inner in ast.walk(part))


def _broken(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield from (ast.Constant(n) for n in {value + 1, max(value - 1, 0)} - {value})
        case ast.Constant(value=float(value)):
            yield from (ast.Constant(n) for n in ({value * 1.5, value / 1.5} if value else {0.1}))
        case ast.Constant(value=str(value)) if value:
            yield ast.Constant("XX" + value)
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                for other in _COMPARED.get(type(op), ()):
                    yield _with(node, ops=[*ops[:place], other(), *ops[place + 1 :]])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _COMPUTED:
            yield from (_with(node, op=_COMPUTED[type(op)]()), left, right)
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            yield from (_without(node, "values", place) for place in range(len(values)))
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield operand
        case ast.If():
            yield from (_with(node, test=ast.Constant(truth)) for truth in (True, False))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.Call():
            yield from _broken_call(node)
        case ast.Subscript(slice=ast.Slice() as part):
            for edge in ("lower", "upper", "step"):
                if getattr(part, edge) is not None:
                    yield _with(node, slice=_with(part, **{edge: None}))
        case ast.Expr() | ast.AugAssign() | ast.Raise():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Return(value=ast.AST() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.comprehension(ifs=ifs):
            yield from (_without(node, "ifs", place) for place in range(len(ifs)))


def _broken_call(node: ast.Call) -> Iterator[ast.AST]:
    function, args = node.func, node.args
    name = getattr(function, "id", getattr(function, "attr", ""))
    if name in _CALLED:
        key = "id" if isinstance(function, ast.Name) else "attr"
        yield _with(node, func=_with(function, **{key: _CALLED[name]}))
    if name in _LEFT_OUT:
        yield args[0] if args else getattr(function, "value", node)
    if len(args) > 1 and name not in ("min", "max", "minimum", "maximum"):
        for place in range(len(args) - 1):
            swapped = [*args[:place], args[place + 1], args[place], *args[place + 2 :]]
            yield _with(node, args=swapped)
    yield from (_without(node, "keywords", place) for place in range(len(node.keywords)))


def _with(node: ast.AST, **changes: object) -> ast.AST:
    changed = copy.copy(node)
    vars(changed).update(changes)
    return changed


def _without(node: ast.AST, field: str, place: int) -> ast.AST:
    left = list(getattr(node, field))
    del left[place]
    return (
        left[0] if isinstance(node, ast.BoolOp) and len(left) == 1 else _with(node, **{field: left})
    )


def sources(text: str) -> list[tuple[int, str, str]]:
    """(line, what is changed, the whole source) of each break that is another program."""
    tree = ast.parse(text)
    found = {ast.unparse(tree): None}
    for old, new in breaks(tree):
        source = ast.unparse(ast.fix_missing_locations(_replaced(tree, old, new)))
        if source not in found:
            line = getattr(old, "lineno", 0)
            found[source] = (line, f"{_short(old)}  →  {_short(new)}")
    rest = [(*where, source) for source, where in found.items() if where is not None]
    return sorted(rest, key=lambda one: one[0])


def _replaced(node: object, old: ast.AST, new: ast.AST) -> object:
    if node is old:
        return copy.deepcopy(new)
    if isinstance(node, list):
        return [_replaced(item, old, new) for item in node]
    if isinstance(node, ast.AST):
        return _with(node, **{f: _replaced(v, old, new) for f, v in ast.iter_fields(node)})
    return node


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) < 80 else f"{text[:77]}…"


class Tries:
    """A plugin of pytest that runs the collected tests once as they are, then with each break."""

    def __init__(self, module: str, found: list[tuple[int, str, str]]) -> None:
        self.module, self.found = module, found

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Takes the place of pytest's own loop."""
        before = time.process_time()
        if not _passes(session.items):
            raise pytest.UsageError("the tests fail as they are")
        self.limit_s = round(10 * (time.process_time() - before)) + 10
        noticed = 0
        for line, change, source in self.found:
            status = self._try(session.items, source)
            if status == 1:
                noticed += 1
            else:
                print(f"{line}: {change}{'  by a signal' if status else ''}", flush=True)
        print(f"{self.module}: {len(self.found)} tried, {noticed} noticed", flush=True)
        return True

    def _try(self, items: list[pytest.Item], source: str) -> int:
        """1 where a test notices, 0 where none does, else what ended the fork."""
        child = os.fork()
        if child:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        noticed = True
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (self.limit_s, self.limit_s))
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            _install(self.module, source)
            noticed = not _passes(items)
        finally:
            os._exit(int(noticed))


def _passes(items: list[pytest.Item]) -> bool:
    for item, following in zip(items, [*items[1:], None], strict=True):
        item._initrequest()
        if any(r.failed for r in runtestprotocol(item, log=False, nextitem=following)):
            return False
    return True


def _install(name: str, source: str) -> None:
    """Runs a source as the module, and hands what it defines to all who have imported it."""
    module = importlib.import_module(name)
    old = dict(vars(module))
    exec(compile(source, str(module.__file__), "exec"), vars(module))
    for other in list(sys.modules.values()):
        for key, value in list(getattr(other, "__dict__", {}).items()):
            if key in old and old[key] is value and not key.startswith("__"):
                vars(other)[key] = vars(module)[key]


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("module")
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--lines", default="")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    sys.path.insert(0, os.getcwd())
    found = sources(Path(*given.module.split(".")).with_suffix(".py").read_text(encoding="utf-8"))
    if given.lines:
        first, _, last = given.lines.partition("-")
        found = [one for one in found if int(first) <= one[0] <= int(last or first)]
    if 0 < given.sample < len(found):
        found = sorted(random.Random(0).sample(found, given.sample))
    if given.list:
        print("\n".join(f"{line}: {change}" for line, change, _ in found))
        return
    marks = "not display and not slow and not data and not train"
    options = ["-q", "--no-header", "-s", "-p", "no:cacheprovider", "-m", marks]
    sys.exit(pytest.main([*options, *given.tests], plugins=[Tries(given.module, found)]))


if __name__ == "__main__":
    main()
