/* manifest -- staged parts grouped into steps, one COPY each, and the file that names them. */
#ifndef RSLOAD_MANIFEST_H
#define RSLOAD_MANIFEST_H

#include "bytes.h"
#include "inventory.h"

/* Parts of one table that hold the same columns: what one COPY loads. */
struct step {
    const struct table *table; /* the inventory's; the columns are its first ones */
    size_t column_count;
    const struct part *parts; /* the inventory's, in a row */
    size_t part_count;
    uint64_t rows;
    struct span manifest_key; /* below the load's folder: "orders/0001.manifest" */
};

/* The longest "s3://bucket/key" that may be staged: Redshift's views of load errors keep
 * no more. Source: Database Developer Guide, STL_LOAD_ERRORS, "filename character(256)". */
#define MANIFEST_URL_MAX 256u

/*
 * Group the parts of `inventory` into steps: by table, then by number of columns.
 * Ownership: `ret` lies in `arena`; it borrows from the inventory.
 */
int manifest_steps(const struct inventory *inventory, struct arena *arena,
                   struct step **ret, size_t *ret_count, struct error *err) MUST_CHECK;

/*
 * Append the manifest of `step`, whose parts lie below `url` (no slash at the end).
 * Shape: one JSON object, every part mandatory, each with its size in bytes.
 * Errors: ERROR_CONFIG when a part's URL in S3 is over MANIFEST_URL_MAX; ERROR_IO.
 * Source: Database Developer Guide, "Using a manifest to specify data files".
 */
int manifest_text(const struct step *step, struct span url, struct text *ret,
                  struct error *err) MUST_CHECK;

/* Put the manifests of all steps of `inventory` into its folder `staging`. Errors: as
 * manifest_text and store_put, naming the key. */
int manifest_stage(const struct inventory *inventory, const struct store_place *staging,
                   struct error *err) MUST_CHECK;

#endif
