"""Provider and terraform blocks that stand among resources."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import basename, join
from typing import Any, ClassVar

from fixer.formats.lines import blank_at, line_start, next_line
from fixer.formats.terraform import Module
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_comments import banner_above, heads_file, is_banner, next_banner
from fixer.formats.terraform_merge import added_entries, lost_comments, missing_entries, says_same
from fixer.model import Append, Changes, Delete, Finding, Impact, Span, Withheld
from fixer.transform import Transform

KINDS = ("provider", "terraform")
# Files that are named for such blocks: they keep them whatever else they hold. Of those with the narrower names, a
# provider block joins none, and nothing but a backend joins the last, because nobody looks for it there.
FOR_ALL = frozenset({"provider.tf", "providers.tf"})
FOR_TERRAFORM = frozenset({"terraform.tf", "versions.tf", "version.tf"})
FOR_STATE = frozenset({"backend.tf"})
SUBJECT = re.compile(r"provider|terraform|backend|version", re.IGNORECASE)
MISPLACED = "{} block stands outside a provider file"
TWICE = "{} is declared twice"


class ProviderFile(Transform):
    """Provider or terraform block stands outside a provider file.

    ## Why
    Which providers, versions, regions, accounts and state a module works with is the first thing that a reader, and
    every tool that replaces providers for a test or another environment, looks for. Among resources it is found late,
    and a second block of the same provider, which is an error, is not seen at all.

    ## Fix
    The block moves, with the comments above it, to the file that holds blocks of its kind: any that holds nothing but
    `provider` and `terraform` blocks, or is named for them. Where there is none, `provider.tf` is made. Equal blocks
    become one; `required_providers` of several `terraform` blocks are united unless they differ. Blocks that differ
    under one alias are advice.

    ## Impact
    None: Terraform reads the files of a module as one, in no order.

    ## References
    https://developer.hashicorp.com/terraform/language/style#file-names
    https://developer.hashicorp.com/terraform/language/providers/requirements
    """

    impact = Impact.NONE
    settings: ClassVar[Mapping[str, Any]] = {"file": "provider.tf"}

    def terraform(self, module: Module) -> Iterable[Finding]:
        blocks = [block for kind in KINDS for block in module.blocks(kind)]
        blocks.sort(key=lambda block: (block.path, block.span))
        homes = self.homes(module, blocks)
        clashes = {block: other for block in blocks if (other := clash(block, blocks)) is not None}
        moving = [block for block in blocks if block.path not in homes and block not in clashes]
        for block in blocks:
            message = (TWICE if block.path in homes else MISPLACED).format(block.address)
            if (other := clashes.get(block)) is not None:
                if block.path not in homes or blocks.index(other) < blocks.index(block):
                    yield self.differing(block, other)
            elif (kept := first_equal(block, blocks, homes)) is not None:
                yield self.finding(block, message, without(block, kept))
            elif (kept := first_with_providers(block, blocks, homes)) is not None:
                yield self.finding(block, message, self.united(block, kept, moving, homes))
            elif block in moving:
                yield self.finding(block, message, self.moved(block, moving, homes))

    def homes(self, module: Module, blocks: list[Block]) -> set[str]:
        """The provider files: by their name, or because they hold nothing else."""
        found = set()
        for path in {block.path for block in blocks}:
            body = module.body(module.workspace[path])
            only = body is not None and all(getattr(item, "kind", "") in KINDS for item in body.items)
            if only or basename(path) in FOR_ALL | FOR_TERRAFORM | FOR_STATE | {self.setting["file"]}:
                found.add(path)
        return found

    def differing(self, block: Block, other: Block) -> Finding:
        line, _ = other.file.position(other.span.start)
        what = block.address if block.kind == "provider" else "where the state is kept"
        reason = f"decide which one is right: {other.path}:{line} has other settings"
        return self.advice(block, TWICE.format(what), reason)

    def target(self, block: Block, homes: set[str]) -> str:
        """The provider file that a block belongs in: one with blocks of its kind, one named for it, or a new one."""
        module = block.module
        wanted = join(module.path, self.setting["file"]) if module.path != "." else self.setting["file"]
        locked = {path for path, _ in module.unit.locked}
        free = sorted(homes - locked, key=lambda path: (path != wanted, path))
        fitting = [path for path in free if fits(block, basename(path))]
        holding = [path for path in free if holds(module, path, block)]
        return (holding or fitting or [wanted])[0]

    def moved(self, block: Block, moving: list[Block], homes: set[str], cut: Span | None = None) -> Changes:
        """The block at the end of its provider file, without the part that is to be cut."""
        path, taken = self.target(block, homes), with_heading(block, moving)
        file = block.module.workspace.files.get(path)
        if file is not None and block.module.body(file) is None:
            return Withheld(f"{path} can't be read")
        text = block.file.text[taken.start : taken.end]
        if cut is not None:
            text = block.file.text[taken.start : cut.start] + block.file.text[cut.end : taken.end]
        return [block.edit(emptied(block, taken, moving), ""), Append(path, text)]

    def united(self, block: Block, kept: Block, moving: list[Block], homes: set[str]) -> Changes:
        """The providers that a block requires added to those of another, and the rest of it moved or dropped."""
        own, other = block.blocks("required_providers")[0], kept.blocks("required_providers")[0]
        missing = missing_entries(own, other)
        if isinstance(missing, Withheld):
            return missing
        added = added_entries(own, other, missing)
        if len(block.node.body.items) == 1:
            return [added, without(block, kept, carried=missing)]
        cut = block.lines_of(own.node)
        return [added, self.moved(block, moving, homes, cut) if block in moving else block.edit(cut, "")]


def holds(module: Module, path: str, block: Block) -> bool:
    """Whether a provider file holds blocks of this kind; backends and other settings count as two kinds."""
    other = basename(path) in FOR_STATE and not keeps_state(block)
    return not other and any(held.path == path for held in module.blocks(block.kind))


def fits(block: Block, name: str) -> bool:
    """Whether a provider file of this name is where an author looks for a block."""
    if name in FOR_STATE:
        return keeps_state(block)
    return block.kind == "terraform" or name not in FOR_TERRAFORM


def clash(block: Block, blocks: list[Block]) -> Block | None:
    """Another block that can't stand beside this one: the same provider with other settings, a second backend."""
    for other in blocks:
        if other is block or other.address != block.address or says_same(block, other):
            continue
        if block.kind == "provider" or (keeps_state(block) and keeps_state(other)):
            return other
    return None


