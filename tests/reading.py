"""Sources read without the engine: their comments, and the parts of which they are made."""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import yaml

from tests.corpus.look import cdk
from tests.corpus.look.cloudformation import entries
from tests.corpus.look.defect import Source
from tests.corpus.look.terraform import OPAQUE, blocks, quoted
from tests.harness import Tree

Parts = dict[str, str]


def text(data: bytes) -> str:
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def comments(tree: Tree) -> Counter[str]:
    """Every comment of a tree's sources, without the blanks around it."""
    return Counter(c.strip() for path, data in tree.items() for c in READERS[suffix(path)][0](text(data)))


def parts(tree: Tree) -> Parts:
    """The tree's resources, blocks, parameters, constructs by name, each with its meaning as text."""
    return {key: value for path, data in tree.items() for key, value in READERS[suffix(path)][1](path, text(data))}


def suffix(path: str) -> str:
    found = PurePosixPath(path).suffix
    return found if found in READERS else ""


def hcl_comments(source: str) -> Iterator[str]:
    at = 0
    while found := OPAQUE.search(source, at):
        at = quoted(source, found.end()) if found[0] == '"' else found.end()
        if found[0].startswith(("#", "/")):
            yield found[0]


def hcl_parts(path: str, source: str) -> Iterator[tuple[str, str]]:
    seen: Counter[str] = Counter()
    for block in blocks(Source(path, source)):
        alias = block.attributes.get("alias", "")
        name = " ".join(filter(None, [block.kind, *block.labels, alias]))
        seen[name] += 1
        body = source[block.body : block.end]
        yield f"{name} {seen[name]}" if seen[name] > 1 else name, squeezed(body)


def squeezed(source: str) -> str:
    return re.sub(r"\s+", " ", source)


def yaml_comments(source: str) -> Iterator[str]:
    """What stands between the tokens: blanks and comments."""
    end = 0
    for token in yaml.scan(source):
        yield from re.findall(r"#.*", source[end : token.start_mark.index])
        end = max(end, token.end_mark.index)
    yield from re.findall(r"#.*", source[end:])


def yaml_parts(path: str, source: str) -> Iterator[tuple[str, str]]:
    """The entries of each section; those of a second document and further ones with its number."""
    for number, document in enumerate(yaml.compose_all(source), 1):
        of = f" document {number}" if number > 1 else ""
        for section, body in entries(document).items():
            inner = entries(body)
            yield from ((f"{section} {name}{of}", meaning(value)) for name, value in inner.items())
            if not inner:
                yield f"{section}{of}", meaning(body)


def meaning(node: yaml.Node) -> str:
    """A node's tag and content, whatever its style."""
    if isinstance(node, yaml.MappingNode):
        return "{" + ", ".join(f"{meaning(key)}: {meaning(value)}" for key, value in node.value) + "}"
    if isinstance(node, yaml.SequenceNode):
        return f"{node.tag} [" + ", ".join(map(meaning, node.value)) + "]"
    return f"{node.tag} {node.value!r}"


def python_comments(source: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def python_parts(path: str, source: str) -> Iterator[tuple[str, str]]:
    """The constructs that the module makes, with what each is assigned to, and its functions and classes."""
    module = ast.parse(source)
    assigned = {id(node.value): node for node in ast.walk(module) if isinstance(node, ast.Assign)}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (name := cdk.dotted(node.func)) and len(node.args) >= 2:
            yield f"{path} {name[-1]} {construct_id(node)}", ast.unparse(assigned.get(id(node), node))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield f"{path} {type(node).__name__} {node.name}", ""


def construct_id(call: ast.Call) -> str:
    name = call.args[1]
    return str(name.value) if isinstance(name, ast.Constant) else ast.unparse(name)


Reader = tuple[Callable[[str], Iterator[str]], Callable[[str, str], Iterator[tuple[str, str]]]]
NOTHING: Reader = (lambda source: iter(()), lambda path, source: iter(()))
YAML: Reader = (yaml_comments, yaml_parts)
READERS: dict[str, Reader] = {
    ".tf": (hcl_comments, hcl_parts),
    ".tfvars": (hcl_comments, lambda path, source: iter(())),
    ".yaml": YAML,
    ".yml": YAML,
    ".template": YAML,
    ".json": YAML,
    ".py": (python_comments, python_parts),
    "": NOTHING,
}
