"""Questions that lie over a screen; each returns a typed answer."""
