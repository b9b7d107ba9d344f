"""The parsers are met here and nowhere else, and turned into small immutable nodes with exact spans."""
