"""How long a Terraform string is, as far as its parts are written out in the module."""

from fixer.formats.syntax import hcl
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_companions import local_value
from fixer.formats.value import Literal


def template_of(block: Block, name: str) -> hcl.Template | None:
    """The string that an argument is; None for anything else, a string that only repeats another value included."""
    match block.expression(name):
        case hcl.Template(heredoc=False, children=(hcl.Text(), *_)) as template:
            return template
        case hcl.Template(heredoc=False, children=(_, _, *_)) as template:
            return template
    return None


def length(block: Block, template: hcl.Template) -> tuple[int, list[str]]:
    """The characters that a string has at least, and its parts whose length can't be told here."""
    total, unknown = 0, []
    for part in template.children:
        value = resolved(block, part)
        if value is None:
            unknown.append(block.file.text[part.span.start : part.span.end])
        total += len(value or "")
    return total, unknown


def resolved(block: Block, part: hcl.Expression, depth: int = 0) -> str | None:
    """The text of an expression of literals, variables and locals that are written out; None for any other."""
    match part:
        case hcl.Text(value=value):
            return value
        case hcl.Interpolation(directive=False, children=(inner,)) | hcl.Parenthesis(children=(inner,)):
            return resolved(block, inner, depth)
        case hcl.Template(children=children):
            texts = [resolved(block, child, depth) for child in children]
            return None if None in texts else "".join(text or "" for text in texts)
        case hcl.Traversal(root="var", steps=(step,)) if step.name:
            default = block.module.variable_value(step.name)
            return default.value if isinstance(default, Literal) and isinstance(default.value, str) else None
        case hcl.Traversal(root="local", steps=(step,)) if step.name and depth < 9:
            found = local_value(block.module, step.name)
            return resolved(block, found, depth + 1) if found else None
    return None
