"""YAML text to nodes, by the events of ruamel.yaml, which is met here and nowhere else."""

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from fixer.formats.syntax.node import Builder, Scalar
from fixer.model import Refused, Span

UNREADABLE = ("not YAML", "a mapping key")
LONE_RETURN = re.compile(r"\r(?!\n)")
COLON = re.compile(r"\s*:")
TEMPLATING = re.compile(r"\{%|\{\{(?!\s*resolve:)")


def parse_yaml(text: str) -> list[Builder]:
    """The documents of a YAML text, as many as there are; Refused where one is not YAML or has duplicate keys."""
    if lone := LONE_RETURN.search(text):
        raise Refused("a line ends with a lone carriage return", "save it with LF or CRLF newlines", lone.start())
    builders: list[Builder] = []
    try:
        for event in events(text):
            if isinstance(event, DocumentStartEvent):
                builders.append(Builder(text, builders[-1].unfolded if builders else 0))
            if builders:
                take(builders[-1], event)
    except Refused as refused:
        raise (refused.what.startswith(UNREADABLE) and templated(text)) or refused from None
    return builders


def events(text: str) -> Iterator[Any]:
    """The parser's events, its errors turned into Refused. (Events, not `compose`: that recurses.)"""
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (error.problem or error.context or "not YAML").split("\n")[0]
        raise Refused(f"not YAML: {what}", "correct the file", mark.index if mark else 0) from error
    except ReaderError as error:
        raise Refused("holds a character that YAML does not allow", "remove it", error.position) from error
    except (YAMLError, ValueError, OverflowError, AssertionError) as error:  # it asserts that %YAML is 1.1 or 1.2
        raise Refused(f"not YAML: {str(error).partition(chr(10))[0]}", "correct the file") from error


def templated(text: str) -> Refused | None:
    found = TEMPLATING.search(text)
    if found is None:
        return None
    what = f"a text template ({found.group()} … ) that is no YAML before it is rendered"
    return Refused(what, "templating is not served; run on the rendered file", found.start(), error=False)


def take(builder: Builder, event: Any) -> None:
    start, end = event.start_mark.index, event.end_mark.index
    match event:
        case ScalarEvent():
            if event.style in ("|", ">"):
                end = block_end(builder.text, start, end)
            span = Span(start, end) if start < end else empty_value(builder, start)
            builder.add(Scalar(span, event.value, event.style or "", str(event.tag or ""), event.anchor or ""))
        case AliasEvent():
            builder.repeat(Span(start, end), event.anchor)
        case MappingStartEvent() | SequenceStartEvent():
            builder.open(
                start,
                mapping=isinstance(event, MappingStartEvent),
                flow=bool(event.flow_style),
                tag=str(event.tag or ""),
                anchor=event.anchor or "",
            )
        case MappingEndEvent() | SequenceEndEvent():
            builder.close(end)


def empty_value(builder: Builder, start: int) -> Span:
    """Where a value that is not there would stand: behind its colon (the parser says: before the next key)."""
    if builder.frames and not builder.key_is_next() and builder.frames[-1].mapping:
        key = builder.frames[-1].children[-1]
        if colon := COLON.match(builder.text, key.span.end):
            start = colon.end()
    return Span(start, start)


def block_end(text: str, start: int, end: int) -> int:
    """Where a block scalar's text ends: blank lines after it count only where its header keeps them (`|+`)."""
    written = text[start:end]
    header = written.split("\n", 1)[0].split("#")[0]
    kept = written.removesuffix("\n").removesuffix("\r") if "+" in header else written.rstrip()
    return start + len(kept)
