"""The app's screens and their parts, one module each."""