def keeps_state(block: Block) -> bool:
    return bool(block.blocks("backend") or block.blocks("cloud"))


def first_equal(block: Block, blocks: list[Block], homes: set[str]) -> Block | None:
    """The first block of the provider files that says the same, unless it is this one."""
    equal = (b for b in blocks if b.address == block.address and b.path in homes and says_same(b, block))
    return not_itself(block, equal)


def first_with_providers(block: Block, blocks: list[Block], homes: set[str]) -> Block | None:
    """The first block of the provider files that requires providers, where this one does and is another one."""
    if block.kind != "terraform" or not block.blocks("required_providers"):
        return None
    return not_itself(block, (b for b in blocks if b.path in homes and b.blocks("required_providers")))


def not_itself(block: Block, found: Iterator[Block]) -> Block | None:
    first = next(found, block)
    return None if first is block else first


def with_heading(block: Block, moving: list[Block]) -> Span:
    """The block with the comments that go where it goes: not those about its file or another section."""
    text, whole = block.file.text, block.whole
    own = line_start(text, block.node.span.start)
    comment = text[whole.start : own].strip()
    if whole.start == 0 and heads_file(comment, basename(block.path)):
        return Span(own, whole.end)
    if is_banner(comment) and not SUBJECT.search(comment):
        return Span(own, whole.end)
    banner = banner_above(text, whole.start)
    heading = text[banner : whole.start]
    goes = SUBJECT.search(heading) and not heads_file(heading, basename(block.path))
    return Span(banner, whole.end) if goes and section_moves(block, banner, moving) else whole


def section_moves(block: Block, banner: int, moving: list[Block]) -> bool:
    """Whether all that stands below a banner, up to the next one, moves."""
    body = block.module.body(block.file)
    section = Span(banner, next_banner(block.file, block.whole.end))
    starts = {other.node.span.start for other in moving if other.path == block.path}
    return body is not None and all(i.span.start in starts for i in body.items if i.span in section)


def emptied(block: Block, taken: Span, moving: list[Block]) -> Span:
    """The lines to take out with a block, so that what stays is one blank line apart and ends without one.

    At the end of a file the blank lines above go, elsewhere those below: spans of neighbours never overlap.
    """
    text = block.file.text
    behind = [with_heading(other, moving) for other in moving if other.path == block.path and other.span > block.span]
    ends = [taken.end, *(span.end for span in behind)]
    starts = [*(span.start for span in behind), len(text)]
    end = next_line(text, taken.end)
    if not any(text[at:until].strip() for at, until in zip(ends, starts, strict=True)):
        above = text[: taken.start].rstrip()
        return Span(next_line(text, len(above)) if above else 0, end)
    top = run_start(text, taken.start, [with_heading(other, moving) for other in moving if other.path == block.path])
    while blank_at(text, end) and (top == 0 or blank_at(text, top - 1)):
        end = next_line(text, end)
        if top:
            break
    return Span(taken.start, end)


def run_start(text: str, start: int, others: list[Span]) -> int:
    """Where the first of the blocks starts that go and stand one right above the other, down to this one."""
    for other in sorted(others, reverse=True):
        if next_line(text, other.end) == start:
            start = other.start
    return start


def without(block: Block, kept: Block, carried: Sequence[Any] = ()) -> Changes:
    """The edits that drop a block for another that says the same; the comment above it goes there."""
    text = block.file.text
    if lost := lost_comments(block, kept, carried):
        return Withheld(f"one of the two holds the comment {lost[0]!r}; remove the other by hand")
    taken = with_heading(block, [block])
    above = text[taken.start : line_start(text, block.node.span.start)]
    span = emptied(block, taken, [block])
    left = text[: span.start] + text[span.end :]
    removed = block.edit(span, "") if left.strip() else Delete(block.path)
    if not above.strip() or above.strip() in kept.text:
        return removed
    return [removed, kept.insert(line_start(kept.file.text, kept.node.span.start), above)]
