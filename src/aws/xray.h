/* Answers of X-Ray as values. Pure: bytes in, traces out. Any thread. */
#ifndef LAMBDIG_AWS_XRAY_H
#define LAMBDIG_AWS_XRAY_H

#include "src/aws/call.h"
#include "src/model/trace.h"

#define XRAY_IDS_MAX 5u /* a call of BatchGetTraces takes no more */

/* One trace at a time, joined; borrowed for the call. false: enough, stop. */
typedef bool (*xray_trace)(void *ctx, struct trace *trace);

/* An answer of BatchGetTraces, one trace of it, a segment document, or an array of documents,
 * which are put together by their trace_id. `only` (empty: all) leaves out traces of another id.
 * Bytes that are none of these, or end too early: false with err, after what was readable. */
bool xray_decode_traces(struct str body, struct str only, xray_trace each, void *ctx,
                        struct err *err) MUST_USE;

/* BatchGetTraces of at most XRAY_IDS_MAX ids. */
void xray_ask_traces(struct call *call, const struct str *ids, size_t count);

#endif
