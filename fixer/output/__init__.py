"""What a run says, in the forms that people and programs read."""


def plain(text: str) -> str:
    """The text on one line, without what a terminal or a patch reader could take for a command."""
    return "".join(char if char.isprintable() else " " if char.isspace() else "?" for char in text)
