"""Receive alerts: believe only who knows the secret, and take each message once.

KINEOGRAPH_WEBHOOK_SECRET=… python examples/receive_alerts.py 8080
"""

import hashlib
import hmac
import os
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = os.environ["KINEOGRAPH_WEBHOOK_SECRET"].encode()
seen = sqlite3.connect("alerts.db", isolation_level=None)
seen.execute("CREATE TABLE IF NOT EXISTS alerts (key TEXT PRIMARY KEY, body BLOB)")


class Alerts(BaseHTTPRequestHandler):
    """One POST for each message, again and again until it is answered with 204."""

    def do_POST(self):
        """Check the signature over time and body, then keep the body under its key."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signature = self.headers.get("X-Kineograph-Signature", "t=0,v1=none")
        said = dict(part.split("=") for part in signature.split(","))
        right = hmac.new(SECRET, said["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        known = hmac.compare_digest(right, said["v1"]) and abs(time.time() - int(said["t"])) < 300
        if known:
            row = (self.headers["Idempotency-Key"], body)
            new = seen.execute("INSERT OR IGNORE INTO alerts VALUES (?, ?)", row).rowcount
            print("new" if new else "again", row[0], flush=True)
        self.send_response(204 if known else 403)
        self.end_headers()


HTTPServer(("", int(sys.argv[1])), Alerts).serve_forever()
