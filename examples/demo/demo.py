#!/usr/bin/env python3
"""The demo behind script/demo: a hub between two simulators. First two stories told through the
bridge, then updates in real time, then webhooks both ways with one receiver that fails on purpose and recovers. Ends
everything it started, by process id."""

import argparse
import base64
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import sys
import time

from clients import Hub, Simulator, use_certificates
from outcome import all_ended, is_good, summarise
from people import sign_in_once
import provider
from programs import DemoError, Program, fresh_folder
from stories import are_good, follow, tell_stories
from table import Display, Picture

# The four types that are on the wire today, and the four topics of the two platforms.
ATLVS_TYPES = ["event.*", "resource.*", "artist.*", "production.*", "budget.*", "staff.*"]
HEALTHY_SECONDS = 2.0   # then Grasshopper fails for so many requests: enough to be seen, and
FAILING_REQUESTS = 25   # few enough that the hub goes on trying
TICK_SECONDS = 0.4
END_SECONDS_MAX = 120
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
RETRY_DELAYS = "500ms,1s,2s,4s,8s"


class Stage:
    """The three programs, in the order in which they need one another's addresses."""

    def __init__(self, build, folder, tls=False):
        self.programs = []
        self.provider = None
        self.certificates = folder / "certs" if tls else None
        self.folder = folder
        self.secrets = {
            "ATLVS_WEBHOOK_SECRET": secrets.token_hex(24),
            "ATLVS_PARTNER_SECRET": secrets.token_hex(24),
            "GRASSHOPPER_WEBHOOK_SECRET": standard_secret(),
            "GRASSHOPPER_STANDARD_SECRET": standard_secret(),
            "ATLVS_API_KEY": secrets.token_hex(24),
            "GRASSHOPPER_API_KEY": secrets.token_hex(24),
        }
        self._build = build

    def make_certificates(self):
        """A CA, a server and a client certificate; all three programs use them both ways."""
        made = subprocess.run([self._build / "hub/katydid", "certs", "dev", "--dir", self.certificates],
                              capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise DemoError("katydid certs dev failed: " + made.stderr.strip())
        use_certificates(self.certificates)

    def url(self, address):
        return ("https://" if self.certificates else "http://") + address

    @property
    def hub_tls(self):
        """Settings of a hub that asks every caller for a certificate and shows its own."""
        if not self.certificates:
            return {}
        files = {"TLS_CERTIFICATE": "server.pem", "TLS_KEY": "server.key", "TLS_CLIENT_CA": "ca.pem",
                 "EGRESS_CA": "ca.pem", "EGRESS_CERTIFICATE": "client.pem", "EGRESS_KEY": "client.key"}
        return {"KATYDID_TLS_CLIENT_REQUIRED": "true",
                **{f"KATYDID_{name}_FILE": str(self.certificates / file) for name, file in files.items()}}

    def start(self):
        if self.certificates:
            self.make_certificates()
        tls = ["--tls-dir", self.certificates] if self.certificates else []
        # Known before the hub runs: people's browsers are sent back there.
        listen = f"127.0.0.1:{free_port()}"
        handed_on = ["--sso-hub", self.url(listen)]
        simulators = self._build / "examples/simulators"
        atlvs = self._start("atlvs", [simulators / "atlvs-simulator", "--count", "0",
                                      *tls, *handed_on, "--types", *ATLVS_TYPES])
        grasshopper = self._start("grasshopper", [simulators / "grasshopper-simulator", "--count", "0",
                                                   *tls, *handed_on])
        self.atlvs = Simulator(self.url(atlvs.wait_ready()["listen"]))
        self.grasshopper = Simulator(self.url(grasshopper.wait_ready()["listen"]))
        self.provider = provider.Provider(self.folder)
        settings = self.folder / "katydid.toml"
        settings.write_text(provider.settings(self.provider, self.url(listen),
                                              {"atlvs": self.atlvs.url, "grasshopper": self.grasshopper.url}))
        hub = self._start("hub", [self._build / "hub/katydid", "serve", "--listen", listen,
                                  "--config", settings, "--operator-listen", "127.0.0.1:0",
                                  "--data-dir", self.folder / "data"],
                          KATYDID_EGRESS_ALLOW="127.0.0.0/8", KATYDID_RETRY_DELAYS=RETRY_DELAYS,
                          KATYDID_BREAKER_OPEN="1s", KATYDID_BRIDGE_HEALTH_INTERVAL="1s", **self.hub_tls,
                          ATLVS_API_URL=self.atlvs.url + "/api",
                          GRASSHOPPER_API_URL=self.grasshopper.url + "/api",
                          GRASSHOPPER_WEBHOOK_URL=self.grasshopper.url + "/api/webhooks/atlvs",
                          ATLVS_WEBHOOK_URL=self.atlvs.url + "/webhooks/partner")
        ports = hub.wait_ready()
        key = pathlib.Path(ports["operator_key_file"]).read_text().strip()
        self.hub = Hub(self.url(ports["listen"]), key)
        # Grasshopper's own route knows no budget alerts: they go to a second one, as they came.
        self.hub.subscribe({"name": "budget-alerts", "sources": ["atlvs"], "event_types": ["budget.*"],
                            "dialect": "standard", "secret": self.secrets["GRASSHOPPER_STANDARD_SECRET"],
                            "handler": {"kind": "endpoint",
                                        "url": self.grasshopper.url + "/api/webhooks/katydid"}})
        self.names = self.hub.subscription_names()

    def _start(self, name, command, **settings):
        environment = {"PATH": os.environ.get("PATH", ""), **self.secrets, **settings}
        program = Program(name, [str(part) for part in command], self.folder, environment)
        self.programs.append(program)
        return program

    def check(self):
        for program in self.programs:
            program.check()

    def end(self):
        # The hub last: what the simulators still post is answered.
        for program in self.programs:
            program.end()
        if self.provider:
            self.provider.end()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def standard_secret():
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def play(stage, display, seconds, rate):
    """Posts, breaks one receiver, waits until every delivery has ended. Returns the last picture."""
    started = time.monotonic()
    for simulator in (stage.atlvs, stage.grasshopper):
        simulator.post(int(seconds * rate), stage.hub.url, rate)
    is_broken = False
    while True:
        stage.check()
        elapsed = time.monotonic() - started
        if not is_broken and elapsed >= HEALTHY_SECONDS:
            is_broken = True
            stage.grasshopper.set_mode("error", FAILING_REQUESTS)
            display.say(f"{elapsed:4.1f} s: Grasshopper answers 500 to the next {FAILING_REQUESTS} webhooks.")
        picture, is_over = look(stage, elapsed)
        display.draw(picture)
        if is_over and is_broken:
            return picture
        if elapsed > END_SECONDS_MAX:
            display.say(f"Not every delivery has ended within {END_SECONDS_MAX} s.")
            return picture
        time.sleep(TICK_SECONDS)


def look(stage, elapsed):
    """The picture of this moment, and whether nothing is posted or waiting any more."""
    ledgers = {"ATLVS": stage.atlvs.ledger(), "Grasshopper": stage.grasshopper.ledger()}
    deliveries = stage.hub.deliveries()
    is_over = all_ended(deliveries) and not any(ledger["posting"] for ledger in ledgers.values())
    return Picture(elapsed, ledgers, deliveries, stage.names), is_over


def final_summary(stage):
    to_atlvs = next(key for key, name in stage.names.items() if name == "to-atlvs")
    # What the stories wrote is no webhook; they are judged by themselves.
    webhooks = [delivery for delivery in stage.hub.deliveries()
                if stage.names[delivery["subscription"]] != "bridge-atlvs"]
    return summarise(webhooks, stage.atlvs.ledger(entries=True),
                     stage.grasshopper.ledger(entries=True), to_atlvs)


def commands_to_try(stage):
    secret = stage.secrets["ATLVS_WEBHOOK_SECRET"]
    certs = stage.certificates
    curl = f"curl -s --cacert {certs}/ca.pem --cert {certs}/client.pem --key {certs}/client.key" \
        if certs else "curl -s"
    body = ('{"id":"try-1","name":"resource.updated","occurredAt":"2026-06-15T18:00:00.000Z",'
            '"payload":{"id":"res_42","type":"equipment","availability":false}}')
    return f"""Three commands to try in another terminal:

1. Send a webhook by hand, signed as ATLVS signs (a second time it is a duplicate):

body='{body}'
{curl} {stage.hub.url}/api/webhooks/atlvs -H 'Content-Type: application/json' \\
  -H "X-Webhook-Signature: $(printf %s "$body" | openssl dgst -sha256 -hmac {secret} -r | cut -d' ' -f1)" \\
  -d "$body"

2. Ask the hub what became of the latest deliveries:

{curl} '{stage.hub.url}/v1/deliveries?limit=3' -H 'Authorization: Bearer {stage.hub.key}' | python3 -m json.tool

3. Let Grasshopper fail for 5 seconds while ATLVS posts 20 more, and watch below:

{curl} {stage.grasshopper.url}/_sim/mode -d '{{"mode":"error","for":"5s"}}'; \\
{curl} {stage.atlvs.url}/_sim/post -d '{{"count":20}}'

Logs and data: {stage.folder}
Ctrl-C ends everything.
"""


def keep_running(stage, display):
    """Until Ctrl-C: one line whenever something changed."""
    started, last = time.monotonic(), None
    while True:
        stage.check()
        picture, _ = look(stage, time.monotonic() - started)
        if last not in (None, picture.line):
            display.say(picture.line)
        last = picture.line
        time.sleep(TICK_SECONDS)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--once", action="store_true",
                        help="end when every delivery has ended; JSON summary on stdout")
    parser.add_argument("--seconds", type=float, default=5.0,
                        help="how long webhooks are posted (default: 5)")
    parser.add_argument("--rate", type=float, default=30.0,
                        help="webhooks a second and platform (default: 30)")
    parser.add_argument("--tls", action="store_true",
                        help="mutual TLS between all three, with certificates made on the spot")
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def run(arguments, stage, display):
    display.say(f"Starting a hub between ATLVS and Grasshopper in {stage.folder} …")
    stage.start()
    sign_in_once(stage.hub.url, stage.provider, {"atlvs": (stage.atlvs, "/productions"),
                                                 "grasshopper": (stage.grasshopper, "/orders")}, display.say)
    told = tell_stories(stage.hub.url, stage.hub.make_key("bridge:atlvs"), stage.atlvs, display.say)
    update_ms = follow({"ATLVS": stage.atlvs, "Grasshopper": stage.grasshopper}, stage.hub, display.say)
    display.finish(play(stage, display, arguments.seconds, arguments.rate))
    summary = {**final_summary(stage), "stories": told, "update_ms": update_ms}
    print(json.dumps(summary), flush=True)
    if not arguments.once:
        display.say("\n" + commands_to_try(stage))
        keep_running(stage, display)
    return 0 if is_good(summary) and are_good(told) else 1


def stop(*_):
    raise KeyboardInterrupt


def main():
    arguments = parse_arguments()
    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    stage = Stage(arguments.build, fresh_folder(arguments.folder), arguments.tls)
    display = Display()
    try:
        return run(arguments, stage, display)
    except DemoError as error:
        display.say(f"script/demo: {error}")
        return 1
    except KeyboardInterrupt:
        display.say("\nEnding the hub and both simulators …")
        return 130 if arguments.once else 0
    finally:
        # A second Ctrl-C must not leave a child behind; each end has a deadline.
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        stage.end()


sys.exit(main())
