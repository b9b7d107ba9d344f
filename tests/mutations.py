"""Random damage to a source text: lines, tokens, quotes, brackets, comments, newlines, odd characters, a splice."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

TOKEN = re.compile(r"\w+|[ \t]+|\n|.", re.DOTALL)
MOST = 4
NASTY: tuple[str, ...] = (
    *"\"'`{}[]()<>,:;=.-+*/\\#!&|?%$@~\t\r\0\f\v ",
    *("\n", "\r\n", "\n\n", "\ufeff", "\x85", "\xa0", "\u2028", "\u200b", "\u0301", "é", "😀", "\x1b", "\x7f"),
    *('"""', "'''", "//", "/*", "*/", "${", "%{", "%%{", "<<EOF\n", "<<-EOF\n", "\nEOF\n", '\\"', "\\\n", "# ", "{}"),
    *("---\n", "...\n", "&a ", "*a", "<<: *a\n", "!Ref ", "!Sub ", "| ", ">-\n", "- ", "? ", ": ", "[]", "null", "~"),
    *("lambda: ", "if x:\n", "for x in y: ", "*args", "**kwargs", 'f"{x}"', "\t\t", "; ", "import *\n", "...", "0x1F"),
)


@dataclass(frozen=True)
class Mutator:
    """Damages texts of one format with pieces of the others of that format; the same seed does the same damage."""

    texts: list[str]

    def mutated(self, text: str, random: Random) -> str:
        for _ in range(random.randint(1, MOST)):
            text = random.choice(MUTATIONS)(self, text, random)
        return text

    def other_line(self, random: Random) -> str:
        return random.choice(random.choice(self.texts).splitlines(keepends=True) or ["\n"])

    def other_token(self, random: Random) -> str:
        tokens: list[str] = TOKEN.findall(random.choice(self.texts))
        return random.choice(tokens or [" "])

    def delete_lines(self, text: str, random: Random) -> str:
        lines, start = at_line(text, random)
        return "".join(lines[:start] + lines[start + random.randint(1, 3) :])

    def repeat_lines(self, text: str, random: Random) -> str:
        lines, start = at_line(text, random)
        return "".join(lines[: start + random.randint(1, 6)] + lines[start:])

    def move_lines(self, text: str, random: Random) -> str:
        lines, start = at_line(text, random)
        taken = lines[start : start + random.randint(1, 4)]
        left = lines[:start] + lines[start + len(taken) :]
        target = random.randint(0, len(left))
        return "".join(left[:target] + taken + left[target:])

    def insert_line(self, text: str, random: Random) -> str:
        lines, start = at_line(text, random)
        return "".join([*lines[:start], self.other_line(random), *lines[start:]])

    def join_lines(self, text: str, random: Random) -> str:
        lines, start = at_line(text, random)
        return "".join(
            [*lines[:start], *(line.rstrip("\r\n") + " " for line in lines[start:][:1]), *lines[start + 1 :]]
        )

    def indent_line(self, text: str, random: Random) -> str:
        lines, start = at_line(text, random)
        blanks = random.choice(["", " ", "  ", "\t", "      "])
        return "".join(
            [*lines[:start], *(blanks + line.lstrip(" ") for line in lines[start:][:1]), *lines[start + 1 :]]
        )

    def delete_token(self, text: str, random: Random) -> str:
        tokens, at = at_token(text, random)
        return "".join(tokens[:at] + tokens[at + 1 :])

    def repeat_token(self, text: str, random: Random) -> str:
        tokens, at = at_token(text, random)
        return "".join(tokens[: at + 1] + tokens[at:])

    def replace_token(self, text: str, random: Random) -> str:
        tokens, at = at_token(text, random)
        return "".join([*tokens[:at], self.other_token(random), *tokens[at + 1 :]])

    def swap_tokens(self, text: str, random: Random) -> str:
        tokens, at = at_token(text, random)
        other = random.randrange(len(tokens)) if tokens else 0
        if tokens:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        return "".join(tokens)

    def insert_nasty(self, text: str, random: Random) -> str:
        at = random.randint(0, len(text))
        return text[:at] + random.choice(NASTY) + text[at:]

    def replace_name(self, text: str, random: Random) -> str:
        tokens, at = at_token(text, random)
        return text.replace(tokens[at], random.choice(NASTY)) if tokens and tokens[at].isidentifier() else text

    def comment(self, text: str, random: Random) -> str:
        """A comment in a slot between two tokens, or a line made a comment."""
        tokens, at = at_token(text, random)
        made = random.choice(["# note\n", "/* note */", "// note\n", " # note", "#", "/* a\n b */"])
        return "".join([*tokens[:at], made, *tokens[at:]])

    def newlines(self, text: str, random: Random) -> str:
        lines = text.replace("\r\n", "\n").split("\n")
        ends = random.choice([["\r\n"], ["\n", "\r\n"], ["\r"], ["\n", "\n", "\n", "\r"]])
        return "".join(line + random.choice(ends) for line in lines[:-1]) + lines[-1]

    def tabs(self, text: str, random: Random) -> str:
        return text.replace(random.choice(["  ", "    ", " "]), "\t", random.choice([-1, 1, 3]))

    def open_end(self, text: str, random: Random) -> str:
        return random.choice(
            [text.rstrip("\r\n"), text + "\n\n\n", text.rstrip() + "  ", text[: random.randint(0, len(text))]]
        )

    def splice(self, text: str, random: Random) -> str:
        other = random.choice(self.texts)
        lines, start = at_line(text, random)
        others, end = at_line(other, random)
        return "".join(lines[:start] + others[end:])

    def insert_block(self, text: str, random: Random) -> str:
        """Some lines of another text of the format, in the middle of this one."""
        lines, start = at_line(text, random)
        others, end = at_line(random.choice(self.texts), random)
        return "".join(lines[:start] + others[end : end + random.randint(2, 12)] + lines[start:])


Mutation = Callable[[Mutator, str, Random], str]
MUTATIONS: tuple[Mutation, ...] = (
    Mutator.delete_lines,
    Mutator.repeat_lines,
    Mutator.move_lines,
    Mutator.insert_line,
    Mutator.join_lines,
    Mutator.indent_line,
    Mutator.delete_token,
    Mutator.repeat_token,
    Mutator.replace_token,
    Mutator.swap_tokens,
    Mutator.insert_nasty,
    Mutator.replace_name,
    Mutator.comment,
    Mutator.newlines,
    Mutator.tabs,
    Mutator.open_end,
    Mutator.splice,
    Mutator.insert_block,
)


def at_line(text: str, random: Random) -> tuple[list[str], int]:
    lines = re.findall(r"[^\n]*\n|[^\n]+$", text)
    return lines, random.randint(0, max(len(lines) - 1, 0))


def at_token(text: str, random: Random) -> tuple[list[str], int]:
    tokens = TOKEN.findall(text)
    return tokens, random.randrange(len(tokens)) if tokens else 0
