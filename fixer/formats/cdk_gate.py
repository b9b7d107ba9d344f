"""Making constructs of an app conditional on a context value, with everything that can't be without them."""

import ast
from collections.abc import Collection, Iterator

from fixer.formats.cdk_construct import Construct
from fixer.formats.cdk_context import Flag, Place, scope_at, targets_of
from fixer.formats.cdk_flow import is_self, site_of
from fixer.formats.cdk_python import App
from fixer.formats.python_blocks import alone
from fixer.formats.python_module import PythonModule
from fixer.model import Changes, Edit, Withheld
from fixer.workspace import SourceFile

FROM_DNS = "aws_cdk.aws_certificatemanager.CertificateValidation.from_dns"
# What a statement is there for alone when it mentions a gated construct: outputs, tags, dependencies.
OUTPUT = "aws_cdk.CfnOutput"
ABOUT = {"aws_cdk.Tags.of", "aws_cdk.RemovalPolicies.of", "aws_cdk.Annotations.of"}


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

    @property
    def has_choices(self) -> bool:
        """Whether something stays that is given None for a gated zone: the validation of a certificate."""
        return any(place.choices for place in self.places.values())

    def changes(self) -> Iterator[Changes]:
        """The edits, or the reasons why there are none."""
        yield from (Withheld(reason) for reason in self.reasons)
        for place in self.places.values():
            yield [Edit(place.file.path, span, text) for span, text in place.splices(self.flag)]


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
