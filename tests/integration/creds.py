#!/usr/bin/env python3
"""Credentials, region and endpoints of an environment are those that botocore finds.

Both are asked in the same home, with the same variables and files: boxes of profiles made by
hand, then environments drawn from building blocks by a fixed seed. STS, SSO and metadata answer
on the loopback (aws_responder.py). Then moto, which nobody here wrote, is asked for roles.

Meant differences, each with its case: AWS_REGION counts; AWS_PROFILE comes before
AWS_DEFAULT_PROFILE; an empty variable is one that is not set (all three as aws-cli v2 or the other
SDKs have it); a region must be lower-case; plain http beyond this machine is refused; blanks
around a token in a file are no part of it; without a region roles are assumed in us-east-1, not
refused.
Exit 77: botocore or moto cannot be had, said aloud."""
import hashlib
import itertools
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import partners  # noqa: E402
from harness import case, exit_status, tell  # noqa: E402

BUILDDIR = pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve()
CACHE = pathlib.Path(os.environ.get("LAMBDIG_PARTNERS", BUILDDIR / "partners")).resolve()
PROBE = BUILDDIR / "tests" / "integration" / "creds_probe"
SECONDS = 60

if os.environ.get("LAMBDIG_WITH_BOTOCORE") != "1":
    try:
        python = partners.aws_python(CACHE)
    except partners.Missing as why:
        tell("SKIP", "credentials against botocore", str(why))
        sys.exit(exit_status())
    os.environ["LAMBDIG_WITH_BOTOCORE"] = "1"
    os.execv(python, [str(python), *sys.argv])

HOME = pathlib.Path(tempfile.mkdtemp(prefix="lambdig-creds-"))
os.environ["HOME"] = str(HOME)  # before botocore is read: it keeps the SSO cache's path
import botocore.config  # noqa: E402
import botocore.exceptions  # noqa: E402
import botocore.loaders  # noqa: E402
import botocore.session  # noqa: E402
from aws_responder import CONTAINER_TOKEN, SSO_TOKEN, Responder, ends  # noqa: E402

SERVICES = {"LAMBDA": "lambda", "CLOUDWATCH_LOGS": "logs", "XRAY": "xray", "SQS": "sqs", "SNS": "sns",
            "EVENTBRIDGE": "events", "S3": "s3", "CLOUDWATCH": "cloudwatch", "IAM": "iam", "STS": "sts",
            "SSO": "sso", "SSO_OIDC": "sso-oidc"}
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
LOADER = botocore.loaders.create_loader()
responder = Responder()
responder.know("AKIDPROCESS", "process-planted")
ROLE = "arn:aws:iam::123456789012:role/"
PROGRAM = f"{sys.executable} {HOME}/program"


def static(name, where=None):
    """Lines of keys that the responder knows."""
    responder.know("AKID" + name, "secret-planted-" + name)
    return f"aws_access_key_id = AKID{name}\naws_secret_access_key = secret-planted-{name}\n"


def in_env(name, token=None):
    responder.know("AKID" + name, "secret-planted-" + name)
    more = {"AWS_SESSION_TOKEN": token} if token else {}
    return {"AWS_ACCESS_KEY_ID": "AKID" + name, "AWS_SECRET_ACCESS_KEY": "secret-planted-" + name, **more}


def sso_login(minutes, renewable):
    login = {"startUrl": "https://corp.awsapps.com/start", "region": "eu-north-1",
             "accessToken": SSO_TOKEN, "expiresAt": ends(60 * minutes)}
    if renewable:
        login.update(clientId="client", clientSecret="client-planted", refreshToken="refresh-planted",
                     registrationExpiresAt=ends(864000))
    return json.dumps(login)


def cache_file(text):
    return f".aws/sso/cache/{hashlib.sha1(text.encode()).hexdigest()}.json"


SSO_KEYS = "sso_account_id = 123456789012\nsso_role_name = Reader\n"
SSO_OLD = SSO_KEYS + "sso_region = eu-north-1\nsso_start_url = https://corp.awsapps.com/start\n"
SSO_SESSION = "[sso-session corp]\nsso_region = eu-north-1\nsso_start_url = https://corp.awsapps.com/start\n"
OLD_LOGIN = {cache_file("https://corp.awsapps.com/start"): sso_login(600, False)}
ENDPOINTS = {"AWS_ENDPOINT_URL_STS": responder.url, "AWS_ENDPOINT_URL_SSO": responder.url,
             "AWS_ENDPOINT_URL_SSO_OIDC": responder.url}


