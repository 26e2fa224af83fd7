#!/usr/bin/env python3
"""A receiver to try things with: answers 204 to genuine webhooks and 401 to others, and prints a line for each.

usage: WEBHOOK_SECRET=whsec_… receiver.py [PORT]
"""

import http.server
import os
import sys

from verify import is_genuine


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        signed = [self.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature")]
        is_ours = is_genuine(os.environ["WEBHOOK_SECRET"], *signed, body)
        what = "genuine" if is_ours else "not genuine"
        print(f"{what}: {self.headers.get('katydid-event-type')} {body.decode(errors='replace')}", flush=True)
        self.send_response(204 if is_ours else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Nothing beside the line above."""


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Receiver).serve_forever()
