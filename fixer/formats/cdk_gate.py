"""Making constructs of an app conditional on a context value, with everything that can't be without them."""

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from fixer.formats.cdk_flow import Flow, is_self, site_of
from fixer.formats.cdk_python import App, Construct
from fixer.formats.lines import comment_above, indent_at
from fixer.formats.python_blocks import alone, runs, under
from fixer.formats.python_layout import Splice
from fixer.formats.python_module import PythonModule
from fixer.formats.python_source import FUNCTIONS
from fixer.model import Changes, Edit, Span, Withheld
from fixer.workspace import SourceFile

FROM_DNS = "aws_cdk.aws_certificatemanager.CertificateValidation.from_dns"
# What a statement is there for alone when it mentions a gated construct: outputs, tags, dependencies.
OUTPUT = "aws_cdk.CfnOutput"
ABOUT = {"aws_cdk.Tags.of", "aws_cdk.RemovalPolicies.of", "aws_cdk.Annotations.of"}
COMMENT = re.compile(r"[ \t]*#")
CONDITIONAL = (ast.If, ast.IfExp, ast.BoolOp, ast.match_case, ast.ExceptHandler)


@dataclass(frozen=True, slots=True)
class Flag:
    """A context value; what is not given counts as the default."""

    name: str
    default: bool

    def test(self, scope: str, quote: str) -> str:
        """The expression; a context value from the command line is a string."""
        value = f"str({scope}.node.try_get_context({quote}{self.name}{quote})).lower()"
        return f"{value} != {quote}false{quote}" if self.default else f"{value} == {quote}true{quote}"


@dataclass(eq=False)
class Place:
    """One function, or the top level of a file, in which something is gated."""

    file: SourceFile
    module: PythonModule
    function: ast.AST
    statements: dict[ast.stmt, None] = field(default_factory=dict)
    choices: dict[ast.expr, None] = field(default_factory=dict)