class Case:
    def __init__(self, name, config="", credentials="", env=None, files=None, profile=None, metadata=False):
        self.name, self.profile = name, profile
        self.files = {".aws/config": config, ".aws/credentials": credentials, "token": "web.planted",
                      "container-token": CONTAINER_TOKEN, "program": CREDENTIAL_PROGRAM, **(files or {})}
        self.env = {**PLAIN, **ENDPOINTS, "AWS_MAX_ATTEMPTS": "1", **(env or {})}
        if metadata:
            self.env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = responder.url
        else:
            self.env["AWS_EC2_METADATA_DISABLED"] = "true"

    def prepare(self):
        shutil.rmtree(HOME, ignore_errors=True)
        for name, text in self.files.items():
            path = HOME / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def ours(self):
        self.prepare()
        arguments = ["--profile", self.profile] if self.profile else []
        done = subprocess.run([str(PROBE), *arguments], env=self.env, capture_output=True, timeout=SECONDS,
                              stdin=subprocess.DEVNULL)
        said = json.loads(done.stdout)
        if b"planted" in done.stdout + done.stderr:
            responder.faults.append(f"{self.name}: a secret was printed")
        return {"found": {name: said.get(name) for name in ("id", "digest")} if "id" in said else None,
                "region": said.get("region") or None, "endpoints": said.get("endpoints"),
                "error": said.get("error")}

    def theirs(self):
        self.prepare()
        os.environ.clear()
        os.environ.update(self.env)
        found, region, endpoints, error = None, None, None, None
        try:
            session = botocore.session.Session(profile=self.profile)
            session.register_component("data_loader", LOADER)
            region = session.get_config_variable("region")
            endpoints = their_endpoints(session)
            keys = session.get_credentials()
            keys = keys and keys.get_frozen_credentials()
            if keys:
                text = f"{keys.secret_key}:{keys.token or ''}"
                found = {"id": keys.access_key, "digest": hashlib.sha256(text.encode()).hexdigest()}
        except Exception as why:  # whatever it is: it found none
            error = f"{type(why).__name__}: {why}"
        return {"found": found, "region": region, "endpoints": endpoints, "error": error}


def their_endpoints(session):
    out = {}
    for name, service in SERVICES.items():
        if not session.get_config_variable("region"):
            return None
        config = botocore.config.Config(s3={"us_east_1_regional_endpoint": "regional"})
        client = session.create_client(service, config=config, aws_access_key_id="a", aws_secret_access_key="b")
        model = client.meta.service_model
        try:
            url = client._ruleset_resolver.construct_endpoint(
                operation_model=model.operation_model(model.operation_names[0]),
                call_args={"Bucket": "b"} if service == "s3" else {},
                request_context={"client_config": client.meta.config}).url
        except botocore.exceptions.EndpointProviderError as why:
            url = str(why)
        out[name] = url.removesuffix("/b").rstrip("/")
    return out


CREDENTIAL_PROGRAM = """import json, sys
print(json.dumps({"Version": 1, "AccessKeyId": sys.argv[1], "SecretAccessKey": "process-planted",
                  "SessionToken": "-".join(sys.argv[2:]).replace(" ", "_"), "Expiration": "2099-01-01T00:00:00Z"}))
"""
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": f"{HOME}/token", "AWS_ROLE_ARN": ROLE + "web"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": responder.url + "/container"}

