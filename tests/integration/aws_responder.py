"""STS, SSO, OIDC, a container's and a machine's metadata on the loopback, as a thread.

The keys that it gives follow from what was asked, so that equal keys mean equal questions. A
signed question must bear the signature that botocore computes for it."""
import datetime
import hashlib
import http.server
import json
import threading
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

SSO_TOKEN = "sso-access-planted"
NEW_SSO_TOKEN = "sso-renewed-planted"
CONTAINER_TOKEN = "Basic container-planted"


def ends(seconds=3600):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


class Responder:
    def __init__(self):
        self.secrets = {}   # access key id: secret
        self.faults = []    # what a question did wrongly
        self.asked = []     # what was asked, in order
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words):
                pass

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                status, body = owner.answer(self, self.rfile.read(length))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_POST = do_PUT = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def keys(self, *what):
        """Id, secret and token that follow from these words."""
        mark = hashlib.sha256("/".join(what).encode()).hexdigest()
        key_id, secret = "ASIA" + mark[:16].upper(), "planted" + mark[16:49]
        self.secrets[key_id] = secret
        return key_id, secret, "token/" + mark[:40] + "=="

    def know(self, key_id, secret):
        self.secrets[key_id] = secret

    def answer(self, request, body):
        url = urllib.parse.urlsplit(request.path)
        self.asked.append(f"{request.command} {url.path}")
        if url.path == "/" and request.command == "POST":
            return self.sts(request, body)
        known = {"/federation/credentials": self.sso, "/token": self.oidc, "/container": self.container,
                 "/latest/api/token": self.imds_token}
        if url.path in known:
            return known[url.path](request, body, dict(urllib.parse.parse_qsl(url.query)))
        if url.path.startswith("/latest/meta-data/iam/security-credentials/"):
            return self.imds(request, url.path.rpartition("/")[2])
        return 404, "not here"

    def caller(self, request, body):
        """The access key id of a signed question; its signature is computed again."""
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        part = dict(item.strip().split("=", 1) for item in rest.split(",") if "=" in item)
        key_id, _, region, service = part.get("Credential", "////").split("/")[:4]
        signed = part.get("SignedHeaders", "").split(";")
        again = botocore.awsrequest.AWSRequest(
            method=request.command, url=f"http://{request.headers['Host']}{request.path}", data=body,
            headers={name: request.headers[name] for name in signed if name != "host"})
        again.context["timestamp"] = request.headers.get("X-Amz-Date", "")
        secret = botocore.credentials.Credentials(key_id, self.secrets.get(key_id, ""))
        auth = botocore.auth.SigV4Auth(secret, service, region)
        text = auth.string_to_sign(again, auth.canonical_request(again))
        if scheme != "AWS4-HMAC-SHA256" or auth.signature(text, again) != part.get("Signature"):
            self.faults.append(f"the signature of {key_id} for {body[:60]!r} is not botocore's")
        return key_id

    def sts(self, request, body):
        asked = dict(urllib.parse.parse_qsl(body.decode()))
        if asked["Action"] == "AssumeRoleWithWebIdentity":
            if request.headers.get("Authorization"):
                self.faults.append("a web identity was signed")
            keys = self.keys("web", asked["RoleArn"], asked["WebIdentityToken"])
        else:
            caller = self.caller(request, body)
            keys = self.keys("role", asked["RoleArn"], caller, asked.get("ExternalId", ""),
                             asked.get("DurationSeconds", ""), asked.get("TokenCode", ""))
        action = asked["Action"]
        return 200, (f"<{action}Response><{action}Result><Credentials><AccessKeyId>{keys[0]}</AccessKeyId>"
                     f"<SecretAccessKey>{keys[1]}</SecretAccessKey><SessionToken>{keys[2]}</SessionToken>"
                     f"<Expiration>{ends()}</Expiration></Credentials></{action}Result></{action}Response>")

    def sso(self, request, body, query):
        token = request.headers.get("x-amz-sso_bearer_token")
        if token not in (SSO_TOKEN, NEW_SSO_TOKEN):
            return 401, json.dumps({"message": "Session token not found or invalid"})
        keys = self.keys("sso", query["account_id"], query["role_name"], token)
        end = datetime.datetime.now().timestamp() + 3600
        return 200, json.dumps({"roleCredentials": {
            "accessKeyId": keys[0], "secretAccessKey": keys[1], "sessionToken": keys[2],
            "expiration": int(end * 1000)}})

    def oidc(self, request, body, query):
        asked = json.loads(body)
        if asked.get("refreshToken") != "refresh-planted" or asked.get("grantType") != "refresh_token":
            return 400, json.dumps({"error": "invalid_grant"})
        return 200, json.dumps({"accessToken": NEW_SSO_TOKEN, "expiresIn": 28800,
                                "refreshToken": "refresh2-planted", "tokenType": "Bearer"})

    def metadata(self, keys):
        return 200, json.dumps({"Code": "Success", "LastUpdated": ends(0), "Type": "AWS-HMAC",
                                "AccessKeyId": keys[0], "SecretAccessKey": keys[1], "Token": keys[2],
                                "Expiration": ends(21600)})

    def container(self, request, body, query):
        return self.metadata(self.keys("container", request.headers.get("Authorization", "")))

    def imds_token(self, request, body, query):
        if request.command != "PUT" or not request.headers.get("x-aws-ec2-metadata-token-ttl-seconds"):
            return 400, ""
        return 200, "imds-planted"

    def imds(self, request, role):
        if request.headers.get("x-aws-ec2-metadata-token") != "imds-planted":
            return 401, ""
        return self.metadata(self.keys("imds", role)) if role else (200, "machine-role")
