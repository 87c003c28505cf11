"""Menus: the tactics and premise slots a policy may choose from, as named, versioned, hashed artefacts.

A menu decides results as much as a model does, so every report carries the digest of the menu it was made with.
"""

from .menu import Candidate, Menu, Parsed
from .menu_file import Slot, SlotKind
from .registry import menu_names
from .syntax import PremiseSyntax

__all__ = ["Candidate", "Menu", "Parsed", "PremiseSyntax", "Slot", "SlotKind", "menu_names"]
