"""A terminal Admin Messenger for peer-to-peer texting campaigns."""

__version__ = "0.1.0"
