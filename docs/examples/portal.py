#!/usr/bin/env python3
"""Prints a form that hands a logged-in customer over to Dataratt. Needs the package `cryptography`.

Usage: portal.py PRIVATE_KEY_FILE ISSUER DATARATT_URL EMAIL CUSTOMER_NUMBER
"""

import base64
import json
import sys
import time
import uuid
from html import escape

from cryptography.hazmat.primitives.serialization import load_pem_private_key

LIFE_SECONDS = 120


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(key_file: str, issuer: str, url: str, email: str, customer_number: str) -> str:
    now = int(time.time())
    header = {"alg": "EdDSA", "typ": "JWT"}
    claims = {
        "iss": issuer,
        "aud": url,
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + LIFE_SECONDS,
        "sub": customer_number,
        "email": email,
    }
    parts = [base64url(json.dumps(part).encode()) for part in (header, claims)]
    with open(key_file, "rb") as file:
        key = load_pem_private_key(file.read(), password=None)
    signature = key.sign(".".join(parts).encode())
    return ".".join([*parts, base64url(signature)])


if __name__ == "__main__":
    key_file, issuer, url, email, customer_number = sys.argv[1:]
    signed = token(key_file, issuer, url, email, customer_number)
    print(f'<form method="post" action="{escape(url)}/handoff">')
    print(f'  <input type="hidden" name="token" value="{signed}">')
    print('  <input type="hidden" name="right" value="erasure">')
    print("  <button>Dina uppgifter</button>")
    print("</form>")
