"""The texts of a template, whatever function spells them, and how a part of one becomes a reference."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_references import Place
from fixer.formats.cloudformation_values import NO_VALUE, VARIABLE, Call, call_of, sub_names, sub_text
from fixer.formats.syntax.node import Node, Scalar, Sequence, resolved
from fixer.model import Changes, Edit, Span, Withheld


@dataclass(frozen=True, slots=True)
class Text:
    """An expression that makes a text; `form` is that text as a Sub would spell it, `${X}` for each variable."""

    place: Place
    form: str

    @property
    def is_replaceable(self) -> bool:
        """Whether functions may stand here: in properties and in outputs' values."""
        if self.place.section == "Resources":
            return self.place.path[:1] == ("Properties",)
        return self.place.section == "Outputs" and self.place.path[:1] in (("Value",), ("Export",))


def form_of(node: Node) -> str | None:
    """What text an expression makes, as a Sub would spell it; None where it makes no text or can't be told."""
    call, node = call_of(node), resolved(node)
    if call is None:
        return node.text.replace("${", "${!") if isinstance(node, Scalar) else None
    first = call.arguments[0] if call.arguments else None
    match call.name:
        case "Ref" if isinstance(first, Scalar) and first.text != NO_VALUE:
            return f"${{{first.text}}}"
        case "Fn::GetAtt":
            parts = [part.text for part in call.arguments if isinstance(part, Scalar)]
            return f"${{{'.'.join(parts)}}}" if len(parts) == len(call.arguments) else None
        case "Fn::Sub":
            return sub_form(call)
        case "Fn::Join":
            return join_form(call)
    return None


def sub_form(call: Call) -> str | None:
    """The text of a Sub; a variable of its own is marked `${~X}`, so that it is like no other."""
    text, own = sub_text(call), sub_names(call)
    if text is None:
        return None
    return VARIABLE.sub(lambda m: f"${{{m[1]}{'~' if m[2] in own else ''}{m[2]}}}", text.text)


def join_form(call: Call) -> str | None:
    match call.arguments:
        case (Scalar() as delimiter, Sequence() as parts) if call_of(parts) is None:
            forms = [form_of(part) for part in parts.items]
            return None if None in forms else delimiter.text.join(form for form in forms if form is not None)
    return None


def texts(template: Template) -> Iterator[Text]:
    """All texts of the template, each as wide as it goes."""
    for place in template.places:
        form = form_of(place.node)
        if form is not None and all(form_of(node) is None for node in place.above):
            yield Text(place, form)


def rewritten(template: Template, text: Text, old: str, new: str) -> Changes:
    """Write `new` in the place of `old`, both as a Sub would spell them; `new` holds one variable of the template."""
    node = text.place.node
    if not text.is_replaceable:
        return Withheld(f"{text.place} can't hold a reference")
    if text.form == old:
        return template.rewrite(text.place, reference(new))
    call = call_of(node)
    if call and call.name == "Fn::Sub":
        return spliced(template, text, call, old, new)
    if "\n" in text.form.strip():
        return Withheld(f"{text.place} spells it in a text of several lines")
    return template.rewrite(text.place, {"Fn::Sub": text.form.replace(old, new)})


def reference(form: str) -> dict[str, Any]:
    """The function for a form that is one variable."""
    name, dot, attribute = form.removeprefix("${").removesuffix("}").partition(".")
    return {"Fn::GetAtt": [name, attribute]} if dot else {"Ref": name}


def spliced(template: Template, text: Text, call: Call, old: str, new: str) -> Changes:
    """Change a part of a Sub's text where it stands, so that the rest keeps its form."""
    scalar, source = sub_text(call), template.source.text
    if scalar is None or template.source.repeated(scalar.span):
        return Withheld(f"{text.place} can't be changed in part")
    found = list(occurrences(source, old, scalar.span))
    if len(found) != text.form.count(old):
        return Withheld(f"{text.place} spells it with escapes")
    return [Edit(template.source.path, span, new) for span in found]


def occurrences(source: str, old: str, within: Span) -> Iterator[Span]:
    at = source.find(old, within.start, within.end)
    while at >= 0:
        yield Span(at, at + len(old))
        at = source.find(old, at + len(old), within.end)
