#include "src/aws/service.h"

static const struct service_row rows[SERVICE_COUNT] = {
#define SERVICE(id, host, signing, endpoint_id, target, content_type, version) \
    {host, signing, endpoint_id, target, content_type, version},
#include "src/aws/services.def"
#undef SERVICE
};

const struct service_row *service_row(enum service_id service)
{
    return &rows[service];
}
