"""The account that runs the tests, as the operating system knows it."""

from __future__ import annotations

import subprocess
import sys


def own_login() -> str:
    """The login by which a command line in another process is known; as root it is somebody's."""
    command = [sys.executable, "-c", "import os, pwd; print(pwd.getpwuid(os.getuid()).pw_name)"]
    login = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return login if login != "root" else "somebody"
