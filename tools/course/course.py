#!/usr/bin/env python3
"""The course tool: `course.py lint | build | run | check`. See README.md beside this file."""

import sys

from saem_course.commands import main

if __name__ == "__main__":
    sys.exit(main())
