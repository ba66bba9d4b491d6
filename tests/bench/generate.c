/* Writes a Lambda log to stdout, the same bytes in every run: about 149 bytes a line and 9 lines
 * an invocation (670,000 lines and 74,000 invocations in 100 MB), or a case of many functions.
 *
 *   generate -b BYTES | -n LINES      how much; whole invocations
 *   generate -w COLUMNS               the application's lines are cut and filled to that length
 *   generate -r LINES_A_SECOND        at that pace, until the reader goes away or -n is met
 *   generate -c DIRECTORY -f COUNT    a case of COUNT functions with ten invocations each
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define START_UNIX_MS 1795521600000 /* 2026-11-24T12:00:00Z */

enum ending { SUCCEEDS, COLD, TIMES_OUT, RUNS_OUT, THROWS, IS_DENIED, EXITS, NEVER_ENDS };
/* Out of a thousand. */
static const struct {
    enum ending ending;
    unsigned weight;
} endings[] = {{SUCCEEDS, 912}, {COLD, 30}, {TIMES_OUT, 20}, {RUNS_OUT, 8},
               {THROWS, 20},    {IS_DENIED, 5}, {EXITS, 4}, {NEVER_ENDS, 1}};

static const char *const messages[] = {
    "loading order %u from the queue, customer %u, priority normal, attempt one of three, shard "
    "eu-west-1",
    "Starting DB query for item %u of batch %u with consistent reads and a limit of one hundred "
    "items at once",
    "cache miss for key session:%u:%u, falling back to the table, which may take a good deal "
    "longer than that",
    "calling the payment service for order %u, amount in cents %u, currency EUR, idempotency key "
    "set by caller",
    "wrote %u records and skipped %u duplicates, next token is empty, and so the last page was "
    "read",
    "the handler finished step validation of %u items and goes on with the step enrichment of %u "
    "items more",
};

struct writer {
    uint64_t bytes, lines;
    unsigned width;       /* 0: as it comes */
    unsigned pace;        /* lines a second; 0: as fast as it goes */
    struct timespec began;
    uint64_t random;
    int64_t unix_ms;
};

static uint32_t next_random(struct writer *w)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (uint32_t)(w->random >> 16);
}

