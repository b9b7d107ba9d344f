"""python-hcl2's parser: normalised input, and a grammar cache where it may be written."""

import logging
import os
import re
import tempfile
from functools import cache
from pathlib import Path

import hcl2.parser
from hcl2.version import __version__ as hcl2_version
from lark import Lark, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from fixer.formats.syntax.hcl_comments import comments
from fixer.model import Refused

DEPTH = 300  # levels of the parse tree, about three for a bracket; the nodes are made by recursion
BRACKET = re.compile(r"[(\[{?]|[)\]}]")
BARE_RETURN = re.compile(r"\r(?!\n)")
HEREDOC = re.compile(r"<<-?([^\W\d][\w.-]*)\r?\n")


@cache
def parser() -> Lark:
    """The parser, built in 2 s at first use and then loaded in 0.2 s from the user's cache folder."""
    logging.getLogger("lark").setLevel(logging.CRITICAL)  # it logs a traceback where the cache can't be written
    home = cache_folder()
    if home is None:
        hcl2.parser.PARSER_FILE = Path(os.devnull)
        return hcl2.parser.parser()
    kept = home / f"hcl2-{hcl2_version}.bin"
    if kept.exists():
        hcl2.parser.PARSER_FILE = kept
        return hcl2.parser.parser()
    # Two processes may build it at once: each writes a file of its own and renames it into place.
    hcl2.parser.PARSER_FILE = kept.with_suffix(f".{os.getpid()}")
    built = hcl2.parser.parser()
    if hcl2.parser.PARSER_FILE.exists():
        hcl2.parser.PARSER_FILE.replace(kept)
    return built


def cache_folder() -> Path | None:
    """A folder that only this user writes (the cache is a pickle), or None."""
    wanted = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "iacfix"
    try:
        wanted.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted
    except OSError:
        return None


def parse_tree(text: str) -> Tree:  # type: ignore[type-arg]
    """The parse tree of a file's text; Refused with the offset where it does not parse."""
    if bare := BARE_RETURN.search(text):  # the grammar takes it for a blank, Terraform in comments alone
        raise Refused("a carriage return that ends no line", "save the file with one kind of newline", bare.start())
    try:
        tree = parser().parse(normalised(text) + "\n")
    except UnexpectedInput as error:
        raise refusal(error, text) from None
    if may_be_deep(text) and (deep := deepest(tree)) is not None:
        raise Refused("nested too deeply to read", "split the expression", deep)
    return tree


def may_be_deep(text: str) -> bool:
    """Whether brackets and conditionals might nest too deeply; strings and comments are not told apart here."""
    depth = top = 0
    for bracket in BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "([{?" else max(depth - 1, 0)
        top = max(top, depth)
    return top * 3 > DEPTH


def deepest(tree: Tree) -> int | None:  # type: ignore[type-arg]
    """The offset of the first node that lies deeper than DEPTH, or None; a chain of operators counts as one level."""
    stack: list[tuple[Tree, int]] = [(tree, 0)]  # type: ignore[type-arg]
    while stack:
        node, depth = stack.pop()
        if depth > DEPTH:
            return node.meta.start_pos
        inner = depth if node.data == "binary_op" else depth + 1
        stack += [(child, inner) for child in node.children if isinstance(child, Tree) and not child.meta.empty]
    return None


def refusal(error: UnexpectedInput, text: str) -> Refused:
    offset = min(max(error.pos_in_stream or 0, 0), len(text))
    if isinstance(error, UnexpectedToken):
        token = str(error.token)
        if error.token.type == "$END" or (offset >= len(text.rstrip()) and not token.strip()):
            return Refused(
                "the file ends inside a block or expression", "close it, or restore what was cut off", len(text)
            )
        shown = token.strip().split("\n")[0][:30] or "end of line"
        return Refused(f"unexpected {shown!r}", "correct the Terraform syntax here", offset)
    if isinstance(error, UnexpectedCharacters):
        return Refused(
            f"unexpected character {text[offset : offset + 1]!r}", "correct the Terraform syntax here", offset
        )
    return Refused("not valid Terraform", "correct the Terraform syntax here", offset)


def normalised(text: str) -> str:
    """The text, same length, without what the grammar stumbles over and Terraform ignores."""
    return marker_last(without_inline_comments(text))


def without_inline_comments(text: str) -> str:
    """Blanks in the place of comments within a line: the grammar takes them between some tokens alone."""
    if "/*" not in text:
        return text
    pieces, at = [], 0
    for span in comments(text):
        if text.startswith("/*", span.start) and "\n" not in text[span.start : span.end]:
            pieces += [text[at : span.start], " " * (span.end - span.start)]
            at = span.end
    return "".join([*pieces, text[at:]])


def marker_last(text: str) -> str:
    """Blanks after a heredoc's end marker moved before it.

    The grammar wants the marker to end its line; otherwise it runs on to the next heredoc that has the same
    marker and loses the blocks between without an error. Terraform ignores such blanks.
    """
    if "<<" not in text:
        return text
    at = 0
    while opening := HEREDOC.search(text, at):
        name = re.escape(opening[1])
        closing = re.compile(rf"^([ \t]*)({name})([ \t]*)(?=\r?$)", re.MULTILINE).search(text, opening.end())
        if closing is None:
            return text
        if closing[3]:
            text = f"{text[: closing.start()]}{closing[1]}{closing[3]}{closing[2]}{text[closing.end() :]}"
        at = closing.end()
    return text
