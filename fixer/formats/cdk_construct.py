"""One construct of a CDK app: the call that makes it, read and changed in the call's own style."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from fixer.formats.cdk_flow import Site, is_self, site_of, trace
from fixer.formats.cdk_values import Place, camel, expand, form_of, locate, render, segments, short, snake, value_at
from fixer.formats.python_layout import Splice, insert, listing, remove
from fixer.formats.python_module import PythonModule
from fixer.formats.python_parts import comments_in
from fixer.formats.value import Absent, Unresolved, Value
from fixer.impact.constructs import affected
from fixer.model import Changes, Edit, Refused, Span, Withheld
from fixer.workspace import SourceFile

if TYPE_CHECKING:
    from fixer.formats.cdk_python import App


@dataclass(frozen=True, eq=False)
class Construct:
    """One call that makes a construct."""

    app: "App"
    file: SourceFile
    module: PythonModule
    call: ast.Call
    kind: str

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def span(self) -> Span:
        return self.module.source.span(self.call)

    @cached_property
    def address(self) -> str:
        """Class (or function, or file) and construct id, `TapStack/ProductImages`; unique in the file."""
        return addresses(self.module, PurePosixPath(self.path).stem)[self.call]

    def __getitem__(self, path: str) -> Value:
        """The value of an argument, or below one; Unresolved as well where code after the call may change it."""
        found = value_at(self.module, self.locate(path))
        if (site := self.changed_later) is not None:
            return Unresolved(f"left to {site}", self.span)
        return found

    def locate(self, path: str) -> Place:
        return locate(self.module, self.call, segments(path))

    def paths(self, pattern: str) -> list[str]:
        return expand(self.module, self.call, pattern)

    def written(self, argument: str) -> bool:
        """Whether an argument is given, whatever its value; None is as good as not."""
        return not isinstance(value_at(self.module, self.locate(argument)), Absent)

    def callee(self, path: str) -> str | None:
        """The full name of what is called at a path, `aws_cdk.aws_ec2.BlockDeviceVolume.ebs`."""
        place = self.locate(path)
        if place.rest or not isinstance(place.node, ast.Call):
            return None
        return self.module.names.qualified(place.node.func)

    @cached_property
    def changed_later(self) -> Site | None:
        """The first escape hatch, aspect or property assignment that is, or may be, for this construct."""
        return self.app.flow.changes(self.module, self.call, self.kind)

    def used_by(self, method: str) -> Site | None:
        """The first call of a method on this construct, or on what may be this construct."""
        return self.app.flow.uses(self.module, self.call, {method})

    def seen_outside(self) -> Iterator[Site]:
        """Where code outside its class looks up an attribute of the name that holds this construct."""
        match self.module.source.parents[self.call]:
            case ast.Assign(targets=[ast.Attribute(attr=attribute)]):
                for mention in self.app.flow.attributes({attribute}):
                    if not is_self(mention.module, mention.node.value):
                        yield site_of(mention.file, mention.module, mention.node)

    def affects(self, path: str) -> Changes:
        """The properties that an argument is known to change, so that the facts of their replacement are asked."""
        return affected(self.kind, path)

    def set(self, path: str, value: Any) -> Changes:
        """Write a value at a path, replacing a literal or adding the argument or key that is missing."""
        above, dot, name = path.rpartition(".")
        return self.fill(above, {name: value}) if dot or "[" not in name else Withheld(f"{path} is no argument")

    def fill(self, path: str, values: Mapping[str, Any]) -> Changes:
        """Write several values below one path (empty: arguments of the call itself), as `set` does."""
        paths = {name: f"{path}.{name}" if path else name for name in values}
        if unresolved := [f"{p} is {now.text}" for p in paths.values() if isinstance(now := self[p], Unresolved)]:
            return Withheld("; ".join(unresolved))
        try:
            written = {name: render(self.module, self.call, value) for name, value in values.items()}
            places = {name: self.locate(paths[name]) for name in values}
            splices = [splice for reach in written.values() for splice in reach.imports]
            splices += [self.replaced(places[n].node, written[n].text) for n in values if not places[n].rest]
            splices += self.added({name: written[name].text for name in values if places[name].rest}, places)
        except Refused as refused:
            return Withheld(refused.what)
        return [*map(self.affects, paths.values()), self.edits(dict.fromkeys(splices))]

    def replaced(self, node: ast.expr, text: str) -> Splice:
        span = self.module.source.span(node)
        if comments_in(self.module.source.segment(node)):
            raise Refused("a comment stands inside the value", "")
        return span, text

    def added(self, texts: Mapping[str, str], places: Mapping[str, Place]) -> Iterator[Splice]:
        """Add what is missing to the call or dict that it belongs to."""
        if not texts:
            return
        place = next(places[name] for name in texts)
        if len(place.rest) > 1:
            raise Refused(f"{place.rest[0]} is not there", "")
        match place.node:
            case ast.Call(keywords=keywords):
                equals = " = " if spaced(self.module, keywords) else "="
                items = [f"{name}{equals}{text}" for name, text in texts.items()]
            case ast.Dict():
                items = [f"{self.key(place.node, name)}: {text}" for name, text in texts.items()]
            case _:
                raise Refused(f"{short(self.module, place.node)} has no place for {', '.join(texts)}", "")
        yield insert(listing(self.module.source, place.node), *items)

    def key(self, node: ast.Dict, name: str) -> str:
        """A key as its neighbours are spelled: `blockPublicAcls` where one of them has a capital."""
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        if ".Cfn" in self.kind or any(key != snake(key) for key in keys):
            name = camel(name)
            name = name[0].upper() + name[1:] if keys and all(key[0].isupper() for key in keys) else name
        return f"{self.module.quote}{name}{self.module.quote}"

    def remove(self, argument: str) -> Changes:
        """Take out an argument of the call, with its line; Withheld where it is not written as a keyword."""
        if self.changed_later is not None:
            return Withheld(f"{argument} is left to {self.changed_later}")
        source = self.module.source
        for index, keyword in enumerate(in_order(self.call)):
            if isinstance(keyword, ast.keyword) and keyword.arg == argument:
                if comments_in(source.segment(keyword.value)):
                    return Withheld(f"a comment stands inside {argument}")
                made = self.edits(remove(listing(source, self.call), index))
                cut = "".join(source.text[edit.span.start : edit.span.end] for edit in made)
                for said in comments_in(cut):
                    return Withheld(f"a comment speaks of it, which would be lost: {cut[said.start : said.end]}")
                return [self.affects(argument), made]
        return Withheld(f"{argument} is not written as an argument")

    def read_instead(self, attribute: str, other: str | None) -> Iterator[Changes]:
        """Make code that reads an attribute of this construct read another one; Withheld where it can't."""
        for mention in self.app.flow.mentions(self.module, self.call, {attribute}):
            source = mention.module.source
            end = source.span(mention.node).end
            span = Span(end - len(attribute), end)
            site = site_of(mention.file, mention.module, mention.node)
            if other is None or mention.stored or source.text[span.start : span.end] != attribute:
                yield Withheld(f"{site} reads {attribute}")
            elif (origin := trace(mention.module, mention.node.value)) is None or origin.call is not self.call:
                yield Withheld(f"{site} reads {attribute}, maybe of this")
            else:
                yield Edit(mention.file.path, span, other)

    def extend(self, argument: str, context: str, default: str) -> Changes:
        """Put a hyphen and a context value behind a string argument, which becomes an f-string."""
        source, place = self.module.source, self.locate(argument)
        span, scope = source.span(place.node), self.locate("scope")
        text = source.text[span.start : span.end]
        found = re.fullmatch(r"""f?(["'])((?:(?!\1)[^\\\n])*)\1""", text)
        if found is None or not isinstance(scope.node, ast.Name) or scope.rest:
            return Withheld(f"{argument} is not written as one plain string")
        inner = found[2] if text.startswith("f") else found[2].replace("{", "{{").replace("}", "}}")
        other = "'" if found[1] == '"' else '"'
        value = f"{scope.node.id}.node.try_get_context({other}{context}{other}) or {other}{default}{other}"
        return [self.affects(argument), self.edits([(span, f"f{found[1]}{inner}-{{{value}}}{found[1]}")])]

    def edits(self, splices: Iterable[Splice]) -> list[Edit]:
        return [Edit(self.path, span, text) for span, text in splices]


