# What a careful script does: joins the lines of an invocation by their order in the file and
# counts invocations by class.
/^START RequestId: / { kind = "success"; open = 1; next }
/Task timed out after/ { kind = "timeout"; next }
/signal: killed/ { kind = "memory"; next }
/exit status/ { kind = "crash"; next }
/^\[ERROR\] / { kind = /AccessDenied/ ? "permission" : "exception"; next }
/^REPORT RequestId: / { count[kind]++; open = 0; kind = "" }
END { if (open) count["incomplete"]++; for (k in count) print k, count[k] }
