"""Which library name an expression of a Python file stands for: imports, scopes and what rebinds a name."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixer.formats.python_source import FUNCTIONS, PythonSource, dotted

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef, *COMPREHENSIONS)


@dataclass(frozen=True, eq=False, slots=True)
class Binding:
    """One place that gives a name its value: an import of `imported`, a plain assignment of `value`, or another."""

    name: str
    node: ast.AST
    imported: str | None = None
    value: ast.expr | None = None


@dataclass(eq=False)
class Scope:
    """The names that a module, class, function or comprehension binds."""

    node: ast.AST
    parent: "Scope | None" = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    outer: dict[str, "Scope"] = field(default_factory=dict)

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    def chain(self) -> Iterator["Scope"]:
        """The scopes that a name is looked up in: of the classes only the innermost scope itself."""
        yield self
        scope = self.parent
        while scope is not None:
            if not scope.is_class:
                yield scope
            scope = scope.parent

    def find(self, name: str) -> "tuple[Scope, list[Binding]] | None":
        """The scope that a name belongs to, with all that binds it there."""
        if name in self.outer:
            return self.outer[name].find(name)
        return next(((scope, scope.bindings[name]) for scope in self.chain() if name in scope.bindings), None)


class Names:
    """The scopes of one file."""

    def __init__(self, source: PythonSource) -> None:
        self.source = source
        self.module = Scope(source.tree)
        self.scopes: dict[ast.AST, Scope] = {source.tree: self.module}
        for node in source.parents:
            if isinstance(node, SCOPES):
                self.scopes[node] = Scope(node, self.scope(node))
        for node in source.parents:
            self.declare(node)
        for node in source.parents:
            for binding in bindings(node, source.parents[node]):
                self.bind(binding)

    def scope(self, node: ast.AST) -> Scope:
        """The scope in which a node is evaluated: decorators, defaults and base classes belong to the outer one."""
        child = node
        for parent in self.source.ancestors(node):
            if parent in self.scopes and not is_header(parent, child):
                return self.scopes[parent]
            child = parent
        return self.module

    def declare(self, node: ast.AST) -> None:
        """Follow `global` and `nonlocal`."""
        if not isinstance(node, ast.Global | ast.Nonlocal):
            return
        scope = self.scope(node)
        for name in node.names:
            scope.outer[name] = self.module if isinstance(node, ast.Global) else scope.parent or self.module

    def bind(self, binding: Binding) -> None:
        scope = self.scope(binding.node)
        if isinstance(binding.node, ast.NamedExpr):
            while isinstance(scope.node, COMPREHENSIONS) and scope.parent:
                scope = scope.parent
        if binding.name == "*":
            scope.stars.append(binding.imported or "")
            return
        scope = scope.outer.get(binding.name, scope)
        scope.bindings.setdefault(binding.name, []).append(binding)

    def qualified(self, node: ast.expr) -> str | None:
        """The full name, `aws_cdk.aws_s3.Bucket`, of a name or attribute chain; None where it may be no import."""
        names = dotted(node)
        if names is None:
            return None
        root = self.imported(names[0], self.scope(node))
        return ".".join([root, *names[1:]]) if root else None

    def imported(self, name: str, scope: Scope) -> str | None:
        """What a name in a scope was imported as, when nothing else binds it there."""
        found = scope.find(name)
        if found is None:
            stars = self.module.stars
            return f"{stars[0]}.{name}" if len(stars) == 1 else None
        origins = {binding.imported for binding in found[1]}
        return origins.pop() if len(origins) == 1 else None

    def names_for(self, qualified: str, node: ast.AST) -> Iterator[tuple[str, str]]:
        """The names that a node can use for a prefix of a full name: (name, the prefix that it stands for)."""
        scope = self.scope(node)
        for visible in scope.chain():
            for name in visible.bindings:
                origin = self.imported(name, scope)
                if origin and f"{qualified}.".startswith(f"{origin}."):
                    yield name, origin

    def assigned(self, name: ast.Name) -> ast.expr | None:
        """The one value that a name ever has, or None where it has several, or is a parameter or loop variable."""
        found = self.scope(name).find(name.id)
        return found[1][0].value if found and len(found[1]) == 1 else None

    def taken(self, name: str) -> bool:
        """Whether any scope of the file binds a name."""
        return any(name in scope.bindings for scope in self.scopes.values())


def is_header(parent: ast.AST, child: ast.AST) -> bool:
    """Whether a child of a definition is evaluated outside of it."""
    match parent:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            inside = child in parent.body or isinstance(child, ast.arguments)
            return not inside
        case _:
            return False


def bindings(node: ast.AST, parent: ast.AST) -> Iterator[Binding]:
    """What a node binds in the scope that it stands in."""
    match node:
        case ast.Import():
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                yield Binding(name, node, None if type_checking(parent) else alias.name if alias.asname else name)
        case ast.ImportFrom():
            origin = "." * node.level + (node.module or "")
            for alias in node.names:
                full = origin if alias.name == "*" else f"{origin}{'' if origin.endswith('.') else '.'}{alias.name}"
                yield Binding(alias.asname or alias.name, node, None if type_checking(parent) else full)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield Binding(node.name, node)
        case ast.arg():
            yield Binding(node.arg, node)
        case ast.Name(ctx=ast.Store() | ast.Del()):
            yield Binding(
                node.id, parent if isinstance(parent, ast.NamedExpr) else node, value=assigned_value(node, parent)
            )
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield Binding(name, node)
        case ast.MatchMapping(rest=str(name)):
            yield Binding(name, node)


def assigned_value(target: ast.AST, parent: ast.AST) -> ast.expr | None:
    """What a plain `target = value` assigns."""
    match parent:
        case ast.Assign(targets=[only]) if only is target:
            return parent.value
        case ast.AnnAssign() | ast.NamedExpr() if parent.target is target:
            return parent.value
        case _:
            return None


def type_checking(parent: ast.AST) -> bool:
    """Whether what stands here is only seen by type checkers."""
    return isinstance(parent, ast.If) and (dotted(parent.test) or [""])[-1] == "TYPE_CHECKING"
