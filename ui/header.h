/* What the top line says of the source: who is asked, as whom, and where. UI thread. */
#ifndef LAMBDIG_UI_HEADER_H
#define LAMBDIG_UI_HEADER_H

#include "src/feed/store.h"
#include "ui/canvas.h"

/* Draws into `cols` columns of row 0 from `col` on. `inputs` names files where there is neither a
 * title nor an account. What matters least goes first: the title is cut, then the role is left
 * out; account, region, and an endpoint that is not AWS's own stand as long as they fit. */
void header_source(struct canvas *canvas, int col, int cols, const struct account *account,
                   struct str inputs);

#endif
