"""Where the constructs of an app go to after they are made: what is called on them, what changes them."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from fixer.formats.python_module import PythonModule
from fixer.formats.python_names import Binding
from fixer.formats.python_source import FUNCTIONS
from fixer.workspace import SourceFile

# The escape hatches of https://docs.aws.amazon.com/cdk/v2/guide/cfn-layer.html (read 2026-11-21), and mixins.
OVERRIDES = {
    "add_property_override",
    "add_override",
    "add_property_deletion_override",
    "add_deletion_override",
    "with_",
}
WHOLE_TREE = {"aws_cdk.Aspects.of", "aws_cdk.Mixins.of"}
# cdk-nag's rule packs are aspects that only report.
HARMLESS = ("cdk_nag.", "aws_cdk.Tag")
STEPS = 20


@dataclass(frozen=True, slots=True)
class Site:
    """A statement about a construct, with its place."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.text} ({self.path}:{self.line})"


@dataclass(frozen=True, slots=True)
class Origin:
    """What an expression holds: the construct of a library call, or its L1 resource (`raw`)."""

    call: ast.Call | None = None
    raw: bool = False


ELSEWHERE = Origin()  # surely no construct that a call in the app makes


@dataclass(frozen=True, slots=True)
class Mention:
    """An attribute of something that may be a construct: `base.name`."""

    file: SourceFile
    module: PythonModule
    node: ast.Attribute

    @property
    def stored(self) -> bool:
        return not isinstance(self.node.ctx, ast.Load)


class Flow:
    """The statements of an app that change constructs or call them, each traced back to the constructor call."""

    def __init__(self, files: Iterable[SourceFile], module: Callable[[SourceFile], PythonModule | None]) -> None:
        self.files = list(files)
        self.module = module

    def changes(self, module: PythonModule, call: ast.Call, kind: str) -> Site | None:
        """The first place that changes, or may change, what this call says."""
        word = kind.rsplit(".", 1)[-1]
        for site, aspect in self.aspects:
            if aspect is None or word.removeprefix("Cfn") in aspect:
                return site
        return self.first(module, call, self.overrides) or self.first(module, call, self.stores, word.startswith("Cfn"))

    def uses(self, module: PythonModule, call: ast.Call, names: set[str]) -> Site | None:
        """The first call of one of these methods on, or maybe on, what this call makes."""
        return self.first(module, call, self.attributes(names))

    def calls(self, module: PythonModule, call: ast.Call, name: str) -> Iterator[tuple[Mention, ast.Call]]:
        """The calls of a method on, or maybe on, what this call makes."""
        for mention in self.mentions(module, call, {name}):
            parent = mention.module.source.parents[mention.node]
            if isinstance(parent, ast.Call) and parent.func is mention.node:
                yield mention, parent

    def mentions(self, module: PythonModule, call: ast.Call, names: set[str]) -> Iterator[Mention]:
        """Where one of these attributes is looked up on, or maybe on, what this call makes."""
        return (mention for mention in self.attributes(names) if self.first(module, call, [mention]))

    def first(self, module: PythonModule, call: ast.Call, found: Iterable[Mention], raw: bool = True) -> Site | None:
        """The first mention of this construct; `raw`: whether it is its own L1 resource, with properties to set."""
        name = module.names.qualified(call.func) or ""
        for mention in found:
            origin = trace(mention.module, mention.node.value)
            own = origin is not None and origin.call is call and (raw or origin.raw)
            if own or (origin is None and raw and fits(mention, name) and escapes(module, call, mention)):
                return site_of(mention.file, mention.module, mention.node)
        return None

    def attributes(self, names: set[str]) -> Iterator[Mention]:
        """Where one of these attributes is looked up."""
        words = re.compile(rf"\.(?:{'|'.join(sorted(names))})\b")
        for file in self.files:
            if words.search(file.text) and (module := self.module(file)):
                for node in module.source.parents:
                    if isinstance(node, ast.Attribute) and node.attr in names:
                        yield Mention(file, module, node)

    @cached_property
    def overrides(self) -> list[Mention]:
        """Where a property is overridden."""
        return list(self.attributes(OVERRIDES))

    @cached_property
    def stores(self) -> list[Mention]:
        """Where an attribute of anything but `self` is set."""
        modules = [(file, self.module(file)) for file in self.files if "aws_cdk" in file.text]
        return [
            Mention(file, module, node)
            for file, module in modules
            if module
            for node in module.source.parents
            if isinstance(node, ast.Attribute)
            and not isinstance(node.ctx, ast.Load)
            and not is_self(module, node.value)
        ]

    @cached_property
    def aspects(self) -> list[tuple[Site, str | None]]:
        """The aspects that may change constructs, each with the text of its class when that is in the app."""
        found = []
        for file in self.files:
            if not re.search(r"\b(?:Aspects|Mixins)\b", file.text) or not (module := self.module(file)):
                continue
            for call in [call for name in WHOLE_TREE for call in module.calls.get(name, ())]:
                made = aspect_of(module, call)
                name = module.names.qualified(made.func) if isinstance(made, ast.Call) else None
                if not (name or "").startswith(HARMLESS):
                    found.append((site_of(file, module, call), self.class_text(made)))
        return found

    def class_text(self, made: ast.expr | None) -> str | None:
        """The source of the class that a call makes an instance of, when exactly one of the app has its name."""
        if not isinstance(made, ast.Call):
            return None
        name = made.func.id if isinstance(made.func, ast.Name) else getattr(made.func, "attr", None)
        texts = []
        for file in self.files:
            if re.search(rf"\bclass {name}\b", file.text) and (module := self.module(file)):
                nodes = [node for node in module.source.parents if isinstance(node, ast.ClassDef) and node.name == name]
                texts += [module.source.segment(node) for node in nodes]
        return texts[0] if len(texts) == 1 else None


