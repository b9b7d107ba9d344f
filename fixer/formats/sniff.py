"""Is this file a source that is served? Cheap looks at its text; no parser is imported."""

import re

AWS_TYPE = re.compile(r"""Type["']?\s*:\s*["']?(?:AWS|Custom|Alexa)::""")
FORMAT_VERSION = re.compile(r"""^\s*\{?\s*["']?AWSTemplateFormatVersion["']?\s*:""", re.MULTILINE)
FIRST_LINE = re.compile(r"^(?!---|%|\s*(?:#|\{[%{#]|$))( *)\S", re.MULTILINE)
JSON_START = re.compile(r"\s*\{(?![%{#])")
CDK_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+aws_cdk\b", re.MULTILINE)
JSON_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def is_cloudformation(path: str, text: str) -> bool:
    """Whether a YAML or JSON text is a template: Resources at its top level, and AWS types or a template's version."""
    if "Resources" not in text or not (AWS_TYPE.search(text) or FORMAT_VERSION.search(text)):
        return False
    text = text.removeprefix("\ufeff")
    if JSON_START.match(text):
        return any(depth_at(text, found.start()) == 1 for found in re.finditer(r'"?Resources"?\s*:\s*\{', text))
    first = FIRST_LINE.search(text)
    margin = first[1] if first else ""
    return re.search(rf"""^{margin}["']?Resources["']?\s*:\s*(?:[#{{&!]|$)""", text, re.MULTILINE) is not None


def depth_at(text: str, offset: int) -> int:
    """How many braces are open at an offset of a JSON text."""
    bare = JSON_STRING.sub("", text[:offset])
    return bare.count("{") - bare.count("}")


def is_cdk_python(text: str) -> bool:
    """Whether a Python text imports the AWS CDK."""
    return "aws_cdk" in text and CDK_IMPORT.search(text) is not None
