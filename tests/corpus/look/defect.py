"""What an independent look says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A file's path below its project and its text."""

    path: str
    text: str

    def line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1


@dataclass(frozen=True)
class Defect:
    """One defect; `key` tells it from others of the file and stays when lines (`first` to `last`) move."""

    transform: str
    check: str
    path: str
    key: str
    first: int
    last: int

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.check, self.path, self.key
