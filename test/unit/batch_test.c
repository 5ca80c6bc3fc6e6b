/* Batches: late columns become commas, rows are packed once, memory is given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "csv_reader.h"

static const struct catalog nothing;

struct fixture {
    struct shelf *shelf;
    struct shelf_table *table;
    struct pack *pack;
    struct batch batch;
};

static void
begin(struct fixture *f)
{
    struct error err;

    assert_int_equal(shelf_new(&nothing, 0, &f->shelf, &err), 0);
    assert_int_equal(shelf_open(f->shelf, TABLE_USERS, SPAN("t"), &f->table, &err), 0);
    assert_int_equal(pack_new(COMPRESS_NONE, &f->pack, &err), 0);
    assert_int_equal(batch_init(&f->batch, f->shelf, f->table, &err), 0);
}

static void
end(struct fixture *f)
{
    batch_release(&f->batch);
    pack_free(f->pack);
    /* all that was charged was given back: nothing is over a budget of nothing */
    assert_false(shelf_is_full(f->shelf));
    shelf_free(f->shelf);
}

static void
add_column(struct fixture *f, const char *name)
{
    struct error err;
    size_t at;

    assert_int_equal(shelf_column(f->shelf, f->table, span_of(name), &at, &err), 0);
}

static void
add_row(struct fixture *f, const char *row)
{
    struct error err;
    char *to = batch_room(&f->batch, strlen(row), &err);

    assert_non_null(to);
    memcpy(to, row, strlen(row));
    assert_int_equal(batch_add(&f->batch, to + strlen(row), &err), 0);
}

/* Pack, and the part's text; the part is freed. */
static void
pack_rows(struct fixture *f, bool is_last, size_t column_count, struct text *ret)
{
    struct shelf_part *part;
    struct error err;

    assert_int_equal(batch_pack(&f->batch, f->pack, is_last, &part, &err), 0);
    assert_non_null(part);
    assert_int_equal(part->column_count, column_count);
    text_clear(ret);
    for (size_t i = 0; i < part->packed.piece_count; i++)
        text_add(ret, part->packed.pieces[i]);
    shelf_charge(f->shelf, -(int64_t)packed_bytes(&part->packed));
    packed_release(&part->packed);
    free(part);
}

/* A row that was written before a column was known is NULL in it. */
static void
test_late_columns(void **state)
{
    struct fixture f;
    struct text got = {0};
    struct error err;

    (void)state;
    begin(&f);
    assert_int_equal(f.batch.column_count, 4);
    add_row(&f, "1,,,\n");
    add_row(&f, "\"a,\n\"\"\",,,\n");
    add_column(&f, "five");
    assert_int_equal(batch_learn(&f.batch, &err), 0);
    assert_int_equal(f.batch.column_count, 5);
    add_row(&f, "2,,,,\"x\"\n");
    add_column(&f, "six");
    add_column(&f, "seven");
    pack_rows(&f, false, 7, &got);
    assert_string_equal(text_string(&got),
                        "1,,,,,,\n\"a,\n\"\"\",,,,,,\n2,,,,\"x\",,\n");
    text_release(&got);
    end(&f);
}

/* After packing the batch goes on; the next part has the columns of then. */
static void
test_goes_on(void **state)
{
    struct fixture f;
    struct text got = {0};
    struct shelf_part *part;
    struct error err;

    (void)state;
    begin(&f);
    for (int is_last = 0; is_last < 2; is_last++) {
        add_row(&f, "1,,,\n");
        add_row(&f, "2,,,\n");
        assert_int_equal(batch_bytes(&f.batch), 10);
        pack_rows(&f, is_last, 4, &got);
        assert_string_equal(text_string(&got), "1,,,\n2,,,\n");
        assert_int_equal(batch_bytes(&f.batch), 0);
        assert_int_equal(f.batch.text == NULL, is_last);
        assert_int_equal(batch_pack(&f.batch, f.pack, false, &part, &err), 0);
        assert_null(part);
    }
    add_row(&f, "3,,,\n");
    add_column(&f, "five");
    pack_rows(&f, true, 5, &got);
    assert_string_equal(text_string(&got), "3,,,,\n");
    text_release(&got);
    end(&f);
}

/* Two batches of one table share an open part while their lists of columns agree. */
static void
test_shared_part(void **state)
{
    struct fixture f;
    struct shelf_part *part;
    struct shelf_part *again;
    struct error err;

    (void)state;
    begin(&f);
    add_row(&f, "1,,,\n");
    assert_int_equal(batch_pack(&f.batch, f.pack, false, &part, &err), 0);
    shelf_return_part(f.table, part);
    add_row(&f, "2,,,\n");
    assert_int_equal(batch_pack(&f.batch, f.pack, false, &again, &err), 0);
    assert_ptr_equal(part, again);
    assert_int_equal(part->packed.rows, 2);
    shelf_return_part(f.table, part);
    add_column(&f, "five");
    add_row(&f, "3,,,\n");
    assert_int_equal(batch_pack(&f.batch, f.pack, false, &again, &err), 0);
    assert_ptr_not_equal(part, again);
    shelf_charge(f.shelf, -(int64_t)packed_bytes(&part->packed) -
                              (int64_t)packed_bytes(&again->packed));
    shelf_return_part(f.table, again);
    end(&f);
}