/* Ten flushes a second keep the pace even enough, and cost little. */
static void keep_pace(const struct writer *w)
{
    unsigned burst = w->pace / 10 ? w->pace / 10 : 1;
    if (w->lines % burst)
        return;
    if (fflush(stdout) != 0)
        exit(0); /* the reader went away */
    uint64_t due_ns = w->lines * 1000000000u / w->pace;
    struct timespec until = {w->began.tv_sec + (time_t)(due_ns / 1000000000u),
                             w->began.tv_nsec + (long)(due_ns % 1000000000u)};
    if (until.tv_nsec >= 1000000000)
        until = (struct timespec){until.tv_sec + 1, until.tv_nsec - 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

__attribute__((format(printf, 2, 3))) static void line(struct writer *w, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(text, sizeof text - 1, format, args);
    va_end(args);
    size_t len = (size_t)wanted < sizeof text - 1 ? (size_t)wanted : sizeof text - 2;
    text[len++] = '\n';
    if (fwrite(text, 1, len, stdout) != len)
        exit(0);
    w->bytes += len;
    w->lines++;
    if (w->pace)
        keep_pace(w);
}

static void stamp(int64_t unix_ms, char out[40])
{
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    size_t len = strftime(out, 40, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + len, 40 - len, ".%03dZ", (int)(unix_ms % 1000));
}

static enum ending pick(struct writer *w)
{
    unsigned at = next_random(w) % 1000, i = 0;
    while (at >= endings[i].weight)
        at -= endings[i++].weight;
    return endings[i].ending;
}

static void app_line(struct writer *w, const char *id)
{
    char time_text[40];
    w->unix_ms += 1 + next_random(w) % 12;
    stamp(w->unix_ms, time_text);
    char message[200];
    const char *format = messages[next_random(w) % (sizeof messages / sizeof *messages)];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(message, sizeof message, format, next_random(w) % 100000, next_random(w) % 5000);
#pragma GCC diagnostic pop
    const char *level = next_random(w) % 40 ? "INFO" : "WARN";
    size_t head = strlen(time_text) + strlen(id) + strlen(level) + 3;
    size_t room = w->width > head && w->width - head < sizeof message ? w->width - head : 0;
    for (size_t len = strlen(message); len < room; len++)
        message[len] = "abcdefghi "[len % 10], message[len + 1] = '\0';
    if (room > 0)
        message[room] = '\0';
    line(w, "%s\t%s\t%s\t%s", time_text, id, level, message);
}

static void failure_lines(struct writer *w, enum ending ending, const char *id)
{
    char time_text[40];
    stamp(w->unix_ms, time_text);
    switch (ending) {
    case TIMES_OUT:
        line(w, "%s %s Task timed out after 30.01 seconds", time_text, id);
        break;
    case RUNS_OUT:
        line(w, "RequestId: %s Error: Runtime exited with error: signal: killed", id);
        line(w, "Runtime.ExitError");
        break;
    case THROWS:
        line(w, "[ERROR] KeyError: 'order_%u'", next_random(w) % 7);
        line(w, "Traceback (most recent call last):");
        line(w, "  File \"/var/task/handler.py\", line %u, in handler", 20 + next_random(w) % 5);
        line(w, "    return process(event[\"order\"])");
        break;
    case IS_DENIED:
        line(w, "[ERROR] ClientError: An error occurred (AccessDeniedException) when calling the "
                "PutItem operation: "
                "User: arn:aws:sts::111122223333:assumed-role/pay-role/pay is not authorized to "
                "perform: "
                "dynamodb:PutItem on resource: "
                "arn:aws:dynamodb:eu-west-1:111122223333:table/orders because "
                "no identity-based policy allows the dynamodb:PutItem action");
        break;
    case EXITS:
        line(w, "RequestId: %s Error: Runtime exited with error: exit status 1", id);
        break;
    default:
        break;
    }
}

static void report_line(struct writer *w, enum ending ending, const char *id)
{
    unsigned ms = ending == TIMES_OUT ? 30012 : 20 + next_random(w) % 400;
    char init[60] = "";
    if (ending == COLD)
        snprintf(init, sizeof init, "Init Duration: %u.%02u ms\t", 200 + next_random(w) % 700,
                 next_random(w) % 100);
    const char *status =
        ending == TIMES_OUT                       ? "Status: timeout"
        : ending == RUNS_OUT || ending == EXITS   ? "Status: error\tError Type: Runtime.ExitError"
        : ending == THROWS || ending == IS_DENIED ? "Status: error\tError Type: KeyError"
                                                  : "";
    line(w,
         "REPORT RequestId: %s\tDuration: %u.%02u ms\tBilled Duration: %u ms\tMemory Size: 256 MB\t"
         "Max Memory Used: %u MB\t%s%s",
         id, ms, next_random(w) % 100, ms + 1, ending == RUNS_OUT ? 256 : 60 + next_random(w) % 40,
         init, status);
}

static void invocation(struct writer *w)
{
    char id[40];
    enum ending ending = pick(w);
    uint32_t a = next_random(w), b = next_random(w), c = next_random(w);
    snprintf(id, sizeof id, "%08x-%04x-4%03x-a%03x-%08x%04x", a, b & 0xFFFF, b >> 20, c & 0xFFF,
             c ^ a, b >> 16);
    line(w, "START RequestId: %s Version: $LATEST", id);
    unsigned lines = 4 + next_random(w) % 5;
    for (unsigned i = 0; i < lines; i++)
        app_line(w, id);
    failure_lines(w, ending, id);
    if (ending != NEVER_ENDS) {
        line(w, "END RequestId: %s", id);
        report_line(w, ending, id);
    }
    w->unix_ms += ending == TIMES_OUT ? 30000 : 5;
}

/* ---- a case of many functions (docs/casefile.md) ---- */

static FILE *case_file(const char *directory, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fprintf(stderr, "generate: %s: %s\n", path, strerror(errno));
        exit(2);
    }
    return file;
}

static void write_functions(const char *directory, unsigned count)
{
    FILE *file = case_file(directory, "functions.json");
    fprintf(file, "{\"Functions\":[\n");
    for (unsigned i = 0; i < count; i++)
        fprintf(file,
                "{\"FunctionName\":\"team-%02u-orders-worker-%05u\",\"Runtime\":\"python3.12\","
                "\"MemorySize\":256,"
                "\"Timeout\":30,\"Version\":\"$LATEST\",\"LastModified\":\"2026-11-20T10:00:00.000+"
                "0000\","
                "\"LoggingConfig\":{\"LogFormat\":\"Text\",\"LogGroup\":\"/aws/lambda/"
                "team-%02u-orders-worker-%05u\"}}%s\n",
                i % 37, i, i % 37, i, i + 1 < count ? "," : "");
    fprintf(file, "]}\n");
    fclose(file);
}

static void write_case_head(const char *directory, int64_t end_unix_ms)
{
    FILE *file = case_file(directory, "case.json");
    char start[40], end[40];
    stamp(START_UNIX_MS, start);
    stamp(end_unix_ms, end);
    fprintf(file,
            "{\"version\":1,\"title\":\"many "
            "functions\",\"account\":\"111122223333\",\"region\":\"eu-west-1\","
            "\"start\":\"%s\",\"end\":\"%s\"}\n",
            start, end);
    fclose(file);
}

static int64_t write_events(struct writer *w, const char *directory, unsigned count)
{
    FILE *file = case_file(directory, "events.jsonl");
    for (unsigned round = 0; round < 10; round++)
        for (unsigned i = 0; i < count; i++, w->unix_ms++) {
            char group[80], id[40];
            snprintf(group, sizeof group, "team-%02u-orders-worker-%05u", i % 37, i);
            snprintf(id, sizeof id, "%08x-0000-4000-a000-%08x%04x", next_random(w), i, round);
            const char *parts[] = {"START RequestId: %s Version: $LATEST\\n",
                                   "END RequestId: %s\\n",
                                   ("REPORT RequestId: %s\\tDuration: 45.10 ms\\tBilled Duration: "
                                    "46 ms\\tMemory Size: "
                                    "256 MB\\tMax Memory Used: 62 MB\\t\\n")};
            for (unsigned part = 0; part < 3; part++) {
                fprintf(file,
                        "{\"logGroupName\":\"/aws/lambda/%s\",\"logStreamName\":\"2026/11/24/"
                        "[$LATEST]%08x\","
                        "\"timestamp\":%" PRId64 ",\"ingestionTime\":%" PRId64
                        ",\"eventId\":\"%u%u%u\",\"message\":\"",
                        group, i, w->unix_ms, w->unix_ms + 100, round, i, part);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                fprintf(file, parts[part], id);
#pragma GCC diagnostic pop
                fprintf(file, "\"}\n");
            }
        }
    fclose(file);
    return w->unix_ms;
}

int main(int argc, char **argv)
{
    struct writer w = {.random = 0x9E3779B97F4A7C15u, .unix_ms = START_UNIX_MS};
    uint64_t bytes = UINT64_MAX, lines = UINT64_MAX;
    unsigned functions = 0;
    const char *directory = NULL;
    for (int option; (option = getopt(argc, argv, "b:n:w:r:c:f:")) != -1;) {
        switch (option) {
        case 'b': bytes = strtoull(optarg, NULL, 10); break;
        case 'n': lines = strtoull(optarg, NULL, 10); break;
        case 'w': w.width = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'r': w.pace = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'c': directory = optarg; break;
        case 'f': functions = (unsigned)strtoul(optarg, NULL, 10); break;
        default: return 2;
        }
    }
    if (directory != NULL) {
        write_functions(directory, functions);
        write_case_head(directory, write_events(&w, directory, functions));
        return 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &w.began);
    while (w.bytes < bytes && w.lines < lines)
        invocation(&w);
    return fflush(stdout) == 0 ? 0 : 1;
}
