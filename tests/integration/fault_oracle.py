#!/usr/bin/env python3
"""botocore reads the same bytes of error answers: code, words and request id must be equal, and so
must be the judgement whether they are worth another attempt.

LAMBDIG_PARTNERS (else BUILDDIR/partners) keeps what was obtained."""
import json
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
BUILDDIR = pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve()
NAMES = {"portal.sso": "sso", "oidc": "sso-oidc", "monitoring": "cloudwatch"}  # botocore's own

STS = ('<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{}</Code>'
       "<Message>The words</Message></Error><RequestId>id-1</RequestId></ErrorResponse>")
JSON = '{{"__type":"{}","message":"The words"}}'
# service, status, headers, body
ANSWERS = [
    ("logs", 400, {}, JSON.format("ResourceNotFoundException")),
    ("logs", 400, {}, JSON.format("com.amazonaws.logs#InvalidParameterException")),
    ("logs", 400, {}, JSON.format("com.amazonaws.logs#InvalidParameterException:http://x/")),
    ("logs", 400, {"x-amzn-RequestId": "id-2"}, '{"__type":"AccessDeniedException","Message":"capital"}'),
    ("logs", 400, {}, '{"__type":"SerializationException"}'),
    ("logs", 503, {}, ""),
    ("logs", 400, {}, '{"__type":"A","message":"caf\\u00e9 \\ud83d\\ude00 \\"q\\""}'),
    ("lambda", 404, {"x-amzn-ErrorType": "ResourceNotFoundException"}, '{"Type":"User","Message":"none"}'),
    ("lambda", 404, {"x-amzn-errortype": "ResourceNotFoundException:http://internal/x/"}, '{"message":"none"}'),
    ("lambda", 403, {"x-amzn-errortype": "AccessDeniedException"}, '{"Message":"User is not authorized"}'),
    ("lambda", 429, {"x-amzn-ErrorType": "TooManyRequestsException", "Retry-After": "1"},
     '{"Reason":"CallerRateLimitExceeded","Type":"User","message":"Rate Exceeded."}'),
    ("lambda", 400, {}, '{"code":"InvalidParameterValueException","message":"no"}'),
    ("lambda", 400, {}, '{"__type":"com.amazonaws.lambda#InvalidParameterValueException","message":"no"}'),
    ("xray", 429, {"x-amzn-ErrorType": "ThrottledException"}, '{"Message":"slowly"}'),
    ("sqs", 400, {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"},
     '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The queue is not there"}'),
    ("sqs", 400, {}, '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The queue is not there"}'),
    ("events", 400, {}, JSON.format("ResourceNotFoundException")),
    ("sts", 403, {}, STS.format("ExpiredToken")),
    ("sts", 400, {"x-amzn-RequestId": "id-1"}, STS.format("ValidationError")),
    ("iam", 404, {}, STS.format("NoSuchEntity")),
    ("sns", 404, {}, STS.format("NotFound")),
    ("sns", 403, {}, STS.format("AuthorizationError")),
    ("s3", 404, {"x-amz-request-id": "id-3"},
     '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The key &lt;x&gt; is gone</Message>'
     "<Key>x</Key><RequestId>id-3</RequestId></Error>"),
    ("s3", 301, {"x-amz-request-id": "id-4"},
     "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"),
    ("portal.sso", 401, {"x-amzn-ErrorType": "UnauthorizedException"}, '{"message":"Session token not found"}'),
]
STATUSES = [400, 401, 403, 404, 409, 413, 500, 501, 502, 503, 504, 505]

ORACLE = r"""
import json, sys
import botocore.session
from botocore.compat import HTTPHeaders
from botocore.parsers import create_parser
from botocore.retries import standard

session = botocore.session.get_session()
models = {}

class Answer:
    def __init__(self, status):
        self.status_code, self.headers = status, {}

def judge(case):
    model = models.setdefault(case["boto"], session.get_service_model(case["boto"]))
    parser = create_parser(model.resolved_protocol)
    headers = HTTPHeaders.from_dict(case["header_map"])
    shape = model.operation_model(model.operation_names[0]).output_shape
    parsed = parser.parse({"status_code": case["status"], "headers": headers, "body": case["body"].encode()}, shape)
    error, meta = parsed.get("Error", {}), parsed.get("ResponseMetadata", {})
    context = standard.RetryContext(attempt_number=1, operation_model=None, parsed_response=parsed,
                                    http_response=Answer(case["status"]), caught_exception=None)
    return {"code": str(error.get("Code", "")), "message": error.get("Message", ""),
            "request_id": meta.get("RequestId", ""),
            "transient": standard.TransientRetryableChecker().is_retryable(context),
            "throttled": standard.ThrottledRetryableChecker().is_retryable(context)}

sys.stdout.write(json.dumps({
    "throttles": list(standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES),
    "transients": list(standard.TransientRetryableChecker._TRANSIENT_ERROR_CODES),
    "statuses": list(standard.TransientRetryableChecker._TRANSIENT_STATUS_CODES)}) + "\n")
for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))))
"""


DELAYS = r"""
import json, sys
from botocore.retries import quota, standard

standard.NEW_RETRIES_ENABLED = True  # only there the hint counts; a throttle's scale is the old one

class Detector:
    def is_throttling_error_from_context(self, context):
        return True

class Answer:
    status_code = 429
    def __init__(self, hint):
        self.headers = {"x-amz-retry-after": hint}

backoff = standard.ExponentialBackoff(random=lambda: 1, throttling_detector=Detector())
for hint in sys.argv[1:]:
    print(json.dumps([round(1000 * backoff.delay_amount(standard.RetryContext(
        attempt_number=n, http_response=Answer(hint), parsed_response={}))) for n in range(1, 9)]))
checker = standard.RetryQuotaChecker
print(json.dumps([quota.RetryQuota.INITIAL_CAPACITY, checker._RETRY_COST, checker._TIMEOUT_RETRY_REQUEST]))
"""
HINTS = ["none", "0", "100", "1500", "7000", "100000000000", "-5", "1.5"]


def delays(python, case):
    """The longest delay of each attempt, with and without a hint, and what the bucket pays for."""
    done = subprocess.run([str(python), "-c", DELAYS, *HINTS], capture_output=True, text=True, timeout=60)
    *others, (tokens, cost, timeout_cost) = [json.loads(line) for line in done.stdout.splitlines()] or [(0, 1, 1)]
    printed = subprocess.run([str(BUILDDIR / "tests/integration/fault_print"), "delays", *HINTS], capture_output=True,
                             text=True, check=True, timeout=60).stdout.splitlines()
    mines, bought = printed[:len(HINTS)], printed[len(HINTS):]
    for hint, mine, other in zip(HINTS, mines, others):
        same = all(abs(int(a) - b) <= 1 for a, b in zip(mine.split(), other))
        case(same and len(other) == 8, f"delays after a hint of {hint}", mine, other)
    case(len(others) == len(HINTS), "botocore gave its delays", done.stderr[-1000:])
    wanted = [f"{tokens // cost} {cost}"] * 2 + [f"{tokens // timeout_cost} {timeout_cost}"]
    case(bought == wanted, "the bucket pays for as many repetitions", bought, wanted)


def as_case(service, status, headers, body):
    return {"service": service, "boto": NAMES.get(service, service), "status": status, "body": body,
            "header_map": headers, "headers": "".join(f"{name}: {value}\r\n" for name, value in headers.items())}


def ours(cases):
    text = "".join(json.dumps({key: one[key] for key in ("service", "status", "headers", "body")}) + "\n" for one in cases)
    done = subprocess.run([str(BUILDDIR / "tests/integration/fault_print")], input=text, capture_output=True, text=True,
                          check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def theirs(python, cases):
    done = subprocess.run([str(python), "-c", ORACLE], input="".join(json.dumps(one) + "\n" for one in cases),
                          capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    known, *rest = [json.loads(line) for line in done.stdout.splitlines()]
    return known, rest


def same_words(mine, other, status):
    """botocore gives the status as the code where there is none, and words of its own."""
    if other["code"] in (str(status), "") or not mine["code"]:
        return mine["code"] == "" and other["code"] in (str(status), "")
    return mine["code"] == other["code"] and mine["message"] == other["message"]


def main():
    sys.path.insert(0, str(HERE))
    import partners
    from harness import case, exit_status, tell
    try:
        python = partners.aws_python(pathlib.Path(os.environ.get("LAMBDIG_PARTNERS", BUILDDIR / "partners")).resolve())
    except partners.Missing as why:
        tell("SKIP", "the oracle of errors", str(why))
        return exit_status()
    cases = [as_case(*answer) for answer in ANSWERS]
    cases += [as_case("logs", status, {}, "{}") for status in STATUSES]
    known, _ = theirs(python, [])
    cases += [as_case("logs", 400, {}, JSON.format(code)) for code in known["throttles"] + known["transients"]]
    known, others = theirs(python, cases)
    mines = ours(cases)
    case(len(mines) == len(others) == len(cases) and known["throttles"] and known["transients"],
         "both read every answer")
    for one, mine, other in zip(cases, mines, others):
        name = f"{one['service']} {one['status']} {mine['code']}"
        case(same_words(mine, other, one["status"]), f"{name}: code and words", one, mine, other)
        if other["request_id"]:
            case(mine["request_id"] == other["request_id"], f"{name}: request id", mine, other)
        again = mine["class"] in ("transient", "throttled", "too-many")
        case(again == (other["transient"] or other["throttled"]), f"{name}: worth another attempt", one, mine, other)
        if other["throttled"] and not other["transient"]:
            case(mine["class"] in ("throttled", "too-many"), f"{name}: a throttle", mine, other)
    delays(python, case)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
