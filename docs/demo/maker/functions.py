"""The twelve functions as they are configured, and what is wired to them."""
import base64
import hashlib

ACCOUNT, REGION = "111122223333", "us-east-1"


def arn(service, resource):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def queue_url(name):
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


class Function:
    def __init__(self, name, runtime, memory_mb, timeout_ms, trigger, json_logs=False,
                 debug_system_log=False, tracing="PassThrough", dlq=None, on_failure=None,
                 source=None, modified="2026-11-12T09:14:27.000+0000", handler="app.handler"):
        self.name, self.runtime = name, runtime
        self.memory_mb, self.timeout_ms = memory_mb, timeout_ms
        self.trigger = trigger  # sync, async, sqs, stream
        self.json_logs, self.debug_system_log = json_logs, debug_system_log
        self.tracing, self.dlq, self.on_failure = tracing, dlq, on_failure
        self.source, self.modified, self.handler = source, modified, handler

    @property
    def arn(self):
        return arn("lambda", "function:" + self.name)

    @property
    def log_group(self):
        return "/aws/lambda/" + self.name

    @property
    def role_arn(self):
        return f"arn:aws:iam::{ACCOUNT}:role/{self.name}-role"


FUNCTIONS = [
    Function("orders-worker", "python3.12", 256, 30000, "async", tracing="Active",
             dlq="orders-dlq", handler="worker.handler"),
    Function("thumbnailer", "nodejs20.x", 128, 15000, "async", tracing="Active",
             on_failure="thumbs-dlq", handler="index.handler"),
    Function("invoice-mailer", "python3.12", 256, 10000, "async", dlq="invoices-dlq",
             handler="handler.lambda_handler"),
    Function("api-gateway-auth", "nodejs22.x", 256, 5000, "sync", json_logs=True,
             handler="auth.handler"),
    Function("nightly-sync", "java21", 1024, 150000, "async",
             handler="example.sync.Handler::handleRequest"),
    Function("stream-fanout", "provided.al2023", 128, 10000, "stream", handler="bootstrap",
             source=arn("kinesis", "stream/clicks"), on_failure="fanout-failed"),
    Function("report-writer", "python3.13", 512, 20000, "sqs", json_logs=True,
             debug_system_log=True, handler="report.handler",
             source=arn("sqs", "report-requests"), modified="2026-11-24T13:53:41.000+0000"),
    Function("inventory-check", "nodejs22.x", 256, 6000, "sync", handler="check.handler"),
    Function("image-indexer", "python3.13", 256, 30000, "async", handler="indexer.handler",
             modified="2026-11-23T16:40:02.000+0000"),
    Function("pdf-render", "dotnet8", 512, 20000, "sync", tracing="Active",
             handler="PdfRender::PdfRender.Function::Handle"),
    Function("geo-lookup", "python3.13", 128, 3000, "sync", handler="app.handler",
             modified="2026-11-24T13:55:36.000+0000"),
    Function("media-archiver", "nodejs22.x", 256, 60000, "async", handler="archive.handler",
             modified="2026-11-20T11:02:55.000+0000"),
]
BY_NAME = {f.name: f for f in FUNCTIONS}


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def configuration(f):
    answer = {
        "FunctionName": f.name, "FunctionArn": f.arn, "Runtime": f.runtime, "Role": f.role_arn,
        "Handler": f.handler, "CodeSize": 48211 + 977 * len(f.name), "Description": "",
        "Timeout": f.timeout_ms // 1000, "MemorySize": f.memory_mb, "LastModified": f.modified,
        "CodeSha256": digest(f.name), "Version": "$LATEST", "TracingConfig": {"Mode": f.tracing},
        "PackageType": "Zip", "Architectures": ["arm64"], "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "JSON" if f.json_logs else "Text", "LogGroup": f.log_group},
    }
    if f.json_logs:
        answer["LoggingConfig"]["ApplicationLogLevel"] = "INFO"
        answer["LoggingConfig"]["SystemLogLevel"] = "DEBUG" if f.debug_system_log else "INFO"
    if f.dlq:
        answer["DeadLetterConfig"] = {"TargetArn": arn("sqs", f.dlq)}
    return answer


def event_invoke_configs():
    return [{"FunctionArn": f.arn + ":$LATEST", "LastModified": 1794474867.0,
             "MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 21600,
             "DestinationConfig": {"OnFailure": {"Destination": arn("sqs", f.on_failure)}}}
            for f in FUNCTIONS if f.trigger == "async" and f.on_failure]


def event_source_mappings():
    mappings = []
    for f in FUNCTIONS:
        if not f.source:
            continue
        mapping = {"UUID": f"5d0a3c{len(f.name):02x}-77b1-4c2e-9a40-6f1d2b7c8e90",
                   "EventSourceArn": f.source, "FunctionArn": f.arn, "State": "Enabled",
                   "BatchSize": 1 if f.trigger == "sqs" else 100, "LastModified": 1794474867.0}
        if f.trigger == "stream":
            mapping.update(MaximumRetryAttempts=1, BisectBatchOnFunctionError=False,
                           LastProcessingResult="PROBLEM: Function call failed",
                           DestinationConfig={"OnFailure": {"Destination": arn("sqs", f.on_failure)}})
        mappings.append(mapping)
    return mappings


def functions_json():
    return {"Functions": [configuration(f) for f in FUNCTIONS],
            "FunctionEventInvokeConfigs": event_invoke_configs(),
            "EventSourceMappings": event_source_mappings()}
