/* Runs a source to its end and keeps a copy of all that it hands over. For unit tests of the
 * room source; cmocka's headers come first. */
#ifndef LAMBDIG_TESTS_CAPTURE_H
#define LAMBDIG_TESTS_CAPTURE_H

#include "src/source/source.h"

struct kept_event {
    char function[64], group[64], stream[64], id[32];
    char *message; /* ours, NUL-ended */
    size_t message_len;
    int64_t unix_ms, ingestion_ms;
    uint64_t line, place;
    uint32_t input;
};

struct capture {
    struct kept_event *events;
    size_t count, room;
    struct account account;
    size_t accounts, functions;
    struct function function; /* the first one */
    struct progress progress;
    struct err trouble[8];
    size_t troubles;
    bool done, failed;
    struct err err; /* of a step that failed */
};

struct sink capture_sink(struct capture *c);
/* Steps until the source is done or fails. Takes the source. */
void capture_run(struct capture *c, struct source *source);
void capture_release(struct capture *c);

/* A new directory for a test, and files in it. Each path is static until the next call of the
 * same function with another name; all is removed at the end of the program. */
const char *temp_path(const char *name);
const char *temp_file(const char *name, const void *bytes, size_t len);

/* Opens one log of these bytes and runs it. */
void capture_bytes(struct capture *c, const char *name, const void *bytes, size_t len);

#endif