class Gate:
    """The gating of a group of constructs: `kinds` are those that may be left out together with what they use."""

    def __init__(self, app: App, flag: Flag, kinds: Collection[str]) -> None:
        self.app = app
        self.flag = flag
        self.kinds = kinds
        self.places: dict[ast.AST, Place] = {}
        self.reasons: dict[str, None] = {}

    def add(self, construct: Construct) -> None:
        self.gate(construct.file, construct.module, construct.call)

    def reaches(self, construct: Construct) -> bool:
        """Whether a construct stands in a function in which something is gated already."""
        return (construct.module.source.function(construct.call) or construct.module.source.tree) in self.places

    def gate(self, file: SourceFile, module: PythonModule, call: ast.Call) -> None:
        """Gate the statement of a call that makes a construct, or the argument that it is."""
        parent = module.source.parents[call]
        if isinstance(parent, ast.keyword):
            parent = module.source.parents[parent]
        statement = module.source.statement(call)
        if isinstance(parent, ast.Call) and module.names.qualified(parent.func) == FROM_DNS:
            self.choose(file, module, call)
        elif isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign) and self.optional(module, statement.value):
            self.gate_statement(file, module, statement)
        else:
            self.refuse(file, module, call, "is part of another construct")

    def optional(self, module: PythonModule, value: ast.expr | None) -> bool:
        """Whether a value is a construct that may be left out."""
        name = module.names.qualified(value.func) if isinstance(value, ast.Call) else None
        return name in self.kinds or name == OUTPUT

    def place(self, file: SourceFile, module: PythonModule, node: ast.AST) -> Place | None:
        function = module.source.function(node) or module.source.tree
        if function not in self.places:
            if scope_at(module, node) is None:
                self.refuse(file, module, node, "stands where no construct is known to ask for the context")
                return None
            self.places[function] = Place(file, module, function)
        return self.places[function]

    def choose(self, file: SourceFile, module: PythonModule, node: ast.expr) -> None:
        """Make an argument None where the flag is off."""
        if place := self.place(file, module, node):
            place.choices[node] = None

    def gate_statement(self, file: SourceFile, module: PythonModule, statement: ast.stmt, follow: bool = True) -> None:
        place = self.place(file, module, statement)
        if place is None or statement in place.statements:
            return
        if not alone(module.source, statement):
            self.refuse(file, module, statement, "shares its line with another statement")
        place.statements[statement] = None
        for target in targets_of(statement) if follow else ():
            self.follow(file, module, target)

    def follow(self, file: SourceFile, module: PythonModule, target: ast.expr) -> None:
        """Gate what uses a variable or attribute that a gated statement sets."""
        match target:
            case ast.Name():
                self.follow_name(file, module, target)
            case ast.Attribute(value=base) if is_self(module, base):
                self.follow_attribute(file, module, target)
            case _:
                self.refuse(file, module, target, "is kept where its uses can't be seen")

    def follow_name(self, file: SourceFile, module: PythonModule, target: ast.Name) -> None:
        home = module.names.scope(target)
        found = home.find(target.id)
        if found is None or len(found[1]) > 1:
            self.refuse(file, module, target, f"sets {target.id}, which is set elsewhere too")
            return
        for node in module.source.parents:
            if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load):
                seen = module.names.scope(node).find(node.id)
                if seen and seen[0] is found[0]:
                    self.use(file, module, node)

    def follow_attribute(self, file: SourceFile, module: PythonModule, target: ast.Attribute) -> None:
        owner = module.source.enclosing(target, ast.ClassDef)
        for mention in self.app.flow.attributes({target.attr}):
            node = mention.node
            inside = mention.module.source.enclosing(node, ast.ClassDef)
            if isinstance(node.ctx, ast.Load) and inside is owner and is_self(mention.module, node.value):
                self.use(file, module, node)
            elif node is not target and not self.foreign(mention.module, node, inside, owner):
                self.refuse(mention.file, mention.module, node, "uses it from elsewhere")

    def foreign(
        self, module: PythonModule, node: ast.Attribute, inside: ast.ClassDef | None, owner: ast.ClassDef | None
    ) -> bool:
        """Whether an attribute of the same name is that of another class, which sets its own."""
        if inside is None or inside is owner or not is_self(module, node.value):
            return False
        stores = [child for child in ast.walk(inside) if isinstance(child, ast.Attribute) and child.attr == node.attr]
        return any(isinstance(child.ctx, ast.Store) for child in stores)

    def use(self, file: SourceFile, module: PythonModule, node: ast.expr) -> None:
        """Gate one use of a gated construct, or say why it can't be."""
        statement = module.source.statement(node)
        parent = module.source.parents[node]
        call = module.source.parents[parent] if isinstance(parent, ast.keyword) else parent
        match statement:
            case ast.Expr(value=ast.Call() as called) if self.optional(module, called) or self.only_about(
                module, called, node
            ):
                self.gate_statement(file, module, statement)
            case ast.Assign() | ast.AnnAssign() if self.optional(module, statement.value):
                self.gate_statement(file, module, statement)
            case ast.Assign(targets=[ast.Attribute() as target]) if rooted(target, node):
                self.gate_statement(file, module, statement, follow=False)
            case ast.Assign(targets=[ast.Name()]) if rooted(statement.value, node) and statement.value is not node:
                self.gate_statement(file, module, statement)
            case ast.Assign(targets=[target]) if statement.value is node:
                self.choose(file, module, node)
                self.follow(file, module, target)
            case _ if isinstance(call, ast.Call) and module.names.qualified(call.func) == FROM_DNS:
                self.choose(file, module, node)
            case _:
                self.refuse(file, module, node, "uses it")

    def only_about(self, module: PythonModule, call: ast.Call, node: ast.expr) -> bool:
        """Whether a statement calls a method of the gated construct, or is a tag or a dependency on it."""
        base: ast.expr = call
        while isinstance(base, ast.Call | ast.Attribute):
            if isinstance(base, ast.Call) and module.names.qualified(base.func) in ABOUT and node in base.args:
                return True
            base = base.func if isinstance(base, ast.Call) else base.value
            if base is node:
                return True
        return isinstance(call.func, ast.Attribute) and call.func.attr == "add_dependency" and call.args == [node]

    def refuse(self, file: SourceFile, module: PythonModule, node: ast.AST, what: str) -> None:
        site = site_of(file, module, node)
        self.reasons[f"{site} {what}"] = None

    def changes(self) -> Iterator[Changes]:
        """The edits, or the reasons why there are none."""
        yield from (Withheld(reason) for reason in self.reasons)
        for place in self.places.values():
            yield [Edit(place.file.path, span, text) for span, text in self.splices(place)]

    def splices(self, place: Place) -> Iterator[Splice]:
        module, source = place.module, place.module.source
        groups = runs(source, list(place.statements))
        choices = [node for node in place.choices if source.statement(node) not in place.statements]
        heads = [*(group[0] for group in groups), *(source.statement(node) for node in choices)]
        tests = {head: self.flag.test(scope_at(module, head) or "", module.quote) for head in heads}
        first = first_statement(place, heads)
        ahead: list[str] = []
        if len(set(tests.values())) == 1 and (known := variable(place, first, tests[heads[0]])):
            tests = dict.fromkeys(heads, known)
        elif len(heads) > 1 and len(set(tests.values())) == 1 and known_at(place, first, scope_at(module, heads[0])):
            name = free_name(module, self.flag.name)
            ahead, tests = [f"{name} = {tests[heads[0]]}"], dict.fromkeys(heads, name)
        for group in groups:
            yield under(source, group, tests[group[0]], list(defaults(module, group)))
        if ahead:
            start = comment_above(source.text, source.first_line(first), COMMENT)
            yield Span(start, start), f"{indent_at(source.text, start)}{ahead[0]}\n"
        for node in choices:
            end = source.span(node).end
            yield Span(end, end), f" if {tests[source.statement(node)]} else None"


