/* Whole logs in, one verdict out: the rules and their order, in the shapes in which logs are met. */
#include "src/model/classify.h"
#include "tests/unit/track.h"

#include <stdio.h>

#define TS "2026-11-24T10:00:00.000Z"
#define A "0a1b2c3d-1111-4222-8333-444455556666"
#define B "0a1b2c3d-2222-4222-8333-444455556666"
#define START(id) "START RequestId: " id " Version: $LATEST\n"
#define END(id) "END RequestId: " id "\n"
#define REPORT(id, more) "REPORT RequestId: " id "\tDuration: 120.50 ms\tBilled Duration: 121 ms\tMemory Size: 256 MB\tMax Memory Used: 90 MB\t" more "\n"
#define FULL(id, more) "REPORT RequestId: " id "\tDuration: 120.50 ms\tBilled Duration: 121 ms\tMemory Size: 256 MB\tMax Memory Used: 256 MB\t" more "\n"
#define NODE(id, text) TS "\t" id "\t" text "\n"

static const struct {
    const char *name, *log, *class;
    const char *cause; /* NULL: none */
    enum confidence confidence;
} logs[] = {
    /* 1: the platform's verdict comes first */
    {"status timeout", START(A) END(A) REPORT(A, "Status: timeout"), "timeout", NULL, CONFIDENCE_CERTAIN},
    {"timeout beats full memory", START(A) END(A) FULL(A, "Status: timeout"), "timeout", NULL, CONFIDENCE_CERTAIN},
    {"timeout beats an unhandled error",
     START(A) "[ERROR] ValueError: x\nTraceback (most recent call last):\n" END(A) REPORT(A, "Status: timeout"),
     "timeout", NULL, CONFIDENCE_CERTAIN},
    {"status out of memory", START(A) END(A) REPORT(A, "Status: error\tError Type: Runtime.OutOfMemory"),
     "memory", NULL, CONFIDENCE_CERTAIN},
    {"out of memory beats the denial that was logged",
     START(A) NODE(A, "ERROR\tAccessDenied: Access Denied") END(A) REPORT(A, "Status: error\tError Type: Runtime.OutOfMemory"),
     "memory", NULL, CONFIDENCE_CERTAIN},
    {"status import error", START(A) END(A) REPORT(A, "Status: error\tError Type: Runtime.ImportModuleError"),
     "startup", NULL, CONFIDENCE_CERTAIN},
    {"status handler missing", REPORT(A, "Status: error\tError Type: Runtime.HandlerNotFound"), "startup", NULL, CONFIDENCE_CERTAIN},
    {"status extension", START(A) END(A) REPORT(A, "Status: error\tError Type: Extension.Crash"), "startup", NULL, CONFIDENCE_CERTAIN},
    {"status sandbox failure", START(A) END(A) REPORT(A, "Status: failure\tError Type: Sandbox.Failure"), "crash", NULL, CONFIDENCE_CERTAIN},
    {"status error of no known kind", START(A) END(A) REPORT(A, "Status: error\tError Type: Runtime.TruncatedResponse"),
     "exception", NULL, CONFIDENCE_POSSIBLE},
    {"status failure alone is never success", START(A) END(A) REPORT(A, "Status: failure"), "exception", NULL, CONFIDENCE_POSSIBLE},
    {"status exit error alone", START(A) END(A) REPORT(A, "Status: error\tError Type: Runtime.ExitError"), "crash", NULL, CONFIDENCE_CERTAIN},
    {"an unknown status is not success", START(A) END(A) REPORT(A, "Status: suspended"), "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"status success does not clear the handler",
     "{\"type\":\"platform.start\",\"record\":{\"requestId\":\"" A "\"}}\n"
     "{\"timestamp\":\"" TS "\",\"log_level\":\"ERROR\",\"errorMessage\":\"x\",\"errorType\":\"KeyError\",\"requestId\":\"" A "\"}\n"
     "{\"type\":\"platform.report\",\"record\":{\"requestId\":\"" A "\",\"status\":\"success\",\"metrics\":{\"durationMs\":3.0,\"billedDurationMs\":3}}}\n",
     "exception", NULL, CONFIDENCE_CERTAIN},

    /* 2: init and restore without a request */
    {"init failed", "INIT_REPORT Init Duration: 206.72 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError\n",
     "startup", NULL, CONFIDENCE_CERTAIN},
    {"init timed out", "INIT_REPORT Init Duration: 9999.00 ms\tPhase: init\tStatus: timeout\n", "startup", NULL, CONFIDENCE_CERTAIN},
    {"restore failed", "RESTORE_START Runtime Version: java:21\nRESTORE_REPORT Restore Duration: 300.10 ms\tStatus: error\tError Type: Runtime.ExitError\n",
     "startup", NULL, CONFIDENCE_CERTAIN},
    {"init failed, in JSON",
     "{\"time\":\"" TS "\",\"type\":\"platform.initReport\",\"record\":{\"phase\":\"init\",\"status\":\"timeout\",\"metrics\":{\"durationMs\":10000.487}}}\n",
     "startup", NULL, CONFIDENCE_CERTAIN},
    {"an init that timed out and a request that went well",
     "INIT_REPORT Init Duration: 9999.00 ms\tPhase: init\tStatus: timeout\n" START(A) END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"a suppressed init that ate the time",
     START(A) "INIT_REPORT Init Duration: 3000.00 ms\tPhase: invoke\tStatus: timeout\n" END(A) REPORT(A, "Status: timeout"),
     "timeout", "startup", CONFIDENCE_CERTAIN},

    /* 3: the platform's sentences */
    {"timeout text before END", START(A) TS " " A " Task timed out after 3.00 seconds\n" END(A) REPORT(A, ""), "timeout", NULL, CONFIDENCE_CERTAIN},
    {"timeout text after REPORT", START(A) END(A) REPORT(A, "") TS " " A " Task timed out after 3.00 seconds\n", "timeout", NULL, CONFIDENCE_CERTAIN},
    {"timeout text without time", START(A) END(A) REPORT(A, "") A " Task timed out after 3.00 seconds\n", "timeout", NULL, CONFIDENCE_CERTAIN},
    {"timeout text without id", START(A) TS "  Task timed out after 3.00 seconds\n" END(A) REPORT(A, ""), "timeout", NULL, CONFIDENCE_CERTAIN},
    {"timeout behind END", START(A) "END RequestId: " A " Task timed out after 5.00 seconds\n" REPORT(A, ""), "timeout", NULL, CONFIDENCE_CERTAIN},
    {"timeout as the answer", "{\"errorMessage\":\"" TS " " A " Task timed out after 3.00 seconds\"}\n", "timeout", NULL, CONFIDENCE_LIKELY},
    {"timeout with an earlier network error",
     START(A) NODE(A, "ERROR\tError: connect ETIMEDOUT 10.0.0.9:6379") TS " " A " Task timed out after 3.00 seconds\n" END(A) REPORT(A, ""),
     "timeout", "downstream", CONFIDENCE_CERTAIN},
    {"timeout with an earlier throttle",
     START(A) NODE(A, "ERROR\tThrottlingException: Rate exceeded") TS " " A " Task timed out after 3.00 seconds\n" END(A) REPORT(A, ""),
     "timeout", "throttle", CONFIDENCE_CERTAIN},
    {"a caller that quotes another's timeout",
     START(A) NODE(A, "ERROR\tInvoke Error \t{\"errorType\":\"Error\",\"errorMessage\":\"callee said: " TS " " B " Task timed out after 9.00 seconds\"}") END(A) REPORT(A, ""),
     "exception", NULL, CONFIDENCE_CERTAIN},
    {"a Python caller that quotes another's answer",
     START(A) "[ERROR] Exception: callee said {\"errorMessage\":\"" TS " " B " Task timed out after 9.00 seconds\"}\nTraceback (most recent call last):\n" END(A) REPORT(A, ""),
     "exception", NULL, CONFIDENCE_CERTAIN},
    {"an emulator that prints the answer behind its own prefix",
     START(A) "pay-1 | {\"errorMessage\":\"" TS " " A " Task timed out after 3.00 seconds\"}\n" END(A) REPORT(A, ""),
     "timeout", NULL, CONFIDENCE_CERTAIN},
    {"a library's timeout in an invocation that was short", START(A) "Task timed out after 30 seconds\n" END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"the platform's, without time and id", START(A) "Task timed out after 0.12 seconds\n" END(A) REPORT(A, ""), "timeout", NULL, CONFIDENCE_CERTAIN},
    {"with the id, whatever the figures say", START(A) END(A) REPORT(A, "") TS " " A " Task timed out after 30.00 seconds\n", "timeout", NULL, CONFIDENCE_CERTAIN},
    {"killed", START(A) "RequestId: " A " Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n" END(A) REPORT(A, ""),
     "memory", NULL, CONFIDENCE_LIKELY},
    {"killed, status beside it", START(A) "RequestId: " A " Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n" END(A) REPORT(A, "Status: error\tError Type: Runtime.ExitError"),
     "memory", NULL, CONFIDENCE_LIKELY},

    /* 4: the process ended */
    {"exit status", START(A) "RequestId: " A " Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n" END(A) REPORT(A, ""), "crash", NULL, CONFIDENCE_CERTAIN},
    {"segmentation fault", START(A) "RequestId: " A " Error: Runtime exited with error: signal: segmentation fault (core dumped)\nRuntime.ExitError\n" END(A) REPORT(A, ""), "crash", NULL, CONFIDENCE_CERTAIN},
    {"no reason", START(A) "RequestId: " A " Error: Runtime exited without providing a reason\nRuntime.ExitError\n" END(A) REPORT(A, ""), "crash", NULL, CONFIDENCE_CERTAIN},
    {"heap exhausted, then aborted",
     START(A) "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n" END(A) REPORT(A, "") "RequestId: " A " Error: Runtime exited with error: signal: aborted (core dumped)\nRuntime.ExitError\n",
     "memory", NULL, CONFIDENCE_LIKELY},
    {"go out of memory", START(A) "fatal error: runtime: out of memory\n" END(A) REPORT(A, "") "RequestId: " A " Error: Runtime exited with error: exit status 2\nRuntime.ExitError\n", "memory", NULL, CONFIDENCE_LIKELY},
    {"exit after a failed init",
     "INIT_REPORT Init Duration: 50.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError\n" START(A) "RequestId: " A " Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n" END(A) REPORT(A, ""),
     "startup", NULL, CONFIDENCE_LIKELY},
    {"wrapper not found", START(A) "RequestId: " A " Error: Runtime exited with error: exit status 127\nRuntime.ExitError\n" END(A) REPORT(A, ""), "startup", NULL, CONFIDENCE_LIKELY},
    {"wrong libc", START(A) "/var/task/bootstrap: /lib64/libc.so.6: version `GLIBC_2.34' not found\n" END(A) REPORT(A, "") "RequestId: " A " Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n", "startup", NULL, CONFIDENCE_LIKELY},
    {"wrong architecture", "RequestId: " A " Error: fork/exec /var/task/bootstrap: exec format error\nRuntime.InvalidEntrypoint\n", "startup", NULL, CONFIDENCE_LIKELY},
    {"image without its command", "IMAGE\tLaunch error: exec: \"app.h\": executable file not found\tEntrypoint: []\tCmd: [app.h]\n", "startup", NULL, CONFIDENCE_LIKELY},
    {"old exit with its error above", START(A) NODE(A, "TypeError: x of undefined\n    at exports.handler (/var/task/i.js:3:1)") END(A) REPORT(A, "") "RequestId: " A " Process exited before completing request\n",
     "exception", NULL, CONFIDENCE_POSSIBLE},
    {"old exit with nothing", START(A) END(A) REPORT(A, "") "RequestId: " A " Process exited before completing request\n", "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"old exit with full memory", START(A) END(A) FULL(A, "") "RequestId: " A " Process exited before completing request\n", "memory", NULL, CONFIDENCE_POSSIBLE},
    {"unknown application error", START(A) "Unknown application error occurred\nRuntime.ImportModuleError\n" END(A) REPORT(A, ""), "startup", NULL, CONFIDENCE_CERTAIN},
    {"a panic that ends the process", START(A) "panic: index out of range\n" END(A) REPORT(A, "") "RequestId: " A " Error: Runtime exited with error: exit status 2\nRuntime.ExitError\n", "crash", "exception", CONFIDENCE_CERTAIN},

    {"a fault that Go cannot recover from, old exit", START(A) "unexpected fault address 0x0\nfatal error: fault\n[signal SIGSEGV: segmentation violation code=0x80 addr=0x0 pc=0x7f]\n\ngoroutine 1 [running]:\nruntime.throw(0x1, 0x5)\n\t/usr/local/go/src/runtime/panic.go:596 +0x97\n" END(A) REPORT(A, "") "RequestId: " A " Process exited before completing request\n", "crash", NULL, CONFIDENCE_CERTAIN},
    {"a deadlock in Go, its end not seen", START(A) "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\n", "crash", NULL, CONFIDENCE_LIKELY},
    {"a full memory does not explain Go's fault", START(A) "fatal error: concurrent map writes\n" END(A) FULL(A, "") "RequestId: " A " Process exited before completing request\n", "crash", NULL, CONFIDENCE_CERTAIN},

    /* 5: out of memory without an exit */
    {"java heap", START(A) "Java heap space: java.lang.OutOfMemoryError\njava.lang.OutOfMemoryError: Java heap space\n\tat shop.Pay.run(Pay.java:4)\n" END(A) REPORT(A, ""), "memory", NULL, CONFIDENCE_LIKELY},
    {"python MemoryError", START(A) "[ERROR] MemoryError\nTraceback (most recent call last):\n" END(A) REPORT(A, ""), "memory", NULL, CONFIDENCE_LIKELY},

    /* 6: nobody caught it */
    {"denied", START(A) "[ERROR] ClientError: An error occurred (AccessDenied) when calling the GetObject operation: Access Denied\nTraceback (most recent call last):\n" END(A) REPORT(A, ""), "permission", NULL, CONFIDENCE_CERTAIN},
    {"denied in a wrapped line", "[ERROR] ClientError: An error occurred (AccessDeniedException) when calling the\nQuery operation: User: arn:aws:sts::1:assumed-role/r/f\nis not authorized to perform: dynamodb:Query\n" REPORT(A, ""), "permission", NULL, CONFIDENCE_CERTAIN},
    {"an error because of a logged denial", START(A) NODE(A, "ERROR\tAccessDeniedException: User: arn:aws:sts::1:assumed-role/r/f is not authorized to perform: s3:GetObject") NODE(A, "ERROR\tInvoke Error \t{\"errorType\":\"Error\",\"errorMessage\":\"no settings\"}") END(A) REPORT(A, ""), "permission", NULL, CONFIDENCE_LIKELY},
    {"denied beats throttled", START(A) "[ERROR] ClientError: An error occurred (AccessDenied) after Rate exceeded\nTraceback (most recent call last):\n" END(A) REPORT(A, ""), "permission", NULL, CONFIDENCE_CERTAIN},
    {"throttled", START(A) NODE(A, "ERROR\tInvoke Error \t{\"errorType\":\"TooManyRequestsException\",\"errorMessage\":\"Rate Exceeded.\"}") END(A) REPORT(A, ""), "throttle", NULL, CONFIDENCE_CERTAIN},
    {"table throttled", START(A) "[ERROR] ProvisionedThroughputExceededException: An error occurred\nTraceback (most recent call last):\n" END(A) REPORT(A, ""), "throttle", NULL, CONFIDENCE_CERTAIN},
    {"throttled beats network", START(A) "[ERROR] ClientError: ThrottlingException after Connection refused\nTraceback (most recent call last):\n" END(A) REPORT(A, ""), "throttle", NULL, CONFIDENCE_CERTAIN},
    {"refused", START(A) NODE(A, "ERROR\tInvoke Error \t{\"errorType\":\"Error\",\"errorMessage\":\"connect ECONNREFUSED 10.0.0.1:5432\"}") END(A) REPORT(A, ""), "downstream", NULL, CONFIDENCE_LIKELY},
    {"driver error", START(A) "[ERROR] OperationalError: (2003, \"Can't connect to MySQL server\")\nTraceback (most recent call last):\n" END(A) REPORT(A, ""), "downstream", NULL, CONFIDENCE_LIKELY},
    {"plain exception", START(A) "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n" END(A) REPORT(A, ""), "exception", NULL, CONFIDENCE_CERTAIN},
    {"an exception after a logged network error", START(A) NODE(A, "ERROR\tError: connect ECONNRESET") NODE(A, "ERROR\tInvoke Error \t{\"errorType\":\"Error\",\"errorMessage\":\"gave up\"}") END(A) REPORT(A, ""), "exception", "downstream", CONFIDENCE_CERTAIN},
    {"the answer above the log", "{\"errorMessage\": \"x\", \"errorType\": \"TypeError\"}\n" START(A) END(A) REPORT(A, ""), "exception", NULL, CONFIDENCE_CERTAIN},
    {"the answer below the log", START(A) END(A) REPORT(A, "") "{\n  \"errorMessage\": \"x\",\n  \"errorType\": \"TypeError\"\n}\n", "exception", NULL, CONFIDENCE_CERTAIN},
    {"import error before START", "[ERROR] Runtime.ImportModuleError: Unable to import module 'a': No module named 'b'\nTraceback (most recent call last):\n" START(A) END(A) REPORT(A, ""), "startup", NULL, CONFIDENCE_LIKELY},
    {"an error of the module before START", "[ERROR] KeyError: 'TABLE'\nTraceback (most recent call last):\n  File \"/var/task/a.py\", line 2, in <module>\n" START(A) END(A) REPORT(A, ""), "startup", NULL, CONFIDENCE_LIKELY},
    {"an import in the handler", START(A) "[ERROR] ModuleNotFoundError: No module named 'b'\nTraceback (most recent call last):\n  File \"/var/task/a.py\", line 9, in handler\n    import b\n" END(A) REPORT(A, ""), "exception", NULL, CONFIDENCE_CERTAIN},
    {"a stack trace that nobody marked, just before END", START(A) "java.io.IOException: x\n\tat shop.Pay.run(Pay.java:4)\n" END(A) REPORT(A, ""), "exception", NULL, CONFIDENCE_POSSIBLE},

    /* 7: no failure */
    {"all is well", START(A) NODE(A, "INFO\tpaid") END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"an answer that tells of a network error, below the log",
     START(A) END(A) REPORT(A, "") "\"https://shop.example is down: getaddrinfo ENOTFOUND shop.example\"\n", "success", NULL, CONFIDENCE_LIKELY},
    {"a logged error is no failure", START(A) NODE(A, "ERROR\tTypeError: x\n    at h (/var/task/i.js:1:1)") NODE(A, "INFO\tretried") END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"a logged denial is no failure", START(A) NODE(A, "ERROR\tAccessDenied: Access Denied") END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"python's logger is no failure", START(A) "[ERROR]\t" TS "\t" A "\tcaught\nTraceback (most recent call last):\n  File \"/var/task/a.py\", line 9, in handler\nValueError: x\n" END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"a trace printed in the middle", START(A) "java.io.IOException: x\n\tat shop.Pay.run(Pay.java:4)\nuses the default\n" END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"full memory, whole log", START(A) END(A) FULL(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"full memory, lone report", FULL(A, ""), "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"full memory of an emulator", START(A) END(A) "REPORT RequestId: " A "\tInit Duration: 0.12 ms\tDuration: 92.11 ms\tBilled Duration: 93 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t\n", "success", NULL, CONFIDENCE_LIKELY},
    {"longer than billed", START(A) END(A) "REPORT RequestId: " A "\tDuration: 3003.16 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n", "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"billed as ever rounded up", START(A) END(A) "REPORT RequestId: " A "\tDuration: 99.90 ms\tBilled Duration: 100 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n", "success", NULL, CONFIDENCE_LIKELY},
    {"billed cut to whole milliseconds", START(A) END(A) "REPORT RequestId: " A "\tDuration: 16.78 ms\tBilled Duration: 16 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n", "success", NULL, CONFIDENCE_LIKELY},

    /* parts of logs */
    {"still running", START(A) NODE(A, "INFO\tworking"), "incomplete", NULL, CONFIDENCE_POSSIBLE},
    {"END but no REPORT", START(A) END(A), "incomplete", NULL, CONFIDENCE_POSSIBLE},
    {"an error line alone", "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n", "exception", NULL, CONFIDENCE_LIKELY},
    {"a logged error alone", NODE(A, "ERROR\tTypeError: x\n    at h (/var/task/i.js:1:1)"), "exception", NULL, CONFIDENCE_POSSIBLE},
    {"a warning alone", NODE(A, "ERROR\t(node:8) DeprecationWarning: old"), "incomplete", NULL, CONFIDENCE_POSSIBLE},
    {"a throttle at the caller", "botocore.errorfactory.TooManyRequestsException: An error occurred (TooManyRequestsException) when calling the Invoke operation (reached max retries: 4): Rate Exceeded.\n", "throttle", NULL, CONFIDENCE_POSSIBLE},
    {"a platform event of no known kind", "{\"type\":\"platform.start\",\"record\":{\"requestId\":\"" A "\"}}\n{\"type\":\"platform.newThing\",\"record\":{\"requestId\":\"" A "\"}}\n"
     "{\"type\":\"platform.report\",\"record\":{\"requestId\":\"" A "\",\"metrics\":{\"durationMs\":3.0,\"billedDurationMs\":3}}}\n", "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"a text line of no known kind", START(A) "CHECKPOINT RequestId: " A " State: suspended\n" END(A) REPORT(A, ""), "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"only the done event, failed", "{\"type\":\"platform.runtimeDone\",\"record\":{\"requestId\":\"" A "\",\"status\":\"error\",\"errorType\":\"Runtime.ExitError\"}}\n" "{\"type\":\"platform.start\",\"record\":{\"requestId\":\"" A "\"}}\n", "incomplete", NULL, CONFIDENCE_POSSIBLE},

    {"a sentence of the network, alone", "Connect timeout on endpoint URL: \"https://sqs.eu-west-1.amazonaws.com/\"\n", "downstream", NULL, CONFIDENCE_POSSIBLE},
    {"an extension's end in one line, alone", "Error: signal: terminated Extension.Crash\n", "startup", NULL, CONFIDENCE_POSSIBLE},
    {"frames alone, each with a time", TS " at shop.Pay.run(Pay.java:31)\n" TS " at shop.Pay.handle(Pay.java:12)\n", "exception", NULL, CONFIDENCE_POSSIBLE},
    {"frames that nobody explains, before a good end", START(A) "\tat shop.Pay.run(Pay.java:31)\n" END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"frames below a sentence of the network", "Connect timeout on endpoint URL: \"https://sqs.eu-west-1.amazonaws.com/\"\nFile \"/var/task/a.py\", line 8, in h\nsend(x)\n", "downstream", NULL, CONFIDENCE_POSSIBLE},
    {"a logger's object with errorName, cut off",
     "{\n  \"message\": \"retries\",\n  \"errorName\": \"TooManyRequestsException\",\n  \"errorMessage\": \"Rate exceeded\",\n  \"size\": \"\n", "throttle", NULL, CONFIDENCE_POSSIBLE},
    {"an object with a message of its own is the code's",
     START(A) "{\"message\":\"retries\",\"errorName\":\"TooManyRequestsException\",\"errorMessage\":\"Rate exceeded\"}\n" END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"ruby cannot open a connection", "[ERROR] RuntimeError: Failed to open TCP connection to localhost:9292\n", "downstream", NULL, CONFIDENCE_LIKELY},
    {"the end of a stack trace, then a good end, its beginning cut away",
     "\tat shop.Pay.run(Pay.java:31)\nCaused by: java.io.IOException: closed\n\t... 4 more\n" END(A) REPORT(A, ""), "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"the same in Python", "Traceback (most recent call last):\n  File \"/var/task/a.py\", line 8, in h\n    send(x)\n" END(A) REPORT(A, ""), "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"the end of an answer's object, its beginning cut away", "  \"errorType\": \"KeyError\",\n  \"stackTrace\": []\n}\n" END(A) REPORT(A, ""), "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"the last cause of a stack trace, all else cut away", "Caused by: java.io.IOException: closed\n\tat shop.Pay.run(Pay.java:31)\n\t... 4 more\n" END(A) REPORT(A, ""), "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"the last line of a stack trace", "\t... 4 more\n" END(A) REPORT(A, ""), "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"the name of an error, all else cut away", "KeyError: 'size'\n" END(A) REPORT(A, ""), "ambiguous", NULL, CONFIDENCE_POSSIBLE},
    {"the end of a stack trace, and the code went on", "\tat shop.Pay.run(Pay.java:31)\npaid all the same\n" END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"a trace that Python's code printed itself", START(A) "Traceback (most recent call last):\n  File \"/var/task/a.py\", line 8, in h\n    send(x)\nValueError: x\n" END(A) REPORT(A, ""), "success", NULL, CONFIDENCE_LIKELY},
    {"a missing module, alone", "Cannot find module 'handler'\n", "startup", NULL, CONFIDENCE_LIKELY},
    {"Python 2 names its socket errors in small letters",
     "[Errno 111] Connection refused: error\nTraceback (most recent call last):\nFile \"/var/task/a.py\", line 5, in h\nsock.connect((host, port))\nerror: [Errno 111] Connection refused\n", "downstream", NULL, CONFIDENCE_LIKELY},
    {"a cause that is cut off", "{\n  \"error\": \"X\",\n  \"cause\": {\n    \"errorType\": \"TooManyRequestsException\",\n    \"errorMessage\": \"Rate Exceeded.\",\n    \"trace\": [\n      \"TooManyReq\n", "throttle", NULL, CONFIDENCE_POSSIBLE},
    {"an object of an error that is cut off by the next line",
     START(A) "{\n  \"errorType\": \"KeyError\",\n  \"errorMessage\": \"x\",\n" TS " " A " Task timed out after 3.00 seconds\n", "timeout", NULL, CONFIDENCE_LIKELY},
    {"a module that was not found before any request, then the exit",
     TS "\tundefined\tERROR\tError [ERR_MODULE_NOT_FOUND]: Cannot find package 'x' imported from /var/task/e.js\n    at link (node:internal/x:78:36) {\n  code: 'ERR_MODULE_NOT_FOUND'\n}\nRequestId: " A " Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n", "startup", NULL, CONFIDENCE_LIKELY},
    {"an init that failed, its report cut away",
     "{\"time\":\"" TS "\",\"type\":\"platform.initRuntimeDone\",\"record\":{\"phase\":\"init\",\"status\":\"error\",\"errorType\":\"Runtime.ExitError\"}}\n", "startup", NULL, CONFIDENCE_CERTAIN},
    {"an init that was done and a request that went well",
     "{\"time\":\"" TS "\",\"type\":\"platform.initRuntimeDone\",\"record\":{\"phase\":\"init\",\"status\":\"success\"}}\n{\"type\":\"platform.start\",\"record\":{\"requestId\":\"" A "\"}}\n"
     "{\"type\":\"platform.report\",\"record\":{\"requestId\":\"" A "\",\"metrics\":{\"durationMs\":3.0,\"billedDurationMs\":3}}}\n", "success", NULL, CONFIDENCE_LIKELY},

    /* dress */
    {"a REPORT with each field on a line of its own",
     "REPORT RequestId: " A "\nDuration: 3000.00 ms\nBilled Duration: 3000 ms\nMemory Size: 192 MB\nMax Memory Used: 192 MB\nStatus: timeout\n", "timeout", NULL, CONFIDENCE_CERTAIN},
    {"the same, pasted with empty lines between",
     "REPORT RequestId: " A "\n\nDuration: 3000.00 ms\n\nBilled Duration: 3000 ms\n\nMemory Size: 192 MB\n\nMax Memory Used: 192 MB\n\nStatus: timeout\n", "timeout", NULL, CONFIDENCE_CERTAIN},
    {"an export quoted in a mail, its escapes as they are",
     "> \"@message\": \"REPORT RequestId: " A "\\tDuration: 3000.00 ms\\tBilled Duration: 3000 ms\\tMemory Size: 192 MB\\tMax Memory Used: 90 MB\\tStatus: timeout\\n\"\n", "timeout", NULL, CONFIDENCE_CERTAIN},
    {"a log group in brackets and no id", "[/aws/lambda/pay] " TS "  Task timed out after 30.27 seconds\n", "timeout", NULL, CONFIDENCE_LIKELY},
    {"a log group in brackets, killed, no id", "[/aws/lambda/pay] RequestId:  Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n", "memory", NULL, CONFIDENCE_LIKELY},
    {"a zone in round brackets",
     "2026-11-24 10:00:00.000 (+01:00)\t" A "\tError: connect ECONNREFUSED 127.0.0.1:27017\nEND RequestId: " A "\n" REPORT(A, "") "RequestId: " A " Process exited before completing request\n", "downstream", NULL, CONFIDENCE_POSSIBLE},
    {"ids that were masked", "START RequestId: " A " Version: $LATEST\nEND RequestId: ######\nREPORT RequestId: ####  Duration: 5.30 ms  Billed Duration: 6 ms Memory Size: 128 MB Max Memory Used: 60 MB\n", "success", NULL, CONFIDENCE_LIKELY},
    {"an emulator that writes no END after a death",
     "24 Nov 2026 10:00:00,001 [INFO] (rapid) INIT START(type: on-demand, phase: init)\n" START(A)
     "2026/11/24 10:00:00 {\"errorMessage\":\"x\",\"errorType\":\"plainError\"}\n"
     "24 Nov 2026 10:00:00,002 [ERROR] (rapid) Invoke failed InvokeID=" A " error=Runtime exited with error: exit status 1\n", "crash", "exception", CONFIDENCE_LIKELY},
    {"an emulator's debug log",
     "2026-11-24T10:00:00.000 DEBUG --- [et.reactor-1] l.s.l.i.version_manager    : [pay-" B "] START RequestId: " A " Version: $LATEST\n"
     "2026-11-24T10:00:00.001 DEBUG --- [et.reactor-1] l.s.l.i.version_manager    : [pay-" B "] [ERROR] KeyError: 'x'\n"
     "2026-11-24T10:00:00.002 DEBUG --- [et.reactor-1] l.s.l.i.version_manager    : [pay-" B "] END RequestId: " A "\n"
     "2026-11-24T10:00:00.002 DEBUG --- [et.reactor-1] l.s.l.i.version_manager    : [pay-" B "] REPORT RequestId: " A "\tDuration: 20.65 ms\tBilled Duration: 21 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t\n", "exception", NULL, CONFIDENCE_CERTAIN},
    {"colours", "\033[32mSTART RequestId: " A " Version: 1\033[0m\n\033[31m" TS " " A " Task timed out after 3.00 seconds\033[0m\n", "timeout", NULL, CONFIDENCE_LIKELY},
    {"comments", "// " START(A) "// " END(A) "// " REPORT(A, "Status: timeout"), "timeout", NULL, CONFIDENCE_CERTAIN},
    {"a table", "| 1702763408647 | " START(A) "| 1702763408648 | [ERROR] KeyError: 'x' |\n| 1702763408648 | " REPORT(A, "|"), "exception", NULL, CONFIDENCE_CERTAIN},
    {"everything on one line", "START RequestId: " A " Version: $LATEST END RequestId: " A " REPORT RequestId: " A " Duration: 3.5 ms Billed Duration: 4 ms Memory Size: 128 MB Max Memory Used: 50 MB Status: timeout\n", "timeout", NULL, CONFIDENCE_CERTAIN},
    {"glued lines", "START RequestId: " A " Version: $LATEST\n{\"statusCode\":400}END RequestId: " A "REPORT RequestId: " A " Duration: 3.5 ms Billed Duration: 4 ms Status: timeout\n", "timeout", NULL, CONFIDENCE_CERTAIN},
    {"carriage returns", START(A) "[ERROR] KeyError: 'x'\rTraceback (most recent call last):\r\xC2\xA0 File \"/var/task/a.py\", line 3, in h\n" END(A) REPORT(A, ""), "exception", NULL, CONFIDENCE_CERTAIN},
};

static const char *cause_of(const struct invocation *inv)
{
    return inv->cause == FAILURE_NONE ? "none" : failure_class_row((enum failure_class)inv->cause)->name;
}

/* All that is wrong is told before the test fails. */
static void each_log_gets_the_verdict_of_the_rules(void **state)
{
    (void)state;
    static struct track track;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        track_text(&track, logs[i].log);
        const struct invocation *inv = &track.kept[0];
        const char *cause = logs[i].cause ? logs[i].cause : "none";
        if (track.count == 1 && strcmp(track_class(inv), logs[i].class) == 0 &&
            strcmp(cause_of(inv), cause) == 0 && inv->confidence == logs[i].confidence)
            continue;
        wrong++;
        if (track.count == 0)
            print_error("%s: no verdict\n", logs[i].name);
        else
            print_error("%s: %zu records, %s by %s, %s; expected %s by %s, %s\n", logs[i].name, track.count, track_class(inv), cause_of(inv),
                        confidence_name((enum confidence)inv->confidence), logs[i].class, cause,
                        confidence_name(logs[i].confidence));
    }
    assert_int_equal(wrong, 0);
}

static void a_verdict_names_its_evidence_by_line(void **state)
{
    (void)state;
    static struct track track;
    track_text(&track, START(A) NODE(A, "INFO\tcalls the bank") TS " " A " Task timed out after 3.00 seconds\n" END(A) FULL(A, ""));
    const struct invocation *inv = &track.kept[0];
    assert_int_equal(inv->evidence[0].fact, FACT_TIMEOUT_TEXT);
    assert_int_equal(inv->evidence[0].line, 3);
    assert_int_equal(inv->notes & NOTE_MEMORY_NOT_THE_CAUSE, NOTE_MEMORY_NOT_THE_CAUSE);
    assert_int_equal(inv->timeout_ms, 3000);
    assert_true(inv->not_seen >> FACT_STACK_TRACE & 1);
    assert_false(inv->not_seen >> FACT_TIMEOUT_TEXT & 1);
    track_text_is(inv, inv->last_text, TS "\t" A "\tINFO\tcalls the bank");
}

static void a_denial_is_told_with_its_parts(void **state)
{
    (void)state;
    static struct track track;
    track_text(&track, START(A) "[ERROR] ClientError: An error occurred (AccessDeniedException) when calling the PutItem operation: User: arn:aws:sts::1:assumed-role/r/f is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:1:table/t because no identity-based policy allows the dynamodb:PutItem action\nTraceback (most recent call last):\n" END(A) REPORT(A, ""));
    const struct invocation *inv = &track.kept[0];
    track_text_is(inv, inv->denial_action, "dynamodb:PutItem");
    track_text_is(inv, inv->denial_resource, "arn:aws:dynamodb:eu-west-1:1:table/t");
    track_text_is(inv, inv->signature_text, "ClientError: dynamodb:PutItem");
}

static void an_error_is(const char *log, const char *type, const char *message, const char *location)
{
    static struct track track;
    track_text(&track, log);
    assert_int_equal(track.count, 1);
    track_text_is(&track.kept[0], track.kept[0].exception_type, type);
    track_text_is(&track.kept[0], track.kept[0].exception_message, message);
    track_text_is(&track.kept[0], track.kept[0].exception_location, location);
}

static void the_json_below_a_marker_is_read_as_json(void **state)
{
    (void)state;
    an_error_is(NODE(A, "ERROR\tInvoke Error \t") "{\n    \"errorType\": \"RangeError\",\n    \"errorMessage\": \"too deep\",\n    \"stack\": [\n        \"RangeError: too deep\",\n        \"    at run (/var/task/lib/run.js:6:11)\"\n    ]\n}\n" END(A) REPORT(A, ""),
                "RangeError", "too deep", "lib/run.js:6");
    an_error_is("Error raised from handler method\n{\n  \"errorMessage\": \"bad\",\n  \"errorType\": \"Function<TypeError>\",\n  \"stackTrace\": [\n    \"/var/task/f.rb:3:in `first'\"\n  ]\n}\n",
                "Function<TypeError>", "bad", "f.rb:3");
}

static void what_is_cut_off_inside_that_json_is_read_as_far_as_it_came(void **state)
{
    (void)state;
    const char *cut = NODE(A, "ERROR\tInvoke Error \t") "{\n    \"errorType\": \"RangeError\",\n    \"errorMessage\": \"too deep\",\n    \"stack\": [\n        \"RangeError: too deep\",\n        \"    at run (/var/task/run.js:6:11)\",\n";
    char log[1024];
    an_error_is(cut, "RangeError", "too deep", "run.js:6");
    (void)snprintf(log, sizeof log, "%s%s%s", cut, END(A), REPORT(A, ""));
    an_error_is(log, "RangeError", "too deep", "run.js:6");
}

static void a_death_that_no_end_follows_is_one(void **state)
{
    (void)state;
    static struct track track;
    track_text(&track, START(A) "24 Nov 2026 10:00:00,002 [ERROR] (rapid) Invoke failed InvokeID=" A " error=Runtime exited with error: exit status 3\n"
                       START(B) "2026/11/24 10:00:00 {\"errorMessage\":\"x\",\"errorType\":\"plainError\"}\n"
                       "24 Nov 2026 10:00:00,002 [ERROR] (rapid) Invoke failed InvokeID=" B " error=Runtime exited with error: exit status 1\n"
                       START("c") END("c") FULL("c", ""));
    assert_int_equal(track.count, 3);
    track_text_is(&track.kept[0], track.kept[0].request_id, A);
    track_text_is(&track.kept[1], track.kept[1].exception_type, "plainError");
    assert_string_equal(track_class(&track.kept[2]), "success");
    assert_int_equal(track.kept[2].memory_at_limit, ABSENT); /* its figures mean nothing */
}

static void json_quoted_in_a_mail_is_read(void **state)
{
    (void)state;
    an_error_is(">{\n> \"errorMessage\": \"'region'\",\n> \"errorType\": \"KeyError\",\n> \"stackTrace\": [\n>   \"  File \\\"/var/task/a.py\\\", line 305, in h\\n\"\n> ]\n> }\n",
                "KeyError", "'region'", "a.py:305");
}

static void failures_of_one_cause_share_a_signature(void **state)
{
    (void)state;
    static struct track track;
    track_text(&track, START(A) "[ERROR] ValueError: order 1234 of user 7f3a9c00 is late\n" END(A) REPORT(A, "")
                       START(B) "[ERROR] ValueError: order 77 of user 00ffab12 is late\n" END(B) REPORT(B, "")
                       START("c") "[ERROR] ValueError: the cart is empty\n" END("c") REPORT("c", ""));
    assert_int_equal(track.count, 3);
    assert_true(track.kept[0].signature != 0);
    assert_true(track.kept[0].signature == track.kept[1].signature);
    assert_true(track.kept[0].signature != track.kept[2].signature);
}

static void assert_same_verdict(const struct evidence *e, size_t at)
{
    struct verdict quick, full;
    memset(&quick, 0, sizeof quick);
    memset(&full, 0, sizeof full);
    classify(e, &quick);
    classify_in_full(e, &full);
    if (quick.class != full.class || quick.confidence != full.confidence ||
        quick.cause != full.cause || quick.candidate_count != full.candidate_count)
        fail_msg("byte %zu of the evidence: class %d, by the rules %d", at, quick.class, full.class);
}

/* Each byte of what a plain success has as evidence is changed, so that no member is forgotten. */
static void the_short_way_to_success_is_never_taken_where_a_rule_holds(void **state)
{
    (void)state;
    static struct evidence plain, changed;
    unsigned other = 0;
    evidence_clear(&plain);
    plain.has_start = plain.has_end = plain.has_report = true;
    plain.duration_ns = 45100000;
    plain.billed_ms = 46;
    plain.memory_mb = 256;
    plain.memory_used_mb = 62;
    assert_same_verdict(&plain, 0);
    size_t figures = offsetof(struct evidence, start_unix_ms), others = offsetof(struct evidence, input);
    for (size_t at = 0; at < offsetof(struct evidence, noted); at++)
        for (char value = 0; value < 2; value++) { /* more is no bool */
            struct verdict v;
            changed = plain;
            if (at >= figures && at < others && at % 8 >= 4)
                continue; /* durations of centuries */
            ((char *)&changed)[at] = value;
            assert_same_verdict(&changed, at);
            classify_in_full(&changed, &v);
            other += v.class != FAILURE_SUCCESS;
        }
    for (unsigned value = 0; value < 6; value++) {
        enum { MEMBERS = 5 };
        for (unsigned member = 0; member < MEMBERS; member++) {
            changed = plain;
            changed.status = member == 0 ? (enum status)value : plain.status;
            changed.done_status = member == 1 ? (enum status)value : plain.done_status;
            changed.death = member == 2 ? (enum death)value : plain.death;
            changed.unhandled.weight = member == 3 ? (enum error_weight)value : plain.unhandled.weight;
            changed.logged.weight = member == 4 ? (enum error_weight)value : plain.logged.weight;
            assert_same_verdict(&changed, sizeof changed);
        }
    }
    assert_in_range(other, 5, 1000); /* several of the changes make another class */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_short_way_to_success_is_never_taken_where_a_rule_holds),
        cmocka_unit_test(each_log_gets_the_verdict_of_the_rules),
        cmocka_unit_test(a_verdict_names_its_evidence_by_line),
        cmocka_unit_test(a_denial_is_told_with_its_parts),
        cmocka_unit_test(the_json_below_a_marker_is_read_as_json),
        cmocka_unit_test(what_is_cut_off_inside_that_json_is_read_as_far_as_it_came),
        cmocka_unit_test(a_death_that_no_end_follows_is_one),
        cmocka_unit_test(json_quoted_in_a_mail_is_read),
        cmocka_unit_test(failures_of_one_cause_share_a_signature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
