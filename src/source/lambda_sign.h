/* Does a line look as if a Lambda function, its runtime or the platform wrote it? It tells a log
 * without any export form from a text that is no log at all, so it asks for little: a line of the
 * platform, an error in any form, the words of one, or the head that a logger writes. Pure. */
#ifndef LAMBDIG_SOURCE_LAMBDA_SIGN_H
#define LAMBDIG_SOURCE_LAMBDA_SIGN_H

#include "src/model/signs.h"

bool lambda_sign_in(const struct signs *signs, struct str line);

#endif
