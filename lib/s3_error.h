/* s3_error -- the error document of S3, and what its codes mean for us. */
#ifndef RSLOAD_S3_ERROR_H
#define RSLOAD_S3_ERROR_H

#include "bytes.h"
#include "error.h"

/* Empty texts: the document did not tell, or there was none that can be read. Texts
 * that are longer are cut. */
struct s3_error {
    char code[64];
    char message[300];
    char region[64];
    char request_id[80];
};

/* Read what there is of `document`; anything may come, it may also be HTML or cut. */
void s3_error_read(struct span document, struct s3_error *ret);

/* Is `region` fit to stand in a host's name? 1 to 63 of a-z, 0-9 and '-'. */
bool s3_region_is_valid(struct span region);

#endif
