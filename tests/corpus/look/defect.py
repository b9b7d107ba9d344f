"""What an independent look says."""

import re
from dataclasses import dataclass

# Roles that services look up by name: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html and
# https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/iam-instanceprofile.html (read 2026-11-22).
LOOKED_UP = re.compile(r"dms-|aws-elasticbeanstalk-|AWSServiceRoleFor")


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
