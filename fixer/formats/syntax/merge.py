"""YAML's merge keys: the entries that a mapping takes in through `<<`."""

from fixer.formats.syntax.node import Entry, Mapping, Sequence, resolved

# CloudFormation itself takes neither aliases nor merge keys ("doesn't support … aliases, hash merges":
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html, read 2026-11-22); templates with
# them are deployed through `aws cloudformation package` (https://github.com/aws/aws-cli/pull/3827) or SAM, which
# resolve them. So they are read as PyYAML reads them there, and an edit brings in none that was not there.
MERGE = "<<"
Held = tuple[Mapping, Entry]


def is_merge(entry: Entry) -> bool:
    """Whether an entry is a merge key; a quoted one is a key like any other (https://yaml.org/type/merge.html)."""
    return entry.name == MERGE and not entry.key.style


def merged(mapping: Mapping) -> dict[str, Held]:
    """The entries of a mapping, each with the mapping that it is written in; its own go before what it takes in.

    A merge key of anything but mappings is among them as it is: what it takes in can't be told.
    """
    own = {entry.name: (mapping, entry) for entry in mapping.entries if not is_merge(entry)}
    return own if len(own) == len(mapping.entries) else taken_in(mapping) | own


def taken_in(mapping: Mapping) -> dict[str, Held]:
    """What the merge key of a mapping takes in, as if the mapping had no keys of its own."""
    found: dict[str, Held] = {}
    for entry in filter(is_merge, mapping.entries):
        taken = sources(entry)
        if taken is None:
            return {MERGE: (mapping, entry)}
        for source in reversed(taken):
            found |= merged(source)
    return found


def sources(entry: Entry) -> list[Mapping] | None:
    """What a merge key takes in, the first of which counts; None where something in it is no mapping."""
    value = resolved(entry.value)
    listed = [resolved(item) for item in value.items] if isinstance(value, Sequence) else [value]
    found = [node for node in listed if isinstance(node, Mapping) and not node.tag.startswith("!")]
    return found if len(found) == len(listed) else None


def lookup(mapping: Mapping, key: str) -> Held | None:
    """The entry for a key, its own or one that it takes in."""
    entry = mapping.entry(key)
    if entry is not None and not is_merge(entry):
        return mapping, entry
    return taken_in(mapping).get(key)
