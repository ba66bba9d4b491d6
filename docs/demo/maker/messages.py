"""What waits in the queues: one ReceiveMessage answer and the attributes of each."""
import hashlib
import struct

from maker import lines
from maker.dice import END_MS, START_MS, iso_ms
from maker.functions import BY_NAME, arn, queue_url


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def md5_of_attributes(attributes):
    """SQS's own digest over names, types and values, each with its length."""
    raw = b""
    for name in sorted(attributes):
        for text in (name, attributes[name]["DataType"]):
            raw += struct.pack(">I", len(text.encode())) + text.encode()
        value = attributes[name]["StringValue"].encode()
        raw += b"\1" + struct.pack(">I", len(value)) + value
    return hashlib.md5(raw).hexdigest()


def message(dice, body, sent_ms, system=None, attributes=None, receive_count=1):
    answer = {
        "MessageId": dice.uuid(), "ReceiptHandle": "AQEB" + dice.hex(60), "MD5OfBody": md5(body), "Body": body,
        "Attributes": {"SenderId": "AROAEXAMPLE:awslambda", "SentTimestamp": str(sent_ms),
                       "ApproximateReceiveCount": str(receive_count),
                       "ApproximateFirstReceiveTimestamp": str(min(sent_ms + 39_000, END_MS - 1)), **(system or {})}}
    if attributes:
        answer["MessageAttributes"] = attributes
        answer["MD5OfMessageAttributes"] = md5_of_attributes(attributes)
    return answer


def error_payload(a):
    """The function's answer, as the caller of a synchronous invocation would see it."""
    plan, rid = a.plan, a.request_id
    if plan.ending == "timeout":
        text = f"RequestId: {rid} Error: Task timed out after {a.function.timeout_ms // 1000}.00 seconds"
        return {"errorType": "Sandbox.Timedout", "errorMessage": text}
    if plan.ending == "memory":
        return {"errorType": "Runtime.OutOfMemory",
                "errorMessage": f"RequestId: {rid} Error: Runtime exited with error: signal: killed"}
    if plan.ending in ("killed", "exit"):
        return {"errorType": "Runtime.ExitError",
                "errorMessage": f"RequestId: {rid} Error: Runtime exited with error: {plan.how}"}
    error = plan.error
    return {"errorMessage": error.message, "errorType": error.kind, "requestId": rid,
            "stackTrace": lines.python_stack(error)}


def lambda_dlq(a, dice):
    """The original event as it was, and three attributes."""
    attributes = {
        "RequestID": {"StringValue": a.request_id, "DataType": "String"},
        "ErrorCode": {"StringValue": "200", "DataType": "Number"},
        "ErrorMessage": {"StringValue": error_payload(a)["errorMessage"][:1024], "DataType": "String"}}
    return message(dice, lines.tight(a.request.payload), a.end_ms + 420, attributes=attributes)


def destination(a, dice):
    body = {"version": "1.0", "timestamp": iso_ms(a.end_ms + 300),
            "requestContext": {"requestId": a.request_id, "functionArn": a.function.arn + ":$LATEST",
                               "condition": "RetriesExhausted", "approximateInvokeCount": a.number},
            "requestPayload": a.request.payload,
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": error_payload(a)}
    system = {"AWSTraceHeader": f"Root={a.trace_id};Parent={a.segment_id};Sampled=1"}
    return message(dice, lines.tight(body), a.end_ms + 330, system)


def too_old(dice):
    """An event that waited six hours and was never tried again: no response to tell of."""
    f = BY_NAME["thumbnailer"]
    sent_ms = START_MS - 21_000
    body = {"version": "1.0", "timestamp": iso_ms(sent_ms),
            "requestContext": {"requestId": dice.uuid(), "functionArn": f.arn + ":$LATEST",
                               "condition": "EventAgeExceeded", "approximateInvokeCount": 1},
            "requestPayload": {"id": 9}}
    return message(dice, lines.tight(body), sent_ms)


def stream_failure(a, dice):
    """Points into the stream; holds no record of it."""
    first, last = "49668899001122334455667788990011223344556677889900112233", \
        "49668899001122334455667788990011223344556677889900112258"
    body = {"requestContext": {"requestId": a.request_id, "functionArn": a.function.arn,
                               "condition": "RetryAttemptsExhausted", "approximateInvokeCount": 2},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0", "timestamp": iso_ms(a.end_ms + 200),
            "KinesisBatchInfo": {"shardId": "shardId-000000000003", "startSequenceNumber": first,
                                 "endSequenceNumber": last,
                                 "approximateArrivalOfFirstRecord": iso_ms(a.start_ms - 4_100),
                                 "approximateArrivalOfLastRecord": iso_ms(a.start_ms - 900),
                                 "batchSize": 25, "streamArn": a.function.source}}
    return message(dice, lines.tight(body), a.end_ms + 240)


def redriven(a, dice):
    """Moved by SQS itself: the original message, and nothing of Lambda."""
    system = {"DeadLetterQueueSourceArn": a.function.source}
    return message(dice, lines.tight(a.request.payload), a.request.begin_ms - 122_000, system, receive_count=4)


QUEUES = {  # name -> form of its messages, functions that feed it, the queue that it serves
    "orders-dlq": (lambda_dlq, "orders-worker", None),
    "invoices-dlq": (lambda_dlq, "invoice-mailer", None),
    "thumbs-dlq": (destination, "thumbnailer", None),
    "fanout-failed": (stream_failure, "stream-fanout", None),
    "report-requests-dlq": (redriven, "report-writer", None),
    "report-requests": (None, None, {"deadLetterTargetArn": arn("sqs", "report-requests-dlq"), "maxReceiveCount": 3}),
}


def queue(name, messages, redrive):
    attributes = {"QueueArn": arn("sqs", name), "ApproximateNumberOfMessages": str(len(messages)),
                  "ApproximateNumberOfMessagesNotVisible": "0", "ApproximateNumberOfMessagesDelayed": "0",
                  "VisibilityTimeout": "60" if redrive else "30", "MessageRetentionPeriod": "1209600",
                  "CreatedTimestamp": "1787000000"}
    if redrive:
        attributes["RedrivePolicy"] = lines.tight(redrive)
    return {"QueueUrl": queue_url(name), "Attributes": attributes, "Messages": messages}


def messages_json(exhausted, dice):
    queues = []
    for name, (form, feeder, redrive) in QUEUES.items():
        given_up = [a for a in exhausted if a.function.name == feeder]
        if name == "fanout-failed":  # one message for a batch, after its last attempt
            given_up = given_up[-1:]
        found = [form(a, dice) for a in sorted(given_up, key=lambda a: a.end_ms)]
        if name == "thumbs-dlq":
            found.insert(0, too_old(dice))
        queues.append(queue(name, found, redrive))
    return {"Queues": queues}
