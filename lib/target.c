#include "target.h"

#include "dialect.h"
#include "pg.h"
#include "stop.h"

#define RETRY_BASE_MS 1000
#define RETRY_MAX_MS  30000

/* splitmix64: enough to keep two runs from trying at the same moment again and again.
 * Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t
next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int
target_wait(struct target *target, int attempt, struct error *err)
{
    int base = target->options->retry_base_ms;
    int most = base > 0 ? base : RETRY_BASE_MS;

    for (int i = 1; i < attempt && most < RETRY_MAX_MS; i++)
        most *= 2;
    if (most > RETRY_MAX_MS)
        most = RETRY_MAX_MS;
    /* At least half of it, so that the other transaction has a chance to end. */
    return stop_wait(
        target->stop,
        most / 2 + (int)(next_random(&target->random) % ((uint64_t)most / 2 + 1)), err);
}

int
target_check_staging(const struct target *target, struct span url, struct error *err)
{
    return target->dialect->check_staging(target, url, err);
}

void
target_add_table(const struct target *target, struct span table, struct text *sql)
{
    pg_add_name(text_span(&target->schema), sql);
    text_add_char(sql, '.');
    pg_add_name(table, sql);
}

int
target_run(struct target *target, const struct text *sql, uint64_t *ret_rows,
           struct error *err)
{
    if (text_check(sql, err))
        return -1;
    return pg_run(target->pg, text_span(sql), ret_rows, err);
}

int
target_ask(struct target *target, const struct text *sql, struct pg_rows **ret,
           struct error *err)
{
    if (text_check(sql, err))
        return -1;
    return pg_ask(target->pg, text_span(sql), ret, err);
}
