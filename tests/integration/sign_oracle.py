#!/usr/bin/env python3
"""botocore signs what the program signed: given exactly our URL, body and signed headers, it must
come to the same canonical request and signature.

LAMBDIG_PARTNERS (else BUILDDIR/partners) keeps what was obtained."""
import json
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
BUILDDIR = pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve()

ORACLE = r"""
import json, sys, urllib.parse
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

for line in sys.stdin:
    ours = json.loads(line)
    pairs = [text.split(":", 1) for text in ours["lines"]]
    lines = {name.lower(): value.strip() for name, value in pairs}
    authorization = lines.pop("authorization")
    signed = authorization.split("SignedHeaders=")[1].split(",")[0].split(";")
    request = AWSRequest(method=ours["method"], url=ours["url"], data=ours["body"].encode("utf-8"),
                         headers={name: lines[name] for name in signed})
    request.context["timestamp"] = lines["x-amz-date"]
    keys = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ours["token"] or None)
    kind = S3SigV4Auth if ours["service"] == "s3" else SigV4Auth
    signer = kind(keys, ours["service"], ours["region"])
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    scope = signer.scope(request)
    theirs = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={';'.join(signed)}, Signature={signature}"
    must = {name for name in lines if name.startswith("x-amz") or name in ("host", "content-type")}
    print(json.dumps({"same": authorization == theirs, "missing": sorted(must - set(signed)),
                      "host": lines["host"] == urllib.parse.urlsplit(ours["url"]).netloc.removesuffix(":443"),
                      "canonical": canonical, "ours": authorization, "theirs": theirs}))
"""


def main():
    sys.path.insert(0, str(HERE))
    import partners
    from harness import case, exit_status, tell
    try:
        python = partners.aws_python(pathlib.Path(os.environ.get("LAMBDIG_PARTNERS", BUILDDIR / "partners")).resolve())
    except partners.Missing as why:
        tell("SKIP", "the signing oracle", str(why))
        return exit_status()
    printed = subprocess.run([str(BUILDDIR / "tests/integration/sign_print")], capture_output=True, text=True,
                             check=True, timeout=60).stdout
    asked = [json.loads(line) for line in printed.splitlines()]
    judged = subprocess.run([str(python), "-c", ORACLE], input=printed, capture_output=True, text=True, timeout=120)
    results = [json.loads(line) for line in judged.stdout.splitlines()]
    case(len(results) == len(asked) > 60, "botocore signed as many requests as were printed", judged.stderr[-2000:])
    operations = {}
    for ours, result in zip(asked, results):
        good = result["same"] and result["host"] and not result["missing"]
        operations.setdefault((ours["service"], ours["operation"]), []).append((good, ours["url"], result))
    for (service, operation), found in operations.items():
        bad = [one for one in found if not one[0]]
        case(not bad, f"{service} {operation}: {len(found)} signatures are equal", *[str(one) for one in bad[:2]])
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