def aspect_of(module: PythonModule, call: ast.Call) -> ast.expr | None:
    """What `Aspects.of(...).add(x)` adds."""
    method = module.source.parents[call]
    add = module.source.parents.get(method)
    return add.args[0] if isinstance(method, ast.Attribute) and isinstance(add, ast.Call) and add.args else None


def is_self(module: PythonModule, node: ast.expr) -> bool:
    """Whether a name is the first parameter of the method that it is used in."""
    function = module.source.function(node)
    if not isinstance(node, ast.Name) or function is None or not function.args.args:
        return False
    return function.args.args[0].arg == node.id and isinstance(module.source.parents[function], ast.ClassDef)


def site_of(file: SourceFile, module: PythonModule, node: ast.AST) -> Site:
    """The statement of a node; the positions inside an f-string are not to be relied on before Python 3.12."""
    statement = module.source.statement(node)
    text = " ".join(module.source.segment(statement).split())
    return Site(file.path, statement.lineno, text if len(text) <= 70 else f"{text[:67]}...")


def trace(module: PythonModule, expression: ast.expr | None, steps: int = STEPS) -> Origin | None:
    """What an expression holds, None where that can't be told in so many steps."""
    node, raw = expression, False
    for left in range(steps, 0, -1):
        match node:
            case ast.Attribute(attr="default_child", value=ast.Attribute(attr="node", value=base)):
                node, raw = base, True
            case ast.Attribute(value=base) if is_self(module, base):
                node = sole(module, node)
            case ast.Attribute(value=base):
                return None if trace(module, base, left - 1) is None else ELSEWHERE
            case ast.Name() if is_self(module, node):
                return ELSEWHERE
            case ast.Name():
                node = module.names.assigned(node)
            case ast.Call() if (name := module.names.qualified(node.func) or "").startswith("aws_cdk."):
                return Origin(node, raw)
            case ast.Call(args=[_, held]) if name in ("typing.cast", "cast"):
                node = held
            case ast.Call(func=ast.Attribute(attr="find_child" | "try_find_child", value=owner), args=[child]):
                # https://docs.aws.amazon.com/cdk/api/v2/docs/constructs.Node.html#defaultchild: the child of this name
                named = isinstance(child, ast.Constant) and child.value in ("Resource", "Default")
                if not named or not isinstance(owner, ast.Attribute):
                    return None
                node, raw = owner.value, True
            case ast.Call(func=ast.Attribute(value=base)) if not is_self(module, base):
                return None if trace(module, base, left - 1) is None else ELSEWHERE
            case ast.Call():
                node = returned(module, node)
            case _:
                return None
    return None


