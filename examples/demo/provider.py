"""A sign-on provider for the demo, where one person is signed in already. It keeps to OpenID Connect
as far as the hub asks it; a real one is what [sso] is for."""

import base64
import http.server
import json
import secrets
import subprocess
import threading
import time
import urllib.parse

PERSON = {"sub": "ada", "name": "Ada", "groups": ["demo"]}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=True).stdout


class Provider:
    """Ends with end()."""

    def __init__(self, folder):
        self._key = folder / "provider.key"
        openssl("genrsa", "-out", self._key, "2048")
        modulus = openssl("rsa", "-in", self._key, "-noout", "-modulus").decode().strip().split("=")[1]
        self._jwk = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "demo", "e": "AQAB",
                     "n": base64url(bytes.fromhex(modulus))}
        self._nonces = {}
        self.logins = 0
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, "")

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def end(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request, body):
        url = urllib.parse.urlsplit(request.path)
        fields = dict(urllib.parse.parse_qsl(url.query or body))
        if url.path == "/authorize":
            request.send_response(303)
            request.send_header("Location", self._let_in(fields))
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        pages = {"/.well-known/openid-configuration": self._description, "/jwks": lambda _: {"keys": [self._jwk]},
                 "/token": self._token}
        data = json.dumps(pages[url.path](fields)).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def _description(self, _):
        return {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/authorize",
                "token_endpoint": self.issuer + "/token", "jwks_uri": self.issuer + "/jwks"}

    def _let_in(self, asked):
        self.logins += 1
        code = secrets.token_urlsafe(16)
        self._nonces[code] = asked["nonce"]
        query = urllib.parse.urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return asked["redirect_uri"] + "?" + query

    def _token(self, form):
        now = int(time.time())
        claims = {**PERSON, "iss": self.issuer, "aud": form["client_id"], "iat": now, "exp": now + 60,
                  "nonce": self._nonces.pop(form["code"])}
        head = {"alg": "RS256", "kid": "demo", "typ": "JWT"}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        signature = openssl("dgst", "-sha256", "-sign", self._key, data=text.encode())
        return {"token_type": "Bearer", "access_token": "demo", "id_token": f"{text}.{base64url(signature)}"}


def settings(provider, public_url, platforms):
    """The hub's katydid.toml. `platforms`: name → URL."""
    rows = "".join(f'[[sso.platforms]]\nname = "{name}"\ncallback_url = "{url}/sso/katydid"\n'
                   for name, url in platforms.items())
    return (f'[console]\npublic_url = "{public_url}"\n[sso]\nissuer = "{provider.issuer}"\n'
            f'client_id = "hub"\n[[sso.roles]]\nclaim = "groups"\nvalue = "demo"\nrole = "read"\n{rows}')
