"""The Jupyter kernel `C++ (saem)`: C++ notebooks on the project's own engine."""

__version__ = "0.1.0"
