/* replay -- runs a fuzz target over the files of folders, without a fuzzer: what was
 * found once stays fixed. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define FILE_BYTES_MAX ((size_t)1 << 20)

static int
replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(FILE_BYTES_MAX);
    uint8_t *exact;
    size_t size;

    if (f == NULL || data == NULL) {
        (void)fprintf(stderr, "replay: cannot read %s\n", path);
        free(data);
        if (f != NULL)
            (void)fclose(f);
        return -1;
    }
    size = fread(data, 1, FILE_BYTES_MAX, f);
    (void)fclose(f);
    exact = malloc(size + (size == 0)); /* so that a read behind it is seen */
    fuzz_check(exact != NULL);
    memcpy(exact, data, size);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    free(data);
    return 0;
}

/* Run every file of the folder; returns how many, or -1. */
static int
replay_folder(const char *folder)
{
    DIR *d = opendir(folder);
    int count = 0;

    if (d == NULL) {
        (void)fprintf(stderr, "replay: cannot read the folder %s\n", folder);
        return -1;
    }
    for (struct dirent *e = readdir(d); e != NULL && count >= 0; e = readdir(d)) {
        char path[4096];

        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        count = replay_file(path) ? -1 : count + 1;
    }
    (void)closedir(d);
    return count;
}

int
main(int argc, char **argv)
{
    int count = 0;

    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        int more = replay_folder(argv[i]);

        if (more <= 0) {
            (void)fprintf(stderr, "replay: no file in %s\n", argv[i]);
            return EXIT_FAILURE;
        }
        count += more;
    }
    (void)printf("%d inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
