#!/usr/bin/env python3
"""The Debian package: installs, starts, upgrades and purges, and leaves nothing behind.

    deb_test.py --build build/release

Everything happens in an overlay of this machine's own root, in a mount namespace of its own: the
machine is not changed. Exit status 77 where that cannot be made (not root, no overlayfs).
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

SKIPPED = 77

# Runs in the overlay. $1: the package; $2: the next version of it.
INSIDE = r"""
set -eu
fail() { echo "FAILED: $1" >&2; exit 1; }
before=$(find /etc /usr/bin /usr/share/man /usr/lib/systemd /var/lib -path '*katydid*' 2>/dev/null | sort)
[ -z "$before" ] || fail "there is something of katydid on this machine: $before"

dpkg -i "$1" >/tmp/install.log 2>&1 || { cat /tmp/install.log >&2; fail install; }
for file in /usr/bin/katydid /usr/bin/katydid-transform /usr/lib/systemd/system/katydid.service /usr/lib/systemd/system/katydid.socket \
            /usr/share/man/man1/katydid.1.gz /usr/share/bash-completion/completions/katydid \
            /usr/share/zsh/vendor-completions/_katydid /usr/share/fish/vendor_completions.d/katydid.fish \
            /etc/katydid/katydid.toml /etc/katydid/secrets.env /usr/share/doc/katydid/copyright; do
    [ -s "$file" ] || fail "$file is not there"
done
getent passwd katydid >/dev/null || fail "no user katydid"
[ "$(stat -c '%U:%a' /var/lib/katydid)" = katydid:700 ] || fail "/var/lib/katydid: $(stat -c '%U:%a' /var/lib/katydid)"
[ "$(stat -c '%U:%G:%a' /etc/katydid/secrets.env)" = root:katydid:640 ] || fail "secrets.env can be read by others"
[ "$(stat -c '%U:%G:%a' /etc/katydid/katydid.toml)" = root:katydid:640 ] || fail "katydid.toml: rights"
katydid version >/dev/null || fail "the program does not run"
echo 'function transform({payload}) { return {payload: `a is ${payload.a}`}; }' >/tmp/shape.js
echo '{"a":1}' >/tmp/sample.json
[ "$(katydid-transform --run /tmp/shape.js </tmp/sample.json)" = "a is 1" ] || fail "katydid-transform does not run"
man -l /usr/share/man/man1/katydid.1.gz >/dev/null || fail "the manual page cannot be shown"
bash -n /usr/share/bash-completion/completions/katydid || fail completion
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify /usr/lib/systemd/system/katydid.service 2>/tmp/verify.log \
        || { cat /tmp/verify.log >&2; fail "the unit"; }
fi

# Says "bound", and then what the hub tells its service manager (sd_notify) once it is ready.
listen='
import socket
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind("\0katydid-deb")
manager.settimeout(60)
print("bound", flush=True)
print(manager.recv(4096).decode(), flush=True)
'
# What the unit starts, as the user it starts it as. Returns when the hub is ready.
start() {
    rm -f /tmp/said
    mkfifo /tmp/said
    "$3" -c "$listen" >/tmp/said 2>/tmp/listen.log &
    exec 3</tmp/said
    read -r word <&3 || { cat /tmp/listen.log >&2; fail "nobody listens for the hub"; }
    setpriv --reuid katydid --regid katydid --init-groups --reset-env \
        env NOTIFY_SOCKET=@katydid-deb /usr/bin/katydid serve --config /etc/katydid/katydid.toml --data-dir /var/lib/katydid \
        --listen 127.0.0.1:0 --operator-listen 127.0.0.1:0 --port-file /var/lib/katydid/ports.json \
        >/tmp/serve.log 2>&1 &
    hub=$!
    word=
    read -r word <&3 || true
    exec 3<&-
    [ "$word" = READY=1 ] || { cat /tmp/serve.log /tmp/listen.log >&2; fail "the hub does not start"; }
}
stop() { kill -TERM $hub; wait $hub || fail "the hub did not end well: $?"; }
url() { sed 's/.*"listen": *"\([^"]*\)".*/http:\/\/\1/' /var/lib/katydid/ports.json; }

