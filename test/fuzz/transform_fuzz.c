/* Whole lines of any bytes through the transformer: rows are CSV with as many cells
 * as the table has columns, all of it UTF-8 without U+0000, and everything is
 * counted. */
#include "../unit/csv_reader.h"
#include "fuzz.h"
#include "transform.h"
#include "utf8.h"

static const struct catalog no_catalog;

static void
check_rows(const struct text *all, size_t column_count, uint64_t rows)
{
    struct csv csv;

    fuzz_check(csv_read(all->data, all->length, &csv));
    fuzz_check(csv.row_count == rows);
    for (size_t i = 0; i < csv.row_count; i++)
        fuzz_check(csv_width(&csv, i) == column_count);
    for (size_t i = 0; i < csv.cell_count; i++) {
        const struct csv_cell *cell = &csv.cells[i];

        fuzz_check(cell->length <= COLUMN_VARCHAR_MAX);
        fuzz_check(utf8_is_valid(cell->data, cell->length));
        fuzz_check(memchr(cell->data, '\0', cell->length) == NULL);
    }
    csv_release(&csv);
}

static uint64_t
check_batch(struct batch *batch, struct pack *pack)
{
    struct shelf_part *part;
    struct text all = {0};
    struct error err;
    uint64_t rows;

    fuzz_check(batch_pack(batch, pack, true, &part, &err) == 0);
    if (part == NULL)
        return 0;
    rows = part->packed.rows;
    for (size_t i = 0; i < part->packed.piece_count; i++)
        text_add(&all, part->packed.pieces[i]);
    check_rows(&all, part->column_count, rows);
    text_release(&all);
    packed_release(&part->packed);
    free(part);
    return rows;
}

static void
check_all(struct transform *t)
{
    const struct counts *c = &t->counts;
    struct pack *pack;
    struct error err;
    uint64_t rows = 0;

    fuzz_check(pack_new(COMPRESS_NONE, &pack, &err) == 0);
    for (size_t i = 0; i < t->batch_room; i++)
        if (t->batches[i] != NULL)
            rows += check_batch(t->batches[i], pack);
    pack_free(pack);
    fuzz_check(c->rows == rows);
    fuzz_check(c->lines == c->events + c->rejected + c->filtered);
    fuzz_check(c->values == c->cells + c->discards + c->nulls + c->merged);
}

/* Each line of the input, twice: the second time all paths are known. */
static void
feed(struct transform *t, const uint8_t *data, size_t size)
{
    struct transform_origin origin = {SPAN("key"), 1704164400};
    struct error err;

    for (const uint8_t *end = data + size; data < end;) {
        const uint8_t *feed = memchr(data, '\n', (size_t)(end - data));
        size_t length = (size_t)((feed != NULL ? feed : end) - data);
        char *line = fuzz_line(data, length, "\n", EVENT_LINE_PAD);
        enum transform_result result;

        for (int round = 0; round < 2; round++)
            fuzz_check(transform_line(t, (struct span){line, length}, &origin, &result,
                                      &err) == 0);
        free(line);
        data += length + (feed != NULL);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct transform_options options = {
        .window = {1704164400, 1704168000},
        .load_id = {"01LOAD", 6},
        .now_s = 1704168300,
        .depth_max = 4,
        .paths_bytes = 20000, /* so little that the tree is emptied now and then */
    };
    struct transform *t = calloc(1, sizeof *t);
    struct shelf *shelf;
    struct error err;

    fuzz_check(t != NULL);
    fuzz_check(shelf_new(&no_catalog, 0, &shelf, &err) == 0);
    fuzz_check(transform_init(t, &options, shelf, &err) == 0);
    feed(t, data, size);
    check_all(t);
    transform_release(t);
    fuzz_check(!shelf_is_full(shelf) || shelf_table_count(shelf) > 0);
    shelf_free(shelf);
    free(t);
    return 0;
}
