#include "options_table.h"

#include <string.h>

/* Where the words about an option begin. */
#define HELP_COLUMN 27

/* "  -h, --host HOST", and blanks up to HELP_COLUMN. */
static void
add_name(const struct option_row *row, struct text *ret)
{
    size_t begin = ret->length;

    if (row->letter != 0)
        text_addf(ret, "  -%c, --%s", row->letter, row->name);
    else
        text_addf(ret, "      --%s", row->name);
    if (row->argument != NULL)
        text_addf(ret, " %s", row->argument);
    while (ret->length - begin < HELP_COLUMN - 2)
        text_add_char(ret, ' ');
    text_add_string(ret, "  ");
}

static void
add_help(const char *help, struct text *ret)
{
    for (;;) {
        size_t length = strcspn(help, "\n");

        text_add(ret, (struct span){help, length});
        text_add_char(ret, '\n');
        if (help[length] == '\0')
            return;
        help += length + 1;
        text_addf(ret, "%*s", HELP_COLUMN, "");
    }
}

void
options_help(struct text *ret)
{
    text_add_string(
        ret, "rsload loads an hour of customer events from S3 into Amazon Redshift.\n"
             "\n"
             "usage: rsload [--hour TIME] --source URL --staging URL --schema NAME\n"
             "              [connection] [--iam-role ARN | --copy-credentials] "
             "[options]\n"
             "       rsload --load-only URL [connection] [options]\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (option_rows[i].group != NULL)
            text_addf(ret, "\n%s:\n", option_rows[i].group);
        add_name(&option_rows[i], ret);
        add_help(option_rows[i].help, ret);
    }
    text_add_string(ret, "\nExit codes, files and examples: man rsload\n");
}
