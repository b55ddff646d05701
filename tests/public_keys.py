"""Public keys whose private halves nobody has."""

KIMS = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBqHcWYERBw+dzym1r+CVGUyOItH/n6nxAj3ibYlQiEN kim@laptop"
"""A key as it stands in a .pub file."""

KIMS_FINGERPRINT = "SHA256:da0ZA8yY4+gzghzVX25dY4vfjRYXu+zyzx7BQmZOFEw"
"""What `ssh-keygen -l` says of it."""

LEES = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBmfpXrtkyF37hq9m3nz0D2yGMqgnsyKkCXECxqHWYhM lee@laptop"
"""Another one."""
