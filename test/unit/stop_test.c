/* The early end: asked for once, seen by all threads and all waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

#include "stop.h"

static void
test_asked(void **state)
{
    struct stop *stop;
    struct error err;
    struct error why;
    struct pollfd fd = {.events = POLLIN};

    (void)state;
    assert_int_equal(stop_new(&stop, &err), 0);
    fd.fd = stop_fd(stop);
    assert_false(stop_asked(stop));
    assert_int_equal(stop_check(stop, &err), 0);
    assert_int_equal(stop_wait(stop, 1, &err), 0);
    assert_int_equal(stop_wait(stop, 0, &err), 0);
    assert_int_equal(poll(&fd, 1, 0), 0);
    (void)error_set(&why, ERROR_INTERRUPTED, "first");
    stop_ask(stop, &why);
    (void)error_set(&why, ERROR_IO, "second");
    stop_ask(stop, &why);
    assert_true(stop_asked(stop));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(stop_check(stop, &err), -1);
        assert_int_equal(err.kind, ERROR_INTERRUPTED);
        assert_string_equal(err.why, "first");
        /* an hour, if it did not end at once */
        assert_int_equal(stop_wait(stop, 3600000, &err), -1);
        assert_int_equal(poll(&fd, 1, 0), 1);
    }
    stop_free(stop);
}

/* Without anything to stop, nothing ends. */
static void
test_none(void **state)
{
    struct error err;

    (void)state;
    assert_false(stop_asked(NULL));
    assert_int_equal(stop_check(NULL, &err), 0);
    assert_int_equal(stop_fd(NULL), -1);
    assert_int_equal(stop_wait(NULL, 1, &err), 0);
    stop_free(NULL);
}

static void *
wait_long(void *stop)
{
    struct error err = {0};

    return stop_wait(stop, 3600000, &err) == -1 && err.kind == ERROR_TERMINATED ? stop
                                                                                : NULL;
}

/* All who wait are woken by one who asks. */
static void
test_threads(void **state)
{
    struct stop *stop;
    struct error err;
    struct error why;
    pthread_t threads[4];

    (void)state;
    assert_int_equal(stop_new(&stop, &err), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wait_long, stop), 0);
    (void)error_set(&why, ERROR_TERMINATED, "enough");
    stop_ask(stop, &why);
    for (size_t i = 0; i < 4; i++) {
        void *seen;

        assert_int_equal(pthread_join(threads[i], &seen), 0);
        assert_ptr_equal(seen, stop);
    }
    stop_free(stop);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