def connected(
    app: App, flag: Flag, kinds: Collection[str], constructs: list[Construct]
) -> Iterator[tuple[list[Construct], Gate]]:
    """The constructs in groups that can only be gated together, because one uses the other or they share a function."""
    left = list(constructs)
    while left:
        gate, group = Gate(app, flag, kinds), [left.pop(0)]
        gate.add(group[0])
        while beside := [found for found in left if gate.reaches(found)]:
            for construct in beside:
                left.remove(construct)
                gate.add(construct)
            group += beside
        yield sorted(group, key=lambda construct: (construct.path, construct.span)), gate


def rooted(node: ast.expr, root: ast.expr) -> bool:
    """Whether an expression is an attribute, at any depth, of another."""
    while isinstance(node, ast.Attribute) and node is not root:
        node = node.value
    return node is root


def first_statement(place: Place, statements: list[ast.stmt]) -> ast.stmt:
    """The statement directly in the function's body that holds the first of these."""
    node: ast.AST = min(statements, key=lambda statement: statement.lineno)
    while place.module.source.parents[node] is not place.function:
        node = place.module.source.parents[node]
    assert isinstance(node, ast.stmt)
    return node


def variable(place: Place, first: ast.stmt, test: str) -> str | None:
    """The variable that holds a test already, in the function before its first gated statement."""
    for node in ast.walk(place.function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if node.lineno < first.lineno:
                if (
                    place.module.source.segment(node.value) == test
                    and place.module.source.parents[node] is place.function
                ):
                    return name
    return None


def known_at(place: Place, first: ast.stmt, scope: str | None) -> bool:
    """Whether a name is a parameter, or is set at the top level of the function before a statement."""
    found = place.module.names.scope(first).find(scope or "")
    if found is None:
        return False
    nodes = [binding.node for binding in found[1]]
    source = place.module.source
    return all(
        isinstance(node, ast.arg)
        or (source.parents[source.statement(node)] is place.function and source.statement(node).lineno < first.lineno)
        for node in nodes
    )


def defaults(module: PythonModule, group: list[ast.stmt]) -> Iterator[str]:
    """What gives the attributes of `self` that a group sets a value where the flag is off."""
    for statement in group:
        for target in targets_of(statement):
            if isinstance(target, ast.Attribute) and is_self(module, target.value):
                yield f"{ast.unparse(target)} = None"


def targets_of(statement: ast.stmt) -> list[ast.expr]:
    match statement:
        case ast.Assign(targets=targets):
            return targets
        case ast.AnnAssign(target=target):
            return [target]
    return []


def scope_at(module: PythonModule, node: ast.AST) -> str | None:
    """The construct to ask for the context at a place: `self`, or the scope of a construct that is made there."""
    function = module.source.function(node)
    own = None
    if function is not None and isinstance(owner := module.source.parents[function], ast.ClassDef) and owner.bases:
        own = function.args.args[0].arg if function.args.args else None
    scopes = [first.id for first in first_arguments(module, node) if isinstance(first, ast.Name)]
    return scopes[0] if scopes and own not in scopes else own


def first_arguments(module: PythonModule, node: ast.AST) -> Iterator[ast.expr]:
    """The scopes of the constructs that are made in a statement."""
    for call in ast.walk(module.source.statement(node)):
        if isinstance(call, ast.Call) and (name := module.names.qualified(call.func)) and name.startswith("aws_cdk."):
            last = name.rsplit(".", 1)[-1]
            named = [keyword.value for keyword in call.keywords if keyword.arg == "scope"]
            if last[0].isupper() or last.startswith("from_"):
                yield from named or call.args[: len(call.args) > 1]


def free_name(module: PythonModule, wanted: str) -> str:
    """A name that nothing in the file has."""
    choices = [wanted, *(f"{wanted}_{number}" for number in range(2, 100))]
    return next(name for name in choices if not module.names.taken(name))


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
