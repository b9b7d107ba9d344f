"""Hostile dresses for the sources of every format: what editors, generators and people do to files."""

import ast
import json
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from tests.variants import VARIANTS

DEPTH = 60  # deeper is refused by some parsers, and has shapes of its own
ASTRAL = "\U0001f600 \U0001d4b3 e\u0301"
Dress = Callable[[str], str]


def languages(path: str) -> str:
    """What a file is written in: hcl, yaml, json or python; empty for none of them."""
    suffix = PurePosixPath(path).suffix
    return {".tf": "hcl", ".yaml": "yaml", ".yml": "yaml", ".template": "yaml", ".json": "json", ".py": "python"}.get(
        suffix, ""
    )


def dresses(path: str) -> dict[str, Callable[[bytes], bytes]]:
    """Every way to dress a file, by name."""
    language = languages(path)
    if not language or PurePosixPath(path).name == "cdk.json":
        return {}
    return BYTES | {name: of_text(dress) for name, dress in (TEXTS | OF_LANGUAGE[language]).items()}


def of_text(dress: Dress) -> Callable[[bytes], bytes]:
    return lambda data: dress(data.decode("utf-8")).encode("utf-8")


BYTES: dict[str, Callable[[bytes], bytes]] = {
    **{name: dress for name, dress in VARIANTS.items() if name != "plain"},
    "bom-and-crlf": lambda data: VARIANTS["bom"](VARIANTS["crlf"](data)),
    "carriage-returns": lambda data: data.replace(b"\n", b"\r"),
    "every-other-crlf": lambda data: data.replace(b"\n\n", b"\r\n\r\n"),
    "tabs": lambda data: data.replace(b"  ", b"\t"),
    "cut-off": lambda data: data[: len(data) * 2 // 3],
    "nul": lambda data: data + b"\0",
    "latin-1": lambda data: data + b"# \xe9\n",
}
TEXTS: dict[str, Dress] = {
    "twice": lambda text: f"{text}\n{text}",
    "form-feeds": lambda text: text.replace("\n\n", "\n\f\n"),
    "blanks-at-ends": lambda text: re.sub(r"\n", " \t\n", text),
    "doubled-lines": lambda text: re.sub(r"^([ \t]*\S+ ?[=:] ?\S[^\n{\[(]*\n)", r"\1\1", text, flags=re.MULTILINE),
}


def remarks(mark: str) -> Dress:
    """A comment above every line and at the end of each."""

    def dress(text: str) -> str:
        above = re.sub(r"^([ \t]*)(?=\S)", rf"\1{mark} above\n\1", text, flags=re.MULTILINE)
        return re.sub(rf"^(?![ \t]*{mark} above)(.*\S)$", rf"\1 {mark} beside {ASTRAL}", above, flags=re.MULTILINE)

    return dress


def between_tokens(text: str) -> str:
    """A comment wherever HCL has a blank between tokens of a line."""
    return re.sub(r"(?<=[\w\"]) (?=[={])|(?<==) ", f" /* {ASTRAL} */ ", text)


def dumped(*separators: str) -> Dress:
    def dress(text: str) -> str:
        try:
            return json.dumps(json.loads(text), separators=separators)  # type: ignore[arg-type]
        except ValueError:
            return text

    return dress


def of_one_line_each(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text)) + "\n"
    except (SyntaxError, ValueError):
        return text


def nested(opening: str, closing: str) -> str:
    return opening * DEPTH + closing * DEPTH


def first_member(member: str) -> Dress:
    """A member at the top of a JSON object."""
    return lambda text: text.replace("{", "{" + member + ", ", 1)


LONG = "x" * 100_000
OF_LANGUAGE: dict[str, dict[str, Dress]] = {
    "hcl": {
        "comments": remarks("#"),
        "comments-between": between_tokens,
        "empty-blocks": lambda text: re.sub(r"\{\n", "{\n  empty {}\n  void {\n  }\n", text),
        "one-line-blocks": lambda text: re.sub(r"\{\n\s*([^\n{}]*)\n\s*\}", r"{ \1 }", text),
        "nested": lambda text: f"{text}\nlocals {{\n  deep = {nested('[', ']')}\n}}\n",
        "long-heredoc": lambda text: f"locals {{\n  long = <<-EOT\n    {LONG}\n  EOT\n}}\n\n{text}",
        "astral": lambda text: f'locals {{\n  sign = "{ASTRAL}"\n}}\n\n{text}',
    },
    "yaml": {
        "comments": remarks("#"),
        "empty-blocks": lambda text: re.sub(r"^( +)(Type:)", r"\1Metadata:\n\1\2", text, flags=re.MULTILINE),
        "nested": lambda text: f"{text.rstrip()}\nMetadata: {nested('[', ']')}\n",
        "long-block": lambda text: f"{text.rstrip()}\nMetadata:\n  Long: |\n    {LONG}\n",
        "astral": lambda text: f"{text.rstrip()}\nMetadata:\n  Sign: '{ASTRAL}'\n",
        "wide-indent": lambda text: re.sub(r"^ +", lambda found: found[0] * 3, text, flags=re.MULTILINE),
    },
    "json": {
        "one-line": dumped(",", ":"),
        "wide": dumped(" ,\n\n", " \t:\n "),
        "empty-blocks": first_member('"Metadata": {}'),
        "nested": first_member(f'"Metadata": {nested("[", "]")}'),
        "long-text": first_member(f'"Description": "{LONG}"'),
        "astral": first_member(f'"Description": "{ASTRAL} \\ud83d\\ude00"'),
    },
    "python": {
        "comments": remarks("#"),
        "one-line": of_one_line_each,
        "empty-blocks": lambda text: f"{text}\n\nclass Empty: ...\n\n\ndef nothing(): pass\n",
        "nested": lambda text: f"{text}\ndeep = {nested('[', ']')}\n",
        "long-text": lambda text: f'{text}\nlong = """\n{LONG}\n"""\n',
        "astral": lambda text: f'{text}\nsign = "{ASTRAL}"  # {ASTRAL}\n',
    },
}
