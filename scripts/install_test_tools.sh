#!/usr/bin/env bash
# Installs the outside software that some tests run against. Without it these tests are skipped; with CI=true they fail.
#
#   scripts/install_test_tools.sh            everything
#   scripts/install_test_tools.sh prism      Prism, with Twilio's own description of its interface (needs npm)
#   scripts/install_test_tools.sh kannel     Kannel with its fake SMSC (Debian packages; needs root or sudo)
#   scripts/install_test_tools.sh sshd       OpenSSH's server and client (Debian packages; needs root or sudo)
#   scripts/install_test_tools.sh caddy      Caddy (Debian package, whose service starts; needs root or sudo)
#   scripts/install_test_tools.sh systemd    systemd-analyze, which judges units (Debian package; needs root or sudo)
#   scripts/install_test_tools.sh shells     zsh and fish, and man (Debian packages; needs root or sudo)
#   scripts/install_test_tools.sh postgresql PostgreSQL's server and PgBouncer (Debian packages; needs root or sudo)
#   scripts/install_test_tools.sh iproute2   ip, which makes the hosts of make hosts (Debian package; needs root or sudo)
#   scripts/install_test_tools.sh chromium   Chromium, which needs no window (Debian package; needs root or sudo)
#
# Prism goes into $THRUMSG_TEST_TOOLS, by default a folder in the user's cache, and never into the checkout.
set -euo pipefail

folder=${THRUMSG_TEST_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/thrumsg-test-tools}
prism_version=5.14.2
specification_version=8.3.2 # of @twilio/cli-core, which contains Twilio's OpenAPI files

install_prism() {
    local files="twilio_api_v2010.json twilio_messaging_v1.json" file
    if [ ! -x "$folder/node_modules/.bin/prism" ]; then
        mkdir -p "$folder"
        npm install --prefix "$folder" --no-audit --no-fund --loglevel=error "@stoplight/prism-cli@$prism_version"
    fi
    if [ ! -s "$folder/twilio_messaging_v1.json" ]; then
        local unpacked
        unpacked=$(mktemp -d)
        (cd "$unpacked" && npm pack --loglevel=error "@twilio/cli-core@$specification_version" >/dev/null)
        tar -xzf "$unpacked"/*.tgz -C "$unpacked"
        for file in $files; do
            mv "$unpacked/package/src/services/twilio-api/$file" "$folder/$file"
        done
        rm -rf "$unpacked"
    fi
    echo "Prism $prism_version and Twilio's OpenAPI files are in $folder"
}

install_kannel() {
    if [ ! -x /usr/sbin/bearerbox ] || [ ! -x /usr/lib/kannel/test/fakesmsc ]; then
        local root=
        [ "$(id -u)" = 0 ] || root=sudo
        $root apt-get update -qq
        $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends kannel kannel-extras
    fi
    echo "Kannel is in /usr/sbin"
}

install_sshd() {
    if [ ! -x /usr/sbin/sshd ] || [ ! -x /usr/lib/openssh/sftp-server ] || [ ! -x /usr/bin/ssh ]; then
        local root=
        [ "$(id -u)" = 0 ] || root=sudo
        $root apt-get update -qq
        $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            openssh-server openssh-sftp-server openssh-client
    fi
    echo "OpenSSH is in /usr/sbin and /usr/bin; the tests start a server of their own"
}

install_caddy() {
    command -v caddy >/dev/null || install_package caddy
    echo "Caddy is $(command -v caddy)"
}

install_systemd() {
    command -v systemd-analyze >/dev/null || install_package systemd
    echo "systemd-analyze is $(command -v systemd-analyze)"
}

install_shells() {
    command -v zsh >/dev/null || install_package zsh
    command -v fish >/dev/null || install_package fish
    command -v man >/dev/null || install_package man-db
    echo "zsh, fish and man are installed"
}

install_postgresql() {
    local settings=/etc/postgresql-common/createcluster.conf root=
    if ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
        [ "$(id -u)" = 0 ] || root=sudo
        install_package postgresql-common # first, so that the server comes without a cluster that runs
        grep -qs '^create_main_cluster *= *false' "$settings" ||
            echo 'create_main_cluster = false' | $root tee -a "$settings" >/dev/null
        install_package postgresql
    fi
    [ -x /usr/sbin/pgbouncer ] || install_package pgbouncer
    echo "PostgreSQL is in $(ls -d /usr/lib/postgresql/*/bin | tail -1); the tests start clusters of their own"
}

install_iproute2() {
    command -v ip >/dev/null || install_package iproute2
    echo "ip is $(command -v ip)"
}

install_chromium() {
    local name found=
    for name in chromium chromium-browser google-chrome chrome; do
        found=${found:-$(command -v "$name" || true)}
    done
    [ -n "$found" ] || install_package chromium
    echo "Chromium is ${found:-$(command -v chromium)}"
}

install_package() {
    local root=
    [ "$(id -u)" = 0 ] || root=sudo
    $root apt-get update -qq
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}

for tool in "${@:-prism kannel sshd caddy systemd shells postgresql iproute2 chromium}"; do
    for each in $tool; do
        "install_$each"
    done
done
