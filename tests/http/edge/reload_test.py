#!/usr/bin/env python3
"""Certificates of a running hub: new files are taken up by themselves and on SIGHUP, bad ones are
not, open connections live on, and the expiry is a metric."""

import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from hub import Hub, exchange, status_of, webhook  # noqa: E402


def make_certificates(program, folder, *names):
    options = [part for name in names for part in ("--name", name)]
    subprocess.run([program, "certs", "dev", "--dir", str(folder), *options], check=True,
                   stdout=subprocess.DEVNULL)


def connect(port, authority, name="localhost"):
    tls = ssl.create_default_context(cafile=authority)
    raw = socket.create_connection(("127.0.0.1", port), timeout=10)
    return tls.wrap_socket(raw, server_hostname=name)


def shown(port, authority, name="localhost"):
    with connect(port, authority, name) as connection:
        return connection.getpeercert(binary_form=True)


def says(words, times=1):
    return lambda lines: sum(words in line for line in lines) >= times


def check(program, folder):
    one, two = folder / "one", folder / "two"
    make_certificates(program, one)
    make_certificates(program, two, "hooks.example")
    hub = Hub(program, folder,
              KATYDID_TLS_CERTIFICATE_FILE=f"{one}/server.pem,{two}/server.pem",
              KATYDID_TLS_KEY_FILE=f"{one}/server.key,{two}/server.key").wait_ready()
    try:
        ca = one / "ca.pem"
        first = shown(hub.port, ca)
        assert shown(hub.port, two / "ca.pem", "hooks.example") != first, "SNI chose wrongly"

        held = connect(hub.port, ca)
        make_certificates(program, one)
        hub.wait_log(says("tls.reloaded"), "the new certificate was not taken up")
        assert shown(hub.port, ca) != first, "the old certificate is still shown"
        held.sendall(webhook(1, close=True, host="localhost"))
        assert status_of(held.recv(65536)) == 200, "an open connection did not live on"

        second = shown(hub.port, ca)
        good = (one / "server.pem").read_bytes()
        (one / "server.pem").write_text("not a certificate")
        hub.wait_log(says("tls.not_reloaded"), "a bad file was not reported")
        assert shown(hub.port, ca) == second, "a bad file replaced the certificate"
        (one / "server.pem").write_bytes(good)

        hub.wait_log(says("tls.reloaded", 2), "the good file was not taken up again")
        times = hub.count_log("tls.reloaded")
        hub.reload()
        hub.wait_log(says("tls.reloaded", times + 1), "SIGHUP did nothing")
        assert shown(hub.port, ca) == second

        answer = exchange(hub.port, webhook(2, host="other.example"),
                          tls=ssl.create_default_context(cafile=ca))
        assert status_of(answer) == 421, f"Host is not the SNI name, but: {answer[:60]!r}"
        metrics = exchange(hub.operator_port,
                           b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").decode()
        left = [line for line in metrics.splitlines()
                if line.startswith("katydid_certificate_expires_seconds{")]
        assert len(left) == 2, metrics
        for line in left:
            assert 89 * 86400 < float(line.rsplit(" ", 1)[1]) <= 90 * 86400, line
    finally:
        assert hub.end() == 0, hub.log_tail()


def main():
    with tempfile.TemporaryDirectory() as folder:
        check(sys.argv[1], pathlib.Path(folder))
    print("certificates were exchanged under a running hub")
    return 0


sys.exit(main())