/* What was seen goes to the table with the rows, once. */
static void
test_seen(void **state)
{
    struct fixture f;
    struct text got = {0};
    struct shelf_column column;

    (void)state;
    begin(&f);
    for (int round = 0; round < 2; round++) {
        add_row(&f, "1,,,\n");
        f.batch.seen[0] = (struct shelf_seen){.longest = 7, .values = 3, .classes = 5};
        pack_rows(&f, false, 4, &got);
    }
    shelf_copy_columns(f.table, 0, 1, &column);
    assert_int_equal(column.longest, 7);
    assert_int_equal(column.values, 6);
    assert_int_equal(column.classes, 5);
    text_release(&got);
    end(&f);
}

/* Thousands of rows and columns: text, rows and lists grow together. */
static void
test_growth(void **state)
{
    struct fixture f;
    struct text got = {0};
    struct csv csv;
    struct error err;

    (void)state;
    begin(&f);
    for (int i = 0; i < 1000; i++) {
        struct text row = {0};

        if (i % 10 == 0) {
            text_addf(&row, "c%d", i);
            add_column(&f, text_string(&row));
            assert_int_equal(batch_learn(&f.batch, &err), 0);
            text_clear(&row);
        }
        text_addf(&row, "\"row \"\"%d\"\"\"", i);
        for (size_t c = 1; c < f.batch.column_count; c++)
            text_add_char(&row, ',');
        text_add_char(&row, '\n');
        add_row(&f, text_string(&row));
        text_release(&row);
    }
    pack_rows(&f, true, 104, &got);
    assert_true(csv_read(got.data, got.length, &csv));
    assert_int_equal(csv.row_count, 1000);
    for (size_t i = 0; i < 1000; i++) {
        struct text want = {0};

        text_addf(&want, "row \"%zu\"", i);
        assert_int_equal(csv_width(&csv, i), 104);
        assert_string_equal(csv_at(&csv, i, 0)->data, text_string(&want));
        text_release(&want);
    }
    csv_release(&csv);
    text_release(&got);
    end(&f);
}

/* Paths lead to columns, in any number; a path that followed another is guessed. */
static void
test_links(void **state)
{
    struct fixture f;
    struct error err;
    uint32_t column;

    (void)state;
    begin(&f);
    batch_begin_row(&f.batch);
    assert_false(batch_guess(&f.batch, 7, &column));
    assert_false(batch_find(&f.batch, 7, &column));
    for (uint32_t node = 1; node <= 3000; node++) {
        assert_false(batch_find(&f.batch, node, &column));
        assert_int_equal(batch_link(&f.batch, node, node * 2, &err), 0);
    }
    batch_begin_row(&f.batch);
    for (uint32_t node = 1; node <= 3000; node++) {
        assert_false(batch_guess(&f.batch, node + 5000, &column));
        assert_true(batch_guess(&f.batch, node, &column));
        assert_int_equal(column, node * 2);
    }
    batch_begin_row(&f.batch);
    for (uint32_t node = 3000; node > 0; node--) {
        assert_true(batch_find(&f.batch, node, &column));
        assert_int_equal(column, node * 2);
    }
    assert_int_equal(batch_link(&f.batch, 5000, BATCH_NO_COLUMN, &err), 0);
    assert_true(batch_find(&f.batch, 5000, &column));
    assert_int_equal(column, BATCH_NO_COLUMN);
    batch_unlink(&f.batch);
    batch_begin_row(&f.batch);
    for (uint32_t node = 1; node <= 3000; node++) {
        assert_false(batch_guess(&f.batch, node, &column));
        assert_false(batch_find(&f.batch, node, &column));
    }
    end(&f);
}

/* Rows that leave paths out, or have them in another order, find the same columns: what
 * is guessed is never wrong. */
static void
test_guesses(void **state)
{
    struct fixture f;
    struct error err;
    uint32_t random = 1;

    (void)state;
    begin(&f);
    for (int row = 0; row < 500; row++) {
        batch_begin_row(&f.batch);
        for (int i = 0; i < 20; i++) {
            uint32_t node;
            uint32_t column;

            random = random * 1103515245u + 12345u;
            node = 1 + (random >> 16) % 60;
            if (batch_guess(&f.batch, node, &column) ||
                batch_find(&f.batch, node, &column))
                assert_int_equal(column, node + 100);
            else
                assert_int_equal(batch_link(&f.batch, node, node + 100, &err), 0);
        }
    }
    end(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_late_columns), cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_shared_part),  cmocka_unit_test(test_seen),
        cmocka_unit_test(test_growth),       cmocka_unit_test(test_links),
        cmocka_unit_test(test_guesses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
