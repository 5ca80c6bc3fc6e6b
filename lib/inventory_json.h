/* inventory_json -- what the writer and the reader of load.json share; private to them. */
#ifndef RSLOAD_INVENTORY_JSON_H
#define RSLOAD_INVENTORY_JSON_H

#include "inventory.h"

struct cJSON;

/* The one version of load.json that there is. */
#define INVENTORY_VERSION 1

/* JSON numbers pass through doubles: whole ones are exact up to here. */
#define NUMBER_MAX UINT64_C(9007199254740992)

/* How many members `struct counts` and the object "counts" have. */
#define INVENTORY_COUNTS 18

/* The members of "counts" in the order they are written, and where they stand in
 * `struct counts`. */
struct inventory_count {
    const char *name;
    size_t at;
};
extern const struct inventory_count inventory_counts[INVENTORY_COUNTS];

/* Say what is wrong with the member `name` of load.json. Returns -1, always. */
int member_bad(struct error *err, const char *name, const char *why);

/*
 * Read the member `name` of `object`: a string, a string that is not empty, a whole
 * number between two bounds, one from 0 on, an array and how many items it has.
 * Ownership: texts are copied into `arena`, NUL-ended; the array stays the document's.
 * Errors: ERROR_SOURCE naming a member that is missing, of another type or out of range.
 */
int member_string(const struct cJSON *object, const char *name, struct arena *arena,
                  struct span *ret, struct error *err) MUST_CHECK;
int member_text(const struct cJSON *object, const char *name, struct arena *arena,
                struct span *ret, struct error *err) MUST_CHECK;
int member_number(const struct cJSON *object, const char *name, double min, double max,
                  double *ret, struct error *err) MUST_CHECK;
int member_count(const struct cJSON *object, const char *name, uint64_t max,
                 uint64_t *ret, struct error *err) MUST_CHECK;
int member_array(const struct cJSON *object, const char *name, const struct cJSON **ret,
                 size_t *ret_count, struct error *err) MUST_CHECK;

#endif