start "$@"
KATYDID_API_KEY=$(cat /var/lib/katydid/operator.key); export KATYDID_API_KEY
event=$(katydid send order.made --data '{"n": 1}' --url "$(url)" --json | sed 's/.*"id":"\([^"]*\)".*/\1/')
katydid transform test /tmp/shape.js --sample /tmp/sample.json --url "$(url)" >/tmp/shaped.log 2>&1 || true
grep -q "a is 1" /tmp/shaped.log || { cat /tmp/shaped.log >&2; fail "the hub runs no transform"; }
stop

# An upgrade keeps settings, data and user; a changed conffile is not asked about.
echo '# mine' >>/etc/katydid/katydid.toml
dpkg -i "$2" >/tmp/upgrade.log 2>&1 </dev/null || { cat /tmp/upgrade.log >&2; fail upgrade; }
grep -q '# mine' /etc/katydid/katydid.toml || fail "the upgrade took the settings away"
start "$@"
katydid events payload "$event" --url "$(url)" | grep -q '"n": 1' || fail "the upgrade lost an event"
stop

dpkg -r katydid >/dev/null 2>&1 || fail remove
[ ! -e /usr/bin/katydid ] || fail "the program is still there"
[ -s /etc/katydid/katydid.toml ] || fail "remove took the settings"
[ -s /var/lib/katydid/katydid.db ] || fail "remove took the data"

dpkg -P katydid >/tmp/purge.log 2>&1 || { cat /tmp/purge.log >&2; fail purge; }
left=$(find / -xdev -path /proc -prune -o -path /tmp -prune -o -path '*katydid*' -newer "$1" -print 2>/dev/null \
       | grep -E '^/(etc|usr|var|lib)/' | grep -v '^/var/lib/dpkg' || true)
[ -z "$left" ] || fail "the purge left: $left"
! getent passwd katydid >/dev/null || fail "the purge left the user"
! grep -qi "warning" /tmp/purge.log || { cat /tmp/purge.log >&2; fail "the purge warned"; }
echo "installed, started, upgraded, removed, purged"
"""

OVERLAY = r"""
set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/run"
mount -t tmpfs tmpfs "$1/root/tmp"
cp "$2" "$3" "$4" "$1/root/tmp/"
exec chroot "$1/root" sh /tmp/inside.sh "/tmp/$(basename "$2")" "/tmp/$(basename "$3")" "$5"
"""


def run(*command, **more):
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{command[0]}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def can_overlay():
    probe = ["unshare", "-m", "sh", "-c",
             "d=$(mktemp -d) && mount -t tmpfs t $d && mkdir $d/u $d/w $d/m"
             " && mount -t overlay o -o lowerdir=/etc,upperdir=$d/u,workdir=$d/w $d/m"]
    return subprocess.run(probe, capture_output=True).returncode == 0


def next_version(package, folder):
    """The same package with a higher version."""
    root = folder / "next"
    run("dpkg-deb", "-R", package, root)
    control = root / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", "Version: 99.0", control.read_text()))
    made = folder / "katydid_99.0.deb"
    run("dpkg-deb", "--root-owner-group", "-b", root, made)
    return made


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    build = parser.parse_args().build
    for tool in ("dpkg-deb", "dpkg-shlibdeps", "unshare"):
        if subprocess.run(["which", tool], capture_output=True).returncode:
            print(f"skipped: {tool} is not installed")
            return SKIPPED
    with tempfile.TemporaryDirectory(prefix="katydid-deb-") as temporary:
        folder = pathlib.Path(temporary)
        run("cpack", "--config", build / "CPackConfig.cmake", "-B", folder / "cpack")
        (package,) = (folder / "cpack").glob("*.deb")
        print(run("dpkg-deb", "-I", package))
        contents = run("dpkg-deb", "-c", package)
        assert "./usr/bin/katydid" in contents and "/work/" not in contents, contents
        if not can_overlay():
            print("skipped: an overlay of the root cannot be mounted here (root is needed)")
            return SKIPPED
        mount = folder / "mount"
        mount.mkdir()
        inside = folder / "inside.sh"
        inside.write_text(INSIDE)
        print(run("unshare", "-m", "--propagation", "private", "sh", "-c", OVERLAY, "sh", mount,
                  package, next_version(package, folder), inside, sys.executable, timeout=600))
    return 0


sys.exit(main())
