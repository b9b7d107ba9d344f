"""The transforms: one module each, in a folder by concern; nothing lists them."""
