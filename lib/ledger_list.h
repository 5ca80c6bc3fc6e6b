/* ledger_list -- the ledger's object_list: marks that tell objects apart; ledger's own. */
#ifndef RSLOAD_LEDGER_LIST_H
#define RSLOAD_LEDGER_LIST_H

#include "ledger.h"

/* The part of a mark that stands for the key; the rest is for the content. */
#define LEDGER_MARK_KEY 12u

/* The mark of `object`: LEDGER_MARK letters, without a NUL. */
void ledger_list_mark(const struct object *object, char ret[LEDGER_MARK]);

/*
 * Compare `objects` with the marks `list` of earlier loads (all together, any order; it
 * is sorted here). Fills state, is_new, the counts and `changed` of `ret`.
 */
int ledger_list_compare(struct span list, const struct object *objects, size_t count,
                        struct arena *arena, struct ledger_answer *ret,
                        struct error *err) MUST_CHECK;

#endif
