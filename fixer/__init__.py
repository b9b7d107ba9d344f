"""The engine of iacfix: it knows no AWS service and no transform by name."""

__version__ = "0.1.0"