def sole(module: PythonModule, attribute: ast.Attribute) -> ast.expr | None:
    """The one value that `self.x` is ever given in its class."""
    owner = module.source.enclosing(attribute, ast.ClassDef)
    values = []
    for node in ast.walk(owner) if owner else ():
        if isinstance(node, ast.Attribute) and node.attr == attribute.attr and isinstance(node.ctx, ast.Store):
            match module.source.parents[node]:
                case ast.Assign(value=value, targets=[_]) | ast.AnnAssign(value=value):
                    values.append(value)
                case _:
                    return None
    return values[0] if len(values) == 1 else None


def returned(module: PythonModule, call: ast.Call) -> ast.expr | None:
    """The one value that a called method or function of the same file returns."""
    match call.func:
        case ast.Attribute(attr=name, value=base) if is_self(module, base):
            owner: ast.AST | None = module.source.enclosing(call, ast.ClassDef)
        case ast.Name(id=name):
            owner = module.source.tree
        case _:
            return None
    body: list[ast.stmt] = getattr(owner, "body", [])
    functions = [node for node in body if isinstance(node, FUNCTIONS) and node.name == name]
    if len(functions) != 1:
        return None
    values = [node.value for node in ast.walk(functions[0]) if isinstance(node, ast.Return)]
    return values[0] if len(values) == 1 else None


def fits(mention: Mention, name: str) -> bool:
    """Whether what is mentioned may be of this class: not where it is declared to be of another AWS service."""
    declared = declaration(mention.module, mention.node.value)
    return declared is None or declared.split(".")[:2] in (name.split(".")[:2], ["constructs", "IConstruct"])


def declaration(module: PythonModule, node: ast.expr) -> str | None:
    """The full name of the class that a variable is cast to or annotated with."""
    if not isinstance(node, ast.Name) or not (found := module.names.scope(node).find(node.id)) or len(found[1]) > 1:
        return None
    match found[1][0]:
        case Binding(value=ast.Call(func=func, args=[kind, _])) if module.names.qualified(func) == "typing.cast":
            return module.names.qualified(kind)
        case Binding(node=ast.arg(annotation=ast.expr() as kind)):
            return module.names.qualified(kind)
    return None


def escapes(module: PythonModule, call: ast.Call, mention: Mention) -> bool:
    """Whether an expression whose origin is unknown could hold what a call makes."""
    parent = module.source.parents[call]
    if isinstance(parent, ast.Expr):
        return False
    function = module.source.function(call)
    if function is None or not isinstance(parent, ast.Assign):
        return True
    if mention.module is module and module.source.function(mention.node) is function:
        return True
    names = {target.id for target in parent.targets if isinstance(target, ast.Name)}
    local = len(names) == len(parent.targets)
    return not local or any(leaves(module, node) for node in ast.walk(function) if is_load(node, names))


def is_load(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)


def leaves(module: PythonModule, use: ast.AST) -> bool:
    """Whether a use of a variable hands its value on to where it has another name."""
    for node in module.source.ancestors(use):
        match node:
            case ast.Attribute():
                return False
            case ast.Call():
                return not (module.names.qualified(node.func) or "").startswith("aws_cdk.")
            case ast.Yield() | ast.Return() | ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                return True
            case ast.stmt():
                return False
    return True
