/* load_id -- the name of a load: sorts by time, and nobody else has it. */
#ifndef RSLOAD_LOAD_ID_H
#define RSLOAD_LOAD_ID_H

#include <stdint.h>

/* How many characters it has, and its NUL. */
#define LOAD_ID_SIZE 27

/* Random bytes in a load id. */
#define LOAD_ID_RANDOM 10

/*
 * Write 48 bits of time and 80 random ones as 26 characters of lower-case base 32.
 * Source: Crockford's Base 32; the layout of a ULID.
 */
void load_id_make(int64_t now_ms, const unsigned char random[LOAD_ID_RANDOM],
                  char ret[LOAD_ID_SIZE]);

#endif
