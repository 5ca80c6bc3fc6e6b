/* s3_explain -- a refusal of S3 in words for whoever has to act on it. */
#ifndef RSLOAD_S3_EXPLAIN_H
#define RSLOAD_S3_EXPLAIN_H

#include "s3_call.h"

/* Describe the answer in `s3` to `call` in `err`: kind, status, code, request id, hint.
 * For an answer without status only a hint is added. Returns -1, always. */
int s3_explain(const struct s3 *s3, const struct s3_call *call, struct error *err);

#endif
