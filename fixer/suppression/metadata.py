"""Ignores in a template's Metadata, where checkov, cfn-lint and cdk-nag look for them, and we in JSON."""

from collections.abc import Iterator
from typing import Any

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_content import parsed
from fixer.model import Refused
from fixer.suppression.ignore import Ignore
from fixer.suppression.own import TOOL
from fixer.workspace import SourceFile


def ignores(file: SourceFile) -> Iterator[Ignore]:
    """Those of each resource for that resource, and cfn-lint's of the template for all of it."""
    try:
        templates = len(parsed(file).templates)
    except Refused:
        return
    for number in range(templates):
        yield from template_ignores(Template(file, number=number))


def template_ignores(template: Template) -> Iterator[Ignore]:
    whole = template.source.document.root.span
    for section in template.elements("Metadata"):
        if section.name == "cfn-lint":
            yield Ignore("cfn-lint", texts(section.data("config.ignore_checks")), "", section.span.start, whole)
    for resource in template.elements("Resources"):
        start = resource.span.start
        for tool, ids, reason in rules(resource.whole.data("Metadata")):
            if ids:
                yield Ignore(tool, ids, reason, start, resource.span)


def rules(metadata: Any) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """The tools, ids and reasons in a resource's metadata: plain data, of which any part may be undecided."""
    for name in ("checkov", "bridgecrew"):
        for rule in items(dig(metadata, name, "skip")):
            yield "checkov", texts(dig(rule, "id")), text(dig(rule, "comment"))
    yield "cfn-lint", texts(dig(metadata, "cfn-lint", "config", "ignore_checks")), ""
    for rule in items(dig(metadata, "cdk_nag", "rules_to_suppress")):
        yield "cdk-nag", texts(dig(rule, "id")), text(dig(rule, "reason"))
    yield TOOL, texts(dig(metadata, TOOL, "ignore")), text(dig(metadata, TOOL, "reason"))


def dig(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def items(data: Any) -> list[Any]:
    return data if isinstance(data, list) else []


def texts(data: Any) -> tuple[str, ...]:
    return tuple(item for item in (data if isinstance(data, list) else [data]) if isinstance(item, str))


def text(data: Any) -> str:
    return " ".join(data.split()) if isinstance(data, str) else ""
