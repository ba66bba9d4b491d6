#include "src/source/tracefile.h"

#include <stdio.h>
#include <unistd.h>

#include "src/aws/xray.h"
#include "src/source/bytes.h"

#define FILE_BYTES_MAX (256u * 1024u * 1024u)
#define PATH_ROOM 4096

/* The decoder knows no file names: they are put before what it says. */
static bool name_file(const char *path, const struct err *why, struct err *err)
{
    err_set(err, why->code, "reading traces: %.200s: %s", path, why->text);
    return err_advise(err, "%s", why->code == ERR_INPUT_FORMAT
                                     ? "give what aws xray batch-get-traces prints"
                                     : "ask for the traces again; what was readable is shown");
}

bool tracefile_read(const char *path, struct str only, trace_receiver each, void *ctx,
                    struct err *err)
{
    struct bytes bytes;
    struct err why = {0};
    if (!bytes_read_whole(&bytes, "traces", path, FILE_BYTES_MAX, err))
        return false;
    struct str body = bytes_here(&bytes);
    bool good = true;
    if (str_trim(body).len == 0)
        good = err_set(err, ERR_INPUT_EMPTY, "reading traces: %.300s: it is empty", path);
    else if (!xray_decode_traces(body, only, each, ctx, &why))
        good = name_file(path, &why, err);
    bytes_close(&bytes);
    return good;
}

bool tracefile_read_case(const char *directory, struct str only, trace_receiver each, void *ctx,
                         struct err *err)
{
    char path[PATH_ROOM];
    if (access(directory, F_OK) != 0)
        return err_set(err, ERR_INPUT_MISSING,
                       "opening the case: %.300s: there is no such directory", directory);
    if (snprintf(path, sizeof path, "%s/traces.json", directory) >= (int)sizeof path)
        return err_set(err, ERR_INPUT_MISSING, "opening the case: %.300s: the path is too long",
                       directory);
    return access(path, F_OK) != 0 || tracefile_read(path, only, each, ctx, err);
}
