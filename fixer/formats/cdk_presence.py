"""Whether a construct of an app is always made, or some condition decides."""

import ast
from collections.abc import Iterator

from fixer.formats.cdk_flow import Flow
from fixer.formats.cdk_python import App
from fixer.formats.python_module import PythonModule
from fixer.formats.python_source import FUNCTIONS

CONDITIONAL = (ast.If, ast.IfExp, ast.BoolOp, ast.match_case, ast.ExceptHandler)


def always_there(app: App, module: PythonModule, node: ast.AST, steps: int = 4) -> bool:
    """Whether nothing in the app decides if a node is run."""
    child = node
    for parent in module.source.ancestors(node):
        if (isinstance(parent, CONDITIONAL) and not is_main(parent)) or (
            isinstance(child, ast.stmt) and left_before(module, child)
        ):
            return False
        if isinstance(parent, (*FUNCTIONS, ast.ClassDef)):
            calls = list(calls_of(app.flow, parent.name)) if steps and parent.name != "__init__" else []
            if calls and not any(always_there(app, where, call, steps - 1) for where, call in calls):
                return False
        child = parent
    return True


def is_main(node: ast.AST) -> bool:
    """Whether a condition is `if __name__ == "__main__"`."""
    return isinstance(node, ast.If) and "__name__" in {
        name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)
    }


def left_before(module: PythonModule, statement: ast.stmt) -> bool:
    """Whether a condition before a statement may leave the block."""
    block = module.source.block(statement)
    before = block[: block.index(statement)]
    return any(isinstance(node, ast.If) and isinstance(node.body[-1], ast.Return | ast.Continue) for node in before)


def calls_of(flow: Flow, name: str) -> Iterator[tuple[PythonModule, ast.Call]]:
    """The calls of a function, method or class of the app by its bare name."""
    for file in flow.files:
        if f"{name}(" in file.text and (module := flow.module(file)):
            for node in module.source.parents:
                if isinstance(node, ast.Call) and name in (
                    getattr(node.func, "id", ""),
                    getattr(node.func, "attr", ""),
                ):
                    yield module, node
