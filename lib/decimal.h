/* decimal -- the numbers of JSON texts as whole ones, exactly, without a double between. */
#ifndef RSLOAD_DECIMAL_H
#define RSLOAD_DECIMAL_H

#include "bytes.h"

/*
 * The number of a JSON text times ten to the `shift`, cut towards zero; `*ret_is_whole`
 * says whether nothing was cut. False when it does not fit 64 bits.
 */
bool decimal_whole(struct span number, int shift, int64_t *ret, bool *ret_is_whole);

/* Is every digit of the mantissa 0? */
bool decimal_is_zero(struct span number);

#endif
