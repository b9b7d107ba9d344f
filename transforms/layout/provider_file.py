"""Provider and terraform blocks that stand among resources."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from posixpath import basename, dirname, join
from typing import Any, ClassVar

from fixer.formats.terraform import Module
from fixer.formats.terraform_block import Block
from fixer.model import Append, Changes, Finding, Impact
from fixer.transform import Transform

KINDS = ("provider", "terraform")
# Files that are named for such blocks keep them, whatever else they hold. Those in the second group are not where
# an author looks for a provider block.
NAMES = frozenset({"provider.tf", "providers.tf", "terraform.tf", "versions.tf", "version.tf", "backend.tf"})
SETTINGS_ONLY = frozenset({"terraform.tf", "versions.tf", "version.tf", "backend.tf"})


class ProviderFile(Transform):
    """Provider or terraform block is not in a provider file."""
