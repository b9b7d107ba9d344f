"""How a YAML or JSON file is written, so that what is added looks like what is there."""

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace
from itertools import pairwise

from fixer.formats.lines import column, indent_at, starts_line
from fixer.formats.syntax.node import Document, Entry, Mapping, Node, Scalar, Sequence, walk


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of one file. `step` is one level of indent, `dash` what stands before a list's dash below its key."""

    json: bool
    step: str = "  "
    dash: str = "  "
    quote: str = "'"
    quoted_keys: bool = False
    colon: str = ": "
    comma: str = ", "
    padding: str = ""
    one_line: bool = False
    inline_lists: bool = False
    inline_calls: bool = False
    lists: Dict[str, bool] = field(default_factory=dict)

    def of(self, key: str) -> "Style":
        """The habits for the value of a key: whether its lists stand on one line is as for others of its name."""
        return replace(self, inline_lists=self.lists.get(key, self.inline_lists))


def most(found: Iterable[str], default: str) -> str:
    """The commonest, the first of equals."""
    counted = Counter(found).most_common(1)
    return counted[0][0] if counted else default


def style_of(document: Document) -> Style:
    """The habits of a file, each from what it does most."""
    text, nodes = document.text, list(walk(document.root))
    entries = [(node, entry) for node in nodes if isinstance(node, Mapping) for entry in node.entries]
    seps = [text[e.key.span.end : e.value.span.start] for _, e in entries]
    return Style(
        json=document.json,
        step=most(json_steps(text, nodes) if document.json else yaml_steps(text, entries), "  "),
        dash=most(dashes(text, entries), "  "),
        quote=most((n.style for n in nodes if isinstance(n, Scalar) and n.style in ("'", '"')), "'"),
        quoted_keys=most((str(bool(e.key.style)) for _, e in entries), "") == "True",
        colon=most((sep for sep in seps if ":" in sep and "\n" not in sep), ": ") if document.json else ": ",
        comma=most(commas(text, nodes), ",\n" if document.json else ", ").replace("\n", " "),
        padding=most(paddings(text, nodes), ""),
        one_line=document.json and "\n" not in text[document.root.span.start : document.root.span.end],
        inline_lists=most((form for _, form in list_forms(document, nodes)), "False") == "True",
        lists=by_key(list_forms(document, nodes)),
        inline_calls=most(call_forms(text, nodes), "False") == "True",
    )


def yaml_steps(text: str, entries: list[tuple[Mapping, Entry]]) -> Iterator[str]:
    for mapping, entry in entries:
        inner = entry.value
        if not mapping.flow and isinstance(inner, Mapping) and not inner.flow and inner.entries:
            deeper = column(text, inner.entries[0].key.span.start) - column(text, entry.key.span.start)
            if deeper > 0:
                yield " " * deeper


def json_steps(text: str, nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Mapping) and node.entries:
            first = node.entries[0].key.span.start
            outer, inner = indent_at(text, node.span.start), indent_at(text, first)
            if starts_line(text, first) and inner.startswith(outer) and inner != outer:
                yield inner[len(outer) :]


def dashes(text: str, entries: list[tuple[Mapping, Entry]]) -> Iterator[str]:
    for mapping, entry in entries:
        if not mapping.flow and isinstance(entry.value, Sequence) and not entry.value.flow and not entry.value.tag:
            yield " " * max(column(text, entry.value.span.start) - column(text, entry.key.span.start), 0)


def commas(text: str, nodes: list[Node]) -> Iterator[str]:
    """What stands between two neighbours in brackets on one line."""
    for node in nodes:
        if isinstance(node, Sequence) and node.flow:
            spans = [item.span for item in node.items]
        elif isinstance(node, Mapping) and node.flow:
            spans = [entry.span for entry in node.entries]
        else:
            continue
        for left, right in pairwise(spans):
            if (between := text[left.end : right.start]) in (",", ", "):
                yield between


def paddings(text: str, nodes: list[Node]) -> Iterator[str]:
    """What stands inside the braces of a mapping on one line."""
    for node in nodes:
        if isinstance(node, Mapping) and node.flow and node.entries:
            between = text[node.entries[-1].span.end : node.span.end - 1]
            if between in ("", " "):
                yield between


def list_forms(document: Document, nodes: list[Node]) -> Iterator[tuple[str, str]]:
    """Whether the lists of plain values stand on one line, with their keys."""
    for entry in (entry for node in nodes if isinstance(node, Mapping) for entry in node.entries):
        found = entry.value
        if not isinstance(found, Sequence) or found.tag or not found.items:
            continue
        if all(isinstance(item, Scalar) for item in found.items):
            yield entry.name, str(found.flow and "\n" not in document.text[found.span.start : found.span.end])


def by_key(forms: Iterable[tuple[str, str]]) -> dict[str, bool]:
    found: dict[str, list[str]] = {}
    for key, form in forms:
        found.setdefault(key, []).append(form)
    return {key: most(forms, "") == "True" for key, forms in found.items()}


def call_forms(text: str, nodes: list[Node]) -> Iterator[str]:
    """Whether mappings of one plain value, such as a Ref, stand on one line."""
    for node in nodes:
        if not isinstance(node, Mapping) or not node.flow or len(node.entries) != 1:
            continue
        if isinstance(node.entries[0].value, Scalar):
            yield str("\n" not in text[node.span.start : node.span.end])
