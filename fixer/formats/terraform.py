"""A Terraform module: a directory whose files are read as one."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import basename, join

from fixer.formats.syntax import hcl
from fixer.formats.terraform_block import Block, attributes_in
from fixer.formats.terraform_parts import comments as comments
from fixer.formats.terraform_parts import parts as parts
from fixer.formats.terraform_references import Reference, references_in
from fixer.formats.terraform_values import literal_texts, rendered, value_of
from fixer.formats.value import Absent, Literal, Unresolved, Value
from fixer.model import Append, Changes, Problem, Refused, Span, Unit, Withheld
from fixer.workspace import SourceFile, Workspace

OVERRIDE = re.compile(r"(.*_)?override\.tf\Z")
DECLARED_IN = {
    "variable": "variables.tf",
    "output": "outputs.tf",
    "provider": "provider.tf",
    "terraform": "provider.tf",
}


def open_views(unit: Unit, workspace: Workspace) -> list["Module"]:
    return [open_view(unit, workspace)]


def open_view(unit: Unit, workspace: Workspace) -> "Module":
    return Module(unit, workspace)


def check(file: SourceFile) -> None:
    """Parse a `.tf` file whole, expressions included; Refused where it does not parse."""
    if not file.path.endswith(".tf"):
        return
    stack = [*file.parsed(hcl.parse).items]
    while stack:
        item = stack.pop()
        if isinstance(item, hcl.Attribute):
            _ = item.expression
        else:
            stack += item.body.items


@dataclass(frozen=True, eq=False)
class Variable:
    """A variable to declare; `type` and `default` are HCL text."""

    name: str
    type: str
    default: str
    description: str


@dataclass(eq=False)
class Module:
    """The verbs over one module. Files are parsed only when they hold the word that is asked for."""

    unit: Unit
    workspace: Workspace
    problems: list[Problem] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.unit.path

    @cached_property
    def files(self) -> list[SourceFile]:
        """The files that Terraform reads as HCL, by name; overrides apart."""
        return [f for f in self.every_file if f.path.endswith(".tf") and not OVERRIDE.match(basename(f.path))]

    @cached_property
    def every_file(self) -> list[SourceFile]:
        return [self.workspace.files[path] for path in sorted(self.workspace.files)]

    def body(self, file: SourceFile) -> hcl.Body | None:
        """A file's body, or None where it can't be read, which is noted among the problems."""
        try:
            return file.parsed(hcl.parse)
        except Refused as refused:
            problem = file.problem(refused)
            if problem not in self.problems:
                self.problems.append(problem)
            return None

    def bodies(self, *words: str) -> Iterator[tuple[SourceFile, hcl.Body]]:
        """The files that hold all the words, parsed."""
        for file in self.files:
            if all(word in file.text for word in words) and (body := self.body(file)) is not None:
                yield file, body

    def blocks(self, kind: str, *labels: str) -> list[Block]:
        """The top-level blocks of a kind whose first labels are these, in file order."""
        return [
            Block(self, file, node)
            for file, body in self.bodies(kind, *labels)
            for node in body.blocks
            if node.kind == kind and node.labels[: len(labels)] == labels
        ]

    def all_blocks(self, *words: str) -> Iterator[Block]:
        for file, body in self.bodies(*words):
            for node in body.blocks:
                yield Block(self, file, node)

    def resources(self, kind: str) -> list[Block]:
        return self.blocks("resource", kind)

    def data(self, kind: str) -> list[Block]:
        return self.blocks("data", kind)

    def complete(self, *words: str) -> None:
        """Say that what follows holds only if nothing with all these words stands where this view can't read."""
        for file in self.every_file:
            if not all(word in file.text for word in words):
                continue
            if file.path.endswith(".tf.json"):
                self.blind.append(f"{file.path} is Terraform JSON, which is not served yet, and mentions {words[-1]}")
            elif OVERRIDE.match(basename(file.path)):
                self.blind.append(f"{file.path} overrides it")
            elif file.path.endswith(".tf") and self.body(file) is None:
                self.blind.append(f"{file.path} can't be read and mentions {words[-1]}")

    def references(self, address: str) -> list[Reference]:
        """Every mention of `type.name`, `data.type.name`, `var.x`, `local.x` or `module.x` in any expression."""
        parts = tuple(address.split("."))
        self.complete(*parts[-2:])
        return [found for block in self.all_blocks(parts[0], parts[-1]) for found in references_in(block, parts)]

    def spellings(self, word: str) -> Iterator[tuple[Block, str, Span]]:
        """The literal text of strings and heredocs that holds a word, with its block and span."""
        for block in self.all_blocks(word):
            for attribute, _ in attributes_in(block.node):
                at = attribute.span
                if block.file.text.find(word, at.start, at.end) >= 0:
                    for text, span in literal_texts(attribute.expression):
                        if word in text:
                            yield block, text, span

    def home_of(self, kind: str) -> str:
        """The file for new blocks of a kind: by its usual name, else the one that holds most of them."""
        usual = join(self.path, DECLARED_IN[kind]) if self.path != "." else DECLARED_IN[kind]
        if usual in self.workspace:
            return usual
        held = Counter(block.path for block in self.blocks(kind))
        return held.most_common(1)[0][0] if held else usual

    def names(self, kind: str, *labels: str) -> set[str]:
        """The names that are taken: the last labels of blocks of this kind."""
        return {block.name for block in self.blocks(kind, *labels)}

    def unique(self, wanted: str, taken: set[str]) -> str:
        """The wanted name, or the first of `wanted_2`, `wanted_3`, ... that is free."""
        names = (wanted if n == 1 else f"{wanted}_{n}" for n in range(1, len(taken) + 3))
        return next(name for name in names if name not in taken)

    def variable(self, wanted: Variable) -> tuple[str, Changes]:
        """A variable to use, with the changes that declare it; one of that name and type is used as it is.

        A variable of that name but another type is left alone and another name taken.
        """
        self.complete("variable", wanted.name)
        declared = {block.name: block for block in self.blocks("variable")}
        same = declared.get(wanted.name)
        if same is not None and fits(same, wanted.type):
            return f"var.{wanted.name}", ()
        name = self.unique(wanted.name, set(declared))
        return f"var.{name}", self.add("variable", self.declaration(name, wanted), f"var.{name}")

    def variable_value(self, name: str) -> Value:
        """What a variable is when nobody says otherwise: set in a file that Terraform loads, else its default."""
        for path in self.unit.files:
            if basename(path) != "terraform.tfvars" and not path.endswith(".auto.tfvars"):
                continue
            file = self.workspace.files.get(path)
            body = self.body(file) if file is not None else None
            if file is None or body is None:
                return Unresolved(path, Span(0, 0))
            if name in body.attributes:
                return value_of(body.attributes[name].expression, file.text)
        for declared in self.blocks("variable", name):
            default = declared["default"]
            return Unresolved("a variable without default", declared.span) if default == Absent() else default
        return Absent()

    def add(self, kind: str, text: str, declares: str) -> Changes:
        """A new block in the home of its kind: behind the last one of the kind there, else at the end of the file."""
        home = self.home_of(kind)
        if home in self.workspace and self.body(self.workspace[home]) is None:
            return Withheld(f"{home} can't be read, and the new {kind} belongs there")
        held = [block for block in self.blocks(kind) if block.path == home]
        return held[-1].insert_after(text.rstrip("\n"), declares) if held else Append(home, text, declares)

    def declaration(self, name: str, wanted: Variable) -> str:
        """The block of a variable, its arguments in the order that the module's other variables have."""
        lines = {"description": rendered(wanted.description), "type": wanted.type, "default": wanted.default}
        others = [block for block in self.blocks("variable") if len(block.node.body.attributes) > 1]
        type_first = sum(next(iter(block.node.body.attributes)) == "type" for block in others)
        order = ["type", "description", "default"] if type_first * 2 > len(others) else list(lines)
        body = "".join(f"  {key.ljust(11)} = {lines[key]}\n" for key in order)
        return f'variable "{name}" {{\n{body}}}\n'


def fits(variable: Block, wanted: str) -> bool:
    """Whether a declared variable takes values of a type: by its type or, without one, by its default."""
    match variable["type"], variable["default"]:
        case (Literal(value=spelled), _):
            return bool(spelled == wanted)
        case (spelled, Literal(value=default)) if not hasattr(spelled, "text"):
            return {"bool": bool, "number": int, "string": str}.get(wanted) is type(default)
        case (spelled, _):
            return getattr(spelled, "text", wanted) in (wanted, "any")
