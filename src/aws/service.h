/* The AWS services as a table: services.def. */
#ifndef LAMBDIG_AWS_SERVICE_H
#define LAMBDIG_AWS_SERVICE_H

enum service_id {
#define SERVICE(id, host, signing, endpoint_id, target, content_type, version) SERVICE_##id,
#include "src/aws/services.def"
#undef SERVICE
    SERVICE_COUNT
};

struct service_row {
    const char *host, *signing, *endpoint_id, *target, *content_type, *version;
};

const struct service_row *service_row(enum service_id service);

#endif
