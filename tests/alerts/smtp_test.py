#!/usr/bin/env python3
"""Alerts by mail: a hub, and a real mail server that asks for STARTTLS and a login.

    smtp_test.py --hub build/dev/hub/katydid --venv build/dev/aiosmtpd

Then the hub is started again in the middle of an incident: that it is over is told.

Installs aiosmtpd (PyPI, this version) into the folder --venv when it is not there yet. Exit status
77 where it cannot be installed.
"""

import argparse
import email
import email.policy
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hub_process import install, start

SKIPPED = 77
VERSION = "1.4.6"

# Run by the environment's Python: takes mail over TLS from who knows the password, says its port,
# and writes each message to standard output as a line of JSON.
SERVER = """
import asyncio, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

class Handler:
    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
                          "text": envelope.content.decode()}), flush=True)
        return "250 taken"

def check(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"katydid", b"swordfish"))

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])

def talk():
    return SMTP(Handler(), require_starttls=True, tls_context=context, authenticator=check,
                auth_required=True)

async def serve():
    server = await asyncio.get_running_loop().create_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve())
"""

SETTINGS = """
[egress]
allow = "127.0.0.0/8"
[console]
public_url = "https://hub.example"
[smtp]
url = "smtp://127.0.0.1:{port}"
from = "katydid@hub.example"
user = "katydid"
password_file = "password"
ca_file = "mail.pem"
[breaker]
open = "100ms"
[retry]
delays = "100ms, 100ms, 100ms, 100ms, 100ms, 100ms, 100ms, 100ms"
[[alerts]]
on = ["katydid.delivery.dead", "katydid.subscription.degraded"]
to = "mailto:ops@example.com"
[[subscriptions]]
name = "billing"
event_types = ["order.*"]
url = "http://127.0.0.1:9/"
dialect = "raw"
payload_bytes = 5
[[subscriptions]]
name = "users"
event_types = ["user.*"]
url = "http://127.0.0.1:9/"
dialect = "raw"
payload_bytes = 5
[[subscriptions]]
name = "parcels"
event_types = ["parcel.*"]
url = "http://127.0.0.1:{receiver}/"
dialect = "raw"
"""


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers with one status to all."""
    status = 500

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(Receiver.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def call(url, key, path, body=None):
    request = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {key}"})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def next_mail(server):
    mail = json.loads(server.stdout.readline())
    return mail, email.message_from_string(mail["text"], policy=email.policy.default)


def stop(process):
    process.terminate()
    process.wait(60)


def check_mails(hub, folder, server, receiver):
    port = server.stdout.readline().strip()
    (folder / "password").write_text("swordfish")
    (folder / "password").chmod(0o600)
    (folder / "katydid.toml").write_text(SETTINGS.format(port=port, receiver=receiver))
    process, url, key = start(hub, folder)
    try:
        for _ in range(3):
            call(url, key, "/v1/events", {"type": "order.made", "data": "too large for it"})
        mail, message = next_mail(server)
        assert mail["tls"] and mail["from"] == "katydid@hub.example", mail
        assert mail["to"] == ["ops@example.com"], mail
        assert message["Subject"] == '[Katydid] a delivery of "billing" is dead', message["Subject"]
        assert "https://hub.example/console/#/deliveries" in message.get_content(), message
        # Alerts are told in order: a second mail about the first incident would come before this one.
        call(url, key, "/v1/events", {"type": "user.made", "data": "too large for it"})
        _, message = next_mail(server)
        assert message["Subject"] == '[Katydid] a delivery of "users" is dead', message["Subject"]
    finally:
        stop(process)


def check_restart(hub, folder, server):
    """Regression: incidents were in memory, so that one was over was never told after a restart."""
    process, url, key = start(hub, folder)
    try:
        for number in range(80):  # so many good ones close the breaker
            call(url, key, "/v1/events", {"type": "parcel.sent", "data": number})
        _, message = next_mail(server)
        assert message["Subject"] == '[Katydid] the receiver of "parcels" fails', message["Subject"]
    finally:
        stop(process)
    Receiver.status = 200
    process, url, key = start(hub, folder)
    try:
        _, message = next_mail(server)
        assert message["Subject"] == '[Katydid] "parcels" delivers again', message["Subject"]
    finally:
        stop(process)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hub", required=True, type=pathlib.Path)
    parser.add_argument("--venv", required=True, type=pathlib.Path)
    options = parser.parse_args()
    programs = install(options.venv.resolve(), "aiosmtpd", VERSION)
    if programs is None:
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="katydid-smtp-") as temporary:
        folder = pathlib.Path(temporary)
        certificate, private = folder / "mail.pem", folder / "mail.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "2", "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", private, "-out", certificate], check=True, capture_output=True)
        server = subprocess.Popen([programs / "python", "-c", SERVER, certificate, private],
                                  stdout=subprocess.PIPE, text=True)
        receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        try:
            check_mails(options.hub.resolve(), folder, server, receiver.server_address[1])
            check_restart(options.hub.resolve(), folder, server)
        finally:
            receiver.shutdown()
            server.terminate()
            server.wait(30)
    print("mails came, once each, over TLS; one that an incident was over after a restart")
    return 0


if __name__ == "__main__":
    sys.exit(main())
