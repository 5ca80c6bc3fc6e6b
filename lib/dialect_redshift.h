/* dialect_redshift -- Amazon Redshift: COPY runs in the cluster and reads from S3. */
#ifndef RSLOAD_DIALECT_REDSHIFT_H
#define RSLOAD_DIALECT_REDSHIFT_H

#include "dialect.h"

extern const struct dialect dialect_redshift;

#endif