CASES = [
    Case("nothing at all"),
    Case("a services section that is not there", config="[default]\nregion = x-1\nservices = nowhere\n" + static("A")),
    Case("variables", env=in_env("ENV")),
    Case("variables with a token", env=in_env("ENV", "tok")),
    Case("half a pair of variables", env={"AWS_ACCESS_KEY_ID": "AKIDENV"}),
    Case("credentials file", credentials="[default]\n" + static("FILE")),
    Case("config file", config="[default]\nregion = eu-west-1\n" + static("CONFIG")),
    Case("both files", config="[default]\n" + static("CONFIG"), credentials="[default]\n" + static("FILE")),
    Case("half a pair in a file", credentials="[default]\naws_access_key_id = AKIDFILE\n"),
    Case("variables beside a profile by variable", env={**in_env("ENV"), "AWS_PROFILE": "p"},
         config="[profile p]\nregion = ap-south-1\n" + static("P")),
    Case("variables beside a profile by flag", env=in_env("ENV"), profile="p",
         config="[profile p]\nregion = ap-south-1\n" + static("P")),
    Case("a profile that is not there", profile="absent", config="[profile p]\n" + static("P")),
    Case("a profile with quotes", profile="two words", config="[profile \"two words\"]\nregion=x-1\n" + static("P")),
    Case("[default] and [profile default]", config="[default]\n" + static("A") + "[profile default]\n" + static("B")),
    Case("a section twice", config="[default]\n" + static("A") + "[default]\nregion = x-1\n"),
    Case("a key twice", credentials="[default]\n" + static("A") + "aws_access_key_id = B\n"),
    Case("a line that is nothing", config="[default]\nregion\n", credentials="[default]\n" + static("A")),
    Case("a key before a section", config="region = a\n[default]\n" + static("A")),
    Case("no UTF-8", config="[default]\n" + static("A"), files={"token": "x"}),
    Case("a sub-section without =", config="[default]\ns3 =\n  nothing\n" + static("A")),
    Case("a value over lines", config="[default]\ncredential_process = " + PROGRAM + "\n   AKIDLINES 'b c'\n"),
    Case("a program", config="[default]\ncredential_process = " + PROGRAM + " AKIDPROCESS one 'two three' \"fo\\\"ur\"\n"),
    Case("a program that fails", config="[default]\ncredential_process = false\n"),
    Case("a program after keys in the credentials file", config="[default]\ncredential_process = false\n",
         credentials="[default]\n" + static("FILE")),
    Case("role from a profile", config=f"[default]\nrole_arn = {ROLE}r\nsource_profile = b\nregion = eu-west-1\n"
         "[profile b]\n" + static("B")),
    Case("role from the credentials file", profile="r", config=f"[profile r]\nrole_arn = {ROLE}r\n"
         "source_profile = b\nexternal_id = e/1 &\nduration_seconds = 1800\nregion = us-east-1\n",
         credentials="[b]\n" + static("B")),
    Case("role from itself", config=f"[default]\nrole_arn = {ROLE}r\nsource_profile = default\nregion=eu-west-1\n"
         + static("SELF")),
    Case("roles in a chain", config=f"[default]\nrole_arn = {ROLE}1\nsource_profile = b\nregion=eu-west-1\n"
         f"[profile b]\nrole_arn = {ROLE}2\nsource_profile = c\n[profile c]\nrole_arn = {ROLE}3\n"
         "source_profile = d\n[profile d]\n" + static("D")),
    Case("a chain that ends early", config=f"[default]\nrole_arn = {ROLE}1\nsource_profile = b\nregion=eu-west-1\n"
         f"[profile b]\nrole_arn = {ROLE}2\nsource_profile = c\n" + static("B") + "[profile c]\n" + static("C")),
    Case("roles in a loop", config=f"[default]\nrole_arn = {ROLE}1\nsource_profile = b\n"
         f"[profile b]\nrole_arn = {ROLE}2\nsource_profile = default\n"),
    Case("role without a source", config=f"[default]\nrole_arn = {ROLE}1\n" + static("A")),
    Case("role with two sources", config=f"[default]\nrole_arn = {ROLE}1\nsource_profile = b\n"
         "credential_source = Environment\n[profile b]\n" + static("B"), profile="default", env=in_env("ENV")),
    Case("role from variables", profile="r", env=in_env("ENV", "t"),
         config=f"[profile r]\nregion = eu-west-1\nrole_arn = {ROLE}1\ncredential_source = Environment\n"),
    Case("role from a container", env=CONTAINER,
         config=f"[default]\nregion = eu-west-1\nrole_arn = {ROLE}1\ncredential_source = EcsContainer\n"),
    Case("role from the machine", metadata=True,
         config=f"[default]\nregion = eu-west-1\nrole_arn = {ROLE}1\ncredential_source = Ec2InstanceMetadata\n"),
    Case("role from a program", config=f"[default]\nrole_arn = {ROLE}1\nsource_profile = b\nregion=eu-west-1\n"
         f"[profile b]\ncredential_process = {PROGRAM} AKIDPROCESS\n", files={}),
    Case("web identity by variables", env={**WEB, "AWS_DEFAULT_REGION": "eu-west-1"}),
    Case("web identity by profile", config=f"[default]\nrole_arn = {ROLE}p\nregion = eu-west-1\n"
         f"web_identity_token_file = {HOME}/token\n"),
    Case("web identity without a role", env={"AWS_WEB_IDENTITY_TOKEN_FILE": f"{HOME}/token"}),
    Case("web identity by variables, profile by flag", env=WEB, profile="p", config="[profile p]\n" + static("P")),
    Case("role from a web identity", config=f"[default]\nrole_arn = {ROLE}1\nsource_profile = b\nregion=eu-west-1\n"
         f"[profile b]\nrole_arn = {ROLE}web\nweb_identity_token_file = {HOME}/token\n"),
    Case("SSO of the old form", config="[default]\nregion = eu-west-1\n" + SSO_OLD, files=OLD_LOGIN),
    Case("SSO without a login", config="[default]\nregion = eu-west-1\n" + SSO_OLD),
    Case("SSO, ended", config="[default]\n" + SSO_OLD,
         files={cache_file("https://corp.awsapps.com/start"): sso_login(-5, False)}),
    Case("SSO by session", config="[default]\nregion=x-1\nsso_session = corp\n" + SSO_KEYS + SSO_SESSION,
         files={cache_file("corp"): sso_login(600, True)}),
    Case("SSO by session, renewed", config="[default]\nregion=x-1\nsso_session = corp\n" + SSO_KEYS + SSO_SESSION,
         files={cache_file("corp"): sso_login(5, True)}),
    Case("SSO by session, ended and renewed",
         config="[default]\nregion=x-1\nsso_session = corp\n" + SSO_KEYS + SSO_SESSION,
         files={cache_file("corp"): sso_login(-5, True)}),
    Case("SSO by a session that is not there", config="[default]\nsso_session = corp\n" + SSO_KEYS),
    Case("SSO of two minds", config="[default]\nsso_session = corp\nsso_region = us-east-1\n" + SSO_KEYS + SSO_SESSION,
         files={cache_file("corp"): sso_login(600, True)}),
    Case("role from SSO", config=f"[default]\nrole_arn = {ROLE}1\nsource_profile = s\nregion = eu-west-1\n"
         "[profile s]\n" + SSO_OLD, files=OLD_LOGIN),
    Case("container", env=CONTAINER),
    Case("container with a token", env={**CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_TOKEN}),
    Case("container with a token file",
         env={**CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{HOME}/container-token"}),
    Case("container elsewhere", env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/container"}),
    Case("the machine", metadata=True),
    Case("the machine, by variables", metadata=True, env=in_env("ENV")),
]


# ---- environments drawn from blocks ----

def drawn(number):
    dice = random.Random(f"lambdig {number}")
    often = lambda share: dice.random() < share  # noqa: E731
    name = dice.choice(["default", "p", "two words"])
    header = "[default]\n" if name == "default" else f"[profile {name!r}]\n"
    lines, more, env, files = [], "", {}, {}
    if often(.5):
        lines.append("region = " + dice.choice(["eu-west-1", "us-east-1", "us-gov-west-1", "cn-north-1"]))
    if often(.25):
        lines.append(static("CONFIG").strip())
    if often(.2):
        lines.append(f"credential_process = {PROGRAM} AKIDPROCESS x")
    if often(.2):
        lines.append(SSO_OLD.strip())
        files.update(OLD_LOGIN if often(.7) else {})
    if often(.3):
        lines.append(f"role_arn = {ROLE}{number}")
        lines.append(dice.choice(["source_profile = src", "source_profile = src",
                                  "credential_source = Environment", "credential_source = EcsContainer"]))
        more += "[profile src]\n" + dice.choice([static("SRC"), SSO_OLD, "region = us-west-2\n"])
    if often(.15):
        lines.append(f"web_identity_token_file = {HOME}/token")
    for key in ("use_fips_endpoint", "use_dualstack_endpoint"):
        if often(.2):
            lines.append(f"{key} = {dice.choice(['true', 'True', 'false', 'yes'])}")
    if often(.2):
        lines.append("endpoint_url = https://profile.example")
    if often(.2):
        lines.append("services = own")
        more += "[services own]\nlambda =\n  endpoint_url = https://lambda.example/\ncloudwatch_logs =\n" \
                "  endpoint_url = https://logs.example:8443/base\n"
    if often(.1):
        lines.append("ignore_configured_endpoint_urls = true")
    for share, part in ((.3, in_env("ENV", dice.choice([None, "t"]))), (.1, WEB), (.2, CONTAINER),
                        (.2, {"AWS_DEFAULT_REGION": "ap-northeast-1"}), (.1, {"AWS_ENDPOINT_URL_SQS": "https://sqs.example"}),
                        (.05, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}), (.1, {"AWS_USE_FIPS_ENDPOINT": "true"})):
        env.update(part if often(share) else {})
    credentials = f"[{name}]\n" + static("FILE") if often(.25) else ""
    by_flag = often(.5)
    if not by_flag:
        env["AWS_PROFILE"] = name
    return Case(f"drawn {number}", config=header + "\n".join(lines) + "\n" + more, credentials=credentials, env=env,
                files=files, profile=name if by_flag else None)


NO_FIPS = ("s3: there is no FIPS endpoint in", "Partition does not support FIPS")


def same_url(ours, theirs):
    return ours == theirs or (ours.startswith(NO_FIPS[0]) and theirs.endswith(NO_FIPS[1]))


def same(ours, theirs):
    """Both found nothing, or both the same; and the same places to ask."""
    if ours["found"] != theirs["found"]:
        return not ours["region"] and "NoRegionError" in (theirs["error"] or "")
    if theirs["region"] and ours["endpoints"] and theirs["endpoints"]:
        return ours["region"] == theirs["region"] and all(
            same_url(ours["endpoints"][name], url) for name, url in theirs["endpoints"].items())
    return True


# ---- hosts ----

REGIONS = ["eu-west-1", "us-east-1", "us-gov-west-1", "us-gov-east-1", "cn-north-1", "cn-northwest-1",
           "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1", "fake-region-10"]


def hosts():
    wrong, count = [], 0
    for region, fips, dualstack in itertools.product(REGIONS, ("true", "false"), ("true", "false")):
        one = Case(region, env={**in_env("ENV"), "AWS_DEFAULT_REGION": region, "AWS_USE_FIPS_ENDPOINT": fips,
                                "AWS_USE_DUALSTACK_ENDPOINT": dualstack})
        for name in ENDPOINTS:
            del one.env[name]
        ours, theirs = one.ours()["endpoints"], one.theirs()["endpoints"]
        for name, url in theirs.items():
            wrong += [] if same_url(ours[name], url) else [(region, fips, dualstack, ours[name], url)]
            count += 1
    case(not wrong and count == 480, f"{count} hosts by region, FIPS and dual-stack are botocore's", *wrong[:10])


# ---- where they differ on purpose ----

DIFFERENCES = [  # what, case, what ours finds: id, region, an endpoint, or words of the error
    ("AWS_REGION counts", Case("", env={**in_env("ENV"), "AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "x-1"}),
     "region", "eu-west-3"),
    ("AWS_PROFILE comes before AWS_DEFAULT_PROFILE",
     Case("", config="[profile a]\n" + static("A") + "[profile b]\n" + static("B"),
          env={"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"}), "id", "AKIDA"),
    ("an empty variable is one that is not set",
     Case("", config="[default]\nregion = x-1\n" + static("A"),
          env={"AWS_PROFILE": "", "AWS_ACCESS_KEY_ID": "", "AWS_REGION": ""}), "id", "AKIDA"),
    ("a region must be lower-case", Case("", config="[default]\nregion = EU-WEST-1\n" + static("A")),
     "error", '"EU-WEST-1" is no name of a region'),
    ("plain http beyond this machine is refused",
     Case("", config="[default]\nregion = x-1\n" + static("A"), env={"AWS_ENDPOINT_URL_STS": "http://sts.example"}),
     "STS", "sts: the endpoint http://sts.example is plain http beyond this machine"),
    ("the token's blanks are no part of it",
     Case("", env={**CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{HOME}/container-token"},
          files={"container-token": CONTAINER_TOKEN + "\n"}), "id",
     responder.keys("container", CONTAINER_TOKEN)[0]),
    ("without a region roles are assumed in us-east-1",
     Case("", config=f"[default]\nrole_arn = {ROLE}r\nsource_profile = default\n" + static("A")), "id",
     responder.keys("role", ROLE + "r", "AKIDA", "", "", "")[0]),
]


def differ():
    for what, one, member, wanted in DIFFERENCES:
        ours, theirs = one.ours(), one.theirs()
        got = {**ours, **(ours["found"] or {}), **(ours["endpoints"] or {})}.get(member) or ""
        good = wanted in got if member == "error" else wanted == got
        parts = ("found", "region", "endpoints") if member == "STS" else ("found", "region")
        differs = [ours[part] for part in parts] != [theirs[part] for part in parts]
        case(good and differs, f"differs on purpose: {what}", got, ours, theirs)


# ---- moto ----

def probe(config, env, *arguments):
    one = Case("", config=config, env=env)
    one.prepare()
    done = subprocess.run([str(PROBE), *arguments], env=one.env, capture_output=True, timeout=SECONDS,
                          stdin=subprocess.DEVNULL)
    return json.loads(done.stdout)


def ask_moto(url):
    env = {"AWS_ENDPOINT_URL_STS": url, "AWS_ENDPOINT_URL": url}
    config = (f"[default]\nregion = eu-west-1\nrole_arn = {ROLE}outer\nsource_profile = b\nrole_session_name = me\n"
              f"[profile b]\nrole_arn = {ROLE}inner\nsource_profile = c\n[profile c]\n" + static("C") +
              f"[profile web]\nregion = eu-west-1\nrole_arn = {ROLE}web\nweb_identity_token_file = {HOME}/token\n"
              f"[profile mfa]\nregion = eu-west-1\nrole_arn = {ROLE}mfa\nsource_profile = c\n"
              "mfa_serial = arn:aws:iam::123456789012:mfa/me\n")
    said = probe(config, env, "--identity")
    case(said.get("arn") == "arn:aws:sts::123456789012:assumed-role/outer/me" and said["role"] == "outer" and
         said["account"] == "123456789012" and said["source"] == "role", "moto: roles in a chain, and who that is", said)
    said = probe(config, env, "--profile", "web", "--identity")
    case(said.get("role") == "web" and said.get("source") == "web-identity", "moto: a web identity", said)
    said = probe(config, env, "--profile", "mfa", "--identity")
    case("a code of arn:aws:iam::123456789012:mfa/me is wanted" in said.get("error", ""),
         "moto: a role with a device waits for its code", said)
    said = probe(config, env, "--profile", "mfa", "--mfa", "123456", "--identity")
    case(said.get("role") == "mfa", "moto: and goes on with it", said)


def show(one, ours, theirs):
    wrong = {name: (ours["endpoints"].get(name), url) for name, url in (theirs["endpoints"] or {}).items()
             if ours["endpoints"] and ours["endpoints"].get(name) != url}
    return [f"ours:   {ours['found']} {ours['region']} {ours['error']}",
            f"theirs: {theirs['found']} {theirs['region']} {theirs['error']}", f"endpoints: {wrong}",
            one.files[".aws/config"], one.files[".aws/credentials"],
            {name: value for name, value in one.env.items() if name.startswith("AWS_")}]


def compare(cases, title):
    equal, found = 0, 0
    for one in cases:
        ours, theirs = one.ours(), one.theirs()
        if same(ours, theirs):
            equal += 1
            found += ours["found"] is not None
        else:
            case(False, f"{title}: {one.name}", *show(one, ours, theirs))
    case(equal == len(cases) and found > len(cases) // 4,
         f"{title}: {len(cases)} environments give what botocore finds ({found} with keys)", equal, found)


def main():
    try:
        compare(CASES, "made by hand")
        compare([drawn(number) for number in range(60)], "drawn")
        hosts()
        differ()
        case(not responder.faults, "questions to STS bear botocore's signature, and no secret is printed",
             *responder.faults[:5])
        case({"POST /", "GET /federation/credentials", "POST /token", "GET /container", "PUT /latest/api/token"}
             <= set(responder.asked), "each source was asked", sorted(set(responder.asked)))
        with partners.MotoServer(CACHE) as moto:
            ask_moto(moto.url)
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
