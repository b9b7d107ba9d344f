"""Read [tool.iacfix] of pyproject.toml, or .iacfix.toml, into Options; every mistake is named with its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fixer.config import PROFILES, Ceiling, FileIgnores, Options, Pattern, UsageError, check_names, known_name
from fixer.model import Impact
from fixer.paths import is_file, real
from fixer.transform import registry

DOTFILE = ".iacfix.toml"
PYPROJECT = "pyproject.toml"
PER_FILE_CEILINGS = "per-file-max-impact"
CEILING = "max-impact"  # of every transform's table, beside the transform's own settings
KEYS = ("select", "ignore", "allow", "deployed", "profile", "exclude", "per-file-ignores", PER_FILE_CEILINGS)


def load(start: Path, explicit: Path | None = None) -> Options:
    """The options of the given file, or else of the nearest one in `start` and the folders above it."""
    path = explicit or nearest(start)
    return Document(path).options() if path else Options()


def nearest(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        if is_file(folder / DOTFILE):
            return folder / DOTFILE
        if is_file(folder / PYPROJECT) and Document(folder / PYPROJECT).mentions_us:
            return folder / PYPROJECT
    return None


class Document:
    """One configuration file while it is read; knows on which line a key stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.prefix = ("tool", "iacfix") if path.name == PYPROJECT else ()
        try:
            self.text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise UsageError(shown(path), "not UTF-8", "save the file as UTF-8") from error
        except OSError as error:
            raise UsageError(shown(path), error.strerror or str(error), "name a file that can be read") from error

    @property
    def mentions_us(self) -> bool:
        """Whether the file has our table; a broken file that never says iacfix is none of our business."""
        return "iacfix" in self.text and self.table() is not None

    def table(self) -> dict[str, Any] | None:
        found: Any = self.parsed()
        for key in self.prefix:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    def parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            what, _, place = str(error).partition(" (at ")
            line, column = (*map(int, re.findall(r"\d+", place)), 0, 0)[:2]
            last = self.text.count("\n") + 1
            raise UsageError(shown(self.path), what, "correct the TOML", line or last, column or 1) from error

    def options(self) -> Options:
        table = self.table() or {}
        own = {key: value for key, value in table.items() if self.names_transform(key, value)}
        new = not self.boolean(table, "deployed", True)
        return Options(
            select=self.names(table, "select"),
            ignore=self.names(table, "ignore"),
            allow=self.allow(table, new),
            new=new,
            profile=self.profile(table),
            settings={key: self.settings(key, value) for key, value in own.items()},
            per_file_ignores=self.per_file_ignores(table),
            ceilings=(*self.ceilings(own), *self.per_file_ceilings(table)),
            exclude=tuple(Pattern(glob, real(self.path)) for glob in self.strings(table, "exclude")),
        )

    def names_transform(self, key: str, value: object) -> bool:
        """Whether the key is a transform's table; a key that is neither that nor one of ours is an error."""
        if key in KEYS:
            return False
        if key == "tool" and not self.prefix:
            what = "[tool.iacfix] is for pyproject.toml"
            raise UsageError(shown(self.path), what, "write its keys here without it", self.line("tool", "iacfix"))
        if isinstance(value, dict):
            known_name(key, registry(), "transform", shown(self.path), self.line(key))
            return True
        known_name(key, KEYS, "key", shown(self.path), self.line(key))
        return False

    def settings(self, id: str, table: Mapping[str, Any]) -> dict[str, Any]:
        defaults = registry()[id].settings
        made = {}
        for key, value in table.items():
            if key == CEILING:
                continue
            known = key.replace("-", "_"), {*defaults, CEILING}
            name = known_name(*known, f"setting of {id}", shown(self.path), self.line(id, key))
            made[name] = self.like(defaults[name], value, id, key)
            choices = registry()[id].choices.get(name, ())
            if choices and value not in choices:
                raise self.wrong(f"{key!r} must be one of {', '.join(map(str, choices))}", id, key)
        return made

    def like(self, default: Any, value: Any, *keys: str) -> Any:
        """The value when it is of the default's type; tuples are written as arrays."""
        if isinstance(default, tuple) and isinstance(value, list):
            return tuple(value)
        if default is None or type(value) is type(default):
            return value
        raise self.wrong(f"{keys[-1]!r} must be {KINDS.get(type(default), 'text')}", *keys)

    def wrong(self, what: str, *keys: str) -> UsageError:
        return UsageError(shown(self.path), what, "correct the value", self.line(*keys))

    def boolean(self, table: Mapping[str, Any], key: str, default: bool) -> bool:
        return bool(self.like(default, table.get(key, default), key))

    def strings(self, table: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
        value = table.get(keys[-1], [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(f"{keys[-1]!r} must be a list of texts", *keys)
        return tuple(value)

    def names(self, table: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
        return check_names(self.strings(table, *keys), shown(self.path), self.line(*keys))

    def allow(self, table: Mapping[str, Any], new: bool) -> Impact:
        if "allow" in table:
            return self.impact(table["allow"], "allow")
        return Impact.DATA_LOSS if new else Impact.REPLACEMENT

    def impact(self, label: object, *keys: str) -> Impact:
        labels = (impact.label for impact in Impact)
        return Impact.named(known_name(str(label), labels, "impact", shown(self.path), self.line(*keys)))

    def ceilings(self, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Ceiling]:
        for id, table in tables.items():
            if CEILING in table:
                yield Ceiling(self.impact(table[CEILING], id, CEILING), real(self.path), transform=id)

    def per_file_ceilings(self, table: Mapping[str, Any]) -> Iterator[Ceiling]:
        for glob, label in self.table_of(table, PER_FILE_CEILINGS, "pattern = impact").items():
            impact = self.impact(label, PER_FILE_CEILINGS, glob)
            yield Ceiling(impact, real(self.path), pattern=Pattern(glob, real(self.path)))

    def profile(self, table: Mapping[str, Any]) -> str:
        name = str(table.get("profile", PROFILES[0]))
        return known_name(name, PROFILES, "profile", shown(self.path), self.line("profile"))

    def per_file_ignores(self, table: Mapping[str, Any]) -> tuple[FileIgnores, ...]:
        key = "per-file-ignores"
        entries = self.table_of(table, key, "pattern = [ids]")
        return tuple(FileIgnores(Pattern(glob, real(self.path)), self.names(entries, key, glob)) for glob in entries)

    def table_of(self, table: Mapping[str, Any], key: str, entries: str) -> dict[str, Any]:
        found = table.get(key, {})
        if not isinstance(found, dict):
            raise self.wrong(f"{key!r} must be a table of {entries}", key)
        return found

    def line(self, *keys: str) -> int:
        """The line on which a key of our table stands, 0 where it can't be told."""
        wanted, header_line = (*self.prefix, *keys), 0
        table: tuple[str, ...] = ()
        for number, text in enumerate(self.text.split("\n"), 1):
            if header := re.match(r"\s*\[([^\[\]]+)\]", text):
                table = path_of(header[1])
                header_line = number if table == wanted else header_line
            elif (key := re.match(r"""\s*((?:[\w.-]+|"[^"]*"|'[^']*'|\s*\.\s*)+?)\s*=""", text)) and (
                *table,
                *path_of(key[1]),
            ) == wanted:
                return number
        return header_line


KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    tuple: "a list",
    dict: "a table",
}


def path_of(key: str) -> tuple[str, ...]:
    """The parts of a dotted TOML key, without quotes."""
    return tuple(part.strip().strip("\"'") for part in re.findall(r'"[^"]*"|\'[^\']*\'|[^.]+', key))


def shown(path: Path) -> str:
    """The path as a user in the current folder writes it."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