def spaced(module: PythonModule, keywords: list[ast.keyword]) -> bool:
    """Whether the arguments of a call are written `name = value`."""
    named = [keyword for keyword in keywords if keyword.arg]
    return bool(named) and all(module.source.segment(k)[len(k.arg or "")].isspace() for k in named)


def in_order(call: ast.Call) -> list[ast.expr | ast.keyword]:
    """The arguments as they are written."""
    return sorted([*call.args, *call.keywords], key=lambda node: (node.lineno, node.col_offset))


def addresses(module: PythonModule, stem: str) -> dict[ast.Call, str]:
    """The addresses of all library calls of a file; the second of a name is `name#2`."""
    found: dict[ast.Call, str] = {}
    seen: Counter[str] = Counter()
    for _, call in module.in_order:
        owner = module.source.enclosing(call, ast.ClassDef) or module.source.function(call)
        name = f"{owner.name if owner else stem}/{construct_id(module, call)}"
        seen[name] += 1
        found[call] = name if seen[name] == 1 else f"{name}#{seen[name]}"
    return found


def construct_id(module: PythonModule, call: ast.Call) -> str:
    place = locate(module, call, ["id"])
    if place.rest or place.opaque:
        return short(module, call.func)
    return form_of(place.node) or short(module, place.node)
