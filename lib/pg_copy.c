#include "pg_session.h"

#include <limits.h>
#include <stdlib.h>

#include <libpq-fe.h>

int
pg_copy_begin(struct pg *pg, struct span sql, struct error *err)
{
    PGresult *result = NULL;

    if (pg_begin_call(pg, err) || pg_send(pg, sql, &result, err) ||
        pg_expect(pg, &result, PGRES_COPY_IN, err))
        return -1;
    PQclear(result);
    return 0;
}

/* Give the COPY up, keeping the reason that is in `err`. Returns -1, always. */
static int
give_up(struct pg *pg)
{
    pg_copy_abort(pg);
    return -1;
}

int
pg_copy_data(struct pg *pg, struct span piece, struct error *err)
{
    while (piece.length > 0) {
        int length = piece.length > INT_MAX ? INT_MAX : (int)piece.length;
        int taken;

        while ((taken = PQputCopyData(pg->conn, piece.data, length)) == 0)
            if (pg_wait(pg, true, err))
                return give_up(pg);
        if (taken < 0)
            return pg_lost(pg, err);
        /* libpq would take gigabytes into its memory: wait until it is sent. */
        if (pg_flush(pg, err))
            return give_up(pg);
        piece = (struct span){piece.data + length, piece.length - (size_t)length};
    }
    return pg->is_ending ? 0 : stop_check(pg->stop, err) ? give_up(pg) : 0;
}

int
pg_copy_end(struct pg *pg, uint64_t *ret_rows, struct error *err)
{
    PGresult *result = NULL;

    if (PQputCopyEnd(pg->conn, NULL) < 0)
        return pg_lost(pg, err);
    if (pg_flush(pg, err) || pg_collect(pg, &result, err)) {
        pg_end_statement(pg, true);
        return -1;
    }
    if (pg_expect(pg, &result, PGRES_COMMAND_OK, err))
        return -1;
    *ret_rows = strtoull(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return 0;
}

void
pg_copy_abort(struct pg *pg)
{
    if (PQtransactionStatus(pg->conn) != PQTRANS_ACTIVE)
        return;
    /* The server waits for data: an end with a reason makes it fail the COPY. */
    (void)PQputCopyEnd(pg->conn, "rsload gave it up");
    pg_end_statement(pg, false);
}
